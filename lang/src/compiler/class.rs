//! Class definitions.

use super::call::needs_unpacking;
use super::unit::{Reg, Src, UnitKind};
use super::{BUILD_CLASS, Compiler, Done, fold};
use crate::ast::{ClassDef, ExprKind, Span};
use crate::code::{Constant, Intrinsic1, Opcode};
use crate::scope::Role;

impl<'a> Compiler<'a> {
    pub(super) fn class_def(&mut self, def: &'a ClassDef, span: Span) -> Done {
        let mark = self.unit.mark();
        let dst = self.unit.temp();
        self.decorated(&def.decorator_list, dst, |this, dst| match def.type_params.is_empty() {
            true => this.build_class(def, span, None, dst),
            false => this.generic_class(def, span, dst),
        })?;
        self.store(&def.name, span, Src::last(dst))?;
        self.unit.release(mark);
        Ok(())
    }

    /// `dst = __build_class__(body, name, *bases, **keywords)`, with `generic` as an additional base.
    fn build_class(&mut self, def: &'a ClassDef, span: Span, generic: Option<Reg>, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let window = self.window(dst);
        self.load_common(BUILD_CLASS, span, window);
        self.open_window(window);
        let many = def.bases.len() + def.keywords.len() > 500;
        let unpacking = many || needs_unpacking(&def.bases, &def.keywords);
        let list = if unpacking { Some(self.unit.temp()) } else { None };
        let body = self.unit.temp();
        self.class_body(def, span, body)?;
        let name = self.unit.temp();
        self.load_constant(fold::text(&def.name), span, name);
        match list {
            None => {
                for base in &def.bases {
                    let reg = self.unit.temp();
                    self.expr_to(base, reg)?;
                }
                let n_generic = u16::from(generic.is_some());
                if let Some(generic) = generic {
                    let reg = self.unit.temp();
                    self.unit.move_to(span, reg, Src::kept(generic));
                }
                let n_args = 2 + def.bases.len() as u16 + n_generic;
                self.class_keywords(def, span, window, n_args)?;
            }
            Some(list) => {
                self.unit.op_d(span, Opcode::BuildList, list, body.0, 2);
                self.unit.release(body);
                for base in &def.bases {
                    match &base.kind {
                        ExprKind::Starred { value, .. } => {
                            let value = self.operand_now(value)?;
                            self.unit.op_ab(span, Opcode::ListExtend, Src::kept(list), value, 1);
                        }
                        _ => {
                            let value = self.operand_now(base)?;
                            self.unit.op_ab(span, Opcode::ListAppend, Src::kept(list), value, 0);
                        }
                    }
                    self.unit.release(body);
                }
                if let Some(generic) = generic {
                    self.unit.op_ab(span, Opcode::ListAppend, Src::kept(list), Src::kept(generic), 0);
                }
                self.unit.op_db(span, Opcode::ListToTuple, list, Src::last(list), 0);
                self.call_with_tuple(span, window, &def.keywords)?;
            }
        }
        self.finish_call(span, window, dst, mark);
        Ok(())
    }

    fn class_keywords(&mut self, def: &'a ClassDef, span: Span, window: Reg, n_positional: u16) -> Done {
        if def.keywords.is_empty() {
            self.unit.emit(span, Opcode::Call, 0, window.0, n_positional, 0);
            return Ok(());
        }
        let mut names = Vec::new();
        for keyword in &def.keywords {
            let reg = self.unit.temp();
            self.expr_to(&keyword.value, reg)?;
            names.push(fold::text(keyword.arg.as_deref().unwrap_or_default()));
        }
        let n_args = n_positional + names.len() as u16;
        let names = self.unit.short_constant(Constant::Tuple(names.into()));
        let names = names.ok_or_else(|| self.error(span, "too many constants in one block"))?;
        self.unit.emit(span, Opcode::CallKw, 0, window.0, n_args, names);
        Ok(())
    }

