//! Expressions, save for calls and strings.

use num_bigint::BigInt;

use super::{BuildResult, Builder, fatal, prepend};
use crate::ast::*;
use crate::diagnostics::{Diagnostic, DiagnosticKind};

/// A literal that is a keyword or `...`.
pub fn constant(value: Constant, l: u32, r: u32) -> Expr {
    Expr::new(ExprKind::Constant { value, u_prefix: false }, Span::new(l, r))
}

impl Builder<'_> {
    pub fn name(&mut self, ctx: ExprContext, l: u32, r: u32) -> Expr {
        let id = self.ident(l, r);
        Expr::new(ExprKind::Name { id, ctx }, Span::new(l, r))
    }

    pub fn tuple(&mut self, elts: Vec<Expr>, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Tuple { elts, ctx: ExprContext::Load }, l, r)
    }

    pub fn list(&mut self, elts: Vec<Expr>, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::List { elts, ctx: ExprContext::Load }, l, r)
    }

    pub fn set(&mut self, elts: Vec<Expr>, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Set { elts }, l, r)
    }

    pub fn dict(&mut self, items: Vec<(Option<Expr>, Expr)>, l: u32, r: u32) -> BuildResult<Expr> {
        let (keys, values) = items.into_iter().unzip();
        self.expr(ExprKind::Dict { keys, values }, l, r)
    }

    pub fn list_comp(
        &mut self,
        elt: Expr,
        generators: Vec<Comprehension>,
        l: u32,
        r: u32,
    ) -> BuildResult<Expr> {
        self.expr(ExprKind::ListComp { elt: Box::new(elt), generators }, l, r)
    }

    pub fn set_comp(
        &mut self,
        elt: Expr,
        generators: Vec<Comprehension>,
        l: u32,
        r: u32,
    ) -> BuildResult<Expr> {
        self.expr(ExprKind::SetComp { elt: Box::new(elt), generators }, l, r)
    }

    pub fn dict_comp(
        &mut self,
        key: Expr,
        value: Expr,
        generators: Vec<Comprehension>,
        l: u32,
        r: u32,
    ) -> BuildResult<Expr> {
        self.expr(ExprKind::DictComp { key: Box::new(key), value: Box::new(value), generators }, l, r)
    }

    pub fn generator(
        &mut self,
        elt: Expr,
        generators: Vec<Comprehension>,
        l: u32,
        r: u32,
    ) -> BuildResult<Expr> {
        self.expr(ExprKind::GeneratorExp { elt: Box::new(elt), generators }, l, r)
    }

    pub fn comprehension(
        &mut self,
        mut target: Expr,
        iter: Expr,
        ifs: Vec<Expr>,
        is_async: bool,
    ) -> BuildResult<Comprehension> {
        self.store(&mut target)?;
        Ok(Comprehension { target, iter, ifs, is_async })
    }

    pub fn starred(&mut self, value: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Starred { value: Box::new(value), ctx: ExprContext::Load }, l, r)
    }

    pub fn named(&mut self, target: Expr, value: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::NamedExpr { target: Box::new(target), value: Box::new(value) }, l, r)
    }

    pub fn yield_expr(&mut self, value: Option<Expr>, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Yield { value: value.map(Box::new) }, l, r)
    }

    pub fn yield_from(&mut self, value: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::YieldFrom { value: Box::new(value) }, l, r)
    }

    pub fn await_expr(&mut self, value: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Await { value: Box::new(value) }, l, r)
    }

    pub fn if_exp(&mut self, body: Expr, test: Expr, orelse: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        let kind = ExprKind::IfExp { test: Box::new(test), body: Box::new(body), orelse: Box::new(orelse) };
        self.expr(kind, l, r)
    }

    pub fn bool_op(&mut self, op: BoolOp, first: Expr, rest: Vec<Expr>, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::BoolOp { op, values: prepend(first, rest) }, l, r)
    }

    pub fn compare(&mut self, left: Expr, rest: Vec<(CmpOp, Expr)>, l: u32, r: u32) -> BuildResult<Expr> {
        let (ops, comparators) = rest.into_iter().unzip();
        self.expr(ExprKind::Compare { left: Box::new(left), ops, comparators }, l, r)
    }

    pub fn binary(&mut self, left: Expr, op: Operator, right: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::BinOp { left: Box::new(left), op, right: Box::new(right) }, l, r)
    }

    pub fn unary(&mut self, op: UnaryOp, operand: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::UnaryOp { op, operand: Box::new(operand) }, l, r)
    }

    pub fn attribute(&mut self, value: Expr, attr: Ident, l: u32, r: u32) -> BuildResult<Expr> {
        self.expr(ExprKind::Attribute { value: Box::new(value), attr, ctx: ExprContext::Load }, l, r)
    }

    pub fn subscript(&mut self, value: Expr, slice: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        let (value, slice) = (Box::new(value), Box::new(slice));
        self.expr(ExprKind::Subscript { value, slice, ctx: ExprContext::Load }, l, r)
    }

    pub fn slice(
        &mut self,
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
        l: u32,
        r: u32,
    ) -> BuildResult<Expr> {
        self.expr(ExprKind::Slice { lower, upper, step }, l, r)
    }

    /// The number literal at `l..r`, which the lexer has found well formed.
    pub fn number(&mut self, l: u32, r: u32) -> BuildResult<Expr> {
        let span = Span::new(l, r);
        let text = self.source.slice(span).replace('_', "");
        let lower = text.to_ascii_lowercase();
        let based = [("0x", 16), ("0o", 8), ("0b", 2)]
            .iter()
            .find_map(|&(prefix, radix)| Some((lower.strip_prefix(prefix)?, radix)));
        let value = if let Some((digits, radix)) = based {
            integer(digits, radix)
        } else if let Some(imaginary) = lower.strip_suffix('j') {
            Constant::Complex(float(imaginary))
        } else if lower.bytes().all(|byte| byte.is_ascii_digit()) {
            if self.max_str_digits > 0 && lower.len() > self.max_str_digits {
                return Err(self.too_many_digits(span, lower.len()));
            }
            integer(&lower, 10)
        } else {
            Constant::Float(float(&lower))
        };
        Ok(constant(value, l, r))
    }

    fn too_many_digits(&self, span: Span, n_digits: usize) -> super::ParseError {
        let message = format!(
            "Exceeds the limit ({} digits) for integer string conversion: value has {n_digits} digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals \
             to avoid decimal conversion limits.",
            self.max_str_digits
        );
        let mut diagnostic: Diagnostic =
            self.source.parse_error(DiagnosticKind::Syntax, span, self.source.line(span.end), message);
        if let Some(location) = &mut diagnostic.location {
            // CPython gives no column here.
            location.offset = 0;
            location.end_offset = Some(0);
        }
        fatal(diagnostic)
    }
}

fn integer(digits: &str, radix: u32) -> Constant {
    match i64::from_str_radix(digits, radix) {
        Ok(value) => Constant::Int(value),
        Err(_) => {
            let value =
                BigInt::parse_bytes(digits.as_bytes(), radix).expect("the lexer has checked the digits");
            Constant::BigInt(value)
        }
    }
}

/// Digits, point and exponent as Python has them are a subset of what Rust takes; too large ones become infinite
/// in both.
fn float(text: &str) -> f64 {
    text.parse().expect("the lexer has checked the literal")
}
