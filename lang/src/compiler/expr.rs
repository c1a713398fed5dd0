//! Expressions.

use super::unit::{Reg, Src, UnitKind};
use super::{Compiler, Done};
use crate::ast::{Expr, ExprContext, ExprKind, Operator, Span, UnaryOp};
use crate::code::{Constant, INPLACE, Opcode, flags};
use crate::diagnostics::Diagnostic;

use super::names::Place;

impl<'a> Compiler<'a> {
    /// `dst` = the value of `expr`. A local `dst` is written by the last instruction only.
    pub(super) fn expr_to(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        if let Some(constant) = self.fold(expr) {
            self.load_constant(constant, expr.span, dst);
            return Ok(());
        }
        let span = expr.span;
        match &expr.kind {
            ExprKind::Name { id, .. } => self.load(id, span, dst),
            ExprKind::BinOp { left, op, right } => self.binary(expr, left, *op, right, dst),
            ExprKind::Attribute { value, attr, .. } => self.attribute(expr, value, attr, dst),
            ExprKind::Call { .. } => self.call(expr, dst),
            ExprKind::Subscript { value, slice, .. } => self.subscript(expr, value, slice, dst),
            ExprKind::Compare { .. } => self.compare(expr, dst),
            ExprKind::BoolOp { .. } => self.bool_op(expr, dst),
            ExprKind::UnaryOp { op, operand } => self.unary(span, *op, operand, dst),
            ExprKind::NamedExpr { target, value } => self.named_expr(span, target, value, dst),
            ExprKind::IfExp { .. } => self.if_exp(expr, dst),
            ExprKind::Lambda { .. } => self.lambda(expr, dst),
            ExprKind::Tuple { elts, .. } => self.tuple(elts, span, dst),
            ExprKind::List { elts, .. } => self.list(elts, span, dst),
            ExprKind::Set { elts } => self.set(elts, span, dst),
            ExprKind::Dict { keys, values } => self.dict(keys, values, span, dst),
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(expr, dst),
            ExprKind::Await { value } => self.await_expr(span, value, dst),
            ExprKind::Yield { value } => self.yield_expr(span, value.as_deref(), dst),
            ExprKind::YieldFrom { value } => self.yield_from(span, value, dst),
            ExprKind::JoinedStr { values } => self.joined_str(values, span, dst),
            ExprKind::TemplateStr { values } => self.template_str(values, span, dst),
            ExprKind::FormattedValue { .. } => self.formatted_value(expr, dst),
            ExprKind::Interpolation { .. } => self.interpolation(expr, dst),
            ExprKind::Slice { lower, upper, step } => {
                self.slice([lower.as_deref(), upper.as_deref(), step.as_deref()], span, dst)
            }
            ExprKind::Starred { ctx: ExprContext::Store, .. } => {
                Err(self.error(span, "starred assignment target must be in a list or tuple"))
            }
            ExprKind::Starred { .. } => Err(self.error(span, "can't use starred expression here")),
            ExprKind::Constant { .. } => unreachable!("constants are folded"),
        }
    }

    /// The value of `expr` in some register, to be read after other expressions have been evaluated.
    pub(super) fn operand(&mut self, expr: &'a Expr) -> Result<Src, Diagnostic> {
        self.operand_via(expr, None)
    }

    /// As [`Compiler::operand`]; a temporary, if needed, is `scratch`.
    pub(super) fn operand_via(&mut self, expr: &'a Expr, scratch: Option<Reg>) -> Result<Src, Diagnostic> {
        if let Some(reg) = self.local_in_place(expr)?
            && !self.unit.walrus.contains(reg.0)
        {
            return Ok(Src::kept(reg));
        }
        let reg = scratch.filter(|reg| reg.is_temp()).unwrap_or_else(|| self.unit.temp());
        self.expr_to(expr, reg)?;
        Ok(Src::last(reg))
    }

    /// The value of `expr` in some register, to be read by the very next instruction.
    pub(super) fn operand_now(&mut self, expr: &'a Expr) -> Result<Src, Diagnostic> {
        self.operand_now_via(expr, None)
    }

    pub(super) fn operand_now_via(
        &mut self,
        expr: &'a Expr,
        scratch: Option<Reg>,
    ) -> Result<Src, Diagnostic> {
        if let Some(reg) = self.local_in_place(expr)? {
            return Ok(Src::kept(reg));
        }
        if let ExprKind::NamedExpr { target, value } = &expr.kind
            && let Some(reg) = self.walrus_in_place(target, value)?
        {
            return Ok(Src::kept(reg));
        }
        let reg = scratch.filter(|reg| reg.is_temp()).unwrap_or_else(|| self.unit.temp());
        self.expr_to(expr, reg)?;
        Ok(Src::last(reg))
    }

