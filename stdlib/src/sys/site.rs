//! Builtins for people at a prompt: `exit`, `quit`, `copyright`, `credits`, `license`.

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload, Visitor};
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, GetSet, NativeClass, NativeModule, PyResult, Value, Vm};

/// Holds the classes; programs know it by `type(exit).__module__`.
pub static MODULE: NativeModule = NativeModule {
    name: "_sitebuiltins",
    doc: "The objects used by the site module to add custom builtins.",
    classes: &[NativeClass::of::<Quitter>(&QUITTER), NativeClass::of::<Printer>(&PRINTER)],
    ..NativeModule::DEFAULT
};

/// Puts the objects among the builtins.
pub fn install(vm: &Vm) -> PyResult<()> {
    vm.import_module(MODULE.name)?;
    let add = |name: &str, value: Value| drop(vm.builtins.insert_str(&vm.intern(name), value));
    for name in ["exit", "quit"] {
        add(name, heap::alloc(&vm.class_of::<Quitter>(), Quitter { name }).into());
    }
    let texts = [
        ("copyright", super::info::COPYRIGHT),
        ("credits", "Thanks to the people of the Python community, whose language this is.\n"),
        ("license", "Ouro may be used under the MIT licence or the Apache licence 2.0, as you like."),
    ];
    for (name, text) in texts {
        add(name, heap::alloc(&vm.class_of::<Printer>(), Printer { text }).into());
    }
    Ok(())
}

/// Ends the program when called, and says so when shown.
struct Quitter {
    name: &'static str,
}

impl Payload for Quitter {
    const ACYCLIC: bool = true;

    fn trace(&self, _: Visitor<'_>) {}
}

const END_OF_FILE: &str = "Ctrl-D (i.e. EOF)";

static QUITTER: TypeSpec = TypeSpec {
    name: "Quitter",
    module: "_sitebuiltins",
    flags: type_flags::NO_NEW,
    getset: &[
        GetSet::read_only("name", |_, value| {
            Ok(value.downcast::<Quitter>().map_or("", |quitter| quitter.name).into())
        }),
        GetSet::read_only("eof", |_, _| Ok(END_OF_FILE.into())),
    ],
    slots: Slots {
        repr: Some(|_, value| {
            let name = value.downcast::<Quitter>().map_or("", |quitter| quitter.name);
            Ok(format!("Use {name}() or {END_OF_FILE} to exit").into())
        }),
        call: Some(quit),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn quit(vm: &Vm, _: &Value, args: Args<'_>) -> PyResult {
    let mut code = args.values.first();
    for (name, value) in args.keywords() {
        if *name != *"code" {
            return vm.raise(
                Exc::TypeError,
                format!("Quitter.__call__() got an unexpected keyword argument '{name}'"),
            );
        }
        code = Some(value);
    }
    if args.len() > 1 {
        let given = args.len() + 1;
        return vm.raise(
            Exc::TypeError,
            format!("Quitter.__call__() takes from 1 to 2 positional arguments but {given} were given"),
        );
    }
    // Prompts that catch SystemExit end all the same, as there is nothing left to read.
    let closed = vm.sys_attribute("stdin").and_then(|stdin| vm.call_method(&stdin, &vm.names.close, &[]));
    vm.catch(closed, Exc::BaseException)?;
    vm.raise_args(Exc::SystemExit, &[code.cloned().unwrap_or(Value::NONE)])
}

/// Shows a text, in its repr and when called.
struct Printer {
    text: &'static str,
}

impl Payload for Printer {
    const ACYCLIC: bool = true;

    fn trace(&self, _: Visitor<'_>) {}
}

static PRINTER: TypeSpec = TypeSpec {
    name: "_Printer",
    module: "_sitebuiltins",
    flags: type_flags::NO_NEW,
    slots: Slots {
        repr: Some(|_, value| Ok(value.downcast::<Printer>().map_or("", |printer| printer.text).into())),
        call: Some(|vm, value, _| {
            let stdout = vm.sys_attribute("stdout")?;
            let text = vm.repr(value)?;
            vm.call_method(&stdout, &vm.names.write, &[Str::concat(&text, &vm.intern("\n")).into()])?;
            Ok(Value::NONE)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
