//! The library face of Ouro: an interpreter to build, feed source and ask for globals.
//!
//! The `ouro` command uses nothing else.
#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use ouro_lang::parser::Mode;
use ouro_lang::source::Origin;
use ouro_runtime::exceptions::{display_exception, report_uncaught};
use ouro_runtime::host::Host;
use ouro_runtime::objects::code::Code;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
pub use ouro_runtime::vm::options::Options;
use ouro_runtime::vm::source::SourceOptions;
pub use ouro_runtime::vm::start::Config;
pub use ouro_runtime::{Exc, Gc, PyResult, Raised, Value, Vm};
use ouro_stdlib::life;
pub use ouro_stdlib::life::STACK_SIZE_BYTES;

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

/// The program in the README, for its test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Status(i32),
    /// By a KeyboardInterrupt that nobody caught: a command ends itself by SIGINT then.
    Interrupted,
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
        // The environment is the embedding program's.
        Interpreter::with_options(Options { ignore_environment: true, ..Options::default() })
    }

    /// As [`Interpreter::new`], as a command line asked for; `sys.path` is PYTHONPATH's.
    ///
    /// # Errors
    /// As for [`Interpreter::new`].
    pub fn with_options(options: Options) -> Result<Interpreter, String> {
        let (vm, main) = life::start(options, Host::new())?;
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
    pub fn set_argv(&self, arguments: &[OsString]) -> PyResult<()> {
        let decode = |argument: &OsString| self.file_name(argument.as_ref());
        let arguments = arguments.iter().map(decode).collect::<PyResult<Vec<Value>>>()?;
        let sys = self.vm.import_module("sys")?;
        self.vm.set_attr(&sys, &self.vm.intern("argv"), Some(&List::new(arguments).into()))
    }

    /// A name of the system's as Python sees it: bytes that are no UTF-8 become surrogates.
    ///
    /// # Errors
    /// None for such bytes; MemoryError at most.
    fn file_name(&self, path: &Path) -> PyResult {
        let bytes = path.as_os_str().as_bytes();
        Ok(self.vm.decode_bytes(bytes, "utf-8", "surrogateescape")?.into())
    }

    /// Puts a folder in front of `sys.path`.
    ///
    /// # Errors
    /// If `sys.path` is no list any more.
    pub fn prepend_path(&self, folder: &Path) -> PyResult<()> {
        let path = self.vm.sys_attribute("path")?;
        let folder = self.file_name(folder)?;
        self.vm.call_method_named(&path, "insert", &[Value::int(0), folder]).map(drop)
    }

    /// The names of `__main__`.
    pub fn globals(&self) -> Value {
        self.main.namespace().to_value()
    }

    /// Sets a global of `__main__`.
    pub fn set_global(&self, name: &str, value: impl Into<Value>) {
        self.main.set(&self.vm, name, value);
    }

    /// A global of `__main__`.
    pub fn global(&self, name: &str) -> Option<Value> {
        self.main.get(&self.vm, name)
    }

    /// Runs source text in `__main__`; tracebacks show lines of it only if `filename` is a file with the same text.
    ///
    /// # Errors
    /// What the program raises.
    pub fn run_source(&self, source: &[u8], filename: &str) -> PyResult<()> {
        let options = SourceOptions { origin: Origin::Bytes, ..SourceOptions::new(Mode::Exec, filename) };
        let code = self.vm.compile_source(source, options)?;
        self.vm.run_code(&code, &self.main.namespace(), None, None).map(drop)
    }

    /// Runs code that is in no file in `__main__`; tracebacks show its lines all the same.
    ///
    /// # Errors
    /// What the program raises.
    pub fn run_string(&self, source: &[u8], filename: &str) -> PyResult<()> {
        self.run_shown(source, SourceOptions::new(Mode::Exec, filename))
    }

    /// Runs one statement in `__main__` as a prompt does: values of expressions are shown.
    ///
    /// # Errors
    /// What the statement raises.
    pub fn run_interactive(&self, source: &[u8], filename: &str) -> PyResult<()> {
        self.run_shown(source, SourceOptions::new(Mode::Single, filename))
    }

    /// Compiles what was typed at a prompt, where `await` may stand outside functions; tracebacks show its lines.
    ///
    /// # Errors
    /// SyntaxError and its like.
    pub fn compile_typed(&self, source: &[u8], filename: &str, mode: Mode) -> PyResult<Gc<Code>> {
        let options = SourceOptions { top_level_await: true, ..SourceOptions::new(mode, filename) };
        let object = self.vm.compile_to_code_object(source, options).map_err(|raised| {
            let exception = self.vm.take_raised(raised);
            show_line(&exception, source);
            self.vm.reraise(exception)
        })?;
        self.vm.remember_source(&object, source);
        Ok(Code::new(&self.vm, &object))
    }

    /// Runs compiled code in `__main__`; gives a coroutine where it awaits.
    ///
    /// # Errors
    /// What the code raises.
    pub fn run_typed(&self, code: &Gc<Code>) -> PyResult {
        self.vm.run_code(code, &self.main.namespace(), None, None)
    }

    fn run_shown(&self, source: &[u8], options: SourceOptions<'_>) -> PyResult<()> {
        let object = self.vm.compile_to_code_object(source, options)?;
        self.vm.remember_source(&object, source);
        let code = Code::new(&self.vm, &object);
        self.vm.run_code(&code, &self.main.namespace(), None, None).map(drop)
    }

    /// Runs a file as `__main__`.
    ///
    /// # Errors
    /// What the program raises; OSError if the file cannot be read.
    pub fn run_file(&self, path: &Path) -> PyResult<()> {
        self.set_global("__file__", self.file_name(path)?);
        let code = self.vm.compile_file(path)?;
        self.vm.run_code(&code, &self.main.namespace(), None, None).map(drop)
    }

    /// Runs a module, or the `__main__` of a package, as `-m` does.
    ///
    /// # Errors
    /// What the program raises; SystemExit if there is no such module.
    pub fn run_module(&self, name: &str) -> PyResult<()> {
        let runpy = self.vm.import_module("runpy")?;
        self.vm.call_method_named(&runpy, "_run_module_as_main", &[name.into()]).map(drop)
    }

    /// Runs the `__main__.py` of the folder that leads `sys.path`.
    ///
    /// # Errors
    /// What the program raises; SystemExit if there is no such file.
    pub fn run_folder(&self) -> PyResult<()> {
        let runpy = self.vm.import_module("runpy")?;
        let arguments = ["__main__".into(), Value::FALSE];
        self.vm.call_method_named(&runpy, "_run_module_as_main", &arguments).map(drop)
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

    /// Shows an exception on standard error as if it ended the program, SystemExit included.
    pub fn report(&self, raised: Raised) {
        let exception = self.vm.take_raised(raised);
        match self.vm.is_instance_of(exception.as_value(), self.vm.types.exception(Exc::SystemExit)) {
            true => display_exception(&self.vm, &exception),
            false => drop(report_uncaught(&self.vm, &exception)),
        }
    }

    /// Writes what the program printed and the system does not have yet.
    pub fn flush(&self) {
        life::flush_standard_streams(&self.vm, 0, false);
    }

    /// Ends the program: reports what it raised, runs the exit functions, finalises what is left, flushes.
    pub fn finish(self, result: PyResult<()>) -> Exit {
        let (exit, vm) = self.end(result);
        if vm.threads.count() > 1 {
            // Daemons that block may still use its memory.
            std::mem::forget(vm);
        }
        exit
    }

    /// As [`Interpreter::finish`], for a process that ends now: memory that is left, the system takes back in one go.
    pub fn finish_process(self, result: PyResult<()>) -> Exit {
        let (exit, vm) = self.end(result);
        std::mem::forget(vm);
        exit
    }

    fn end(self, result: PyResult<()>) -> (Exit, Box<Vm>) {
        let Interpreter { vm, main } = self;
        let mut interrupted = false;
        let status = match result {
            Ok(()) => 0,
            Err(raised) => {
                interrupted = vm.raised_is(&raised, Exc::KeyboardInterrupt);
                report_uncaught(&vm, &vm.take_raised(raised))
            }
        };
        let exit = match life::end(&vm, main, status) {
            _ if interrupted => Exit::Interrupted,
            status => Exit::Status(status),
        };
        (exit, vm)
    }
}

/// Gives an error of the compiler the line of source it is about, which is in no file.
fn show_line(exception: &Exception, source: &[u8]) {
    // Line and text, as `SyntaxError` has them.
    let (line, text) = (exception.field(2), exception.field(4));
    let number = line.and_then(|line| line.as_small_int()).and_then(|line| usize::try_from(line).ok());
    let (Some(number), None) = (number, text.filter(|text| !text.is_none())) else { return };
    let source = String::from_utf8_lossy(source);
    if let Some(line) = source.lines().nth(number.wrapping_sub(1)) {
        exception.set_field(4, line.into());
    }
}
