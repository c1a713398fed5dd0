//! Conditions: truth tests, comparisons, `and`, `or`, `not`, with the jumps they turn into.

use super::unit::{Label, Reg, Src};
use super::{Compiler, Done, fold};
use crate::ast::{BoolOp, CmpOp, Expr, ExprKind, Span, UnaryOp};
use crate::code::{Constant, Instruction, KILL_B, KILL_C, Opcode};
use crate::diagnostics::Diagnostic;

impl<'a> Compiler<'a> {
    /// Jumps to `target`, which is further on, if the truth of `expr` is `when`; goes on otherwise.
    pub(super) fn branch(&mut self, expr: &'a Expr, when: bool, target: Label) -> Done {
        if let Some(constant) = self.fold(expr) {
            if fold::truth(&constant) == when {
                self.unit.jump(expr.span, target);
            }
            return Ok(());
        }
        match &expr.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => self.branch(operand, !when, target),
            ExprKind::BoolOp { op, values } => {
                let (last, rest) = values.split_last().expect("the parser makes two or more values");
                // The truth that settles the whole.
                let short = *op == BoolOp::Or;
                if short == when {
                    rest.iter().try_for_each(|value| self.branch(value, when, target))?;
                    return self.branch(last, when, target);
                }
                let end = self.unit.label();
                rest.iter().try_for_each(|value| self.branch(value, short, end))?;
                self.branch(last, when, target)?;
                self.unit.bind(end);
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (otherwise, end) = (self.unit.label(), self.unit.label());
                self.branch(test, false, otherwise)?;
                self.branch(body, when, target)?;
                self.unit.jump(expr.span, end);
                self.unit.bind(otherwise);
                self.branch(orelse, when, target)?;
                self.unit.bind(end);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => {
                self.warn_compare(expr, left, ops, comparators);
                match (&ops[..], &comparators[..]) {
                    ([op], [right]) => self.branch_compare(expr.span, left, *op, right, when, target),
                    _ => self.branch_chain(expr.span, left, ops, comparators, when, target),
                }
            }
            _ => {
                let mark = self.unit.mark();
                let value = self.operand_now(expr)?;
                self.unit.jump_if(expr.span, value, when, target);
                self.unit.release(mark);
                Ok(())
            }
        }
    }

    fn branch_compare(
        &mut self,
        span: Span,
        left: &'a Expr,
        op: CmpOp,
        right: &'a Expr,
        when: bool,
        target: Label,
    ) -> Done {
        let mark = self.unit.mark();
        let none = matches!(self.fold(right), Some(Constant::None));
        if let (CmpOp::Is | CmpOp::IsNot, true) = (op, none) {
            let value = self.operand_now(left)?;
            let opcode = if (op == CmpOp::Is) == when { Opcode::JumpIfNone } else { Opcode::JumpIfNotNone };
            let x = super::unit::kill(crate::code::KILL_A, value, None);
            self.unit.branch(span, Instruction::new(opcode, x, value.reg.0, 0, 0), target);
        } else {
            let left = match self.small_int(right).filter(|_| int_jump(op, when).is_some()) {
                Some(_) => self.operand_now(left)?,
                None => self.operand(left)?,
            };
            self.jump_compared(span, left, op, right, when, target)?;
        }
        self.unit.release(mark);
        Ok(())
    }

    /// Jumps if the truth of `left op right` is `when`; `right` is evaluated here.
    fn jump_compared(
        &mut self,
        span: Span,
        left: Src,
        op: CmpOp,
        right: &'a Expr,
        when: bool,
        target: Label,
    ) -> Done {
        let x = super::unit::kill(KILL_B, left, None);
        if let Some((n, opcode)) = self.small_int(right).zip(int_jump(op, when)) {
            self.unit.branch(span, Instruction::new(opcode, x, 0, left.reg.0, n), target);
            return Ok(());
        }
        let right = match op {
            CmpOp::In | CmpOp::NotIn => self.container(right)?,
            _ => self.operand_now(right)?,
        };
        let x = x | super::unit::kill(KILL_C, right, None);
        let word = Instruction::new(jump(op, when), x, 0, left.reg.0, right.reg.0);
        self.unit.branch(span, word, target);
        Ok(())
    }

