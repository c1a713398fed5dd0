//! Writes a tree in the form of Python's `ast.dump`, with the position of every node: for snapshots, and to compare
//! with what CPython parses.

use std::fmt::{Display, Write};

use ouro_lang::ast::*;
use ouro_lang::source::SourceText;

pub struct Dumper<'a> {
    pub source: &'a SourceText,
    /// `[line.column-line.column]` after the name of each node.
    pub positions: bool,
    pub out: String,
}

/// Shorthand: the fields of a node.
macro_rules! node {
    ($d:expr, $name:expr, $span:expr; $($field:ident = $value:expr),*) => {{
        $d.open($name, $span);
        let _first = true;
        $( let _first = $d.field(stringify!($field), _first); $value; )*
        $d.out.push(')');
    }};
}

impl Dumper<'_> {
    pub fn module(&mut self, module: &Module) {
        match module {
            Module::Module { body } => {
                node!(self, "Module", None; body = self.stmts(body), type_ignores = self.out.push_str("[]"))
            }
            Module::Interactive { body } => node!(self, "Interactive", None; body = self.stmts(body)),
            Module::Expression { body } => node!(self, "Expression", None; body = self.expr(body)),
        }
    }

    fn open(&mut self, name: &str, span: Option<Span>) {
        self.out.push_str(name);
        if let (true, Some(span)) = (self.positions, span) {
            let (source, start, end) = (self.source, span.start, span.end);
            let place = |at| (source.line(at), source.byte_column(at));
            let ((line, column), (end_line, end_column)) = (place(start), place(end));
            write!(self.out, "[{line}.{column}-{end_line}.{end_column}]").unwrap();
        }
        self.out.push('(');
    }

    fn field(&mut self, name: &str, first: bool) -> bool {
        if !first {
            self.out.push_str(", ");
        }
        self.out.push_str(name.trim_start_matches("r#"));
        self.out.push('=');
        false
    }

    fn none(&mut self) {
        self.out.push_str("None");
    }

    fn text(&mut self, text: impl Display) {
        write!(self.out, "{text}").unwrap();
    }

    fn name(&mut self, name: &str) {
        write!(self.out, "'{name}'").unwrap();
    }

    fn maybe_name(&mut self, name: &Option<Ident>) {
        match name {
            Some(name) => self.name(name),
            None => self.none(),
        }
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            each(self, item);
        }
        self.out.push(']');
    }

    fn names(&mut self, names: &[Ident]) {
        self.list(names, |d, name| d.name(name));
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        self.list(stmts, Self::stmt);
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        self.list(exprs, Self::expr);
    }

    fn maybe(&mut self, expr: &Option<Box<Expr>>) {
        match expr {
            Some(expr) => self.expr(expr),
            None => self.none(),
        }
    }

    fn prefix(is_async: bool, name: &str) -> String {
        format!("{}{name}", if is_async { "Async" } else { "" })
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let at = Some(stmt.span);
        match &stmt.kind {
            StmtKind::FunctionDef(f) => node!(self, &Self::prefix(f.is_async, "FunctionDef"), at;
                name = self.name(&f.name), args = self.arguments(&f.args), body = self.stmts(&f.body),
                decorator_list = self.exprs(&f.decorator_list), returns = self.maybe(&f.returns),
                type_comment = self.none(), type_params = self.type_params(&f.type_params)),
            StmtKind::ClassDef(c) => node!(self, "ClassDef", at;
                name = self.name(&c.name), bases = self.exprs(&c.bases), keywords = self.keywords(&c.keywords),
                body = self.stmts(&c.body), decorator_list = self.exprs(&c.decorator_list),
                type_params = self.type_params(&c.type_params)),
            StmtKind::Return { value } => node!(self, "Return", at; value = self.maybe(value)),
            StmtKind::Delete { targets } => node!(self, "Delete", at; targets = self.exprs(targets)),
            StmtKind::Assign { targets, value } => node!(self, "Assign", at;
                targets = self.exprs(targets), value = self.expr(value), type_comment = self.none()),
            StmtKind::TypeAlias { name, type_params, value } => node!(self, "TypeAlias", at;
                name = self.expr(name), type_params = self.type_params(type_params), value = self.expr(value)),
            StmtKind::AugAssign { target, op, value } => node!(self, "AugAssign", at;
                target = self.expr(target), op = self.text(format_args!("{op:?}()")), value = self.expr(value)),
            StmtKind::AnnAssign { target, annotation, value, simple } => node!(self, "AnnAssign", at;
                target = self.expr(target), annotation = self.expr(annotation), value = self.maybe(value),
                simple = self.text(u8::from(*simple))),
            StmtKind::For { target, iter, body, orelse, is_async } => {
                node!(self, &Self::prefix(*is_async, "For"), at;
                target = self.expr(target), iter = self.expr(iter), body = self.stmts(body),
                orelse = self.stmts(orelse), type_comment = self.none())
            }
            StmtKind::While { test, body, orelse } => node!(self, "While", at;
                test = self.expr(test), body = self.stmts(body), orelse = self.stmts(orelse)),
            StmtKind::If { branches, orelse } => self.branches(branches, orelse),
            StmtKind::With { items, body, is_async } => node!(self, &Self::prefix(*is_async, "With"), at;
                items = self.list(items, Self::with_item), body = self.stmts(body), type_comment = self.none()),
            StmtKind::Match { subject, cases } => node!(self, "Match", at;
                subject = self.expr(subject), cases = self.list(cases, |d, case| node!(d, "match_case", None;
                    pattern = d.pattern(&case.pattern), guard = d.maybe(&case.guard), body = d.stmts(&case.body)))),
            StmtKind::Raise { exc, cause } => {
                node!(self, "Raise", at; exc = self.maybe(exc), cause = self.maybe(cause))
            }
            StmtKind::Try { body, handlers, orelse, finalbody, is_star } => {
                node!(self, if *is_star { "TryStar" } else { "Try" }, at;
                    body = self.stmts(body), handlers = self.list(handlers, |d, h| node!(d, "ExceptHandler", Some(h.span);
                        r#type = d.maybe(&h.typ), name = d.maybe_name(&h.name), body = d.stmts(&h.body))),
                    orelse = self.stmts(orelse), finalbody = self.stmts(finalbody))
            }
            StmtKind::Assert { test, msg } => {
                node!(self, "Assert", at; test = self.expr(test), msg = self.maybe(msg))
            }
            StmtKind::Import { names } => node!(self, "Import", at; names = self.list(names, Self::alias)),
            StmtKind::ImportFrom { module, names, level } => node!(self, "ImportFrom", at;
                module = self.maybe_name(module), names = self.list(names, Self::alias), level = self.text(level)),
            StmtKind::Global { names } => node!(self, "Global", at; names = self.names(names)),
            StmtKind::Nonlocal { names } => node!(self, "Nonlocal", at; names = self.names(names)),
            StmtKind::Expr { value } => node!(self, "Expr", at; value = self.expr(value)),
            StmtKind::Pass => node!(self, "Pass", at;),
            StmtKind::Break => node!(self, "Break", at;),
            StmtKind::Continue => node!(self, "Continue", at;),
        }
    }

    /// As Python has them: an `elif` is an `if` in the `else`.
    fn branches(&mut self, branches: &[IfBranch], orelse: &[Stmt]) {
        let (branch, rest) = branches.split_first().unwrap();
        node!(self, "If", Some(branch.span);
        test = self.expr(&branch.test), body = self.stmts(&branch.body),
        orelse = match rest {
            [] => self.stmts(orelse),
            _ => {
                self.out.push('[');
                self.branches(rest, orelse);
                self.out.push(']');
            }
        });
    }

    fn with_item(&mut self, item: &WithItem) {
        node!(self, "withitem", None;
            context_expr = self.expr(&item.context_expr), optional_vars = self.maybe(&item.optional_vars))
    }

    fn alias(&mut self, alias: &Alias) {
        node!(self, "alias", Some(alias.span);
            name = self.name(&alias.name), asname = self.maybe_name(&alias.asname))
    }

    fn keywords(&mut self, keywords: &[Keyword]) {
        self.list(keywords, |d, keyword| {
            node!(d, "keyword", Some(keyword.span);
                arg = d.maybe_name(&keyword.arg), value = d.expr(&keyword.value))
        });
    }

    fn arg(&mut self, arg: &Arg) {
        node!(self, "arg", Some(arg.span);
            arg = self.name(&arg.name), annotation = self.maybe(&arg.annotation), type_comment = self.none())
    }

    fn maybe_arg(&mut self, arg: &Option<Box<Arg>>) {
        match arg {
            Some(arg) => self.arg(arg),
            None => self.none(),
        }
    }

    fn arguments(&mut self, args: &Arguments) {
        node!(self, "arguments", None;
            posonlyargs = self.list(&args.posonlyargs, Self::arg), args = self.list(&args.args, Self::arg),
            vararg = self.maybe_arg(&args.vararg), kwonlyargs = self.list(&args.kwonlyargs, Self::arg),
            kw_defaults = self.list(&args.kw_defaults, |d, default| match default {
                Some(default) => d.expr(default),
                None => d.none(),
            }),
            kwarg = self.maybe_arg(&args.kwarg), defaults = self.exprs(&args.defaults))
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        self.list(params, |d, param| {
            let at = Some(param.span);
            match &param.kind {
                TypeParamKind::TypeVar { bound } => node!(d, "TypeVar", at;
                    name = d.name(&param.name), bound = d.maybe(bound), default_value = d.maybe(&param.default)),
                TypeParamKind::ParamSpec => node!(d, "ParamSpec", at;
                    name = d.name(&param.name), default_value = d.maybe(&param.default)),
                TypeParamKind::TypeVarTuple => node!(d, "TypeVarTuple", at;
                    name = d.name(&param.name), default_value = d.maybe(&param.default)),
            }
        });
    }

    fn patterns(&mut self, patterns: &[Pattern]) {
        self.list(patterns, Self::pattern);
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let at = Some(pattern.span);
        match &pattern.kind {
            PatternKind::MatchValue { value } => node!(self, "MatchValue", at; value = self.expr(value)),
            PatternKind::MatchSingleton { value } => {
                node!(self, "MatchSingleton", at; value = self.constant(value))
            }
            PatternKind::MatchSequence { patterns } => {
                node!(self, "MatchSequence", at; patterns = self.patterns(patterns))
            }
            PatternKind::MatchMapping { keys, patterns, rest } => node!(self, "MatchMapping", at;
                keys = self.exprs(keys), patterns = self.patterns(patterns), rest = self.maybe_name(rest)),
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                node!(self, "MatchClass", at;
                cls = self.expr(cls), patterns = self.patterns(patterns), kwd_attrs = self.names(kwd_attrs),
                kwd_patterns = self.patterns(kwd_patterns))
            }
            PatternKind::MatchStar { name } => node!(self, "MatchStar", at; name = self.maybe_name(name)),
            PatternKind::MatchAs { pattern, name } => node!(self, "MatchAs", at;
                pattern = match pattern {
                    Some(pattern) => self.pattern(pattern),
                    None => self.none(),
                },
                name = self.maybe_name(name)),
            PatternKind::MatchOr { patterns } => {
                node!(self, "MatchOr", at; patterns = self.patterns(patterns))
            }
        }
    }

    fn comprehensions(&mut self, generators: &[Comprehension]) {
        self.list(generators, |d, clause| {
            node!(d, "comprehension", None;
                target = d.expr(&clause.target), iter = d.expr(&clause.iter), ifs = d.exprs(&clause.ifs),
                is_async = d.text(u8::from(clause.is_async)))
        });
    }

    fn ctx(&mut self, ctx: &ExprContext) {
        self.text(format_args!("{ctx:?}()"));
    }

    fn conversion(&mut self, conversion: &Option<Conversion>) {
        self.text(match conversion {
            None => -1,
            Some(Conversion::Str) => 115,
            Some(Conversion::Repr) => 114,
            Some(Conversion::Ascii) => 97,
        });
    }

    pub fn expr(&mut self, expr: &Expr) {
        let at = Some(expr.span);
        match &expr.kind {
            ExprKind::BoolOp { op, values } => node!(self, "BoolOp", at;
                op = self.text(format_args!("{op:?}()")), values = self.exprs(values)),
            ExprKind::NamedExpr { target, value } => {
                node!(self, "NamedExpr", at; target = self.expr(target), value = self.expr(value))
            }
            ExprKind::BinOp { left, op, right } => node!(self, "BinOp", at;
                left = self.expr(left), op = self.text(format_args!("{op:?}()")), right = self.expr(right)),
            ExprKind::UnaryOp { op, operand } => node!(self, "UnaryOp", at;
                op = self.text(format_args!("{op:?}()")), operand = self.expr(operand)),
            ExprKind::Lambda { args, body } => {
                node!(self, "Lambda", at; args = self.arguments(args), body = self.expr(body))
            }
            ExprKind::IfExp { test, body, orelse } => node!(self, "IfExp", at;
                test = self.expr(test), body = self.expr(body), orelse = self.expr(orelse)),
            ExprKind::Dict { keys, values } => node!(self, "Dict", at;
                keys = self.list(keys, |d, key| match key {
                    Some(key) => d.expr(key),
                    None => d.none(),
                }),
                values = self.exprs(values)),
            ExprKind::Set { elts } => node!(self, "Set", at; elts = self.exprs(elts)),
            ExprKind::ListComp { elt, generators } => node!(self, "ListComp", at;
                elt = self.expr(elt), generators = self.comprehensions(generators)),
            ExprKind::SetComp { elt, generators } => node!(self, "SetComp", at;
                elt = self.expr(elt), generators = self.comprehensions(generators)),
            ExprKind::DictComp { key, value, generators } => node!(self, "DictComp", at;
                key = self.expr(key), value = self.expr(value), generators = self.comprehensions(generators)),
            ExprKind::GeneratorExp { elt, generators } => node!(self, "GeneratorExp", at;
                elt = self.expr(elt), generators = self.comprehensions(generators)),
            ExprKind::Await { value } => node!(self, "Await", at; value = self.expr(value)),
            ExprKind::Yield { value } => node!(self, "Yield", at; value = self.maybe(value)),
            ExprKind::YieldFrom { value } => node!(self, "YieldFrom", at; value = self.expr(value)),
            ExprKind::Compare { left, ops, comparators } => node!(self, "Compare", at;
                left = self.expr(left), ops = self.list(ops, |d, op| d.text(format_args!("{op:?}()"))),
                comparators = self.exprs(comparators)),
            ExprKind::Call { func, args, keywords } => node!(self, "Call", at;
                func = self.expr(func), args = self.exprs(args), keywords = self.keywords(keywords)),
            ExprKind::FormattedValue { value, conversion, format_spec } => node!(self, "FormattedValue", at;
                value = self.expr(value), conversion = self.conversion(conversion),
                format_spec = self.maybe(format_spec)),
            ExprKind::Interpolation { value, text, conversion, format_spec } => {
                node!(self, "Interpolation", at;
                value = self.expr(value), str = self.constant(&Constant::Str(text.clone())),
                conversion = self.conversion(conversion), format_spec = self.maybe(format_spec))
            }
            ExprKind::JoinedStr { values } => node!(self, "JoinedStr", at; values = self.exprs(values)),
            ExprKind::TemplateStr { values } => node!(self, "TemplateStr", at; values = self.exprs(values)),
            ExprKind::Constant { value, u_prefix } => node!(self, "Constant", at;
            value = self.constant(value), kind = match u_prefix {
                true => self.name("u"),
                false => self.none(),
            }),
            ExprKind::Attribute { value, attr, ctx } => node!(self, "Attribute", at;
                value = self.expr(value), attr = self.name(attr), ctx = self.ctx(ctx)),
            ExprKind::Subscript { value, slice, ctx } => node!(self, "Subscript", at;
                value = self.expr(value), slice = self.expr(slice), ctx = self.ctx(ctx)),
            ExprKind::Starred { value, ctx } => {
                node!(self, "Starred", at; value = self.expr(value), ctx = self.ctx(ctx))
            }
            ExprKind::Name { id, ctx } => node!(self, "Name", at; id = self.name(id), ctx = self.ctx(ctx)),
            ExprKind::List { elts, ctx } => {
                node!(self, "List", at; elts = self.exprs(elts), ctx = self.ctx(ctx))
            }
            ExprKind::Tuple { elts, ctx } => {
                node!(self, "Tuple", at; elts = self.exprs(elts), ctx = self.ctx(ctx))
            }
            ExprKind::Slice { lower, upper, step } => node!(self, "Slice", at;
                lower = self.maybe(lower), upper = self.maybe(upper), step = self.maybe(step)),
        }
    }

    /// Numbers in full, strings by their code points: no two values look alike.
    fn constant(&mut self, value: &Constant) {
        match value {
            Constant::None => self.none(),
            Constant::True => self.text("True"),
            Constant::False => self.text("False"),
            Constant::Ellipsis => self.text("Ellipsis"),
            Constant::Int(value) => self.text(format_args!("{value:#x}")),
            Constant::BigInt(value) => self.text(format_args!("{value:#x}")),
            Constant::Float(value) => self.text(format_args!("float:{:016x}", value.to_bits())),
            Constant::Complex(value) => self.text(format_args!("complex:{:016x}", value.to_bits())),
            Constant::Str(value) => {
                self.out.push('\'');
                for point in value.code_points() {
                    match u8::try_from(point) {
                        Ok(byte @ b' '..=b'~') if byte != b'\\' && byte != b'\'' => {
                            self.out.push(char::from(byte))
                        }
                        _ => write!(self.out, "\\{{{point:x}}}").unwrap(),
                    }
                }
                self.out.push('\'');
            }
            Constant::Bytes(value) => {
                self.out.push_str("bytes:");
                value.iter().for_each(|byte| write!(self.out, "{byte:02x}").unwrap());
            }
        }
    }
}
