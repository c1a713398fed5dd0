//! Tuple, list, set and dict displays.

use super::unit::{Reg, Src};
use super::{Compiler, Done};
use crate::ast::{Expr, ExprKind, Span};
use crate::code::{Constant, Opcode};

/// Displays with more items are built step by step.
const MAX_GROUP: usize = 64;
/// Lists and sets of this many constants or more are made from one constant.
const MIN_CONSTANT: usize = 3;

impl<'a> Compiler<'a> {
    pub(super) fn tuple(&mut self, elts: &'a [Expr], span: Span, dst: Reg) -> Done {
        if let Some(items) = self.fold_all(elts) {
            self.load_constant(Constant::Tuple(items), span, dst);
            return Ok(());
        }
        if is_plain(elts) && elts.len() <= MAX_GROUP {
            return self.group(Opcode::BuildTuple, elts, span, dst);
        }
        self.via_temp(span, dst, |this, dst| {
            this.grow(Opcode::BuildList, elts, span, dst)?;
            this.unit.op_db(span, Opcode::ListToTuple, dst, Src::last(dst), 0);
            Ok(())
        })
    }

    pub(super) fn list(&mut self, elts: &'a [Expr], span: Span, dst: Reg) -> Done {
        if elts.len() >= MIN_CONSTANT
            && let Some(items) = self.fold_all(elts)
        {
            let constant = Constant::Tuple(items);
            return self.from_constant(Opcode::BuildList, Opcode::ListExtend, constant, span, dst);
        }
        self.display(Opcode::BuildList, elts, span, dst)
    }

    pub(super) fn set(&mut self, elts: &'a [Expr], span: Span, dst: Reg) -> Done {
        if elts.len() >= MIN_CONSTANT
            && let Some(items) = self.fold_all(elts)
        {
            let constant = Constant::FrozenSet(items);
            return self.from_constant(Opcode::BuildSet, Opcode::SetUpdate, constant, span, dst);
        }
        self.display(Opcode::BuildSet, elts, span, dst)
    }

    fn display(&mut self, build: Opcode, elts: &'a [Expr], span: Span, dst: Reg) -> Done {
        if is_plain(elts) && elts.len() <= MAX_GROUP {
            return self.group(build, elts, span, dst);
        }
        self.via_temp(span, dst, |this, dst| this.grow(build, elts, span, dst))
    }

    fn from_constant(
        &mut self,
        build: Opcode,
        extend: Opcode,
        constant: Constant,
        span: Span,
        dst: Reg,
    ) -> Done {
        self.via_temp(span, dst, |this, dst| {
            let mark = this.unit.mark();
            this.unit.op_d(span, build, dst, mark.0, 0);
            let items = this.unit.temp();
            this.load_constant(constant, span, items);
            this.unit.op_ab(span, extend, Src::kept(dst), Src::last(items), 0);
            this.unit.release(mark);
            Ok(())
        })
    }

    /// Evaluates all of `elts` and builds at once.
    pub(super) fn group(&mut self, build: Opcode, elts: &'a [Expr], span: Span, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let base = self.group_base(dst, elts.len() as u16);
        for (elt, n) in elts.iter().zip(0..) {
            self.element_to(elt, base, n)?;
        }
        self.unit.op_d(span, build, dst, base.0, elts.len() as u16);
        self.unit.release(mark);
        Ok(())
    }

    /// Where a group of `n` begins: at `dst` itself if that is the topmost temporary. Only that much is reserved.
    fn group_base(&mut self, dst: Reg, n: u16) -> Reg {
        if n > 0 && self.unit.is_top(dst) { dst } else { self.unit.mark() }
    }

    /// Evaluates the `n`th element of a group that begins at `base`, all before it being in place.
    fn element_to(&mut self, elt: &'a Expr, base: Reg, n: u16) -> Done {
        self.unit.release(base.plus(n));
        let reg = self.unit.temp();
        self.expr_to(elt, reg)
    }

    /// Builds a list or set step by step in the temporary `dst`.
    fn grow(&mut self, build: Opcode, elts: &'a [Expr], span: Span, dst: Reg) -> Done {
        let (add, extend) = match build {
            Opcode::BuildList => (Opcode::ListAppend, Opcode::ListExtend),
            _ => (Opcode::SetAdd, Opcode::SetUpdate),
        };
        let plain = elts.iter().take_while(|elt| !is_starred(elt)).count().min(MAX_GROUP);
        let mark = self.unit.mark();
        let base = self.unit.mark();
        for (elt, n) in elts[..plain].iter().zip(0..) {
            self.element_to(elt, base, n)?;
        }
        self.unit.op_d(span, build, dst, base.0, plain as u16);
        self.unit.release(mark);
        for elt in &elts[plain..] {
            match &elt.kind {
                ExprKind::Starred { value, .. } => {
                    let value = self.operand_now(value)?;
                    self.unit.op_ab(
                        span,
                        extend,
                        Src::kept(dst),
                        value,
                        u16::from(add == Opcode::ListAppend),
                    );
                }
                _ => {
                    let value = self.operand_now(elt)?;
                    self.unit.op_ab(span, add, Src::kept(dst), value, 0);
                }
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    pub(super) fn dict(
        &mut self,
        keys: &'a [Option<Expr>],
        values: &'a [Expr],
        span: Span,
        dst: Reg,
    ) -> Done {
        let plain = keys.iter().take_while(|key| key.is_some()).count().min(MAX_GROUP / 2);
        if plain == keys.len() {
            return self.first_pairs(keys, values, plain, span, dst);
        }
        self.via_temp(span, dst, |this, dst| {
            this.first_pairs(keys, values, plain, span, dst)?;
            let mark = this.unit.mark();
            for (key, value) in keys.iter().zip(values).skip(plain) {
                match key {
                    None => {
                        let mapping = this.operand_now(value)?;
                        this.unit.op_ab(span, Opcode::MapUpdate, Src::kept(dst), mapping, 0);
                    }
                    Some(key) => {
                        let key = this.operand(key)?;
                        let value = this.operand_now(value)?;
                        this.unit.op_abc(span, Opcode::MapAdd, Src::kept(dst), key, value);
                    }
                }
                this.unit.release(mark);
            }
            Ok(())
        })
    }

    fn first_pairs(
        &mut self,
        keys: &'a [Option<Expr>],
        values: &'a [Expr],
        n: usize,
        span: Span,
        dst: Reg,
    ) -> Done {
        let mark = self.unit.mark();
        let base = self.group_base(dst, n as u16);
        for ((key, value), at) in keys[..n].iter().flatten().zip(values).zip((0..).step_by(2)) {
            self.element_to(key, base, at)?;
            self.element_to(value, base, at + 1)?;
        }
        self.unit.op_d(span, Opcode::BuildMap, dst, base.0, n as u16);
        self.unit.release(mark);
        Ok(())
    }
}

fn is_starred(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Starred { .. })
}

fn is_plain(elts: &[Expr]) -> bool {
    !elts.iter().any(is_starred)
}
