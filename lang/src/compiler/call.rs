//! Calls: plain, of methods, through `super()`, with `*` and `**`.

use super::names::Place;
use super::unit::{Reg, Src, UnitKind};
use super::{Compiler, Done, fold};
use crate::ast::{Expr, ExprContext, ExprKind, Keyword, Span};
use crate::code::{Constant, Opcode, WINDOW_HEADER};
use crate::diagnostics::Diagnostic;
use crate::scope::ScopeTable;

/// Calls with more arguments build a tuple and a dict instead of using registers.
const MAX_ARGUMENTS: usize = 1000;

impl<'a> Compiler<'a> {
    /// `dst` = the value of a call.
    pub(super) fn call(&mut self, expr: &'a Expr, dst: Reg) -> Done {
        let ExprKind::Call { func, args, keywords } = &expr.kind else { unreachable!("called for calls") };
        self.warn_caller(func);
        let mark = self.unit.mark();
        let window = self.window(dst);
        if !needs_unpacking(args, keywords)
            && args.len() + keywords.len() < MAX_ARGUMENTS.min(self.unit.room().saturating_sub(8))
        {
            match &func.kind {
                ExprKind::Attribute { value, attr, ctx: ExprContext::Load } if self.fits_method(attr) => {
                    self.call_method(expr, func, value, attr, args, keywords, window)?;
                }
                _ => {
                    self.expr_to(func, window)?;
                    self.open_window(window);
                    self.call_window(expr.span, window, args, keywords)?;
                }
            }
        } else {
            self.expr_to(func, window)?;
            self.open_window(window);
            self.call_unpacking(expr.span, window, args, keywords)?;
        }
        self.finish_call(expr.span, window, dst, mark);
        Ok(())
    }

    /// The first register of a new call window: `dst` itself if it is the topmost temporary.
    pub(super) fn window(&mut self, dst: Reg) -> Reg {
        if self.unit.is_top(dst) { dst } else { self.unit.temp() }
    }

    /// Reserves the header of a window whose callee is in place; arguments go to the temporaries that follow.
    pub(super) fn open_window(&mut self, window: Reg) {
        self.unit.release(window.plus(1));
        self.unit.temps(WINDOW_HEADER - 1);
    }

    /// Moves a call's result from its window to `dst`.
    pub(super) fn finish_call(&mut self, span: Span, window: Reg, dst: Reg, mark: Reg) {
        self.unit.move_to(span, dst, Src::last(window));
        self.unit.release(mark);
    }

    fn fits_method(&mut self, attr: &str) -> bool {
        let name = self.mangled(attr);
        self.attribute_name(&name).is_some()
    }

    #[allow(clippy::too_many_arguments)]
    fn call_method(
        &mut self,
        expr: &'a Expr,
        func: &'a Expr,
        value: &'a Expr,
        attr: &str,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        window: Reg,
    ) -> Done {
        let attr_span = self.from_attribute(func.span, func);
        let name = self.mangled(attr);
        let index = self.attribute_name(&name).expect("checked before");
        if self.is_super_call(value) {
            self.load_super_class(value, window)?;
            self.unit.release(window.plus(2));
            self.unit.temps(2);
            let receiver = self.unit.temp();
            self.load_first_argument(value.span, receiver)?;
            self.unit.op_d(attr_span, Opcode::LoadSuperMethod, window, index, 0);
        } else {
            self.open_window(window);
            let receiver = self.unit.temp();
            self.expr_to(value, receiver)?;
            self.unit.op_d(attr_span, Opcode::LoadMethod, window, index, 0);
        }
        let span = self.from_attribute(expr.span, func);
        let names = self.arguments(args, keywords)?;
        let n_args = (1 + args.len() + keywords.len()) as u16;
        self.emit_call(span, [Opcode::CallMethod, Opcode::CallMethodKw], window, n_args, names)
    }

