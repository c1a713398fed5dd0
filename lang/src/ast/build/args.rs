//! Parameters and arguments: the order they must keep.

use super::{BuildResult, Builder, refuse};
use crate::ast::*;

/// One item between the parentheses of `def` or after `lambda`.
pub enum Param {
    Slash,
    Star,
    Plain(Arg, Option<Expr>),
    VarArg(Arg),
    KwArg(Arg),
}

pub fn arg(name: Ident, annotation: Option<Box<Expr>>, l: u32, r: u32) -> Arg {
    Arg { name, annotation, span: Span::new(l, r) }
}

/// `*args: *Ts`.
pub fn star_arg(name: Ident, annotation: Expr, l: u32, r: u32) -> Arg {
    Arg { name, annotation: Some(Box::new(annotation)), span: Span::new(l, r) }
}

/// One argument of a call.
pub enum CallArg {
    Positional(Expr),
    /// `f(x for x in y)`: without parentheses of its own.
    BareGenerator(Expr),
    Keyword(Keyword),
}

#[derive(Default)]
pub struct CallArgs {
    pub items: Vec<CallArg>,
    pub last_comma: bool,
}

pub fn keyword(arg: Option<Ident>, value: Expr, l: u32, r: u32) -> CallArg {
    CallArg::Keyword(Keyword { arg, value, span: Span::new(l, r) })
}

impl Builder<'_> {
    /// Sorts parameters by kind.
    pub(super) fn arguments(&self, params: Vec<Param>) -> BuildResult<Arguments> {
        let mut arguments = Arguments::default();
        let mut seen_slash = false;
        let mut seen_star = false;
        // A lone `*` needs a name after it.
        let mut lone_star = false;
        for param in params {
            if arguments.kwarg.is_some() {
                return refuse(Span::default());
            }
            match param {
                Param::Slash => {
                    if seen_slash || seen_star || arguments.args.is_empty() {
                        return refuse(Span::default());
                    }
                    seen_slash = true;
                    arguments.posonlyargs = std::mem::take(&mut arguments.args);
                }
                Param::Star => {
                    if seen_star {
                        return refuse(Span::default());
                    }
                    (seen_star, lone_star) = (true, true);
                }
                Param::VarArg(arg) => {
                    if seen_star {
                        return refuse(arg.span);
                    }
                    seen_star = true;
                    arguments.vararg = Some(Box::new(arg));
                }
                Param::KwArg(arg) => {
                    if lone_star {
                        return refuse(arg.span);
                    }
                    arguments.kwarg = Some(Box::new(arg));
                }
                Param::Plain(arg, default) if seen_star => {
                    lone_star = false;
                    arguments.kwonlyargs.push(arg);
                    arguments.kw_defaults.push(default);
                }
                Param::Plain(arg, default) => {
                    match default {
                        Some(default) => arguments.defaults.push(default),
                        None if !arguments.defaults.is_empty() => return refuse(arg.span),
                        None => {}
                    }
                    arguments.args.push(arg);
                }
            }
        }
        if lone_star {
            return refuse(Span::default());
        }
        Ok(arguments)
    }

    pub fn lambda(&mut self, params: Vec<Param>, body: Expr, l: u32, r: u32) -> BuildResult<Expr> {
        let args = Box::new(self.arguments(params)?);
        self.expr(ExprKind::Lambda { args, body: Box::new(body) }, l, r)
    }

    pub fn starred_arg(&mut self, value: Expr, l: u32, r: u32) -> BuildResult<CallArg> {
        self.starred(value, l, r).map(CallArg::Positional)
    }

    pub fn bare_generator(
        &mut self,
        elt: Expr,
        generators: Vec<Comprehension>,
        l: u32,
        r: u32,
    ) -> BuildResult<CallArg> {
        self.generator(elt, generators, l, r).map(CallArg::BareGenerator)
    }

    /// A call; its parentheses begin at `inner`.
    pub fn call(&mut self, func: Expr, args: CallArgs, l: u32, inner: u32, r: u32) -> BuildResult<Expr> {
        let (args, keywords) = match args {
            CallArgs { mut items, last_comma: false }
                if items.len() == 1 && matches!(items[0], CallArg::BareGenerator(_)) =>
            {
                let Some(CallArg::BareGenerator(mut generator)) = items.pop() else {
                    unreachable!("just seen")
                };
                generator.span = Span::new(inner, r);
                (vec![generator], Vec::new())
            }
            args => self.sort_args(args)?,
        };
        self.expr(ExprKind::Call { func: Box::new(func), args, keywords }, l, r)
    }

    /// Positional arguments and keywords, if they come in an order that Python allows.
    pub(super) fn sort_args(&self, args: CallArgs) -> BuildResult<(Vec<Expr>, Vec<Keyword>)> {
        let mut positional = Vec::new();
        let mut keywords: Vec<Keyword> = Vec::new();
        let mut unpacked = false;
        for item in args.items {
            match item {
                CallArg::Positional(value) => {
                    let starred = matches!(value.kind, ExprKind::Starred { .. });
                    if unpacked || (!keywords.is_empty() && !starred) {
                        return refuse(value.span);
                    }
                    positional.push(value);
                }
                CallArg::BareGenerator(value) => return refuse(value.span),
                CallArg::Keyword(keyword) => {
                    unpacked |= keyword.arg.is_none();
                    keywords.push(keyword);
                }
            }
        }
        Ok((positional, keywords))
    }
}
