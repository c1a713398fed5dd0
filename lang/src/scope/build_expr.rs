//! The first pass over expressions, comprehensions and assignment expressions among them.

use super::build::{Builder, Done};
use super::{BlockKind, ComprehensionKind, Role, address, uses};
use crate::ast::{Comprehension, Expr, ExprContext, ExprKind, Keyword};

impl Builder<'_> {
    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> Done {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn maybe(&mut self, expr: &Option<Box<Expr>>) -> Done {
        expr.as_ref().map_or(Ok(()), |expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Done {
        match &expr.kind {
            ExprKind::Name { id, ctx } => self.name(expr, id, *ctx),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, expr.span, *ctx)?;
                self.expr(value)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                keywords.iter().try_for_each(|keyword| self.keyword(keyword))
            }
            ExprKind::NamedExpr { target, value } => self.named_expr(expr, target, value),
            ExprKind::Lambda { .. } => self.lambda(expr),
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().flatten().try_for_each(|key| self.expr(key))?;
                self.exprs(values)
            }
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(expr),
            ExprKind::Await { value } => {
                self.refuse_in_annotation("await expression", expr)?;
                self.check_await(expr)?;
                self.expr(value)?;
                self.module_coroutine();
                let scope = self.current();
                scope.coroutine |= scope.kind != BlockKind::Module;
                Ok(())
            }
            ExprKind::Yield { value } => {
                self.refuse_in_annotation("yield expression", expr)?;
                self.maybe(value)?;
                self.yields(expr)
            }
            ExprKind::YieldFrom { value } => {
                self.refuse_in_annotation("yield expression", expr)?;
                self.expr(value)?;
                self.yields(expr)
            }
            // Visits children in order; those with blocks or rules of their own are above.
            _ => self.children(expr),
        }
    }

    fn children(&mut self, expr: &Expr) -> Done {
        let mut done = Ok(());
        expr.kind.for_each_child(&mut |child| {
            if done.is_ok() {
                done = self.expr(child);
            }
        });
        done
    }

    fn name(&mut self, expr: &Expr, id: &str, ctx: ExprContext) -> Done {
        if self.current().unevaluated {
            return Ok(());
        }
        self.check_name(id, expr.span, ctx)?;
        let flag = match ctx {
            ExprContext::Load => uses::USE,
            ExprContext::Store => uses::LOCAL,
            ExprContext::Del => uses::LOCAL | uses::UNBOUND,
        };
        self.add(id, flag, expr.span)?;
        if ctx == ExprContext::Load && id == "super" && self.current().is_function_like() {
            self.add("__class__", uses::USE, expr.span)?;
        }
        Ok(())
    }

    pub(super) fn keyword(&mut self, keyword: &Keyword) -> Done {
        if let Some(name) = &keyword.arg {
            self.check_name(name, keyword.span, ExprContext::Store)?;
        }
        self.expr(&keyword.value)
    }

    fn refuse_in_annotation(&mut self, what: &str, expr: &Expr) -> Done {
        let scope = self.current();
        let place = match scope.kind {
            BlockKind::Annotation => "an annotation",
            BlockKind::TypeVariable => scope.what,
            BlockKind::TypeAlias => "a type alias",
            BlockKind::TypeParams => "the definition of a generic",
            BlockKind::Module | BlockKind::Class | BlockKind::Function => return Ok(()),
        };
        Err(self.error(expr.span, format!("{what} cannot be used within {place}")))
    }

    fn check_await(&mut self, expr: &Expr) -> Done {
        let top_level = self.options.top_level_await;
        let scope = self.current();
        let message = match scope.kind {
            BlockKind::Module if top_level => return Ok(()),
            BlockKind::Module | BlockKind::Class => "'await' outside function",
            _ if scope.coroutine || scope.comprehension.is_some() => return Ok(()),
            _ => "'await' outside async function",
        };
        Err(self.error(expr.span, message))
    }

    fn yields(&mut self, expr: &Expr) -> Done {
        let scope = self.current();
        scope.generator = true;
        let what = match scope.comprehension {
            None => return Ok(()),
            Some(ComprehensionKind::List) => "list comprehension",
            Some(ComprehensionKind::Set) => "set comprehension",
            Some(ComprehensionKind::Dict) => "dict comprehension",
            Some(ComprehensionKind::Generator) => "generator expression",
        };
        Err(self.error(expr.span, format!("'yield' inside {what}")))
    }

    fn lambda(&mut self, expr: &Expr) -> Done {
        let ExprKind::Lambda { args, body } = &expr.kind else { unreachable!("called for lambdas") };
        self.exprs(&args.defaults)?;
        args.kw_defaults.iter().flatten().try_for_each(|default| self.expr(default))?;
        let method = self.current().kind == BlockKind::Class;
        self.enter("<lambda>", BlockKind::Function, address(expr), Role::Body, expr.span)?;
        self.current().method = method;
        self.parameters(args)?;
        self.expr(body)?;
        self.leave();
        Ok(())
    }

    fn named_expr(&mut self, expr: &Expr, target: &Expr, value: &Expr) -> Done {
        self.refuse_in_annotation("named expression", expr)?;
        if self.current().iterable_depth > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            return Err(self.error(expr.span, message));
        }
        if self.current().comprehension.is_some() {
            self.extend_named_expr(target)?;
        }
        self.expr(value)?;
        self.expr(target)?;
        let name = target.as_name().expect("the parser makes the target of := a Name");
        let name = self.mangled(name);
        for id in self.stack.clone().into_iter().rev() {
            let scope = &mut self.scopes[id.0 as usize];
            if let Some(&index) = scope.indexes.get(&name) {
                scope.symbols[index].uses |= uses::WALRUS;
            }
            if scope.comprehension.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Inside a comprehension `:=` binds in the function or module around it (PEP 572).
    fn extend_named_expr(&mut self, target: &Expr) -> Done {
        let span = target.span;
        let name = target.as_name().expect("the parser makes the target of := a Name").clone();
        for id in self.stack.clone().into_iter().rev() {
            let mangled = self.mangled(&name);
            let scope = &self.scopes[id.0 as usize];
            let known = scope.uses(&mangled);
            if scope.comprehension.is_some() {
                let target = known & uses::COMPREHENSION_TARGET != 0;
                if target && known & (uses::LOCAL | uses::GLOBAL) != 0 {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{name}'"
                    );
                    return Err(self.error(span, message));
                }
                continue;
            }
            let place = match scope.kind {
                BlockKind::Function => {
                    let flag = if known & uses::GLOBAL != 0 { uses::GLOBAL } else { uses::NONLOCAL };
                    self.add(&name, flag, span)?;
                    self.record_directive(&name, span);
                    return self.add_to(id, &name, uses::LOCAL, span);
                }
                BlockKind::Module => {
                    self.add(&name, uses::GLOBAL, span)?;
                    self.record_directive(&name, span);
                    return self.add_to(id, &name, uses::GLOBAL, span);
                }
                BlockKind::Annotation => continue,
                BlockKind::Class => "a class body",
                BlockKind::TypeParams => "the definition of a generic",
                BlockKind::TypeAlias => "a type alias",
                BlockKind::TypeVariable => "a TypeVar bound",
            };
            let message = format!("assignment expression within a comprehension cannot be used in {place}");
            return Err(self.error(span, message));
        }
        Ok(())
    }

    fn comprehension(&mut self, expr: &Expr) -> Done {
        let (name, kind, elts, generators): (_, _, [Option<&Expr>; 2], &[Comprehension]) = match &expr.kind {
            ExprKind::ListComp { elt, generators } => {
                ("<listcomp>", ComprehensionKind::List, [None, Some(&**elt)], generators)
            }
            ExprKind::SetComp { elt, generators } => {
                ("<setcomp>", ComprehensionKind::Set, [None, Some(elt)], generators)
            }
            ExprKind::DictComp { key, value, generators } => {
                ("<dictcomp>", ComprehensionKind::Dict, [Some(value), Some(key)], generators)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                ("<genexpr>", ComprehensionKind::Generator, [None, Some(elt)], generators)
            }
            _ => unreachable!("called for comprehensions"),
        };
        let (first, rest) = generators.split_first().expect("the parser makes at least one clause");

        self.current().iterable_depth += 1;
        self.expr(&first.iter)?;
        self.current().iterable_depth -= 1;

        self.enter(name, BlockKind::Function, address(expr), Role::Body, expr.span)?;
        self.current().comprehension = Some(kind);
        self.current().coroutine = first.is_async;
        self.add(".0", uses::PARAM, expr.span)?;
        self.target(&first.target)?;
        self.exprs(&first.ifs)?;
        for clause in rest {
            self.target(&clause.target)?;
            self.current().iterable_depth += 1;
            self.expr(&clause.iter)?;
            self.current().iterable_depth -= 1;
            self.exprs(&clause.ifs)?;
            self.current().coroutine |= clause.is_async;
        }
        elts.into_iter().flatten().try_for_each(|elt| self.expr(elt))?;
        let generator = kind == ComprehensionKind::Generator;
        self.current().generator = generator;
        let is_async = self.current().coroutine && !generator;
        self.leave();
        if is_async {
            self.module_coroutine();
            let scope = self.current();
            if !scope.coroutine && scope.comprehension.is_none() {
                let message = "asynchronous comprehension outside of an asynchronous function";
                return Err(self.error(expr.span, message));
            }
            scope.coroutine |= scope.kind != BlockKind::Module;
        }
        Ok(())
    }

    fn target(&mut self, target: &Expr) -> Done {
        self.current().in_target = true;
        self.expr(target)?;
        self.current().in_target = false;
        Ok(())
    }
}
