//! The first layer: characters to raw tokens, by logos.
//!
//! Numbers and strings are only recognised by how they begin; `number.rs`, `lexer.rs` and `fstring.rs` measure them,
//! because where exactly a wrong literal goes wrong is part of the messages.

use logos::Logos;

use super::token::TokenKind;

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw {
    #[regex(r"[ \t\x0C]+")]
    Blank,
    #[regex(r"#[^\n]*", allow_greedy = true)]
    Comment,
    #[token("\n")]
    Newline,
    #[token("\\")]
    Backslash,
    /// Anything that is not ASCII counts as a letter until `names.rs` has looked at it.
    #[regex(r"[A-Za-z_\u{80}-\u{10FFFF}][0-9A-Za-z_\u{80}-\u{10FFFF}]*")]
    Name,
    #[regex(r"[0-9]")]
    #[regex(r"\.[0-9]")]
    Number,
    /// A quote with the prefix before it. More letters than any legal prefix has, for the messages.
    #[regex(r#"[bBfFrRtTuU]{0,5}["']"#)]
    Quote,
    #[token("(", |_| TokenKind::LParen)]
    #[token(")", |_| TokenKind::RParen)]
    #[token("[", |_| TokenKind::LBracket)]
    #[token("]", |_| TokenKind::RBracket)]
    #[token("{", |_| TokenKind::LBrace)]
    #[token("}", |_| TokenKind::RBrace)]
    #[token(":", |_| TokenKind::Colon)]
    #[token(",", |_| TokenKind::Comma)]
    #[token(";", |_| TokenKind::Semi)]
    #[token(".", |_| TokenKind::Dot)]
    #[token("...", |_| TokenKind::Ellipsis)]
    #[token("->", |_| TokenKind::Arrow)]
    #[token("@", |_| TokenKind::At)]
    #[token("=", |_| TokenKind::Equal)]
    #[token(":=", |_| TokenKind::ColonEqual)]
    #[token("!", |_| TokenKind::Exclamation)]
    #[token("+", |_| TokenKind::Plus)]
    #[token("-", |_| TokenKind::Minus)]
    #[token("*", |_| TokenKind::Star)]
    #[token("**", |_| TokenKind::DoubleStar)]
    #[token("/", |_| TokenKind::Slash)]
    #[token("//", |_| TokenKind::DoubleSlash)]
    #[token("%", |_| TokenKind::Percent)]
    #[token("|", |_| TokenKind::Pipe)]
    #[token("&", |_| TokenKind::Ampersand)]
    #[token("^", |_| TokenKind::Caret)]
    #[token("~", |_| TokenKind::Tilde)]
    #[token("<<", |_| TokenKind::LShift)]
    #[token(">>", |_| TokenKind::RShift)]
    #[token("==", |_| TokenKind::EqEqual)]
    #[token("!=", |_| TokenKind::NotEqual)]
    #[token("<", |_| TokenKind::Less)]
    #[token("<=", |_| TokenKind::LessEqual)]
    #[token(">", |_| TokenKind::Greater)]
    #[token(">=", |_| TokenKind::GreaterEqual)]
    #[token("+=", |_| TokenKind::PlusEqual)]
    #[token("-=", |_| TokenKind::MinusEqual)]
    #[token("*=", |_| TokenKind::StarEqual)]
    #[token("**=", |_| TokenKind::DoubleStarEqual)]
    #[token("/=", |_| TokenKind::SlashEqual)]
    #[token("//=", |_| TokenKind::DoubleSlashEqual)]
    #[token("%=", |_| TokenKind::PercentEqual)]
    #[token("|=", |_| TokenKind::PipeEqual)]
    #[token("&=", |_| TokenKind::AmpersandEqual)]
    #[token("^=", |_| TokenKind::CaretEqual)]
    #[token("<<=", |_| TokenKind::LShiftEqual)]
    #[token(">>=", |_| TokenKind::RShiftEqual)]
    #[token("@=", |_| TokenKind::AtEqual)]
    #[token("$", |_| TokenKind::Stray)]
    #[token("?", |_| TokenKind::Stray)]
    #[token("`", |_| TokenKind::Stray)]
    Operator(TokenKind),
}
