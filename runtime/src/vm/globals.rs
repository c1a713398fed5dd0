//! Names and attributes through inline caches: the generic forms of the instructions, which specialise themselves.

use ouro_lang::code::{Instruction, Opcode};

use super::Vm;
use super::frame::{Frame, HEADER_WORDS};
use crate::class::attribute_cache::{Known, Use};
use crate::class::instance::Instance;
use crate::class::{Type, type_flags};
use crate::exceptions::Raised;
use crate::heap::{Gc, Kind};
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::module::Module;
use crate::objects::static_method::{ClassMethod, StaticMethod};
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult};

/// Which instruction asks for a global.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    Global,
    /// Module or class code: the namespace in register 0 comes first, if there is one.
    Name,
}

/// Failed guesses after which an instruction stays generic. Counted in the upper half of its flags.
const MAX_MISSES: u8 = 15;

/// The generic opcode a specialised one falls back to.
fn generic(op: Opcode) -> Opcode {
    match op {
        Opcode::GetAttrSlot
        | Opcode::GetAttrClass
        | Opcode::GetAttrModule
        | Opcode::GetAttrProperty
        | Opcode::GetAttrMember
        | Opcode::GetAttrType
        | Opcode::GetAttrVolatile => Opcode::GetAttr,
        Opcode::SetAttrVolatile | Opcode::SetAttrSlot | Opcode::SetAttrAdd | Opcode::SetAttrMember => {
            Opcode::SetAttr
        }
        Opcode::LoadMethodClass
        | Opcode::LoadMethodSlot
        | Opcode::LoadMethodModule
        | Opcode::LoadMethodType => Opcode::LoadMethod,
        Opcode::LoadGlobalModule | Opcode::LoadGlobalBuiltin => Opcode::LoadGlobal,
        Opcode::LoadNameModule | Opcode::LoadNameBuiltin => Opcode::LoadName,
        Opcode::CallPython
        | Opcode::CallNative
        | Opcode::CallType
        | Opcode::CallInit
        | Opcode::CallRange
        | Opcode::CallForGenerator
        | Opcode::CallFromGenerator => Opcode::Call,
        Opcode::CallMethodPython
        | Opcode::CallMethodNative
        | Opcode::CallFreeNative
        | Opcode::CallMethodForGenerator
        | Opcode::CallMethodFromGenerator => Opcode::CallMethod,
        other => other,
    }
}

/// The word as its generic form, with one more miss noted.
fn missed(word: Instruction) -> Instruction {
    let misses = (word.x() >> 4).saturating_add(1).min(MAX_MISSES);
    let x = word.x() & 0x0f | misses << 4;
    Instruction(word.0 & !0xffff | generic(word.op()) as u64 | (x as u64) << 8)
}

/// Rewrites the instruction before `ip` to a specialised form with these cache words.
pub(crate) fn specialize(ip: *mut Instruction, op: Opcode, first: u64, second: u64) {
    // SAFETY: `ip` points past an instruction of live code, to its cache words, of which `op` has as many as are written.
    unsafe {
        let word = *ip.sub(1);
        *ip.sub(1) = Instruction(word.0 & !0xff | op as u64);
        *ip = Instruction(first);
        if op.cache_words() > 1 {
            *ip.add(1) = Instruction(second);
        }
    }
}

/// Whether the instruction before `ip` may still try to specialise.
pub(crate) fn may_specialize(ip: *mut Instruction) -> bool {
    // SAFETY: as in `specialize`.
    unsafe { *ip.sub(1) }.x() >> 4 < MAX_MISSES
}

/// What GetAttr found.
pub(crate) enum Attribute {
    Value(Value),
    /// A property's getter, to be entered.
    Getter(Value),
}

/// The getter of a property, if it can run in a frame of its own: a Python function of one parameter.
pub(crate) fn plain_getter(property: &Value) -> Option<Value> {
    let getter = crate::class::descriptors::property_getter(property)?;
    let is_plain =
        getter.downcast::<Function>().is_some_and(|function| function.current_code().plain_arity == 1);
    is_plain.then_some(getter)
}

/// The version of the instance's class, which may be 0, and the id of its shape above.
fn versions_of(instance: &Gc<Instance>) -> u64 {
    instance.header().ty().version() as u64 | (instance.shape_id() as u64) << 32
}

