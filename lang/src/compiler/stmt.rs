//! Statements, except those with files of their own.

use super::blocks::BlockKind;
use super::unit::{Reg, Src, UnitKind};
use super::{ASSERTION_ERROR, Compiler, Done};
use crate::ast::{Expr, ExprKind, IfBranch, Span, Stmt, StmtKind};
use crate::code::{Constant, Intrinsic1, Opcode, flags};
use crate::diagnostics::Diagnostic;

impl<'a> Compiler<'a> {
    pub(super) fn stmts(&mut self, body: &'a [Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Done {
        let span = stmt.span;
        if self.unit.too_large.is_some() {
            return Err(super::too_large(self.source, span));
        }
        match &stmt.kind {
            StmtKind::Expr { value } => self.expr_stmt(value, span),
            StmtKind::Assign { targets, value } => self.assign_stmt(targets, value),
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, value, span),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(target, annotation, value.as_deref(), *simple, span)
            }
            StmtKind::Return { value } => self.return_stmt(value.as_deref(), span),
            StmtKind::If { branches, orelse } => self.if_stmt(branches, orelse, span),
            StmtKind::For { target, iter, body, orelse, is_async: false } => {
                self.for_stmt(target, iter, body, orelse, span)
            }
            StmtKind::For { target, iter, body, orelse, is_async: true } => {
                self.async_for(target, iter, body, orelse, span)
            }
            StmtKind::While { test, body, orelse } => self.while_stmt(test, body, orelse, span),
            StmtKind::FunctionDef(def) => self.function_def(def, span),
            StmtKind::ClassDef(def) => self.class_def(def, span),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(name, type_params, value, span)
            }
            StmtKind::Delete { targets } => targets.iter().try_for_each(|target| self.delete_target(target)),
            StmtKind::With { items, body, is_async } => self.with_stmt(items, body, *is_async),
            StmtKind::Match { subject, cases } => self.match_stmt(subject, cases, span),
            StmtKind::Raise { exc, cause } => self.raise_stmt(exc.as_deref(), cause.as_deref(), span),
            StmtKind::Try { body, handlers, orelse, finalbody, is_star } => {
                self.try_stmt(body, handlers, orelse, finalbody, *is_star, span)
            }
            StmtKind::Assert { test, msg } => self.assert_stmt(test, msg.as_deref(), span),
            StmtKind::Import { names } => self.import(names, span),
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(module.as_ref(), names, *level, span)
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } | StmtKind::Pass => Ok(()),
            StmtKind::Break => self.break_stmt(span),
            StmtKind::Continue => self.continue_stmt(span),
        }
    }

    fn expr_stmt(&mut self, value: &'a Expr, span: Span) -> Done {
        if !(self.interactive && self.unit.kind == UnitKind::Module) {
            return self.discard(value);
        }
        let mark = self.unit.mark();
        let temp = self.unit.temp();
        self.expr_to(value, temp)?;
        self.unit.op_db(span, Opcode::Intrinsic1, temp, Src::last(temp), Intrinsic1::Print as u16);
        self.unit.clear(span, temp);
        self.unit.release(mark);
        Ok(())
    }

    fn assign_stmt(&mut self, targets: &'a [Expr], value: &'a Expr) -> Done {
        let (last, rest) = targets.split_last().expect("the parser makes a target or more");
        if rest.is_empty() {
            return self.assign(last, value);
        }
        let mark = self.unit.mark();
        let temp = self.unit.temp();
        self.expr_to(value, temp)?;
        for target in rest {
            self.assign_from(target, Src::kept(temp))?;
        }
        self.assign_from(last, Src::last(temp))?;
        self.unit.release(mark);
        Ok(())
    }

    fn return_stmt(&mut self, value: Option<&'a Expr>, span: Span) -> Done {
        if !matches!(self.unit.kind, UnitKind::Function | UnitKind::AsyncFunction) {
            return Err(self.error(span, "'return' outside function"));
        }
        if value.is_some() && self.unit.flags & flags::ASYNC_GENERATOR != 0 {
            return Err(self.error(span, "'return' with value in async generator"));
        }
        let mark = self.unit.mark();
        let constant = value.and_then(|value| self.fold(value));
        // Loops need no unwinding: what is returned to sweeps the frame.
        let unwinds =
            |block: &super::blocks::Block<'_>| !matches!(block.kind, BlockKind::Loop { .. } | BlockKind::Try);
        match (value, constant) {
            (Some(value), None) if !self.unit.blocks.iter().any(unwinds) => {
                let value = self.operand_now(value)?;
                self.unit.emit(span, Opcode::Return, 0, value.reg.0, mark.0, 0);
            }
            (Some(value), None) => {
                // Leaving blocks runs code, which must find the value safe in a temporary.
                let temp = self.unit.temp();
                self.expr_to(value, temp)?;
                self.unwind_to(0, span, |this| {
                    this.unit.emit(span, Opcode::Return, 0, temp.0, mark.0, 0);
                })?;
            }
            (value, constant) => self.unwind_to(0, span, |this| match value.zip(constant) {
                Some((value, constant)) if constant != Constant::None => {
                    let temp = this.unit.temp();
                    this.load_constant(constant, value.span, temp);
                    this.unit.emit(span, Opcode::Return, 0, temp.0, mark.0, 0);
                }
                _ => this.unit.emit(span, Opcode::ReturnNone, 0, 0, mark.0, 0),
            })?,
        }
        self.unit.stop();
        self.unit.release(mark);
        Ok(())
    }

    fn raise_stmt(&mut self, exc: Option<&'a Expr>, cause: Option<&'a Expr>, span: Span) -> Done {
        let mark = self.unit.mark();
        match (exc, cause) {
            (None, _) => self.unit.emit(span, Opcode::RaiseCurrent, 0, 0, 0, 0),
            (Some(exc), None) => {
                let exc = self.operand_now(exc)?;
                self.unit.op_a(span, Opcode::Raise, exc, 0, 0);
            }
            (Some(exc), Some(cause)) => {
                let exc = self.operand(exc)?;
                let cause = self.operand_now(cause)?;
                self.unit.op_ab(span, Opcode::RaiseFrom, exc, cause, 0);
            }
        }
        self.unit.stop();
        self.unit.release(mark);
        Ok(())
    }

    fn assert_stmt(&mut self, test: &'a Expr, msg: Option<&'a Expr>, span: Span) -> Done {
        if let ExprKind::Tuple { elts, .. } = &test.kind
            && !elts.is_empty()
        {
            self.warn(span, "assertion is always true, perhaps remove parentheses?");
        }
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.unit.label();
        self.branch(test, true, end)?;
        let mark = self.unit.mark();
        let error = self.unit.temp();
        self.load_common(ASSERTION_ERROR, span, error);
        if let Some(msg) = msg {
            self.open_window(error);
            let argument = self.unit.temp();
            self.expr_to(msg, argument)?;
            self.unit.emit(span, Opcode::Call, 0, error.0, 1, 0);
        }
        self.unit.op_a(test.span, Opcode::Raise, Src::last(error), 0, 0);
        self.unit.stop();
        self.unit.bind(end);
        self.unit.release(mark);
        Ok(())
    }

    fn if_stmt(&mut self, branches: &'a [IfBranch], orelse: &'a [Stmt], span: Span) -> Done {
        let end = self.unit.label();
        for branch in branches {
            let next = self.unit.label();
            self.branch(&branch.test, false, next)?;
            self.stmts(&branch.body)?;
            self.unit.jump(span, end);
            self.unit.bind(next);
        }
        self.stmts(orelse)?;
        self.unit.bind(end);
        Ok(())
    }

    // ---- loops

    fn while_stmt(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt], span: Span) -> Done {
        let (otherwise, end) = (self.unit.label(), self.unit.label());
        let head = self.unit.loop_head();
        self.branch(test, false, otherwise)?;
        self.push_block(BlockKind::Loop { next: head, end, iter: None }, span)?;
        self.stmts(body)?;
        self.pop_block();
        self.unit.jump_back(span, head);
        self.unit.bind(otherwise);
        self.stmts(orelse)?;
        self.unit.bind(end);
        Ok(())
    }

    fn for_stmt(
        &mut self,
        target: &'a Expr,
        source: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
    ) -> Done {
        let mark = self.unit.mark();
        let iter = self.unit.temp();
        let source_span = source.span;
        let source = self.iterated(source, iter)?;
        self.unit.op_db(source_span, Opcode::GetIter, iter, source, 0);
        let (otherwise, end) = (self.unit.label(), self.unit.label());
        let head = self.unit.loop_head();
        self.push_block(BlockKind::Loop { next: head, end, iter: Some(iter) }, span)?;
        self.next_item(target, source_span, iter, otherwise)?;
        self.stmts(body)?;
        self.pop_block();
        self.unit.jump_back(source_span, head);
        self.unit.bind(otherwise);
        self.unit.release(mark);
        self.stmts(orelse)?;
        self.unit.bind(end);
        Ok(())
    }

    /// What a loop iterates over; nobody else sees a list display of constants, so it is made once.
    fn iterated(&mut self, source: &'a Expr, scratch: Reg) -> Result<Src, Diagnostic> {
        let constant = match &source.kind {
            ExprKind::List { elts, .. } => self.fold_all(elts).map(Constant::Tuple),
            _ => None,
        };
        match constant {
            Some(constant) => {
                self.load_constant(constant, source.span, scratch);
                Ok(Src::last(scratch))
            }
            None => self.operand_now_via(source, Some(scratch)),
        }
    }

    fn async_for(
        &mut self,
        target: &'a Expr,
        source: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
    ) -> Done {
        let mark = self.unit.mark();
        let iter = self.unit.temp();
        let source_span = source.span;
        let source = self.operand_now_via(source, Some(iter))?;
        self.unit.op_db(source_span, Opcode::GetAIter, iter, source, 0);
        let end = self.unit.label();
        let head = self.unit.loop_head();
        self.push_block(BlockKind::Loop { next: head, end, iter: Some(iter) }, span)?;
        let inner = self.unit.mark();
        let handler = self.unit.protect(inner);
        let item = self.unit.temp();
        self.next_async(span, iter, item);
        self.unit.unprotect(handler);
        self.assign_from(target, Src::last(item))?;
        self.unit.release(inner);
        self.stmts(body)?;
        self.pop_block();
        self.unit.jump_back(source_span, head);
        self.end_async(source_span, handler, iter);
        self.unit.release(mark);
        self.stmts(orelse)?;
        self.unit.bind(end);
        Ok(())
    }

    fn break_stmt(&mut self, span: Span) -> Done {
        let Some(depth) = self.innermost_loop(span)? else {
            return Err(self.error(span, "'break' outside loop"));
        };
        let BlockKind::Loop { end, .. } = self.unit.blocks[depth].kind else { unreachable!("it is a loop") };
        self.unwind_to(depth, span, |this| this.unit.jump(span, end))
    }

    fn continue_stmt(&mut self, span: Span) -> Done {
        let Some(depth) = self.innermost_loop(span)? else {
            return Err(self.error(span, "'continue' not properly in loop"));
        };
        let BlockKind::Loop { next, .. } = self.unit.blocks[depth].kind else { unreachable!("it is a loop") };
        self.unwind_to(depth + 1, span, |this| this.unit.jump_back(span, next))
    }

    /// The depth of the innermost loop; an error if `except*` handlers stand between.
    fn innermost_loop(&self, span: Span) -> Result<Option<usize>, Diagnostic> {
        for (depth, block) in self.unit.blocks.iter().enumerate().rev() {
            match block.kind {
                BlockKind::Loop { .. } => return Ok(Some(depth)),
                BlockKind::StarHandlers => {
                    let message = "'break', 'continue' and 'return' cannot appear in an except* block";
                    return Err(self.error(span, message));
                }
                _ => {}
            }
        }
        Ok(None)
    }
}
