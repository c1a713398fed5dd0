//! The first pass: what each block binds, uses and declares; statements.
//!
//! Follows `symtable.c` of CPython in the order of visits, so that of several errors the same one is reported.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::{
    BlockKind, Future, MAX_SCOPE_DEPTH, Role, Scope, ScopeId, ScopeOptions, ScopeTable, address, too_deep,
    uses,
};
use crate::ast::{
    Alias, Arguments, ClassDef, ExceptHandler, Expr, ExprContext, ExprKind, FunctionDef, Module, Pattern,
    PatternKind, Span, Stmt, StmtKind, TypeParam, TypeParamKind,
};
use crate::diagnostics::Diagnostic;
use crate::source::SourceText;

pub(super) type Done = Result<(), Diagnostic>;

/// What encloses a statement, as far as PEP 765 cares.
#[derive(Clone, Copy, PartialEq)]
enum Flow {
    Finally,
    Loop,
    Function,
}

pub(super) struct Builder<'a> {
    pub(super) source: &'a SourceText,
    pub(super) options: ScopeOptions,
    pub(super) scopes: Vec<Scope>,
    by_node: HashMap<(usize, Role), ScopeId>,
    pub(super) stack: Vec<ScopeId>,
    private: Option<Rc<str>>,
    texts: HashSet<Rc<str>>,
    flow: Vec<Flow>,
    warnings: &'a mut Vec<Diagnostic>,
}

pub(super) fn build(
    module: &Module,
    source: &SourceText,
    options: ScopeOptions,
    future: Future,
    warnings: &mut Vec<Diagnostic>,
) -> Result<ScopeTable, Diagnostic> {
    let mut builder = Builder {
        source,
        options,
        scopes: Vec::new(),
        by_node: HashMap::new(),
        stack: Vec::new(),
        private: None,
        texts: HashSet::new(),
        flow: Vec::new(),
        warnings,
    };
    builder.enter("top", BlockKind::Module, address(module), Role::Body, Span::default())?;
    match module {
        Module::Module { body } | Module::Interactive { body } => builder.stmts(body)?,
        Module::Expression { body } => builder.expr(body)?,
    }
    Ok(ScopeTable { scopes: builder.scopes, by_node: builder.by_node, future })
}

impl<'a> Builder<'a> {
    // ---- blocks

    pub(super) fn enter(
        &mut self,
        name: &str,
        kind: BlockKind,
        node: usize,
        role: Role,
        span: Span,
    ) -> Result<ScopeId, Diagnostic> {
        if self.stack.len() > MAX_SCOPE_DEPTH {
            return Err(too_deep());
        }
        let id = ScopeId(self.scopes.len() as u32);
        let parent = self.stack.last().copied();
        let nested = parent.is_some_and(|parent| {
            let parent = &self.scopes[parent.0 as usize];
            parent.nested || parent.is_function_like()
        });
        let name = self.text(name);
        // Whatever stands inside the iterable of a comprehension may not bind names, functions of its own included.
        let in_iterable = parent.is_some_and(|parent| self.scopes[parent.0 as usize].iterable_depth > 0);
        self.scopes.push(Scope {
            kind,
            comprehension: None,
            name,
            span,
            parent,
            children: Vec::new(),
            symbols: Vec::new(),
            indexes: HashMap::new(),
            parameters: Vec::new(),
            directives: HashMap::new(),
            nested,
            generator: false,
            coroutine: false,
            var_args: false,
            var_keywords: false,
            method: false,
            inlined: false,
            needs_class_cell: false,
            needs_class_dict: false,
            sees_class: false,
            conditional_annotations: false,
            annotation_block: None,
            annotations_used: false,
            private: self.private.clone(),
            mangled_names: None,
            what: "",
            in_target: false,
            iterable_depth: in_iterable.into(),
            in_conditional: false,
            unevaluated: false,
            captured: HashSet::new(),
        });
        if let Some(parent) = parent {
            self.scopes[parent.0 as usize].children.push(id);
        }
        self.by_node.insert((node, role), id);
        self.stack.push(id);
        if let BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias = kind {
            self.add(".format", uses::PARAM | uses::USE, span)?;
        }
        Ok(id)
    }

    pub(super) fn leave(&mut self) {
        self.stack.pop();
    }

    pub(super) fn current(&mut self) -> &mut Scope {
        let id = self.stack.last().expect("the module's scope stays entered");
        &mut self.scopes[id.0 as usize]
    }

    /// Makes the current block see the names of the class around it.
    fn see_class(&mut self, span: Span) -> Done {
        self.current().sees_class = true;
        self.add("__classdict__", uses::USE, span)
    }

