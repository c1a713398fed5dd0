//! Checks all code points against CPython 3.14: CRC-32 over what `str` methods and `unicodedata` say of each.

use super::normalize::{Form, decomposition, normalize};
use super::{float_repr, names, unicode, wtf8};

struct Crc {
    table: [u32; 256],
    sum: u32,
}

impl Crc {
    fn new() -> Crc {
        let entry = |at: usize| {
            (0..8)
                .fold(at as u32, |value, _| if value & 1 == 1 { 0xEDB88320 ^ value >> 1 } else { value >> 1 })
        };
        Crc { table: std::array::from_fn(entry), sum: !0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.sum = self.table[(self.sum as u8 ^ byte) as usize] ^ self.sum >> 8;
        }
    }
}

/// CRC-32 of what `describe` gives for every code point.
fn sum(mut describe: impl FnMut(u32) -> Vec<u8>) -> u32 {
    let mut crc = Crc::new();
    (0..0x110000).for_each(|cp| crc.add(&describe(cp)));
    !crc.sum
}

#[test]
fn predicates() {
    let got = sum(|cp| {
        let text = wtf8::encode(cp);
        vec![
            unicode::is_alpha(cp) as u8,
            unicode::is_decimal(cp) as u8,
            unicode::is_digit(cp) as u8,
            unicode::is_numeric(cp) as u8,
            unicode::is_alnum(cp) as u8,
            unicode::str_is_lower(&text) as u8,
            unicode::str_is_upper(&text) as u8,
            unicode::str_is_title(&text) as u8,
            unicode::is_space(cp) as u8,
            unicode::is_printable(cp) as u8,
            unicode::is_id_start(cp) as u8,
            unicode::is_id_continue(cp) as u8,
        ]
    });
    assert_eq!(got, 2472452311);
}

#[test]
fn cases() {
    let got = sum(|cp| {
        let text = wtf8::encode(cp);
        let context = ["A".as_bytes(), &text, "Σ".as_bytes(), &text].concat();
        let mut out = [
            unicode::lower(&text, false),
            unicode::upper(&text, false),
            unicode::title(&text),
            unicode::casefold(&text, false),
            unicode::lower(&context, false),
            unicode::swapcase(&text),
        ]
        .join(&b'|');
        out.push(b'\n');
        out
    });
    assert_eq!(got, 2680291642);
}

#[test]
fn database() {
    let got = sum(|cp| {
        format!(
            "{} {} {} {} {} {}\n",
            unicode::category(cp),
            unicode::bidirectional(cp),
            unicode::combining(cp),
            unicode::mirrored(cp) as u8,
            unicode::east_asian_width(cp),
            decomposition(cp)
        )
        .into()
    });
    assert_eq!(got, 2976152008);
}

#[test]
fn numbers() {
    fn show(value: Option<impl ToString>) -> String {
        value.map_or("None".to_string(), |value| value.to_string())
    }
    let got = sum(|cp| {
        let numeric = unicode::numeric_value(cp).map(float_repr::repr);
        let digits = (show(unicode::decimal_value(cp)), show(unicode::digit_value(cp)));
        format!("{} {} {}\n", digits.0, digits.1, show(numeric)).into()
    });
    assert_eq!(got, 734711625);
}

#[test]
fn normal_forms() {
    let got = sum(|cp| {
        if wtf8::is_surrogate(cp) {
            return Vec::new();
        }
        let text = wtf8::from_code_points([0x61, cp, 0x301, 0x323]);
        let mut out =
            [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd].map(|form| normalize(&text, form)).join(&b'|');
        out.push(b'\n');
        out
    });
    assert_eq!(got, 2115903126);
}

#[test]
fn all_names() {
    let got = sum(|cp| {
        let name = names::name(cp).unwrap_or_default();
        if !name.is_empty() {
            assert_eq!(names::lookup(&name), Some(cp), "{name}");
        }
        (name + "\n").into()
    });
    assert_eq!(got, 1459338223);
}
