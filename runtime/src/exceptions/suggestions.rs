//! "Did you mean": the closest of some names, by CPython's costs; and misspelt keywords behind an "invalid syntax".

use ouro_lang::diagnostics::DiagnosticKind;
use ouro_lang::parser::{self, Mode, ParseOptions};

const MAX_CANDIDATES: usize = 750;
/// Longer names are not compared.
const MAX_NAME_BYTES: usize = 40;
const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

/// The name most like `wrong`, if one is like it enough.
pub fn closest<'a>(candidates: &[&'a [u8]], wrong: &[u8]) -> Option<&'a [u8]> {
    if candidates.len() >= MAX_CANDIDATES || wrong.len() > MAX_NAME_BYTES {
        return None;
    }
    let mut best: Option<(&[u8], usize)> = None;
    for &candidate in candidates {
        if candidate == wrong {
            continue;
        }
        // No more than a third of the characters may have to change.
        let mut limit = (wrong.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((_, distance)) = best {
            let Some(below) = distance.checked_sub(1) else { break };
            limit = limit.min(below);
        }
        let distance = distance(wrong, candidate, limit);
        if distance <= limit {
            best = Some((candidate, distance));
        }
    }
    best.map(|(name, _)| name)
}

/// Levenshtein distance with [`MOVE_COST`] for each change and [`CASE_COST`] for one of case alone; above `limit` any greater number.
fn distance<'a>(mut a: &'a [u8], mut b: &'a [u8], limit: usize) -> usize {
    if a == b {
        return 0;
    }
    let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[common..], &b[common..]);
    let common = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[..a.len() - common], &b[..b.len() - common]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE_COST;
    }
    if a.len() > MAX_NAME_BYTES || b.len() > MAX_NAME_BYTES {
        return limit + 1;
    }
    if b.len() < a.len() {
        (a, b) = (b, a);
    }
    if (b.len() - a.len()) * MOVE_COST > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|n| n * MOVE_COST).collect();
    let mut result = 0;
    for (b_index, &b_char) in b.iter().enumerate() {
        let mut diagonal = b_index * MOVE_COST;
        result = diagonal;
        let mut minimum = usize::MAX;
        for (a_char, cell) in a.iter().zip(&mut row) {
            let substitute = diagonal + substitution_cost(b_char, *a_char);
            diagonal = *cell;
            result = (result.min(diagonal) + MOVE_COST).min(substitute);
            *cell = result;
            minimum = minimum.min(result);
        }
        if minimum > limit {
            return limit + 1;
        }
    }
    result
}

fn substitution_cost(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// A misspelt keyword: where it is in the lines that were looked at, and what it should be.
#[derive(Debug, PartialEq, Eq)]
pub struct KeywordTypo {
    /// Index into the lines given.
    pub line: usize,
    /// Columns in code points, in the line without the indentation that all lines share.
    pub start: usize,
    pub end: usize,
    pub text: String,
    pub keyword: &'static str,
}

/// Names tried before giving up.
const MAX_TRIED: usize = 10;
const MAX_MATCHES: usize = 3;
const MAX_SOURCE_CHARS: usize = 1024;

/// Looks among the names of a faulty piece of source for one that would make it valid if it were a keyword. The piece is
/// `lines[first..=last]` for any `first` of `starts`; names are looked at from `names_from` on.
pub fn find_keyword_typo(
    lines: &[&str],
    starts: &[usize],
    last: usize,
    names_from: usize,
) -> Option<KeywordTypo> {
    let mut pieces = Vec::new();
    for &first in starts {
        let piece = dedent(lines.get(first..=last)?);
        if piece.iter().map(|line| line.chars().count() + 1).sum::<usize>() <= MAX_SOURCE_CHARS {
            pieces.push((first, piece));
        }
    }
    let mut tried = 0;
    // Names are the same in every piece; the widest one has them all.
    let (first, widest) = pieces.iter().max_by_key(|(_, piece)| piece.len())?;
    for (at, line) in widest.iter().enumerate().filter(|(at, _)| at + first >= names_from) {
        for (start, end) in names_in(line) {
            let name: String = line.chars().skip(start).take(end - start).collect();
            if KEYWORDS.contains(&name.as_str()) {
                continue;
            }
            tried += 1;
            if tried > MAX_TRIED {
                return None;
            }
            for keyword in similar_keywords(&name) {
                if pieces.iter().any(|(other, piece)| {
                    let Some(at) = (at + first).checked_sub(*other) else { return false };
                    let shift = line.chars().count() - piece[at].chars().count();
                    let (Some(start), Some(end)) = (start.checked_sub(shift), end.checked_sub(shift)) else {
                        return false;
                    };
                    becomes_valid(piece, at, start, end, keyword)
                }) {
                    return Some(KeywordTypo { line: at + first, start, end, text: line.clone(), keyword });
                }
            }
        }
    }
    None
}

fn becomes_valid(lines: &[String], at: usize, start: usize, end: usize, keyword: &str) -> bool {
    let mut lines = lines.to_vec();
    let chars: Vec<char> = lines[at].chars().collect();
    let part = |range: &[char]| range.iter().collect::<String>();
    lines[at] = format!("{}{keyword}{}", part(&chars[..start]), part(&chars[end..]));
    let options =
        ParseOptions { allow_incomplete: true, dont_imply_dedent: true, ..ParseOptions::new(Mode::Exec) };
    let source = lines.join("\n");
    [source.clone(), source + "\n"].iter().any(|source| match parser::parse(source, options) {
        Ok(_) => true,
        Err(error) => error.kind == DiagnosticKind::Incomplete,
    })
}

fn dedent(lines: &[&str]) -> Vec<String> {
    let blanks = |line: &str| line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let margin = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| blanks(line)).min();
    let margin = margin.unwrap_or(0);
    lines.iter().map(|line| line.get(margin..).unwrap_or("").to_string()).collect()
}