    /// The right side of `in`: a display of constants becomes a constant.
    fn container(&mut self, expr: &'a Expr) -> Result<Src, Diagnostic> {
        let constant = match &expr.kind {
            ExprKind::List { elts, .. } => self.fold_all(elts).map(Constant::Tuple),
            ExprKind::Set { elts } => self.fold_all(elts).map(Constant::FrozenSet),
            _ => None,
        };
        match constant {
            Some(constant) => {
                let reg = self.unit.temp();
                self.load_constant(constant, expr.span, reg);
                Ok(Src::last(reg))
            }
            None => self.operand_now(expr),
        }
    }

    /// `a < b < c` as a condition: as soon as one comparison fails, what the rest would read is dropped.
    fn branch_chain(
        &mut self,
        span: Span,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
        when: bool,
        target: Label,
    ) -> Done {
        let mark = self.unit.mark();
        let mut left = self.operand(left)?;
        let first = self.unit.mark();
        let (failed, end) = (self.unit.label(), self.unit.label());
        let n_last = ops.len() - 1;
        for (op, middle) in ops[..n_last].iter().zip(comparators) {
            let right = self.chain_operand(*op, middle)?;
            let x = super::unit::kill(KILL_B, left, None);
            let word = Instruction::new(jump(*op, false), x, 0, left.reg.0, right.reg.0);
            self.unit.branch(span, word, failed);
            left = right;
        }
        let used = self.unit.mark();
        self.jump_compared(span, left, ops[n_last], &comparators[n_last], when, target)?;
        self.unit.jump(span, end);
        self.unit.bind(failed);
        self.unit.clear_from(span, first, used);
        if !when {
            self.unit.jump(span, target);
        }
        self.unit.bind(end);
        self.unit.release(mark);
        Ok(())
    }

    fn chain_operand(&mut self, op: CmpOp, expr: &'a Expr) -> Result<Src, Diagnostic> {
        match op {
            CmpOp::In | CmpOp::NotIn => self.container(expr),
            _ => self.operand(expr),
        }
    }

    /// `dst` = a comparison's value.
    pub(super) fn compare(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::Compare { left, ops, comparators } = &expr.kind else {
            unreachable!("called for comparisons")
        };
        self.warn_compare(expr, left, ops, comparators);
        let span = expr.span;
        if let ([op], [right]) = (&ops[..], &comparators[..]) {
            let mark = self.unit.mark();
            let left = self.operand_via(left, Some(dst))?;
            let right = match op {
                CmpOp::In | CmpOp::NotIn => self.container(right)?,
                _ => self.operand_now(right)?,
            };
            self.unit.op_dbc(span, comparison(*op), 0, dst, left, right);
            self.unit.release(mark);
            return Ok(());
        }
        self.via_temp(span, dst, |this, dst| {
            let mark = this.unit.mark();
            let mut left = this.operand(left)?;
            let first = this.unit.mark();
            let (failed, end) = (this.unit.label(), this.unit.label());
            let n_last = ops.len() - 1;
            for (op, middle) in ops[..n_last].iter().zip(comparators) {
                let right = this.chain_operand(*op, middle)?;
                this.unit.op_dbc(span, comparison(*op), 0, dst, left, Src::kept(right.reg));
                this.unit.jump_if(span, Src::kept(dst), false, failed);
                left = right;
            }
            let used = this.unit.mark();
            let right = this.chain_operand(ops[n_last], &comparators[n_last])?;
            this.unit.op_dbc(span, comparison(ops[n_last]), 0, dst, left, right);
            this.unit.jump(span, end);
            this.unit.bind(failed);
            this.unit.clear_from(span, first, used);
            this.unit.bind(end);
            this.unit.release(mark);
            Ok(())
        })
    }

