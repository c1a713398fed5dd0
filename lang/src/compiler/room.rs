//! How much stack a tree needs: recursion over it is bounded by how high it is.

use crate::ast::{Expr, MatchCase, Module, Stmt, StmtKind};

/// Stack for the highest trees that the parser makes, in an unoptimised build.
pub(super) const STACK_BYTES: usize = 512 << 20;
/// Trees up to this height are compiled on whatever stack the caller has.
const LITTLE: u32 = 60;

/// Whether `module` is low enough to be compiled on the caller's stack.
pub(super) fn needs_little(module: &Module) -> bool {
    match module {
        Module::Module { body } | Module::Interactive { body } => fits(body, LITTLE),
        Module::Expression { body } => body.depth() <= LITTLE,
    }
}

/// Whether no statement of `body` is higher than `room`.
fn fits(body: &[Stmt], room: u32) -> bool {
    body.iter().all(|stmt| stmt_fits(stmt, room))
}

fn stmt_fits(stmt: &Stmt, room: u32) -> bool {
    // Statements take about twice the stack of an expression.
    let Some(inner) = room.checked_sub(2) else { return false };
    let expr = |expr: &Expr| expr.depth() <= inner;
    let maybe = |value: &Option<Box<Expr>>| value.as_deref().is_none_or(expr);
    let all = |list: &[Expr]| list.iter().all(expr);
    match &stmt.kind {
        StmtKind::FunctionDef(def) => {
            let mut low = true;
            def.args.for_each_expr(&mut |value| low &= expr(value));
            low && all(&def.decorator_list)
                && maybe(&def.returns)
                && def.type_params.iter().all(|param| maybe(&param.default))
                && fits(&def.body, inner)
        }
        StmtKind::ClassDef(def) => {
            all(&def.bases)
                && def.keywords.iter().all(|keyword| expr(&keyword.value))
                && all(&def.decorator_list)
                && def.type_params.iter().all(|param| maybe(&param.default))
                && fits(&def.body, inner)
        }
        StmtKind::Return { value } => maybe(value),
        StmtKind::Delete { targets } => all(targets),
        StmtKind::Assign { targets, value } => all(targets) && expr(value),
        StmtKind::TypeAlias { value, .. } | StmtKind::Expr { value } => expr(value),
        StmtKind::AugAssign { target, value, .. } => expr(target) && expr(value),
        StmtKind::AnnAssign { target, annotation, value, .. } => {
            expr(target) && expr(annotation) && maybe(value)
        }
        StmtKind::For { target, iter, body, orelse, .. } => {
            expr(target) && expr(iter) && fits(body, inner) && fits(orelse, inner)
        }
        StmtKind::While { test, body, orelse } => expr(test) && fits(body, inner) && fits(orelse, inner),
        StmtKind::If { branches, orelse } => {
            branches.iter().all(|branch| expr(&branch.test) && fits(&branch.body, inner))
                && fits(orelse, inner)
        }
        StmtKind::With { items, body, .. } => {
            items.len() <= inner as usize
                && items.iter().all(|item| expr(&item.context_expr) && maybe(&item.optional_vars))
                && fits(body, inner.saturating_sub(items.len() as u32))
        }
        StmtKind::Match { subject, cases } => {
            // Patterns nest no deeper than brackets do, but each level takes more than an expression.
            let low = |case: &MatchCase| maybe(&case.guard) && fits(&case.body, inner);
            inner > 30 && expr(subject) && cases.iter().all(low)
        }
        StmtKind::Raise { exc, cause } => maybe(exc) && maybe(cause),
        StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
            fits(body, inner)
                && handlers.iter().all(|handler| maybe(&handler.typ) && fits(&handler.body, inner))
                && fits(orelse, inner)
                && fits(finalbody, inner)
        }
        StmtKind::Assert { test, msg } => expr(test) && maybe(msg),
        StmtKind::Import { .. }
        | StmtKind::ImportFrom { .. }
        | StmtKind::Global { .. }
        | StmtKind::Nonlocal { .. }
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue => true,
    }
}
