//! f-strings, t-strings and docstrings.

use super::unit::{Reg, Src};
use super::{Compiler, Done, fold};
use crate::ast::{Constant as Literal, Conversion, Expr, ExprKind, Span};
use crate::code::{Constant, Opcode};
use crate::diagnostics::Diagnostic;

/// Longer f-strings are joined in parts of this many pieces.
const MAX_PIECES: usize = 256;

impl<'a> Compiler<'a> {
    pub(super) fn joined_str(&mut self, values: &'a [Expr], span: Span, dst: Reg) -> Done {
        match values {
            [] => {
                self.load_constant(fold::text(""), span, dst);
                Ok(())
            }
            [value] => self.expr_to(value, dst),
            _ if values.len() <= MAX_PIECES => self.group(Opcode::BuildString, values, span, dst),
            _ => {
                let mark = self.unit.mark();
                let n_parts = values.len().div_ceil(MAX_PIECES);
                let base = self.unit.temps(n_parts.min(self.unit.room() + 1) as u16);
                for (part, n) in values.chunks(MAX_PIECES).zip(0..) {
                    self.joined_str(part, span, base.plus(n))?;
                }
                self.unit.op_d(span, Opcode::BuildString, dst, base.0, n_parts as u16);
                self.unit.release(mark);
                Ok(())
            }
        }
    }

    pub(super) fn formatted_value(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::FormattedValue { value, conversion, format_spec } = &expr.kind else {
            unreachable!("called for replacement fields")
        };
        let span = expr.span;
        self.via_temp(span, dst, |this, dst| {
            let mark = this.unit.mark();
            let mut value = match (format_spec, conversion) {
                (Some(_), None) => this.operand_via(value, Some(dst))?,
                _ => this.operand_now_via(value, Some(dst))?,
            };
            if let Some(conversion) = conversion {
                this.unit.op_db(span, Opcode::ConvertValue, dst, value, conversion_number(*conversion));
                value = Src::last(dst);
            }
            match format_spec {
                Some(spec) => {
                    let spec = this.operand_now(spec)?;
                    this.unit.op_dbc(span, Opcode::FormatWith, 0, dst, value, spec);
                }
                None => this.unit.op_db(span, Opcode::FormatValue, dst, value, 0),
            }
            this.unit.release(mark);
            Ok(())
        })
    }

    /// Compiles `'...' % (a, b)` like the f-string it amounts to, where that is possible.
    pub(super) fn percent_format(
        &mut self,
        span: Span,
        left: &'a Expr,
        right: &'a Expr,
        dst: Reg,
    ) -> Result<bool, Diagnostic> {
        let ExprKind::Constant { value: Literal::Str(format), .. } = &left.kind else { return Ok(false) };
        let ExprKind::Tuple { elts, .. } = &right.kind else { return Ok(false) };
        let starred = elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
        let Some(pieces) = percent_pieces(format.as_bytes()).filter(|_| !starred) else { return Ok(false) };
        let n_values = pieces.iter().filter(|piece| matches!(piece, Piece::Value { .. })).count();
        if n_values != elts.len() || !(1..=MAX_PIECES).contains(&pieces.len()) {
            return Ok(false);
        }
        let mark = self.unit.mark();
        let n_pieces = pieces.len() as u16;
        let base = if self.unit.is_top(dst) { dst } else { mark };
        let mut values = elts.iter();
        for (piece, n) in pieces.into_iter().zip(0..) {
            self.unit.release(base.plus(n));
            let reg = self.unit.temp();
            match piece {
                Piece::Text(text) => self.load_constant(Constant::Str(text.into()), left.span, reg),
                Piece::Value { conversion, spec } => {
                    let value = values.next().expect("as many values as conversions");
                    let source = self.operand_now_via(value, Some(reg))?;
                    self.unit.op_db(value.span, Opcode::ConvertValue, reg, source, conversion);
                    if spec.is_empty() {
                        self.unit.op_db(value.span, Opcode::FormatValue, reg, Src::last(reg), 0);
                    } else {
                        let temp = self.unit.temp();
                        self.load_constant(fold::text(&spec), value.span, temp);
                        self.unit.op_dbc(
                            value.span,
                            Opcode::FormatWith,
                            0,
                            reg,
                            Src::last(reg),
                            Src::last(temp),
                        );
                    }
                }
            }
        }
        if n_pieces == 1 {
            self.unit.move_to(span, dst, Src::last(base));
        } else {
            self.unit.op_d(span, Opcode::BuildString, dst, base.0, n_pieces);
        }
        self.unit.release(mark);
        Ok(true)
    }

