//! The flag bits of `re`, with CPython's numbers.

pub const IGNORECASE: u32 = 2;
pub const LOCALE: u32 = 4;
pub const MULTILINE: u32 = 8;
pub const DOTALL: u32 = 16;
pub const UNICODE: u32 = 32;
pub const VERBOSE: u32 = 64;
pub const DEBUG: u32 = 128;
pub const ASCII: u32 = 256;
/// Flags that choose what classes and case mean; they exclude each other.
pub const TYPE_FLAGS: u32 = ASCII | LOCALE | UNICODE;

/// The flag of an inline letter.
pub fn inline_flag(letter: char) -> Option<u32> {
    Some(match letter {
        'i' => IGNORECASE,
        'L' => LOCALE,
        'm' => MULTILINE,
        's' => DOTALL,
        'x' => VERBOSE,
        'a' => ASCII,
        'u' => UNICODE,
        _ => return None,
    })
}

/// The flags inside a group that adds and removes some.
pub fn combine(flags: u32, add: u32, del: u32) -> u32 {
    let base = if add & TYPE_FLAGS != 0 { flags & !TYPE_FLAGS } else { flags };
    (base | add) & !del
}
