//! The engine against tables made with CPython 3.14.
//!
//! A line of a corpus: `s` or `b` for a str or bytes pattern, flags, mode (`m`atch, `s`earch, `F`ullmatch, f`i`nditer,
//! compil`e`), pos, endpos, pattern, text, outcome; separated by tabs, with `\{hex}` for what is not plain ASCII.
//! An outcome is `none`, or the span of each group (`-` if unset) and the last group, or an error.

use super::*;

/// Decodes `\{hex}`.
fn unescape(field: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut rest = field;
    while let Some(at) = rest.find("\\{") {
        out.extend(rest[..at].chars().map(u32::from));
        let end = rest[at..].find('}').expect("closing brace") + at;
        out.push(u32::from_str_radix(&rest[at + 2..end], 16).expect("hex"));
        rest = &rest[end + 1..];
    }
    out.extend(rest.chars().map(u32::from));
    out
}

fn escaped(text: &[u32]) -> String {
    let plain = |c: u32| (32..127).contains(&c) && c != 0x5c;
    let one = |&c: &u32| if plain(c) { (c as u8 as char).to_string() } else { format!("\\{{{c:x}}}") };
    text.iter().map(one).collect()
}

fn encode(text: &[u32], is_text: bool) -> Vec<u8> {
    if is_text { unicode::to_wtf8(text) } else { text.iter().map(|&c| c as u8).collect() }
}

fn describe(error: &PatternError) -> String {
    let name = match error.kind {
        ErrorKind::Pattern => "error",
        ErrorKind::Value => "ValueError",
        ErrorKind::Overflow => "OverflowError",
        ErrorKind::Recursion => "RecursionError",
        ErrorKind::Index => "IndexError",
    };
    let position = error.position.map_or("-".to_owned(), |position| position.to_string());
    format!("{name} {position} {}", escaped(&unicode::decode_wtf8(&error.message)))
}

/// The spans of all groups in code points, and the last group.
fn spans(pattern: &Pattern, scratch: &Scratch, offsets: &[usize]) -> String {
    let index = |byte: usize| offsets.binary_search(&byte).expect("a match begins and ends at code points");
    let mut out: Vec<String> = (0..=pattern.groups())
        .map(|group| match scratch.group(group) {
            Some((from, to)) => format!("{},{}", index(from), index(to)),
            None => "-".to_owned(),
        })
        .collect();
    out.push(format!("@{}", pattern.last_group(scratch).unwrap_or(0)));
    out.join(" ")
}

/// What the engine makes of a line, in the form of its outcome. Runs ASCII text both ways.
fn outcome(fields: &[&str], force_wide: bool) -> String {
    let is_text = fields[0] == "s";
    let number = |index: usize| fields[index].parse::<usize>().expect("a number");
    let source = encode(&unescape(fields[5]), is_text);
    let text = unescape(fields[6]);
    let lookup = |name: &str| ouro_runtime::text::names::lookup(name);
    let pattern = match Pattern::compile(&source, is_text, number(1) as u32, &lookup) {
        Ok(pattern) => pattern,
        Err(error) => return describe(&error),
    };
    if fields[2] == "e" {
        return format!("ok {} {}", pattern.groups(), pattern.flags);
    }
    let bytes = encode(&text, is_text);
    let mut offsets = vec![0];
    for &c in &text {
        offsets.push(offsets[offsets.len() - 1] + encode(&[c], is_text).len());
    }
    let narrow = !force_wide && (!is_text || bytes.is_ascii());
    let text = Text { bytes: &bytes[..offsets[number(4)]], narrow };
    let mut scratch = Scratch::default();
    let mut calls = 0;
    let mut hook = || {
        calls += 1;
        calls < 10_000
    };
    let mode = match fields[2] {
        "m" => Mode::Match,
        "F" => Mode::FullMatch,
        _ => Mode::Search,
    };
    let mut from = offsets[number(3)];
    let mut found = Vec::new();
    let mut must_advance = false;
    loop {
        match pattern.exec(text, from, mode, must_advance, &mut scratch, &mut hook) {
            Err(error) => return format!("{error:?}"),
            Ok(false) => break,
            Ok(true) => found.push(spans(&pattern, &scratch, &offsets)),
        }
        if fields[2] != "i" {
            break;
        }
        let (start, end) = scratch.group(0).expect("group 0");
        must_advance = start == end;
        from = end;
    }
    if found.is_empty() { "none".to_owned() } else { found.join(" | ") }
}

