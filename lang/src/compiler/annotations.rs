//! Annotations, evaluated lazily by `__annotate__` functions (PEP 649, PEP 749), or kept as text under
//! `from __future__ import annotations`.

use std::rc::Rc;

use super::unit::{Label, Reg, Src, UnitKind};
use super::{Compiler, Done, NOT_IMPLEMENTED_ERROR, fold};
use crate::ast::{Expr, ExprKind, FunctionDef, Span, Stmt, StmtKind, unparse};
use crate::code::{CodeObject, Constant, Instruction, Opcode};
use crate::diagnostics::Diagnostic;
use crate::scope::Role;

/// An annotated name of a module or class, in order of appearance.
struct Annotated<'a> {
    name: &'a str,
    annotation: &'a Expr,
    /// Its number among those that may not be executed; `None` if it surely is.
    conditional: Option<u32>,
}

impl<'a> Compiler<'a> {
    /// Before the body of a module or class: sets up what notes annotations, in a module also `__annotate__`.
    pub(super) fn begin_annotations(&mut self, body: &'a [Stmt], span: Span) -> Done {
        let module = self.unit.kind == UnitKind::Module;
        let annotated = self.annotated(body);
        if annotated.is_empty() {
            return Ok(());
        }
        for item in &annotated {
            if let Some(number) = item.conditional {
                self.unit.annotations.insert(std::ptr::from_ref(item.annotation) as usize, number);
            }
        }
        let future = self.scopes.future.annotations;
        if module && !future {
            self.store_annotate(&annotated, "__annotate__", span)?;
        }
        let temp = self.unit.temp();
        if annotated.iter().any(|item| item.conditional.is_some()) && (module || !future) {
            self.unit.op_d(span, Opcode::BuildSet, temp, temp.0, 0);
            match module {
                true => self.store_in_namespace("__conditional_annotations__", span, Src::last(temp)),
                false => {
                    let cell = self.unit.registers["__conditional_annotations__"];
                    self.unit.op_ab(span, Opcode::StoreCell, Src::kept(cell), Src::last(temp), 0);
                }
            }
        }
        if future {
            self.set_up_annotations(span, temp)?;
        }
        self.unit.release(temp);
        Ok(())
    }

    /// Behind the body of a class: makes `__annotate_func__`.
    pub(super) fn end_annotations(&mut self, body: &'a [Stmt], span: Span) -> Done {
        let annotated = self.annotated(body);
        if annotated.is_empty() || self.scopes.future.annotations {
            return Ok(());
        }
        self.store_annotate(&annotated, "__annotate_func__", span)
    }

    /// Makes `__annotations__` unless the namespace has it.
    fn set_up_annotations(&mut self, span: Span, temp: Reg) -> Done {
        let index = self.short_name("__annotations__", span)?;
        let (found, end) = (self.unit.label(), self.unit.label());
        self.unit.op_d(span, Opcode::LoadNamespace, temp, 0, 0);
        self.unit.op_db(span, Opcode::LoadMapping, temp, Src::last(temp), index);
        self.unit.branch(span, Instruction::wide(Opcode::JumpIfBound, 0, temp.0, 0), found);
        self.unit.op_d(span, Opcode::BuildMap, temp, temp.0, 0);
        self.store_in_namespace("__annotations__", span, Src::last(temp));
        self.unit.jump(span, end);
        self.unit.bind(found);
        self.unit.clear(span, temp);
        self.unit.bind(end);
        Ok(())
    }

