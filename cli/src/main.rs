//! The `ouro` command.
#![forbid(unsafe_code)]

mod args;

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use args::{Action, Command, HELP};
use ouro::{Interpreter, PyResult, Value};

// The sanitizer's allocator must see every allocation.
#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const EXIT_USAGE: i32 = 2;

fn main() {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let status = match args::parse(arguments) {
        Ok(command) => {
            ouro::on_big_stack(|| execute(command)).unwrap_or_else(|error| fail(&error.to_string()))
        }
        Err(problem) => fail(&format!("{problem}\nTry 'ouro --help' for more information.")),
    };
    std::process::exit(status);
}

fn fail(problem: &str) -> i32 {
    complain(&format!("ouro: {problem}\n"));
    EXIT_USAGE
}

/// Errors of writing to standard error have nowhere to go.
fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A reader that went away is no error worth words.
fn show(text: &str) -> i32 {
    i32::from(std::io::stdout().write_all(text.as_bytes()).is_err())
}

fn execute(command: Command) -> i32 {
    let source = match &command.action {
        Action::Help => return show(HELP),
        Action::Version => return show(concat!("Ouro ", env!("CARGO_PKG_VERSION"), " (Python 3.14)\n")),
        Action::Disassemble(file) | Action::File(file) => match std::fs::read(file) {
            Ok(source) => source,
            Err(error) => return cannot_open(file, &error),
        },
        Action::Code(code) => code.clone().into_bytes(),
        Action::Stdin if std::io::stdin().is_terminal() && command.argv == [""] => {
            return fail("there is no interactive mode yet; name a file");
        }
        Action::Stdin => {
            let mut source = Vec::new();
            match std::io::stdin().read_to_end(&mut source) {
                Ok(_) => source,
                Err(error) => return cannot_open("<stdin>", &error),
            }
        }
    };
    let interpreter = match Interpreter::new() {
        Ok(interpreter) => interpreter,
        Err(problem) => return fail(&problem),
    };
    interpreter.handle_signals();
    let result = run(&interpreter, &command, &source);
    interpreter.finish(result)
}

fn cannot_open(file: &str, error: &std::io::Error) -> i32 {
    let text = ouro_runtime::exceptions::os_error_text(error);
    let number = error.raw_os_error().unwrap_or(0);
    fail(&format!("can't open file '{file}': [Errno {number}] {text}"))
}

fn run(interpreter: &Interpreter, command: &Command, source: &[u8]) -> PyResult<()> {
    interpreter.set_argv(&command.argv)?;
    if command.unbuffered {
        let stdout = interpreter.vm().sys_attribute("stdout")?;
        let (names, values) = ([interpreter.vm().intern("write_through")], [Value::TRUE]);
        let reconfigure = interpreter.vm().get_attr_named(&stdout, "reconfigure")?;
        let arguments = ouro_runtime::Args::with_keywords(&[], &names, &values);
        interpreter.vm().call_args(&reconfigure, arguments)?;
    }
    match &command.action {
        Action::Disassemble(file) => {
            let options = ouro_runtime::vm::source::SourceOptions {
                origin: ouro_lang::source::Origin::Bytes,
                ..ouro_runtime::vm::source::SourceOptions::new(ouro_lang::parser::Mode::Exec, file)
            };
            let code = interpreter.vm().compile_to_code_object(source, options)?;
            show(&ouro_lang::code::disasm::disassemble(&code));
            Ok(())
        }
        Action::File(file) => {
            if !command.safe_path {
                let path = std::fs::canonicalize(file).unwrap_or_else(|_| file.into());
                let folder = path.parent().unwrap_or(Path::new("")).to_string_lossy().into_owned();
                interpreter.prepend_path(&folder)?;
            }
            interpreter.set_global("__file__", file.as_str());
            interpreter.run_source(source, file)
        }
        other => {
            if !command.safe_path {
                interpreter.prepend_path("")?;
            }
            interpreter
                .run_source(source, if matches!(other, Action::Code(_)) { "<string>" } else { "<stdin>" })
        }
    }
}
