//! The core of `struct`: formats, sizes, alignment, and numbers to and from bytes.
//!
//! Follows CPython's `Modules/_struct.c` for x86-64. The binding turns values into [`Scalar`]s and back, and raises
//! the errors named here as `struct.error`.

pub mod binding;
pub mod scalar;

pub use scalar::{Scalar, pack_scalar, unpack_scalar};

/// The largest size an object can have.
const MAX_SIZE: usize = isize::MAX as usize;

/// What a format code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `x`: a byte without a value.
    Pad,
    /// `c`: a bytes object of length 1.
    Char,
    Signed,
    Unsigned,
    Bool,
    /// `e`, `f`, `d` by size.
    Float,
    /// `F`, `D` by size: two floats.
    Complex,
    /// `P`: an unsigned integer that also takes negative ones.
    Pointer,
    /// `s`: a count of bytes.
    Bytes,
    /// `p`: a length byte and a count of bytes less one.
    Pascal,
}

/// A code with its count in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub code: u8,
    pub kind: Kind,
    /// Where it begins.
    pub offset: usize,
    /// The size of one value.
    pub size: usize,
    /// How many values; 1 for `s` and `p`, whose size is their count.
    pub count: usize,
}

/// A parsed format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub big_endian: bool,
    pub fields: Vec<Field>,
    /// The size of the whole in bytes.
    pub size: usize,
    /// The number of values.
    pub values: usize,
}

/// Kind, size and alignment of a code; `native` is the `@` mode.
fn code_info(code: u8, native: bool) -> Option<(Kind, usize, usize)> {
    let (kind, size) = match code {
        b'x' => (Kind::Pad, 1),
        b'c' => (Kind::Char, 1),
        b's' => (Kind::Bytes, 1),
        b'p' => (Kind::Pascal, 1),
        b'b' => (Kind::Signed, 1),
        b'B' => (Kind::Unsigned, 1),
        b'?' => (Kind::Bool, 1),
        b'h' => (Kind::Signed, 2),
        b'H' => (Kind::Unsigned, 2),
        b'i' => (Kind::Signed, 4),
        b'I' => (Kind::Unsigned, 4),
        b'l' => (Kind::Signed, if native { 8 } else { 4 }),
        b'L' => (Kind::Unsigned, if native { 8 } else { 4 }),
        b'q' => (Kind::Signed, 8),
        b'Q' => (Kind::Unsigned, 8),
        b'n' if native => (Kind::Signed, 8),
        b'N' if native => (Kind::Unsigned, 8),
        b'P' if native => (Kind::Pointer, 8),
        b'e' => (Kind::Float, 2),
        b'f' => (Kind::Float, 4),
        b'd' => (Kind::Float, 8),
        b'F' => (Kind::Complex, 8),
        b'D' => (Kind::Complex, 16),
        _ => return None,
    };
    let align = match kind {
        _ if !native => 1,
        Kind::Complex => size / 2,
        _ => size,
    };
    Some((kind, size, align))
}

impl Format {
    /// Parses a format.
    ///
    /// # Errors
    /// The text of the `struct.error`.
    pub fn parse(format: &[u8]) -> Result<Format, &'static str> {
        if format.contains(&0) {
            return Err("embedded null character");
        }
        let (native, big_endian, codes) = match format.first() {
            Some(b'@') => (true, cfg!(target_endian = "big"), &format[1..]),
            Some(b'=') => (false, cfg!(target_endian = "big"), &format[1..]),
            Some(b'<') => (false, false, &format[1..]),
            Some(b'>' | b'!') => (false, true, &format[1..]),
            _ => (true, cfg!(target_endian = "big"), format),
        };
        let too_long = "total struct size too long";
        let mut fields = Vec::new();
        let (mut size, mut values) = (0_usize, 0_usize);
        let mut at = 0;
        while at < codes.len() {
            if matches!(codes[at], b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) {
                at += 1;
                continue;
            }
            let mut count = 1_usize;
            if codes[at].is_ascii_digit() {
                count = 0;
                while let Some(digit) = codes.get(at).filter(|byte| byte.is_ascii_digit()) {
                    count = count
                        .checked_mul(10)
                        .and_then(|count| count.checked_add(usize::from(digit - b'0')))
                        .filter(|&count| count <= MAX_SIZE)
                        .ok_or(too_long)?;
                    at += 1;
                }
                if at == codes.len() {
                    return Err("repeat count given without format specifier");
                }
            }
            let code = codes[at];
            let (kind, unit, align) = code_info(code, native).ok_or("bad char in struct format")?;
            at += 1;
            let offset = size.checked_add(align - 1).ok_or(too_long)? / align * align;
            let taken = unit.checked_mul(count).ok_or(too_long)?;
            size = offset.checked_add(taken).filter(|&size| size <= MAX_SIZE).ok_or(too_long)?;
            let field = match kind {
                Kind::Pad => continue,
                Kind::Bytes | Kind::Pascal => Field { code, kind, offset, size: count, count: 1 },
                _ if count == 0 => continue,
                _ => Field { code, kind, offset, size: unit, count },
            };
            values += field.count;
            fields.push(field);
        }
        Ok(Format { big_endian, fields, size, values })
    }

    /// The fields with a run of values taken apart: each value's field and offset, in order.
    pub fn slots(&self) -> impl Iterator<Item = (&Field, usize)> {
        self.fields
            .iter()
            .flat_map(|field| (0..field.count).map(move |index| (field, field.offset + index * field.size)))
    }
}

