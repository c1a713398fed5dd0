//! Assignment: to names, attributes, items, and through unpacking.

use super::names::Place;
use super::unit::{Reg, Src, UnitKind, kill};
use super::{Compiler, Done};
use crate::ast::{Expr, ExprKind, Operator, Span};
use crate::code::{KILL_B, Opcode};

/// Pairwise assignment `a, b = x, y` goes without a tuple up to this length.
const MAX_PAIRWISE: usize = 16;

impl<'a> Compiler<'a> {
    /// The register if `target` is the name of a local.
    pub(super) fn assigned_local(&mut self, target: &Expr) -> Option<Reg> {
        let ExprKind::Name { id, .. } = &target.kind else { return None };
        self.assigned_name(id)
    }

    pub(super) fn assigned_name(&mut self, name: &str) -> Option<Reg> {
        let name = self.mangled(name);
        match self.place(&name) {
            Place::Local(reg) => Some(reg),
            _ => None,
        }
    }

    /// `target = value`.
    pub(super) fn assign(&mut self, target: &'a Expr, value: &'a Expr) -> Done {
        if let Some(reg) = self.assigned_local(target) {
            self.expr_to(value, reg)?;
            self.unit.set_bound(reg);
            return Ok(());
        }
        if let Some((targets, values)) = pairwise(target, value) {
            return self.assign_pairwise(targets, values);
        }
        let mark = self.unit.mark();
        let value = match &target.kind {
            // Nothing is evaluated between the value and the store.
            ExprKind::Name { .. } => self.operand_now(value)?,
            _ => self.operand(value)?,
        };
        self.assign_from(target, value)?;
        self.unit.release(mark);
        Ok(())
    }