    /// A class with type parameters: made by a function called at once.
    fn generic_class(&mut self, def: &'a ClassDef, span: Span, dst: Reg) -> Done {
        let id = self.scope_of(def, Role::TypeParams);
        let name = format!("<generic parameters of {}>", def.name);
        let first = def.decorator_list.first().map_or(span, |decorator| decorator.span);
        self.enter(id, UnitKind::Annotation, &name, first)?;
        let params = self.unit.temp();
        self.type_params(&def.type_params, span, params)?;
        self.store(".type_params", span, Src::kept(params))?;
        let kind = Intrinsic1::SubscriptGeneric as u16;
        self.unit.op_db(span, Opcode::Intrinsic1, params, Src::last(params), kind);
        self.store(".generic_base", span, Src::kept(params))?;
        let class = self.unit.temp();
        self.build_class(def, span, Some(params), class)?;
        self.unit.emit(span, Opcode::Return, 0, class.0, class.0, 0);
        self.unit.stop();
        let code = self.leave(span)?;

        let mark = self.unit.mark();
        let window = self.window(dst);
        self.make_function(code, span, window)?;
        self.open_window(window);
        self.unit.emit(span, Opcode::Call, 0, window.0, 0, 0);
        self.finish_call(span, window, dst, mark);
        Ok(())
    }

    /// `dst` = the function that runs the class's body.
    fn class_body(&mut self, def: &'a ClassDef, span: Span, dst: Reg) -> Done {
        let id = self.scope_of(def, Role::Body);
        let first = def.decorator_list.first().map_or(span, |decorator| decorator.span);
        self.enter(id, UnitKind::Class, &def.name, first)?;
        // What the class statement itself does is reported for its first line, without columns.
        let whole = span;
        let line_start = self.source.line_start(self.unit.first_line);
        let span = Span::new(line_start, line_start);
        let scope = self.scope();
        let temp = self.unit.temp();
        self.load("__name__", span, temp)?;
        self.store_in_namespace("__module__", span, Src::last(temp));
        let qualname = fold::text(&self.unit.qualname.clone());
        self.load_constant(qualname, span, temp);
        self.store_in_namespace("__qualname__", span, Src::last(temp));
        self.load_constant(Constant::Int(self.unit.first_line.into()), span, temp);
        self.store_in_namespace("__firstlineno__", span, Src::last(temp));
        if !def.type_params.is_empty() {
            let index = self.free_index(".type_params");
            self.unit.op_d(span, Opcode::LoadFree, temp, index, 0);
            self.store_in_namespace("__type_params__", span, Src::last(temp));
        }
        if scope.needs_class_dict {
            let cell = self.unit.registers["__classdict__"];
            self.unit.op_d(span, Opcode::LoadNamespace, temp, 0, 0);
            self.unit.op_ab(span, Opcode::StoreCell, Src::kept(cell), Src::last(temp), 0);
        }
        self.unit.release(temp);
        self.begin_annotations(&def.body, span)?;
        let body = match self.docstring(&def.body) {
            Some(doc) => {
                let temp = self.unit.temp();
                self.load_constant(doc, def.body[0].span, temp);
                self.store_in_namespace("__doc__", def.body[0].span, Src::last(temp));
                self.unit.release(temp);
                &def.body[1..]
            }
            None => &def.body[..],
        };
        self.stmts(body)?;
        self.end_annotations(&def.body, span)?;

        let temp = self.unit.temp();
        let names = self.unit.static_attributes.iter().map(|name| fold::text(name)).collect();
        self.load_constant(Constant::Tuple(names), span, temp);
        self.store_in_namespace("__static_attributes__", span, Src::last(temp));
        if scope.needs_class_dict {
            let cell = self.unit.registers["__classdict__"];
            self.store_in_namespace("__classdictcell__", span, Src::kept(cell));
        }
        if scope.needs_class_cell {
            let cell = self.unit.registers["__class__"];
            self.store_in_namespace("__classcell__", span, Src::kept(cell));
            self.unit.move_to(span, temp, Src::kept(cell));
            self.unit.emit(span, Opcode::Return, 0, temp.0, temp.0, 0);
            self.unit.stop();
        } else {
            self.return_none(span);
        }
        let code = self.leave(whole)?;
        self.make_function(code, whole, dst)
    }
}
