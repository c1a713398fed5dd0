//! A plain prompt: statements are read from standard input line by line and run in `__main__`.

use std::io::{BufRead, Write};

use ouro::{Exc, Interpreter, PyResult, Vm};
use ouro_lang::parser::Mode;
use ouro_runtime::vm::source::SourceOptions;

/// Statements until standard input ends; gives how the session ends: by the end of input, or by SystemExit.
///
/// # Errors
/// SystemExit alone: all else is reported, and the next prompt follows.
pub fn run(interpreter: &Interpreter) -> PyResult<()> {
    let vm = interpreter.vm();
    for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
        let sys = vm.import_module("sys")?;
        if vm.get_attr_opt(&sys, &vm.intern(name))?.is_none() {
            vm.set_attr(&sys, &vm.intern(name), Some(&text.into()))?;
        }
    }
    let mut input = std::io::stdin().lock();
    for number in 0.. {
        match read_statement(vm, &mut input) {
            Ok(Some(source)) => {
                // Shown as `<stdin>`, but every statement has its own source.
                let filename = format!("<stdin-{number}>");
                let result = interpreter.run_interactive(source.as_bytes(), &filename);
                report(interpreter, result)?;
            }
            Ok(None) => break,
            Err(raised) => report(interpreter, Err(raised))?,
        }
    }
    show("\n");
    Ok(())
}

fn report(interpreter: &Interpreter, result: PyResult<()>) -> PyResult<()> {
    match result {
        Err(raised) if interpreter.vm().raised_is(&raised, Exc::SystemExit) => Err(raised),
        Err(raised) => {
            interpreter.report(raised);
            Ok(())
        }
        Ok(()) => {
            interpreter.flush();
            Ok(())
        }
    }
}

/// Prompts go to standard error, as nobody edits lines here.
fn show(text: &str) {
    let mut stderr = std::io::stderr();
    // Nobody is left to tell of an error.
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// Reads until the statement is whole; `None` at the end of input.
fn read_statement(vm: &Vm, input: &mut impl BufRead) -> PyResult<Option<String>> {
    let mut source = String::new();
    loop {
        let prompt = vm.sys_attribute(if source.is_empty() { "ps1" } else { "ps2" })?;
        show(&vm.str_text(&prompt)?);
        let mut line = Vec::new();
        match input.read_until(b'\n', &mut line) {
            Ok(0) if source.is_empty() => return Ok(None),
            Ok(0) => return Ok(Some(source)),
            Ok(_) => source.push_str(&String::from_utf8_lossy(&line)),
            Err(error) => return vm.raise_os_error(&error, None),
        }
        if source.trim().is_empty() {
            source.clear();
            continue;
        }
        let options = SourceOptions {
            allow_incomplete: true,
            dont_imply_dedent: true,
            ..SourceOptions::new(Mode::Single, "<stdin>")
        };
        // Without its line end a compound statement is not over: it takes an empty line.
        let text = source.strip_suffix('\n').unwrap_or(&source);
        match vm.compile_to_code_object(text.as_bytes(), options) {
            Ok(_) => return Ok(Some(source)),
            Err(raised) if vm.raised_is(&raised, Exc::IncompleteInputError) => drop(vm.take_raised(raised)),
            Err(raised) => return Err(raised),
        }
    }
}
