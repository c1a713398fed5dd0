//! Syntax tree to register bytecode.
//!
//! Expressions are compiled straight into the register that wants the value. Locals are read in place; every other
//! value lives in a temporary, allocated like a stack above the locals, and is marked where it is read for the last
//! time. See `code/opcode.rs` for the contract with the VM.

mod annotations;
mod assemble;
mod blocks;
mod call;
mod class;
mod comprehension;
mod cond;
mod display;
mod expr;
mod fold;
mod function;
mod import;
mod names;
mod pattern;
mod room;
mod stmt;
mod string;
mod target;
mod try_stmt;
mod type_params;
mod unit;
mod warn;
mod with_stmt;

use std::collections::HashSet;
use std::rc::Rc;

use crate::ast::{Constant as Literal, ExprKind, Module, Span, Stmt, StmtKind};
use crate::code::{CodeObject, Constant, Opcode, flags, serialize};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::scope::{self, Binding, Role, Scope, ScopeId, ScopeOptions, ScopeTable};
use crate::source::SourceText;
use crate::validate::validate;
use unit::{Reg, Src, TEMP_BASE, Unit, UnitKind};

pub(super) type Done = Result<(), Diagnostic>;

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompileOptions {
    /// 1 drops `assert` and `if __debug__:`, 2 also docstrings.
    pub optimize: u8,
    /// `from __future__ import annotations` is inherited from the code that compiles.
    pub future_annotations: bool,
    /// `await` outside of a function makes the module's code a coroutine.
    pub top_level_await: bool,
}

/// Compiles a tree that was parsed from `source`; what is made of it follows the kind of `module`.
///
/// SyntaxWarnings go to `warnings`, also when an error follows.
///
/// # Errors
/// SyntaxErrors that the grammar does not see, and [`DiagnosticKind::TooDeep`] for what exceeds the limits.
pub fn compile(
    module: &Module,
    source: &SourceText,
    filename: &str,
    options: CompileOptions,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Rc<CodeObject>, Diagnostic> {
    if room::needs_little(module) {
        return compile_here(module, source, filename, options, warnings).map(Rc::new);
    }
    // Deep trees: recursion over them gets a stack that is large enough for the parser's limits.
    let bytes = std::thread::scope(|scope| {
        let compile =
            || compile_here(module, source, filename, options, warnings).map(|code| serialize::write(&code));
        match std::thread::Builder::new().stack_size(room::STACK_BYTES).spawn_scoped(scope, compile) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => {
                Err(Diagnostic::new(DiagnosticKind::TooDeep, "no thread to compile deeply nested code"))
            }
        }
    })?;
    Ok(Rc::new(serialize::read(&bytes).expect("what was just written can be read")))
}

fn compile_here(
    module: &Module,
    source: &SourceText,
    filename: &str,
    options: CompileOptions,
    warnings: &mut Vec<Diagnostic>,
) -> Result<CodeObject, Diagnostic> {
    let scope_options = ScopeOptions {
        optimize: options.optimize,
        future_annotations: options.future_annotations,
        top_level_await: options.top_level_await,
    };
    let scopes = scope::analyze(module, source, scope_options, warnings)?;
    validate(module, source)?;
    let unit = Unit::new(ScopeTable::TOP, UnitKind::Module, "<module>".into(), 1);
    let mut compiler = Compiler {
        source,
        scopes: &scopes,
        filename: filename.into(),
        options,
        interactive: matches!(module, Module::Interactive { .. }),
        unit,
        outer: Vec::new(),
        warnings,
        quiet: 0,
        not_constant: HashSet::new(),
    };
    compiler.module(module)?;
    let unit = compiler.unit;
    let whole = Span::new(0, 0);
    assemble::assemble(unit, compiler.filename, source).map_err(|_| too_large(source, whole))
}

fn too_large(source: &SourceText, span: Span) -> Diagnostic {
    source.compile_error(span, "too much code in one block")
}

struct Compiler<'a> {
    source: &'a SourceText,
    scopes: &'a ScopeTable,
    filename: Rc<str>,
    options: CompileOptions,
    /// Expression statements of the module print their value.
    interactive: bool,
    /// The code object being made, and those around it, outermost first.
    unit: Unit<'a>,
    outer: Vec<Unit<'a>>,
    warnings: &'a mut Vec<Diagnostic>,
    /// Above 0 while something is compiled once more.
    quiet: u32,
    /// Nodes that have been found not to be constant, by address.
    not_constant: HashSet<usize>,
}

