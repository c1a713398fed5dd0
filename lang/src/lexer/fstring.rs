//! f-strings and t-strings (PEP 701, PEP 750): a start, pieces of text, fields of ordinary tokens, an end.
//!
//! The text ends at `{`, `}` and the closing quotes; inside braces the ordinary lexer runs, until the brace that
//! opened the field is closed or a colon begins the format, which is text again.

use super::lex::{LexResult, Lexer};
use super::token::TokenKind;

/// Fields nested through formats: `f'{a:{b}}'` has two, more than these are refused.
const MAX_FIELD_DEPTH: i32 = 3;

/// One string being read.
pub(super) struct FString {
    /// Offset of the prefix.
    start: usize,
    is_template: bool,
    raw: bool,
    pub(super) quote: u8,
    pub(super) triple: bool,
    /// Reading text, not a field.
    in_text: bool,
    /// That text is a format.
    in_format: bool,
    /// The field has had its `=`.
    pub(super) in_debug: bool,
    /// Brackets of any kind open inside this string.
    pub(super) n_open: i32,
    /// How many brackets are open outside the innermost field; -1 outside all fields.
    pub(super) field_depth: i32,
}

impl FString {
    pub(super) fn new(start: usize, prefix: &str, quote: u8, triple: bool) -> FString {
        FString {
            start,
            is_template: prefix.contains('t'),
            raw: prefix.contains('r'),
            quote,
            triple,
            in_text: true,
            in_format: false,
            in_debug: false,
            n_open: 0,
            field_depth: -1,
        }
    }

    pub(super) fn start_kind(&self) -> TokenKind {
        if self.is_template { TokenKind::TStringStart } else { TokenKind::FStringStart }
    }

    fn end_kind(&self) -> TokenKind {
        if self.is_template { TokenKind::TStringEnd } else { TokenKind::FStringEnd }
    }

    /// For messages.
    pub(super) fn letter(&self) -> char {
        if self.is_template { 't' } else { 'f' }
    }

    /// The brace that closes a field has been read.
    pub(super) fn leave_field(&mut self) {
        self.field_depth -= 1;
        self.in_text = true;
        self.in_format = false;
        self.in_debug = false;
    }
}

