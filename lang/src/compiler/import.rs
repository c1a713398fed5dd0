//! Import statements.

use super::unit::{Reg, Src};
use super::{Compiler, Done, fold};
use crate::ast::{Alias, Ident, Span};
use crate::code::{Constant, Opcode};

impl<'a> Compiler<'a> {
    pub(super) fn import(&mut self, names: &'a [Alias], span: Span) -> Done {
        for alias in names {
            let mark = self.unit.mark();
            let module = self.unit.temp();
            self.import_name(&alias.name, 0, Constant::None, span, module)?;
            match &alias.asname {
                None => {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.store(first, span, Src::last(module))?;
                }
                Some(asname) => {
                    // `import a.b.c as d` binds the innermost module.
                    for part in alias.name.split('.').skip(1) {
                        let index = self.short_name(part, span)?;
                        self.unit.op_db(span, Opcode::ImportFrom, module, Src::last(module), index);
                    }
                    self.store(asname, span, Src::last(module))?;
                }
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    pub(super) fn import_from(
        &mut self,
        module: Option<&Ident>,
        names: &'a [Alias],
        level: u32,
        span: Span,
    ) -> Done {
        let future = &self.scopes.future;
        if level == 0
            && module.is_some_and(|module| &**module == "__future__")
            && future.last_import.is_none_or(|last| span.start > last)
        {
            let message = "from __future__ imports must occur at the beginning of the file";
            return Err(self.error(span, message));
        }
        let mark = self.unit.mark();
        let from = self.unit.temp();
        let list = names.iter().map(|alias| fold::text(&alias.name)).collect();
        let module = module.map_or("", |module| &**module);
        self.import_name(module, level, Constant::Tuple(list), span, from)?;
        for alias in names {
            if &*alias.name == "*" {
                self.unit.op_a(span, Opcode::ImportStar, Src::last(from), 0, 0);
                self.unit.release(mark);
                return Ok(());
            }
            let mark = self.unit.mark();
            let name = self.mangled(&alias.name);
            let index = self.short_name(&name, span)?;
            let value = self.unit.temp();
            self.unit.op_db(span, Opcode::ImportFrom, value, Src::kept(from), index);
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            self.store(target, span, Src::last(value))?;
            self.unit.release(mark);
        }
        self.unit.clear(span, from);
        self.unit.release(mark);
        Ok(())
    }

    /// `dst` = the module; the names asked of it are in `from_list`.
    fn import_name(&mut self, name: &str, level: u32, from_list: Constant, span: Span, dst: Reg) -> Done {
        let mark = self.unit.mark();
        let base = self.unit.temps(2);
        self.load_constant(Constant::Int(level.into()), span, base);
        self.load_constant(from_list, span, base.plus(1));
        let name = self.mangled(name);
        let index = self.short_name(&name, span)?;
        self.unit.op_d(span, Opcode::ImportName, dst, base.0, index);
        self.unit.release(mark);
        Ok(())
    }
}
