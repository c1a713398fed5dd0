//! Codecs against what CPython makes of the same input.

use super::*;

type NoCallback = std::convert::Infallible;

fn show(error: CodecError<NoCallback>) -> String {
    match error {
        CodecError::Fault(fault) => {
            let kind =
                if fault.kind == FaultKind::Decode { "UnicodeDecodeError" } else { "UnicodeEncodeError" };
            format!("{kind} {} {} {} {}", fault.encoding, fault.start, fault.end, fault.reason)
        }
        CodecError::Unicode(message) => format!("UnicodeError {message}"),
        CodecError::Error(error) => format!("{:?}Error {}", error.kind, error.text()),
        CodecError::Raised(never) => match never {},
    }
}

fn none(_: &Fault) -> Result<Option<(Replacement, i64)>, NoCallback> {
    Ok(None)
}

#[test]
fn decodes() {
    for (encoding, handler, input, want) in cases::DECODE {
        let codec = lookup(encoding).unwrap_or_else(|| panic!("{encoding}"));
        let got = decode(codec, input, &mut Errors { name: handler, callback: &mut none }, true);
        let got = got.map(|decoded| decoded.text).map_err(show);
        let want = want.map(<[u8]>::to_vec).map_err(str::to_string);
        assert_eq!(got, want, "{encoding} {handler} {:?}", input.escape_ascii().to_string());
    }
}

#[test]
fn encodes() {
    for (encoding, handler, text, want) in cases::ENCODE {
        let codec = lookup(encoding).unwrap_or_else(|| panic!("{encoding}"));
        let got = encode(codec, text, &mut Errors { name: handler, callback: &mut none }).map_err(show);
        let want = want.map(<[u8]>::to_vec).map_err(str::to_string);
        assert_eq!(got, want, "{encoding} {handler} {:?}", text.escape_ascii().to_string());
    }
}

#[test]
fn decodes_in_parts() {
    for encoding in
        ["utf-8", "utf-8-sig", "utf-16-le", "utf-32-be", "utf-7", "unicode_escape", "raw_unicode_escape"]
    {
        let codec = lookup(encoding).unwrap();
        let text = "aé€😀\u{feff}b";
        let mut errors: Errors<'_, NoCallback> = Errors { name: "strict", callback: &mut none };
        let bytes = encode(codec, text.as_bytes(), &mut errors).unwrap();
        for cut in 0..=bytes.len() {
            let head = decode(codec, &bytes[..cut], &mut errors, false).unwrap();
            assert!(head.consumed <= cut);
            if encoding == "utf-8-sig" && head.consumed < 3 {
                continue;
            }
            let rest = lookup(if encoding == "utf-8-sig" { "utf-8" } else { encoding }).unwrap();
            let tail = decode(rest, &bytes[head.consumed..], &mut errors, true).unwrap();
            assert_eq!([head.text, tail.text].concat(), text.as_bytes(), "{encoding} {cut}");
        }
    }
}

#[test]
fn calls_user_handlers() {
    let mut seen = Vec::new();
    let mut handler = |fault: &Fault| -> Result<Option<(Replacement, i64)>, String> {
        seen.push((fault.start, fault.end));
        match fault.start {
            1 => Ok(Some((Replacement::Text("<é>".into()), fault.end as i64))),
            4 => Ok(Some((Replacement::Text("!".into()), -1))),
            _ => Err("stop".into()),
        }
    };
    let mut errors = Errors { name: "mine", callback: &mut handler };
    let decoded = decode(Codec::Utf8, b"a\xffbc\xffdef", &mut errors, true).unwrap();
    assert_eq!(decoded.text, "a<é>bc!f".as_bytes());
    assert_eq!(decode(Codec::Ascii, b"\xff", &mut errors, true), Err(CodecError::Raised("stop".into())));
    // A replacement that cannot be encoded itself is the original fault.
    let error = encode(Codec::Ascii, "xé".as_bytes(), &mut errors).unwrap_err();
    assert!(matches!(error, CodecError::Fault(fault) if fault.start == 1));
    assert_eq!(encode(Codec::Ascii, "abcdéfg".as_bytes(), &mut errors).unwrap(), b"abcd!g");
    assert_eq!(seen, [(1, 2), (4, 5), (0, 1), (1, 2), (4, 5)]);
    let mut far = |_: &Fault| -> Result<Option<(Replacement, i64)>, String> {
        Ok(Some((Replacement::Text(Vec::new()), 9)))
    };
    let error =
        decode(Codec::Ascii, b"\xff", &mut Errors { name: "far", callback: &mut far }, true).unwrap_err();
    assert!(
        matches!(error, CodecError::Error(error) if error.text() == "position 9 from error handler out of bounds")
    );
}

#[test]
fn finds_names() {
    for (name, want) in [
        ("UTF8", "utf-8"),
        ("u8", "utf-8"),
        ("Utf_8", "utf-8"),
        ("utf 8", "utf-8"),
        ("utf--8", "utf-8"),
        ("utf\\8", "utf-8"),
        ("cp65001", "utf-8"),
        ("LATIN-1", "iso8859-1"),
        ("8859", "iso8859-1"),
        ("l1", "iso8859-1"),
        ("646", "ascii"),
        ("us-ascii", "ascii"),
        ("windows-1252", "cp1252"),
        ("utf-16LE", "utf-16-le"),
        ("utf7", "utf-7"),
        ("koi8-r", "koi8-r"),
        ("macroman", "mac-roman"),
        ("sjis", "shift_jis"),
        ("unicode-escape", "unicode-escape"),
        ("iso-8859-15", "iso8859-15"),
        ("latin_1", "iso8859-1"),
        ("utf-8-SIG", "utf-8-sig"),
        ("idna", "idna"),
    ] {
        assert_eq!(lookup(name).map(canonical_name), Some(want), "{name}");
    }
    for name in ["", "bogus", "é", "mbcs", "hex", "rot13", "a.b"] {
        assert_eq!(lookup(name), None, "{name}");
    }
    assert!(
        is_bytes_codec("hex")
            && is_bytes_codec("ROT-13")
            && is_bytes_codec("base64")
            && !is_bytes_codec("utf-8")
    );
}

#[test]
fn messages() {
    assert_eq!(
        decode_message("utf-8", Some(0x80), 0, 1, "r"),
        "'utf-8' codec can't decode byte 0x80 in position 0: r"
    );
    assert_eq!(
        decode_message("utf-8", Some(0x80), 0, 2, "r"),
        "'utf-8' codec can't decode bytes in position 0-1: r"
    );
    assert_eq!(
        encode_message("ascii", Some(0x20AC), 3, 4, "r"),
        "'ascii' codec can't encode character '\\u20ac' in position 3: r"
    );
    assert_eq!(
        encode_message("ascii", Some(0xE9), 3, 5, "r"),
        "'ascii' codec can't encode characters in position 3-4: r"
    );
    assert_eq!(
        translate_message(Some(0x1F600), 0, 1, "r"),
        "can't translate character '\\U0001f600' in position 0: r"
    );
}
