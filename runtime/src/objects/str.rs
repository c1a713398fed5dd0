//! `str`: immutable text, kept as WTF-8 (UTF-8 that may also encode lone surrogates).
//!
//! The bytes follow the object in the same allocation. ASCII strings index by byte; others build a sparse table of byte offsets
//! the first time they are indexed. The methods of the class are in [`methods`].

#![allow(unsafe_code)]

mod format;
mod iterator;
mod make;
mod methods;
mod operators;
pub mod percent;
mod search;
mod translate;

pub(crate) use methods::tab_size;

pub use iterator::{ASCII_ITERATOR_TYPE, ITERATOR_TYPE, StrIterator};
pub use operators::{TYPE, concat, repeat};

use std::alloc::Layout;
use std::cell::{Cell, OnceCell};

use crate::heap::{self, Gc, Kind, Payload};
use crate::vm::Vm;

/// Code points between entries of the offset table.
const STRIDE: usize = 64;

/// Header `aux` bits.
const ASCII: u8 = 1;
const INTERNED: u8 = 2;

#[repr(C)]
pub struct Str {
    /// 0 until computed.
    hash: Cell<u64>,
    n_bytes: usize,
    index: OnceCell<Box<Index>>,
}

/// Random access into non-ASCII text.
struct Index {
    n_chars: usize,
    /// Byte offset of every [`STRIDE`]th code point.
    offsets: Vec<usize>,
}

impl Payload for Str {
    const KIND: Kind = Kind::Str;
    const ACYCLIC: bool = true;
    crate::trace_fields!(; skip hash, n_bytes, index);

    fn trailing_layout(&self) -> Layout {
        let size = size_of::<Str>() + self.n_bytes;
        Layout::from_size_align(size, align_of::<Str>()).expect("length was checked when the string was made")
    }
}

/// WTF-8 bytes of one code point.
pub fn encode_code_point(code: u32, buffer: &mut [u8; 4]) -> &[u8] {
    match char::from_u32(code) {
        Some(c) => c.encode_utf8(buffer).as_bytes(),
        None => {
            buffer[..3].copy_from_slice(&[0xed, 0x80 | (code >> 6 & 0x3f) as u8, 0x80 | (code & 0x3f) as u8]);
            &buffer[..3]
        }
    }
}

/// Code point that begins at `bytes[0]`, and its length in bytes. `bytes` is valid WTF-8 and not empty.
#[inline]
pub fn decode_code_point(bytes: &[u8]) -> (u32, usize) {
    let b = |i: usize| (bytes[i] & 0x3f) as u32;
    match bytes[0] {
        first @ 0..0x80 => (first as u32, 1),
        first @ 0x80..0xe0 => ((first as u32 & 0x1f) << 6 | b(1), 2),
        first @ 0xe0..0xf0 => ((first as u32 & 0x0f) << 12 | b(1) << 6 | b(2), 3),
        first => ((first as u32 & 0x07) << 18 | b(1) << 12 | b(2) << 6 | b(3), 4),
    }
}

/// Largest string that grows in place; longer ones ask for their memory first.
const MAX_GROWN_BYTES: usize = 1 << 28;

impl Gc<Str> {
    /// Whether this is the only pointer to a plain string, which `+=` may then change, for `more` bytes.
    #[inline]
    pub(crate) fn can_grow(&self, more: &Gc<Str>) -> bool {
        let header = self.header();
        header.count() == 1
            && header.is_exact()
            && header.aux.get() & INTERNED == 0
            && self.n_bytes + more.n_bytes <= MAX_GROWN_BYTES
    }

