//! The layer above logos: indentation, line joining, brackets and literals.
//!
//! Behaviour and wording follow CPython's tokenizer (`Parser/lexer/lexer.c`), including what exactly its error
//! offsets point at.

use logos::{Lexer as RawLexer, Logos};

use super::fstring::FString;
use super::names::{invalid_char, is_printable};
use super::number::scan_number;
use super::raw::Raw;
use super::soft_keywords;
use super::token::{Token, TokenKind};
use crate::ast::Span;
use crate::diagnostics::{Diagnostic, DiagnosticKind, Location};
use crate::parser::Mode;
use crate::source::{SourceText, chars_up_to};

/// Open brackets at a time.
const MAX_BRACKETS: usize = 200;
/// Levels of indentation, counting the outermost.
const MAX_INDENTS: usize = 100;
/// Strings open inside each other, counting the file itself.
const MAX_FSTRINGS: usize = 150;
/// A tab goes to the next multiple of this column.
const TAB_SIZE: u32 = 8;

/// All tokens of a source.
#[derive(Clone, Debug)]
pub struct Lexed {
    /// Ends with an EndMarker, or an Error.
    pub tokens: Vec<Token>,
    /// What the Error token stands for.
    pub error: Option<LexError>,
    /// SyntaxWarnings of literals, in source order.
    pub warnings: Vec<Diagnostic>,
}

/// Why the lexer stopped.
#[derive(Clone, Debug)]
pub struct LexError {
    pub diagnostic: Diagnostic,
    /// Replaces an error that the parser found further up, which CPython does for most of the tokenizer's errors, but
    /// not inside f-strings.
    pub overrides_parser: bool,
    /// The innermost bracket open at that point, outside f-strings.
    pub open_bracket: Option<OpenBracket>,
    /// The text ended where it may not: a REPL could ask for more.
    pub at_end: bool,
}

/// A bracket not yet closed.
#[derive(Clone, Copy, Debug)]
pub struct OpenBracket {
    pub opening: u8,
    pub offset: u32,
}

/// Tokenizes `source`. The mode decides how a text ends that does not end in a line end.
pub fn lex(source: &SourceText, mode: Mode, dont_imply_dedent: bool) -> Lexed {
    let text = source.as_str();
    let mut lexer = Lexer {
        source,
        text,
        raw: Raw::lexer(text),
        tokens: Vec::with_capacity(text.len() / 4),
        warnings: Vec::new(),
        indents: vec![(0, 0)],
        brackets: Vec::new(),
        mode,
        fstrings: Vec::new(),
    };
    let mut error = lexer.run(dont_imply_dedent).err().map(|error| *error);
    if let Some(error) = &mut error
        && !lexer.fstrings.is_empty()
    {
        error.open_bracket = None;
    }
    let Lexer { mut tokens, mut warnings, .. } = lexer;
    soft_keywords::settle(&mut tokens, text);
    warnings.sort_by_key(Diagnostic::line);
    Lexed { tokens, error, warnings }
}

/// Boxed: tokens are common, errors are not.
pub(super) type LexResult<T> = Result<T, Box<LexError>>;

pub(super) struct Lexer<'s> {
    pub(super) source: &'s SourceText,
    pub(super) text: &'s str,
    raw: RawLexer<'s, Raw>,
    tokens: Vec<Token>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Columns of the open blocks, counted with tabs of eight and of one.
    indents: Vec<(u32, u32)>,
    brackets: Vec<OpenBracket>,
    mode: Mode,
    /// f-strings and t-strings being read, innermost last.
    pub(super) fstrings: Vec<FString>,
}

impl<'s> Lexer<'s> {
    fn run(&mut self, dont_imply_dedent: bool) -> LexResult<()> {
        // Whether the text since the last NEWLINE has had a token.
        let mut fresh_line = true;
        loop {
            if fresh_line && self.brackets.is_empty() && self.fstrings.is_empty() {
                self.indentation()?;
            }
            if self.pos() == self.text.len() {
                return self.end(dont_imply_dedent);
            }
            fresh_line = self.line()?;
        }
    }

