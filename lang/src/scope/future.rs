//! `from __future__ import ...`: which features are on, and that the imports come first.

use crate::ast::{Constant, ExprKind, Module, Span, Stmt, StmtKind};
use crate::diagnostics::Diagnostic;
use crate::source::SourceText;

/// The future features that still change anything, and where they may be switched on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Future {
    pub annotations: bool,
    /// Start of the last `from __future__` import at the beginning of the file.
    pub last_import: Option<u32>,
}

/// Features that are always on by now.
const SETTLED: [&str; 9] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
    "barry_as_FLUFL",
];

/// Reads the imports at the beginning of `module`.
///
/// # Errors
/// A SyntaxError for an unknown feature.
pub(super) fn find(module: &Module, source: &SourceText, inherited: bool) -> Result<Future, Diagnostic> {
    let mut future = Future { annotations: inherited, last_import: None };
    let (Module::Module { body } | Module::Interactive { body }) = module else { return Ok(future) };
    for (index, stmt) in body.iter().enumerate() {
        match &stmt.kind {
            StmtKind::ImportFrom { module: Some(module), names, level: 0 } if &**module == "__future__" => {
                for alias in names {
                    switch_on(&mut future, &alias.name, alias.span, source)?;
                }
                future.last_import = Some(stmt.span.start);
            }
            _ if index == 0 && is_docstring(stmt) => {}
            _ => break,
        }
    }
    Ok(future)
}

fn switch_on(future: &mut Future, name: &str, span: Span, source: &SourceText) -> Result<(), Diagnostic> {
    match name {
        "annotations" => future.annotations = true,
        "braces" => return Err(source.compile_error(span, "not a chance")),
        _ if SETTLED.contains(&name) => {}
        _ => {
            let name: String = name.chars().take(100).collect();
            return Err(source.compile_error(span, format!("future feature {name} is not defined")));
        }
    }
    Ok(())
}

fn is_docstring(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Expr { value } => {
            matches!(value.kind, ExprKind::Constant { value: Constant::Str(_), .. })
        }
        _ => false,
    }
}
