//! Unicode normalisation (UAX #15): NFC, NFD, NFKC, NFKD, and decomposition mappings.

use super::tables::normalization::{COMPOSITIONS, DECOMPOSED, DECOMPOSITIONS, TAGS};
use super::unicode::database_record;
use super::wtf8;

/// A normalisation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfd,
    Nfkd,
    Nfc,
    Nfkc,
}

impl Form {
    /// The form of that name, which is case-sensitive.
    pub fn from_name(name: &[u8]) -> Option<Form> {
        Some(match name {
            b"NFD" => Form::Nfd,
            b"NFKD" => Form::Nfkd,
            b"NFC" => Form::Nfc,
            b"NFKC" => Form::Nfkc,
            _ => return None,
        })
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    fn is_compat(self) -> bool {
        matches!(self, Form::Nfkd | Form::Nfkc)
    }

    /// The bits of `DatabaseRecord::quick` that forbid the quick answer "normalised".
    fn quick_bits(self) -> u8 {
        match self {
            Form::Nfd => 1,
            Form::Nfkd => 2,
            Form::Nfc => 4 | 16,
            Form::Nfkc => 8 | 16,
        }
    }
}

const S_BASE: u32 = 0xAC00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11A7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = L_COUNT * V_COUNT * T_COUNT;

fn hangul_parts(cp: u32) -> Option<(u32, u32, Option<u32>)> {
    let idx = cp.wrapping_sub(S_BASE);
    if idx >= S_COUNT {
        return None;
    }
    let tail = idx % T_COUNT;
    let lead = L_BASE + idx / (V_COUNT * T_COUNT);
    let vowel = V_BASE + idx % (V_COUNT * T_COUNT) / T_COUNT;
    Some((lead, vowel, (tail > 0).then_some(T_BASE + tail)))
}

/// Tag number and mapping of a code point in the data file.
fn mapping(cp: u32) -> Option<(u8, &'static [u32])> {
    let idx = DECOMPOSITIONS.binary_search_by_key(&cp, |entry| entry.0).ok()?;
    let (_, tag, len, offset) = DECOMPOSITIONS[idx];
    Some((tag, &DECOMPOSED[offset as usize..offset as usize + len as usize]))
}

/// `unicodedata.decomposition`: tag and hexadecimal code points, empty if there is none.
pub fn decomposition(cp: u32) -> String {
    let hex = |cps: &[u32]| cps.iter().map(|cp| format!("{cp:04X}")).collect::<Vec<_>>().join(" ");
    if let Some((lead, vowel, tail)) = hangul_parts(cp) {
        return match tail {
            Some(tail) => hex(&[lead, vowel, tail]),
            None => hex(&[lead, vowel]),
        };
    }
    match mapping(cp) {
        None => String::new(),
        Some((0, cps)) => hex(cps),
        Some((tag, cps)) => format!("{} {}", TAGS[tag as usize], hex(cps)),
    }
}

fn push_decomposed(out: &mut Vec<u32>, cp: u32, compat: bool) {
    if cp < 0xA0 {
        out.push(cp);
    } else if let Some((lead, vowel, tail)) = hangul_parts(cp) {
        out.extend([lead, vowel]);
        out.extend(tail);
    } else {
        match mapping(cp) {
            Some((tag, cps)) if tag == 0 || compat => {
                // Mappings nest a few levels at most.
                cps.iter().for_each(|&part| push_decomposed(out, part, compat));
            }
            _ => out.push(cp),
        }
    }
}

/// Sorts each run of combining characters by class, stably.
fn reorder(cps: &mut [u32]) {
    let mut start = 0;
    while start < cps.len() {
        if database_record(cps[start]).combining == 0 {
            start += 1;
            continue;
        }
        let run = cps[start..].iter().take_while(|&&cp| database_record(cp).combining != 0).count();
        cps[start..start + run].sort_by_key(|&cp| database_record(cp).combining);
        start += run;
    }
}

fn compose_pair(first: u32, second: u32) -> Option<u32> {
    let (lead, vowel) = (first.wrapping_sub(L_BASE), second.wrapping_sub(V_BASE));
    if lead < L_COUNT && vowel < V_COUNT {
        return Some(S_BASE + (lead * V_COUNT + vowel) * T_COUNT);
    }
    let (syllable, tail) = (first.wrapping_sub(S_BASE), second.wrapping_sub(T_BASE));
    if syllable < S_COUNT && syllable % T_COUNT == 0 && tail > 0 && tail < T_COUNT {
        return Some(first + tail);
    }
    let idx = COMPOSITIONS.binary_search_by_key(&(first, second), |entry| (entry.0, entry.1)).ok()?;
    Some(COMPOSITIONS[idx].2)
}

/// Composes in place: each starter takes in the characters after it that it can reach.
fn compose(cps: &mut Vec<u32>) {
    let (mut len, mut starter) = (0, None);
    let mut last_class = 0;
    for idx in 0..cps.len() {
        let cp = cps[idx];
        let class = database_record(cp).combining;
        if let Some(at) = starter {
            let adjacent = len == at + 1;
            if (adjacent || last_class < class)
                && let Some(composed) = compose_pair(cps[at], cp)
            {
                cps[at] = composed;
                continue;
            }
        }
        if class == 0 {
            starter = Some(len);
        }
        last_class = class;
        cps[len] = cp;
        len += 1;
    }
    cps.truncate(len);
}

/// Whether one pass over classes and quick-check properties already tells that the text is normalised.
fn is_quickly_normalized(text: &[u8], form: Form) -> bool {
    if text.is_ascii() {
        return true;
    }
    let (bits, mut last_class) = (form.quick_bits(), 0);
    for cp in wtf8::code_points(text) {
        let record = database_record(cp);
        if record.quick & bits != 0 || (record.combining != 0 && record.combining < last_class) {
            return false;
        }
        last_class = record.combining;
    }
    true
}

/// `unicodedata.normalize`.
pub fn normalize(text: &[u8], form: Form) -> Vec<u8> {
    if is_quickly_normalized(text, form) {
        return text.to_vec();
    }
    let mut cps = Vec::with_capacity(text.len());
    for cp in wtf8::code_points(text) {
        push_decomposed(&mut cps, cp, form.is_compat());
    }
    reorder(&mut cps);
    if form.composes() {
        compose(&mut cps);
    }
    wtf8::from_code_points(cps)
}

/// `unicodedata.is_normalized`.
pub fn is_normalized(text: &[u8], form: Form) -> bool {
    is_quickly_normalized(text, form) || normalize(text, form) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes() {
        for (text, nfc, nfd, nfkc, nfkd) in [
            ("abc", "abc", "abc", "abc", "abc"),
            ("é", "é", "e\u{301}", "é", "e\u{301}"),
            ("e\u{301}", "é", "e\u{301}", "é", "e\u{301}"),
            ("ﬁ", "ﬁ", "ﬁ", "fi", "fi"),
            ("한", "한", "\u{1112}\u{1161}\u{11ab}", "한", "\u{1112}\u{1161}\u{11ab}"),
            (
                "a\u{315}\u{300}\u{5ae}\u{300}b",
                "à\u{5ae}\u{300}\u{315}b",
                "a\u{5ae}\u{300}\u{300}\u{315}b",
                "à\u{5ae}\u{300}\u{315}b",
                "a\u{5ae}\u{300}\u{300}\u{315}b",
            ),
            ("\u{212b}", "\u{c5}", "A\u{30a}", "\u{c5}", "A\u{30a}"),
            ("\u{1e9b}\u{323}", "\u{1e9b}\u{323}", "\u{17f}\u{323}\u{307}", "\u{1e69}", "s\u{323}\u{307}"),
            ("\u{958}", "\u{915}\u{93c}", "\u{915}\u{93c}", "\u{915}\u{93c}", "\u{915}\u{93c}"),
        ] {
            for (form, want) in [(Form::Nfc, nfc), (Form::Nfd, nfd), (Form::Nfkc, nfkc), (Form::Nfkd, nfkd)] {
                let got = normalize(text.as_bytes(), form);
                assert_eq!(String::from_utf8(got).unwrap(), want, "{form:?} {text}");
                assert_eq!(is_normalized(text.as_bytes(), form), text == want, "{form:?} {text}");
            }
        }
    }

    #[test]
    fn decomposition_texts() {
        assert_eq!(decomposition(0xE9), "0065 0301");
        assert_eq!(decomposition(0xBD), "<fraction> 0031 2044 0032");
        assert_eq!(decomposition(0xAC01), "1100 1161 11A8");
        assert_eq!(decomposition(0x41), "");
    }
}
