//! `try` statements. Entering one costs nothing; `finally` bodies are repeated on each way out.

use super::blocks::BlockKind;
use super::unit::{HandlerId, Label, Reg, Src, kill};
use super::{Compiler, Done};
use crate::ast::{ExceptHandler, Span, Stmt};
use crate::code::{Instruction, KILL_C, Opcode};

impl<'a> Compiler<'a> {
    pub(super) fn try_stmt(
        &mut self,
        body: &'a [Stmt],
        handlers: &'a [ExceptHandler],
        orelse: &'a [Stmt],
        finalbody: &'a [Stmt],
        is_star: bool,
        span: Span,
    ) -> Done {
        if let Some(handler) = handlers.iter().rev().skip(1).rev().find(|handler| handler.typ.is_none()) {
            return Err(self.error(handler.span, "default 'except:' must be last"));
        }
        if finalbody.is_empty() {
            return self.try_except(body, handlers, orelse, is_star, span);
        }
        let mark = self.unit.mark();
        self.push_block(BlockKind::FinallyTry { body: finalbody }, span)?;
        let handler = self.unit.protect(mark);
        if handlers.is_empty() {
            self.stmts(body)?;
        } else {
            self.try_except(body, handlers, orelse, is_star, span)?;
        }
        self.unit.unprotect(handler);
        self.pop_block();
        self.stmts(finalbody)?;
        let end = self.unit.label();
        self.unit.jump(span, end);

        // The same because of an exception.
        self.unit.enter_handler(handler);
        let (exception, saved) = self.begin_handling(span);
        let outer = self.unit.handler;
        let cleanup = self.protect_handler();
        self.push_block_in(BlockKind::FinallyEnd { exception, saved }, outer, span)?;
        self.repeated(|this| this.stmts(finalbody))?;
        self.pop_block();
        self.unit.unprotect(cleanup);
        self.raise_again(span, exception, saved);
        self.end_handling(span, cleanup, saved);
        self.unit.release(mark);
        self.unit.bind(end);
        Ok(())
    }

    fn try_except(
        &mut self,
        body: &'a [Stmt],
        handlers: &'a [ExceptHandler],
        orelse: &'a [Stmt],
        is_star: bool,
        span: Span,
    ) -> Done {
        let mark = self.unit.mark();
        let end = self.unit.label();
        self.push_block(BlockKind::Try, span)?;
        let handler = self.unit.protect(mark);
        self.stmts(body)?;
        self.unit.unprotect(handler);
        self.pop_block();
        self.stmts(orelse)?;
        self.unit.jump(span, end);

        self.unit.enter_handler(handler);
        let (exception, saved) = self.begin_handling(span);
        let outer = self.unit.handler;
        let cleanup = self.protect_handler();
        if is_star {
            self.push_block_in(BlockKind::StarHandlers, outer, span)?;
            self.star_handlers(handlers, exception, saved, span)?;
        } else {
            self.push_block_in(BlockKind::Try, outer, span)?;
            self.plain_handlers(handlers, exception, saved, cleanup, end)?;
        }
        self.pop_block();
        self.unit.unprotect(cleanup);
        if is_star {
            self.finish_star(exception, saved, span, end);
        } else {
            self.raise_again(span, exception, saved);
        }
        self.end_handling(span, cleanup, saved);
        self.unit.release(mark);
        self.unit.bind(end);
        Ok(())
    }

    // ---- handling

    /// At the start of a handler: reserves the exception's register and saves what was handled before.
    pub(super) fn begin_handling(&mut self, span: Span) -> (Reg, Reg) {
        let exception = self.unit.temp();
        let saved = self.unit.temp();
        self.unit.op_db(span, Opcode::PushExc, saved, Src::kept(exception), 0);
        (exception, saved)
    }

    /// Protects the code of a handler, so that what was handled before comes back whatever it raises.
    pub(super) fn protect_handler(&mut self) -> HandlerId {
        let floor = self.unit.mark();
        self.unit.protect(floor)
    }

    pub(super) fn raise_again(&mut self, span: Span, exception: Reg, saved: Reg) {
        self.pop_handled(span, saved);
        self.unit.emit(span, Opcode::Reraise, 0, exception.0, 0, 0);
        self.unit.stop();
    }

    /// The code of [`Compiler::protect_handler`]'s handler.
    pub(super) fn end_handling(&mut self, span: Span, cleanup: HandlerId, saved: Reg) {
        self.unit.enter_handler(cleanup);
        let raised = self.unit.handlers[cleanup.0 as usize].exception;
        self.raise_again(span, raised, saved);
    }

    fn plain_handlers(
        &mut self,
        handlers: &'a [ExceptHandler],
        exception: Reg,
        saved: Reg,
        cleanup: HandlerId,
        end: Label,
    ) -> Done {
        for handler in handlers {
            let span = handler.span;
            let next = self.unit.label();
            if let Some(typ) = &handler.typ {
                let mark = self.unit.mark();
                let class = self.operand_now(typ)?;
                let matches = if class.dies { class.reg } else { self.unit.temp() };
                self.unit.op_dbc(span, Opcode::MatchExc, 0, matches, Src::kept(exception), class);
                self.unit.jump_if(span, Src::last(matches), false, next);
                self.unit.release(mark);
            }
            match &handler.name {
                Some(name) => self.store(name, span, Src::last(exception))?,
                None => self.unit.clear(span, exception),
            }
            self.handler_body(handler, saved, cleanup, end)?;
            self.unit.bind(next);
        }
        Ok(())
    }

