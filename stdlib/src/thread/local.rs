//! `_thread._local`: attributes that each thread has for itself. They lie with the thread and go when it ends.

use std::cell::Cell;

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

#[derive(Default)]
struct LastNumber(Cell<u64>);

pub struct Local {
    /// Never given to another.
    number: u64,
    /// Arguments of the class, for `__init__` in other threads.
    args: Vec<Value>,
    kw_names: Vec<Gc<Str>>,
    kw_values: Vec<Value>,
}

impl Payload for Local {
    fn trace(&self, visit: heap::Visitor<'_>) {
        self.args.iter().for_each(&mut *visit);
        self.kw_values.iter().for_each(visit);
    }

    fn clear(&self) {
        // What threads have of it goes with it.
        Vm::current().drop_thread_data(self.number);
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        Vm::current().drop_thread_data(self.number);
    }
}

pub static LOCAL: TypeSpec = TypeSpec {
    name: "_local",
    module: "_thread",
    doc: "Thread-local data",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("_local!($type, /, *args, **kw)", |vm, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        let has_own_init = class.slots().init.is_some();
        if (args.values.len() > 1 || args.has_keywords()) && !has_own_init {
            return vm.raise(Exc::TypeError, "Initialization arguments are not supported");
        }
        let last = vm.state::<LastNumber>();
        last.0.set(last.0.get() + 1);
        let body = Local {
            number: last.0.get(),
            args: args.values[1..].to_vec(),
            kw_names: args.kw_names.to_vec(),
            kw_values: args.kw_values.to_vec(),
        };
        let local = heap::alloc_for(class, body);
        // `__init__` follows on this thread.
        vm.set_thread_data(local.number, Dict::new());
        Ok(local.into())
    })),
    getset: &[GetSet::read_only("__dict__", |vm, value| match value.downcast::<Local>() {
        Some(local) => Ok(local.namespace(vm)?.into()),
        None => Ok(Value::NONE),
    })],
    slots: Slots {
        get_attr: Some(|vm, value, name| {
            if let Some(local) = value.downcast::<Local>() {
                let namespace = local.namespace(vm)?;
                if name == "__dict__" {
                    // A subclass has a descriptor of its own for it.
                    return Ok(namespace.into());
                }
                if vm
                    .type_of(value)
                    .lookup(name)
                    .is_none_or(|found| vm.type_of(&found).slots().descr_set.is_none())
                {
                    if let Some(found) = namespace.get_str(name) {
                        return Ok(found);
                    }
                }
            }
            vm.generic_get_attr(value, name)
        }),
        set_attr: Some(|vm, value, name, new| {
            let Some(local) = value.downcast::<Local>() else { return vm.generic_set_attr(value, name, new) };
            if name == "__dict__" {
                let class = vm.type_name(value);
                return vm.raise(
                    Exc::AttributeError,
                    format!("'{class}' object attribute '__dict__' is read-only"),
                );
            }
            let namespace = local.namespace(vm)?;
            if vm
                .type_of(value)
                .lookup(name)
                .is_some_and(|found| vm.type_of(&found).slots().descr_set.is_some())
            {
                return vm.generic_set_attr(value, name, new);
            }
            match new {
                Some(new) => drop(namespace.insert_str(name, new.clone())),
                None if namespace.remove_str(name).is_some() => {}
                None => return vm.raise_no_attribute(value, name),
            }
            Ok(())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

trait Namespace {
    /// The calling thread's attributes; `__init__` runs where there are none yet.
    fn namespace(&self, vm: &Vm) -> PyResult<Gc<Dict>>;
}

impl Namespace for Gc<Local> {
    fn namespace(&self, vm: &Vm) -> PyResult<Gc<Dict>> {
        if let Some(known) = vm.thread_data(self.number) {
            return Ok(known);
        }
        let made = Dict::new();
        vm.set_thread_data(self.number, made.clone());
        if vm.type_of(self.as_value()).slots().init.is_some() {
            let init = vm.get_attr_named(self.as_value(), "__init__")?;
            let args = Args::with_keywords(&self.args, &self.kw_names, &self.kw_values);
            if let Err(raised) = vm.call_args(&init, args) {
                vm.drop_thread_data(self.number);
                return Err(raised);
            }
        }
        Ok(made)
    }
}