/// Notes one more miss of the generic instruction before `ip`.
pub(crate) fn note_miss(ip: *mut Instruction) {
    // SAFETY: `ip` points past an instruction of live code.
    unsafe { *ip.sub(1) = missed(*ip.sub(1)) }
}

impl Vm {
    /// A specialised instruction's guess was wrong: makes it generic again and gives its address, to be run once more.
    #[cold]
    #[inline(never)]
    pub(crate) fn unquicken(&self, ip: *mut Instruction) -> *mut Instruction {
        note_miss(ip);
        // SAFETY: `ip` points past the instruction.
        unsafe { ip.sub(1) }
    }

    #[inline(never)]
    pub(crate) fn load_global(&self, frame: Frame, ip: *mut Instruction, kind: NameKind) -> PyResult {
        // SAFETY: `ip` points past the instruction.
        let word = unsafe { *ip.sub(1) };
        let name = &frame.code().names()[word.bc() as usize];
        let function = frame.function();
        if kind == NameKind::Name && !frame.register(0).is_unbound() {
            let namespace = frame.register(0).clone();
            if let Some(found) = self.mapping_get(&namespace, name)? {
                return Ok(found);
            }
            return match function.globals.get_str(name).or_else(|| function.builtins.get_str(name)) {
                Some(found) => Ok(found),
                None => self.raise_undefined_name(name),
            };
        }
        let (module_op, builtin_op) = match kind {
            NameKind::Global => (Opcode::LoadGlobalModule, Opcode::LoadGlobalBuiltin),
            NameKind::Name => (Opcode::LoadNameModule, Opcode::LoadNameBuiltin),
        };
        if let Some(position) = function.globals.table.find_str(name) {
            let version = function.globals.table.keys_version(|| self.fresh_version());
            if version != 0 && may_specialize(ip) {
                specialize(ip, module_op, version as u64, position as u64);
            }
            return Ok(function.globals.table.with_entry(position, |entry| entry.value.clone()));
        }
        if let Some(position) = function.builtins.table.find_str(name) {
            let globals_version = function.globals.table.keys_version(|| self.fresh_version());
            let builtins_version = function.builtins.table.keys_version(|| self.fresh_version());
            if globals_version != 0 && builtins_version != 0 && may_specialize(ip) {
                let versions = globals_version as u64 | (builtins_version as u64) << 32;
                specialize(ip, builtin_op, versions, position as u64);
            }
            return Ok(function.builtins.table.with_entry(position, |entry| entry.value.clone()));
        }
        // A module's `__getattr__` plays no part; subclasses of dict as globals' `__missing__` does not either.
        self.raise_undefined_name(name)
    }

    /// `mapping[name]` without a KeyError.
    fn mapping_get(&self, mapping: &Value, name: &Gc<Str>) -> PyResult<Option<Value>> {
        match mapping.downcast_exact::<Dict>() {
            Some(dict) => Ok(dict.get_str(name)),
            None => {
                let result = self.get_item(mapping, name.as_value());
                self.catch(result, Exc::KeyError)
            }
        }
    }

    #[cold]
    fn raise_undefined_name<T>(&self, name: &Gc<Str>) -> PyResult<T> {
        self.raise_name_error(Exc::NameError, format!("name '{name}' is not defined"), name)
    }