impl Lexer<'_> {
    pub(super) fn in_fstring_text(&self) -> bool {
        self.fstrings.last().is_some_and(|fstring| fstring.in_text)
    }

    pub(super) fn in_fstring_field(&self) -> bool {
        self.fstrings.last().is_some_and(|fstring| !fstring.in_text)
    }

    /// In a field: a colon outside brackets begins the format, whatever follows it.
    pub(super) fn field_punctuation(&mut self) -> LexResult<bool> {
        let pos = self.pos();
        if self.text.as_bytes().get(pos) != Some(&b':') {
            return Ok(false);
        }
        let Some(fstring) = self.fstrings.last_mut() else { return Ok(false) };
        if fstring.n_open - 1 != fstring.field_depth {
            return Ok(false);
        }
        fstring.in_text = true;
        fstring.in_format = true;
        self.bump(1);
        self.push(TokenKind::Colon, pos, pos + 1);
        Ok(true)
    }

    /// Reads one piece of text, the end of the string, or turns to the field that begins here.
    pub(super) fn fstring_text(&mut self) -> LexResult<()> {
        let bytes = self.text.as_bytes();
        let start = self.pos();
        let fstring = self.fstrings.last_mut().expect("called inside an f-string");
        let (quote, triple, raw) = (fstring.quote, fstring.triple, fstring.raw);
        let n_quotes = if triple { 3 } else { 1 };
        let closing = &[quote; 3][..n_quotes];
        let in_format = fstring.in_format && fstring.field_depth >= 0;
        let letter = fstring.letter();

        if bytes.get(start) == Some(&b'{') && bytes.get(start + 1) != Some(&b'{') {
            return self.enter_field(start);
        }
        if bytes[start..].starts_with(closing) {
            let kind = fstring.end_kind();
            self.fstrings.pop();
            self.bump(n_quotes);
            self.push(kind, start, start + n_quotes);
            return Ok(());
        }
        let mut in_named_escape = false;
        let mut at = start;
        loop {
            let byte = bytes.get(at).copied();
            if byte.is_none() || (byte == Some(b'\n') && !triple) {
                if in_format && byte.is_some() {
                    let message = format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted \
                         {letter}-strings"
                    );
                    return Err(self.error(at + 1, message));
                }
                return Err(self.unterminated(at));
            }
            match byte.unwrap_or_default() {
                byte if byte == quote && bytes[at..].starts_with(closing) => {
                    self.take_text(start, at);
                    return Ok(());
                }
                b'{' => {
                    if bytes.get(at + 1) != Some(&b'{') || in_format {
                        self.take_text(start, at);
                        return self.enter_field(at);
                    }
                    self.take_text(start, at + 2);
                    return Ok(());
                }
                b'}' => {
                    if in_named_escape {
                        self.take_text(start, at + 1);
                        return Ok(());
                    }
                    let fstring = self.fstrings.last_mut().expect("still inside");
                    if bytes.get(at + 1) == Some(&b'}') && !in_format && fstring.n_open == 0 {
                        self.take_text(start, at + 2);
                    } else {
                        fstring.in_text = false;
                        self.take_text(start, at);
                    }
                    return Ok(());
                }
                b'\\' => {
                    at += 1;
                    match bytes.get(at) {
                        Some(&brace @ (b'{' | b'}')) => {
                            if !raw {
                                self.warn_escape(at - 1, char::from(brace));
                            }
                        }
                        Some(b'N') if !raw => {
                            at += 1;
                            if bytes.get(at) == Some(&b'{') {
                                in_named_escape = true;
                                at += 1;
                            }
                        }
                        Some(_) => at += 1,
                        None => {}
                    }
                }
                _ => at += 1,
            }
        }
    }

    /// Puts the text from `start` to `end`, with both of a doubled brace at its end. `end` is the end of a character:
    /// the search may stop inside one only after a backslash, and then walks on to an ASCII byte.
    fn take_text(&mut self, start: usize, end: usize) {
        let is_template = self.fstrings.last().is_some_and(|fstring| fstring.is_template);
        let kind = if is_template { TokenKind::TMiddle } else { TokenKind::Middle };
        self.bump(end - self.pos());
        self.push(kind, start, end);
    }

    /// At the brace that opens a field.
    fn enter_field(&mut self, at: usize) -> LexResult<()> {
        let fstring = self.fstrings.last_mut().expect("called inside an f-string");
        fstring.field_depth += 1;
        fstring.in_text = false;
        if fstring.field_depth >= MAX_FIELD_DEPTH {
            let message = format!("{}-string: expressions nested too deeply", fstring.letter());
            return Err(self.error(at, message));
        }
        self.bump(at + 1 - self.pos());
        self.operator(TokenKind::LBrace, at, at + 1)
    }

    fn unterminated(&mut self, at: usize) -> Box<super::lex::LexError> {
        let line = self.line_reached(at);
        let fstring = self.fstrings.last().expect("called inside an f-string");
        let (start, letter, triple) = (fstring.start, fstring.letter(), fstring.triple);
        let message = match triple {
            true => format!("unterminated triple-quoted {letter}-string literal (detected at line {line})"),
            false => format!("unterminated {letter}-string literal (detected at line {line})"),
        };
        let mut error = self.error(start + 1, message);
        error.at_end = triple && at == self.text.len();
        error
    }

    fn warn_escape(&mut self, backslash: usize, c: char) {
        let message = format!(
            "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \
             \"\\\\{c}\"? A raw string is also an option."
        );
        self.warn(backslash, backslash + 2, message);
    }
}
