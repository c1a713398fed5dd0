//! f-strings, t-strings and docstrings.

use super::unit::{Reg, Src};
use super::{Compiler, Done, fold};
use crate::ast::{Conversion, Expr, ExprKind, Span};
use crate::code::{Constant, Opcode};

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
    use super::clean_docstring;

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
