//! Source text to the tokens of Python's grammar.
//!
//! logos finds the raw tokens (`raw.rs`); the layer here adds indentation, drops line ends inside brackets, and
//! takes strings, f-strings and numbers apart. It stops at the first error, as CPython's tokenizer does, and takes
//! time linear in the text.

mod fstring;
mod lex;
mod names;
mod number;
mod raw;
mod soft_keywords;
mod string;
mod token;

pub use lex::{LexError, Lexed, OpenBracket, lex, never_closed};
pub use names::{is_printable, normalize};
pub use string::{BytesError, Literal, StringError, decode_bytes, decode_literal, decode_string};
pub use token::{Token, TokenKind};
