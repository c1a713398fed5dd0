//! Character sets in the form the matcher tests: a table for single bytes, and rules for other code points.

use super::flags::*;
use super::node::{Category, Class, SetItem};
use super::unicode::{self, equivalents, is_cased, lower, upper};

/// A set of bytes that can begin what comes next, plus "the end of the text can come next".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FirstSet {
    bits: [u64; 4],
    pub at_end: bool,
}

impl FirstSet {
    pub const NONE: FirstSet = FirstSet { bits: [0; 4], at_end: false };
    /// Anything, the end included: what is said about things nothing is known of.
    pub const ALL: FirstSet = FirstSet { bits: [u64::MAX; 4], at_end: true };

    pub fn insert(&mut self, byte: u8) {
        self.bits[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub fn contains(&self, byte: u8) -> bool {
        self.bits[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    pub fn union(mut self, other: FirstSet) -> FirstSet {
        for (word, more) in self.bits.iter_mut().zip(other.bits) {
            *word |= more;
        }
        self.at_end |= other.at_end;
        self
    }

    /// Whether no byte is in both.
    pub fn bytes_disjoint(&self, other: &FirstSet) -> bool {
        self.bits.iter().zip(other.bits).all(|(a, b)| a & b == 0)
    }

    pub fn len(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255_u8).filter(|&byte| self.contains(byte))
    }

    /// Every byte that can begin a code point beyond ASCII in WTF-8.
    pub fn insert_all_leads(&mut self) {
        (0xc2..=0xf4).for_each(|byte| self.insert(byte));
    }

    pub fn insert_lead_of(&mut self, c: u32) {
        let mut text = Vec::with_capacity(4);
        unicode::push_wtf8(&mut text, c);
        self.insert(text[0]);
    }
}

/// How a set decides about a code point its byte table does not cover.
#[derive(Clone, PartialEq, Debug)]
enum High {
    None,
    All,
    Rules(Box<Rules>),
}

/// A set in its general form.
#[derive(Clone, PartialEq, Debug)]
struct Rules {
    /// Sorted and disjoint.
    ranges: Vec<(u32, u32)>,
    categories: Vec<Category>,
    negated: bool,
    /// Lower-case the code point first: the ranges hold lower-cased ones.
    fold: bool,
    kind: Kind,
}

/// Which alphabet and which classes apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// str pattern, Unicode classes.
    Unicode,
    /// str pattern with the ASCII flag.
    Ascii,
    /// bytes pattern; LOCALE means the C locale here.
    Bytes,
}

impl Kind {
    pub fn new(is_text: bool, flags: u32) -> Kind {
        match (is_text, flags & UNICODE != 0) {
            (false, _) => Kind::Bytes,
            (true, true) => Kind::Unicode,
            (true, false) => Kind::Ascii,
        }
    }

    pub fn lower(self, c: u32) -> u32 {
        match self {
            Kind::Unicode => lower(c),
            _ if c < 128 => u32::from((c as u8).to_ascii_lowercase()),
            _ => c,
        }
    }

    pub fn is_cased(self, c: u32) -> bool {
        match self {
            Kind::Unicode => is_cased(c),
            _ => c < 128 && (c as u8).is_ascii_alphabetic(),
        }
    }

    fn equivalents(self, c: u32) -> &'static [u32] {
        if self == Kind::Unicode { equivalents(c) } else { &[] }
    }

    /// Whether `\w` holds.
    pub fn is_word(self, c: u32) -> bool {
        self.is_in(Class::Word, c)
    }

    fn is_in(self, class: Class, c: u32) -> bool {
        if self == Kind::Unicode {
            return match class {
                Class::Digit => unicode::is_decimal(c),
                Class::Space => unicode::is_space(c),
                Class::Word => c == 0x5f || unicode::is_alnum(c),
            };
        }
        let Ok(byte) = u8::try_from(c) else { return false };
        match class {
            Class::Digit => byte.is_ascii_digit(),
            Class::Space => matches!(byte, 9..=13 | 32),
            Class::Word => byte == b'_' || byte.is_ascii_alphanumeric(),
        }
    }
}

impl Rules {
    fn contains(&self, c: u32) -> bool {
        let c = if self.fold { self.kind.lower(c) } else { c };
        let in_ranges = |c: u32| {
            let index = self.ranges.partition_point(|range| range.1 < c);
            self.ranges.get(index).is_some_and(|range| range.0 <= c)
        };
        let found = in_ranges(c)
            || self.categories.iter().any(|category| self.kind.is_in(category.class, c) != category.negated)
            || (self.fold && c > 0xffff && self.kind == Kind::Unicode && in_ranges(upper(c)));
        found != self.negated
    }
}

/// A set ready for matching.
#[derive(Clone, PartialEq, Debug)]
pub struct Charset {
    /// By byte: for bytes patterns the whole answer; for text valid below 128, above it tells whether *every*
    /// other code point is in, so that such sets can run over bytes.
    pub table: [bool; 256],
    high: High,
    kind: Kind,
}

impl Charset {
    /// Compiles a set under the flags in force.
    pub fn new(is_text: bool, negated: bool, items: &[SetItem], flags: u32) -> Charset {
        let kind = Kind::new(is_text, flags);
        let rules = make_rules(kind, negated, items, flags & IGNORECASE != 0);
        let mut table = [false; 256];
        let low = if kind == Kind::Bytes { 256 } else { 128 };
        for (c, entry) in table.iter_mut().enumerate().take(low) {
            *entry = rules.contains(c as u32);
        }
        let high = if kind == Kind::Bytes { High::None } else { simplify_high(rules) };
        if high == High::All {
            table[128..].fill(true);
        }
        Charset { table, high, kind }
    }

