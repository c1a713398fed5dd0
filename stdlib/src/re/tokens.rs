//! The tokenizer that patterns and templates share: single code points, and escapes of two.

use super::error::{ErrorKind, PatternError};
use super::unicode::{is_identifier, push_escaped, push_repr, push_wtf8};

/// The most decimal digits `int()` accepts.
const MAX_INT_DIGITS: usize = 4300;

/// What one step of the tokenizer yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    End,
    Char(u32),
    /// A backslash and the code point after it.
    Escape(u32),
}

impl Token {
    /// Its length in code points.
    pub fn len(self) -> usize {
        match self {
            Token::End => 0,
            Token::Char(_) => 1,
            Token::Escape(_) => 2,
        }
    }

    pub fn is(self, c: char) -> bool {
        self == Token::Char(u32::from(c))
    }

    /// The character if it is a plain ASCII one, else NUL.
    pub fn ascii(self) -> char {
        match self {
            Token::Char(c) if c < 128 => c as u8 as char,
            _ => '\0',
        }
    }

    pub fn append_to(self, out: &mut Vec<u32>) {
        match self {
            Token::End => {}
            Token::Char(c) => out.push(c),
            Token::Escape(c) => out.extend([u32::from(b'\\'), c]),
        }
    }
}

/// Reads `source` one token ahead.
pub struct Tokenizer<'s> {
    pub source: &'s [u32],
    /// Whether the source is a str, not bytes.
    pub is_text: bool,
    index: usize,
    pub next: Token,
}

impl<'s> Tokenizer<'s> {
    pub fn new(source: &'s [u32], is_text: bool) -> Result<Self, PatternError> {
        let mut tokens = Tokenizer { source, is_text, index: 0, next: Token::End };
        tokens.advance()?;
        Ok(tokens)
    }

    fn advance(&mut self) -> Result<(), PatternError> {
        self.next = match self.source.get(self.index) {
            None => Token::End,
            Some(&c) if c == u32::from(b'\\') => match self.source.get(self.index + 1) {
                Some(&escaped) => Token::Escape(escaped),
                None => return Err(PatternError::at("bad escape (end of pattern)", self.source.len() - 1)),
            },
            Some(&c) => Token::Char(c),
        };
        self.index += self.next.len();
        Ok(())
    }

    /// Consumes and returns the next token.
    pub fn get(&mut self) -> Result<Token, PatternError> {
        let token = self.next;
        self.advance()?;
        Ok(token)
    }

    /// Consumes the next token if it is this character.
    pub fn accept(&mut self, c: char) -> Result<bool, PatternError> {
        if self.next.is(c) {
            self.advance()?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Consumes up to `limit` characters that `wanted` holds for.
    pub fn get_while(&mut self, limit: usize, wanted: fn(char) -> bool) -> Result<String, PatternError> {
        let mut out = String::new();
        while out.len() < limit && wanted(self.next.ascii()) {
            out.push(self.next.ascii());
            self.advance()?;
        }
        Ok(out)
    }

    /// Consumes up to and including `terminator`; the text before it must not be empty.
    pub fn get_until(&mut self, terminator: char, what: &str) -> Result<Vec<u32>, PatternError> {
        let mut out = Vec::new();
        loop {
            let token = self.get()?;
            if token == Token::End {
                if out.is_empty() {
                    return Err(self.error(format!("missing {what}"), 0));
                }
                return Err(self.error(format!("missing {terminator}, unterminated name"), out.len()));
            }
            if token.is(terminator) {
                if out.is_empty() {
                    return Err(self.error(format!("missing {what}"), 1));
                }
                return Ok(out);
            }
            token.append_to(&mut out);
        }
    }

    /// The position of the next token.
    pub fn tell(&self) -> usize {
        self.index - self.next.len()
    }

    pub fn seek(&mut self, position: usize) -> Result<(), PatternError> {
        self.index = position;
        self.advance()
    }

    /// An error `back` code points before the next token.
    pub fn error(&self, message: impl Into<Vec<u8>>, back: usize) -> PatternError {
        PatternError::at(message, self.tell() - back)
    }

    /// Appends pattern text to a message; a message about bytes shows what is not ASCII as escapes.
    pub fn quote(&self, message: &mut Vec<u8>, text: &[u32]) {
        for &c in text {
            if self.is_text || c < 128 { push_wtf8(message, c) } else { push_escaped(message, c) }
        }
    }

    /// Fails unless `name` can be a group's name; `back` is the distance from its end to the next token.
    pub fn check_group_name(&self, name: &[u32], back: usize) -> Result<(), PatternError> {
        let ascii_only = !self.is_text;
        if (ascii_only && name.iter().any(|&c| c >= 128)) || !is_identifier(name) {
            let mut message = b"bad character in group name ".to_vec();
            push_repr(&mut message, name, ascii_only);
            return Err(self.error(message, name.len() + back));
        }
        Ok(())
    }

    /// The error for a name no group has.
    pub fn unknown_group(&self, name: &[u32]) -> Vec<u8> {
        let mut message = b"unknown group name ".to_vec();
        push_repr(&mut message, name, false);
        message
    }
}

/// Whether a group name is a number.
pub fn is_number(name: &[u32]) -> bool {
    !name.is_empty() && name.iter().all(|&c| (0x30..=0x39).contains(&c))
}

/// The digits without leading zeros, as `%d` shows the number.
pub fn shown_number(digits: &[u32]) -> String {
    let text: String = digits.iter().map(|&c| c as u8 as char).collect();
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}

/// The number that ASCII digits make, saturated.
///
/// # Errors
/// ValueError beyond the digit limit of `int()`.
pub fn parse_number(digits: &[u32]) -> Result<u64, PatternError> {
    if digits.len() > MAX_INT_DIGITS {
        let message = format!(
            "Exceeds the limit ({MAX_INT_DIGITS} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        );
        return Err(PatternError::plain(ErrorKind::Value, message));
    }
    Ok(digits.iter().fold(0_u64, |number, &c| number.saturating_mul(10).saturating_add(u64::from(c - 0x30))))
}