    /// `self + right`, in the memory of `self` if there is room behind it. See [`Gc::can_grow`].
    pub(crate) fn grown(self, right: &Gc<Str>) -> Gc<Str> {
        assert!(self.can_grow(right) && !self.is(right), "others hold the string");
        let ascii = self.header().aux.get() & right.header().aux.get() & ASCII;
        let (at, added) = (self.n_bytes, right.as_bytes());
        // SAFETY: the only pointer, as checked; the bytes that are added to the length are written here.
        let grown = unsafe {
            let grown = heap::grow_trailing(self, |body| {
                body.n_bytes += added.len();
                body.hash.set(0);
                drop(body.index.take());
            });
            std::ptr::copy_nonoverlapping(added.as_ptr(), grown.trailing::<u8>().add(at), added.len());
            grown
        };
        grown.header().aux.set(ascii);
        grown
    }

    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: n_bytes initialised bytes follow the payload.
        unsafe { std::slice::from_raw_parts(self.trailing::<u8>(), self.n_bytes) }
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.header().aux.get() & ASCII != 0
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.header().aux.get() & INTERNED != 0
    }

    pub(crate) fn mark_interned(&self) {
        self.header().aux.set(self.header().aux.get() | INTERNED);
    }

    /// The text, unless it contains lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        if self.is_ascii() {
            // SAFETY: ASCII is UTF-8.
            return Some(unsafe { std::str::from_utf8_unchecked(self.as_bytes()) });
        }
        std::str::from_utf8(self.as_bytes()).ok()
    }

    /// The text with lone surrogates replaced by U+FFFD, for messages.
    pub fn to_string_lossy(&self) -> std::borrow::Cow<'_, str> {
        match self.as_str() {
            Some(text) => text.into(),
            None => {
                let mut out = String::new();
                self.code_points().for_each(|c| out.push(char::from_u32(c).unwrap_or('\u{fffd}')));
                out.into()
            }
        }
    }

    /// Number of code points.
    #[inline]
    pub fn len(&self) -> usize {
        if self.is_ascii() { self.n_bytes } else { self.index_table().n_chars }
    }

    pub fn is_empty(&self) -> bool {
        self.n_bytes == 0
    }

    #[inline]
    pub fn hash_value(&self) -> u64 {
        let hash = self.hash.get();
        if hash != 0 { hash } else { self.compute_hash() }
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(&self) -> u64 {
        let hash = hash_bytes(self.as_bytes());
        self.hash.set(hash);
        hash
    }

    fn index_table(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut offsets = Vec::with_capacity(self.n_bytes / STRIDE + 1);
            let mut n_chars = 0;
            for (at, byte) in self.as_bytes().iter().enumerate() {
                if byte & 0xc0 != 0x80 {
                    if n_chars % STRIDE == 0 {
                        offsets.push(at);
                    }
                    n_chars += 1;
                }
            }
            Box::new(Index { n_chars, offsets })
        })
    }

    /// Byte offset of code point `char_index` (the length gives the end).
    pub fn byte_offset(&self, char_index: usize) -> usize {
        if self.is_ascii() {
            return char_index;
        }
        let table = self.index_table();
        if char_index >= table.n_chars {
            return self.n_bytes;
        }
        let bytes = self.as_bytes();
        let mut at = table.offsets[char_index / STRIDE];
        for _ in 0..char_index % STRIDE {
            at += decode_code_point(&bytes[at..]).1;
        }
        at
    }

    /// Index of the code point that begins at byte `offset`.
    pub fn char_index(&self, offset: usize) -> usize {
        if self.is_ascii() {
            return offset;
        }
        let table = self.index_table();
        let slot = table.offsets.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = table.offsets.get(slot).copied().unwrap_or(0);
        slot * STRIDE + self.as_bytes()[start..offset].iter().filter(|byte| *byte & 0xc0 != 0x80).count()
    }

    /// Code point `char_index`, which is in range.
    pub fn code_point(&self, char_index: usize) -> u32 {
        if self.is_ascii() {
            return self.as_bytes()[char_index] as u32;
        }
        decode_code_point(&self.as_bytes()[self.byte_offset(char_index)..]).0
    }

    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = self.as_bytes();
        std::iter::from_fn(move || {
            (!rest.is_empty()).then(|| {
                let (code, length) = decode_code_point(rest);
                rest = &rest[length..];
                code
            })
        })
    }

    /// The same text as an exact `str`.
    pub fn exact(&self) -> Gc<Str> {
        if self.header().is_exact() { self.clone() } else { Str::shared(self.as_bytes()) }
    }

    /// Code points `start..end`, in range, as a new string (or this one).
    pub fn slice(&self, start: usize, end: usize) -> Gc<Str> {
        if start == 0 && end == self.len() && self.header().is_exact() {
            return self.clone();
        }
        if start >= end {
            return Vm::current().empty_str.clone();
        }
        if end - start == 1 {
            return Str::from_code_point(self.code_point(start));
        }
        Str::from_wtf8(&self.as_bytes()[self.byte_offset(start)..self.byte_offset(end)])
    }
}

/// Hash of text and of bytes: 0 for the empty ones alone, otherwise it means "not computed". It fits an inline integer.
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    use std::hash::Hasher;
    if bytes.is_empty() {
        return 0;
    }
    let mut hasher = rapidhash::fast::RapidHasher::default();
    hasher.write(bytes);
    (hasher.finish() >> 2).max(1)
}

impl std::fmt::Display for Gc<Str> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_string_lossy())
    }
}

impl PartialEq for Gc<Str> {
    #[inline]
    fn eq(&self, other: &Gc<Str>) -> bool {
        if self.is(other) {
            return true;
        }
        // Most that differ do so in their first byte.
        match (self.as_bytes(), other.as_bytes()) {
            ([a], [b]) => a == b,
            (a, b) => a.len() == b.len() && a.first() == b.first() && same_bytes(a, b),
        }
    }
}

/// Equality of as many bytes, without a call where they are few.
#[inline]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(bytes: &[u8]) -> Option<([u8; N], [u8; N])> {
        Some((*bytes.first_chunk()?, *bytes.last_chunk()?))
    }
    match a.len() {
        8..=16 => ends::<8>(a) == ends::<8>(b),
        4..=7 => ends::<4>(a) == ends::<4>(b),
        _ => a == b,
    }
}

impl PartialEq<str> for Gc<Str> {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}
