//! Comprehensions and generator expressions.
//!
//! A list, set or dict comprehension runs in the frame around it (PEP 709). Its variables get registers of their own,
//! so nothing needs saving; in functions they are named, so that `locals()` shows them.

use std::collections::HashMap;

use super::unit::{Inlined, Reg, Src, UnitKind};
use super::{Compiler, Done};
use crate::ast::{Comprehension, Expr, ExprKind, Span};
use crate::code::{Instruction, Opcode};
use crate::scope::{Binding, Role, ScopeId};

/// What a comprehension does with each item.
#[derive(Clone, Copy)]
enum Element<'a> {
    Append(&'a Expr),
    Add(&'a Expr),
    Map(&'a Expr, &'a Expr),
    Yield(&'a Expr),
}

impl<'a> Compiler<'a> {
    /// `dst` = the list, set, dict or generator.
    pub(super) fn comprehension(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let (element, generators): (_, &'a [Comprehension]) = match &expr.kind {
            ExprKind::ListComp { elt, generators } => (Element::Append(elt), generators),
            ExprKind::SetComp { elt, generators } => (Element::Add(elt), generators),
            ExprKind::DictComp { key, value, generators } => (Element::Map(key, value), generators),
            ExprKind::GeneratorExp { elt, generators } => (Element::Yield(elt), generators),
            _ => unreachable!("called for comprehensions"),
        };
        let id = self.scope_of(expr, Role::Body);
        let scope = self.scopes.get(id);
        if scope.inlined {
            self.via_temp(expr.span, dst, |this, dst| this.inlined(expr, id, element, generators, dst))
        } else {
            self.as_function(expr, id, element, generators, dst)
        }
    }

    fn inlined(
        &mut self,
        expr: &'a Expr,
        id: ScopeId,
        element: Element<'a>,
        generators: &'a [Comprehension],
        dst: Reg,
    ) -> Done {
        let span = expr.span;
        let mark = self.unit.mark();
        let iter = self.unit.temp();
        self.iterator(&generators[0], iter)?;

        let first = self.unit.mark();
        let named = self.enter_inlined(id, span);
        // The variables must not outlive the comprehension, also where an exception is handled in this function.
        let cleanup = (self.unit.handler.is_some() && !named.is_empty()).then(|| self.unit.protect(first));
        self.unit.op_d(span, build(element), dst, self.unit.mark().0, 0);
        self.clauses(generators, 0, iter, element, dst, span)?;
        if let Some(handler) = cleanup {
            self.unit.unprotect(handler);
        }
        for &reg in &named {
            self.unit.clear(span, reg);
            self.unit.set_unbound(reg);
        }
        if let Some(handler) = cleanup {
            let end = self.unit.label();
            self.unit.jump(span, end);
            self.unit.enter_handler(handler);
            for &reg in &named {
                self.unit.clear(span, reg);
            }
            self.unit.emit(span, Opcode::Reraise, 0, first.0, 0, 0);
            self.unit.stop();
            self.unit.bind(end);
        }
        self.leave_inlined();
        let end = self.unit.mark();
        self.unit.clear_from(span, first, end);
        self.unit.release(mark);
        Ok(())
    }

    /// Gives the comprehension's variables their registers; returns the named ones.
    fn enter_inlined(&mut self, id: ScopeId, span: Span) -> Vec<Reg> {
        let scope = self.scopes.get(id);
        let in_function = !matches!(self.unit.kind, UnitKind::Module | UnitKind::Class);
        let mut registers = HashMap::new();
        let mut named = Vec::new();
        for symbol in scope.symbols() {
            if symbol.name.starts_with('.') || !matches!(symbol.binding, Binding::Local | Binding::Cell) {
                continue;
            }
            let spare = self.unit.spare.get_mut(&symbol.name).and_then(Vec::pop);
            let local = match in_function {
                true => spare.or_else(|| self.unit.new_local(symbol.name.clone())),
                false => None,
            };
            let reg = match local {
                Some(reg) => {
                    named.push(reg);
                    reg
                }
                None => {
                    let reg = self.unit.temp();
                    self.unit.unset.push(reg);
                    reg
                }
            };
            if symbol.binding == Binding::Cell {
                self.unit.emit(span, Opcode::MakeCell, 0, reg.0, 0, 0);
            }
            registers.insert(symbol.name.clone(), reg);
        }
        self.unit.inlined.push(Inlined { scope: id, registers });
        named
    }

    fn leave_inlined(&mut self) {
        let inlined = self.unit.inlined.pop().expect("entered before");
        for (name, reg) in inlined.registers {
            match reg.is_temp() {
                true => self.unit.unset.retain(|&other| other != reg),
                false => self.unit.spare.entry(name).or_default().push(reg),
            }
        }
    }

    /// A generator expression, or a comprehension in an annotation scope of a class: a function called at once.
    fn as_function(
        &mut self,
        expr: &'a Expr,
        id: ScopeId,
        element: Element<'a>,
        generators: &'a [Comprehension],
        dst: Reg,
    ) -> Done {
        let span = expr.span;
        let name = self.scopes.get(id).name.clone();
        self.enter(id, UnitKind::Comprehension, &name, span)?;
        self.unit.n_positional = 1;
        let iter = Reg(0);
        if let Element::Yield(_) = element {
            self.clauses(generators, 0, iter, element, iter, span)?;
            self.return_none(span);
        } else {
            let result = self.unit.temp();
            self.unit.op_d(span, build(element), result, self.unit.mark().0, 0);
            self.clauses(generators, 0, iter, element, result, span)?;
            self.unit.emit(span, Opcode::Return, 0, result.0, result.0, 0);
            self.unit.stop();
        }
        let code = self.leave(span)?;

        let mark = self.unit.mark();
        let window = self.window(dst);
        self.make_function(code, span, window)?;
        self.open_window(window);
        let argument = self.unit.temp();
        self.iterator(&generators[0], argument)?;
        self.unit.emit(span, Opcode::Call, 0, window.0, 1, 0);
        let scope = self.scopes.get(id);
        if scope.coroutine && !scope.generator {
            self.await_temp(span, window, 0);
        }
        self.finish_call(span, window, dst, mark);
        Ok(())
    }

    /// `iter` = the iterator of a clause.
    fn iterator(&mut self, clause: &'a Comprehension, iter: Reg) -> Done {
        let source = self.operand_now_via(&clause.iter, Some(iter))?;
        let op = if clause.is_async { Opcode::GetAIter } else { Opcode::GetIter };
        self.unit.op_db(clause.iter.span, op, iter, source, 0);
        Ok(())
    }

    /// The loops from clause `n` on; `iter` holds the iterator of that clause. `whole` is where the comprehension stands.
    fn clauses(
        &mut self,
        generators: &'a [Comprehension],
        n: usize,
        iter: Reg,
        element: Element<'a>,
        result: Reg,
        whole: Span,
    ) -> Done {
        let clause = &generators[n];
        let span = clause.iter.span;
        let end = self.unit.label();
        let next = self.unit.label();
        let head = self.unit.loop_head();
        let mut handler = None;
        if clause.is_async {
            let mark = self.unit.mark();
            handler = Some(self.unit.protect(mark));
            let item = self.unit.temp();
            self.next_async(whole, iter, item);
            self.unit.unprotect(handler.expect("just made"));
            self.assign_from(&clause.target, Src::last(item))?;
            self.unit.release(mark);
        } else {
            self.next_item(&clause.target, span, iter, end)?;
        }
        clause.ifs.iter().try_for_each(|test| self.branch(test, false, next))?;
        match generators.get(n + 1) {
            None => self.element(element, result)?,
            Some(inner) => self.inner_clause(generators, n + 1, inner, element, result, whole)?,
        }
        self.unit.bind(next);
        self.unit.jump_back(span, head);
        if let Some(handler) = handler {
            self.end_async(span, handler, iter);
        }
        self.unit.bind(end);
        Ok(())
    }

    fn inner_clause(
        &mut self,
        generators: &'a [Comprehension],
        n: usize,
        clause: &'a Comprehension,
        element: Element<'a>,
        result: Reg,
        whole: Span,
    ) -> Done {
        let mark = self.unit.mark();
        if !clause.is_async
            && let Some(single) = single_item(&clause.iter)
        {
            // `for x in [value]` is an assignment.
            let next = self.unit.label();
            self.assign(&clause.target, single)?;
            clause.ifs.iter().try_for_each(|test| self.branch(test, false, next))?;
            match generators.get(n + 1) {
                None => self.element(element, result)?,
                Some(inner) => self.inner_clause(generators, n + 1, inner, element, result, whole)?,
            }
            self.unit.bind(next);
        } else {
            let iter = self.unit.temp();
            self.iterator(clause, iter)?;
            self.clauses(generators, n, iter, element, result, whole)?;
        }
        self.unit.release(mark);
        Ok(())
    }

    fn element(&mut self, element: Element<'a>, result: Reg) -> Done {
        let mark = self.unit.mark();
        let result = Src::kept(result);
        match element {
            Element::Append(elt) => {
                let value = self.operand_now(elt)?;
                self.unit.op_ab(elt.span, Opcode::ListAppend, result, value, 0);
            }
            Element::Add(elt) => {
                let value = self.operand_now(elt)?;
                self.unit.op_ab(elt.span, Opcode::SetAdd, result, value, 0);
            }
            Element::Map(key, value) => {
                let span = key.span.to(value.span);
                let key = self.operand(key)?;
                let value = self.operand_now(value)?;
                self.unit.op_abc(span, Opcode::MapAdd, result, key, value);
            }
            Element::Yield(elt) => {
                let value = self.operand_now(elt)?;
                let sent = if value.dies { value.reg } else { self.unit.temp() };
                self.yield_src(elt.span, sent, value);
                self.unit.clear(elt.span, sent);
            }
        }
        self.unit.release(mark);
        Ok(())
    }

    // ---- shared with `for` statements

    /// `target` = the next item of `iter`, or jumps to `end`.
    pub(super) fn next_item(
        &mut self,
        target: &'a Expr,
        span: Span,
        iter: Reg,
        end: super::unit::Label,
    ) -> Done {
        let mark = self.unit.mark();
        let local = self.assigned_local(target);
        let item = local.unwrap_or_else(|| self.unit.temp());
        self.unit.branch(span, Instruction::new(Opcode::ForIter, 0, item.0, iter.0, 0), end);
        match local {
            Some(reg) => self.unit.set_bound(reg),
            None => self.assign_from(target, Src::last(item))?,
        }
        self.unit.release(mark);
        Ok(())
    }

    /// `item = await anext(iter)`.
    pub(super) fn next_async(&mut self, span: Span, iter: Reg, item: Reg) {
        self.unit.op_db(span, Opcode::GetANext, item, Src::kept(iter), 0);
        self.await_temp(span, item, 3);
    }

    /// The handler of an asynchronous loop: ends it, or raises on.
    pub(super) fn end_async(&mut self, span: Span, handler: super::unit::HandlerId, iter: Reg) {
        self.unit.enter_handler(handler);
        let exception = self.unit.handlers[handler.0 as usize].exception;
        self.unit.emit(span, Opcode::EndAsyncFor, 0, exception.0, 0, 0);
        self.unit.clear(span, iter);
    }
}

fn build(element: Element<'_>) -> Opcode {
    match element {
        Element::Append(_) => Opcode::BuildList,
        Element::Add(_) => Opcode::BuildSet,
        Element::Map(..) => Opcode::BuildMap,
        Element::Yield(_) => unreachable!("generators build nothing"),
    }
}

fn single_item(iter: &Expr) -> Option<&Expr> {
    match &iter.kind {
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => match &elts[..] {
            [elt] if !matches!(elt.kind, ExprKind::Starred { .. }) => Some(elt),
            _ => None,
        },
        _ => None,
    }
}
