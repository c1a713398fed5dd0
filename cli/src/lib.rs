//! The library face of Ouro: an interpreter to build, feed source and ask for globals.
//!
//! The `ouro` command uses nothing else.
#![forbid(unsafe_code)]

use std::path::Path;

use ouro_runtime::exceptions::report_uncaught;
use ouro_runtime::host::Host;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::vm::source::SourceOptions;
pub use ouro_runtime::vm::start::Config;
pub use ouro_runtime::{Exc, Gc, PyResult, Raised, Value, Vm};

/// Stack of the thread that [`on_big_stack`] makes: native code recurses through deeply nested objects.
pub const STACK_SIZE_BYTES: usize = 64 << 20;

/// Exit status when standard output could not be written at the end.
const EXIT_FLUSH_FAILED: i32 = 120;

/// Runs `f` on a thread with the stack an [`Interpreter`] expects, and gives what it returned.
///
/// # Errors
/// If the system refuses the thread. A panic of `f` is passed on.
pub fn on_big_stack<T: Send>(f: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_SIZE_BYTES).spawn_scoped(scope, f)?;
        // The new thread is to get them.
        ouro_runtime::host::block_signals();
        thread.join().map_or_else(|panic| std::panic::resume_unwind(panic), Ok)
    })
}

/// One Python interpreter with its `__main__` module. Lives on the thread that built it, see [`on_big_stack`].
pub struct Interpreter {
    vm: Box<Vm>,
    main: Gc<Module>,
}

impl Interpreter {
    /// An interpreter with the whole standard library; `sys.path` is empty, `sys.argv` is `['']`.
    ///
    /// # Errors
    /// If `sys` cannot be made, which is a bug.
    pub fn new() -> Result<Interpreter, String> {
        let vm = Vm::start(Config {
            native_modules: ouro_stdlib::NATIVE_MODULES,
            frozen_modules: ouro_stdlib::FROZEN,
            stack_size_bytes: STACK_SIZE_BYTES,
            host: Host::new(),
        });
        if let Err(raised) = vm.import_module("sys") {
            drop(vm.take_raised(raised));
            return Err("the sys module cannot be imported".to_string());
        }
        let main = Module::new(&vm, "__main__");
        if let Some(builtins) = vm.modules.get_str(&vm.intern("builtins")) {
            main.set(&vm, "__builtins__", builtins);
        }
        drop(vm.modules.insert_str(&vm.intern("__main__"), main.to_value()));
        Ok(Interpreter { vm, main })
    }

    /// Gives the process's signals to this interpreter; Ctrl-C raises KeyboardInterrupt.
    pub fn handle_signals(&self) {
        self.vm.handle_signals();
    }

    pub fn vm(&self) -> &Vm {
        &self.vm
    }

    /// Sets `sys.argv`.
    ///
    /// # Errors
    /// If the program took `sys` away.
    pub fn set_argv(&self, arguments: &[String]) -> PyResult<()> {
        let arguments = arguments.iter().map(|argument| argument.as_str().into()).collect();
        let sys = self.vm.import_module("sys")?;
        self.vm.set_attr(&sys, &self.vm.intern("argv"), Some(&List::new(arguments).into()))
    }

    /// Puts a folder in front of `sys.path`.
    ///
    /// # Errors
    /// If `sys.path` is no list any more.
    pub fn prepend_path(&self, folder: &str) -> PyResult<()> {
        let path = self.vm.sys_attribute("path")?;
        self.vm.call_method_named(&path, "insert", &[Value::int(0), folder.into()]).map(drop)
    }

    /// Sets a global of `__main__`.
    pub fn set_global(&self, name: &str, value: impl Into<Value>) {
        self.main.set(&self.vm, name, value);
    }

    /// A global of `__main__`.
    pub fn global(&self, name: &str) -> Option<Value> {
        self.main.get(&self.vm, name)
    }

    /// Runs source text in `__main__`.
    ///
    /// # Errors
    /// What the program raises.
    pub fn run_source(&self, source: &[u8], filename: &str) -> PyResult<()> {
        let options = SourceOptions {
            origin: ouro_lang::source::Origin::Bytes,
            ..SourceOptions::new(ouro_lang::parser::Mode::Exec, filename)
        };
        let code = self.vm.compile_source(source, options)?;
        self.vm.run_code(&code, &self.main.namespace(), None, None).map(drop)
    }

    /// Runs a file as `__main__`.
    ///
    /// # Errors
    /// What the program raises; OSError if the file cannot be read.
    pub fn run_file(&self, path: &Path) -> PyResult<()> {
        self.set_global("__file__", path.to_string_lossy().as_ref());
        let code = self.vm.compile_file(path)?;
        self.vm.run_code(&code, &self.main.namespace(), None, None).map(drop)
    }

    /// Calls the function that a global of `__main__` is.
    ///
    /// # Errors
    /// NameError without such a global, and what the function raises.
    pub fn call(&self, name: &str, arguments: &[Value]) -> PyResult {
        match self.global(name) {
            Some(function) => self.vm.call(&function, arguments),
            None => self.vm.raise(Exc::NameError, format!("name '{name}' is not defined")),
        }
    }

    /// Ends the program: reports what it raised, runs the exit functions, finalises what is left, flushes. Gives the exit status.
    pub fn finish(self, result: PyResult<()>) -> i32 {
        let Interpreter { vm, main } = self;
        let mut status = match result {
            Ok(()) => 0,
            Err(raised) => report_uncaught(&vm, &vm.take_raised(raised)),
        };
        if let Some(atexit) = vm.modules.get_str(&vm.intern("atexit")) {
            if let Err(raised) = vm.call_method_named(&atexit, "_run_exitfuncs", &[]) {
                drop(vm.take_raised(raised));
            }
        }
        status = flush_standard_streams(&vm, status);
        drop(main);
        vm.shut_down();
        flush_standard_streams(&vm, status)
    }
}

/// Flushes what the program printed; gives the exit status, which says so where that failed.
fn flush_standard_streams(vm: &Vm, mut status: i32) -> i32 {
    for name in ["stdout", "stderr"] {
        let stream = vm.sys_attribute(name).and_then(|stream| match stream.is_none() {
            true => Ok(Value::NONE),
            false => vm.call_method_named(&stream, "flush", &[]),
        });
        if let Err(raised) = stream {
            drop(vm.take_raised(raised));
            if name == "stdout" && status == 0 {
                status = EXIT_FLUSH_FAILED;
            }
        }
    }
    status
}
