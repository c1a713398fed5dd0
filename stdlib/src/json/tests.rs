//! The scanner against CPython's errors, and strings as it writes them.

use std::vec::Drain;

use super::*;

/// Builds text that shows what was called.
struct Shown;

impl Builder for Shown {
    type Value = String;
    type Error = &'static str;

    fn null(&mut self) -> String {
        "None".to_owned()
    }
    fn boolean(&mut self, truth: bool) -> String {
        format!("{truth}")
    }
    fn string(&mut self, text: &[u8]) -> Result<String, &'static str> {
        Ok(format!("s{}", ouro_runtime::text::escape::ascii_str(text)))
    }
    fn integer(&mut self, digits: &str) -> Result<String, &'static str> {
        Ok(format!("i{digits}"))
    }
    fn float(&mut self, text: &str) -> Result<String, &'static str> {
        Ok(format!("f{text}"))
    }
    fn constant(&mut self, name: &str) -> Result<String, &'static str> {
        Ok(format!("c{name}"))
    }
    fn array(&mut self, items: Drain<'_, String>) -> Result<String, &'static str> {
        Ok(format!("[{}]", items.collect::<Vec<_>>().join(" ")))
    }
    fn object(&mut self, items: Drain<'_, (String, String)>) -> Result<String, &'static str> {
        let items: Vec<String> = items.map(|(key, value)| format!("{key}:{value}")).collect();
        Ok(format!("{{{}}}", items.join(" ")))
    }
    fn key(&mut self, text: &[u8]) -> Result<String, &'static str> {
        self.string(text)
    }
    fn too_deep(&mut self) -> &'static str {
        "too deep"
    }
}

fn scanned(text: &str) -> String {
    match scan(text.as_bytes(), 0, Options { strict: true, max_depth: 1000 }, &mut Shown) {
        Ok((value, end)) => format!("{value} {end}"),
        Err(ScanError::Decode(message, at)) => format!("{message} {at}"),
        Err(ScanError::NoValue(at)) => format!("no value {at}"),
        Err(ScanError::Builder(message)) => message.to_owned(),
    }
}

#[test]
fn values_and_errors_match_cpython() {
    for (text, outcome) in [
        ("", "no value 0"),
        ("[", "no value 1"),
        ("[1", "Expecting ',' delimiter 2"),
        ("[1,", "no value 3"),
        ("[1,]", "Illegal trailing comma before end of array 2"),
        ("[1,\n ]", "Illegal trailing comma before end of array 2"),
        ("[1 2]", "Expecting ',' delimiter 3"),
        ("{", "Expecting property name enclosed in double quotes 1"),
        ("{\"a\"", "Expecting ':' delimiter 4"),
        ("{\"a\":", "no value 5"),
        ("{\"a\":1", "Expecting ',' delimiter 6"),
        ("{\"a\":1,", "Expecting property name enclosed in double quotes 7"),
        ("{\"a\":1,\n}", "Illegal trailing comma before end of object 6"),
        ("{\"a\" 1}", "Expecting ':' delimiter 5"),
        ("{a:1}", "Expecting property name enclosed in double quotes 1"),
        ("\"abc", "Unterminated string starting at 0"),
        ("\"\\", "Unterminated string starting at 0"),
        ("\"\\q\"", "Invalid \\escape 1"),
        ("\"\\u12g4\"", "Invalid \\uXXXX escape 2"),
        ("\"\\ud83d\\ude00\"", "s'\\U0001f600' 14"),
        ("\"\\ud83d\\u0041\"", "s'\\ud83dA' 14"),
        ("\"\n\"", "Invalid control character at 1"),
        ("nul", "no value 0"),
        ("-", "no value 0"),
        ("01", "i0 1"),
        ("1.", "i1 1"),
        ("1e+", "i1 1"),
        ("-1.5E-3,", "f-1.5E-3 7"),
        ("1e5", "f1e5 3"),
        ("-Infinity", "c-Infinity 9"),
        ("[1]x", "[i1] 3"),
        ("[ ]", "[] 3"),
        ("{ }", "{} 3"),
        ("[[], {\"a\": [1, {\"b\": null}]} , true]", "[[] {s'a':[i1 {s'b':None}]} true] 36"),
        ("[,]", "no value 1"),
        ("{\"a\":,}", "no value 5"),
    ] {
        assert_eq!(scanned(text), outcome, "{text}");
    }
    assert_eq!(scanned(&"[".repeat(100_000)), "too deep");
}

#[test]
fn strings_are_quoted_as_in_cpython() {
    let text = ["é\u{1F600}".as_bytes(), b"\xed\xa0\x80\x7f\x1f\"\\/\n"].concat();
    let mut out = Vec::new();
    push_quoted(&mut out, &text, true);
    assert_eq!(String::from_utf8_lossy(&out), r#""\u00e9\ud83d\ude00\ud800\u007f\u001f\"\\/\n""#);
    out.clear();
    push_quoted(&mut out, "é\u{7f}\u{1f}".as_bytes(), false);
    assert_eq!(String::from_utf8_lossy(&out), "\"é\u{7f}\\u001f\"");
    out.clear();
    push_float(&mut out, 1e16);
    assert_eq!(out, b"1e+16");
}
