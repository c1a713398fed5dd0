//! The beginning and the end of an interpreter with the whole library: of a program, and of what `concurrent.interpreters` makes.

use ouro_runtime::exceptions::unraisable_with;
use ouro_runtime::host::Host;
use ouro_runtime::objects::module::Module;
use ouro_runtime::vm::options::Options;
use ouro_runtime::vm::start::Config;
use ouro_runtime::{Exc, Gc, PyResult, Vm};

/// Stack that the thread of an interpreter must have: native code recurses through deeply nested objects.
pub const STACK_SIZE_BYTES: usize = 64 << 20;

/// Exit status when standard output could not be written at the end.
const EXIT_FLUSH_FAILED: i32 = 120;

/// An interpreter on the calling thread, whose stack must be as large as [`STACK_SIZE_BYTES`] says, and its `__main__`.
///
/// # Errors
/// If `sys` cannot be made, which is a bug.
pub fn start(options: Options, host: Host) -> Result<(Box<Vm>, Gc<Module>), String> {
    let vm = Vm::start(Config {
        native_modules: crate::NATIVE_MODULES,
        frozen_modules: crate::FROZEN,
        stack_size_bytes: STACK_SIZE_BYTES,
        host,
        options,
    });
    if let Err(raised) = vm.import_module("sys") {
        let exception = vm.take_raised(raised);
        let text = vm.repr_text(exception.as_value()).unwrap_or_default();
        return Err(format!("the sys module cannot be imported: {text}"));
    }
    let main = Module::new(&vm, "__main__");
    if let Some(builtins) = vm.modules.get_str(&vm.intern("builtins")) {
        main.set(&vm, "__builtins__", builtins);
    }
    drop(vm.modules.insert_str(&vm.intern("__main__"), main.to_value()));
    Ok((vm, main))
}

/// Ends it: waits for its threads, runs the exit functions, finalises what is left, flushes. Gives the exit status: `status`, or another
/// if standard output could not be written.
pub fn end(vm: &Vm, main: Gc<Module>, status: i32) -> i32 {
    wait_for_threads(vm);
    if let Some(atexit) = vm.modules.get_str(&vm.intern("atexit")) {
        if let Err(raised) = vm.call_method_named(&atexit, "_run_exitfuncs", &[]) {
            drop(vm.take_raised(raised));
        }
    }
    crate::interpreters::end_all(vm);
    crate::sys::begin_finalizing(vm);
    // Daemons stop where they are.
    vm.close_threads();
    let status = flush_standard_streams(vm, status, true);
    drop(main);
    vm.shut_down();
    flush_standard_streams(vm, status, false)
}

/// Waits for threads that are no daemons.
fn wait_for_threads(vm: &Vm) {
    let module = ["threading", "_thread"].iter().find_map(|name| vm.modules.get_str(&vm.intern(name)));
    let Some(module) = module else { return };
    if let Err(raised) = vm.call_method_named(&module, "_shutdown", &[]) {
        let exception = vm.take_raised(raised);
        let message = b"Exception ignored on threading shutdown";
        unraisable_with(vm, &exception, Some(message), Some(&module));
    }
}

/// Flushes what the program printed; gives the exit status, which says so where that failed. The first time standard error does as well.
pub fn flush_standard_streams(vm: &Vm, mut status: i32, first: bool) -> i32 {
    for name in ["stdout", "stderr"] {
        let Err(raised) = flush_stream(vm, name) else { continue };
        let exception = vm.take_raised(raised);
        if name != "stdout" {
            continue;
        }
        status = EXIT_FLUSH_FAILED;
        // A reader that has gone away wants no word of it.
        let is_news = !vm.is_instance_of(exception.as_value(), vm.types.exception(Exc::BrokenPipeError));
        if first && is_news {
            let message = b"Exception ignored while flushing sys.stdout";
            unraisable_with(vm, &exception, Some(message), None);
        }
    }
    status
}

/// Flushes one of the standard streams, if there is one and it is open.
fn flush_stream(vm: &Vm, name: &str) -> PyResult<()> {
    let sys = vm.import_module("sys")?;
    let Some(stream) = vm.get_attr_opt(&sys, &vm.intern(name))?.filter(|stream| !stream.is_none()) else {
        return Ok(());
    };
    if let Some(closed) = vm.get_attr_opt(&stream, &vm.intern("closed"))? {
        if vm.truth(&closed)? {
            return Ok(());
        }
    }
    vm.call_method_named(&stream, "flush", &[]).map(drop)
}