    pub(super) fn template_str(&mut self, values: &'a [Expr], span: Span, dst: Reg) -> Done {
        let mut strings = Vec::new();
        let mut text: Vec<u8> = Vec::new();
        let mut interpolations = Vec::new();
        for value in values {
            match &value.kind {
                ExprKind::Interpolation { .. } => {
                    strings.push(Constant::Str(std::mem::take(&mut text).into()));
                    interpolations.push(value);
                }
                _ => {
                    if let Some(Constant::Str(part)) = self.fold(value) {
                        text.extend_from_slice(&part);
                    }
                }
            }
        }
        strings.push(Constant::Str(text.into()));
        let mark = self.unit.mark();
        let strings_reg = self.unit.temp();
        self.load_constant(Constant::Tuple(strings.into()), span, strings_reg);
        // As many as a frame has room for: the text that makes more does not fit the parser's limits.
        let list = self.unit.temp();
        let base = self.unit.mark();
        if interpolations.len() <= MAX_PIECES {
            for value in &interpolations {
                let reg = self.unit.temp();
                self.expr_to(value, reg)?;
            }
            self.unit.op_d(span, Opcode::BuildTuple, list, base.0, interpolations.len() as u16);
        } else {
            self.unit.op_d(span, Opcode::BuildList, list, base.0, 0);
            for value in &interpolations {
                let reg = self.unit.temp();
                self.expr_to(value, reg)?;
                self.unit.op_ab(span, Opcode::ListAppend, Src::kept(list), Src::last(reg), 0);
                self.unit.release(base);
            }
            self.unit.op_db(span, Opcode::ListToTuple, list, Src::last(list), 0);
        }
        self.unit.op_dbc(span, Opcode::BuildTemplate, 0, dst, Src::last(strings_reg), Src::last(list));
        self.unit.release(mark);
        Ok(())
    }

    pub(super) fn interpolation(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::Interpolation { value, text, conversion, format_spec } = &expr.kind else {
            unreachable!("called for interpolations")
        };
        let span = expr.span;
        let mark = self.unit.mark();
        let base = self.unit.temps(3);
        self.expr_to(value, base)?;
        self.load_constant(Constant::Str(text.as_bytes().into()), span, base.plus(1));
        match format_spec {
            Some(spec) => self.expr_to(spec, base.plus(2))?,
            None => self.load_constant(fold::text(""), span, base.plus(2)),
        }
        let conversion = conversion.map_or(0, conversion_number);
        self.unit.op_d(span, Opcode::BuildInterpolation, dst, base.0, conversion);
        self.unit.release(mark);
        Ok(())
    }
}

/// A part of a `%` format: text, or a conversion with its format specification.
#[derive(Debug, PartialEq)]
enum Piece {
    Text(Vec<u8>),
    Value { conversion: u16, spec: String },
}