    fn annotated(&self, body: &'a [Stmt]) -> Vec<Annotated<'a>> {
        let mut found = Vec::new();
        let mut numbered = 0;
        collect(body, self.unit.kind == UnitKind::Module, &mut numbered, &mut found);
        found
    }

    fn store_annotate(&mut self, annotated: &[Annotated<'a>], name: &str, span: Span) -> Done {
        let block = self.scope().annotation_block.expect("made for the first annotation");
        self.enter(block, UnitKind::Annotation, "__annotate__", span)?;
        self.begin_annotate("format", span)?;
        let dict = self.unit.temp();
        self.unit.op_d(span, Opcode::BuildMap, dict, dict.0, 0);
        for item in annotated {
            let mark = self.unit.mark();
            let skip = self.unit.label();
            if let Some(number) = item.conditional {
                self.unless_executed(number, item.annotation.span, skip)?;
            }
            let value = self.operand(item.annotation)?;
            let key = self.unit.temp();
            let mangled = self.mangled(item.name);
            self.load_constant(fold::text(&mangled), span, key);
            self.unit.op_abc(span, Opcode::SetItem, Src::kept(dict), Src::last(key), value);
            self.unit.bind(skip);
            self.unit.release(mark);
        }
        self.unit.emit(span, Opcode::Return, 0, dict.0, dict.0, 0);
        self.unit.stop();
        let code = self.leave(span)?;
        let mark = self.unit.mark();
        let temp = self.unit.temp();
        self.make_function(code, span, temp)?;
        self.store_in_namespace(name, span, Src::last(temp));
        self.unit.release(mark);
        Ok(())
    }

    /// Jumps if the annotation statement with this number was not executed.
    fn unless_executed(&mut self, number: u32, span: Span, skip: Label) -> Done {
        let mark = self.unit.mark();
        let (index, set) = (self.unit.temp(), self.unit.temp());
        self.load_constant(crate::code::Constant::Int(number.into()), span, index);
        self.load("__conditional_annotations__", span, set)?;
        let kills = crate::code::KILL_B | crate::code::KILL_C;
        let word = Instruction::new(Opcode::JumpIfNotIn, kills, 0, index.0, set.0);
        self.unit.branch(span, word, skip);
        self.unit.release(mark);
        Ok(())
    }

    /// The beginning of every lazily evaluated annotation: formats other than VALUE are for `annotationlib`.
    pub(super) fn begin_annotate(&mut self, parameter: &str, span: Span) -> Done {
        self.unit.n_positional = 1;
        self.unit.n_positional_only = 1;
        let format = Reg(0);
        self.unit.locals[0] = parameter.into();
        let supported = self.unit.label();
        let word = Instruction::new(Opcode::JumpIfNotGtInt, 0, 0, format.0, 2);
        self.unit.branch(span, word, supported);
        let mark = self.unit.mark();
        let error = self.unit.temp();
        self.load_common(NOT_IMPLEMENTED_ERROR, span, error);
        self.unit.op_a(span, Opcode::Raise, Src::last(error), 0, 0);
        self.unit.stop();
        self.unit.release(mark);
        self.unit.bind(supported);
        Ok(())
    }

    /// The `__annotate__` function of a function, if anything is annotated.
    pub(super) fn annotate_function(
        &mut self,
        def: &'a FunctionDef,
        span: Span,
    ) -> Result<Option<Rc<CodeObject>>, Diagnostic> {
        let body = self.scope_of(def, Role::Body);
        if !self.scopes.get(body).annotations_used {
            return Ok(None);
        }
        let args = &def.args;
        let ordered = (args.args.iter())
            .chain(&args.posonlyargs)
            .chain(args.vararg.as_deref())
            .chain(&args.kwonlyargs)
            .chain(args.kwarg.as_deref());
        let items: Vec<(&'a str, &'a Expr)> = ordered
            .filter_map(|arg| Some((&*arg.name, arg.annotation.as_deref()?)))
            .chain(def.returns.as_deref().map(|returns| ("return", returns)))
            .collect();

        let id = self.scope_of(def, Role::Annotations);
        let qualname = self.qualified(body, &def.name);
        self.enter(id, UnitKind::Annotation, "__annotate__", span)?;
        self.unit.qualname = format!("{qualname}.__annotate__").into();
        self.begin_annotate("format", span)?;
        let dict = self.unit.temp();
        self.unit.op_d(span, Opcode::BuildMap, dict, dict.0, 0);
        for (name, annotation) in items {
            let mark = self.unit.mark();
            let key = self.unit.temp();
            let mangled = self.mangled(name);
            self.load_constant(fold::text(&mangled), annotation.span, key);
            let value = self.annotation_value(annotation)?;
            self.unit.op_abc(span, Opcode::MapAdd, Src::kept(dict), Src::last(key), value);
            self.unit.release(mark);
        }
        self.unit.emit(span, Opcode::Return, 0, dict.0, dict.0, 0);
        self.unit.stop();
        self.leave(span).map(Some)
    }

    fn annotation_value(&mut self, annotation: &'a Expr) -> Result<Src, Diagnostic> {
        let value = self.unit.temp();
        if self.scopes.future.annotations {
            let text = Constant::Str(unparse(annotation).into_bytes().into());
            self.load_constant(text, annotation.span, value);
        } else if let ExprKind::Starred { value: inner, .. } = &annotation.kind {
            // `*args: *Ts` stands for the one item that unpacking yields.
            let inner = self.operand_now(inner)?;
            let x = super::unit::kill(crate::code::KILL_B, inner, Some(value));
            self.unit.emit(annotation.span, Opcode::UnpackSequence, x, value.0, inner.reg.0, 1);
        } else {
            self.expr_to(annotation, value)?;
        }
        Ok(Src::last(value))
    }

    /// An annotated assignment's annotation.
    pub(super) fn note_annotation(&mut self, target: &'a Expr, annotation: &'a Expr, span: Span) -> Done {
        if !matches!(self.unit.kind, UnitKind::Module | UnitKind::Class) {
            return Ok(());
        }
        let mark = self.unit.mark();
        if self.scopes.future.annotations {
            let name = target.as_name().expect("only simple targets are noted");
            let value = self.annotation_value(annotation)?;
            let dict = self.unit.temp();
            self.load("__annotations__", span, dict)?;
            let key = self.unit.temp();
            let mangled = self.mangled(name);
            self.load_constant(fold::text(&mangled), span, key);
            self.unit.op_abc(span, Opcode::SetItem, Src::last(dict), Src::last(key), value);
        } else {
            let node = std::ptr::from_ref(annotation) as usize;
            if let Some(&number) = self.unit.annotations.get(&node) {
                let set = self.unit.temp();
                self.load("__conditional_annotations__", span, set)?;
                let index = self.unit.temp();
                self.load_constant(crate::code::Constant::Int(number.into()), span, index);
                self.unit.op_ab(span, Opcode::SetAdd, Src::kept(set), Src::last(index), 0);
                self.unit.clear(span, set);
            }
        }
        self.unit.release(mark);
        Ok(())
    }
}

/// Finds the annotated names of `body`; `conditional` where statements may not be executed.
fn collect<'a>(body: &'a [Stmt], conditional: bool, numbered: &mut u32, found: &mut Vec<Annotated<'a>>) {
    for stmt in body {
        let mut inner = |body: &'a [Stmt]| collect(body, true, numbered, found);
        match &stmt.kind {
            StmtKind::AnnAssign { target, annotation, simple: true, .. } => {
                let ExprKind::Name { id, .. } = &target.kind else { continue };
                let number = conditional.then(|| {
                    *numbered += 1;
                    *numbered - 1
                });
                found.push(Annotated { name: id, annotation, conditional: number });
            }
            StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
                inner(body);
                inner(orelse);
            }
            StmtKind::If { branches, orelse } => {
                branches.iter().for_each(|branch| inner(&branch.body));
                inner(orelse);
            }
            StmtKind::With { body, .. } => inner(body),
            StmtKind::Match { cases, .. } => cases.iter().for_each(|case| inner(&case.body)),
            StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
                inner(body);
                handlers.iter().for_each(|handler| inner(&handler.body));
                inner(orelse);
                inner(finalbody);
            }
            _ => {}
        }
    }
}
