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
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures[..failures.len().min(30)].join("\n"));
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
