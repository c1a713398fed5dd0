//! An expression back to source text, as annotations have it under `from __future__ import annotations`.
//!
//! Follows CPython's C unparser, not `ast.unparse`: parentheses only where precedence asks for them, `lambda*a: a`
//! without a blank, infinite floats as `1e309`.

use super::*;
use crate::lexer::is_printable;

/// Binding strengths, weakest first.
mod level {
    pub const TUPLE: u8 = 0;
    pub const TEST: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const CMP: u8 = 5;
    pub const EXPR: u8 = 6;
    pub const BOR: u8 = EXPR;
    pub const BXOR: u8 = 7;
    pub const BAND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const ARITH: u8 = 10;
    pub const TERM: u8 = 11;
    pub const FACTOR: u8 = 12;
    pub const POWER: u8 = 13;
    pub const AWAIT: u8 = 14;
    pub const ATOM: u8 = 15;
}

/// The source text of an expression.
pub fn unparse(expr: &Expr) -> Wtf8String {
    let mut out = Wtf8String::new();
    Unparser { out: &mut out }.expr(expr, level::TEST);
    out
}

struct Unparser<'a> {
    out: &'a mut Wtf8String,
}

impl Unparser<'_> {
    fn str(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Calls `inner` between parentheses if the context binds tighter than `own`.
    fn grouped(&mut self, context: u8, own: u8, inner: impl FnOnce(&mut Self)) {
        if context > own {
            self.str("(");
        }
        inner(self);
        if context > own {
            self.str(")");
        }
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.str(", ");
            }
            each(self, item);
        }
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        self.list(exprs, |this, expr| this.expr(expr, level::TEST));
    }

    fn expr(&mut self, expr: &Expr, context: u8) {
        match &expr.kind {
            ExprKind::BoolOp { op, values } => {
                let (own, word) = match op {
                    BoolOp::And => (level::AND, " and "),
                    BoolOp::Or => (level::OR, " or "),
                };
                self.grouped(context, own, |this| {
                    for (index, value) in values.iter().enumerate() {
                        if index > 0 {
                            this.str(word);
                        }
                        this.expr(value, own + 1);
                    }
                });
            }
            ExprKind::NamedExpr { target, value } => self.grouped(context, level::TUPLE, |this| {
                this.expr(target, level::ATOM);
                this.str(" := ");
                this.expr(value, level::ATOM);
            }),
            ExprKind::BinOp { left, op, right } => {
                let (own, sign) = operator(*op);
                let right_assoc = u8::from(*op == Operator::Pow);
                self.grouped(context, own, |this| {
                    this.expr(left, own + right_assoc);
                    this.str(sign);
                    this.expr(right, own + (1 - right_assoc));
                });
            }
            ExprKind::UnaryOp { op, operand } => {
                let (own, sign) = match op {
                    UnaryOp::Invert => (level::FACTOR, "~"),
                    UnaryOp::Not => (level::NOT, "not "),
                    UnaryOp::UAdd => (level::FACTOR, "+"),
                    UnaryOp::USub => (level::FACTOR, "-"),
                };
                self.grouped(context, own, |this| {
                    this.str(sign);
                    this.expr(operand, own);
                });
            }
            ExprKind::Lambda { args, body } => self.grouped(context, level::TEST, |this| {
                let any_positional = !args.posonlyargs.is_empty() || !args.args.is_empty();
                this.str(if any_positional { "lambda " } else { "lambda" });
                this.arguments(args);
                this.str(": ");
                this.expr(body, level::TEST);
            }),
            ExprKind::IfExp { test, body, orelse } => self.grouped(context, level::TEST, |this| {
                this.expr(body, level::TEST + 1);
                this.str(" if ");
                this.expr(test, level::TEST + 1);
                this.str(" else ");
                this.expr(orelse, level::TEST);
            }),
            ExprKind::Dict { keys, values } => {
                self.str("{");
                let items: Vec<_> = keys.iter().zip(values).collect();
                self.list(&items, |this, (key, value)| match key {
                    Some(key) => {
                        this.expr(key, level::TEST);
                        this.str(": ");
                        this.expr(value, level::TEST);
                    }
                    None => {
                        this.str("**");
                        this.expr(value, level::EXPR);
                    }
                });
                self.str("}");
            }
            ExprKind::Set { elts } => {
                self.str("{");
                self.exprs(elts);
                self.str("}");
            }
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, generators, "}"),
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, generators, ")"),
            ExprKind::DictComp { key, value, generators } => {
                self.str("{");
                self.expr(key, level::TEST);
                self.str(": ");
                self.expr(value, level::TEST);
                self.generators(generators);
                self.str("}");
            }
            ExprKind::Await { value } => self.grouped(context, level::AWAIT, |this| {
                this.str("await ");
                this.expr(value, level::ATOM);
            }),
            ExprKind::Yield { value: None } => self.str("(yield)"),
            ExprKind::Yield { value: Some(value) } => {
                self.str("(yield ");
                self.expr(value, level::TEST);
                self.str(")");
            }
            ExprKind::YieldFrom { value } => {
                self.str("(yield from ");
                self.expr(value, level::TEST);
                self.str(")");
            }
            ExprKind::Compare { left, ops, comparators } => self.grouped(context, level::CMP, |this| {
                this.expr(left, level::CMP + 1);
                for (op, right) in ops.iter().zip(comparators) {
                    this.str(comparison(*op));
                    this.expr(right, level::CMP + 1);
                }
            }),
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords),
            ExprKind::FormattedValue { .. } | ExprKind::JoinedStr { .. } => {
                let mut body = Wtf8String::new();
                Unparser { out: &mut body }.string_part(expr);
                self.str("f");
                self.repr(&body);
            }
            ExprKind::Interpolation { .. } | ExprKind::TemplateStr { .. } => {
                let mut body = Wtf8String::new();
                Unparser { out: &mut body }.string_part(expr);
                self.str("t");
                self.repr(&body);
            }
            ExprKind::Constant { value, u_prefix } => {
                if *u_prefix {
                    self.str("u");
                }
                self.constant(value);
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, level::ATOM);
                let is_int = matches!(value.as_constant(), Some(Constant::Int(_) | Constant::BigInt(_)));
                self.str(if is_int { " ." } else { "." });
                self.str(attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, level::ATOM);
                self.str("[");
                self.expr(slice, level::TUPLE);
                self.str("]");
            }
            ExprKind::Starred { value, .. } => {
                self.str("*");
                self.expr(value, level::EXPR);
            }
            ExprKind::Name { id, .. } => self.str(id),
            ExprKind::List { elts, .. } => {
                self.str("[");
                self.exprs(elts);
                self.str("]");
            }
            ExprKind::Tuple { elts, .. } if elts.is_empty() => self.str("()"),
            ExprKind::Tuple { elts, .. } => self.grouped(context, level::TUPLE, |this| {
                this.exprs(elts);
                if elts.len() == 1 {
                    this.str(",");
                }
            }),
            ExprKind::Slice { lower, upper, step } => {
                let bound = |this: &mut Self, bound: &Option<Box<Expr>>| {
                    if let Some(bound) = bound {
                        this.expr(bound, level::TEST);
                    }
                };
                bound(self, lower);
                self.str(":");
                bound(self, upper);
                if step.is_some() {
                    self.str(":");
                    bound(self, step);
                }
            }
        }
    }

    fn comprehension(&mut self, open: &str, elt: &Expr, generators: &[Comprehension], close: &str) {
        self.str(open);
        self.expr(elt, level::TEST);
        self.generators(generators);
        self.str(close);
    }

    fn generators(&mut self, generators: &[Comprehension]) {
        for clause in generators {
            self.str(if clause.is_async { " async for " } else { " for " });
            self.expr(&clause.target, level::TUPLE);
            self.str(" in ");
            self.expr(&clause.iter, level::TEST + 1);
            for condition in &clause.ifs {
                self.str(" if ");
                self.expr(condition, level::TEST + 1);
            }
        }
    }

    fn call(&mut self, func: &Expr, args: &[Expr], keywords: &[Keyword]) {
        self.expr(func, level::ATOM);
        if let ([only], []) = (args, keywords)
            && matches!(only.kind, ExprKind::GeneratorExp { .. })
        {
            // Its own parentheses are the call's.
            self.expr(only, level::TEST);
            return;
        }
        self.str("(");
        self.exprs(args);
        if !args.is_empty() && !keywords.is_empty() {
            self.str(", ");
        }
        self.list(keywords, |this, keyword| {
            match &keyword.arg {
                Some(name) => {
                    this.str(name);
                    this.str("=");
                }
                None => this.str("**"),
            }
            this.expr(&keyword.value, level::TEST);
        });
        self.str(")");
    }

    fn arguments(&mut self, args: &Arguments) {
        let mut first = true;
        let mut comma = |this: &mut Self| {
            if !std::mem::replace(&mut first, false) {
                this.str(", ");
            }
        };
        let positional = args.posonlyargs.iter().chain(&args.args);
        let n_positional = args.posonlyargs.len() + args.args.len();
        for (index, arg) in positional.enumerate() {
            comma(self);
            self.arg(arg);
            if let Some(default) = (index + args.defaults.len()).checked_sub(n_positional) {
                self.str("=");
                self.expr(&args.defaults[default], level::TEST);
            }
            if index + 1 == args.posonlyargs.len() {
                self.str(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            comma(self);
            self.str("*");
            if let Some(arg) = &args.vararg {
                self.arg(arg);
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            comma(self);
            self.arg(arg);
            if let Some(default) = default {
                self.str("=");
                self.expr(default, level::TEST);
            }
        }
        if let Some(arg) = &args.kwarg {
            comma(self);
            self.str("**");
            self.arg(arg);
        }
    }

    fn arg(&mut self, arg: &Arg) {
        self.str(&arg.name);
        if let Some(annotation) = &arg.annotation {
            self.str(": ");
            self.expr(annotation, level::TEST);
        }
    }

    /// A part of an f-string or t-string as it stands between the quotes, which are added last, with escapes for the
    /// whole.
    fn string_part(&mut self, part: &Expr) {
        match &part.kind {
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                values.iter().for_each(|value| self.string_part(value));
            }
            ExprKind::Constant { value: Constant::Str(text), .. } => {
                for point in text.code_points() {
                    self.out.push_code_point(point);
                    if point == u32::from('{') || point == u32::from('}') {
                        self.out.push_code_point(point);
                    }
                }
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let mut text = Wtf8String::new();
                Unparser { out: &mut text }.expr(value, level::TEST + 1);
                self.field(&text, *conversion, format_spec);
            }
            ExprKind::Interpolation { text, conversion, format_spec, .. } => {
                self.field(text, *conversion, format_spec);
            }
            _ => self.expr(part, level::TEST),
        }
    }

    fn field(&mut self, text: &Wtf8String, conversion: Option<Conversion>, format_spec: &Option<Box<Expr>>) {
        // A blank keeps two braces apart.
        self.str(if text.as_bytes().first() == Some(&b'{') { "{ " } else { "{" });
        self.out.push_wtf8(text);
        match conversion {
            None => {}
            Some(Conversion::Str) => self.str("!s"),
            Some(Conversion::Repr) => self.str("!r"),
            Some(Conversion::Ascii) => self.str("!a"),
        }
        if let Some(format_spec) = format_spec {
            self.str(":");
            self.string_part(format_spec);
        }
        self.str("}");
    }

    fn constant(&mut self, value: &Constant) {
        match value {
            Constant::None => self.str("None"),
            Constant::True => self.str("True"),
            Constant::False => self.str("False"),
            Constant::Ellipsis => self.str("..."),
            Constant::Int(value) => self.str(&value.to_string()),
            Constant::BigInt(value) => self.str(&value.to_string()),
            Constant::Float(value) => self.str(&float(*value, true)),
            Constant::Complex(value) => {
                self.str(&float(*value, false));
                self.str("j");
            }
            Constant::Str(value) => self.repr(value),
            Constant::Bytes(value) => self.bytes_repr(value),
        }
    }

    /// `repr` of a string.
    fn repr(&mut self, text: &Wtf8String) {
        let bytes = text.as_bytes();
        let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
        self.out.push(quote);
        for point in text.code_points() {
            match char::from_u32(point) {
                Some(c) if c == quote || c == '\\' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                Some('\n') => self.str("\\n"),
                Some('\r') => self.str("\\r"),
                Some('\t') => self.str("\\t"),
                Some(c) if is_printable(c) => self.out.push(c),
                _ if point < 0x100 => self.str(&format!("\\x{point:02x}")),
                _ if point < 0x10000 => self.str(&format!("\\u{point:04x}")),
                _ => self.str(&format!("\\U{point:08x}")),
            }
        }
        self.out.push(quote);
    }

    fn bytes_repr(&mut self, bytes: &[u8]) {
        let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
        self.str("b");
        self.out.push(quote);
        for &byte in bytes {
            match byte {
                b'\n' => self.str("\\n"),
                b'\r' => self.str("\\r"),
                b'\t' => self.str("\\t"),
                b'\\' => self.str("\\\\"),
                _ if char::from(byte) == quote => {
                    self.out.push('\\');
                    self.out.push(quote);
                }
                b' '..=b'~' => self.out.push(char::from(byte)),
                _ => self.str(&format!("\\x{byte:02x}")),
            }
        }
        self.out.push(quote);
    }
}

/// `repr` of a float that a literal can give: not negative, never a NaN. `with_point`: `1.0`, not `1`.
fn float(value: f64, with_point: bool) -> String {
    if value.is_infinite() {
        return "1e309".to_owned();
    }
    // The shortest digits that read back the same, as d.ddde±x.
    let shortest = format!("{value:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let text = value.to_string();
        return if with_point && !text.contains('.') { text + ".0" } else { text };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

fn operator(op: Operator) -> (u8, &'static str) {
    match op {
        Operator::Add => (level::ARITH, " + "),
        Operator::Sub => (level::ARITH, " - "),
        Operator::Mult => (level::TERM, " * "),
        Operator::MatMult => (level::TERM, " @ "),
        Operator::Div => (level::TERM, " / "),
        Operator::Mod => (level::TERM, " % "),
        Operator::LShift => (level::SHIFT, " << "),
        Operator::RShift => (level::SHIFT, " >> "),
        Operator::BitOr => (level::BOR, " | "),
        Operator::BitXor => (level::BXOR, " ^ "),
        Operator::BitAnd => (level::BAND, " & "),
        Operator::FloorDiv => (level::TERM, " // "),
        Operator::Pow => (level::POWER, " ** "),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
