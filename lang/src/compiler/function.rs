//! Function definitions, lambdas and what surrounds them: decorators, defaults, closures.

use std::rc::Rc;

use super::unit::{Reg, Src, UnitKind};
use super::{Compiler, Done, fold};
use crate::ast::{Arguments, Expr, ExprKind, FunctionDef, Span};
use crate::code::{CodeObject, Constant, Intrinsic2, Opcode, flags};
use crate::diagnostics::Diagnostic;
use crate::scope::{Role, ScopeId};

/// Bits of MakeFunction's c: which of the registers behind the function's are given.
pub(super) const DEFAULTS: u16 = 1;
pub(super) const KEYWORD_DEFAULTS: u16 = 2;
pub(super) const ANNOTATE: u16 = 4;
const CLOSURE: u16 = 8;

impl<'a> Compiler<'a> {
    pub(super) fn function_def(&mut self, def: &'a FunctionDef, span: Span) -> Done {
        let mark = self.unit.mark();
        let dst = match self.assigned_name(&def.name) {
            Some(reg) => reg,
            None => self.unit.temp(),
        };
        self.decorated(&def.decorator_list, dst, |this, dst| match def.type_params.is_empty() {
            true => this.plain_function(def, span, dst),
            false => this.generic_function(def, span, dst),
        })?;
        self.store(&def.name, span, Src { reg: dst, dies: dst.is_temp() })?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst` = what `make` makes, passed through the decorators.
    pub(super) fn decorated(
        &mut self,
        decorators: &'a [Expr],
        dst: Reg,
        make: impl FnOnce(&mut Self, Reg) -> Done,
    ) -> Done {
        let mark = self.unit.mark();
        let mut windows = Vec::new();
        let mut argument = dst;
        for decorator in decorators {
            let window = self.window(argument);
            self.expr_to(decorator, window)?;
            self.open_window(window);
            windows.push((window, argument, decorator.span));
            argument = self.unit.temp();
        }
        make(self, argument)?;
        for (window, result, span) in windows.into_iter().rev() {
            self.unit.emit(span, Opcode::Call, 0, window.0, 1, 0);
            self.unit.move_to(span, result, Src::last(window));
        }
        self.unit.release(mark);
        Ok(())
    }

    fn plain_function(&mut self, def: &'a FunctionDef, span: Span, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let base = self.function_base(dst);
        let parts = self.defaults(&def.args, span, base)?;
        self.function_with(def, span, base, parts, dst)?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst` = the function of `def`; `parts` of it are in place behind `base`.
    fn function_with(&mut self, def: &'a FunctionDef, span: Span, base: Reg, parts: u16, dst: Reg) -> Done {
        let mut parts = parts;
        if let Some(annotate) = self.annotate_function(def, span)? {
            self.function_room(base);
            self.make_function(annotate, span, base.plus(3))?;
            parts |= ANNOTATE;
        }
        let code = self.function_body(def, span)?;
        self.make_function_with(code, span, base, parts, dst)
    }

    /// A register for a function and, behind it, for its parts.
    pub(super) fn function_base(&mut self, dst: Reg) -> Reg {
        if self.unit.is_top(dst) { dst } else { self.unit.temp() }
    }

    /// Makes sure that the registers behind `base` are reserved.
    pub(super) fn function_room(&mut self, base: Reg) {
        if self.unit.mark() < base.plus(5) {
            self.unit.release(base.plus(1));
            self.unit.temps(4);
        }
    }

    /// Which parts [`Compiler::defaults`] makes.
    fn made_defaults(&self, args: &Arguments) -> u16 {
        let mut parts = 0;
        if !args.defaults.is_empty() {
            parts |= DEFAULTS;
        }
        if args.kw_defaults.iter().any(Option::is_some) {
            parts |= KEYWORD_DEFAULTS;
        }
        parts
    }

    /// Evaluates defaults into the registers behind `base`.
    fn defaults(&mut self, args: &'a Arguments, span: Span, base: Reg) -> Result<u16, Diagnostic> {
        let parts = self.made_defaults(args);
        if parts != 0 {
            self.function_room(base);
        }
        if parts & DEFAULTS != 0 {
            self.tuple(&args.defaults, span, base.plus(1))?;
        }
        if parts & KEYWORD_DEFAULTS != 0 {
            self.keyword_defaults(args, span, base.plus(2))?;
        }
        Ok(parts)
    }

    fn keyword_defaults(&mut self, args: &'a Arguments, span: Span, dst: Reg) -> Done {
        let pairs: Vec<_> = (args.kwonlyargs.iter().zip(&args.kw_defaults))
            .filter_map(|(arg, default)| Some((arg, default.as_ref()?)))
            .collect();
        let mark = self.unit.mark();
        for (n, chunk) in pairs.chunks(64).enumerate() {
            let base = self.unit.temps(2 * chunk.len() as u16);
            for ((arg, default), at) in chunk.iter().zip((0..).step_by(2)) {
                let name = self.mangled(&arg.name);
                self.load_constant(fold::text(&name), span, base.plus(at));
                self.expr_to(default, base.plus(at + 1))?;
            }
            if n == 0 {
                self.unit.op_d(span, Opcode::BuildMap, dst, base.0, chunk.len() as u16);
            } else {
                for at in (0..2 * chunk.len() as u16).step_by(2) {
                    let (key, value) = (Src::last(base.plus(at)), Src::last(base.plus(at + 1)));
                    self.unit.op_abc(span, Opcode::MapAdd, Src::kept(dst), key, value);
                }
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    /// `dst` = a function of `code` without defaults or annotations.
    pub(super) fn make_function(&mut self, code: Rc<CodeObject>, span: Span, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let base = self.function_base(dst);
        self.make_function_with(code, span, base, 0, dst)?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst` = a function of `code` with the `parts` that are in place behind `base`. Adds the closure.
    pub(super) fn make_function_with(
        &mut self,
        code: Rc<CodeObject>,
        span: Span,
        base: Reg,
        parts: u16,
        dst: Reg,
    ) -> Done {
        let mark = self.unit.mark();
        let mut parts = parts;
        if !code.free_names.is_empty() {
            self.function_room(base);
            let names = code.free_names.clone();
            let cells = self.unit.temps(names.len() as u16);
            for (name, n) in names.iter().zip(0..) {
                self.load_cell(name, span, cells.plus(n));
            }
            self.unit.op_d(span, Opcode::BuildTuple, base.plus(4), cells.0, names.len() as u16);
            parts |= CLOSURE;
        }
        let index = self.unit.short_constant(Constant::Code(code));
        let index = index.ok_or_else(|| self.error(span, "too many constants in one block"))?;
        // Alone it can go straight to a local; with parts it stands before them.
        let made = if parts == 0 { dst } else { base };
        self.unit.op_d(span, Opcode::MakeFunction, made, index, parts);
        self.unit.move_to(span, dst, Src::last(made));
        self.unit.release(mark);
        Ok(())
    }

    fn function_body(&mut self, def: &'a FunctionDef, span: Span) -> Result<Rc<CodeObject>, Diagnostic> {
        let id = self.scope_of(def, Role::Body);
        let first = def.decorator_list.first().map_or(span, |decorator| decorator.span);
        let kind = if def.is_async { UnitKind::AsyncFunction } else { UnitKind::Function };
        self.enter_function(id, kind, &def.name, &def.args, first)?;
        if let Some(doc) = self.docstring(&def.body) {
            self.unit.short_constant(doc);
            self.unit.flags |= flags::HAS_DOCSTRING;
        }
        self.stmts(&def.body)?;
        let end = def.body.last().map_or(span, |stmt| stmt.span);
        self.return_none(end);
        self.leave(span)
    }

    fn enter_function(
        &mut self,
        id: ScopeId,
        kind: UnitKind,
        name: &str,
        args: &Arguments,
        span: Span,
    ) -> Done {
        self.enter(id, kind, name, span)?;
        self.unit.n_positional_only = args.posonlyargs.len() as u16;
        self.unit.n_positional = (args.posonlyargs.len() + args.args.len()) as u16;
        self.unit.n_keyword_only = args.kwonlyargs.len() as u16;
        Ok(())
    }

    pub(super) fn lambda(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::Lambda { args, body } = &expr.kind else { unreachable!("called for lambdas") };
        let span = expr.span;
        let mark = self.unit.mark();
        let base = self.function_base(dst);
        let parts = self.defaults(args, span, base)?;
        let id = self.scope_of(expr, Role::Body);
        self.enter_function(id, UnitKind::Lambda, "<lambda>", args, span)?;
        let top = self.unit.mark();
        if self.unit.flags & (flags::GENERATOR | flags::ASYNC_GENERATOR) != 0 {
            // The value of a generator lambda is dropped, as in CPython.
            self.discard(body)?;
            self.return_none(body.span);
        } else {
            let value = self.operand_now(body)?;
            self.unit.emit(body.span, Opcode::Return, 0, value.reg.0, top.0, 0);
            self.unit.stop();
        }
        let code = self.leave(span)?;
        self.make_function_with(code, span, base, parts, dst)?;
        self.unit.release(mark);
        Ok(())
    }

    /// A function with type parameters: made, and given them, by a function called at once.
    fn generic_function(&mut self, def: &'a FunctionDef, span: Span, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let window = self.window(dst);
        // The defaults are evaluated out here and handed over. The callee is made after them.
        self.unit.release(window.plus(1));
        self.unit.temps(3);
        let mut n_args = 0;
        if !def.args.defaults.is_empty() {
            let reg = self.unit.temp();
            self.tuple(&def.args.defaults, span, reg)?;
            n_args += 1;
        }
        if def.args.kw_defaults.iter().any(Option::is_some) {
            let reg = self.unit.temp();
            self.keyword_defaults(&def.args, span, reg)?;
            n_args += 1;
        }
        let id = self.scope_of(def, Role::TypeParams);
        let name = format!("<generic parameters of {}>", def.name);
        let first = def.decorator_list.first().map_or(span, |decorator| decorator.span);
        self.enter(id, UnitKind::Annotation, &name, first)?;
        self.unit.n_positional = n_args;
        // A pair: the function, its type parameters.
        let base = self.unit.temps(2);
        self.type_params(&def.type_params, span, base.plus(1))?;
        let function = self.unit.temp();
        self.function_room(function);
        let parts = self.made_defaults(&def.args);
        let mut next = 0;
        for (part, reg) in [(DEFAULTS, function.plus(1)), (KEYWORD_DEFAULTS, function.plus(2))] {
            if parts & part != 0 {
                self.unit.move_to(span, reg, Src::kept(Reg(next)));
                next += 1;
            }
        }
        self.function_with(def, span, function, parts, base)?;
        let kind = Intrinsic2::SetFunctionTypeParams as u16;
        self.unit.op_d(span, Opcode::Intrinsic2, base, base.0, kind);
        self.unit.emit(span, Opcode::Return, 0, base.0, base.0, 0);
        self.unit.stop();
        let code = self.leave(span)?;
        self.make_function(code, span, window)?;
        self.unit.emit(span, Opcode::Call, 0, window.0, n_args, 0);
        self.finish_call(span, window, dst, mark);
        Ok(())
    }
}
