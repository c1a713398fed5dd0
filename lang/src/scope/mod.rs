//! Scopes: for each name of each block, where it lives.
//!
//! Two passes over the tree, as in CPython's `symtable.c`: [`build`] notes for every block which names it binds, uses
//! and declares; [`analyze`] then settles each as local, cell, free or global. All SyntaxErrors about scopes come from
//! here. Inlined comprehensions (PEP 709) keep a scope of their own, which the compiler looks through.

mod analyze;
mod build;
mod build_expr;
mod future;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::ast::{Module, Span};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::SourceText;

pub use future::Future;

/// Blocks nested deeper than this are refused; what recurses over blocks or code objects relies on it.
pub const MAX_SCOPE_DEPTH: usize = 200;

/// An index into [`ScopeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(pub u32);

/// Which of a node's blocks: a generic function has three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The body of a function, lambda, class, comprehension or module; the value of a type alias.
    Body,
    TypeParams,
    /// `__annotate__` of a function.
    Annotations,
    /// The bound or the constraints of a type variable.
    Bound,
    Default,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Module,
    Class,
    /// Functions, lambdas and comprehensions.
    Function,
    Annotation,
    TypeVariable,
    TypeAlias,
    TypeParams,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

/// Where a name lives, seen from one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// In this block: a register, or the namespace of a module or class.
    Local,
    /// In this block, in a cell that inner functions share.
    Cell,
    /// In a cell of an outer function.
    Free,
    /// Declared `global`.
    GlobalExplicit,
    /// Bound by no enclosing function.
    GlobalImplicit,
}

/// What a block does with a name (`DEF_*` of CPython).
pub mod uses {
    pub const GLOBAL: u16 = 1;
    pub const LOCAL: u16 = 2;
    pub const PARAM: u16 = 4;
    pub const NONLOCAL: u16 = 8;
    pub const USE: u16 = 16;
    /// Free in an inner block although this class binds it too.
    pub const FREE_CLASS: u16 = 64;
    pub const IMPORT: u16 = 128;
    pub const ANNOTATED: u16 = 256;
    pub const COMPREHENSION_TARGET: u16 = 512;
    pub const TYPE_PARAM: u16 = 1024;
    /// Deleted somewhere, by `del` or at the end of `except ... as`.
    pub const UNBOUND: u16 = 2048;
    /// Target of an assignment expression, so that evaluating an expression may change it.
    pub const WALRUS: u16 = 4096;
    pub const BOUND: u16 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

#[derive(Clone, Debug)]
pub struct Symbol {
    pub name: Rc<str>,
    /// See [`uses`].
    pub uses: u16,
    pub binding: Binding,
}

/// One block.
#[derive(Debug)]
pub struct Scope {
    pub kind: BlockKind,
    pub comprehension: Option<ComprehensionKind>,
    pub name: Rc<str>,
    pub span: Span,
    pub parent: Option<ScopeId>,
    pub children: Vec<ScopeId>,
    symbols: Vec<Symbol>,
    indexes: HashMap<Rc<str>, usize>,
    /// Parameters in register order.
    pub parameters: Vec<Rc<str>>,
    /// Where `global` and `nonlocal` stand.
    directives: HashMap<Rc<str>, Span>,
    /// Below a function.
    pub nested: bool,
    /// Contains `yield`.
    pub generator: bool,
    /// Is `async def`, or contains `await` where that makes it asynchronous.
    pub coroutine: bool,
    pub var_args: bool,
    pub var_keywords: bool,
    /// A function that stands directly in a class.
    pub method: bool,
    /// A comprehension that is part of its parent's code.
    pub inlined: bool,
    /// Class: inner functions use `__class__`.
    pub needs_class_cell: bool,
    /// Class: inner annotation scopes use `__classdict__`.
    pub needs_class_dict: bool,
    /// An annotation scope in a class, which sees the class's names.
    pub sees_class: bool,
    /// Class or module with annotations that may not be executed.
    pub conditional_annotations: bool,
    /// `__annotate__` of a class or module.
    pub annotation_block: Option<ScopeId>,
    /// Function: a parameter or the return value is annotated.
    pub annotations_used: bool,
    /// The class name that mangles private names.
    pub private: Option<Rc<str>>,
    /// If set, only these names are mangled (type parameters of a class).
    mangled_names: Option<HashSet<Rc<str>>>,
    /// "a TypeVar bound" and the like.
    what: &'static str,
    // While building only.
    in_target: bool,
    iterable_depth: u32,
    in_conditional: bool,
    unevaluated: bool,
    // From `analyze`: names of outer blocks, or of this one, that real inner functions capture.
    captured: HashSet<Rc<str>>,
}

impl Scope {
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.indexes.get(name).map(|&index| &self.symbols[index])
    }

    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.symbols.iter()
    }

    /// Where the symbol of this name is, which may be new.
    fn index_of(&mut self, name: &Rc<str>) -> usize {
        *self.indexes.entry(name.clone()).or_insert_with(|| {
            self.symbols.push(Symbol { name: name.clone(), uses: 0, binding: Binding::Local });
            self.symbols.len() - 1
        })
    }

    fn declare_global(&mut self, name: Rc<str>) {
        let index = self.index_of(&name);
        self.symbols[index].uses |= uses::GLOBAL;
    }

    /// Runs as a function: its locals are registers.
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockKind::Module | BlockKind::Class)
    }

    /// Names with this binding, sorted as in `co_cellvars` and `co_freevars`.
    pub fn names_bound(&self, binding: Binding) -> Vec<Rc<str>> {
        let also = if binding == Binding::Free { uses::FREE_CLASS } else { 0 };
        let has = |symbol: &&Symbol| symbol.binding == binding || symbol.uses & also != 0;
        let mut names: Vec<_> = self.symbols.iter().filter(has).map(|symbol| symbol.name.clone()).collect();
        names.sort_unstable();
        names
    }

    /// The name as this block stores it (private names of classes).
    pub fn mangle(&self, name: &str) -> Option<String> {
        if self.mangled_names.as_ref().is_some_and(|names| !names.contains(name)) {
            return None;
        }
        mangle(self.private.as_deref(), name)
    }

    fn uses(&self, name: &str) -> u16 {
        self.symbol(name).map_or(0, |symbol| symbol.uses)
    }
}

