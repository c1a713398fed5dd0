//! The blocks around a statement, innermost last: what `break`, `continue` and `return` must undo on their way out.

use super::unit::{HandlerId, Label, Reg};
use super::{Compiler, Done};
use crate::ast::{Ident, Span, Stmt};
use crate::code::Opcode;

/// As CPython's CO_MAXBLOCKS.
const MAX_BLOCKS: usize = 21;

#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub kind: BlockKind<'a>,
    /// Where exceptions go outside of the block.
    pub outer: Option<HandlerId>,
}

#[derive(Clone, Copy)]
pub(super) enum BlockKind<'a> {
    /// `next` is the head, `end` behind the `else`. `iter`: the iterator of a `for`, alive within.
    Loop { next: Label, end: Label, iter: Option<Reg> },
    /// The body of a `try` with handlers, or all its handlers.
    Try,
    /// The body of a `try` with `finally`.
    FinallyTry { body: &'a [Stmt] },
    /// The `finally` body when it runs because of `exception`; what was handled before is in `saved`.
    FinallyEnd { exception: Reg, saved: Reg },
    /// The body of a `with`; the call window of `__exit__` is at `window`.
    With { window: Reg, is_async: bool, span: Span },
    /// The body of an `except`, what was handled before being in `saved`.
    Handler { saved: Reg, name: Option<&'a Ident>, span: Span },
    /// The handlers of `except*`, which nothing may leave.
    StarHandlers,
}

impl<'a> Compiler<'a> {
    pub(super) fn push_block(&mut self, kind: BlockKind<'a>, span: Span) -> Done {
        self.push_block_in(kind, self.unit.handler, span)
    }

    /// A block outside of which exceptions go to `outer`.
    pub(super) fn push_block_in(
        &mut self,
        kind: BlockKind<'a>,
        outer: Option<HandlerId>,
        span: Span,
    ) -> Done {
        if self.unit.blocks.len() >= MAX_BLOCKS {
            return Err(self.error(span, "too many statically nested blocks"));
        }
        self.unit.blocks.push(Block { kind, outer });
        Ok(())
    }

    pub(super) fn pop_block(&mut self) {
        self.unit.blocks.pop();
    }

    /// Emits what leaving all but the outermost `keep` blocks does, and then `leave`, protected as what is outside of
    /// them is. Temporaries made since stay alive.
    pub(super) fn unwind_to(&mut self, keep: usize, span: Span, leave: impl FnOnce(&mut Self)) -> Done {
        let handler = self.unit.handler;
        let mut left = Vec::new();
        while self.unit.blocks.len() > keep {
            let block = self.unit.blocks.pop().expect("more blocks than are kept");
            self.unwind(block, span)?;
            left.push(block);
        }
        leave(self);
        self.unit.blocks.extend(left.into_iter().rev());
        self.unit.handler = handler;
        Ok(())
    }

    fn unwind(&mut self, block: Block<'a>, span: Span) -> Done {
        self.unit.handler = block.outer;
        match block.kind {
            BlockKind::Loop { iter: None, .. } | BlockKind::Try => Ok(()),
            BlockKind::Loop { iter: Some(iter), .. } => {
                self.unit.clear(span, iter);
                Ok(())
            }
            BlockKind::FinallyTry { body } => self.repeated(|this| this.stmts(body)),
            BlockKind::FinallyEnd { exception, saved } => {
                self.unit.clear(span, exception);
                self.pop_handled(span, saved);
                Ok(())
            }
            BlockKind::With { window, is_async, span } => {
                self.exit_context(window, is_async, span);
                Ok(())
            }
            BlockKind::Handler { saved, name, span } => {
                self.pop_handled(span, saved);
                match name {
                    Some(name) => self.unbind_name(name, span),
                    None => Ok(()),
                }
            }
            BlockKind::StarHandlers => {
                Err(self.error(span, "'break', 'continue' and 'return' cannot appear in an except* block"))
            }
        }
    }

    /// What was handled before the exception being handled is handled again.
    pub(super) fn pop_handled(&mut self, span: Span, saved: Reg) {
        self.unit.emit(span, Opcode::PopExc, 0, saved.0, 0, 0);
    }

    /// Compiles something a second time, without its warnings; not at all where nothing leads to it, or nested
    /// `finally` blocks in dead code would take forever without making any code.
    pub(super) fn repeated(&mut self, compile: impl FnOnce(&mut Self) -> Done) -> Done {
        if !self.unit.reachable() {
            return Ok(());
        }
        self.quiet += 1;
        compile(self)?;
        self.quiet -= 1;
        Ok(())
    }
}