// `LoadCommon` numbers.
const NONE: u16 = 0;
const ASSERTION_ERROR: u16 = 5;
const BUILD_CLASS: u16 = 6;
const NOT_IMPLEMENTED_ERROR: u16 = 7;

impl<'a> Compiler<'a> {
    fn module(&mut self, module: &'a Module) -> Done {
        let scope = self.scope();
        if scope.coroutine {
            self.unit.flags |= flags::COROUTINE;
        }
        if self.scopes.future.annotations {
            self.unit.flags |= flags::FUTURE_ANNOTATIONS;
        }
        match module {
            Module::Expression { body } => {
                let mark = self.unit.mark();
                let value = self.operand_now(body)?;
                self.unit.emit(body.span, Opcode::Return, 0, value.reg.0, mark.0, 0);
                self.unit.stop();
                Ok(())
            }
            Module::Module { body } | Module::Interactive { body } => {
                let span = body.first().map_or(Span::default(), |stmt| stmt.span);
                self.begin_annotations(body, span)?;
                let body = match self.docstring(body) {
                    Some(doc) if !self.interactive => {
                        let mark = self.unit.mark();
                        let temp = self.unit.temp();
                        self.load_constant(doc, body[0].span, temp);
                        self.store_in_namespace("__doc__", body[0].span, Src::last(temp));
                        self.unit.release(mark);
                        &body[1..]
                    }
                    _ => body,
                };
                self.stmts(body)?;
                let end = body.last().map_or(span, |stmt| stmt.span);
                self.return_none(end);
                Ok(())
            }
        }
    }

