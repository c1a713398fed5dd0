//! The nodes of the syntax tree: Python's `ast` module, node for node.
//!
//! Three departures keep passes simple and safe on hostile input: `async` forms are a flag on the plain node, an
//! `if` holds its `elif` branches in one flat list instead of nesting them, and every expression knows its
//! height, which the builder keeps at or below [`MAX_EXPR_DEPTH`]. Passes may therefore recurse over a tree as
//! they like, and dropping one cannot exhaust the stack.
//!
//! Spans are byte offsets into the decoded source; `source.rs` turns them into lines and columns.

use std::sync::Arc;

use num_bigint::BigInt;

use super::wtf8::Wtf8String;

/// The greatest height of an expression tree; deeper input is refused with `DiagnosticKind::TooDeep`.
pub const MAX_EXPR_DEPTH: u32 = 3000;

/// An identifier after NFKC normalisation. Not yet mangled: that needs the class, so it is up to the scopes.
pub type Ident = Arc<str>;

/// A half-open range of byte offsets into the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// What one call of the parser yields; the variant follows the mode.
#[derive(Clone, Debug, PartialEq)]
pub enum Module {
    /// `exec`: a file.
    Module { body: Vec<Stmt> },
    /// `single`: one interactive statement, whose expression statements print their value.
    Interactive { body: Vec<Stmt> },
    /// `eval`.
    Expression { body: Box<Expr> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return {
        value: Option<Box<Expr>>,
    },
    Delete {
        targets: Vec<Expr>,
    },
    /// `targets[0] = targets[1] = ... = value`.
    Assign {
        targets: Vec<Expr>,
        value: Box<Expr>,
    },
    /// `name` is a Name.
    TypeAlias {
        name: Box<Expr>,
        type_params: Vec<TypeParam>,
        value: Box<Expr>,
    },
    AugAssign {
        target: Box<Expr>,
        op: Operator,
        value: Box<Expr>,
    },
    /// `simple`: the target is a Name without parentheses round it.
    AnnAssign {
        target: Box<Expr>,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
        simple: bool,
    },
    For {
        target: Box<Expr>,
        iter: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
        is_async: bool,
    },
    While {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// `branches` is the `if` and then each `elif`; never empty.
    If {
        branches: Vec<IfBranch>,
        orelse: Vec<Stmt>,
    },
    With {
        items: Vec<WithItem>,
        body: Vec<Stmt>,
        is_async: bool,
    },
    Match {
        subject: Box<Expr>,
        cases: Vec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    /// `is_star`: its handlers are `except*` (`ast.TryStar`).
    Try {
        body: Vec<Stmt>,
        handlers: Vec<ExceptHandler>,
        orelse: Vec<Stmt>,
        finalbody: Vec<Stmt>,
        is_star: bool,
    },
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import {
        names: Vec<Alias>,
    },
    /// `level` counts the leading dots. `from m import *` has one alias named `*`.
    ImportFrom {
        module: Option<Ident>,
        names: Vec<Alias>,
        level: u32,
    },
    Global {
        names: Vec<Ident>,
    },
    Nonlocal {
        names: Vec<Ident>,
    },
    Expr {
        value: Box<Expr>,
    },
    Pass,
    Break,
    Continue,
}

/// `if` or `elif` with its block.
#[derive(Clone, Debug, PartialEq)]
pub struct IfBranch {
    pub test: Expr,
    pub body: Vec<Stmt>,
    /// From the keyword to the end of the whole statement, as the nested `ast.If` has it.
    pub span: Span,
}

/// The statement's span begins at `def` or `async`, not at the first decorator.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDef {
    pub name: Ident,
    pub args: Arguments,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub returns: Option<Box<Expr>>,
    pub type_params: Vec<TypeParam>,
    pub is_async: bool,
}

/// The statement's span begins at `class`, not at the first decorator.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDef {
    pub name: Ident,
    pub bases: Vec<Expr>,
    pub keywords: Vec<Keyword>,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub type_params: Vec<TypeParam>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct WithItem {
    pub context_expr: Expr,
    pub optional_vars: Option<Box<Expr>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Box<Expr>>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ExceptHandler {
    /// `None` for a bare `except:`. Several types without parentheses (PEP 758) arrive as a Tuple.
    pub typ: Option<Box<Expr>>,
    pub name: Option<Ident>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// One name of an import statement; dotted names are kept as one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    pub name: Ident,
    pub asname: Option<Ident>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    /// Height of this tree: 1 for a leaf. Set by [`Expr::new`].
    pub(crate) depth: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Two or more values.
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    /// `target` is a Name.
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda {
        args: Box<Arguments>,
        body: Box<Expr>,
    },
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// A key of `None` stands for `**value`.
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set {
        elts: Vec<Expr>,
    },
    ListComp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    SetComp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    DictComp {
        key: Box<Expr>,
        value: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    GeneratorExp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    Await {
        value: Box<Expr>,
    },
    Yield {
        value: Option<Box<Expr>>,
    },
    YieldFrom {
        value: Box<Expr>,
    },
    /// `ops` and `comparators` have the same length, at least 1.
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    /// `{value!conversion:format_spec}` inside a JoinedStr; `format_spec` is a JoinedStr.
    FormattedValue {
        value: Box<Expr>,
        conversion: Option<Conversion>,
        format_spec: Option<Box<Expr>>,
    },
    /// The same inside a TemplateStr; `text` is the source text of the expression.
    Interpolation {
        value: Box<Expr>,
        text: Wtf8String,
        conversion: Option<Conversion>,
        format_spec: Option<Box<Expr>>,
    },
    /// f-string: string Constants and FormattedValues.
    JoinedStr {
        values: Vec<Expr>,
    },
    /// t-string: string Constants and Interpolations.
    TemplateStr {
        values: Vec<Expr>,
    },
    /// `u_prefix`: a string whose first literal was written `u'...'` (`kind` in Python's `ast`).
    Constant {
        value: Constant,
        u_prefix: bool,
    },
    Attribute {
        value: Box<Expr>,
        attr: Ident,
        ctx: ExprContext,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: ExprContext,
    },
    Starred {
        value: Box<Expr>,
        ctx: ExprContext,
    },
    Name {
        id: Ident,
        ctx: ExprContext,
    },
    List {
        elts: Vec<Expr>,
        ctx: ExprContext,
    },
    Tuple {
        elts: Vec<Expr>,
        ctx: ExprContext,
    },
    /// Only as the slice of a Subscript or an element of the Tuple there.
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// An int that does not fit an `i64`.
    BigInt(BigInt),
    Float(f64),
    /// The imaginary part; literals have no real one.
    Complex(f64),
    Str(Wtf8String),
    Bytes(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExprContext {
    Load,
    Store,
    Del,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

/// `!s`, `!r` or `!a`. The `=` of `{x=}` without format or conversion has already become `!r`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    Str,
    Repr,
    Ascii,
}

/// `for target in iter if ifs[0] if ifs[1] ...`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    pub target: Expr,
    pub iter: Expr,
    pub ifs: Vec<Expr>,
    pub is_async: bool,
}

/// The parameters of a function or lambda.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    pub posonlyargs: Vec<Arg>,
    pub args: Vec<Arg>,
    pub vararg: Option<Box<Arg>>,
    pub kwonlyargs: Vec<Arg>,
    /// One for each of `kwonlyargs`; `None` is a required one.
    pub kw_defaults: Vec<Option<Expr>>,
    pub kwarg: Option<Box<Arg>>,
    /// Those of the last parameters of `posonlyargs` followed by `args`.
    pub defaults: Vec<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    pub name: Ident,
    /// A Starred for `*args: *Ts`.
    pub annotation: Option<Box<Expr>>,
    pub span: Span,
}

/// A keyword argument; `arg` is `None` for `**value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    pub arg: Option<Ident>,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TypeParam {
    pub kind: TypeParamKind,
    pub name: Ident,
    pub default: Option<Box<Expr>>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeParamKind {
    /// `T`, `T: bound`; a Tuple as the bound means constraints.
    TypeVar { bound: Option<Box<Expr>> },
    /// `**P`.
    ParamSpec,
    /// `*Ts`.
    TypeVarTuple,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// Compares with `==`: a number (also negated or complex), a string, or a dotted name.
    MatchValue {
        value: Box<Expr>,
    },
    /// Compares with `is`: None, True, False.
    MatchSingleton {
        value: Constant,
    },
    MatchSequence {
        patterns: Vec<Pattern>,
    },
    /// `keys` and `patterns` have the same length; `rest` is the name after `**`.
    MatchMapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Ident>,
    },
    /// `kwd_attrs` and `kwd_patterns` have the same length.
    MatchClass {
        cls: Box<Expr>,
        patterns: Vec<Pattern>,
        kwd_attrs: Vec<Ident>,
        kwd_patterns: Vec<Pattern>,
    },
    /// `*name` inside a sequence; `None` is `*_`.
    MatchStar {
        name: Option<Ident>,
    },
    /// A capture (`pattern` is `None`), the wildcard (both `None`), or `pattern as name`.
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Ident>,
    },
    /// Two or more alternatives.
    MatchOr {
        patterns: Vec<Pattern>,
    },
}

impl Stmt {
    pub fn new(kind: StmtKind, span: Span) -> Stmt {
        Stmt { kind, span }
    }
}

impl Expr {
    /// Makes a node and works out its depth from its children's.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        let depth = 1 + kind.max_child_depth();
        Expr { kind, span, depth }
    }

    /// Height of this tree: 1 for a leaf.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The text if this is a plain Name.
    pub fn as_name(&self) -> Option<&Ident> {
        match &self.kind {
            ExprKind::Name { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The value if this is a Constant.
    pub fn as_constant(&self) -> Option<&Constant> {
        match &self.kind {
            ExprKind::Constant { value, .. } => Some(value),
            _ => None,
        }
    }
}

impl ExprKind {
    /// The greatest depth among the direct children; 0 without any.
    fn max_child_depth(&self) -> u32 {
        let mut depth = 0;
        self.for_each_child(&mut |child| depth = depth.max(child.depth));
        depth
    }

    /// Calls `f` with each expression directly below, in source order (defaults before annotations in a lambda).
    pub fn for_each_child<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        fn each<'a>(list: &'a [Expr], f: &mut dyn FnMut(&'a Expr)) {
            list.iter().for_each(f);
        }
        fn maybe<'a>(child: &'a Option<Box<Expr>>, f: &mut dyn FnMut(&'a Expr)) {
            if let Some(child) = child {
                f(child);
            }
        }
        fn clauses<'a>(generators: &'a [Comprehension], f: &mut dyn FnMut(&'a Expr)) {
            for clause in generators {
                f(&clause.target);
                f(&clause.iter);
                each(&clause.ifs, f);
            }
        }
        match self {
            ExprKind::BoolOp { values, .. } => each(values, f),
            ExprKind::NamedExpr { target, value } => {
                f(target);
                f(value);
            }
            ExprKind::BinOp { left, right, .. } => {
                f(left);
                f(right);
            }
            ExprKind::UnaryOp { operand, .. } => f(operand),
            ExprKind::Lambda { args, body } => {
                args.for_each_expr(f);
                f(body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                f(body);
                f(test);
                f(orelse);
            }
            ExprKind::Dict { keys, values } => {
                for (key, value) in keys.iter().zip(values) {
                    if let Some(key) = key {
                        f(key);
                    }
                    f(value);
                }
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                f(elt);
                clauses(generators, f);
            }
            ExprKind::DictComp { key, value, generators } => {
                f(key);
                f(value);
                clauses(generators, f);
            }
            ExprKind::Await { value } | ExprKind::YieldFrom { value } | ExprKind::Starred { value, .. } => {
                f(value)
            }
            ExprKind::Yield { value } => maybe(value, f),
            ExprKind::Compare { left, comparators, .. } => {
                f(left);
                each(comparators, f);
            }
            ExprKind::Call { func, args, keywords } => {
                f(func);
                each(args, f);
                keywords.iter().for_each(|keyword| f(&keyword.value));
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                f(value);
                maybe(format_spec, f);
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => each(values, f),
            ExprKind::Constant { .. } | ExprKind::Name { .. } => {}
            ExprKind::Attribute { value, .. } => f(value),
            ExprKind::Subscript { value, slice, .. } => {
                f(value);
                f(slice);
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                each(elts, f)
            }
            ExprKind::Slice { lower, upper, step } => {
                maybe(lower, f);
                maybe(upper, f);
                maybe(step, f);
            }
        }
    }
}

impl Arguments {
    /// Calls `f` with each default and then each annotation.
    pub fn for_each_expr<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        self.defaults.iter().for_each(&mut *f);
        self.kw_defaults.iter().flatten().for_each(&mut *f);
        self.iter().filter_map(|arg| arg.annotation.as_deref()).for_each(f);
    }

    /// All parameters: positional-only, plain, `*args`, keyword-only, `**kwargs`.
    pub fn iter(&self) -> impl Iterator<Item = &Arg> {
        (self.posonlyargs.iter())
            .chain(&self.args)
            .chain(self.vararg.as_deref())
            .chain(&self.kwonlyargs)
            .chain(self.kwarg.as_deref())
    }
}
