//! Items of arrays: typecodes, and values to and from the bytes they lie in.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, PyResult, Value, Vm};

use crate::convert::{big, real};

/// What one item is, by its typecode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub code: u8,
}

pub const TYPECODES: &str = "bBuwhHiIlLqQfd";

impl Kind {
    pub fn of(code: u32) -> Option<Kind> {
        let code = u8::try_from(code).ok()?;
        TYPECODES.as_bytes().contains(&code).then_some(Kind { code })
    }

    pub fn size(self) -> usize {
        match self.code {
            b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'i' | b'I' | b'f' | b'u' | b'w' => 4,
            _ => 8,
        }
    }

    pub fn is_text(self) -> bool {
        matches!(self.code, b'u' | b'w')
    }

    pub fn is_float(self) -> bool {
        matches!(self.code, b'f' | b'd')
    }

    pub fn name(self) -> &'static str {
        let at = TYPECODES.bytes().position(|code| code == self.code).unwrap_or(0);
        &TYPECODES[at..at + 1]
    }

    /// Format for views.
    pub fn format(self) -> &'static str {
        if self.is_text() { "w" } else { self.name() }
    }

    /// How the machine's representation is called in pickles.
    pub fn machine_format(self) -> i64 {
        let big_endian = i64::from(cfg!(target_endian = "big"));
        match self.code {
            b'b' => 1,
            b'B' => 0,
            b'H' => 2 + big_endian,
            b'h' => 4 + big_endian,
            b'I' => 6 + big_endian,
            b'i' => 8 + big_endian,
            b'L' | b'Q' => 10 + big_endian,
            b'l' | b'q' => 12 + big_endian,
            b'f' => 14 + big_endian,
            b'd' => 16 + big_endian,
            _ => 20 + big_endian,
        }
    }

    /// The bytes of a value.
    ///
    /// # Errors
    /// TypeError for values of another kind, OverflowError for numbers that do not fit.
    pub fn to_bytes(self, vm: &Vm, value: &Value) -> PyResult<([u8; 8], usize)> {
        let mut out = [0; 8];
        let size = self.size();
        match self.code {
            b'f' => out[..4].copy_from_slice(&(real(vm, value)? as f32).to_ne_bytes()),
            b'd' => out.copy_from_slice(&real(vm, value)?.to_ne_bytes()),
            b'u' | b'w' => {
                let Some(text) = value.downcast::<Str>() else {
                    return vm.raise_type_of("array item must be a unicode character, not {}", value);
                };
                if text.len() != 1 {
                    let n = text.len();
                    return vm.raise(
                        Exc::TypeError,
                        format!("array item must be a unicode character, not a string of length {n}"),
                    );
                }
                out[..4].copy_from_slice(&text.code_point(0).to_ne_bytes());
            }
            _ => {
                let bits = self.integer(vm, value)?;
                if cfg!(target_endian = "little") {
                    out.copy_from_slice(&bits.to_le_bytes());
                } else {
                    out[..size].copy_from_slice(&bits.to_be_bytes()[8 - size..]);
                }
            }
        }
        Ok((out, size))
    }

    /// An integer in range, as the low bits.
    fn integer(self, vm: &Vm, value: &Value) -> PyResult<u64> {
        let (min, max): (i64, i64) = match self.code {
            b'b' => (-0x80, 0x7f),
            b'B' => (0, 0xff),
            b'h' => (-0x8000, 0x7fff),
            b'H' => (0, 0xffff),
            b'i' => (i32::MIN.into(), i32::MAX.into()),
            b'I' => (0, u32::MAX.into()),
            _ => (i64::MIN, i64::MAX),
        };
        if let Some(n) = value.as_small_int() {
            if (min..=max).contains(&n) && (n >= 0 || !matches!(self.code, b'L' | b'Q')) {
                return Ok(n as u64);
            }
        }
        let n = big(vm, value)?;
        let fits = match self.code {
            b'L' | b'Q' => n.to_u64(),
            _ => n.to_i64().filter(|n| (min..=max).contains(n)).map(|n| n as u64),
        };
        match fits {
            Some(bits) => Ok(bits),
            None => self.out_of_range(vm, &n),
        }
    }

    /// OverflowError in the words of the converter that CPython uses for the type.
    #[cold]
    fn out_of_range<T>(self, vm: &Vm, n: &BigInt) -> PyResult<T> {
        let beyond = |name: &str| {
            format!(
                "{name} is {} than {}",
                if n.is_negative() { "less" } else { "greater" },
                if n.is_negative() { "minimum" } else { "maximum" }
            )
        };
        let fits = |bits: u64| n.abs() < BigInt::from(1) << (bits - 1);
        let too_long = || "Python int too large to convert to C long".to_string();
        let message = match self.code {
            _ if matches!(self.code, b'b' | b'B' | b'h' | b'H' | b'i' | b'l') && !fits(64) => too_long(),
            b'b' if !fits(16) => beyond("signed short integer"),
            b'b' => beyond("signed char"),
            b'B' => beyond("unsigned byte integer"),
            b'h' => beyond("signed short integer"),
            b'H' if !fits(32) => beyond("signed integer"),
            b'H' => beyond("unsigned short"),
            b'i' => beyond("signed integer"),
            b'I' | b'L' if n.is_negative() => "can't convert negative value to unsigned int".to_string(),
            b'I' if n.to_u64().is_some() => "unsigned int is greater than maximum".to_string(),
            b'I' | b'L' => "Python int too large to convert to C unsigned long".to_string(),
            b'Q' if n.is_negative() => "can't convert negative int to unsigned".to_string(),
            b'q' | b'Q' => "int too big to convert".to_string(),
            _ => too_long(),
        };
        vm.raise(Exc::OverflowError, message)
    }

    /// The value of an item's bytes.
    pub fn from_bytes(self, vm: &Vm, bytes: &[u8]) -> PyResult {
        macro_rules! number {
            ($ty:ty) => {{
                let mut raw = [0; size_of::<$ty>()];
                raw.copy_from_slice(&bytes[..size_of::<$ty>()]);
                <$ty>::from_ne_bytes(raw)
            }};
        }
        Ok(match self.code {
            b'b' => Value::small(number!(i8).into()),
            b'B' => Value::small(bytes[0].into()),
            b'h' => Value::small(number!(i16).into()),
            b'H' => Value::small(number!(u16).into()),
            b'i' => Value::small(number!(i32).into()),
            b'I' => Value::small(number!(u32).into()),
            b'l' | b'q' => Value::int(number!(i64)),
            b'L' | b'Q' => int::new_u64(number!(u64)),
            b'f' => Value::float(number!(f32).into()),
            b'd' => Value::float(number!(f64)),
            _ => {
                let code = number!(u32);
                if code > 0x10_ffff {
                    return vm.raise(
                        Exc::ValueError,
                        format!("character U+{code:x} is not in range [U+0000; U+10ffff]"),
                    );
                }
                Str::from_code_point(code).into()
            }
        })
    }
}
