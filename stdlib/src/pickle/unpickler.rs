//! `Unpickler`, `load`, `loads`.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::input::{File, Input};
use super::load::{Loader, Memo, Settings, find_class, raise_no_persistent_load};
use super::unpickling_error;

/// `_pickle.Unpickler`. Before `__init__` it has no file.
pub struct Unpickler {
    file: RefCell<Option<Value>>,
    buffers: RefCell<Option<Value>>,
    memo: RefCell<Memo>,
    /// A function that the program set on the instance.
    persistent_load: RefCell<Option<Value>>,
    settings: RefCell<(bool, String, String)>,
    /// Of the pickle that is being read, for `find_class()`.
    protocol: Cell<u8>,
}

impl Payload for Unpickler {
    ouro_runtime::trace_fields!(file, buffers, memo, persistent_load; skip settings, protocol);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Unpickler",
    module: "_pickle",
    doc: "This takes a binary file for reading a pickle data stream.",
    flags: type_flags::BASE_TYPE,
    new: Some(NativeFn::new("Unpickler($type, /, *args, **kwargs)", |_, args| {
        let class = args.value(0).downcast().expect("new gets a class");
        let made = Unpickler {
            file: RefCell::default(),
            buffers: RefCell::default(),
            memo: RefCell::default(),
            persistent_load: RefCell::default(),
            settings: RefCell::default(),
            protocol: Cell::new(0),
        };
        Ok(heap::alloc_for(class, made).into())
    })),
    init: Some(NativeFn::new(
        "Unpickler($self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        init,
    )),
    methods: &[
        NativeFn::new("load($self, /)", load).doc("Load a pickle."),
        NativeFn::new("find_class($self, module_name, global_name, /)", |vm, args| {
            let this = args.this::<Unpickler>();
            let fix_imports = this.settings.borrow().0;
            find_class(vm, args.value(1), args.value(2), this.protocol.get(), fix_imports)
        })
        .doc("Return an object from a specified module."),
        NativeFn::new("_no_persistent_load($self, pid, /)", |vm, _| raise_no_persistent_load(vm)),
    ],
    getset: &[
        GetSet::new(
            "memo",
            |vm, this| {
                Ok(heap::alloc(&vm.class_of::<MemoProxy>(), MemoProxy { unpickler: this.clone() }).into())
            },
            set_memo,
        ),
        GetSet::new(
            "persistent_load",
            |vm, this| match receiver(this).persistent_load.borrow().clone() {
                Some(function) => Ok(function),
                None => vm.get_attr_named(this, "_no_persistent_load"),
            },
            |_, this, new| {
                *receiver(this).persistent_load.borrow_mut() = new.cloned();
                Ok(())
            },
        ),
    ],
    slots: Slots::NONE,
    ..TypeSpec::DEFAULT
};

fn receiver(this: &Value) -> &Gc<Unpickler> {
    this.downcast().expect("slots see instances of their class")
}

/// The arguments that all ways of reading share, from position `first`.
fn settings(vm: &Vm, args: Args<'_>, first: usize) -> PyResult<Settings> {
    let text = |index: usize, default: &str| -> PyResult<String> {
        args.get(index).map_or(Ok(default.to_string()), |text| vm.str_text(text))
    };
    let buffers = match args.get_not_none(first + 3) {
        Some(buffers) if args.get(first + 3).is_some() => Some(vm.iter(buffers)?),
        _ => None,
    };
    Ok(Settings {
        fix_imports: args.get(first).map_or(Ok(true), |fix| vm.truth(fix))?,
        encoding: text(first + 1, "ASCII")?,
        errors: text(first + 2, "strict")?,
        buffers,
    })
}

fn methods_of(vm: &Vm, file: &Value) -> PyResult<File> {
    let method = |name: &str| vm.get_attr_opt(file, &vm.intern(name));
    let peek = method("peek")?;
    match (method("read")?, method("readline")?) {
        (Some(read), Some(readline)) => Ok(File { read, readline, peek }),
        _ => vm.raise(Exc::TypeError, "file must have 'read' and 'readline' attributes"),
    }
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<Unpickler>();
    methods_of(vm, args.value(1))?;
    let settings = settings(vm, args, 2)?;
    *this.file.borrow_mut() = Some(args.value(1).clone());
    *this.buffers.borrow_mut() = settings.buffers;
    *this.settings.borrow_mut() = (settings.fix_imports, settings.encoding, settings.errors);
    *this.memo.borrow_mut() = Memo::default();
    Ok(Value::NONE)
}

