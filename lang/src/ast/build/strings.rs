//! Adjacent string literals, f-strings and t-strings.

use super::{BuildResult, Builder, refuse};
use crate::ast::*;
use crate::lexer::{Literal, decode_bytes, decode_string};

/// One literal of several in a row.
pub enum StringPart {
    Str { value: Wtf8String, u_prefix: bool, span: Span },
    Bytes { value: Vec<u8>, span: Span },
    F(Vec<Piece>, Span),
    T(Vec<Piece>, Span),
}

/// A part of an f-string or t-string.
pub enum Piece {
    /// Text as it is in the source.
    Source(Span),
    Text(Wtf8String, Span),
    /// The text that `{x=}` shows, and then the field.
    Debug(Wtf8String, Span, Box<Expr>),
    Field(Box<Expr>),
}

/// A string that is being read.
pub(super) struct Open {
    raw: bool,
    is_template: bool,
}

impl StringPart {
    fn span(&self) -> Span {
        match self {
            StringPart::Str { span, .. } | StringPart::Bytes { span, .. } => *span,
            StringPart::F(_, span) | StringPart::T(_, span) => *span,
        }
    }
}

impl Builder<'_> {
    /// The plain string or bytes literal at `l..r`.
    pub fn string(&mut self, l: u32, r: u32) -> BuildResult<StringPart> {
        let span = Span::new(l, r);
        let literal = Literal::new(self.source.slice(span));
        let (body, is_raw) = (literal.body, literal.is_raw);
        let (part, invalid) = if literal.is_bytes {
            let (value, invalid) =
                decode_bytes(body, is_raw).map_err(|error| self.error(span, error.message))?;
            (StringPart::Bytes { value, span }, invalid)
        } else {
            let (value, invalid) =
                decode_string(body, is_raw, false).map_err(|error| self.error(span, error.message))?;
            (StringPart::Str { value, u_prefix: literal.u_prefix, span }, invalid)
        };
        if let Some(invalid) = invalid {
            self.warn_escape(l + (literal.body_start + invalid.offset) as u32, invalid.message);
        }
        Ok(part)
    }

    fn warn_escape(&mut self, backslash: u32, message: String) {
        let warning = self.source.compile_warning(Span::new(backslash, backslash + 2), message);
        self.warnings.push(warning);
    }

    /// The start of an f-string or t-string.
    pub fn open_fstring(&mut self, l: u32, r: u32, is_template: bool) {
        let prefix = self.source.slice(Span::new(l, r));
        let raw = prefix.contains(['r', 'R']);
        self.fstrings.push(Open { raw, is_template });
    }

    /// Its end. Only now are the texts looked into: what is wrong in a field goes before a wrong escape.
    pub fn close_fstring(&mut self, pieces: Vec<Piece>, l: u32, r: u32) -> BuildResult<StringPart> {
        let open = self.fstrings.pop().expect("opened before");
        let pieces = self.decode(pieces, open.raw)?;
        Ok(match open.is_template {
            true => StringPart::T(pieces, Span::new(l, r)),
            false => StringPart::F(pieces, Span::new(l, r)),
        })
    }

    /// Text between the fields.
    pub fn middle(&mut self, l: u32, r: u32) -> Piece {
        Piece::Source(Span::new(l, r))
    }

    /// A doubled brace ends a token and stands for one.
    fn decode(&mut self, mut pieces: Vec<Piece>, raw: bool) -> BuildResult<Vec<Piece>> {
        for piece in &mut pieces {
            let Piece::Source(span) = *piece else { continue };
            let text = self.source.slice(span);
            let text = match text.ends_with("{{") || text.ends_with("}}") {
                true => &text[..text.len() - 1],
                false => text,
            };
            let (value, invalid) =
                decode_string(text, raw, true).map_err(|error| self.error(span, error.message))?;
            if let Some(invalid) = invalid {
                self.warn_escape(span.start + invalid.offset as u32, invalid.message);
            }
            *piece = Piece::Text(value, span);
        }
        Ok(pieces)
    }

    /// `!r` and where it begins: the name must follow the mark at once.
    pub fn conversion(&mut self, l: u32, name: u32, r: u32) -> BuildResult<(Conversion, u32)> {
        let span = Span::new(l, r);
        if name != l + 1 {
            return refuse(span);
        }
        match self.source.slice(Span::new(name, r)) {
            "s" => Ok((Conversion::Str, l)),
            "r" => Ok((Conversion::Repr, l)),
            "a" => Ok((Conversion::Ascii, l)),
            _ => refuse(span),
        }
    }

    /// A field whose braces are at `l..r`. `debug` is where its `=` is.
    pub fn field(
        &mut self,
        value: Expr,
        debug: Option<u32>,
        conversion: Option<(Conversion, u32)>,
        format_spec: Option<Expr>,
        l: u32,
        r: u32,
    ) -> BuildResult<Piece> {
        // Where the text of the expression ends, with any blanks and the `=`.
        let end = match (&conversion, &format_spec) {
            (Some((_, mark)), _) => *mark,
            (None, Some(format_spec)) => format_spec.span.start,
            (None, None) => r - 1,
        };
        let conversion = match (conversion.map(|(conversion, _)| conversion), debug) {
            (None, Some(_)) if format_spec.is_none() => Some(Conversion::Repr),
            (conversion, _) => conversion,
        };
        let format_spec = format_spec.map(Box::new);
        let is_template = self.fstrings.last().is_some_and(|open| open.is_template);
        let value = Box::new(value);
        let kind = if is_template {
            let text = self.text_without_comments(l + 1, debug.unwrap_or(end));
            ExprKind::Interpolation { value, text, conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        let field = Box::new(self.expr(kind, l, r)?);
        Ok(match debug {
            Some(_) => {
                let text = self.text_without_comments(l + 1, end);
                Piece::Debug(text, Span::new(l + 1, end), field)
            }
            None => Piece::Field(field),
        })
    }

    /// The source of a field as `=` shows it.
    fn text_without_comments(&self, start: u32, end: u32) -> Wtf8String {
        let mut text = Wtf8String::new();
        let mut at = start;
        let first = self.tokens.partition_point(|token| token.span.start < start);
        let gap = |from: u32, to: u32, text: &mut Wtf8String| {
            let mut rest = self.source.slice(Span::new(from, to.max(from)));
            while let Some((before, comment)) = rest.split_once('#') {
                text.push_str(before);
                rest = &comment[comment.find('\n').unwrap_or(comment.len())..];
            }
            text.push_str(rest);
        };
        for token in self.tokens[first..].iter().take_while(|token| token.span.start < end) {
            // Between tokens there are blanks and comments only.
            gap(at, token.span.start, &mut text);
            text.push_str(self.source.slice(Span::new(token.span.start, token.span.end.min(end))));
            at = token.span.end.min(end);
        }
        gap(at, end, &mut text);
        text
    }

    /// The format of a field: an f-string, also in a t-string.
    pub fn open_format(&mut self) {
        let raw = self.fstrings.last().is_some_and(|open| open.raw);
        self.fstrings.push(Open { raw, is_template: false });
    }

    /// `l` is where its colon is.
    pub fn format_spec(&mut self, pieces: Vec<Piece>, l: u32, r: u32) -> BuildResult<Expr> {
        let raw = self.fstrings.pop().is_some_and(|open| open.raw);
        let pieces = self.decode(pieces, raw)?;
        let mut values = Values::default();
        pieces.into_iter().for_each(|piece| values.piece(piece));
        self.expr(ExprKind::JoinedStr { values: values.finish() }, l, r)
    }

    /// Literals in a row are one.
    pub fn strings(&mut self, parts: Vec<StringPart>, l: u32, r: u32) -> BuildResult<Expr> {
        let n_bytes = parts.iter().filter(|part| matches!(part, StringPart::Bytes { .. })).count();
        let n_templates = parts.iter().filter(|part| matches!(part, StringPart::T(..))).count();
        if n_bytes > 0 && n_bytes < parts.len() && n_templates == 0 {
            return Err(self.error_at_next_token(r, "cannot mix bytes and nonbytes literals"));
        }
        if n_templates > 0 && n_templates < parts.len() {
            return refuse(Span::new(l, r));
        }
        if n_bytes > 0 {
            let mut joined = Vec::new();
            for part in parts {
                if let StringPart::Bytes { value, .. } = part {
                    joined.extend(value);
                }
            }
            return self.constant_string(Constant::Bytes(joined), false, l, r);
        }
        if parts.iter().all(|part| matches!(part, StringPart::Str { .. })) {
            let mut joined = Wtf8String::new();
            let mut is_u = None;
            for part in parts {
                if let StringPart::Str { value, u_prefix, .. } = part {
                    is_u.get_or_insert(u_prefix);
                    match joined.is_empty() {
                        true => joined = value,
                        false => joined.push_wtf8(&value),
                    }
                }
            }
            return self.constant_string(Constant::Str(joined), is_u.unwrap_or(false), l, r);
        }
        let mut values = Values::default();
        for part in parts {
            let span = part.span();
            match part {
                StringPart::Str { value, u_prefix, .. } => values.text(value, span, u_prefix),
                StringPart::F(pieces, _) | StringPart::T(pieces, _) => {
                    pieces.into_iter().for_each(|piece| values.piece(piece));
                }
                StringPart::Bytes { .. } => unreachable!("refused above"),
            }
        }
        let values = values.finish();
        let kind = match n_templates {
            0 => ExprKind::JoinedStr { values },
            _ => ExprKind::TemplateStr { values },
        };
        self.expr(kind, l, r)
    }

    fn constant_string(&self, value: Constant, u_prefix: bool, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Constant { value, u_prefix }, l, r)
    }
}

/// Values of a JoinedStr or TemplateStr: texts in a row become one, empty ones none.
#[derive(Default)]
struct Values {
    values: Vec<Expr>,
    text: Option<(Wtf8String, Span, bool)>,
}

impl Values {
    fn text(&mut self, value: Wtf8String, span: Span, u_prefix: bool) {
        match &mut self.text {
            Some((text, whole, _)) => {
                text.push_wtf8(&value);
                *whole = whole.to(span);
            }
            None => self.text = Some((value, span, u_prefix)),
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Source(_) => unreachable!("decoded before"),
            Piece::Text(value, span) => self.text(value, span, false),
            Piece::Debug(value, span, field) => {
                self.text(value, span, false);
                self.field(*field);
            }
            Piece::Field(field) => self.field(*field),
        }
    }

    fn field(&mut self, field: Expr) {
        self.flush();
        self.values.push(field);
    }

    fn flush(&mut self) {
        if let Some((value, span, u_prefix)) = self.text.take()
            && !value.is_empty()
        {
            let kind = ExprKind::Constant { value: Constant::Str(value), u_prefix };
            self.values.push(Expr::new(kind, span));
        }
    }

    fn finish(mut self) -> Vec<Expr> {
        self.flush();
        self.values
    }
}