/// Splits a `%` format that has nothing but `%s`, `%r`, `%a` and `%%`; `None` for any other.
fn percent_pieces(format: &[u8]) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    let mut rest = format;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            text.push(byte);
            continue;
        }
        if let Some(tail) = rest.strip_prefix(b"%") {
            text.push(b'%');
            rest = tail;
            continue;
        }
        let n_flags = rest.iter().take_while(|byte| b"-+ #0".contains(byte)).count();
        let left = rest[..n_flags].contains(&b'-');
        rest = &rest[n_flags..];
        let width = take_digits(&mut rest)?;
        let mut precision = None;
        if let Some(tail) = rest.strip_prefix(b".") {
            rest = tail;
            precision = Some(take_digits(&mut rest)?.unwrap_or(0));
        }
        let (&conversion, tail) = rest.split_first()?;
        rest = tail;
        let conversion = b"sra".iter().position(|&known| known == conversion)? as u16 + 1;
        let mut spec = String::new();
        if let Some(width) = width.filter(|&width| width > 0) {
            spec = format!("{}{width}", if left { "" } else { ">" });
        }
        if let Some(precision) = precision {
            spec += &format!(".{precision}");
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Value { conversion, spec });
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

/// At most three digits, if there are any; `None` for more.
fn take_digits(rest: &mut &[u8]) -> Option<Option<u32>> {
    let n = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, tail) = rest.split_at(n);
    *rest = tail;
    match n {
        0 => Some(None),
        1..=3 => Some(Some(digits.iter().fold(0, |n, byte| 10 * n + u32::from(byte - b'0')))),
        _ => None,
    }
}

fn conversion_number(conversion: Conversion) -> u16 {
    match conversion {
        Conversion::Str => 1,
        Conversion::Repr => 2,
        Conversion::Ascii => 3,
    }
}

/// A docstring without the indentation that all its lines but the first share, as `inspect.cleandoc` makes it, except
/// that blank lines at the ends stay.
pub(super) fn clean_docstring(text: &[u8]) -> Vec<u8> {
    let text = expand_tabs(text);
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    let indent = |line: &&[u8]| line.iter().take_while(|&&byte| byte == b' ').count();
    let margin = lines[1..].iter().filter(|line| indent(line) < line.len()).map(indent).min().unwrap_or(0);
    let mut out = Vec::with_capacity(text.len());
    for (n, line) in lines.iter().enumerate() {
        let cut = if n == 0 { indent(line) } else { margin.min(line.len()) };
        // A line of spaces alone may be shorter than the margin.
        let rest = if n == 0 { &line[cut..] } else { line.get(margin..).unwrap_or_default() };
        if n > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(rest);
    }
    out
}

/// Tabs as spaces up to the next multiple of eight columns.
fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let n = 8 - column % 8;
                out.resize(out.len() + n, b' ');
                column += n;
            }
            b'\n' | b'\r' => {
                out.push(byte);
                column = 0;
            }
            _ => {
                out.push(byte);
                // Columns count code points: continuation bytes add none.
                column += usize::from(byte & 0xC0 != 0x80);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Piece, clean_docstring, percent_pieces};

    #[test]
    fn percent_formats_are_split() {
        let value = |conversion, spec: &str| Piece::Value { conversion, spec: spec.to_owned() };
        let text = |text: &str| Piece::Text(text.as_bytes().to_vec());
        for (input, want) in [
            (
                "a%sb%%c%-5r%3.2a",
                Some(vec![text("a"), value(1, ""), text("b%c"), value(2, "5"), value(3, ">3.2")]),
            ),
            ("%.s", Some(vec![value(1, ".0")])),
            ("%d", None),
            ("%", None),
            ("%(x)s", None),
            ("%*s", None),
            ("%1234s", None),
        ] {
            assert_eq!(percent_pieces(input.as_bytes()), want, "{input:?}");
        }
    }

    #[test]
    fn docstrings_lose_their_indentation() {
        for (input, want) in [
            ("one", "one"),
            ("  one\n    two\n\n      three\n    ", "one\ntwo\n\n  three\n"),
            ("one\n\ttwo\n        three", "one\ntwo\nthree"),
            ("one\n  \n    two", "one\n\ntwo"),
            ("", ""),
            ("\n  a\n b\n", "\n a\nb\n"),
        ] {
            assert_eq!(String::from_utf8(clean_docstring(input.as_bytes())).unwrap(), want, "{input:?}");
        }
    }
}
