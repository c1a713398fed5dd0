//! Type parameter lists and `type` statements (PEP 695, PEP 696): bounds, defaults and values are functions.

use super::function::DEFAULTS;
use super::unit::{Reg, Src, UnitKind};
use super::{Compiler, Done, fold};
use crate::ast::{Expr, ExprKind, Span, TypeParam, TypeParamKind};
use crate::code::{Constant, Intrinsic1, Intrinsic2, KILL_B, Opcode};
use crate::scope::{Role, ScopeId};

impl<'a> Compiler<'a> {
    /// `dst` = the tuple of type parameters, each bound to its name.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam], span: Span, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let first = self.unit.temps(params.len().min(self.unit.room() + 1) as u16);
        for (param, n) in params.iter().zip(0..) {
            self.type_param(param, first.plus(n))?;
        }
        self.unit.op_d(span, Opcode::BuildTuple, dst, first.0, params.len() as u16);
        self.unit.release(mark);
        Ok(())
    }

    fn type_param(&mut self, param: &'a TypeParam, dst: Reg) -> Done {
        let span = param.span;
        let mark = self.unit.mark();
        let base = self.unit.temps(2);
        self.load_constant(fold::text(&param.name), span, base);
        let simple = match &param.kind {
            TypeParamKind::TypeVar { bound: Some(bound) } => {
                let id = self.scope_of(param, Role::Bound);
                self.evaluator(id, &param.name, bound, bound.span, base.plus(1))?;
                let kind = match bound.kind {
                    ExprKind::Tuple { .. } => Intrinsic2::TypeVarWithConstraints,
                    _ => Intrinsic2::TypeVarWithBound,
                };
                self.unit.op_d(span, Opcode::Intrinsic2, dst, base.0, kind as u16);
                None
            }
            TypeParamKind::TypeVar { bound: None } => Some(Intrinsic1::TypeVar),
            TypeParamKind::ParamSpec => Some(Intrinsic1::ParamSpec),
            TypeParamKind::TypeVarTuple => Some(Intrinsic1::TypeVarTuple),
        };
        if let Some(kind) = simple {
            self.unit.op_db(span, Opcode::Intrinsic1, dst, Src::last(base), kind as u16);
        }
        if let Some(default) = &param.default {
            self.unit.move_to(span, base, Src::last(dst));
            let id = self.scope_of(param, Role::Default);
            self.evaluator(id, &param.name, default, default.span, base.plus(1))?;
            let kind = Intrinsic2::SetTypeParamDefault as u16;
            self.unit.op_d(span, Opcode::Intrinsic2, dst, base.0, kind);
        }
        self.store(&param.name, span, Src::kept(dst))?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst` = a function of the annotation format that evaluates `value`.
    fn evaluator(&mut self, id: ScopeId, name: &str, value: &'a Expr, span: Span, dst: Reg) -> Done {
        self.enter(id, UnitKind::Annotation, name, span)?;
        self.begin_annotate(".format", span)?;
        let result = self.unit.temp();
        match &value.kind {
            ExprKind::Starred { value: inner, .. } => {
                let inner = self.operand_now(inner)?;
                let x = super::unit::kill(KILL_B, inner, Some(result));
                self.unit.emit(value.span, Opcode::UnpackSequence, x, result.0, inner.reg.0, 1);
            }
            _ => self.expr_to(value, result)?,
        }
        self.unit.emit(span, Opcode::Return, 0, result.0, result.0, 0);
        self.unit.stop();
        let code = self.leave(span)?;

        let mark = self.unit.mark();
        let base = self.function_base(dst);
        self.function_room(base);
        let format = Constant::Tuple([Constant::Int(1)].into());
        self.load_constant(format, span, base.plus(1));
        self.make_function_with(code, span, base, DEFAULTS, dst)?;
        self.unit.release(mark);
        Ok(())
    }

    pub(super) fn type_alias(
        &mut self,
        name: &'a Expr,
        params: &'a [TypeParam],
        value: &'a Expr,
        span: Span,
    ) -> Done {
        let text = name.as_name().expect("the parser makes the name of a type alias a Name");
        let mark = self.unit.mark();
        let dst = self.unit.temp();
        if params.is_empty() {
            self.alias_value(name, None, value, span, dst)?;
        } else {
            let id = self.scope_of(name, Role::TypeParams);
            let function = format!("<generic parameters of {text}>");
            self.enter(id, UnitKind::Annotation, &function, span)?;
            let tuple = self.unit.temp();
            self.type_params(params, span, tuple)?;
            let alias = self.unit.temp();
            self.alias_value(name, Some(tuple), value, span, alias)?;
            self.unit.emit(span, Opcode::Return, 0, alias.0, alias.0, 0);
            self.unit.stop();
            let code = self.leave(span)?;
            self.make_function(code, span, dst)?;
            self.open_window(dst);
            self.unit.emit(span, Opcode::Call, 0, dst.0, 0, 0);
        }
        self.store(text, name.span, Src::last(dst))?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst` = the alias; `params` is taken.
    fn alias_value(
        &mut self,
        name: &'a Expr,
        params: Option<Reg>,
        value: &'a Expr,
        span: Span,
        dst: Reg,
    ) -> Done {
        let mark = self.unit.mark();
        let text = name.as_name().expect("the parser makes the name of a type alias a Name");
        let base = self.unit.temps(3);
        self.load_constant(fold::text(text), span, base);
        match params {
            Some(params) => self.unit.move_to(span, base.plus(1), Src::last(params)),
            None => self.load_common(super::NONE, span, base.plus(1)),
        }
        let id = self.scope_of(name, Role::Body);
        self.evaluator(id, text, value, span, base.plus(2))?;
        self.unit.op_d(span, Opcode::BuildTuple, dst, base.0, 3);
        self.unit.op_db(span, Opcode::Intrinsic1, dst, Src::last(dst), Intrinsic1::TypeAlias as u16);
        self.unit.release(mark);
        Ok(())
    }
}
