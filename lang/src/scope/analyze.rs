//! The second pass: settles where each name of each block lives.
//!
//! Instead of handing sets of bound names down, a name is looked up through the enclosing blocks; what comes up is the
//! set of names that inner blocks want from outer ones.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Binding, BlockKind, ComprehensionKind, Scope, ScopeId, ScopeTable, Symbol, uses};
use crate::diagnostics::Diagnostic;
use crate::source::SourceText;

/// Names that class bodies provide for the functions in them.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

pub(super) fn analyze(table: &mut ScopeTable, source: &SourceText) -> Result<(), Diagnostic> {
    Analyzer { scopes: &mut table.scopes, source }.block(ScopeTable::TOP, None).map(drop)
}

struct Analyzer<'a> {
    scopes: &'a mut Vec<Scope>,
    source: &'a SourceText,
}

/// What looking a name up through the enclosing blocks yields.
enum Found {
    /// A function binds it; `type_param` if as a type parameter.
    Bound { type_param: bool },
    /// Global: declared so by an enclosing function, or bound by none.
    Global,
}

impl Analyzer<'_> {
    fn scope(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// Settles a block and all below it; returns the names it wants from enclosing functions.
    ///
    /// `class` is the class whose names an annotation scope sees.
    fn block(&mut self, id: ScopeId, class: Option<ScopeId>) -> Result<HashSet<Rc<str>>, Diagnostic> {
        let n_symbols = self.scope(id).symbols.len();
        let mut free = HashSet::new();
        for index in 0..n_symbols {
            let binding = self.name(id, index, class)?;
            let symbol = &mut self.scope(id).symbols[index];
            symbol.binding = binding;
            if binding == Binding::Free {
                let name = symbol.name.clone();
                free.insert(name);
            }
        }

        let mut inner_free = HashSet::new();
        let mut captured = HashSet::new();
        let kind = self.scope(id).kind;
        let sees_class = self.scope(id).sees_class;
        for child in self.scope(id).children.clone() {
            let child_class = match (self.scope(child).sees_class, kind) {
                (false, _) => None,
                (true, BlockKind::Class) => Some(id),
                (true, _) => class,
            };
            let inlined = match self.scope(child).comprehension {
                None | Some(ComprehensionKind::Generator) => false,
                Some(_) => !sees_class,
            };
            self.scope(child).inlined = inlined;
            let mut child_free = self.block(child, child_class)?;
            if inlined {
                let outer = &self.scopes[id.0 as usize];
                let inner = &self.scopes[child.0 as usize];
                // What only the comprehension itself reads needs no cell: it runs in this very frame.
                child_free.retain(|name| {
                    let own = outer.kind != BlockKind::Class && outer.uses(name) & uses::BOUND != 0;
                    !own || inner.captured.contains(name)
                });
                let is_own = |name: &&Rc<str>| inner.uses(name) & uses::BOUND != 0;
                captured.extend(inner.captured.iter().filter(|name| !is_own(name)).cloned());
            } else {
                captured.extend(child_free.iter().cloned());
            }
            inner_free.extend(child_free);
        }

        let scope = self.scope(id);
        scope.captured = captured;
        if scope.is_function_like() {
            for symbol in &mut scope.symbols {
                if symbol.binding == Binding::Local && inner_free.remove(&symbol.name) {
                    symbol.binding = Binding::Cell;
                }
            }
        } else if kind == BlockKind::Class {
            scope.needs_class_cell = inner_free.remove("__class__");
            scope.needs_class_dict = inner_free.remove("__classdict__");
            inner_free.remove("__conditional_annotations__");
        }
        self.pass_through(id, &mut inner_free);
        free.extend(inner_free);
        Ok(free)
    }

    /// Notes in `id` the names that inner blocks want from its enclosing functions; drops those found nowhere.
    fn pass_through(&mut self, id: ScopeId, inner_free: &mut HashSet<Rc<str>>) {
        let mut names: Vec<Rc<str>> = inner_free.iter().cloned().collect();
        names.sort_unstable();
        for name in names {
            let is_bound = matches!(self.find(id, &name), Found::Bound { .. });
            let scope = self.scope(id);
            match scope.indexes.get(&name) {
                Some(&index) => {
                    let symbol = &mut scope.symbols[index];
                    if scope.kind == BlockKind::Class && symbol.uses & (uses::BOUND | uses::GLOBAL) != 0 {
                        symbol.uses |= uses::FREE_CLASS;
                    } else if scope.kind == BlockKind::Class && is_bound {
                        symbol.binding = Binding::Free;
                    } else if scope.sees_class && is_bound && symbol.binding == Binding::GlobalImplicit {
                        // The class has the name for this block, but not for functions inside.
                        symbol.uses |= uses::FREE_CLASS;
                    }
                }
                None if is_bound => {
                    scope.indexes.insert(name.clone(), scope.symbols.len());
                    scope.symbols.push(Symbol { name, uses: 0, binding: Binding::Free });
                }
                None => {
                    inner_free.remove(&name);
                }
            }
        }
    }

    fn name(&mut self, id: ScopeId, index: usize, class: Option<ScopeId>) -> Result<Binding, Diagnostic> {
        let scope = &self.scopes[id.0 as usize];
        let Symbol { name, uses: flags, .. } = scope.symbols[index].clone();
        if flags & uses::GLOBAL != 0 {
            if flags & uses::NONLOCAL != 0 {
                return Err(self.error(id, &name, format!("name '{name}' is nonlocal and global")));
            }
            return Ok(Binding::GlobalExplicit);
        }
        if flags & uses::NONLOCAL != 0 {
            if scope.kind == BlockKind::Module {
                let message = "nonlocal declaration not allowed at module level".to_owned();
                return Err(self.error(id, &name, message));
            }
            return match self.find(id, &name) {
                Found::Global => {
                    Err(self.error(id, &name, format!("no binding for nonlocal '{name}' found")))
                }
                Found::Bound { type_param: true } => {
                    let message = format!("nonlocal binding not allowed for type parameter '{name}'");
                    Err(self.error(id, &name, message))
                }
                Found::Bound { .. } => Ok(Binding::Free),
            };
        }
        if flags & uses::BOUND != 0 {
            return Ok(Binding::Local);
        }
        if let Some(class) = class.filter(|_| &*name != "__classdict__") {
            // The class's own name goes before a function's of the same name; at run time the class is asked first.
            let in_class = self.scopes[class.0 as usize].uses(&name);
            if in_class & uses::GLOBAL != 0 {
                return Ok(Binding::GlobalExplicit);
            }
            if in_class & uses::BOUND != 0 && in_class & uses::NONLOCAL == 0 {
                return Ok(Binding::GlobalImplicit);
            }
        }
        Ok(match self.find(id, &name) {
            Found::Bound { .. } => Binding::Free,
            Found::Global => Binding::GlobalImplicit,
        })
    }

    /// Looks `name` up in the blocks around `id`.
    fn find(&self, id: ScopeId, name: &str) -> Found {
        let mut at = self.scopes[id.0 as usize].parent;
        while let Some(outer) = at {
            let scope = &self.scopes[outer.0 as usize];
            if scope.is_function_like() {
                let flags = scope.uses(name);
                if flags & uses::GLOBAL != 0 {
                    return Found::Global;
                }
                if flags & uses::NONLOCAL == 0 && flags & uses::BOUND != 0 {
                    return Found::Bound { type_param: flags & uses::TYPE_PARAM != 0 };
                }
            } else if scope.kind == BlockKind::Class && CLASS_CELLS.contains(&name) {
                return Found::Bound { type_param: false };
            }
            at = scope.parent;
        }
        Found::Global
    }

    fn error(&self, id: ScopeId, name: &str, message: String) -> Diagnostic {
        let scope = &self.scopes[id.0 as usize];
        self.source.compile_error(scope.directives.get(name).copied().unwrap_or(scope.span), message)
    }
}