/// A method that a subclass or the instance has in the place of this class's own.
fn overridden(vm: &Vm, this: &Value, name: &str) -> PyResult<Option<Value>> {
    let is_persistent_load = name == "persistent_load";
    let name = vm.intern(name);
    let is_own = match (vm.type_of(this).lookup(&name), vm.class_of::<Unpickler>().lookup(&name)) {
        (Some(found), Some(inherited)) => !found.is(&inherited),
        _ => false,
    };
    if is_own || vm.instance_attribute(this, &name).is_some() {
        return Ok(Some(vm.get_attr(this, &name)?));
    }
    Ok(receiver(this).persistent_load.borrow().clone().filter(|_| is_persistent_load))
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<Unpickler>();
    let Some(file) = this.file.borrow().clone() else {
        let class = vm.type_of(args.value(0)).name_text();
        return unpickling_error(vm, format!("Unpickler.__init__() was not called by {class}.__init__()"));
    };
    let (fix_imports, encoding, errors) = this.settings.borrow().clone();
    let settings = Settings { fix_imports, encoding, errors, buffers: this.buffers.borrow().clone() };
    let mut loader = Loader::new(vm, Input::file(methods_of(vm, &file)?), settings);
    let own_find = overridden(vm, args.value(0), "find_class")?;
    loader.persistent_load = overridden(vm, args.value(0), "persistent_load")?;
    loader.memo = std::mem::take(&mut *this.memo.borrow_mut());
    loader.find_class = own_find;
    loader.watched_protocol = Some(&this.protocol);
    let result = loader.load();
    *this.memo.borrow_mut() = std::mem::take(&mut loader.memo);
    result
}

fn set_memo(vm: &Vm, this: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else {
        return vm.raise(Exc::TypeError, "attribute deletion is not supported");
    };
    let mut memo = Memo::default();
    if let Some(proxy) = new.downcast::<MemoProxy>() {
        for (index, value) in receiver(&proxy.unpickler).memo.borrow().entries() {
            memo.put(index, value);
        }
    } else if let Some(dict) = new.downcast::<Dict>() {
        for (key, value) in dict.snapshot() {
            match usize::try_from(vm.to_i64(&key)?) {
                Ok(index) => memo.put(index, value),
                Err(_) => return vm.raise(Exc::ValueError, "memo key must be positive integers."),
            }
        }
    } else {
        return vm
            .raise_type_of("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}", new);
    }
    *receiver(this).memo.borrow_mut() = memo;
    Ok(())
}

/// The memo of an unpickler, seen from Python.
pub struct MemoProxy {
    unpickler: Value,
}

impl Payload for MemoProxy {
    ouro_runtime::trace_fields!(unpickler);
}

pub static MEMO_TYPE: TypeSpec = TypeSpec {
    name: "UnpicklerMemoProxy",
    module: "_pickle",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("clear($self, /)", |_, args| {
            let proxy = args.this::<MemoProxy>();
            *receiver(&proxy.unpickler).memo.borrow_mut() = Memo::default();
            Ok(Value::NONE)
        })
        .doc("Remove all items from memo."),
        NativeFn::new("copy($self, /)", copy_memo).doc("Copy the memo to a new object."),
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            let copy = copy_memo(vm, args)?;
            Ok(vm.tuple(&[vm.types.dict().to_value(), vm.tuple(&[copy])]))
        })
        .doc("Implement pickling support."),
    ],
    ..TypeSpec::DEFAULT
};

fn copy_memo(vm: &Vm, args: Args<'_>) -> PyResult {
    let proxy = args.this::<MemoProxy>();
    let dict = Dict::new();
    for (index, value) in receiver(&proxy.unpickler).memo.borrow().entries() {
        dict.insert(vm, Value::int(index as i64), value)?;
    }
    Ok(dict.into())
}

pub fn loads(vm: &Vm, args: Args<'_>) -> PyResult {
    let data = args.value(0);
    let settings = settings(vm, args, 1)?;
    let input = match data.downcast_exact::<Bytes>() {
        Some(bytes) => Cow::Borrowed(bytes.as_slice()),
        None => Cow::Owned(vm.bytes_argument(data)?.to_vec()),
    };
    Loader::new(vm, Input::memory(input), settings).load()
}

pub fn load_from(vm: &Vm, args: Args<'_>) -> PyResult {
    let file = methods_of(vm, args.value(0))?;
    let settings = settings(vm, args, 1)?;
    Loader::new(vm, Input::file(file), settings).load()
}