fn check(corpus: &str) {
    let mut failures = Vec::new();
    for line in corpus.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 8, "{line}");
        for force_wide in [false, true] {
            if force_wide && fields[0] == "b" {
                continue;
            }
            let got = outcome(&fields, force_wide);
            if got != fields[7] {
                failures.push(format!("{line}\n    got (wide {force_wide}): {got}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures[..failures.len().min(30)].join("\n")
    );
}

#[test]
fn cases_match_cpython() {
    check(include_str!("corpus/cases.tsv"));
}

#[test]
fn random_patterns_match_cpython() {
    check(include_str!("corpus/random.tsv"));
}

/// A corpus of any size named by the environment, for longer runs than the committed one.
#[test]
fn extra_corpus_matches_cpython() {
    if let Ok(path) = std::env::var("OURO_RE_CORPUS") {
        check(&std::fs::read_to_string(path).expect("the corpus"));
    }
}

fn compiled(source: &str) -> Pattern {
    Pattern::compile(source.as_bytes(), true, 0, &|_| None).expect("a good pattern")
}

fn search(pattern: &Pattern, text: &str, hook: &mut dyn FnMut() -> bool) -> Result<bool, ExecError> {
    let text = Text { bytes: text.as_bytes(), narrow: text.is_ascii() };
    pattern.exec(text, 0, Mode::Search, false, &mut Scratch::default(), hook)
}

#[test]
fn hopeless_patterns_ask_the_hook() {
    for source in ["(a+)+$", "(?:a|a)*b", "(a*)*b", "(?:a?){40}a{40}", "(.*?,){25}P", r"(\w*)*\1\1b"] {
        let mut calls = 0;
        let mut hook = || {
            calls += 1;
            calls < 5
        };
        let text = "a,".repeat(2) + &"a".repeat(60) + "!";
        let outcome = search(&compiled(source), &text, &mut hook);
        assert!(matches!(outcome, Err(ExecError::Interrupted) | Ok(false)), "{source}: {outcome:?}");
    }
}

#[test]
fn runs_are_not_tried_again_from_inside() {
    let text = "a".repeat(200_000) + &" ".repeat(200_000) + "x";
    for source in [r"\s+$", r"[a-z]+\d", r"(\w+)@(\w+)", r".*user(\d)\1", r"a*\d", r"\w+?="] {
        let mut calls = 0;
        let found = search(&compiled(source), &text, &mut || {
            calls += 1;
            calls < 100
        });
        assert_eq!(found, Ok(false), "{source}");
    }
}

#[test]
fn many_choices_do_not_overflow_the_stack() {
    let text = "ab".repeat(500_000);
    for source in ["(?:ab|b)*c", "(?:(a)|(b))*$", "(?:a|ab)*?c", "((?:ab)*?)*+c", "(?>(a|b)*)$"] {
        let mut calls = 0;
        let pattern = compiled(source);
        let whole = Text { bytes: text.as_bytes(), narrow: true };
        let mut hook = || {
            calls += 1;
            calls < 200
        };
        let found = pattern.exec(whole, 0, Mode::Match, false, &mut Scratch::default(), &mut hook);
        assert!(found.is_ok(), "{source}");
    }
}

#[test]
fn suspicious_sets_warn() {
    for (source, warning) in [
        ("[[a]", "Possible nested set at position 1"),
        ("[a[b]", ""),
        ("[a-z--x]", "Possible set difference at position 4"),
        ("[a&&b]", "Possible set intersection at position 2"),
        ("[a~~b]", "Possible set symmetric difference at position 2"),
        ("[a||b]", "Possible set union at position 2"),
        ("[&&b]", ""),
        ("[+--]", "Possible set difference at position 2"),
    ] {
        let warnings = compiled(source).warnings;
        assert_eq!(warnings.first().map_or("", String::as_str), warning, "{source}");
    }
}

#[test]
fn templates_parse_as_in_cpython() {
    let names = |name: &[u32]| (unicode::to_wtf8(name) == b"n").then_some(1);
    for (source, outcome) in [
        ("a\\1b", "a|1|b"),
        ("\\g<n>\\g<0>\\g<01>", "1|0|1"),
        ("\\n\\t\\\\\\.", "\n\t\\\\."),
        ("\\0\\01\\101", "\0\u{1}A"),
        ("\\18", "invalid group reference 18 at position 1"),
        ("\\g<2>", "invalid group reference 2 at position 3"),
        ("\\2", "invalid group reference 2 at position 1"),
        ("\\q", "bad escape \\q at position 0"),
        ("\\", "bad escape (end of pattern) at position 0"),
        ("\\g", "missing < at position 2"),
        ("\\g<", "missing group name at position 3"),
        ("\\g<>", "missing group name at position 3"),
        ("\\g<n", "missing >, unterminated name at position 3"),
        ("\\g<x>", "unknown group name 'x'"),
        ("\\g<-1>", "bad character in group name '-1' at position 3"),
        ("\\g<1 >", "bad character in group name '1 ' at position 3"),
        ("\\400", "octal escape value \\400 outside of range 0-0o377 at position 0"),
    ] {
        let pieces = parse_template(&unicode::decode_wtf8(source.as_bytes()), true, 1, &names);
        let got = match pieces {
            Ok(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => String::from_utf8_lossy(text).into_owned(),
                    Piece::Group(group) => group.to_string(),
                })
                .collect::<Vec<_>>()
                .join("|"),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, outcome, "{source}");
    }
}

#[test]
fn escape_and_line_numbers() {
    assert_eq!(escape(b"a.b-c d\n~\xc3\xa9_"), b"a\\.b\\-c\\ d\\\n\\~\xc3\xa9_");
    let source = code_points(b"ab\ncd\nef", true);
    assert_eq!(line_and_column(&source, 0), (1, 1));
    assert_eq!(line_and_column(&source, 4), (2, 2));
    assert_eq!(line_and_column(&source, 8), (3, 3));
}
