//! Patterns of `match`.

use super::{BuildResult, Builder, prepend, refuse};
use crate::ast::*;

/// One argument of a class pattern.
pub enum PatternArg {
    Positional(Pattern),
    Keyword(Ident, Pattern),
}

/// One item of a mapping pattern.
pub enum MappingItem {
    Pair(Expr, Pattern),
    Rest(Ident),
}

pub fn pattern(kind: PatternKind, l: u32, r: u32) -> Pattern {
    Pattern { kind, span: Span::new(l, r) }
}

/// A name to bind; `_` binds nothing.
pub fn capture(name: Ident) -> PatternKind {
    PatternKind::MatchAs { pattern: None, name: bound(name) }
}

pub fn star_pattern(name: Ident, l: u32, r: u32) -> Pattern {
    pattern(PatternKind::MatchStar { name: bound(name) }, l, r)
}

pub fn value_pattern(value: Expr) -> PatternKind {
    PatternKind::MatchValue { value: Box::new(value) }
}

pub fn or_pattern(first: Pattern, rest: Vec<Pattern>, l: u32, r: u32) -> Pattern {
    pattern(PatternKind::MatchOr { patterns: prepend(first, rest) }, l, r)
}

fn bound(name: Ident) -> Option<Ident> {
    (&*name != "_").then_some(name)
}

impl Builder<'_> {
    pub fn as_pattern(&mut self, inner: Pattern, name: Ident, l: u32, r: u32) -> BuildResult<Pattern> {
        if &*name == "_" {
            return refuse(Span::new(l, r));
        }
        Ok(pattern(PatternKind::MatchAs { pattern: Some(Box::new(inner)), name: Some(name) }, l, r))
    }

    /// `1 + 2j`: a real number, then an imaginary one.
    pub fn complex_pattern(
        &mut self,
        left: Expr,
        op: Operator,
        right: Expr,
        l: u32,
        r: u32,
    ) -> BuildResult<Expr> {
        let real = match &left.kind {
            ExprKind::UnaryOp { operand, .. } => operand.as_constant(),
            _ => left.as_constant(),
        };
        if matches!(real, Some(Constant::Complex(_)))
            || !matches!(right.as_constant(), Some(Constant::Complex(_)))
        {
            return refuse(Span::new(l, r));
        }
        self.binary(left, op, right, l, r)
    }

    pub fn class_pattern(&mut self, cls: Expr, args: Vec<PatternArg>) -> BuildResult<PatternKind> {
        let (mut patterns, mut kwd_attrs, mut kwd_patterns) = (Vec::new(), Vec::new(), Vec::new());
        for arg in args {
            match arg {
                PatternArg::Positional(pattern) if kwd_attrs.is_empty() => patterns.push(pattern),
                PatternArg::Positional(pattern) => return refuse(pattern.span),
                PatternArg::Keyword(name, pattern) => {
                    kwd_attrs.push(name);
                    kwd_patterns.push(pattern);
                }
            }
        }
        Ok(PatternKind::MatchClass { cls: Box::new(cls), patterns, kwd_attrs, kwd_patterns })
    }

    pub fn mapping_pattern(&mut self, items: Vec<MappingItem>) -> BuildResult<PatternKind> {
        let (mut keys, mut patterns, mut rest) = (Vec::new(), Vec::new(), None);
        for item in items {
            match item {
                _ if rest.is_some() => return refuse(Span::default()),
                MappingItem::Pair(key, pattern) => {
                    keys.push(key);
                    patterns.push(pattern);
                }
                MappingItem::Rest(name) if &*name == "_" => return refuse(Span::default()),
                MappingItem::Rest(name) => rest = Some(name),
            }
        }
        Ok(PatternKind::MatchMapping { keys, patterns, rest })
    }
}