    /// Reads up to and including the next line end outside literals. True if a NEWLINE came out of it or none was
    /// due, so that indentation counts again.
    fn line(&mut self) -> LexResult<bool> {
        let n_tokens = self.tokens.len();
        // A NEWLINE begins with the comment before it.
        let mut comment = None;
        loop {
            if self.in_fstring_text() {
                self.fstring_text()?;
                continue;
            }
            if self.in_fstring_field() && self.field_punctuation()? {
                continue;
            }
            let Some(raw) = self.raw.next() else { return Ok(false) };
            let span = self.raw.span();
            let (start, end) = (span.start, span.end);
            match raw {
                Ok(Raw::Blank) => {}
                Ok(Raw::Comment) => comment = Some(start),
                Ok(Raw::Newline) => {
                    if !self.brackets.is_empty() || !self.fstrings.is_empty() {
                        return Ok(false);
                    }
                    // A line of blanks and comments is none at all; after a continuation line it still is one.
                    if self.tokens.len() > n_tokens || !self.at_statement_start() {
                        self.push(TokenKind::Newline, comment.unwrap_or(start), end);
                    }
                    return Ok(true);
                }
                Ok(Raw::Backslash) => self.continuation(start)?,
                Ok(Raw::Name) => self.name(start, end)?,
                Ok(Raw::Number) => self.number(start)?,
                Ok(Raw::Quote) => self.quote(start, end)?,
                Ok(Raw::Operator(kind)) => self.operator(kind, start, end)?,
                Err(()) => {
                    let c = self.text[start..].chars().next().unwrap_or('\0');
                    return Err(self.error(start + c.len_utf8(), unexpected_char(c)));
                }
            }
        }
    }

    pub(super) fn pos(&self) -> usize {
        self.raw.span().end
    }

    /// Takes `n_bytes` more into the current token.
    pub(super) fn bump(&mut self, n_bytes: usize) {
        self.raw.bump(n_bytes);
    }

    /// Begins the next token at `pos`.
    fn seek(&mut self, pos: usize) {
        self.raw = Raw::lexer(self.text);
        self.raw.bump(pos);
    }

