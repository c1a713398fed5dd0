//! Making strings: each is written once, into its own memory.

#![allow(unsafe_code)]

use std::cell::{Cell, OnceCell};

use super::{ASCII, Str, encode_code_point};
use crate::class::Type;
use crate::heap::{self, Gc};
use crate::value::Value;
use crate::vm::Vm;

/// Whether all bytes are ASCII, fast for few of them.
#[inline(always)]
fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    if bytes.len() > 32 {
        return bytes.is_ascii();
    }
    if let (Some(last), (words, _)) = (bytes.last_chunk::<8>(), bytes.as_chunks::<8>()) {
        let all = words.iter().fold(u64::from_ne_bytes(*last), |all, word| all | u64::from_ne_bytes(*word));
        return all & HIGH == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return (u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last)) & HIGH as u32 == 0;
    }
    bytes.iter().fold(0, |all, byte| all | byte) < 0x80
}

/// Copies `bytes` to `out`, a few of them without a call.
///
/// # Safety
/// `out` has room for them and lies elsewhere.
#[inline(always)]
unsafe fn copy(bytes: &[u8], out: *mut u8) {
    let n = bytes.len();
    // SAFETY: both ends of the source and of the room are written inside `n` bytes.
    unsafe {
        match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) if n <= 16 => {
                out.cast::<[u8; 8]>().write(*first);
                out.add(n - 8).cast::<[u8; 8]>().write(*last);
            }
            (Some(_), _) => std::ptr::copy_nonoverlapping(bytes.as_ptr(), out, n),
            _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
                (Some(first), Some(last)) => {
                    out.cast::<[u8; 4]>().write(*first);
                    out.add(n - 4).cast::<[u8; 4]>().write(*last);
                }
                _ => bytes.iter().enumerate().for_each(|(at, byte)| out.add(at).write(*byte)),
            },
        }
    }
}

impl Str {
    /// A plain string of `n_bytes` bytes.
    ///
    /// # Safety
    /// `init` writes that many bytes of valid WTF-8, ASCII alone if `ascii`.
    #[inline(always)]
    unsafe fn make(n_bytes: usize, ascii: bool, init: impl FnOnce(*mut u8)) -> Gc<Str> {
        let body = Str { hash: Cell::new(0), n_bytes, index: OnceCell::new() };
        // SAFETY: trailing_layout counts n_bytes, and exactly that many are written.
        let object = unsafe { heap::alloc_plain::<Str, u8>(Vm::current().types.str(), body, init) };
        object.header().aux.set(if ascii { ASCII } else { 0 });
        object
    }

    pub fn new(text: &str) -> Gc<Str> {
        Str::from_wtf8(text.as_bytes())
    }

    /// A string of valid WTF-8 bytes.
    #[inline]
    pub fn from_wtf8(bytes: &[u8]) -> Gc<Str> {
        // SAFETY: all bytes are copied.
        unsafe { Str::make(bytes.len(), is_ascii(bytes), |out| copy(bytes, out)) }
    }

    /// An instance of `str` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>, bytes: &[u8]) -> Gc<Str> {
        if !cls.is_heap_type() {
            return Str::from_wtf8(bytes);
        }
        let body = Str { hash: Cell::new(0), n_bytes: bytes.len(), index: OnceCell::new() };
        // SAFETY: trailing_layout counts n_bytes, and exactly that many are written.
        let object = unsafe { heap::alloc_trailing::<Str, u8>(cls, body, |out| copy(bytes, out)) };
        object.header().aux.set(if bytes.is_ascii() { ASCII } else { 0 });
        object
    }

    /// As [`Str::from_wtf8`]; the empty string and single characters below U+0100 are shared.
    #[inline]
    pub fn shared(bytes: &[u8]) -> Gc<Str> {
        match bytes {
            [] => Vm::current().empty_str.clone(),
            &[byte] => Str::from_code_point(byte.into()),
            &[first @ 0xc2..=0xc3, second] => {
                Str::from_code_point((first as u32 & 3) << 6 | second as u32 & 0x3f)
            }
            _ => Str::from_wtf8(bytes),
        }
    }

    /// `left + right`. Two surrogates that meet at the seam stay two code points, as in CPython.
    #[inline]
    pub fn concat(left: &Gc<Str>, right: &Gc<Str>) -> Gc<Str> {
        let ascii = left.is_ascii() && right.is_ascii();
        // SAFETY: both are copied, one behind the other.
        unsafe {
            Str::make(left.n_bytes + right.n_bytes, ascii, |out| {
                copy(left.as_bytes(), out);
                copy(right.as_bytes(), out.add(left.n_bytes));
            })
        }
    }

    /// Joins many pieces of valid WTF-8.
    pub fn concat_all(parts: &[&[u8]]) -> Gc<Str> {
        let n_bytes = parts.iter().map(|part| part.len()).sum();
        let ascii = parts.iter().all(|part| is_ascii(part));
        // SAFETY: all parts are copied, one behind the other.
        unsafe {
            Str::make(n_bytes, ascii, |mut out| {
                for part in parts {
                    copy(part, out);
                    out = out.add(part.len());
                }
            })
        }
    }

    /// Strings one behind the other, with `separator` between them; values that are none count as empty.
    pub(crate) fn join(separator: &[u8], items: &[Value]) -> Gc<Str> {
        let mut n_bytes = separator.len() * items.len().saturating_sub(1);
        let mut ascii = is_ascii(separator) || items.len() < 2;
        for text in items.iter().filter_map(|item| item.downcast::<Str>()) {
            n_bytes += text.n_bytes;
            ascii &= text.is_ascii();
        }
        if n_bytes == 0 {
            return Vm::current().empty_str.clone();
        }
        // SAFETY: what was counted is copied; nothing changes strings meanwhile.
        unsafe {
            Str::make(n_bytes, ascii, |mut out| {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 && !separator.is_empty() {
                        copy(separator, out);
                        out = out.add(separator.len());
                    }
                    if let Some(text) = item.downcast::<Str>() {
                        copy(text.as_bytes(), out);
                        out = out.add(text.n_bytes);
                    }
                }
            })
        }
    }

    /// As many ASCII characters as `codes` has; their highest bit is dropped.
    ///
    /// # Panics
    /// If the iterator yields fewer than its length.
    #[inline]
    pub(super) fn from_ascii(codes: impl ExactSizeIterator<Item = u8>) -> Gc<Str> {
        let n = codes.len();
        // SAFETY: exactly n bytes are written, ASCII all.
        unsafe {
            Str::make(n, true, |out| {
                let mut written = 0;
                for code in codes.take(n) {
                    out.add(written).write(code & 0x7f);
                    written += 1;
                }
                assert_eq!(written, n, "an exact-size iterator yields its length");
            })
        }
    }

    /// The string of one code point, surrogates included.
    #[inline]
    pub fn from_code_point(code: u32) -> Gc<Str> {
        Vm::current().character(code)
    }
}

impl Vm {
    /// As [`Str::from_code_point`].
    #[inline]
    pub(crate) fn character(&self, code: u32) -> Gc<Str> {
        if let Some(cached) = self.latin1_chars.get().and_then(|chars| chars.get(code as usize)) {
            return cached.clone();
        }
        let mut buffer = [0; 4];
        Str::from_wtf8(encode_code_point(code, &mut buffer))
    }
}
