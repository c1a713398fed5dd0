//! Statements.

use super::args::{CallArgs, Param};
use super::target::is_single;
use super::{BuildResult, Builder, refuse};
use crate::ast::*;

pub fn stmt(kind: StmtKind, l: u32, r: u32) -> Stmt {
    let mut stmt = Stmt { kind, span: Span::new(l, r) };
    if let StmtKind::If { branches, .. } = &mut stmt.kind {
        // Each branch reaches to the end of the statement, as if the rest were nested in it.
        branches.iter_mut().for_each(|branch| branch.span.end = r);
    }
    stmt
}

pub fn expr_stmt(value: Expr) -> StmtKind {
    StmtKind::Expr { value: Box::new(value) }
}

pub fn type_alias(name: Box<Expr>, type_params: Option<Vec<TypeParam>>, value: Box<Expr>) -> StmtKind {
    StmtKind::TypeAlias { name, type_params: type_params.unwrap_or_default(), value }
}

pub fn alias(name: Ident, asname: Option<Ident>, l: u32, r: u32) -> Alias {
    Alias { name, asname, span: Span::new(l, r) }
}

pub fn branch(test: Expr, body: Vec<Stmt>, l: u32, r: u32) -> IfBranch {
    IfBranch { test, body, span: Span::new(l, r) }
}

pub fn if_stmt(branches: Vec<IfBranch>, orelse: Vec<Stmt>) -> StmtKind {
    StmtKind::If { branches, orelse }
}

pub fn match_stmt(subject: Expr, cases: Vec<MatchCase>) -> StmtKind {
    StmtKind::Match { subject: Box::new(subject), cases }
}

pub fn function(mut function: FunctionDef, is_async: bool) -> StmtKind {
    function.is_async = is_async;
    StmtKind::FunctionDef(Box::new(function))
}

pub fn decorate(decorators: Vec<Expr>, mut stmt: Stmt) -> Stmt {
    match &mut stmt.kind {
        StmtKind::FunctionDef(function) => function.decorator_list = decorators,
        StmtKind::ClassDef(class) => class.decorator_list = decorators,
        _ => unreachable!("the grammar decorates nothing else"),
    }
    stmt
}

pub fn for_stmt(mut stmt: StmtKind, asynchronous: bool) -> StmtKind {
    if let StmtKind::For { is_async, .. } = &mut stmt {
        *is_async = asynchronous;
    }
    stmt
}

pub fn with_stmt(mut stmt: StmtKind, asynchronous: bool) -> StmtKind {
    if let StmtKind::With { is_async, .. } = &mut stmt {
        *is_async = asynchronous;
    }
    stmt
}

pub fn with(items: Vec<WithItem>, body: Vec<Stmt>) -> StmtKind {
    StmtKind::With { items, body, is_async: false }
}

pub fn handler(typ: Option<Expr>, name: Option<Ident>, body: Vec<Stmt>, l: u32, r: u32) -> ExceptHandler {
    ExceptHandler { typ: typ.map(Box::new), name, body, span: Span::new(l, r) }
}

pub fn type_param(kind: TypeParamKind, name: Ident, default: Option<Box<Expr>>, l: u32, r: u32) -> TypeParam {
    TypeParam { kind, name, default, span: Span::new(l, r) }
}

/// One part of `with (...)`, where the colon follows the parenthesis.
pub enum ParenItem {
    /// An expression: an item, or an element of a tuple.
    Plain(Expr),
    /// `*a` or `a := b`: can only be an element.
    Loose(Expr),
    /// `a as b`.
    Item(WithItem),
}

/// What stands between those parentheses.
pub enum ParenItems {
    List { items: Vec<ParenItem>, last_comma: bool },
    Generator(Expr, Vec<Comprehension>),
}

pub fn paren_items(items: Vec<ParenItem>, last_comma: bool) -> ParenItems {
    ParenItems::List { items, last_comma }
}