    pub(super) fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.tokens.push(Token { kind, span: Span::new(start as u32, end as u32) });
    }

    fn at_statement_start(&self) -> bool {
        self.tokens.last().is_none_or(|token| {
            matches!(token.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
        })
    }

    /// Measures the blanks at the start of a line and opens or closes blocks.
    fn indentation(&mut self) -> LexResult<()> {
        let bytes = self.text.as_bytes();
        let line_start = self.pos();
        let (mut column, mut alt_column) = (0u32, 0u32);
        // Where a backslash joins lines, the indentation before the first one counts.
        let mut joined: Option<(u32, u32)> = None;
        let mut at = line_start;
        loop {
            match bytes.get(at) {
                Some(b' ') => {
                    column += 1;
                    alt_column += 1;
                }
                Some(b'\t') => {
                    column = (column / TAB_SIZE + 1) * TAB_SIZE;
                    alt_column += 1;
                }
                Some(0x0C) => (column, alt_column) = (0, 0),
                Some(b'\\') => {
                    if joined.is_none() && column > 0 {
                        joined = Some((column, column));
                    }
                    self.bump(at + 1 - self.pos());
                    self.continuation(at)?;
                    at = self.pos();
                    continue;
                }
                _ => break,
            }
            at += 1;
        }
        self.bump(at - self.pos());
        if matches!(bytes.get(at), Some(b'#' | b'\n')) {
            return Ok(());
        }
        if let Some(columns) = joined {
            (column, alt_column) = columns;
        }
        let &(current, alt_current) = self.indents.last().expect("the outermost level is never popped");
        if column == current {
            if alt_column != alt_current {
                return Err(self.tab_error(at));
            }
        } else if column > current {
            if self.indents.len() >= MAX_INDENTS {
                let kind = DiagnosticKind::Indentation;
                return Err(self.layout_error(kind, "too many levels of indentation", at));
            }
            if alt_column <= alt_current {
                return Err(self.tab_error(at));
            }
            self.indents.push((column, alt_column));
            self.push(TokenKind::Indent, at, at);
        } else {
            let n_open = self.indents.len();
            while self.indents.last().is_some_and(|&(open, _)| column < open) {
                self.indents.pop();
            }
            let &(outer, alt_outer) = self.indents.last().expect("the outermost level is column 0");
            if column != outer {
                return Err(self.dedent_error(at));
            }
            if alt_column != alt_outer {
                return Err(self.tab_error(at));
            }
            for _ in self.indents.len()..n_open {
                self.push(TokenKind::Dedent, at, at);
            }
        }
        Ok(())
    }

    /// After a backslash at `backslash`: the line end must follow, and more text after it.
    fn continuation(&mut self, backslash: usize) -> LexResult<()> {
        let rest = &self.text[backslash + 1..];
        if !rest.starts_with('\n') {
            // CPython counts the bytes up to and including the character, whatever its width.
            let next = rest.chars().next();
            let n_bytes = backslash as u32 - self.buffer_start(backslash) + 1 + u32::from(next.is_some());
            let line = self.source.line(backslash as u32);
            let location = Location {
                line,
                offset: chars_up_to(self.source.line_text_full(line), n_bytes),
                end_line: Some(line),
                end_offset: Some(0),
                text: Some(self.source.line_text_full(line).to_owned()),
            };
            self.mark_error(backslash + 1 + next.map_or(0, char::len_utf8));
            return Err(Box::new(LexError {
                diagnostic: Diagnostic::at(
                    DiagnosticKind::Syntax,
                    "unexpected character after line continuation character",
                    location,
                ),
                overrides_parser: false,
                open_bracket: self.brackets.last().copied(),
                at_end: false,
            }));
        }
        self.bump(backslash + 2 - self.pos());
        if self.pos() == self.text.len() {
            return Err(self.unexpected_end());
        }
        Ok(())
    }

    /// The start of the line at `at`, or of those before it that a backslash or a token joins to it: CPython counts
    /// from there.
    fn buffer_start(&self, at: usize) -> u32 {
        let mut start = self.source.line_start(self.source.line(at as u32));
        for token in self.tokens.iter().rev() {
            if token.span.end < start {
                break;
            }
            if token.span.start < start && token.kind != TokenKind::Newline {
                start = self.source.line_start(self.source.line(token.span.start));
            }
        }
        while self.text[..start as usize].ends_with("\\\n") {
            start = self.source.line_start(self.source.line(start - 1));
        }
        start
    }

    fn name(&mut self, start: usize, end: usize) -> LexResult<()> {
        let name = &self.text[start..end];
        let kind = match TokenKind::keyword(name) {
            Some(kind) => kind,
            None => {
                if !name.is_ascii()
                    && let Some((at, c)) = invalid_char(name)
                {
                    return Err(self.error(start + at + c.len_utf8(), unexpected_char(c)));
                }
                TokenKind::Name
            }
        };
        self.push(kind, start, end);
        Ok(())
    }

    fn number(&mut self, start: usize) -> LexResult<()> {
        match scan_number(self.text.as_bytes(), start) {
            Ok(number) => {
                self.bump(number.end - self.pos());
                if let Some(kind) = number.runs_into_keyword {
                    self.warn(start, number.end, format!("invalid {kind} literal"));
                }
                self.push(TokenKind::Number, start, number.end);
                Ok(())
            }
            Err(error) if error.covers_start => Err(self.error_from(start, error.end, error.message)),
            Err(error) => Err(self.error(error.end, error.message)),
        }
    }

    /// A string, bytes, f-string or t-string; `end` is past its first quote.
    fn quote(&mut self, start: usize, end: usize) -> LexResult<()> {
        let prefix = self.text[start..end - 1].to_ascii_lowercase();
        let repeated =
            prefix.bytes().enumerate().any(|(at, letter)| prefix[..at].contains(char::from(letter)));
        if repeated {
            // No prefix at all: the letters are a name, and the quote begins a string of its own.
            self.seek(end - 1);
            return self.name(start, end - 1);
        }
        let has = |letter: char| prefix.contains(letter);
        for (first, second) in
            [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')]
        {
            if has(first) && has(second) {
                let message = format!("'{first}' and '{second}' prefixes are incompatible");
                return Err(self.error_from(start, end, message));
            }
        }
        let quote = self.text.as_bytes()[end - 1];
        let triple = self.text.as_bytes()[end..].starts_with(&[quote, quote]);
        if triple {
            self.bump(2);
        }
        if has('f') || has('t') {
            if self.fstrings.len() + 1 >= MAX_FSTRINGS {
                return Err(self.error(self.pos(), "too many nested f-strings or t-strings"));
            }
            let fstring = FString::new(start, prefix.as_str(), quote, triple);
            self.push(fstring.start_kind(), start, self.pos());
            self.fstrings.push(fstring);
            return Ok(());
        }
        self.string_body(start, quote, triple)
    }

    fn string_body(&mut self, start: usize, quote: u8, triple: bool) -> LexResult<()> {
        let bytes = self.text.as_bytes();
        let mut at = self.pos();
        let mut escaped_quote = false;
        let closed = loop {
            let rest = &bytes[at..];
            let next = match triple {
                true => memchr::memchr2(quote, b'\\', rest),
                false => memchr::memchr3(quote, b'\\', b'\n', rest),
            };
            let Some(skip) = next else {
                at = bytes.len();
                break false;
            };
            at += skip;
            match bytes[at] {
                b'\\' => {
                    escaped_quote |= bytes.get(at + 1) == Some(&quote);
                    at = (at + 2).min(bytes.len());
                }
                b'\n' => break false,
                _ if !triple => {
                    at += 1;
                    break true;
                }
                _ if bytes[at..].starts_with(&[quote; 3]) => {
                    at += 3;
                    break true;
                }
                _ => at += 1,
            }
        };
        if closed {
            // A backslash may have hidden the first byte of a longer character, but never ends inside one.
            self.bump(at - self.pos());
            self.push(TokenKind::String, start, at);
            return Ok(());
        }
        if let Some(fstring) = self.fstrings.last()
            && fstring.quote == quote
            && fstring.triple == triple
        {
            let message = format!("{}-string: expecting '}}'", fstring.letter());
            return Err(self.error(start + 1, message));
        }
        let line = self.line_reached(at);
        let message = match (triple, escaped_quote) {
            (true, _) => format!("unterminated triple-quoted string literal (detected at line {line})"),
            (false, true) => format!(
                "unterminated string literal (detected at line {line}); perhaps you escaped the end quote?"
            ),
            (false, false) => format!("unterminated string literal (detected at line {line})"),
        };
        let mut error = self.error(start + 1, message);
        error.at_end = at == bytes.len();
        Err(error)
    }

    /// The line that the lexer is on after reading up to `at`.
    pub(super) fn line_reached(&self, at: usize) -> u32 {
        match at == self.text.len() && self.text.ends_with('\n') {
            true => self.source.line(at as u32 - 1),
            false => self.source.line(at as u32),
        }
    }

    pub(super) fn operator(&mut self, kind: TokenKind, start: usize, end: usize) -> LexResult<()> {
        match kind {
            TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return Err(self.error(end, "too many nested parentheses"));
                }
                let opening = self.text.as_bytes()[start];
                self.brackets.push(OpenBracket { opening, offset: start as u32 });
                if let Some(fstring) = self.fstrings.last_mut() {
                    fstring.n_open += 1;
                }
            }
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => self.closing(kind, start, end)?,
            TokenKind::Equal => {
                if let Some(fstring) = self.fstrings.last_mut()
                    && fstring.n_open - 1 == fstring.field_depth
                {
                    fstring.in_debug = true;
                }
            }
            _ => {}
        }
        self.push(kind, start, end);
        Ok(())
    }

    fn closing(&mut self, kind: TokenKind, start: usize, end: usize) -> LexResult<()> {
        let closing = char::from(self.text.as_bytes()[start]);
        if let Some(fstring) = self.fstrings.last()
            && fstring.n_open == 0
            && kind == TokenKind::RBrace
        {
            let message = format!("{}-string: single '}}' is not allowed", fstring.letter());
            return Err(self.error(end, message));
        }
        let Some(open) = self.brackets.pop() else {
            return Err(self.error(end, format!("unmatched '{closing}'")));
        };
        let opening = char::from(open.opening);
        if !matches!((opening, closing), ('(', ')') | ('[', ']') | ('{', '}')) {
            if let Some(fstring) = self.fstrings.last()
                && opening == '{'
                && fstring.n_open - 1 == fstring.field_depth
            {
                let message = format!("{}-string: unmatched '{closing}'", fstring.letter());
                return Err(self.error(end, message));
            }
            let mut message =
                format!("closing parenthesis '{closing}' does not match opening parenthesis '{opening}'");
            let line = self.source.line(open.offset);
            if line != self.source.line(start as u32) {
                message.push_str(&format!(" on line {line}"));
            }
            return Err(self.error(end, message));
        }
        if let Some(fstring) = self.fstrings.last_mut() {
            fstring.n_open -= 1;
            if fstring.n_open < 0 {
                let message = format!("{}-string: unmatched '{closing}'", fstring.letter());
                return Err(self.error(end, message));
            }
            if kind == TokenKind::RBrace && fstring.n_open == fstring.field_depth {
                fstring.leave_field();
            }
        }
        Ok(())
    }

    /// The end of the text: closes the line and the blocks.
    fn end(&mut self, dont_imply_dedent: bool) -> LexResult<()> {
        let at = self.text.len();
        if !self.brackets.is_empty() {
            return Err(self.unexpected_end());
        }
        // `exec` has seen to it that the text ends with a line end; in `single` the end of the text is one.
        let is_single = self.mode == Mode::Single && !self.tokens.is_empty();
        if is_single {
            self.push(TokenKind::Newline, at, at);
        }
        let unfinished = !self.text.ends_with('\n');
        if self.indents.len() > 1 && self.mode != Mode::Eval && !(dont_imply_dedent && unfinished) {
            for _ in 1..self.indents.len() {
                self.push(TokenKind::Dedent, at, at);
            }
            if is_single {
                self.push(TokenKind::Newline, at, at);
            }
        }
        self.push(TokenKind::EndMarker, at, at);
        Ok(())
    }

    // Errors.

    /// Puts the token that stands for an error.
    fn mark_error(&mut self, end: usize) {
        self.push(TokenKind::Error, end, end);
    }

    /// An error that points at the character before `end`.
    pub(super) fn error(&mut self, end: usize, message: impl Into<String>) -> Box<LexError> {
        let line = self.line_of_last(end);
        let start = self.source.line_start(line) as usize;
        let offset = self.text[start..end].chars().count() as i32;
        self.located_error(line, offset, offset, end, message.into())
    }

    /// An error about the bytes from `start` to `end`, on one line.
    fn error_from(&mut self, start: usize, end: usize, message: impl Into<String>) -> Box<LexError> {
        let line = self.line_of_last(end);
        let (first, last) = (self.source.column(start as u32) + 1, self.source.column(end as u32));
        self.located_error(line, first as i32, last as i32, end, message.into())
    }

    /// The line of the character before `end`.
    fn line_of_last(&self, end: usize) -> u32 {
        self.source.line(end.saturating_sub(1) as u32)
    }

    fn located_error(
        &mut self,
        line: u32,
        offset: i32,
        end_offset: i32,
        end: usize,
        message: String,
    ) -> Box<LexError> {
        let location = Location {
            line,
            offset,
            end_line: Some(line),
            end_offset: Some(end_offset),
            text: Some(self.source.line_text(line).to_owned()),
        };
        self.mark_error(end);
        Box::new(LexError {
            diagnostic: Diagnostic::at(DiagnosticKind::Syntax, message, location),
            overrides_parser: self.fstrings.is_empty(),
            open_bracket: self.brackets.last().copied(),
            at_end: false,
        })
    }

    /// An error about the indentation of the line that has its first character at `at`.
    fn layout_error(&mut self, kind: DiagnosticKind, message: &str, at: usize) -> Box<LexError> {
        let line = self.source.line(at as u32);
        let location = Location {
            line,
            offset: 1,
            end_line: Some(line),
            end_offset: Some(0),
            text: Some(self.source.line_text_full(line).to_owned()),
        };
        self.mark_error(at);
        Box::new(LexError {
            diagnostic: Diagnostic::at(kind, message, location),
            overrides_parser: false,
            open_bracket: None,
            at_end: false,
        })
    }

    fn tab_error(&mut self, at: usize) -> Box<LexError> {
        self.layout_error(DiagnosticKind::Tab, "inconsistent use of tabs and spaces in indentation", at)
    }

    fn dedent_error(&mut self, at: usize) -> Box<LexError> {
        let message = "unindent does not match any outer indentation level";
        let mut error = self.layout_error(DiagnosticKind::Indentation, message, at);
        let location = error.diagnostic.location.as_mut().expect("just given");
        location.offset = location.text.as_ref().map_or(0, |text| text.chars().count() as i32);
        location.end_offset = Some(-1);
        error
    }

    /// The text ends after a backslash or inside brackets.
    fn unexpected_end(&mut self) -> Box<LexError> {
        let open_bracket = self.brackets.last().copied();
        let diagnostic = match open_bracket {
            Some(open) => self.never_closed(open),
            None => {
                let line = self.line_reached(self.text.len());
                let text = self.source.line_text_full(line);
                let location = Location {
                    line,
                    offset: text.chars().count() as i32,
                    end_line: Some(line),
                    end_offset: Some(-1),
                    text: Some(text.to_owned()),
                };
                Diagnostic::at(DiagnosticKind::Syntax, "unexpected EOF while parsing", location)
            }
        };
        self.mark_error(self.text.len());
        Box::new(LexError { diagnostic, overrides_parser: false, open_bracket, at_end: true })
    }

    fn never_closed(&self, open: OpenBracket) -> Diagnostic {
        never_closed(self.source, open, self.text.len() as u32)
    }

    pub(super) fn warn(&mut self, start: usize, end: usize, message: String) {
        let span = Span::new(start as u32, end as u32);
        let warning = self.source.compile_warning(span, message);
        self.warnings.push(warning);
    }
}

/// "'(' was never closed", with the lexer having read up to `reached`.
pub fn never_closed(source: &SourceText, open: OpenBracket, reached: u32) -> Diagnostic {
    let line = source.line(open.offset);
    let location = Location {
        line,
        offset: source.column(open.offset) as i32 + 1,
        end_line: Some(line),
        end_offset: Some(0),
        text: Some(source.error_text(line, source.line(reached.saturating_sub(1)))),
    };
    let message = format!("'{}' was never closed", char::from(open.opening));
    Diagnostic::at(DiagnosticKind::Syntax, message, location)
}

fn unexpected_char(c: char) -> String {
    let point = u32::from(c);
    match is_printable(c) {
        true => format!("invalid character '{c}' (U+{point:04X})"),
        false => format!("invalid non-printable character U+{point:04X}"),
    }
}