    /// `.`: everything but a newline, or everything.
    pub fn any(is_text: bool, newline: bool) -> Charset {
        let mut table = [true; 256];
        table[usize::from(b'\n')] = newline;
        let (kind, high) = if is_text { (Kind::Unicode, High::All) } else { (Kind::Bytes, High::None) };
        Charset { table, high, kind }
    }

    /// Whether a code point beyond ASCII is in (text only).
    #[inline]
    pub fn contains_high(&self, c: u32) -> bool {
        match &self.high {
            High::None => false,
            High::All => true,
            High::Rules(rules) => rules.contains(c),
        }
    }

    /// Whether the byte table decides alone, every byte of a code point beyond ASCII alike.
    pub fn is_bytewise(&self) -> bool {
        !matches!(self.high, High::Rules(_))
    }

    /// Whether every member is one byte long.
    pub fn is_single_byte(&self) -> bool {
        self.high == High::None
    }

    /// The bytes a member can begin with.
    pub fn first_bytes(&self) -> FirstSet {
        let mut first = FirstSet::NONE;
        let low = if self.kind == Kind::Bytes { 256 } else { 128 };
        (0..low).filter(|&byte| self.table[byte]).for_each(|byte| first.insert(byte as u8));
        match &self.high {
            High::None => {}
            High::All => first.insert_all_leads(),
            High::Rules(rules) => match rules.few_members() {
                Some(members) => members.into_iter().for_each(|c| first.insert_lead_of(c)),
                None => first.insert_all_leads(),
            },
        }
        first
    }

    /// Whether the set holds word characters only, so that no `\b` can lie inside a run of it.
    pub fn only_words(&self, is_word: &Charset) -> bool {
        let low_words = self.table.iter().zip(is_word.table).all(|(&here, word)| !here || word);
        low_words
            && match (&self.high, &is_word.high) {
                (High::None, _) | (_, High::All) => true,
                (here, words) => here == words,
            }
    }
}

impl Rules {
    /// The members beyond ASCII, if there are only a few and they can be told.
    fn few_members(&self) -> Option<Vec<u32>> {
        if self.negated || !self.categories.is_empty() {
            return None;
        }
        let first = self.ranges.partition_point(|range| range.1 < 128);
        let high = &self.ranges[first..];
        if self.fold {
            // What folds into an ASCII member is known; for others the whole alphabet would need a search.
            let beyond = high
                .iter()
                .any(|range| !(range.0 == range.1 && unicode::FOLDING_TO_ASCII.contains(&range.0)));
            return (!beyond)
                .then(|| unicode::FOLDING_TO_ASCII.iter().copied().filter(|&c| self.contains(c)).collect());
        }
        let count: u32 = high.iter().map(|range| (range.1 - range.0).min(4096) + 1).sum();
        if count > 4096 {
            return None;
        }
        Some(high.iter().flat_map(|range| range.0.max(128)..=range.1).collect())
    }
}

fn simplify_high(rules: Rules) -> High {
    if rules.categories.is_empty() {
        let reach = rules.ranges.last().map_or(0, |range| range.1);
        let folded_in = rules.fold
            && rules.kind == Kind::Unicode
            && unicode::FOLDING_TO_ASCII.iter().any(|&c| rules.contains(c) != rules.negated);
        if reach < 128 && !folded_in {
            return if rules.negated { High::All } else { High::None };
        }
        let whole = rules.ranges.iter().any(|range| range.0 <= 128 && range.1 >= 0x10ffff);
        if whole {
            return if rules.negated { High::None } else { High::All };
        }
    } else {
        let all = rules.categories.iter().any(|category| {
            let ascii_class = rules.kind != Kind::Unicode;
            (ascii_class && category.negated)
                || rules.categories.contains(&Category { negated: !category.negated, ..*category })
        });
        if all {
            return if rules.negated { High::None } else { High::All };
        }
        let none = rules.kind != Kind::Unicode
            && rules.categories.iter().all(|category| !category.negated)
            && rules.ranges.last().is_none_or(|range| range.1 < 128);
        if none {
            return if rules.negated { High::All } else { High::None };
        }
    }
    High::Rules(Box::new(rules))
}

/// Brings the items of a set into ranges. With IGNORECASE every member of the basic plane is lower-cased and joined
/// by its equivalents; beyond it ranges stay as they are and the tested code point is tried in both cases.
fn make_rules(kind: Kind, negated: bool, items: &[SetItem], ignore_case: bool) -> Rules {
    let mut ranges = Vec::new();
    let mut categories = Vec::new();
    let mut has_cased = false;
    for item in items {
        let (low, high) = match *item {
            SetItem::Literal(c) => (c, c),
            SetItem::Range(low, high) => (low, high),
            SetItem::Category(category) => {
                categories.push(category);
                continue;
            }
        };
        if !ignore_case {
            ranges.push((low, high));
            continue;
        }
        for c in low..=high.min(0xffff) {
            let folded = kind.lower(c);
            ranges.push((folded, folded));
            ranges.extend(kind.equivalents(folded).iter().map(|&c| (c, c)));
            has_cased |= kind.is_cased(c);
        }
        if high > 0xffff {
            let low = low.max(0x10000);
            if low == high {
                let folded = kind.lower(low);
                has_cased |= kind.is_cased(low);
                ranges.push((folded, folded));
            } else {
                has_cased |= kind == Kind::Unicode;
                ranges.push((low, high));
            }
        }
    }
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len().min(64));
    for (low, high) in ranges {
        match merged.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    Rules { ranges: merged, categories, negated, fold: ignore_case && has_cased, kind }
}
