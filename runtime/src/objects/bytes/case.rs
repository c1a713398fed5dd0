//! Methods of `bytes` and `bytearray` that read them as ASCII text.

use super::{make, this};
use crate::text::{bytes_text, str_search};
use crate::{Args, PyResult, Vm};

macro_rules! transforms {
    ($($name:ident: $f:expr;)*) => {
        $(pub fn $name(_vm: &Vm, args: Args<'_>) -> PyResult {
            let value = args.value(0);
            let result: Vec<u8> = $f(&this(value));
            Ok(make(value, result))
        })*
    };
}

transforms! {
    capitalize: bytes_text::capitalize;
    lower: |bytes: &[u8]| bytes.to_ascii_lowercase();
    swapcase: bytes_text::swapcase;
    title: bytes_text::title;
    upper: |bytes: &[u8]| bytes.to_ascii_uppercase();
}

macro_rules! tests {
    ($($name:ident: $f:expr;)*) => {
        $(pub fn $name(_vm: &Vm, args: Args<'_>) -> PyResult {
            let result: bool = $f(&this(args.value(0)));
            Ok(result.into())
        })*
    };
}

tests! {
    isalnum: |bytes: &[u8]| bytes_text::all(bytes, |byte| byte.is_ascii_alphanumeric());
    isalpha: |bytes: &[u8]| bytes_text::all(bytes, |byte| byte.is_ascii_alphabetic());
    isascii: |bytes: &[u8]| bytes.is_ascii();
    isdigit: |bytes: &[u8]| bytes_text::all(bytes, |byte| byte.is_ascii_digit());
    islower: bytes_text::is_lower;
    isspace: |bytes: &[u8]| bytes_text::all(bytes, str_search::is_byte_space);
    istitle: bytes_text::is_title;
    isupper: bytes_text::is_upper;
}
