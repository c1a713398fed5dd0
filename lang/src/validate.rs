//! Checks on a finished tree that CPython leaves to its compiler and that need no scopes: no name `__debug__` is
//! bound, and no call gives a keyword argument twice.

use std::collections::HashSet;

use crate::ast::*;
use crate::diagnostics::Diagnostic;
use crate::source::SourceText;

type Checked = Result<(), Diagnostic>;

/// Checks a whole tree.
///
/// # Errors
/// The first mistake in source order.
pub fn validate(module: &Module, source: &SourceText) -> Checked {
    let validator = Validator { source };
    match module {
        Module::Module { body } | Module::Interactive { body } => validator.stmts(body),
        Module::Expression { body } => validator.expr(body),
    }
}

struct Validator<'a> {
    source: &'a SourceText,
}

impl Validator<'_> {
    /// `name` is bound by the construct at `span`.
    fn binding(&self, name: &str, span: Span) -> Checked {
        match name {
            "__debug__" => Err(self.source.compile_error(span, "cannot assign to __debug__")),
            _ => Ok(()),
        }
    }

    fn stmts(&self, stmts: &[Stmt]) -> Checked {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn exprs<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> Checked {
        exprs.into_iter().try_for_each(|expr| self.expr(expr))
    }

    fn maybe(&self, expr: &Option<Box<Expr>>) -> Checked {
        self.exprs(expr.as_deref())
    }

    fn stmt(&self, stmt: &Stmt) -> Checked {
        match &stmt.kind {
            StmtKind::FunctionDef(function) => {
                self.exprs(&function.decorator_list)?;
                self.binding(&function.name, stmt.span)?;
                self.type_params(&function.type_params)?;
                self.arguments(&function.args)?;
                self.maybe(&function.returns)?;
                self.stmts(&function.body)
            }
            StmtKind::ClassDef(class) => {
                self.exprs(&class.decorator_list)?;
                self.binding(&class.name, stmt.span)?;
                self.type_params(&class.type_params)?;
                self.exprs(&class.bases)?;
                self.keywords(&class.keywords)?;
                self.stmts(&class.body)
            }
            StmtKind::Return { value } => self.maybe(value),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.expr(value)?;
                self.exprs(targets)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.expr(name)?;
                self.type_params(type_params)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, .. } => {
                self.expr(target)?;
                self.maybe(value)?;
                self.expr(annotation)
            }
            StmtKind::For { target, iter, body, orelse, .. } => {
                self.expr(iter)?;
                self.expr(target)?;
                self.stmts(body)?;
                self.stmts(orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.stmts(body)?;
                self.stmts(orelse)
            }
            StmtKind::If { branches, orelse } => {
                for branch in branches {
                    self.expr(&branch.test)?;
                    self.stmts(&branch.body)?;
                }
                self.stmts(orelse)
            }
            StmtKind::With { items, body, .. } => {
                for item in items {
                    self.expr(&item.context_expr)?;
                    self.maybe(&item.optional_vars)?;
                }
                self.stmts(body)
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for case in cases {
                    self.pattern(&case.pattern)?;
                    self.maybe(&case.guard)?;
                    self.stmts(&case.body)?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => {
                self.maybe(exc)?;
                self.maybe(cause)
            }
            StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
                self.stmts(body)?;
                for handler in handlers {
                    self.maybe(&handler.typ)?;
                    if let Some(name) = &handler.name {
                        self.binding(name, handler.span)?;
                    }
                    self.stmts(&handler.body)?;
                }
                self.stmts(orelse)?;
                self.stmts(finalbody)
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.maybe(msg)
            }
            StmtKind::Import { names } | StmtKind::ImportFrom { names, .. } => {
                for alias in names {
                    let bound = alias.asname.as_deref().or_else(|| alias.name.split('.').next());
                    self.binding(bound.unwrap_or(&alias.name), alias.span)?;
                }
                Ok(())
            }
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue => Ok(()),
        }
    }

    fn arguments(&self, args: &Arguments) -> Checked {
        self.exprs(&args.defaults)?;
        self.exprs(args.kw_defaults.iter().flatten())?;
        for arg in args.iter() {
            self.binding(&arg.name, arg.span)?;
            self.maybe(&arg.annotation)?;
        }
        Ok(())
    }

    fn type_params(&self, params: &[TypeParam]) -> Checked {
        for param in params {
            self.binding(&param.name, param.span)?;
            if let TypeParamKind::TypeVar { bound } = &param.kind {
                self.maybe(bound)?;
            }
            self.maybe(&param.default)?;
        }
        Ok(())
    }

    fn keywords(&self, keywords: &[Keyword]) -> Checked {
        let mut seen = HashSet::new();
        for keyword in keywords {
            let Some(name) = &keyword.arg else { continue };
            self.binding(name, keyword.span)?;
            if !seen.insert(name) {
                let message = format!("keyword argument repeated: {name}");
                return Err(self.source.compile_error(keyword.span, message));
            }
        }
        self.exprs(keywords.iter().map(|keyword| &keyword.value))
    }

    fn pattern(&self, pattern: &Pattern) -> Checked {
        let patterns = |patterns: &[Pattern]| patterns.iter().try_for_each(|pattern| self.pattern(pattern));
        let bound = |name: &Option<Ident>| match name {
            Some(name) => self.binding(name, pattern.span),
            None => Ok(()),
        };
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns: inner } | PatternKind::MatchOr { patterns: inner } => {
                patterns(inner)
            }
            PatternKind::MatchMapping { keys, patterns: inner, rest } => {
                self.exprs(keys)?;
                patterns(inner)?;
                bound(rest)
            }
            PatternKind::MatchClass { cls, patterns: inner, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                for (name, value) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.binding(name, value.span)?;
                }
                patterns(inner)?;
                patterns(kwd_patterns)
            }
            PatternKind::MatchStar { name } => bound(name),
            PatternKind::MatchAs { pattern: inner, name } => {
                inner.iter().try_for_each(|inner| self.pattern(inner))?;
                bound(name)
            }
        }
    }

    fn expr(&self, expr: &Expr) -> Checked {
        match &expr.kind {
            ExprKind::Name { id: name, ctx } | ExprKind::Attribute { attr: name, ctx, .. } => match ctx {
                ExprContext::Load => {}
                ExprContext::Store => self.binding(name, expr.span)?,
                ExprContext::Del if &**name == "__debug__" => {
                    return Err(self.source.compile_error(expr.span, "cannot delete __debug__"));
                }
                ExprContext::Del => {}
            },
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                return self.keywords(keywords);
            }
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                return self.expr(body);
            }
            _ => {}
        }
        let mut result = Ok(());
        expr.kind.for_each_child(&mut |child| {
            if result.is_ok() {
                result = self.expr(child);
            }
        });
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::{Mode, ParseOptions, parse};

    #[test]
    fn wrong_bindings_and_keywords_are_found() {
        for (source, want) in [
            ("f(a=1, b=2, a=3)", Some("keyword argument repeated: a")),
            ("class C(a=1, a=2): pass", Some("keyword argument repeated: a")),
            ("f(a=g(a=1), b=2)", None),
            ("x, [y, *__debug__] = z", Some("cannot assign to __debug__")),
            ("x.__debug__ = 1", Some("cannot assign to __debug__")),
            ("del __debug__", Some("cannot delete __debug__")),
            ("import a.__debug__", None),
            ("import __debug__.a", Some("cannot assign to __debug__")),
            ("lambda *, __debug__: 0", Some("cannot assign to __debug__")),
            ("match x:\n case {**__debug__}: pass", Some("cannot assign to __debug__")),
            ("print(__debug__, x.__debug__)", None),
        ] {
            let parsed = parse(source, ParseOptions::new(Mode::Exec)).unwrap();
            let found = validate(&parsed.module, &parsed.source).err();
            assert_eq!(found.as_ref().map(|error| error.message.as_str()), want, "{source:?}");
        }
    }
}