    /// `dst` = the value of `and` or `or`.
    pub(super) fn bool_op(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::BoolOp { op, values } = &expr.kind else { unreachable!("called for and, or") };
        self.via_temp(expr.span, dst, |this, dst| {
            let end = this.unit.label();
            let (last, rest) = values.split_last().expect("the parser makes two or more values");
            for value in rest {
                this.value_or_jump(value, dst, *op == BoolOp::Or, end)?;
            }
            this.expr_to(last, dst)?;
            this.unit.bind(end);
            Ok(())
        })
    }

    /// `dst` = the value of `expr`, and jumps if its truth is `when`. Each part is tested once, as in `a and b or c`.
    fn value_or_jump(&mut self, expr: &'a Expr, dst: Reg, when: bool, target: Label) -> Done {
        let ExprKind::BoolOp { op, values } = &expr.kind else {
            self.expr_to(expr, dst)?;
            self.unit.jump_if(expr.span, Src::kept(dst), when, target);
            return Ok(());
        };
        let short = *op == BoolOp::Or;
        if short == when {
            return values.iter().try_for_each(|value| self.value_or_jump(value, dst, when, target));
        }
        let next = self.unit.label();
        let (last, rest) = values.split_last().expect("the parser makes two or more values");
        rest.iter().try_for_each(|value| self.value_or_jump(value, dst, short, next))?;
        self.value_or_jump(last, dst, when, target)?;
        self.unit.bind(next);
        Ok(())
    }
}

fn comparison(op: CmpOp) -> Opcode {
    match op {
        CmpOp::Eq => Opcode::Eq,
        CmpOp::NotEq => Opcode::Ne,
        CmpOp::Lt => Opcode::Lt,
        CmpOp::LtE => Opcode::Le,
        CmpOp::Gt => Opcode::Gt,
        CmpOp::GtE => Opcode::Ge,
        CmpOp::Is => Opcode::Is,
        CmpOp::IsNot => Opcode::IsNot,
        CmpOp::In => Opcode::In,
        CmpOp::NotIn => Opcode::NotIn,
    }
}

/// The jump taken if the truth of the comparison is `when`.
fn jump(op: CmpOp, when: bool) -> Opcode {
    let (yes, no) = match op {
        CmpOp::Eq => (Opcode::JumpIfEq, Opcode::JumpIfNotEq),
        CmpOp::NotEq => (Opcode::JumpIfNe, Opcode::JumpIfNotNe),
        CmpOp::Lt => (Opcode::JumpIfLt, Opcode::JumpIfNotLt),
        CmpOp::LtE => (Opcode::JumpIfLe, Opcode::JumpIfNotLe),
        CmpOp::Gt => (Opcode::JumpIfGt, Opcode::JumpIfNotGt),
        CmpOp::GtE => (Opcode::JumpIfGe, Opcode::JumpIfNotGe),
        CmpOp::Is => (Opcode::JumpIfIs, Opcode::JumpIfIsNot),
        CmpOp::IsNot => (Opcode::JumpIfIsNot, Opcode::JumpIfIs),
        CmpOp::In => (Opcode::JumpIfIn, Opcode::JumpIfNotIn),
        CmpOp::NotIn => (Opcode::JumpIfNotIn, Opcode::JumpIfIn),
    };
    if when { yes } else { no }
}

/// The same against a small constant.
fn int_jump(op: CmpOp, when: bool) -> Option<Opcode> {
    let (yes, no) = match op {
        CmpOp::Eq => (Opcode::JumpIfEqInt, Opcode::JumpIfNotEqInt),
        CmpOp::NotEq => (Opcode::JumpIfNeInt, Opcode::JumpIfNotNeInt),
        CmpOp::Lt => (Opcode::JumpIfLtInt, Opcode::JumpIfNotLtInt),
        CmpOp::LtE => (Opcode::JumpIfLeInt, Opcode::JumpIfNotLeInt),
        CmpOp::Gt => (Opcode::JumpIfGtInt, Opcode::JumpIfNotGtInt),
        CmpOp::GtE => (Opcode::JumpIfGeInt, Opcode::JumpIfNotGeInt),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    };
    Some(if when { yes } else { no })
}