/// Columns of the names in a line, strings and comments left out.
fn names_in(line: &str) -> Vec<(usize, usize)> {
    let chars: Vec<char> = line.chars().collect();
    let is_name = |c: char| c == '_' || c.is_alphanumeric();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let start = at;
        match chars[at] {
            '#' => break,
            quote @ ('"' | '\'') => {
                at += 1;
                while at < chars.len() && chars[at] != quote {
                    at += if chars[at] == '\\' { 2 } else { 1 };
                }
                at += 1;
            }
            c if is_name(c) => {
                while at < chars.len() && is_name(chars[at]) {
                    at += 1;
                }
                if !c.is_ascii_digit() {
                    found.push((start, at));
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// Keywords a name may have been meant as, most likely first.
fn similar_keywords(name: &str) -> Vec<&'static str> {
    let candidates: Vec<&[u8]> = KEYWORDS.iter().map(|keyword| keyword.as_bytes()).collect();
    let closest = closest(&candidates, name.as_bytes());
    let mut matches: Vec<&'static str> = closest
        .and_then(|found| KEYWORDS.iter().find(|k| k.as_bytes() == found).copied())
        .into_iter()
        .collect();
    let mut ranked: Vec<(usize, usize, &str)> = Vec::new();
    let name: Vec<char> = name.chars().collect();
    for keyword in KEYWORDS {
        let letters: Vec<char> = keyword.chars().collect();
        let (twice, total) = (2 * matching(&letters, &name), letters.len() + name.len());
        // The ratio is at least one half.
        if 2 * twice >= total {
            ranked.push((twice, total, keyword));
        }
    }
    ranked.sort_by(|a, b| (b.0 * a.1).cmp(&(a.0 * b.1)).then(b.2.cmp(a.2)));
    matches.extend(ranked.into_iter().take(MAX_MATCHES).map(|(_, _, keyword)| keyword));
    matches.truncate(MAX_MATCHES);
    matches
}

/// Characters that the two have in common in order: the longest common run, and the same to its left and right.
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut best, mut best_a, mut best_b) = (0, 0, 0);
    for i in 0..a.len() {
        for j in 0..b.len() {
            let run = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
            if run > best {
                (best, best_a, best_b) = (run, i, j);
            }
        }
    }
    if best == 0 {
        return 0;
    }
    best + matching(&a[..best_a], &b[..best_b]) + matching(&a[best_a + best..], &b[best_b + best..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(names: &[&'a str], wrong: &str) -> Option<&'a str> {
        let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        closest(&names, wrong.as_bytes()).map(|name| std::str::from_utf8(name).unwrap())
    }

    #[test]
    fn finds_the_closest_name() {
        assert_eq!(best(&["balance", "deposit"], "balence"), Some("balance"));
        assert_eq!(best(&["real", "imag"], "rael"), None);
        assert_eq!(best(&["items", "keys", "values"], "key"), Some("keys"));
        assert_eq!(best(&["Foo", "foo"], "fOO"), Some("foo"));
        assert_eq!(best(&["x"], "x"), None);
        assert_eq!(best(&["aaaa"], "zzzz"), None);
    }

    #[test]
    fn finds_misspelt_keywords() {
        let lines = ["for i in range(3):", "    print(i)", "", "fro j in range(3): pass"];
        let typo = find_keyword_typo(&lines, &[3], 3, 3).unwrap();
        assert_eq!((typo.line, typo.start, typo.end, typo.keyword), (3, 0, 3, "for"));
        assert_eq!(find_keyword_typo(&["a b"], &[0], 0, 0), None);
        let typo = find_keyword_typo(&["whille True: pass"], &[0], 0, 0).unwrap();
        assert_eq!(typo.keyword, "while");
    }
}