    #[cold]
    pub(crate) fn raise_name_error<T>(&self, exc: Exc, message: String, name: &Gc<Str>) -> PyResult<T> {
        let exception = crate::objects::exception::Exception::new(self, exc, &[message.into()]);
        exception.set_field(0, name.to_value());
        self.raise_value(exception)
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn raise_unbound_local(&self, name: &Gc<Str>) -> Raised {
        let message =
            format!("cannot access local variable '{name}' where it is not associated with a value");
        // Without `name`: no other name is meant.
        match self.raise::<Value>(Exc::UnboundLocalError, message) {
            Err(raised) => raised,
            Ok(_) => unreachable!("raise raises"),
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn raise_unbound_free(&self, code: &Code, index: usize) -> Raised {
        let name = self.intern(&code.object.free_names[index]);
        let message = format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        );
        match self.raise_name_error::<Value>(Exc::NameError, message, &name) {
            Err(raised) => raised,
            Ok(_) => unreachable!("raise_name_error raises"),
        }
    }

    pub(crate) fn store_global(&self, frame: Frame, name: &Gc<Str>, value: Value) -> Value {
        frame.function().globals.insert_str(name, value).unwrap_or(Value::UNBOUND)
    }

    pub(crate) fn delete_global(&self, frame: Frame, name: &Gc<Str>) -> PyResult<()> {
        match frame.function().globals.remove_str(name) {
            Some(old) => {
                drop(old);
                Ok(())
            }
            None => self.raise_undefined_name(name),
        }
    }

    pub(crate) fn store_name(&self, frame: Frame, name: &Gc<Str>, value: Value) -> PyResult<()> {
        let namespace = frame.register(0);
        if namespace.is_unbound() {
            let old = self.store_global(frame, name, value);
            self.discard(old);
            return Ok(());
        }
        if let Some(dict) = namespace.downcast_exact::<Dict>() {
            drop(dict.insert_str(name, value));
            return Ok(());
        }
        self.set_item(namespace, name.as_value(), &value)
    }

    pub(crate) fn delete_name(&self, frame: Frame, name: &Gc<Str>) -> PyResult<()> {
        let namespace = frame.register(0);
        if namespace.is_unbound() {
            return self.delete_global(frame, name);
        }
        let result = self.del_item(namespace, name.as_value());
        match self.catch(result, Exc::KeyError)? {
            Some(()) => Ok(()),
            None => self.raise_undefined_name(name),
        }
    }

    pub(crate) fn load_mapping(&self, mapping: &Value, name: &Gc<Str>) -> PyResult {
        Ok(self.mapping_get(mapping, name)?.unwrap_or(Value::UNBOUND))
    }

    pub(crate) fn namespace_of(&self, frame: Frame) -> Value {
        let namespace = frame.register(0);
        if namespace.is_unbound() { frame.function().globals.to_value() } else { namespace.clone() }
    }

    /// GetAttr in its generic form.
    #[inline(never)]
    pub(crate) fn get_attr_specialize(
        &self,
        frame: Frame,
        value: &Value,
        name: &Gc<Str>,
        ip: *mut Instruction,
    ) -> PyResult<Attribute> {
        if may_specialize(ip) {
            self.try_specialize_get_attr(value, name, ip);
        } else if let Some(found) = self.known_attr(frame, value, name) {
            return Ok(found);
        }
        self.get_attr(value, name).map(Attribute::Value)
    }

    /// The attribute of a plain instance, where receivers are of too many classes for a specialised instruction.
    fn known_attr(&self, frame: Frame, value: &Value, name: &Gc<Str>) -> Option<Attribute> {
        let instance = value.downcast::<Instance>()?;
        let versions = versions_of(instance);
        let found = match self
            .attributes
            .get_or_find(versions, name, Use::Get, || self.find_known(instance, name))?
        {
            Known::Slot(index) => instance.member(index)?,
            Known::Member(index) => instance.member(index)?,
            // SAFETY: looked up for the instance's class as it is now.
            Known::Class(bits) => unsafe { Value::shared(bits) },
            Known::Property(bits) => {
                // SAFETY: as above.
                let getter = plain_getter(&unsafe { Value::shared(bits) })?;
                return (!frame.code().is_generator_like()).then_some(Attribute::Getter(getter));
            }
            Known::Method(_) | Known::Added(_) => return None,
        };
        Some(Attribute::Value(found))
    }

    /// What can be known of reading an attribute of instances like this.
    fn find_known(&self, instance: &Gc<Instance>, name: &Gc<Str>) -> Option<Known> {
        let class = instance.header().ty();
        if class.slots().get_attr.is_some() || class.version() == 0 {
            return None;
        }
        let found = class.lookup(name);
        if let Some(found) = &found {
            if plain_getter(found).is_some() {
                return Some(Known::Property(found.bits()));
            }
            if let Some(index) = crate::class::descriptors::member_index(found) {
                return class.is_plain().then_some(Known::Member(index));
            }
            if self.type_of(found).slots().descr_set.is_some() {
                return None;
            }
        }
        if instance.shape_id() != 0 {
            if let Some(slot) = instance.slot_of(name) {
                return Some(Known::Slot(slot));
            }
        } else if class.has_flag(type_flags::HAS_DICT) {
            return None;
        }
        let found = class.lookup_to_keep(name)?;
        self.type_of(&found).slots().descr_get.is_none().then(|| Known::Class(found.bits()))
    }

    /// Version of the module's names and position of this one, if `value` is a module that has it and caches may be made.
    fn find_in_module(&self, value: &Value, name: &Gc<Str>) -> Option<(u64, u64)> {
        let module = value.downcast_exact::<Module>()?;
        if self.type_of(value).lookup(name).is_some() {
            return None;
        }
        let namespace = module.namespace();
        let position = namespace.table.find_str(name)?;
        let version = namespace.table.keys_version(|| self.fresh_version());
        (version != 0).then_some((version as u64, position as u64))
    }

    fn try_specialize_get_attr(&self, value: &Value, name: &Gc<Str>, ip: *mut Instruction) {
        let class = self.type_of(value);
        if let Some((version, position)) = self.find_in_module(value, name) {
            specialize(ip, Opcode::GetAttrModule, version, position);
            return;
        }
        if let Some(receiver) = value.downcast::<Type>() {
            if let Some(position) = receiver.volatile_position(name) {
                if let Some(versions) = self.versions_of_type(receiver, name) {
                    specialize(ip, Opcode::GetAttrVolatile, versions, position as u64);
                }
                return;
            }
            if let Some((versions, found)) = self.find_on_type(receiver, name) {
                if self.type_of(&found).slots().descr_get.is_none() || found.downcast::<Function>().is_some()
                {
                    specialize(ip, Opcode::GetAttrType, versions, found.bits());
                }
            }
            return;
        }
        if class.slots().get_attr.is_some() {
            return;
        }
        let Some(instance) = value.downcast::<Instance>() else { return };
        let Some(known) = self.find_known(instance, name) else { return };
        let versions = versions_of(instance);
        match known {
            Known::Slot(slot) => specialize(ip, Opcode::GetAttrSlot, versions, slot as u64),
            Known::Member(index) => specialize(ip, Opcode::GetAttrMember, versions, index as u64),
            Known::Class(bits) => specialize(ip, Opcode::GetAttrClass, versions, bits),
            Known::Property(bits) => specialize(ip, Opcode::GetAttrProperty, versions, bits),
            Known::Method(_) | Known::Added(_) => {}
        }
    }

    /// An attribute of a class that reading it or calling it may cache: versions of the class and of its metaclass, and what the class or a
    /// base of it has. The metaclass has none of that name.
    fn find_on_type(&self, class: &Gc<Type>, name: &Gc<Str>) -> Option<(u64, Value)> {
        let versions = self.versions_of_type(class, name)?;
        Some((versions, class.lookup_to_keep(name)?))
    }

    /// Versions of a class and of its metaclass, above, if that has nothing of this name and leaves attributes to `type`.
    fn versions_of_type(&self, class: &Gc<Type>, name: &Gc<Str>) -> Option<u64> {
        let metaclass = class.header().ty();
        let slots = metaclass.slots();
        let plain_get: crate::class::GetAttrFn = crate::class::type_object::get_attr;
        let plain_set: crate::class::SetAttrFn = crate::class::type_object::set_attr;
        let is_plain = slots.get_attr.is_some_and(|get| std::ptr::fn_addr_eq(get, plain_get))
            && slots.set_attr.is_some_and(|set| std::ptr::fn_addr_eq(set, plain_set));
        let (version, meta_version) = (class.version(), metaclass.version());
        if !is_plain || version == 0 || meta_version == 0 || metaclass.lookup(name).is_some() {
            return None;
        }
        Some(version as u64 | (meta_version as u64) << 32)
    }

    /// Entry `position` of a module's namespace, if its keys are still those of `version`.
    #[inline]
    pub(crate) fn module_entry(&self, value: &Value, version: u32, position: usize) -> Option<Value> {
        let module = value.downcast::<Module>()?;
        let dict = module.dict.borrow();
        let dict = dict.as_ref()?.downcast::<Dict>()?;
        if dict.table.current_keys_version() != version {
            return None;
        }
        dict.table.try_value_at(position)
    }

    #[inline(never)]
    pub(crate) fn set_attr_specialize(
        &self,
        target: &Value,
        name: &Gc<Str>,
        value: &Value,
        ip: *mut Instruction,
    ) -> PyResult<()> {
        let Some(instance) = target.downcast::<Instance>() else {
            self.set_attr(target, name, Some(value))?;
            if let Some(class) = target.downcast::<Type>().filter(|_| may_specialize(ip)) {
                if let Some(position) = class.volatile_position(name) {
                    if let Some(versions) = self.versions_of_type(class, name) {
                        specialize(ip, Opcode::SetAttrVolatile, versions, position as u64);
                    }
                }
            }
            return Ok(());
        };
        let specializes = may_specialize(ip);
        let versions = versions_of(instance);
        if !specializes {
            if let Ok(Some(known)) = self.attributes.get(versions, name, Use::Set) {
                if self.set_known(instance, known, value) {
                    return Ok(());
                }
            }
        }
        self.set_attr(target, name, Some(value))?;
        let Some(instance) = target.downcast::<Instance>() else { return Ok(()) };
        let Some(known) = self.find_settable(instance, name, versions) else { return Ok(()) };
        if !specializes {
            self.attributes.note(versions, name, Use::Set, Some(known));
            return Ok(());
        }
        match known {
            Known::Slot(slot) => specialize(ip, Opcode::SetAttrSlot, versions, slot as u64),
            Known::Member(index) => specialize(ip, Opcode::SetAttrMember, versions, index as u64),
            Known::Added(shape) => specialize(ip, Opcode::SetAttrAdd, versions, shape),
            _ => {}
        }
        Ok(())
    }

    /// Sets an attribute that is known to be settable so; `false` if that needs the general way after all.
    fn set_known(&self, instance: &Gc<Instance>, known: Known, value: &Value) -> bool {
        match known {
            Known::Slot(index) | Known::Member(index) => {
                let old = instance.set_member(index, value.clone());
                self.discard(old);
            }
            Known::Added(shape) => {
                // SAFETY: found for an instance of this class and shape, both alive.
                return unsafe { instance.add(shape, value.clone()) }.is_ok();
            }
            _ => return false,
        }
        true
    }

    /// What can be known of setting an attribute of instances like this, which had these versions before it was set just now.
    fn find_settable(&self, instance: &Gc<Instance>, name: &Gc<Str>, versions: u64) -> Option<Known> {
        let class = instance.header().ty();
        if class.slots().set_attr.is_some() || class.version() == 0 || class.version() != versions as u32 {
            return None;
        }
        if let Some(found) = class.lookup(name) {
            if let Some(index) = crate::class::descriptors::member_index(&found) {
                return class.is_plain().then_some(Known::Member(index));
            }
            if self.type_of(&found).slots().descr_set.is_some() {
                return None;
            }
        }
        let slot = instance.slot_of(name)?;
        let shape_before = (versions >> 32) as u32;
        if instance.shape_id() == shape_before {
            return Some(Known::Slot(slot));
        }
        // The next instance will come here without the attribute, too.
        (shape_before != 0).then(|| Known::Added(instance.shape_address()))
    }

    fn attribute_name<'a>(&self, name: &'a Value) -> PyResult<&'a Gc<Str>> {
        self.expect_str(name, "attribute name must be string, not '{}'")
    }