    /// The block of an `except` clause; goes to `end` afterwards.
    fn handler_body(
        &mut self,
        handler: &'a ExceptHandler,
        saved: Reg,
        cleanup: HandlerId,
        end: Label,
    ) -> Done {
        let span = handler.span;
        let name = handler.name.as_ref();
        let outer = self.unit.handlers[cleanup.0 as usize].outer();
        // Leaving the block pops the exception outside of its protection.
        self.push_block_in(BlockKind::Handler { saved, name, span }, outer, span)?;
        let unbinding = name.map(|_| self.protect_handler());
        self.stmts(&handler.body)?;
        if let Some(unbinding) = unbinding {
            self.unit.unprotect(unbinding);
        }
        self.pop_block();
        let after = handler.body.last().map_or(span, |stmt| stmt.span);
        self.unit.unprotect(cleanup);
        self.pop_handled(after, saved);
        if let Some(name) = name {
            self.unbind_name(name, after)?;
        }
        self.unit.jump(after, end);
        if let (Some(unbinding), Some(name)) = (unbinding, name) {
            self.unit.enter_handler(unbinding);
            let mark = self.unit.mark();
            let raised = self.unit.temp();
            self.pop_handled(span, saved);
            self.unbind_name(name, span)?;
            self.unit.emit(span, Opcode::Reraise, 0, raised.0, 0, 0);
            self.unit.stop();
            self.unit.release(mark);
        }
        self.unit.handler = Some(cleanup);
        Ok(())
    }

    // ---- except*

    /// Runs each handler whose types match a part of the group. What the handlers raise and what none of them takes is
    /// gathered in a list in the first temporary above `saved`.
    fn star_handlers(
        &mut self,
        handlers: &'a [ExceptHandler],
        exception: Reg,
        saved: Reg,
        span: Span,
    ) -> Done {
        let raised = self.unit.temp();
        // The part that matched, and the rest, which later handlers look at.
        let matched = self.unit.temps(2);
        let rest = matched.plus(1);
        self.unit.op_d(span, Opcode::BuildList, raised, matched.0, 0);
        self.unit.move_to(span, rest, Src::kept(exception));
        for handler in handlers {
            let span = handler.span;
            let next = self.unit.label();
            let mark = self.unit.mark();
            let typ = handler.typ.as_ref().expect("the parser refuses a bare except*");
            let class = self.operand_now(typ)?;
            let x = kill(KILL_C, class, None);
            self.unit.emit(span, Opcode::MatchExcStar, x, matched.0, rest.0, class.reg.0);
            self.unit.release(mark);
            let unmatched = self.unit.label();
            let word = Instruction::new(Opcode::JumpIfNone, 0, matched.0, 0, 0);
            self.unit.branch(span, word, unmatched);
            // The part that matched is what is handled now; the end of the statement brings back what was before it.
            let mark = self.unit.mark();
            let group = self.unit.temp();
            self.unit.op_db(span, Opcode::PushExc, group, Src::kept(matched), 0);
            self.unit.clear(span, group);
            self.unit.release(mark);
            match &handler.name {
                Some(name) => self.store(name, span, Src::last(matched))?,
                None => self.unit.clear(span, matched),
            }
            self.star_body(handler, raised, saved, next)?;
            self.unit.bind(unmatched);
            self.unit.clear(span, matched);
            self.unit.bind(next);
        }
        // What no handler took.
        let none_left = self.unit.label();
        let word = Instruction::new(Opcode::JumpIfNone, 0, rest.0, 0, 0);
        self.unit.branch(span, word, none_left);
        self.unit.op_ab(span, Opcode::ListAppend, Src::kept(raised), Src::kept(rest), 0);
        self.unit.bind(none_left);
        self.unit.clear(span, rest);
        self.unit.op_dbc(span, Opcode::PrepReraiseStar, 0, raised, Src::last(raised), Src::last(exception));
        Ok(())
    }

    fn star_body(&mut self, handler: &'a ExceptHandler, raised: Reg, saved: Reg, next: Label) -> Done {
        let span = handler.span;
        let name = handler.name.as_ref();
        self.push_block(BlockKind::Handler { saved, name, span }, span)?;
        let failing = self.protect_handler();
        self.stmts(&handler.body)?;
        self.unit.unprotect(failing);
        self.pop_block();
        if let Some(name) = name {
            self.unbind_name(name, span)?;
        }
        self.unit.jump(span, next);
        self.unit.enter_handler(failing);
        let mark = self.unit.mark();
        let error = self.unit.temp();
        if let Some(name) = name {
            self.unbind_name(name, span)?;
        }
        self.unit.op_ab(span, Opcode::ListAppend, Src::kept(raised), Src::last(error), 0);
        self.unit.release(mark);
        self.unit.jump(span, next);
        Ok(())
    }

    /// Raises what [`Compiler::star_handlers`] has left over, if anything.
    fn finish_star(&mut self, exception: Reg, saved: Reg, span: Span, end: Label) {
        let raised = saved.plus(1);
        let nothing = self.unit.label();
        self.unit.branch(span, Instruction::new(Opcode::JumpIfNone, 0, raised.0, 0, 0), nothing);
        self.pop_handled(span, saved);
        self.unit.emit(span, Opcode::Reraise, 0, raised.0, 0, 0);
        self.unit.stop();
        self.unit.bind(nothing);
        self.unit.clear(span, raised);
        self.unit.clear(span, exception);
        self.pop_handled(span, saved);
        self.unit.jump(span, end);
    }
}
