//! `Pickler`, `dump`, `dumps`.

use std::cell::RefCell;

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::int;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::pickling_error;
use super::save::{Core, Memo, Saver};

/// `_pickle.Pickler`. Before `__init__` it has no file.
pub struct Pickler {
    core: Core,
    /// A function that the program set on the instance.
    persistent_id: RefCell<Option<Value>>,
}

impl Payload for Pickler {
    ouro_runtime::trace_fields!(core, persistent_id);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Pickler",
    module: "_pickle",
    doc: "This takes a binary file for writing a pickle data stream.",
    flags: type_flags::BASE_TYPE,
    new: Some(NativeFn::new("Pickler($type, /, *args, **kwargs)", |_, args| {
        let class = args.value(0).downcast().expect("new gets a class");
        Ok(heap::alloc_for(class, Pickler { core: Core::default(), persistent_id: RefCell::default() })
            .into())
    })),
    init: Some(NativeFn::new(
        "Pickler($self, file, protocol=None, fix_imports=True, buffer_callback=None)",
        init,
    )),
    methods: &[
        NativeFn::new("dump($self, obj, /)", dump)
            .doc("Write a pickled representation of the given object to the open file."),
        NativeFn::new("clear_memo($self, /)", |_, args| {
            *args.this::<Pickler>().core.memo.borrow_mut() = Memo::default();
            Ok(Value::NONE)
        })
        .doc("Clears the pickler's \"memo\"."),
        NativeFn::new("_no_persistent_id($self, obj, /)", |_, _| Ok(Value::NONE)),
    ],
    getset: &[
        GetSet::new(
            "memo",
            |vm, this| {
                Ok(heap::alloc(&vm.class_of::<MemoProxy>(), MemoProxy { pickler: this.clone() }).into())
            },
            set_memo,
        ),
        GetSet::new(
            "bin",
            |_, this| Ok(Value::small(receiver(this).core.binary.get().into())),
            |vm, this, new| {
                receiver(this).core.binary.set(new.map_or(Ok(false), |new| vm.truth(new))?);
                Ok(())
            },
        ),
        GetSet::new(
            "fast",
            |_, this| Ok(Value::small(receiver(this).core.fast.get().into())),
            |vm, this, new| {
                receiver(this).core.fast.set(new.map_or(Ok(false), |new| vm.truth(new))?);
                Ok(())
            },
        ),
        GetSet::new("dispatch_table", dispatch_table, |_, this, new| {
            *receiver(this).core.dispatch_table.borrow_mut() = new.cloned();
            Ok(())
        }),
        GetSet::new(
            "persistent_id",
            |vm, this| match receiver(this).persistent_id.borrow().clone() {
                Some(function) => Ok(function),
                None => vm.get_attr_named(this, "_no_persistent_id"),
            },
            |_, this, new| {
                *receiver(this).persistent_id.borrow_mut() = new.cloned();
                Ok(())
            },
        ),
    ],
    slots: Slots::NONE,
    ..TypeSpec::DEFAULT
};

fn receiver(this: &Value) -> &Gc<Pickler> {
    this.downcast().expect("slots see instances of their class")
}

fn dispatch_table(vm: &Vm, this: &Value) -> PyResult {
    match receiver(this).core.dispatch_table.borrow().clone() {
        Some(table) => Ok(table),
        None => {
            let class = vm.type_of(this).display_name();
            vm.raise(Exc::AttributeError, format!("'{class}' object has no attribute 'dispatch_table'"))
        }
    }
}

fn write_method(vm: &Vm, file: &Value) -> PyResult {
    match vm.get_attr_opt(file, &vm.intern("write"))? {
        Some(write) => Ok(write),
        None => vm.raise(Exc::TypeError, "file must have a 'write' attribute"),
    }
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<Pickler>();
    let core = &this.core;
    core.configure(vm, args.get_not_none(2), args.get(3), args.get_not_none(4))?;
    *core.write.borrow_mut() = Some(write_method(vm, args.value(1))?);
    *core.memo.borrow_mut() = Memo::default();
    core.fast.set(false);
    // A class may have a table of its own; the descriptor of this class is none.
    let name = vm.intern("dispatch_table");
    let found = vm.type_of(args.value(0)).lookup(&name);
    let inherited = vm.class_of::<Pickler>().lookup(&name);
    let is_own = match (&found, &inherited) {
        (Some(found), Some(inherited)) => !found.is(inherited),
        _ => false,
    };
    if is_own {
        let table = vm.get_attr(args.value(0), &name)?;
        *core.dispatch_table.borrow_mut() = Some(table);
    } else if let Some(table) = vm.instance_attribute(args.value(0), &name) {
        *core.dispatch_table.borrow_mut() = Some(table);
    }
    Ok(Value::NONE)
}