    pub(crate) fn get_attr_dynamic(&self, value: &Value, name: &Value) -> PyResult {
        self.get_attr(value, &self.intern_str(self.attribute_name(name)?))
    }

    pub(crate) fn set_attr_dynamic(&self, value: &Value, name: &Value, new: Option<&Value>) -> PyResult<()> {
        self.set_attr(value, &self.intern_str(self.attribute_name(name)?), new)
    }

    /// LoadMethod: see the opcode.
    #[inline(never)]
    pub(crate) fn load_method_specialize(
        &self,
        frame: Frame,
        window: usize,
        name: &Gc<Str>,
        ip: *mut Instruction,
    ) -> PyResult<()> {
        let receiver: &Value = frame.register(window + HEADER_WORDS);
        if !may_specialize(ip) {
            if let Some(instance) = receiver.downcast::<Instance>() {
                let versions = versions_of(instance);
                let known = self
                    .attributes
                    .get_or_find(versions, name, Use::Call, || self.find_method(instance, name));
                if let Some(Known::Method(bits)) = known {
                    // SAFETY: looked up for the instance's class as it is now.
                    let found = unsafe { Value::shared(bits) };
                    let old = std::mem::replace(frame.register(window), found);
                    self.discard(old);
                    return Ok(());
                }
            }
        } else if let Some(class) = receiver.downcast::<Type>() {
            if let Some((versions, found)) = self.find_on_type(class, name) {
                if self.method_on_type(&found).is_some() {
                    specialize(ip, Opcode::LoadMethodType, versions, found.bits());
                }
            }
        }
        let class = self.type_of(receiver);
        if class.slots().get_attr.is_none() {
            if let Some(found) = class.lookup(name) {
                let binds = self.type_of(&found).has_flag(type_flags::METHOD_DESCRIPTOR);
                if binds && self.instance_attribute(receiver, name).is_none() {
                    self.specialize_load_method(receiver, &found, ip);
                    let old = std::mem::replace(frame.register(window), found);
                    self.discard(old);
                    return Ok(());
                }
            }
        }
        let attribute = self.get_attr(receiver, name)?;
        if may_specialize(ip) {
            if let Some((version, position)) = self.find_in_module(receiver, name) {
                specialize(ip, Opcode::LoadMethodModule, version, position);
            }
        }
        let old = std::mem::replace(frame.register(window), attribute);
        self.discard(old);
        let receiver = std::mem::replace(frame.register(window + HEADER_WORDS), Value::UNBOUND);
        self.discard(receiver);
        Ok(())
    }

