//! The `ouro` command.
#![forbid(unsafe_code)]

mod args;
mod environment;
mod help;
mod repl;

use std::ffi::OsStr;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use args::{Command, Program, Refusal, Run};
use ouro::{Exc, Exit, Interpreter, PyResult, Value};
use ouro_runtime::host::SignalAction;
use ouro_runtime::vm::source::SourceOptions;

// The sanitizer's allocator must see every allocation.
#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: ouro_runtime::heap::allocator::Allocator = ouro_runtime::heap::allocator::Allocator;

const EXIT_ERROR: i32 = 1;
const EXIT_USAGE: i32 = 2;
/// As shells report it; reached only if the process survives its own SIGINT.
const EXIT_INTERRUPTED: i32 = 130;
/// Ctrl-C, the same on all systems.
const SIGINT: i32 = 2;

/// The version of the language that programs see.
const PYTHON_VERSION: &str = "3.14";

fn main() {
    #[cfg(not(feature = "system-allocator"))]
    ouro_runtime::host::advise_huge_pages();
    let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let command = match args::parse(std::env::args_os().skip(1), variable) {
        Ok(command) => command,
        Err(Refusal::Usage(problem)) => {
            complain(&format!("{problem}\n{}{}", help::USAGE, help::TRY));
            std::process::exit(EXIT_USAGE);
        }
        Err(Refusal::Fatal(problem)) => {
            complain(&format!("Fatal Python error: {problem}\n"));
            std::process::exit(EXIT_ERROR);
        }
    };
    // The process ends on that thread: there is no reason to take it down first.
    let ended: std::io::Result<()> = ouro::on_big_stack(|| leave(execute(command)));
    if let Err(error) = ended {
        complain(&format!("ouro: {error}\n"));
        std::process::exit(EXIT_ERROR);
    }
}

fn leave(exit: Exit) -> ! {
    std::process::exit(match exit {
        Exit::Status(status) => status,
        Exit::Interrupted => EXIT_INTERRUPTED,
    })
}

/// Errors of writing to standard error have nowhere to go.
fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A reader that went away is no error worth words.
fn show(text: &str) -> Exit {
    Exit::Status(i32::from(std::io::stdout().write_all(text.as_bytes()).is_err()))
}

fn execute(command: Command) -> Exit {
    match command {
        Command::Help => show(help::HELP),
        Command::HelpEnvironment => show(help::HELP_ENVIRONMENT),
        Command::HelpXOptions => show(help::HELP_X_OPTIONS),
        Command::Version { long: false } => {
            show(&format!("Ouro {} (Python {PYTHON_VERSION})\n", env!("CARGO_PKG_VERSION")))
        }
        Command::Version { long: true } => show(&format!("{}\n", banner())),
        Command::Disassemble(file) => {
            let source = match read_program(&file) {
                Ok(source) => source,
                Err(exit) => return exit,
            };
            with_interpreter(ouro::Options::default(), |interpreter| {
                let filename = file.to_string_lossy();
                let options = SourceOptions {
                    origin: ouro_lang::source::Origin::Bytes,
                    ..SourceOptions::new(ouro_lang::parser::Mode::Exec, &filename)
                };
                let code = interpreter.vm().compile_to_code_object(&source, options)?;
                show(&ouro_lang::code::disasm::disassemble(&code));
                Ok(())
            })
        }
        Command::Run(run) => execute_program(run),
    }
}

fn banner() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("Ouro {version} (Python {PYTHON_VERSION}) [Rust] on {}", std::env::consts::OS)
}

fn with_interpreter(options: ouro::Options, run: impl FnOnce(&Interpreter) -> PyResult<()>) -> Exit {
    let interpreter = match Interpreter::with_options(options) {
        Ok(interpreter) => interpreter,
        Err(problem) => {
            complain(&format!("ouro: {problem}\n"));
            return Exit::Status(EXIT_ERROR);
        }
    };
    interpreter.handle_signals();
    let result = run(&interpreter);
    let exit = interpreter.finish_process(result);
    if exit == Exit::Interrupted {
        // What a shell wants to see: the process dies by the signal, as if it had not been caught. If that fails the status says it.
        let host = ouro_runtime::host::Host::new();
        let _ =
            host.set_signal_action(SIGINT, SignalAction::Default).and_then(|()| host.raise_signal(SIGINT));
    }
    exit
}

fn read_program(file: &OsStr) -> Result<Vec<u8>, Exit> {
    std::fs::read(file).map_err(|error| {
        let text = ouro_runtime::exceptions::os_error_text(&error);
        let number = error.raw_os_error().unwrap_or(0);
        let file = file.to_string_lossy();
        complain(&format!("ouro: can't open file '{file}': [Errno {number}] {text}\n"));
        Exit::Status(EXIT_USAGE)
    })
}

/// A program that has been read.
enum Source {
    Bytes(Vec<u8>),
    /// A folder, or something else that names no file.
    Elsewhere,
    Prompt,
}

/// What archives begin with.
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