    // ---- names

    pub(super) fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.source.compile_error(span, message)
    }

    fn text(&mut self, text: &str) -> Rc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let text: Rc<str> = text.into();
        self.texts.insert(text.clone());
        text
    }

    pub(super) fn mangled(&mut self, name: &str) -> Rc<str> {
        match self.current().mangle(name) {
            Some(mangled) => self.text(&mangled),
            None => self.text(name),
        }
    }

    pub(super) fn add(&mut self, name: &str, flag: u16, span: Span) -> Done {
        let id = *self.stack.last().expect("the module's scope stays entered");
        self.add_to(id, name, flag, span)
    }

    pub(super) fn add_to(&mut self, id: ScopeId, name: &str, flag: u16, span: Span) -> Done {
        if flag & uses::TYPE_PARAM != 0 {
            let name = self.text(name);
            if let Some(names) = &mut self.scopes[id.0 as usize].mangled_names {
                names.insert(name);
            }
        }
        // Mangled by the block that is being visited, also when the name goes to an outer one.
        let name = self.mangled(name);
        let scope = &mut self.scopes[id.0 as usize];
        let index = scope.index_of(&name);
        let known = scope.symbols[index].uses;
        if flag & known & uses::PARAM != 0 {
            let message = format!("duplicate argument '{name}' in function definition");
            return Err(self.error(span, message));
        }
        if flag & known & uses::TYPE_PARAM != 0 {
            return Err(self.error(span, format!("duplicate type parameter '{name}'")));
        }
        let mut all = known | flag;
        if scope.in_target {
            if all & (uses::GLOBAL | uses::NONLOCAL) != 0 {
                let message =
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return Err(self.error(span, message));
            }
            all |= uses::COMPREHENSION_TARGET;
        }
        scope.symbols[index].uses = all;
        if flag & uses::PARAM != 0 {
            scope.parameters.push(name);
        } else if flag & uses::GLOBAL != 0 && id.0 != 0 {
            // What any block declares global is global for the module's own code, too, which shows where `exec` has separate locals.
            self.scopes[0].declare_global(name);
        }
        Ok(())
    }

    /// Binds a name, `__debug__` excepted.
    pub(super) fn bind(&mut self, name: &str, flag: u16, span: Span) -> Done {
        self.check_name(name, span, ExprContext::Store)?;
        self.add(name, flag, span)
    }

    pub(super) fn check_name(&self, name: &str, span: Span, ctx: ExprContext) -> Done {
        match ctx {
            ExprContext::Store if name == "__debug__" => Err(self.error(span, "cannot assign to __debug__")),
            ExprContext::Del if name == "__debug__" => Err(self.error(span, "cannot delete __debug__")),
            _ => Ok(()),
        }
    }

    pub(super) fn lookup(&mut self, name: &str) -> u16 {
        let name = self.mangled(name);
        self.current().uses(&name)
    }

    pub(super) fn record_directive(&mut self, name: &str, span: Span) {
        let name = self.mangled(name);
        self.current().directives.entry(name).or_insert(span);
    }

    // ---- statements

    pub(super) fn stmts(&mut self, body: &[Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Done {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, span),
            StmtKind::ClassDef(def) => self.class(def, span),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(name, type_params, value, span)
            }
            StmtKind::Return { value } => {
                self.warn_leaving_finally("return", span);
                self.maybe(value)
            }
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(target, annotation, value.as_deref(), *simple, span)
            }
            StmtKind::For { target, iter, body, orelse, is_async } => {
                if *is_async {
                    self.require_async("async for", span)?;
                }
                self.expr(target)?;
                self.expr(iter)?;
                self.conditional(|this| {
                    this.within(Flow::Loop, body)?;
                    this.stmts(orelse)
                })
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.conditional(|this| {
                    this.within(Flow::Loop, body)?;
                    this.stmts(orelse)
                })
            }
            StmtKind::If { branches, orelse } => {
                for branch in branches {
                    self.expr(&branch.test)?;
                    self.conditional(|this| this.stmts(&branch.body))?;
                }
                self.conditional(|this| this.stmts(orelse))
            }
            StmtKind::With { items, body, is_async } => {
                if *is_async {
                    self.require_async("async with", span)?;
                }
                for item in items {
                    self.expr(&item.context_expr)?;
                    self.maybe(&item.optional_vars)?;
                }
                self.conditional(|this| this.stmts(body))
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditional(|this| {
                    for case in cases {
                        this.pattern(&case.pattern)?;
                        this.maybe(&case.guard)?;
                        this.stmts(&case.body)?;
                    }
                    Ok(())
                })
            }
            StmtKind::Raise { exc, cause } => {
                self.maybe(exc)?;
                self.maybe(cause)
            }
            StmtKind::Try { body, handlers, orelse, finalbody, .. } => self.conditional(|this| {
                this.stmts(body)?;
                handlers.iter().try_for_each(|handler| this.handler(handler))?;
                this.stmts(orelse)?;
                this.within(Flow::Finally, finalbody)
            }),
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.maybe(msg)
            }
            StmtKind::Import { names } => names.iter().try_for_each(|alias| self.alias(alias)),
            StmtKind::ImportFrom { names, .. } => names.iter().try_for_each(|alias| self.alias(alias)),
            StmtKind::Global { names } => {
                names.iter().try_for_each(|name| self.directive(name, uses::GLOBAL, "global", span))
            }
            StmtKind::Nonlocal { names } => {
                names.iter().try_for_each(|name| self.directive(name, uses::NONLOCAL, "nonlocal", span))
            }
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass => Ok(()),
            StmtKind::Break => {
                self.warn_leaving_finally("break", span);
                Ok(())
            }
            StmtKind::Continue => {
                self.warn_leaving_finally("continue", span);
                Ok(())
            }
        }
    }

    fn conditional(&mut self, visit: impl FnOnce(&mut Self) -> Done) -> Done {
        let before = std::mem::replace(&mut self.current().in_conditional, true);
        visit(self)?;
        self.current().in_conditional = before;
        Ok(())
    }

    fn within(&mut self, flow: Flow, body: &[Stmt]) -> Done {
        self.flow.push(flow);
        self.stmts(body)?;
        self.flow.pop();
        Ok(())
    }

    fn warn_leaving_finally(&mut self, keyword: &str, span: Span) {
        let leaves = match keyword {
            "return" => self.flow.iter().rev().find(|&&flow| flow != Flow::Loop),
            _ => self.flow.last(),
        };
        if leaves == Some(&Flow::Finally) {
            let message = format!("'{keyword}' in a 'finally' block");
            self.warnings.push(self.source.compile_warning(span, message));
        }
    }

    /// Refuses `async for` and `async with` where nothing can be awaited.
    fn require_async(&mut self, what: &str, span: Span) -> Done {
        self.module_coroutine();
        match self.current().coroutine {
            true => Ok(()),
            false => Err(self.error(span, format!("'{what}' outside async function"))),
        }
    }

    /// Top-level `async for`, `async with` and `await` make the module a coroutine where that is allowed.
    pub(super) fn module_coroutine(&mut self) {
        let allowed = self.options.top_level_await;
        let scope = self.current();
        if allowed && scope.kind == BlockKind::Module {
            scope.coroutine = true;
        }
    }

    fn function(&mut self, def: &FunctionDef, span: Span) -> Done {
        self.bind(&def.name, uses::LOCAL, span)?;
        self.exprs(&def.args.defaults)?;
        def.args.kw_defaults.iter().flatten().try_for_each(|default| self.expr(default))?;
        self.exprs(&def.decorator_list)?;
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_params(&def.name, address(def), span)?;
            if !def.args.defaults.is_empty() {
                self.add(".defaults", uses::PARAM, span)?;
            }
            if def.args.kw_defaults.iter().any(Option::is_some) {
                self.add(".kwdefaults", uses::PARAM, span)?;
            }
            self.type_params(&def.type_params)?;
        }
        let method = self.current().kind == BlockKind::Class;
        let used = self.annotations(&def.args, def.returns.as_deref(), address(def), span)?;
        self.enter(&def.name, BlockKind::Function, address(def), Role::Body, span)?;
        self.current().method = method;
        self.current().coroutine = def.is_async;
        self.current().annotations_used = used;
        self.parameters(&def.args)?;
        self.within(Flow::Function, &def.body)?;
        self.leave();
        if generic {
            self.leave();
        }
        Ok(())
    }

    /// Enters the block of a type parameter list.
    fn enter_type_params(&mut self, name: &str, node: usize, span: Span) -> Done {
        let in_class = self.current().kind == BlockKind::Class;
        self.enter(name, BlockKind::TypeParams, node, Role::TypeParams, span)?;
        if in_class {
            self.see_class(span)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Done {
        let mut any_default = false;
        for param in params {
            if any_default && param.default.is_none() {
                let message =
                    format!("non-default type parameter '{}' follows default type parameter", param.name);
                return Err(self.error(param.span, message));
            }
            any_default |= param.default.is_some();
            self.bind(&param.name, uses::TYPE_PARAM | uses::LOCAL, param.span)?;
            let default = match &param.kind {
                TypeParamKind::TypeVar { bound } => {
                    if let Some(bound) = bound {
                        let what = match bound.kind {
                            ExprKind::Tuple { .. } => "a TypeVar constraint",
                            _ => "a TypeVar bound",
                        };
                        self.type_variable(bound, param, Role::Bound, what)?;
                    }
                    "a TypeVar default"
                }
                TypeParamKind::ParamSpec => "a ParamSpec default",
                TypeParamKind::TypeVarTuple => "a TypeVarTuple default",
            };
            if let Some(value) = &param.default {
                self.type_variable(value, param, Role::Default, default)?;
            }
        }
        Ok(())
    }

    fn type_variable(&mut self, value: &Expr, param: &TypeParam, role: Role, what: &'static str) -> Done {
        let sees_class = self.current().sees_class;
        self.enter(&param.name, BlockKind::TypeVariable, address(param), role, value.span)?;
        if sees_class {
            self.see_class(value.span)?;
        }
        self.current().what = what;
        self.expr(value)?;
        self.leave();
        Ok(())
    }

    /// The `__annotate__` block of a function. Returns whether anything is annotated.
    fn annotations(
        &mut self,
        args: &Arguments,
        returns: Option<&Expr>,
        node: usize,
        span: Span,
    ) -> Result<bool, Diagnostic> {
        let scope = self.current();
        let in_class = scope.sees_class || scope.kind == BlockKind::Class;
        self.enter("__annotate__", BlockKind::Annotation, node, Role::Annotations, span)?;
        if in_class {
            self.see_class(span)?;
        }
        let ordered = (args.posonlyargs.iter())
            .chain(&args.args)
            .chain(args.vararg.as_deref())
            .chain(args.kwarg.as_deref())
            .chain(&args.kwonlyargs);
        let mut used = false;
        for annotation in ordered.filter_map(|arg| arg.annotation.as_deref()).chain(returns) {
            self.expr(annotation)?;
            used = true;
        }
        self.leave();
        Ok(used)
    }

    pub(super) fn parameters(&mut self, args: &Arguments) -> Done {
        for arg in args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs) {
            self.bind(&arg.name, uses::PARAM, arg.span)?;
        }
        if let Some(arg) = &args.vararg {
            self.bind(&arg.name, uses::PARAM, arg.span)?;
            self.current().var_args = true;
        }
        if let Some(arg) = &args.kwarg {
            self.bind(&arg.name, uses::PARAM, arg.span)?;
            self.current().var_keywords = true;
        }
        Ok(())
    }

    fn class(&mut self, def: &ClassDef, span: Span) -> Done {
        self.bind(&def.name, uses::LOCAL, span)?;
        self.exprs(&def.decorator_list)?;
        let outer_private = self.private.clone();
        let class_name = self.text(&def.name);
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_params(&def.name, address(def), span)?;
            for name in [".type_params", ".generic_base"] {
                self.add(name, uses::LOCAL | uses::USE, span)?;
            }
            self.private = Some(class_name.clone());
            self.current().private = Some(class_name.clone());
            self.current().mangled_names = Some(HashSet::new());
            self.type_params(&def.type_params)?;
        }
        self.exprs(&def.bases)?;
        def.keywords.iter().try_for_each(|keyword| self.keyword(keyword))?;
        self.private = Some(class_name);
        self.enter(&def.name, BlockKind::Class, address(def), Role::Body, span)?;
        if generic {
            self.add("__type_params__", uses::LOCAL, span)?;
            self.add(".type_params", uses::USE, span)?;
        }
        self.stmts(&def.body)?;
        self.leave();
        if generic {
            self.leave();
        }
        self.private = outer_private;
        Ok(())
    }

    fn type_alias(&mut self, name: &Expr, params: &[TypeParam], value: &Expr, span: Span) -> Done {
        self.expr(name)?;
        let text = name.as_name().expect("the parser makes the name of a type alias a Name");
        let in_class = self.current().kind == BlockKind::Class;
        let generic = !params.is_empty();
        // The box around the name is this statement's own, so its address can stand for the statement.
        let node = address(name);
        if generic {
            self.enter_type_params(text, node, span)?;
            self.type_params(params)?;
        }
        self.enter(text, BlockKind::TypeAlias, node, Role::Body, span)?;
        if in_class {
            self.see_class(span)?;
        }
        self.expr(value)?;
        self.leave();
        if generic {
            self.leave();
        }
        Ok(())
    }

    fn ann_assign(
        &mut self,
        target: &Expr,
        annotation: &Expr,
        value: Option<&Expr>,
        simple: bool,
        span: Span,
    ) -> Done {
        if let ExprKind::Name { id, .. } = &target.kind {
            let known = self.lookup(id);
            let at_top = self.current().kind == BlockKind::Module;
            if simple && !at_top && known & (uses::GLOBAL | uses::NONLOCAL) != 0 {
                let what = if known & uses::GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(self.error(span, format!("annotated name '{id}' can't be {what}")));
            }
            if simple {
                self.bind(id, uses::ANNOTATED | uses::LOCAL, target.span)?;
            } else if value.is_some() {
                self.bind(id, uses::LOCAL, target.span)?;
            }
        } else {
            self.expr(target)?;
        }
        self.variable_annotation(annotation)?;
        value.map_or(Ok(()), |value| self.expr(value))
    }

    fn variable_annotation(&mut self, annotation: &Expr) -> Done {
        let span = annotation.span;
        let parent = *self.stack.last().expect("the module's scope stays entered");
        let scope = self.current();
        let (kind, known) = (scope.kind, scope.annotation_block);
        // Module level counts as conditional: the module may be left half executed.
        let conditional = kind == BlockKind::Module || (kind == BlockKind::Class && scope.in_conditional);
        let first = conditional && !scope.conditional_annotations;
        if first {
            scope.conditional_annotations = true;
            if kind == BlockKind::Module {
                self.add("__conditional_annotations__", uses::USE, span)?;
            }
        }
        match known {
            Some(block) => self.stack.push(block),
            None => {
                let node = address(annotation);
                let block =
                    self.enter("__annotate__", BlockKind::Annotation, node, Role::Annotations, span)?;
                self.scopes[parent.0 as usize].annotation_block = Some(block);
                if kind == BlockKind::Class {
                    self.see_class(span)?;
                }
            }
        }
        if first {
            self.add("__conditional_annotations__", uses::USE, span)?;
        }
        // Annotations of local variables are never evaluated, so names in them bind and capture nothing.
        self.current().unevaluated = !matches!(kind, BlockKind::Module | BlockKind::Class);
        self.expr(annotation)?;
        self.current().unevaluated = false;
        self.leave();
        Ok(())
    }

    fn directive(&mut self, name: &str, flag: u16, word: &str, span: Span) -> Done {
        let known = self.lookup(name);
        let message = if known & uses::PARAM != 0 {
            format!("name '{name}' is parameter and {word}")
        } else if known & uses::USE != 0 {
            format!("name '{name}' is used prior to {word} declaration")
        } else if known & uses::ANNOTATED != 0 {
            format!("annotated name '{name}' can't be {word}")
        } else if known & uses::LOCAL != 0 {
            format!("name '{name}' is assigned to before {word} declaration")
        } else {
            self.add(name, flag, span)?;
            self.record_directive(name, span);
            return Ok(());
        };
        Err(self.error(span, message))
    }

    fn handler(&mut self, handler: &ExceptHandler) -> Done {
        self.maybe(&handler.typ)?;
        if let Some(name) = &handler.name {
            self.bind(name, uses::LOCAL | uses::UNBOUND, handler.span)?;
        }
        self.stmts(&handler.body)
    }

    fn alias(&mut self, alias: &Alias) -> Done {
        if &*alias.name == "*" {
            return match self.current().kind {
                BlockKind::Module => Ok(()),
                _ => Err(self.error(alias.span, "import * only allowed at module level")),
            };
        }
        let first = || alias.name.split('.').next().unwrap_or_default();
        let name = alias.asname.as_deref().unwrap_or_else(first);
        self.bind(name, uses::IMPORT, alias.span)
    }

    fn pattern(&mut self, pattern: &Pattern) -> Done {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.patterns(patterns)
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                self.patterns(patterns)?;
                rest.as_ref().map_or(Ok(()), |name| self.bind(name, uses::LOCAL, span))
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                self.patterns(patterns)?;
                for (name, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.check_name(name, pattern.span, ExprContext::Store)?;
                }
                self.patterns(kwd_patterns)
            }
            PatternKind::MatchStar { name } => {
                name.as_ref().map_or(Ok(()), |name| self.bind(name, uses::LOCAL, span))
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                name.as_ref().map_or(Ok(()), |name| self.bind(name, uses::LOCAL, span))
            }
        }
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> Done {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern))
    }
}