impl Builder<'_> {
    /// `first = rest[0] = ...`: the last of `rest` is the value.
    pub fn assign(&mut self, first: Expr, mut rest: Vec<Expr>) -> BuildResult<StmtKind> {
        let value = rest.pop().expect("the grammar asks for one at least");
        let mut targets = super::prepend(first, rest);
        for target in &mut targets {
            self.store(target)?;
        }
        Ok(StmtKind::Assign { targets, value: Box::new(value) })
    }

    /// `l` is where the statement begins: a target that begins later has parentheses.
    pub fn ann_assign(
        &mut self,
        l: u32,
        mut target: Expr,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
    ) -> BuildResult<StmtKind> {
        if !is_single(&target) {
            return refuse(target.span);
        }
        self.store(&mut target)?;
        let simple = target.as_name().is_some() && target.span.start == l;
        Ok(StmtKind::AnnAssign { target: Box::new(target), annotation, value, simple })
    }

    pub fn aug_assign(&mut self, mut target: Expr, op: Operator, value: Box<Expr>) -> BuildResult<StmtKind> {
        if !is_single(&target) {
            return refuse(target.span);
        }
        self.store(&mut target)?;
        Ok(StmtKind::AugAssign { target: Box::new(target), op, value })
    }

    pub fn delete(&mut self, mut targets: Vec<Expr>) -> BuildResult<StmtKind> {
        for target in &mut targets {
            self.del(target)?;
        }
        Ok(StmtKind::Delete { targets })
    }

    pub fn import_from(&mut self, dots: Vec<u32>, module: Option<Ident>, names: Vec<Alias>) -> StmtKind {
        StmtKind::ImportFrom { module, names, level: dots.iter().sum() }
    }

    pub fn import_star(&mut self, l: u32, r: u32) -> Vec<Alias> {
        vec![alias(Ident::from("*"), None, l, r)]
    }

    pub fn for_stmt(
        &mut self,
        mut target: Expr,
        iter: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    ) -> BuildResult<StmtKind> {
        self.store(&mut target)?;
        Ok(StmtKind::For { target: Box::new(target), iter, body, orelse, is_async: false })
    }

    pub fn with_item(&mut self, context_expr: Expr, mut vars: Expr) -> BuildResult<WithItem> {
        self.store(&mut vars)?;
        Ok(WithItem { context_expr, optional_vars: Some(Box::new(vars)) })
    }

    pub fn paren_item(&mut self, context_expr: Expr, vars: Expr) -> BuildResult<ParenItem> {
        self.with_item(context_expr, vars).map(ParenItem::Item)
    }

    /// `with (...)`, the parentheses being at `l..r`: several items, unless they can only be one tuple.
    pub fn paren_with(
        &mut self,
        items: ParenItems,
        body: Vec<Stmt>,
        l: u32,
        r: u32,
    ) -> BuildResult<StmtKind> {
        let item = |context_expr| WithItem { context_expr, optional_vars: None };
        let (items, last_comma) = match items {
            ParenItems::List { items, last_comma } => (items, last_comma),
            ParenItems::Generator(elt, generators) => {
                return Ok(with(vec![item(self.generator(elt, generators, l, r)?)], body));
            }
        };
        let any_loose = items.iter().any(|item| matches!(item, ParenItem::Loose(_)));
        let is_tuple = any_loose && (items.len() > 1 || last_comma) || items.is_empty();
        let mut with_items = Vec::with_capacity(items.len());
        let mut elements = Vec::new();
        for part in items {
            match part {
                ParenItem::Plain(expr) | ParenItem::Loose(expr) if is_tuple => elements.push(expr),
                ParenItem::Loose(expr) if matches!(expr.kind, ExprKind::Starred { .. }) => {
                    return refuse(expr.span);
                }
                ParenItem::Plain(expr) | ParenItem::Loose(expr) => with_items.push(item(expr)),
                ParenItem::Item(item) if is_tuple => return refuse(item.context_expr.span),
                ParenItem::Item(item) => with_items.push(item),
            }
        }
        if is_tuple {
            with_items.push(item(self.tuple(elements, l, r)?));
        }
        Ok(with(with_items, body))
    }

    pub fn function_def(
        &mut self,
        name: Ident,
        type_params: Option<Vec<TypeParam>>,
        params: Vec<Param>,
        returns: Option<Box<Expr>>,
        body: Vec<Stmt>,
    ) -> BuildResult<FunctionDef> {
        Ok(FunctionDef {
            name,
            args: self.arguments(params)?,
            body,
            decorator_list: Vec::new(),
            returns,
            type_params: type_params.unwrap_or_default(),
            is_async: false,
        })
    }

    pub fn class(
        &mut self,
        name: Ident,
        type_params: Option<Vec<TypeParam>>,
        args: Option<CallArgs>,
        body: Vec<Stmt>,
    ) -> BuildResult<StmtKind> {
        let (bases, keywords) = self.sort_args(args.unwrap_or_default())?;
        Ok(StmtKind::ClassDef(Box::new(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list: Vec::new(),
            type_params: type_params.unwrap_or_default(),
        })))
    }
}
