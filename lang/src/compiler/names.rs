//! Loading, storing and deleting names, wherever the scopes say they live.

use std::rc::Rc;

use super::fold::text;
use super::unit::{Reg, Src, UnitKind};
use super::{Compiler, Done};
use crate::ast::Span;
use crate::code::{Instruction, Opcode};
use crate::diagnostics::Diagnostic;
use crate::scope::{Binding, uses};

/// Where a name lives, as seen from the code being made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Local(Reg),
    Cell(Reg),
    Free(u16),
    /// The class namespace, else a cell of the closure.
    ClassFree(u16),
    Global,
    /// The namespace of the module or class, then globals and builtins.
    Name,
    /// In annotation scopes: the class's namespace, then a cell or globals.
    SeenFree(u16),
    SeenGlobal,
    /// In the dict of locals that registers have no room for.
    Spilled,
}

impl Compiler<'_> {
    pub(super) fn mangled(&self, name: &str) -> Rc<str> {
        let scope = match self.unit.inlined.last() {
            Some(inlined) => inlined.scope,
            None => self.unit.scope,
        };
        match self.scopes.get(scope).mangle(name) {
            Some(mangled) => mangled.into(),
            None => name.into(),
        }
    }

    /// Where the mangled `name` lives.
    pub(super) fn place(&mut self, name: &Rc<str>) -> Place {
        let scopes = self.scopes;
        for inlined in self.unit.inlined.iter().rev() {
            let binding = scopes.get(inlined.scope).symbol(name).map(|symbol| symbol.binding);
            match binding {
                Some(Binding::Local) => return Place::Local(inlined.registers[name]),
                Some(Binding::Cell) => return Place::Cell(inlined.registers[name]),
                Some(Binding::GlobalImplicit) | None if self.unit.kind == UnitKind::Module => {
                    return Place::Name;
                }
                Some(Binding::GlobalImplicit | Binding::GlobalExplicit) | None => return Place::Global,
                Some(Binding::Free) => {}
            }
        }
        let scope = scopes.get(self.unit.scope);
        let in_comprehension = !self.unit.inlined.is_empty();
        if self.unit.kind == UnitKind::Class {
            let cell = self.unit.registers.get(name);
            return match scope.symbol(name).map(|symbol| symbol.binding) {
                _ if cell.is_some() => Place::Cell(cell.copied().expect("just seen")),
                // A name of the class's own cells that it has no cell for is free nowhere.
                _ if in_comprehension && !self.unit.free.contains(name) => Place::Global,
                _ if in_comprehension => Place::Free(self.free_index(name)),
                Some(Binding::Free) => Place::ClassFree(self.free_index(name)),
                Some(Binding::GlobalExplicit) => Place::Global,
                _ => Place::Name,
            };
        }
        let Some(symbol) = scope.symbol(name) else {
            return if self.unit.kind == UnitKind::Module { Place::Name } else { Place::Global };
        };
        let sees_class = scope.sees_class && &**name != "__classdict__";
        match symbol.binding {
            Binding::Local | Binding::GlobalImplicit if self.unit.kind == UnitKind::Module => Place::Name,
            Binding::Local => self.local(name).map_or(Place::Spilled, Place::Local),
            Binding::Cell => Place::Cell(self.unit.registers[name]),
            Binding::Free if sees_class => Place::SeenFree(self.free_index(name)),
            Binding::Free => Place::Free(self.free_index(name)),
            Binding::GlobalImplicit if sees_class => Place::SeenGlobal,
            Binding::GlobalImplicit | Binding::GlobalExplicit => Place::Global,
        }
    }

    pub(super) fn free_index(&self, name: &str) -> u16 {
        let index = self.unit.free.iter().position(|free| &**free == name);
        index.expect("the scopes list every free variable") as u16
    }

    /// The register of a local of this very block, made on first use.
    pub(super) fn local(&mut self, name: &Rc<str>) -> Option<Reg> {
        if let Some(&reg) = self.unit.registers.get(name) {
            return Some(reg);
        }
        let reg = self.unit.new_local(name.clone())?;
        self.unit.registers.insert(name.clone(), reg);
        if let Some(symbol) = self.scopes.get(self.unit.scope).symbol(name) {
            self.note_uses(reg, symbol.uses);
        }
        Some(reg)
    }

    pub(super) fn note_uses(&mut self, reg: Reg, flags: u16) {
        if flags & uses::UNBOUND != 0 {
            self.unit.deletable.insert(reg.0);
        }
        if flags & uses::WALRUS != 0 {
            self.unit.walrus.insert(reg.0);
        }
    }

    pub(super) fn short_name(&mut self, name: &str, span: Span) -> Result<u16, Diagnostic> {
        let index = self.unit.short_name(name);
        index.ok_or_else(|| self.error(span, "too many names in one block"))
    }

    /// Makes sure that a local is bound, at run time if it must be.
    pub(super) fn check_bound(&mut self, reg: Reg, name: &str, span: Span) -> Done {
        if !self.unit.is_bound(reg) {
            let index = self.short_name(name, span)?;
            self.unit.emit(span, Opcode::CheckBound, 0, reg.0, index, 0);
            self.unit.set_bound(reg);
        }
        Ok(())
    }

    /// `dst` = the value of `name`.
    pub(super) fn load(&mut self, name: &str, span: Span, dst: Reg) -> Done {
        let name = self.mangled(name);
        let place = self.place(&name);
        self.load_place(place, &name, span, dst)
    }

    pub(super) fn load_place(&mut self, place: Place, name: &str, span: Span, dst: Reg) -> Done {
        match place {
            Place::Local(reg) => {
                self.check_bound(reg, name, span)?;
                self.unit.move_to(span, dst, Src::kept(reg));
            }
            Place::Cell(reg) => {
                let index = self.short_name(name, span)?;
                self.unit.op_db(span, Opcode::LoadCell, dst, Src::kept(reg), index);
            }
            Place::Free(index) => self.unit.op_d(span, Opcode::LoadFree, dst, index, 0),
            Place::Global => {
                let index = self.unit.name(name);
                self.unit.emit_wide(span, Opcode::LoadGlobal, 0, dst.0, index);
            }
            Place::Name => {
                let index = self.unit.name(name);
                self.unit.emit_wide(span, Opcode::LoadName, 0, dst.0, index);
            }
            Place::ClassFree(_) | Place::SeenFree(_) | Place::SeenGlobal => {
                return self
                    .via_temp(span, dst, |this, temp| this.load_through_class(place, name, span, temp));
            }
            Place::Spilled => {
                return self.via_temp(span, dst, |this, temp| this.load_spilled(name, span, temp));
            }
        }
        Ok(())
    }

    fn load_through_class(&mut self, place: Place, name: &str, span: Span, dst: Reg) -> Done {
        let index = self.short_name(name, span)?;
        match place {
            Place::ClassFree(_) => self.unit.op_d(span, Opcode::LoadNamespace, dst, 0, 0),
            _ => {
                let class_dict = self.free_index("__classdict__");
                self.unit.op_d(span, Opcode::LoadFree, dst, class_dict, 0);
            }
        }
        self.unit.op_db(span, Opcode::LoadMapping, dst, Src::last(dst), index);
        let found = self.unit.label();
        self.unit.branch(span, Instruction::wide(Opcode::JumpIfBound, 0, dst.0, 0), found);
        match place {
            Place::ClassFree(free) | Place::SeenFree(free) => {
                self.unit.op_d(span, Opcode::LoadFree, dst, free, 0);
            }
            _ => {
                let index = self.unit.name(name);
                self.unit.emit_wide(span, Opcode::LoadGlobal, 0, dst.0, index);
            }
        }
        self.unit.bind(found);
        Ok(())
    }

    fn load_spilled(&mut self, name: &str, span: Span, dst: Reg) -> Done {
        let spill = Src::kept(self.unit.spill.expect("made where locals may spill"));
        if !self.unit.names.is_crowded() {
            let index = self.short_name(name, span)?;
            self.unit.op_db(span, Opcode::LoadMapping, dst, spill, index);
            self.unit.emit(span, Opcode::CheckBound, 0, dst.0, index, 0);
            return Ok(());
        }
        // A KeyError instead of an UnboundLocalError: there is no room for the name.
        self.load_constant(text(name), span, dst);
        self.unit.op_dbc(span, Opcode::GetItem, 0, dst, spill, Src::last(dst));
        Ok(())
    }

    /// Stores `src` in `name`.
    pub(super) fn store(&mut self, name: &str, span: Span, src: Src) -> Done {
        let name = self.mangled(name);
        let place = self.place(&name);
        self.store_place(place, &name, span, src)
    }

    pub(super) fn store_place(&mut self, place: Place, name: &str, span: Span, src: Src) -> Done {
        match place {
            Place::Local(reg) => {
                self.unit.move_to(span, reg, src);
                self.unit.set_bound(reg);
            }
            Place::Cell(reg) => self.unit.op_ab(span, Opcode::StoreCell, Src::kept(reg), src, 0),
            Place::Free(index) | Place::ClassFree(index) | Place::SeenFree(index) => {
                let x = super::unit::kill(crate::code::KILL_B, src, None);
                self.unit.emit(span, Opcode::StoreFree, x, index, src.reg.0, 0);
            }
            Place::Global | Place::SeenGlobal => self.store_named(Opcode::StoreGlobal, name, span, src),
            Place::Name => self.store_named(Opcode::StoreName, name, span, src),
            Place::Spilled => {
                let spill = Src::kept(self.unit.spill.expect("made where locals may spill"));
                let mark = self.unit.mark();
                let key = self.unit.temp();
                self.load_constant(text(name), span, key);
                self.unit.op_abc(span, Opcode::SetItem, spill, Src::last(key), src);
                self.unit.release(mark);
            }
        }
        Ok(())
    }

    fn store_named(&mut self, op: Opcode, name: &str, span: Span, src: Src) {
        let index = self.unit.name(name);
        let x = super::unit::kill(crate::code::KILL_A, src, None);
        self.unit.emit_wide(span, op, x, src.reg.0, index);
    }

    /// `namespace[name] = src` in module and class code.
    pub(super) fn store_in_namespace(&mut self, name: &str, span: Span, src: Src) {
        self.store_named(Opcode::StoreName, name, span, src);
    }

    /// `del name`.
    pub(super) fn delete(&mut self, name: &str, span: Span) -> Done {
        let name = self.mangled(name);
        match self.place(&name) {
            Place::Local(reg) if self.unit.is_bound(reg) => {
                self.unit.clear(span, reg);
                self.unit.set_unbound(reg);
            }
            Place::Local(reg) => {
                let index = self.short_name(&name, span)?;
                self.unit.emit(span, Opcode::DeleteLocal, 0, reg.0, index, 0);
                self.unit.set_unbound(reg);
            }
            Place::Cell(reg) => {
                let index = self.short_name(&name, span)?;
                self.unit.emit(span, Opcode::DeleteCell, 0, reg.0, index, 0);
            }
            Place::Free(index) | Place::ClassFree(index) | Place::SeenFree(index) => {
                self.unit.emit(span, Opcode::DeleteFree, 0, index, 0, 0);
            }
            Place::Global | Place::SeenGlobal => {
                let index = self.unit.name(&name);
                self.unit.emit_wide(span, Opcode::DeleteGlobal, 0, 0, index);
            }
            Place::Name => {
                let index = self.unit.name(&name);
                self.unit.emit_wide(span, Opcode::DeleteName, 0, 0, index);
            }
            Place::Spilled => {
                let spill = Src::kept(self.unit.spill.expect("made where locals may spill"));
                let mark = self.unit.mark();
                let old = self.unit.temp();
                self.load_spilled(&name, span, old)?;
                self.load_constant(text(&name), span, old);
                self.unit.op_ab(span, Opcode::DelItem, spill, Src::last(old), 0);
                self.unit.release(mark);
            }
        }
        Ok(())
    }

    /// Unbinds the name of `except ... as name`, which the body may have deleted itself.
    pub(super) fn unbind_name(&mut self, name: &str, span: Span) -> Done {
        let mangled = self.mangled(name);
        if let Place::Local(reg) = self.place(&mangled) {
            self.unit.clear(span, reg);
            self.unit.set_unbound(reg);
            return Ok(());
        }
        let mark = self.unit.mark();
        let none = self.unit.temp();
        self.load_common(super::NONE, span, none);
        self.store(name, span, Src::last(none))?;
        self.unit.release(mark);
        self.delete(name, span)
    }

    /// `dst` = the cell that inner functions see as their free variable `name`.
    pub(super) fn load_cell(&mut self, name: &Rc<str>, span: Span, dst: Reg) {
        match self.cell_place(name) {
            Place::Cell(reg) => self.unit.move_to(span, dst, Src::kept(reg)),
            Place::Free(index) => self.unit.op_d(span, Opcode::LoadFreeCell, dst, index, 0),
            place => unreachable!("free variable {name} of an inner function is {place:?}"),
        }
    }

    fn cell_place(&mut self, name: &Rc<str>) -> Place {
        for inlined in self.unit.inlined.iter().rev() {
            let symbol = self.scopes.get(inlined.scope).symbol(name);
            if symbol.is_some_and(|symbol| symbol.binding == Binding::Cell) {
                return Place::Cell(inlined.registers[name]);
            }
        }
        match self.scopes.get(self.unit.scope).symbol(name).map(|symbol| symbol.binding) {
            Some(Binding::Cell) => Place::Cell(self.unit.registers[name]),
            _ if self.unit.kind == UnitKind::Class && self.unit.registers.contains_key(name) => {
                Place::Cell(self.unit.registers[name])
            }
            _ => Place::Free(self.free_index(name)),
        }
    }
}
