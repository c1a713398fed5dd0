//! `atexit`: functions to run when the interpreter ends.

use std::cell::RefCell;

use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "atexit",
    doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
    functions: &[
        NativeFn::new("register!(func, /, *args, **kwargs)", register)
            .doc("Register a function to be executed upon normal program termination"),
        NativeFn::new("_clear()", |vm, _| {
            let _dropped = vm.state::<ExitFunctions>().0.take();
            Ok(Value::NONE)
        })
        .doc("Clear the list of previously registered exit functions."),
        NativeFn::new("unregister(func, /)", unregister)
            .doc("Unregister an exit function which was previously registered using\natexit.register"),
        NativeFn::new("_run_exitfuncs()", |vm, _| {
            run(vm);
            Ok(Value::NONE)
        })
        .doc("Run all registered exit functions."),
        NativeFn::new("_ncallbacks()", |vm, _| Ok(vm.state::<ExitFunctions>().0.borrow().len().into()))
            .doc("Return the number of registered exit functions."),
    ],
    ..NativeModule::DEFAULT
};

/// A function and the arguments it will get.
#[derive(Clone)]
struct ExitFunction {
    function: Value,
    arguments: Vec<Value>,
    kw_names: Vec<Gc<Str>>,
    kw_values: Vec<Value>,
}

/// Oldest first; they run in the opposite order.
#[derive(Default)]
struct ExitFunctions(RefCell<Vec<ExitFunction>>);

fn register(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(function) = args.values.first() else {
        return vm.raise(Exc::TypeError, "register() takes at least 1 argument (0 given)");
    };
    if !vm.is_callable(function) {
        return vm.raise(Exc::TypeError, "the first argument must be callable");
    }
    vm.state::<ExitFunctions>().0.borrow_mut().push(ExitFunction {
        function: function.clone(),
        arguments: args.values[1..].to_vec(),
        kw_names: args.kw_names.to_vec(),
        kw_values: args.kw_values.to_vec(),
    });
    Ok(function.clone())
}

fn unregister(vm: &Vm, args: Args<'_>) -> PyResult {
    let state = vm.state::<ExitFunctions>();
    // Comparing may run Python code, which may register more.
    let mut at = state.0.borrow().len();
    while at > 0 {
        at -= 1;
        let Some(known) = state.0.borrow().get(at).map(|entry| entry.function.clone()) else { continue };
        if vm.eq(&known, args.value(0))? && at < state.0.borrow().len() {
            let _removed = state.0.borrow_mut().remove(at);
        }
    }
    Ok(Value::NONE)
}

/// Runs the functions, newest first, also those registered meanwhile; what they raise is reported.
pub fn run(vm: &Vm) {
    let state = vm.state::<ExitFunctions>();
    loop {
        let Some(entry) = state.0.borrow_mut().pop() else { break };
        let args = Args::with_keywords(&entry.arguments, &entry.kw_names, &entry.kw_values);
        if let Err(raised) = vm.call_args(&entry.function, args) {
            let exception = vm.take_raised(raised);
            let shown = vm.repr_text(&entry.function).unwrap_or_else(|raised| {
                drop(vm.take_raised(raised));
                "<object repr() failed>".to_string()
            });
            let message = format!("Exception ignored in atexit callback {shown}");
            ouro_runtime::exceptions::unraisable_with(vm, &exception, Some(message.as_bytes()), None);
        }
    }
}