    /// What can be known of calling a method of instances like this.
    fn find_method(&self, instance: &Gc<Instance>, name: &Gc<Str>) -> Option<Known> {
        let class = instance.header().ty();
        if class.slots().get_attr.is_some() || class.version() == 0 {
            return None;
        }
        let found = class.lookup(name)?;
        let is_method = self.type_of(&found).has_flag(type_flags::METHOD_DESCRIPTOR);
        let is_shadowed = match instance.shape_id() {
            0 => class.has_flag(type_flags::HAS_DICT),
            _ => instance.slot_of(name).is_some(),
        };
        (is_method && !is_shadowed).then(|| Known::Method(found.bits()))
    }

    /// LoadMethodType: the function to call for what a class has, and whether the class is its first argument.
    pub(crate) fn method_on_type(&self, found: &Value) -> Option<(Value, bool)> {
        if let Some(method) = found.downcast::<StaticMethod>() {
            return Some((method.function.borrow().clone(), false));
        }
        if let Some(method) = found.downcast::<ClassMethod>() {
            let function = method.function.borrow().clone();
            return function.downcast::<Function>().is_some().then_some((function, true));
        }
        found.downcast::<Function>().map(|function| (function.to_value(), false))
    }

    fn specialize_load_method(&self, receiver: &Value, found: &Value, ip: *mut Instruction) {
        if !may_specialize(ip) {
            return;
        }
        let class = self.type_of(receiver);
        let version = class.version();
        if version == 0 {
            return;
        }
        match receiver.downcast::<Instance>() {
            Some(instance) if class.has_flag(type_flags::HAS_DICT) => {
                if instance.shape_id() != 0 {
                    let versions = version as u64 | (instance.shape_id() as u64) << 32;
                    specialize(ip, Opcode::LoadMethodClass, versions, found.bits());
                }
            }
            _ if self.tasks.own_attributes.get() && crate::tasks::future::core_of(receiver).is_some() => {}
            _ if !class.has_flag(type_flags::HAS_DICT) => {
                specialize(ip, Opcode::LoadMethodSlot, version as u64, found.bits());
            }
            _ => {}
        }
    }

    /// LoadCommon's rarer constants.
    pub(crate) fn load_common(&self, which: usize, frame: Frame) -> PyResult {
        match which {
            5 => Ok(self.types.exception(Exc::AssertionError).to_value()),
            7 => Ok(self.types.exception(Exc::NotImplementedError).to_value()),
            _ => match frame.function().builtins.get_str(&self.names.__build_class__) {
                Some(found) => Ok(found),
                None => self.raise(Exc::NameError, "__build_class__ not found"),
            },
        }
    }

    /// Whether the value's class has a `match` flag.
    pub(crate) fn matches_flag(&self, value: &Value, flag: u32) -> Value {
        Value::bool(
            self.type_of(value).has_flag(flag)
                && !matches!(value.kind(), Some(Kind::Str | Kind::Bytes | Kind::ByteArray)),
        )
    }
}
