//! SyntaxWarnings about code that is valid but surely not meant.

use super::Compiler;
use crate::ast::{CmpOp, Constant as Literal, Expr, ExprKind};

impl Compiler<'_> {
    /// Calling a literal: a comma is missing.
    pub(super) fn warn_caller(&mut self, func: &Expr) {
        let is_display = matches!(
            func.kind,
            ExprKind::Constant { .. }
                | ExprKind::Tuple { .. }
                | ExprKind::List { .. }
                | ExprKind::ListComp { .. }
                | ExprKind::Dict { .. }
                | ExprKind::DictComp { .. }
                | ExprKind::Set { .. }
                | ExprKind::SetComp { .. }
                | ExprKind::GeneratorExp { .. }
                | ExprKind::JoinedStr { .. }
                | ExprKind::FormattedValue { .. }
                | ExprKind::TemplateStr { .. }
                | ExprKind::Interpolation { .. }
        );
        if is_display && let Some(name) = type_name(func) {
            self.warn(func.span, format!("'{name}' object is not callable; perhaps you missed a comma?"));
        }
    }

    /// Subscripting what has no items, or not with such an index.
    pub(super) fn warn_subscript(&mut self, value: &Expr, index: &Expr) {
        let Some(name) = type_name(value) else { return };
        let span = value.span;
        let indexable = match &value.kind {
            ExprKind::Constant { value: Literal::Str(_) | Literal::Bytes(_), .. }
            | ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            ExprKind::Dict { .. } | ExprKind::DictComp { .. } => return,
            _ => false,
        };
        if !indexable {
            self.warn(span, format!("'{name}' object is not subscriptable; perhaps you missed a comma?"));
            return;
        }
        let fits = match &index.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Literal::Int(_) | Literal::BigInt(_) | Literal::True | Literal::False)
            }
            ExprKind::Slice { .. } => true,
            _ => false,
        };
        if !fits && let Some(index_name) = type_name(index) {
            let message = format!(
                "{name} indices must be integers or slices, not {index_name}; perhaps you missed a comma?"
            );
            self.warn(span, message);
        }
    }

    /// `is` with a literal.
    pub(super) fn warn_compare(&mut self, expr: &Expr, left: &Expr, ops: &[CmpOp], comparators: &[Expr]) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            if let CmpOp::Is | CmpOp::IsNot = op
                && let Some(literal) = [left, right].into_iter().find(|side| !may_be_identical(side))
                && let Some(name) = type_name(literal)
            {
                let (word, better) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                let message = format!("\"{word}\" with '{name}' literal. Did you mean \"{better}\"?");
                self.warn(expr.span, message);
                return;
            }
            left = right;
        }
    }
}

/// Whether `is` may make sense for the expression.
fn may_be_identical(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Constant { value, .. } => {
            matches!(value, Literal::None | Literal::True | Literal::False | Literal::Ellipsis)
        }
        ExprKind::Tuple { elts, .. } => elts.iter().any(|elt| elt.as_constant().is_none()),
        _ => true,
    }
}

/// The name of the type that the value of `expr` surely has.
fn type_name(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Literal::None => "NoneType",
            Literal::True | Literal::False => "bool",
            Literal::Ellipsis => "ellipsis",
            Literal::Int(_) | Literal::BigInt(_) => "int",
            Literal::Float(_) => "float",
            Literal::Complex(_) => "complex",
            Literal::Str(_) => "str",
            Literal::Bytes(_) => "bytes",
        },
        _ => return None,
    })
}
