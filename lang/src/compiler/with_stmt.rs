//! `with` and `async with`.
//!
//! The call window of `__exit__` (the function, and its receiver behind the header) is kept below everything in the
//! block; it is called in place, or, where something above it must survive, from a copy.

use super::blocks::BlockKind;
use super::unit::{Reg, Src};
use super::{Compiler, Done, NONE};
use crate::ast::{Span, Stmt, WithItem};
use crate::code::{Opcode, WINDOW_HEADER};

// `LoadSpecial` numbers.
const ENTER: u16 = 0;
const EXIT: u16 = 1;

impl<'a> Compiler<'a> {
    pub(super) fn with_stmt(&mut self, items: &'a [WithItem], body: &'a [Stmt], is_async: bool) -> Done {
        let Some((item, rest)) = items.split_first() else { return self.stmts(body) };
        let at = item.context_expr.span;
        let which = if is_async { 2 } else { 0 };
        let mark = self.unit.mark();
        let exit = self.unit.temps(WINDOW_HEADER);
        let manager = self.unit.temp();
        self.expr_to(&item.context_expr, manager)?;
        let enter = self.unit.temps(WINDOW_HEADER);
        let receiver = self.unit.temp();
        self.unit.move_to(at, receiver, Src::kept(manager));
        self.unit.op_d(at, Opcode::LoadSpecial, exit, EXIT + which, 0);
        self.unit.op_d(at, Opcode::LoadSpecial, enter, ENTER + which, 0);
        self.unit.emit(at, Opcode::CallMethod, 0, enter.0, 1, 0);
        if is_async {
            self.await_temp(at, enter, 1);
        }

        self.push_block(BlockKind::With { window: exit, is_async, span: at }, at)?;
        self.unit.release(enter);
        let handler = self.unit.protect(enter);
        let value = self.unit.temp();
        match &item.optional_vars {
            Some(target) => self.assign_from(target, Src::last(value))?,
            None => self.unit.clear(at, value),
        }
        self.unit.release(enter);
        self.with_stmt(rest, body, is_async)?;
        self.unit.unprotect(handler);
        self.pop_block();
        self.exit_context(exit, is_async, at);
        let end = self.unit.label();
        self.unit.jump(at, end);

        self.unit.enter_handler(handler);
        let (exception, saved) = self.begin_handling(at);
        let cleanup = self.protect_handler();
        let top = self.unit.mark();
        let window = self.unit.temps(WINDOW_HEADER + 4);
        self.unit.move_to(at, window, Src::last(exit));
        self.unit.move_to(at, window.plus(4), Src::last(manager));
        self.unit.op_db(at, Opcode::LoadExcInfo, window.plus(5), Src::kept(exception), 0);
        self.unit.emit(at, Opcode::CallMethod, 0, window.0, 4, 0);
        if is_async {
            self.await_temp(at, window, 2);
        }
        let suppressed = self.unit.label();
        self.unit.jump_if(at, Src::last(window), true, suppressed);
        self.unit.release(top);
        self.unit.unprotect(cleanup);
        self.raise_again(at, exception, saved);
        self.unit.bind(suppressed);
        self.pop_handled(at, saved);
        self.unit.clear(at, exception);
        self.unit.jump(at, end);
        self.end_handling(at, cleanup, saved);
        self.unit.release(mark);
        self.unit.bind(end);
        Ok(())
    }

    /// Calls `__exit__(None, None, None)`.
    pub(super) fn exit_context(&mut self, exit: Reg, is_async: bool, span: Span) {
        let mark = self.unit.mark();
        let mut window = exit;
        if mark == exit.plus(WINDOW_HEADER + 1) {
            self.unit.temps(3);
        } else {
            window = self.unit.temps(WINDOW_HEADER + 4);
            self.unit.move_to(span, window, Src::last(exit));
            self.unit.move_to(span, window.plus(4), Src::last(exit.plus(4)));
        }
        for n in 5..8 {
            self.load_common(NONE, span, window.plus(n));
        }
        self.unit.emit(span, Opcode::CallMethod, 0, window.0, 4, 0);
        if is_async {
            self.await_temp(span, window, 2);
        }
        self.unit.clear(span, window);
        self.unit.release(mark);
    }
}