/// The part of a `size`-byte `buffer` that a struct at `offset` covers: the start of it. `verb` is "pack" or
/// "unpack" and chooses the wording.
///
/// # Errors
/// The text of the `struct.error`.
pub fn locate(verb: &str, struct_size: usize, buffer: usize, offset: isize) -> Result<usize, String> {
    let mut offset = offset;
    if offset < 0 {
        if offset.unsigned_abs() < struct_size {
            return Err(if verb == "pack" {
                format!("no space to pack {struct_size} bytes at offset {offset}")
            } else {
                format!("not enough data to unpack {struct_size} bytes at offset {offset}")
            });
        }
        if offset.unsigned_abs() > buffer {
            return Err(format!("offset {offset} out of range for {buffer}-byte buffer"));
        }
        offset += buffer as isize;
    }
    let start = offset as usize;
    if start > buffer || buffer - start < struct_size {
        let needed = start.saturating_add(struct_size);
        let name = if verb == "pack" { "pack_into" } else { "unpack_from" };
        return Err(format!(
            "{name} requires a buffer of at least {needed} bytes for {verb}ing {struct_size} bytes at offset {offset} \
             (actual buffer size is {buffer})"
        ));
    }
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_alignment() {
        for (format, size) in [
            ("bhilq", 24),
            ("<bhilq", 19),
            ("b0l", 8),
            ("0l", 0),
            ("FD", 24),
            ("xi", 8),
            ("@ i", 4),
            ("bP", 16),
            ("3s2xh", 8),
            ("!5p", 5),
        ] {
            assert_eq!(Format::parse(format.as_bytes()).map(|format| format.size), Ok(size), "{format}");
        }
    }

    #[test]
    fn bad_formats_are_refused() {
        for (format, message) in [
            ("z", "bad char in struct format"),
            ("3", "repeat count given without format specifier"),
            ("3 i", "bad char in struct format"),
            ("<n", "bad char in struct format"),
            ("99999999999999999999i", "total struct size too long"),
            ("9223372036854775807i", "total struct size too long"),
            ("9223372036854775807x9223372036854775807x", "total struct size too long"),
            ("i\0", "embedded null character"),
            ("9223372036854775807b1b", "total struct size too long"),
        ] {
            assert_eq!(Format::parse(format.as_bytes()), Err(message), "{format}");
        }
    }

    #[test]
    fn values_round_trip() {
        let format = Format::parse(b"<bHiQefd?").expect("a good format");
        let values = [
            Scalar::Int(-5),
            Scalar::Int(65535),
            Scalar::Int(-70000),
            Scalar::Int(u64::MAX.into()),
            Scalar::Float(1.5),
            Scalar::Float(-0.25),
            Scalar::Float(1e300),
            Scalar::Bool(true),
        ];
        let mut bytes = vec![0; format.size];
        for ((field, offset), value) in format.slots().zip(&values) {
            pack_scalar(field, format.big_endian, value, &mut bytes[offset..offset + field.size])
                .expect("fits");
        }
        let back: Vec<Scalar> = format
            .slots()
            .map(|(field, offset)| {
                unpack_scalar(field, format.big_endian, &bytes[offset..offset + field.size])
            })
            .collect();
        assert_eq!(back, values);
    }

    #[test]
    fn offsets_are_checked() {
        for (offset, outcome) in [
            (4, Ok(4)),
            (-4, Ok(4)),
            (
                5,
                Err(
                    "unpack_from requires a buffer of at least 9 bytes for unpacking 4 bytes at offset 5 (actual \
                     buffer size is 8)",
                ),
            ),
            (-2, Err("not enough data to unpack 4 bytes at offset -2")),
            (-20, Err("offset -20 out of range for 8-byte buffer")),
        ] {
            assert_eq!(locate("unpack", 4, 8, offset), outcome.map_err(str::to_owned), "{offset}");
        }
    }
}