    /// The register of `expr` if it is a local (or comprehension) variable, checked to be bound.
    fn local_in_place(&mut self, expr: &Expr) -> Result<Option<Reg>, Diagnostic> {
        let ExprKind::Name { id, .. } = &expr.kind else { return Ok(None) };
        if &**id == "__debug__" {
            return Ok(None);
        }
        let name = self.mangled(id);
        match self.place(&name) {
            Place::Local(reg) => {
                self.check_bound(reg, &name, expr.span)?;
                Ok(Some(reg))
            }
            _ => Ok(None),
        }
    }

    /// `target := value` for a local target: the target's register afterwards.
    fn walrus_in_place(&mut self, target: &'a Expr, value: &'a Expr) -> Result<Option<Reg>, Diagnostic> {
        let name = self.mangled(target.as_name().expect("the parser makes the target of := a Name"));
        let Place::Local(reg) = self.place(&name) else { return Ok(None) };
        self.expr_to(value, reg)?;
        self.unit.set_bound(reg);
        Ok(Some(reg))
    }

    fn named_expr(&mut self, span: Span, target: &'a Expr, value: &'a Expr, dst: Reg) -> Done {
        if let Some(reg) = self.walrus_in_place(target, value)? {
            self.unit.move_to(span, dst, Src::kept(reg));
            return Ok(());
        }
        self.via_temp(span, dst, |this, temp| {
            this.expr_to(value, temp)?;
            let name = target.as_name().expect("the parser makes the target of := a Name");
            this.store(name, target.span, Src::kept(temp))
        })
    }

    /// Evaluates `expr` and drops its value.
    pub(super) fn discard(&mut self, expr: &'a Expr) -> Done {
        if self.fold(expr).is_some() || self.local_in_place(expr)?.is_some() {
            return Ok(());
        }
        let mark = self.unit.mark();
        let temp = self.unit.temp();
        self.expr_to(expr, temp)?;
        self.unit.clear(expr.span, temp);
        self.unit.release(mark);
        Ok(())
    }

    // ---- operators