/// All blocks of one source text.
#[derive(Debug)]
pub struct ScopeTable {
    scopes: Vec<Scope>,
    by_node: HashMap<(usize, Role), ScopeId>,
    pub future: Future,
}

impl ScopeTable {
    /// The outermost block.
    pub const TOP: ScopeId = ScopeId(0);

    pub fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// The block of a node of the tree that the table was built from; nodes are told apart by their address.
    ///
    /// # Panics
    /// If the node has no such block.
    pub fn of<T>(&self, node: &T, role: Role) -> ScopeId {
        self.by_node[&(address(node), role)]
    }
}

/// What building needs to know besides the tree.
#[derive(Clone, Copy, Debug)]
pub struct ScopeOptions {
    pub optimize: u8,
    /// `from __future__ import annotations` is inherited.
    pub future_annotations: bool,
    pub top_level_await: bool,
}

/// Builds and analyses the scopes of `module`. Warnings about the tree are added to `warnings` even on failure.
///
/// # Errors
/// The first SyntaxError about names or `from __future__`; [`DiagnosticKind::TooDeep`] beyond [`MAX_SCOPE_DEPTH`].
pub fn analyze(
    module: &Module,
    source: &SourceText,
    options: ScopeOptions,
    warnings: &mut Vec<Diagnostic>,
) -> Result<ScopeTable, Diagnostic> {
    let future = future::find(module, source, options.future_annotations)?;
    let mut table = build::build(module, source, options, future, warnings)?;
    analyze::analyze(&mut table, source)?;
    Ok(table)
}

/// The private form of `name` in the class `private`, if it has one: `__x` in `C` is `_C__x`.
pub fn mangle(private: Option<&str>, name: &str) -> Option<String> {
    let class = private?;
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return None;
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return None;
    }
    Some(format!("_{class}{name}"))
}

fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

fn too_deep() -> Diagnostic {
    Diagnostic::new(DiagnosticKind::TooDeep, "maximum recursion depth exceeded during compilation")
}
