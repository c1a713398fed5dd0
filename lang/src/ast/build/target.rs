//! Expressions that turn out to be targets: of assignments, loops, `with`, `del`.

use super::{BuildResult, Builder, refuse};
use crate::ast::*;

impl Builder<'_> {
    /// Makes `target` something to store into.
    pub(super) fn store(&self, target: &mut Expr) -> BuildResult<()> {
        set_context(target, ExprContext::Store)
    }

    /// Makes `target` something to delete.
    pub(super) fn del(&self, target: &mut Expr) -> BuildResult<()> {
        set_context(target, ExprContext::Del)
    }
}

/// Brackets bound the recursion: only tuples and lists nest targets.
fn set_context(target: &mut Expr, context: ExprContext) -> BuildResult<()> {
    match &mut target.kind {
        ExprKind::Name { ctx, .. } | ExprKind::Attribute { ctx, .. } | ExprKind::Subscript { ctx, .. } => {
            *ctx = context;
        }
        ExprKind::Starred { value, ctx } if context == ExprContext::Store => {
            *ctx = context;
            set_context(value, context)?;
        }
        ExprKind::Tuple { elts, ctx } | ExprKind::List { elts, ctx } => {
            *ctx = context;
            for element in elts {
                set_context(element, context)?;
            }
        }
        _ => return refuse(target.span),
    }
    Ok(())
}

/// Whether an annotation or an augmented assignment may have this target.
pub(super) fn is_single(target: &Expr) -> bool {
    matches!(target.kind, ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. })
}