fn execute_program(run: Run) -> Exit {
    let is_terminal = std::io::stdin().is_terminal();
    let source = match &run.program {
        Program::Stdin if is_terminal || run.options.interactive => Source::Prompt,
        Program::Stdin => {
            let mut source = Vec::new();
            if let Err(error) = std::io::stdin().read_to_end(&mut source) {
                complain(&format!("ouro: <stdin>: {}\n", ouro_runtime::exceptions::os_error_text(&error)));
                return Exit::Status(EXIT_ERROR);
            }
            Source::Bytes(source)
        }
        Program::File(file) if Path::new(file).is_dir() => Source::Elsewhere,
        Program::File(file) => {
            // Messages name the file as tracebacks will.
            let file = std::path::absolute(file).unwrap_or_else(|_| file.into());
            match read_program(file.as_os_str()) {
                Ok(source) if source.starts_with(ZIP_MAGIC) => {
                    complain("ouro: running a zip archive is not supported\n");
                    return Exit::Status(EXIT_ERROR);
                }
                Ok(source) => Source::Bytes(source),
                Err(exit) => return exit,
            }
        }
        Program::Code(_) | Program::Module(_) => Source::Elsewhere,
    };
    let mut options = run.options.clone();
    options.interactive |= matches!(source, Source::Prompt);
    options.inspect |= matches!(source, Source::Prompt);
    with_interpreter(options, |interpreter| {
        let result = start(interpreter, &run, source, is_terminal);
        let inspect = run.options.inspect || interpreter.vm().python_variable("PYTHONINSPECT").is_some();
        if !inspect || !(is_terminal || run.options.interactive) || run.program == Program::Stdin {
            return result;
        }
        if let Err(raised) = result {
            interpreter.report(raised);
        }
        interpreter.flush();
        repl::run(interpreter)
    })
}

/// Runs the program itself, before any prompt that may follow it.
fn start(interpreter: &Interpreter, run: &Run, source: Source, is_terminal: bool) -> PyResult<()> {
    let vm = interpreter.vm();
    interpreter.set_argv(&run.argv)?;
    if !vm.options.warn_options.is_empty() {
        // Its filters are made of the options.
        vm.import_module("warnings")?;
    }
    let lead_path = |folder: &Path| match run.options.safe_path {
        true => Ok(()),
        false => interpreter.prepend_path(folder),
    };
    interpreter.set_global("__loader__", Value::NONE);
    interpreter.set_global("__spec__", Value::NONE);
    interpreter.set_global("__package__", Value::NONE);
    match (&run.program, source) {
        (Program::Module(name), _) => {
            lead_path(&std::env::current_dir().unwrap_or_default())?;
            interpreter.run_module(name)
        }
        (Program::Code(code), _) => {
            lead_path(Path::new(""))?;
            match code.to_str() {
                Some(code) => interpreter.run_string((dedented(code) + "\n").as_bytes(), "<string>"),
                None => vm.raise(Exc::ValueError, "the code of -c is not UTF-8"),
            }
        }
        (Program::File(folder), Source::Elsewhere) => {
            // Not even -P keeps it away: it is what is run.
            interpreter.prepend_path(Path::new(folder))?;
            interpreter.run_folder()
        }
        (Program::File(file), Source::Bytes(source)) => {
            let path = std::path::absolute(file).unwrap_or_else(|_| file.into());
            let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            lead_path(real.parent().unwrap_or(Path::new("")))?;
            let filename = path.to_string_lossy();
            interpreter.set_global("__file__", filename.as_ref());
            interpreter.set_global("__cached__", Value::NONE);
            interpreter.run_source(skip_line(&source, run.options.skip_first_line), &filename)
        }
        (_, Source::Bytes(source)) => {
            lead_path(Path::new(""))?;
            interpreter.set_global("__file__", "<stdin>");
            interpreter.set_global("__cached__", Value::NONE);
            interpreter.run_source(skip_line(&source, run.options.skip_first_line), "<stdin>")
        }
        (_, Source::Prompt | Source::Elsewhere) => {
            lead_path(Path::new(""))?;
            if !run.options.quiet {
                let hint = "Type :help for what the prompt can do, Ctrl-D or exit() to leave.";
                complain(&format!("{}\n{hint}\n", banner()));
            }
            if is_terminal {
                run_startup(interpreter)?;
            }
            repl::run(interpreter)
        }
    }
}

/// Runs the file that PYTHONSTARTUP names before the first prompt on a terminal.
///
/// # Errors
/// SystemExit.
fn run_startup(interpreter: &Interpreter) -> PyResult<()> {
    let vm = interpreter.vm();
    let Some(file) = vm.python_variable("PYTHONSTARTUP").filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let result = match vm.host.read_file(Path::new(&file)) {
        Ok(source) => interpreter.run_source(&source, &file),
        Err(error) => {
            complain("Could not open PYTHONSTARTUP\n");
            vm.raise_os_error(&error, Some(&file.as_str().into()))
        }
    };
    match result {
        Err(raised) if !vm.raised_is(&raised, Exc::SystemExit) => {
            interpreter.report(raised);
            Ok(())
        }
        result => result,
    }
}

/// Code without the white space that all its lines begin with; blank ones do not count.
fn dedented(code: &str) -> String {
    let indent = |line: &'_ str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_blank = |line: &str| line.trim_matches([' ', '\t', '\r']).is_empty();
    let mut common: Option<&str> = None;
    for line in code.split('\n').filter(|line| !is_blank(line)) {
        let own = &line[..indent(line)];
        let same = common
            .map_or(own.len(), |common| common.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count());
        common = Some(&own[..same]);
    }
    let width = common.map_or(0, str::len);
    let lines: Vec<&str> =
        code.split('\n').map(|line| if is_blank(line) { "" } else { &line[width..] }).collect();
    lines.join("\n")
}

/// The program for `-x`; its lines keep their numbers.
fn skip_line(source: &[u8], skip: bool) -> &[u8] {
    match source.iter().position(|&byte| byte == b'\n') {
        Some(end) if skip => &source[end..],
        None if skip => b"",
        _ => source,
    }
}