    /// `target = source`, a register.
    pub(super) fn assign_from(&mut self, target: &'a Expr, source: Src) -> Done {
        let span = target.span;
        let mark = self.unit.mark();
        match &target.kind {
            ExprKind::Name { id, .. } => self.store(id, span, source)?,
            ExprKind::Attribute { value, attr, .. } => {
                self.note_static_attribute(value, attr);
                let object = self.operand_now(value)?;
                let span = self.from_attribute(span, target);
                self.set_attr(span, object, attr, source);
            }
            ExprKind::Subscript { value, slice, .. } => {
                let object = self.operand(value)?;
                let index = self.operand_now(slice)?;
                self.unit.op_abc(span, Opcode::SetItem, object, index, source);
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => self.unpack(elts, span, source)?,
            ExprKind::Starred { .. } => {
                return Err(self.error(span, "starred assignment target must be in a list or tuple"));
            }
            _ => unreachable!("the parser refuses other targets"),
        }
        self.unit.release(mark);
        Ok(())
    }

    fn unpack(&mut self, elts: &'a [Expr], span: Span, source: Src) -> Done {
        let starred = |elt: &&Expr| matches!(elt.kind, ExprKind::Starred { .. });
        let n_starred = elts.iter().filter(starred).count();
        if n_starred > 1 {
            return Err(self.error(span, "multiple starred expressions in assignment"));
        }
        let star = elts.iter().position(|elt| starred(&elt));
        let (op, count) = match star {
            None => (Opcode::UnpackSequence, elts.len()),
            Some(before) => {
                let after = elts.len() - before - 1;
                if before > 255 || after > 255 {
                    return Err(self.error(span, "too many expressions in star-unpacking assignment"));
                }
                (Opcode::UnpackEx, before | after << 8)
            }
        };
        if elts.len() > self.unit.room() {
            return Err(self.error(span, "too many targets in one assignment"));
        }
        let x = kill(KILL_B, source, None);
        if let Some(first) = self.consecutive_locals(elts).filter(|_| star.is_none()) {
            // The targets are neighbours: unpacked straight into place.
            let inside = source.reg.0.wrapping_sub(first.0) < elts.len() as u16;
            if !inside {
                self.unit.emit(span, op, x, first.0, source.reg.0, count as u16);
                (0..elts.len() as u16).for_each(|n| self.unit.set_bound(first.plus(n)));
                return Ok(());
            }
        }
        let first = self.unit.temps(elts.len() as u16);
        self.unit.emit(span, op, x, first.0, source.reg.0, count as u16);
        for (elt, n) in elts.iter().zip(0..) {
            let target = match &elt.kind {
                ExprKind::Starred { value, .. } => value,
                _ => elt,
            };
            self.assign_from(target, Src::last(first.plus(n)))?;
        }
        Ok(())
    }

    /// The first register if all of `targets` are locals whose registers follow one another.
    fn consecutive_locals(&mut self, targets: &[Expr]) -> Option<Reg> {
        let first = self.assigned_local(targets.first()?)?;
        let mut next = first;
        for target in &targets[1..] {
            next = next.plus(1);
            if self.assigned_local(target)? != next {
                return None;
            }
        }
        (!first.is_temp() || targets.len() == 1).then_some(first)
    }

    /// `a, b = x, y` without making a tuple: all values first, then the stores from left to right.
    fn assign_pairwise(&mut self, targets: &'a [Expr], values: &'a [Expr]) -> Done {
        let mark = self.unit.mark();
        let locals: Option<Vec<Reg>> = targets.iter().map(|target| self.assigned_local(target)).collect();
        let distinct = locals.filter(|regs| regs.iter().enumerate().all(|(n, reg)| !regs[..n].contains(reg)));
        let Some(regs) = distinct else {
            let first = self.unit.temps(values.len() as u16);
            for (value, n) in values.iter().zip(0..) {
                self.expr_to(value, first.plus(n))?;
            }
            for (target, n) in targets.iter().zip(0..) {
                self.assign_from(target, Src::last(first.plus(n)))?;
            }
            self.unit.release(mark);
            return Ok(());
        };
        // Storing to locals has no effect that a later store could see. So the last value can go straight to its
        // target, and a local needs no copy unless a store comes before its own.
        let (&last, rest) = regs.split_last().expect("two targets or more");
        let mut sources = Vec::new();
        for (value, n) in values[..rest.len()].iter().zip(0..) {
            let mut source = self.operand(value)?;
            if !source.dies && (source.reg == last || rest[..n].contains(&source.reg)) {
                let copy = self.unit.temp();
                self.unit.move_to(value.span, copy, source);
                source = Src::last(copy);
            }
            sources.push(source);
        }
        let value = values.last().expect("as many values as targets");
        self.expr_to(value, last)?;
        for ((target, &reg), source) in targets.iter().zip(rest).zip(sources) {
            self.unit.move_to(target.span, reg, source);
        }
        regs.iter().for_each(|&reg| self.unit.set_bound(reg));
        self.unit.release(mark);
        Ok(())
    }

    /// `target op= value`.
    pub(super) fn aug_assign(&mut self, target: &'a Expr, op: Operator, value: &'a Expr, span: Span) -> Done {
        let mark = self.unit.mark();
        match &target.kind {
            ExprKind::Name { id, .. } => {
                let name = self.mangled(id);
                let place = self.place(&name);
                if let Place::Local(reg) = place {
                    self.check_bound(reg, &name, target.span)?;
                    let left = match self.unit.walrus.contains(reg.0) {
                        false => Src::kept(reg),
                        true => {
                            let copy = self.unit.temp();
                            self.unit.move_to(target.span, copy, Src::kept(reg));
                            Src::last(copy)
                        }
                    };
                    self.augmented(span, op, reg, left, value)?;
                    self.unit.set_bound(reg);
                } else {
                    let temp = self.unit.temp();
                    self.load_place(place, &name, target.span, temp)?;
                    self.augmented(span, op, temp, Src::last(temp), value)?;
                    self.store_place(place, &name, target.span, Src::last(temp))?;
                }
            }
            ExprKind::Attribute { value: object, attr, .. } => {
                let object = self.operand(object)?;
                let temp = self.unit.temp();
                let attr_span = self.from_attribute(target.span, target);
                self.get_attr(attr_span, temp, Src::kept(object.reg), attr);
                self.augmented(span, op, temp, Src::last(temp), value)?;
                self.set_attr(attr_span, object, attr, Src::last(temp));
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                let object = self.operand(object)?;
                let index = self.operand(slice)?;
                let temp = self.unit.temp();
                let (kept_object, kept_index) = (Src::kept(object.reg), Src::kept(index.reg));
                self.unit.op_dbc(target.span, Opcode::GetItem, 0, temp, kept_object, kept_index);
                self.augmented(span, op, temp, Src::last(temp), value)?;
                self.unit.op_abc(target.span, Opcode::SetItem, object, index, Src::last(temp));
            }
            _ => unreachable!("the parser refuses other targets"),
        }
        self.unit.release(mark);
        Ok(())
    }

    pub(super) fn ann_assign(
        &mut self,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
        span: Span,
    ) -> Done {
        if let Some(value) = value {
            self.assign(target, value)?;
        }
        match &target.kind {
            ExprKind::Name { .. } if simple => self.note_annotation(target, annotation, span),
            ExprKind::Attribute { value: object, .. } if value.is_none() => self.discard(object),
            ExprKind::Subscript { value: object, slice, .. } if value.is_none() => {
                self.discard(object)?;
                self.discard_index(slice)
            }
            _ => Ok(()),
        }
    }

    fn discard_index(&mut self, index: &'a Expr) -> Done {
        match &index.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.discard(part))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| self.discard_index(elt)),
            _ => self.discard(index),
        }
    }

    pub(super) fn delete_target(&mut self, target: &'a Expr) -> Done {
        let span = target.span;
        let mark = self.unit.mark();
        match &target.kind {
            ExprKind::Name { id, .. } => self.delete(id, span)?,
            ExprKind::Attribute { value, attr, .. } => {
                let object = self.operand_now(value)?;
                let span = self.from_attribute(span, target);
                self.del_attr(span, object, attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                let object = self.operand(value)?;
                let index = self.operand_now(slice)?;
                self.unit.op_ab(span, Opcode::DelItem, object, index, 0);
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => {
                elts.iter().try_for_each(|elt| self.delete_target(elt))?;
            }
            _ => unreachable!("the parser refuses other targets"),
        }
        self.unit.release(mark);
        Ok(())
    }

    /// Notes `self.attr = ...` for the `__static_attributes__` of the class around.
    fn note_static_attribute(&mut self, object: &Expr, attr: &str) {
        if object.as_name().is_none_or(|name| &**name != "self") {
            return;
        }
        if let Some(class) = self.outer.iter_mut().rev().find(|unit| unit.kind == UnitKind::Class) {
            class.static_attributes.insert(attr.to_owned());
        }
    }
}

/// The parts of `a, b = x, y` if they can be assigned one by one.
fn pairwise<'a>(target: &'a Expr, value: &'a Expr) -> Option<(&'a [Expr], &'a [Expr])> {
    let (ExprKind::Tuple { elts: targets, .. } | ExprKind::List { elts: targets, .. }) = &target.kind else {
        return None;
    };
    let ExprKind::Tuple { elts: values, .. } = &value.kind else { return None };
    let starred = |elt: &Expr| matches!(elt.kind, ExprKind::Starred { .. });
    let fits = targets.len() == values.len() && (2..=MAX_PAIRWISE).contains(&targets.len());
    (fits && !targets.iter().chain(values).any(starred)).then_some((targets, values))
}