    fn scope(&self) -> &'a Scope {
        self.scopes.get(self.unit.scope)
    }

    fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.source.compile_error(span, message)
    }

    fn warn(&mut self, span: Span, message: impl Into<String>) {
        if self.quiet == 0 {
            self.warnings.push(self.source.compile_warning(span, message));
        }
    }

    /// The cleaned docstring that `body` begins with, unless docstrings are dropped.
    fn docstring(&self, body: &[Stmt]) -> Option<Constant> {
        let StmtKind::Expr { value } = &body.first()?.kind else { return None };
        let ExprKind::Constant { value: Literal::Str(text), .. } = &value.kind else { return None };
        if self.options.optimize >= 2 {
            return None;
        }
        Some(Constant::Str(string::clean_docstring(text.as_bytes()).into()))
    }

    // ---- code objects

    /// Begins a code object inside the current one.
    fn enter(&mut self, scope: ScopeId, kind: UnitKind, name: &str, span: Span) -> Done {
        let first_line = self.source.line(span.start);
        let mut unit = Unit::new(scope, kind, name.into(), first_line);
        unit.qualname = self.qualified(scope, name);
        let scopes = self.scopes;
        let scope = scopes.get(scope);
        unit.free = scope.names_bound(Binding::Free);
        self.outer.push(std::mem::replace(&mut self.unit, unit));

        if scope.is_function_like() {
            let future = if self.scopes.future.annotations { flags::FUTURE_ANNOTATIONS } else { 0 };
            self.unit.flags = flags::OPTIMIZED | flags::NEWLOCALS | future;
            for (holds, flag) in [
                (scope.nested, flags::NESTED),
                (scope.var_args, flags::VARARGS),
                (scope.var_keywords, flags::VARKEYWORDS),
                (scope.method, flags::METHOD),
                (scope.generator && !scope.coroutine, flags::GENERATOR),
                (!scope.generator && scope.coroutine, flags::COROUTINE),
                (scope.generator && scope.coroutine, flags::ASYNC_GENERATOR),
            ] {
                if holds {
                    self.unit.flags |= flag;
                }
            }
            if scope.generator || scope.coroutine {
                // Where the code stands until it is first resumed: what is thrown in before that meets no handler.
                // All of the line, so that tracebacks underline nothing in it.
                let start = self.source.line_start(first_line);
                let end = start + self.source.line_text(first_line).len() as u32;
                self.unit.emit(Span { start, end }, Opcode::Nop, 0, 0, 0, 0);
            }
        }
        for name in &scope.parameters {
            let Some(reg) = self.local(name) else {
                return Err(self.error(span, "too many parameters"));
            };
            self.unit.set_bound(reg);
        }
        let mut cells = scope.names_bound(Binding::Cell);
        if scope.kind == scope::BlockKind::Class {
            let own = [
                (scope.needs_class_cell, "__class__"),
                (scope.needs_class_dict, "__classdict__"),
                (
                    scope.conditional_annotations && !self.scopes.future.annotations,
                    "__conditional_annotations__",
                ),
            ];
            cells.extend(own.into_iter().filter(|own| own.0).map(|own| own.1.into()));
        }
        for name in &cells {
            let Some(reg) = self.local(name) else {
                return Err(self.error(span, "too many variables in cells"));
            };
            self.unit.emit(span, Opcode::MakeCell, 0, reg.0, 0, 0);
            self.unit.cells.push(reg);
        }
        let n_locals = scope.symbols().filter(|symbol| symbol.binding == Binding::Local).count();
        if scope.is_function_like() && n_locals + self.unit.locals.len() >= usize::from(TEMP_BASE) - 1 {
            let reg = self.unit.new_local(".spill".into()).expect("parameters and cells leave room");
            self.unit.spill = Some(reg);
            self.unit.op_d(span, Opcode::BuildMap, reg, TEMP_BASE, 0);
        }
        Ok(())
    }

    /// Ends the current code object and goes back to the one around it.
    fn leave(&mut self, span: Span) -> Result<Rc<CodeObject>, Diagnostic> {
        let outer = self.outer.pop().expect("the module's unit is never left");
        let unit = std::mem::replace(&mut self.unit, outer);
        let code = assemble::assemble(unit, self.filename.clone(), self.source);
        code.map(Rc::new).map_err(|_| too_large(self.source, span))
    }

    /// `__qualname__` of a block that is about to be entered.
    fn qualified(&self, scope: ScopeId, name: &str) -> Rc<str> {
        let mut at = self.unit.scope;
        let mut unit = &self.unit;
        if self.scopes.get(at).kind == scope::BlockKind::TypeParams {
            // Type parameters are no level of their own.
            let outer = self.outer.last().expect("type parameters are never outermost");
            (at, unit) = (outer.scope, outer);
        }
        let parent = self.scopes.get(at);
        if parent.kind == scope::BlockKind::Module {
            return name.into();
        }
        let inner = self.scopes.get(scope);
        if matches!(inner.kind, scope::BlockKind::Function | scope::BlockKind::Class) {
            let mangled = scope::mangle(parent.private.as_deref(), name);
            let symbol = parent.symbol(mangled.as_deref().unwrap_or(name));
            if symbol.is_some_and(|symbol| symbol.binding == Binding::GlobalExplicit) {
                return name.into();
            }
        }
        let function = matches!(unit.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda);
        let between = if function { ".<locals>." } else { "." };
        format!("{}{between}{name}", unit.qualname).into()
    }

    fn scope_of<T>(&self, node: &T, role: Role) -> ScopeId {
        self.scopes.of(node, role)
    }

    fn return_none(&mut self, span: Span) {
        let mark = self.unit.mark();
        self.unit.emit(span, Opcode::ReturnNone, 0, 0, mark.0, 0);
        self.unit.stop();
    }

    // ---- loading constants

    fn load_common(&mut self, which: u16, span: Span, dst: Reg) {
        self.unit.op_d(span, Opcode::LoadCommon, dst, which, 0);
    }

    fn load_constant(&mut self, constant: Constant, span: Span, dst: Reg) {
        let common = match &constant {
            Constant::None => NONE,
            Constant::True => 1,
            Constant::False => 2,
            Constant::Ellipsis => 3,
            Constant::Int(n) if i32::try_from(*n).is_ok() => {
                return self.unit.emit_wide(span, Opcode::LoadInt, 0, dst.0, *n as i32);
            }
            _ => {
                let index = self.unit.constant(constant);
                return self.unit.emit_wide(span, Opcode::LoadConst, 0, dst.0, index);
            }
        };
        self.load_common(common, span, dst);
    }

    /// Compiles into `dst`, by way of a temporary where `dst` is a local: for what writes its result in steps.
    fn via_temp(&mut self, span: Span, dst: Reg, compile: impl FnOnce(&mut Self, Reg) -> Done) -> Done {
        if dst.is_temp() {
            return compile(self, dst);
        }
        let mark = self.unit.mark();
        let temp = self.unit.temp();
        compile(self, temp)?;
        self.unit.move_to(span, dst, Src::last(temp));
        self.unit.release(mark);
        Ok(())
    }
}