    fn binary(&mut self, expr: &'a Expr, left: &'a Expr, op: Operator, right: &'a Expr, dst: Reg) -> Done {
        if op == Operator::Mod && self.percent_format(expr.span, left, right, dst)? {
            return Ok(());
        }
        let mark = self.unit.mark();
        let small = self.small_int(right).zip(int_opcode(op));
        let left = match small {
            Some(_) => self.operand_now_via(left, Some(dst))?,
            None => self.operand_via(left, Some(dst))?,
        };
        self.operate(expr.span, op, 0, dst, left, right, small)?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst = left op right`, right being evaluated here unless it is `small`.
    fn operate(
        &mut self,
        span: Span,
        op: Operator,
        x: u8,
        dst: Reg,
        left: Src,
        right: &'a Expr,
        small: Option<(u16, Opcode)>,
    ) -> Done {
        if let Some((n, opcode)) = small {
            let x = x | super::unit::kill(crate::code::KILL_B, left, Some(dst));
            self.unit.emit(span, opcode, x, dst.0, left.reg.0, n);
        } else {
            let right = self.operand_now(right)?;
            self.unit.op_dbc(span, binary_opcode(op), x, dst, left, right);
        }
        Ok(())
    }

    /// `dst = left op= right`.
    pub(super) fn augmented(
        &mut self,
        span: Span,
        op: Operator,
        dst: Reg,
        left: Src,
        right: &'a Expr,
    ) -> Done {
        let small = self.small_int(right).zip(int_opcode(op));
        self.operate(span, op, INPLACE, dst, left, right, small)
    }

    /// The value if `expr` is an int constant of 16 bits.
    pub(super) fn small_int(&mut self, expr: &Expr) -> Option<u16> {
        match self.fold(expr)? {
            Constant::Int(n) => i16::try_from(n).ok().map(|n| n as u16),
            _ => None,
        }
    }

    fn unary(&mut self, span: Span, op: UnaryOp, operand: &'a Expr, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let operand = self.operand_now_via(operand, Some(dst))?;
        let opcode = match op {
            UnaryOp::Invert => Opcode::Invert,
            UnaryOp::Not => Opcode::Not,
            UnaryOp::UAdd => Opcode::Pos,
            UnaryOp::USub => Opcode::Neg,
        };
        self.unit.op_db(span, opcode, dst, operand, 0);
        self.unit.release(mark);
        Ok(())
    }

    // ---- attributes and items

    fn attribute(&mut self, expr: &'a Expr, value: &'a Expr, attr: &str, dst: Reg) -> Done {
        if self.is_super_call(value) {
            return self.super_attribute(expr, value, attr, dst);
        }
        let mark = self.unit.mark();
        let object = self.operand_now_via(value, Some(dst))?;
        let span = self.from_attribute(expr.span, expr);
        self.get_attr(span, dst, object, attr);
        self.unit.release(mark);
        Ok(())
    }

    /// `dst = object.attr`, private names mangled.
    pub(super) fn get_attr(&mut self, span: Span, dst: Reg, object: Src, attr: &str) {
        let name = self.mangled(attr);
        match self.attribute_name(&name) {
            Some(index) => self.unit.op_db(span, Opcode::GetAttr, dst, object, index),
            None => {
                let key = self.unit.temp();
                self.load_constant(super::fold::text(&name), span, key);
                self.unit.op_dbc(span, Opcode::GetAttrLong, 0, dst, object, Src::last(key));
                self.unit.release(key);
            }
        }
    }

    /// The name's index, unless names that have no other way need the room.
    pub(super) fn attribute_name(&mut self, name: &str) -> Option<u16> {
        self.unit.names.short_if_room(name.as_bytes().to_vec(), name.into())
    }

    pub(super) fn set_attr(&mut self, span: Span, object: Src, attr: &str, value: Src) {
        let name = self.mangled(attr);
        match self.attribute_name(&name) {
            Some(index) => self.unit.op_ab(span, Opcode::SetAttr, object, value, index),
            None => {
                let key = self.unit.temp();
                self.load_constant(super::fold::text(&name), span, key);
                self.unit.op_abc(span, Opcode::SetAttrLong, object, value, Src::last(key));
                self.unit.release(key);
            }
        }
    }

    pub(super) fn del_attr(&mut self, span: Span, object: Src, attr: &str) {
        let name = self.mangled(attr);
        match self.attribute_name(&name) {
            Some(index) => self.unit.op_a(span, Opcode::DelAttr, object, index, 0),
            None => {
                let key = self.unit.temp();
                self.load_constant(super::fold::text(&name), span, key);
                self.unit.op_ab(span, Opcode::DelAttrLong, object, Src::last(key), 0);
                self.unit.release(key);
            }
        }
    }

    /// Where a traceback points for an attribute that stands on a later line than its object begins: at the name.
    pub(super) fn from_attribute(&self, span: Span, attribute: &Expr) -> Span {
        let ExprKind::Attribute { attr, .. } = &attribute.kind else { return span };
        let end = attribute.span.end;
        if self.source.line(span.start) == self.source.line(end) {
            return span;
        }
        Span::new(end.saturating_sub(attr.len() as u32).max(span.start), span.end)
    }

    fn subscript(&mut self, expr: &'a Expr, value: &'a Expr, index: &'a Expr, dst: Reg) -> Done {
        self.warn_subscript(value, index);
        let span = expr.span;
        let mark = self.unit.mark();
        if let Some(n) = self.small_int(index) {
            let object = self.operand_now_via(value, Some(dst))?;
            self.unit.op_db(span, Opcode::GetItemInt, dst, object, n);
        } else if let ExprKind::Slice { lower, upper, step: None } = &index.kind {
            let object = self.operand_via(value, Some(dst))?;
            let bounds = self.unit.temps(2);
            self.slice_bound(lower.as_deref(), index.span, bounds)?;
            self.slice_bound(upper.as_deref(), index.span, bounds.plus(1))?;
            let x = super::unit::kill(crate::code::KILL_B, object, Some(dst));
            self.unit.emit(span, Opcode::GetSlice, x, dst.0, object.reg.0, bounds.0);
        } else {
            let object = self.operand_via(value, Some(dst))?;
            let index = self.operand_now(index)?;
            self.unit.op_dbc(span, Opcode::GetItem, 0, dst, object, index);
        }
        self.unit.release(mark);
        Ok(())
    }

    fn slice_bound(&mut self, bound: Option<&'a Expr>, span: Span, dst: Reg) -> Done {
        match bound {
            Some(bound) => self.expr_to(bound, dst),
            None => {
                self.load_common(super::NONE, span, dst);
                Ok(())
            }
        }
    }

    fn slice(&mut self, parts: [Option<&'a Expr>; 3], span: Span, dst: Reg) -> Done {
        let constants: Vec<_> = parts
            .into_iter()
            .map_while(|part| part.map_or(Some(Constant::None), |part| self.fold(part)))
            .collect();
        if let Ok(constants) = <[Constant; 3]>::try_from(constants) {
            self.load_constant(Constant::Slice(Box::new(constants)), span, dst);
            return Ok(());
        }
        let mark = self.unit.mark();
        let base = self.unit.temps(3);
        for (part, n) in parts.into_iter().zip(0..) {
            self.slice_bound(part, span, base.plus(n))?;
        }
        self.unit.op_d(span, Opcode::BuildSlice, dst, base.0, 0);
        self.unit.release(mark);
        Ok(())
    }

    // ---- conditions as values

    fn if_exp(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::IfExp { test, body, orelse } = &expr.kind else {
            unreachable!("called for conditionals")
        };
        let (otherwise, end) = (self.unit.label(), self.unit.label());
        self.branch(test, false, otherwise)?;
        self.expr_to(body, dst)?;
        self.unit.jump(expr.span, end);
        self.unit.bind(otherwise);
        self.expr_to(orelse, dst)?;
        self.unit.bind(end);
        Ok(())
    }

    // ---- suspending

    fn await_expr(&mut self, span: Span, value: &'a Expr, dst: Reg) -> Done {
        self.via_temp(span, dst, |this, temp| {
            this.expr_to(value, temp)?;
            this.await_temp(span, temp, 0);
            Ok(())
        })
    }

    /// `temp = await temp`; `what` words the TypeError.
    pub(super) fn await_temp(&mut self, span: Span, temp: Reg, what: u16) {
        self.unit.emit(span, Opcode::Await, 0, temp.0, temp.0, what);
    }

    /// The kind of the innermost block, inlined comprehensions counting as the block around them.
    fn yield_expr(&mut self, span: Span, value: Option<&'a Expr>, dst: Reg) -> Done {
        if matches!(self.unit.kind, UnitKind::Module | UnitKind::Class) {
            return Err(self.error(span, "'yield' outside function"));
        }
        let mark = self.unit.mark();
        let value = match value {
            Some(value) => self.operand_now_via(value, Some(dst))?,
            None => {
                let reg = if dst.is_temp() { dst } else { self.unit.temp() };
                self.load_common(super::NONE, span, reg);
                Src::last(reg)
            }
        };
        self.yield_src(span, dst, value);
        self.unit.release(mark);
        Ok(())
    }

    pub(super) fn yield_src(&mut self, span: Span, dst: Reg, value: Src) {
        let is_async = self.unit.flags & flags::ASYNC_GENERATOR != 0;
        let op = if is_async { Opcode::AsyncYield } else { Opcode::Yield };
        self.unit.op_db(span, op, dst, value, 0);
    }

    fn yield_from(&mut self, span: Span, value: &'a Expr, dst: Reg) -> Done {
        if matches!(self.unit.kind, UnitKind::Module | UnitKind::Class) {
            return Err(self.error(span, "'yield from' outside function"));
        }
        if self.unit.kind == UnitKind::AsyncFunction {
            return Err(self.error(span, "'yield from' inside async function"));
        }
        self.via_temp(span, dst, |this, temp| {
            this.expr_to(value, temp)?;
            this.unit.emit(span, Opcode::YieldFrom, 0, temp.0, temp.0, 0);
            Ok(())
        })
    }
}

fn binary_opcode(op: Operator) -> Opcode {
    match op {
        Operator::Add => Opcode::Add,
        Operator::Sub => Opcode::Sub,
        Operator::Mult => Opcode::Mul,
        Operator::MatMult => Opcode::MatMul,
        Operator::Div => Opcode::TrueDiv,
        Operator::Mod => Opcode::Mod,
        Operator::Pow => Opcode::Pow,
        Operator::LShift => Opcode::LShift,
        Operator::RShift => Opcode::RShift,
        Operator::BitOr => Opcode::Or,
        Operator::BitXor => Opcode::Xor,
        Operator::BitAnd => Opcode::And,
        Operator::FloorDiv => Opcode::FloorDiv,
    }
}

/// The form with a small constant on the right.
fn int_opcode(op: Operator) -> Option<Opcode> {
    Some(match op {
        Operator::Add => Opcode::AddInt,
        Operator::Sub => Opcode::SubInt,
        Operator::Mult => Opcode::MulInt,
        Operator::FloorDiv => Opcode::FloorDivInt,
        Operator::Mod => Opcode::ModInt,
        Operator::BitAnd => Opcode::AndInt,
        Operator::LShift => Opcode::LShiftInt,
        Operator::RShift => Opcode::RShiftInt,
        _ => return None,
    })
}