    /// Evaluates arguments into an open window and calls.
    pub(super) fn call_window(
        &mut self,
        span: Span,
        window: Reg,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Done {
        let names = self.arguments(args, keywords)?;
        let n_args = (args.len() + keywords.len()) as u16;
        self.emit_call(span, [Opcode::Call, Opcode::CallKw], window, n_args, names)
    }

    fn arguments(
        &mut self,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Result<Option<Constant>, Diagnostic> {
        for arg in args.iter().chain(keywords.iter().map(|keyword| &keyword.value)) {
            let reg = self.unit.temp();
            self.expr_to(arg, reg)?;
        }
        if keywords.is_empty() {
            return Ok(None);
        }
        let names = keywords.iter().map(|keyword| fold::text(keyword.arg.as_deref().unwrap_or_default()));
        Ok(Some(Constant::Tuple(names.collect())))
    }

    fn emit_call(
        &mut self,
        span: Span,
        ops: [Opcode; 2],
        window: Reg,
        n_args: u16,
        names: Option<Constant>,
    ) -> Done {
        match names {
            None => self.unit.emit(span, ops[0], 0, window.0, n_args, 0),
            Some(names) => {
                let names = self.unit.short_constant(names);
                let names = names.ok_or_else(|| self.error(span, "too many constants in one block"))?;
                self.unit.emit(span, ops[1], 0, window.0, n_args, names);
            }
        }
        Ok(())
    }

    /// Calls with `*args`, `**kwargs` or very many arguments, through a tuple and a dict.
    pub(super) fn call_unpacking(
        &mut self,
        span: Span,
        window: Reg,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Done {
        let positional = self.unit.temp();
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] => self.expr_to(value, positional)?,
            _ => self.tuple(args, span, positional)?,
        }
        self.call_with_tuple(span, window, keywords)
    }

    /// The rest of a call whose positional arguments are in a tuple behind the window's header.
    pub(super) fn call_with_tuple(&mut self, span: Span, window: Reg, keywords: &'a [Keyword]) -> Done {
        if !keywords.is_empty() {
            let dict = self.unit.temp();
            self.keyword_dict(span, window, keywords, dict)?;
        }
        let has_dict = u16::from(!keywords.is_empty());
        self.unit.emit(span, Opcode::CallEx, 0, window.0, has_dict, 0);
        Ok(())
    }

    /// `dict` = the keyword arguments; `callee` words the error about repeated ones.
    fn keyword_dict(&mut self, span: Span, callee: Reg, keywords: &'a [Keyword], dict: Reg) -> Done {
        let mut rest = keywords;
        let mut started = false;
        while let Some((first, tail)) = rest.split_first() {
            let mark = self.unit.mark();
            if first.arg.is_none() {
                if !started {
                    self.unit.op_d(span, Opcode::BuildMap, dict, mark.0, 0);
                }
                let mapping = self.operand_now(&first.value)?;
                self.unit.op_abc(span, Opcode::MapMerge, Src::kept(dict), mapping, Src::kept(callee));
                rest = tail;
            } else {
                let n_named = rest.iter().take_while(|keyword| keyword.arg.is_some()).count();
                let n_pairs = n_named.min(64);
                let part = if started { self.unit.temp() } else { dict };
                let pairs = self.unit.temps(2 * n_pairs as u16);
                for (keyword, n) in rest[..n_pairs].iter().zip(0..) {
                    let name = fold::text(keyword.arg.as_deref().unwrap_or_default());
                    self.load_constant(name, keyword.span, pairs.plus(2 * n));
                    self.expr_to(&keyword.value, pairs.plus(2 * n + 1))?;
                }
                self.unit.op_d(span, Opcode::BuildMap, part, pairs.0, n_pairs as u16);
                if started {
                    self.unit.op_abc(
                        span,
                        Opcode::MapMerge,
                        Src::kept(dict),
                        Src::last(part),
                        Src::kept(callee),
                    );
                }
                rest = &rest[n_pairs..];
            }
            started = true;
            self.unit.release(mark);
        }
        Ok(())
    }

    // ---- super()

    /// Whether `expr` is `super()` in a place where it can only mean the builtin with its implied arguments.
    pub(super) fn is_super_call(&mut self, expr: &Expr) -> bool {
        let ExprKind::Call { func, args, keywords } = &expr.kind else { return false };
        if !args.is_empty() || !keywords.is_empty() || func.as_name().is_none_or(|name| &**name != "super") {
            return false;
        }
        let in_function = !matches!(self.unit.kind, UnitKind::Module | UnitKind::Class);
        in_function
            && self.unit.n_positional > 0
            && self.scopes.get(ScopeTable::TOP).symbol("super").is_none_or(|symbol| {
                symbol.uses & (crate::scope::uses::BOUND | crate::scope::uses::GLOBAL) == 0
            })
            && matches!(self.place(&"super".into()), Place::Global)
            && self.unit.free.iter().any(|name| &**name == "__class__")
    }

    /// `window` = `super`, the next register = `__class__`.
    fn load_super_class(&mut self, expr: &Expr, window: Reg) -> Done {
        let ExprKind::Call { func, .. } = &expr.kind else { unreachable!("super() is a call") };
        self.load("super", func.span, window)?;
        self.unit.release(window.plus(1));
        let class = self.unit.temp();
        let index = self.free_index("__class__");
        self.unit.op_d(expr.span, Opcode::LoadFree, class, index, 0);
        Ok(())
    }

    fn load_first_argument(&mut self, span: Span, dst: Reg) -> Done {
        let name = self.unit.locals[0].clone();
        let reg = Reg(0);
        let place = if self.unit.cells.contains(&reg) { Place::Cell(reg) } else { Place::Local(reg) };
        self.load_place(place, &name, span, dst)
    }

    /// `dst = super().attr`.
    pub(super) fn super_attribute(&mut self, expr: &'a Expr, call: &'a Expr, attr: &str, dst: Reg) -> Done {
        let name = self.mangled(attr);
        let index = self.short_name(&name, expr.span)?;
        let mark = self.unit.mark();
        let base = self.window(dst);
        self.load_super_class(call, base)?;
        let first = self.unit.temp();
        self.load_first_argument(call.span, first)?;
        let span = self.from_attribute(expr.span, expr);
        self.unit.op_d(span, Opcode::GetSuperAttr, base, index, 0);
        self.finish_call(span, base, dst, mark);
        Ok(())
    }
}

pub(super) fn needs_unpacking(args: &[Expr], keywords: &[Keyword]) -> bool {
    args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
        || keywords.iter().any(|keyword| keyword.arg.is_none())
}