/// A method that a subclass or the instance has in the place of this class's own.
fn overridden(vm: &Vm, this: &Value, name: &str) -> PyResult<Option<Value>> {
    if vm.type_of(this).is(&vm.class_of::<Pickler>()) {
        return Ok(receiver(this).persistent_id.borrow().clone().filter(|_| name == "persistent_id"));
    }
    let is_persistent_id = name == "persistent_id";
    let name = vm.intern(name);
    let found = vm.get_attr_opt(this, &name)?;
    let is_default = is_persistent_id
        && receiver(this).persistent_id.borrow().is_none()
        && match (vm.type_of(this).lookup(&name), vm.class_of::<Pickler>().lookup(&name)) {
            (Some(found), Some(inherited)) => found.is(&inherited),
            _ => false,
        };
    Ok(found.filter(|_| !is_default))
}

fn dump(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<Pickler>();
    if this.core.write.borrow().is_none() {
        let class = vm.type_of(args.value(0)).name_text();
        return pickling_error(vm, format!("Pickler.__init__() was not called by {class}.__init__()"));
    }
    let saver = Saver {
        vm,
        core: &this.core,
        persistent_id: overridden(vm, args.value(0), "persistent_id")?,
        reducer_override: overridden(vm, args.value(0), "reducer_override")?,
    };
    saver.dump(args.value(1))?;
    saver.flush()?;
    Ok(Value::NONE)
}

fn set_memo(vm: &Vm, this: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else {
        return vm.raise(Exc::TypeError, "attribute deletion is not supported");
    };
    let mut memo = Memo::default();
    if let Some(proxy) = new.downcast::<MemoProxy>() {
        let other = receiver(&proxy.pickler).core.memo.borrow();
        memo.indexes.clone_from(&other.indexes);
        memo.kept.clone_from(&other.kept);
    } else if let Some(dict) = new.downcast::<Dict>() {
        let mut entries = Vec::new();
        for (_, entry) in dict.snapshot() {
            let entry = vm.collect(&entry)?;
            let [index, object] = &entry[..] else {
                return vm.raise(Exc::TypeError, "'memo' values must be 2-item tuples");
            };
            entries.push((vm.to_i64(index)?, object.clone()));
        }
        entries.sort_by_key(|entry| entry.0);
        for (index, object) in entries {
            memo.indexes.insert(object.id(), u32::try_from(index).unwrap_or(0));
            memo.kept.push(object);
        }
    } else {
        return vm.raise_type_of("'memo' attribute must be a PicklerMemoProxy object or dict, not {}", new);
    }
    *receiver(this).core.memo.borrow_mut() = memo;
    Ok(())
}

/// The memo of a pickler, seen from Python.
pub struct MemoProxy {
    pickler: Value,
}

impl Payload for MemoProxy {
    ouro_runtime::trace_fields!(pickler);
}

pub static MEMO_TYPE: TypeSpec = TypeSpec {
    name: "PicklerMemoProxy",
    module: "_pickle",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("clear($self, /)", |_, args| {
            let proxy = args.this::<MemoProxy>();
            *receiver(&proxy.pickler).core.memo.borrow_mut() = Memo::default();
            Ok(Value::NONE)
        })
        .doc("Remove all items from memo."),
        NativeFn::new("copy($self, /)", copy_memo).doc("Copy the memo to a new object."),
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            let copy = copy_memo(vm, args)?;
            Ok(vm.tuple(&[vm.types.dict().to_value(), vm.tuple(&[copy])]))
        })
        .doc("Implement pickle support."),
    ],
    ..TypeSpec::DEFAULT
};

fn copy_memo(vm: &Vm, args: Args<'_>) -> PyResult {
    let proxy = args.this::<MemoProxy>();
    let dict = Dict::new();
    let memo = receiver(&proxy.pickler).core.memo.borrow();
    for object in &memo.kept {
        let index = memo.indexes.get(&object.id()).copied().unwrap_or_default();
        let entry = vm.tuple(&[Value::int(index.into()), object.clone()]);
        dict.insert(vm, int::new_u64(object.id()), entry)?;
    }
    Ok(dict.into())
}

/// A run without a `Pickler`.
fn run(vm: &Vm, object: &Value, args: [Option<&Value>; 3], write: Option<Value>) -> PyResult<Core> {
    let core = Core::default();
    let [protocol, fix_imports, callback] = args;
    core.configure(
        vm,
        protocol.filter(|protocol| !protocol.is_none()),
        fix_imports,
        callback.filter(|c| !c.is_none()),
    )?;
    *core.write.borrow_mut() = write;
    let saver = Saver { vm, core: &core, persistent_id: None, reducer_override: None };
    saver.dump(object)?;
    Ok(core)
}

pub fn dumps(vm: &Vm, args: Args<'_>) -> PyResult {
    let core = run(vm, args.value(0), [args.get(1), args.get(2), args.get(3)], None)?;
    Ok(Bytes::from_vec(core.out.into_inner()).into())
}

pub fn dump_to(vm: &Vm, args: Args<'_>) -> PyResult {
    let write = write_method(vm, args.value(1))?;
    let core = run(vm, args.value(0), [args.get(2), args.get(3), args.get(4)], Some(write))?;
    let saver = Saver { vm, core: &core, persistent_id: None, reducer_override: None };
    saver.flush()?;
    Ok(Value::NONE)
}
