//! What the prompt understands besides Python: `:commands`, `x?`, and completion. What they know about objects is in the module `_prompt`.

use std::path::Path;
use std::time::Instant;

use ouro::{Exc, Gc, Interpreter, PyResult, Value, Vm};
use ouro_lang::parser::Mode;
use ouro_runtime::host::ClockKind;
use ouro_runtime::objects::code::Code;
use rustyline::completion::Pair;

use super::Session;
use super::session_loop::Stopped;

const HELP: &str = "\
Statements and expressions run as you enter them; `await`, `async for` and `async with` may stand outside
functions. The event loop runs while the prompt waits, and tasks go on in it.

x? or ?x     what x is: its signature and documentation; x?? shows its source too
help(x)      the documentation of x
_            the last value that was shown
:tasks       the tasks there are, as a tree, with what each one waits for
:time STMT   runs a statement and says how long it took
:dis X       the bytecode of a function, a method or an expression
:load FILE   runs the statements of a file here
:help        this text

Tab completes, Ctrl-R searches the history, Up and Down go through it, Alt-Enter begins a new line,
Ctrl-C clears the input or interrupts what runs, Ctrl-D in an empty line ends the session.
";

pub enum Command<'a> {
    Help,
    Tasks,
    Time(&'a str),
    Disassemble(&'a str),
    Load(&'a str),
    Describe { what: &'a str, more: bool },
    Unknown(&'a str),
}

/// The command that an entry is, if it is none of Python's.
pub fn read(source: &str) -> Option<Command<'_>> {
    let text = source.trim();
    if let Some(command) = text.strip_prefix(':') {
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        return Some(match name {
            "help" | "h" | "?" => Command::Help,
            "tasks" => Command::Tasks,
            "time" => Command::Time(rest),
            "dis" => Command::Disassemble(rest),
            "load" => Command::Load(rest),
            _ => Command::Unknown(name),
        });
    }
    if text.contains('\n') {
        return None;
    }
    let what = text.trim_matches('?');
    let (before, behind) = (text.len() - text.trim_start_matches('?').len(), text.trim_end_matches('?'));
    let marks = before.max(text.len() - behind.len());
    if marks == 0 {
        return None;
    }
    if what.is_empty() {
        return Some(Command::Help);
    }
    // A question mark in a comment asks nothing.
    let asks = before > 0 || super::input::state(text) == super::input::State::Wrong;
    asks.then_some(Command::Describe { what: what.trim(), more: marks > 1 })
}

fn prompt_module(vm: &Vm) -> PyResult {
    vm.import_submodule("_prompt")
}

/// How many bytes before the cursor are replaced, and by what.
///
/// # Errors
/// What evaluating names raises.
pub fn completions(vm: &Vm, interpreter: &Interpreter, before: &str) -> PyResult<(usize, Vec<Pair>)> {
    let module = prompt_module(vm)?;
    let found = vm.call_method_named(&module, "complete", &[before.into(), interpreter.globals()])?;
    let found = vm.collect(&found)?;
    let [typed, pairs] = found.as_slice() else { return Ok((0, Vec::new())) };
    let mut candidates = Vec::new();
    for pair in vm.collect(pairs)? {
        let pair = vm.collect(&pair)?;
        if let [shown, text] = pair.as_slice() {
            candidates.push(Pair { display: vm.str_text(shown)?, replacement: vm.str_text(text)? });
        }
    }
    Ok((vm.str_text(typed)?.len(), candidates))
}

impl Session<'_> {
    /// Makes `help` a builtin when it is first spoken of: loading it takes longer than many sessions.
    ///
    /// # Errors
    /// If the module of the prompt cannot be loaded.
    pub fn install_help(&self) -> PyResult<()> {
        let module = prompt_module(self.vm)?;
        self.vm.call_method_named(&module, "install_help", &[]).map(drop)
    }

    pub fn run_command(&self, command: Command<'_>, filename: &str) -> Result<(), Stopped> {
        match command {
            Command::Help => self.print(HELP).map_err(Stopped::Raised),
            Command::Time(statement) => self.time(statement, filename),
            Command::Load(file) => self.load(file),
            Command::Unknown(name) => {
                self.show(&format!("There is no command :{name}. :help lists those there are.\n"));
                Ok(())
            }
            Command::Tasks => self.tasks().map_err(Stopped::Raised),
            Command::Disassemble(what) => self.disassemble(what, filename).map_err(Stopped::Raised),
            Command::Describe { what, more } => self.describe(what, more, filename).map_err(Stopped::Raised),
        }
    }

    /// Writes to `sys.stdout`.
    fn print(&self, text: &str) -> PyResult<()> {
        let stdout = self.vm.sys_attribute("stdout")?;
        if stdout.is_none() {
            return Ok(());
        }
        self.vm.call_method_named(&stdout, "write", &[text.into()]).map(drop)
    }

    fn evaluate(&self, what: &str, filename: &str) -> PyResult {
        let code = self.interpreter.compile_typed(what.as_bytes(), filename, Mode::Eval)?;
        if code.is_generator_like() {
            return self.vm.raise(Exc::ValueError, "an expression without await is expected");
        }
        self.event_loop.run(self.vm, || self.interpreter.run_typed(&code))
    }

    fn describe(&self, what: &str, more: bool, filename: &str) -> PyResult<()> {
        let value = self.evaluate(what, filename)?;
        let module = prompt_module(self.vm)?;
        let arguments = [value, what.into(), more.into()];
        let text = self.vm.call_method_named(&module, "describe", &arguments)?;
        self.print(&self.vm.str_text(&text)?)
    }

    fn tasks(&self) -> PyResult<()> {
        let module = prompt_module(self.vm)?;
        let event_loop = std::slice::from_ref(self.event_loop.value());
        let text = self.vm.call_method_named(&module, "tasks", event_loop)?;
        self.print(&self.vm.str_text(&text)?)
    }

    fn time(&self, statement: &str, filename: &str) -> Result<(), Stopped> {
        let cpu_now = || self.vm.host.clock(ClockKind::Process).unwrap_or(0);
        let (began, cpu) = (Instant::now(), cpu_now());
        let result = self.run_all(&format!("{statement}\n"), filename);
        let (wall, cpu) = (began.elapsed().as_nanos(), cpu_now() - cpu);
        let text = format!("Wall time: {}, CPU time: {}\n", shown_time(wall as f64), shown_time(cpu as f64));
        self.print(&text).map_err(Stopped::Raised)?;
        result
    }

    fn load(&self, file: &str) -> Result<(), Stopped> {
        let path = match (file.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => Path::new(&home).join(rest),
            _ => Path::new(file).to_path_buf(),
        };
        let source = match self.vm.host.read_file(&path) {
            Ok(source) => source,
            Err(error) => {
                let raised = self.vm.raise_os_error::<()>(&error, None);
                return raised.map_err(Stopped::Raised);
            }
        };
        let path = std::path::absolute(&path).unwrap_or(path);
        let source = String::from_utf8_lossy(&source);
        self.run_statement(&source, &path.to_string_lossy(), Mode::Exec)
    }

    fn disassemble(&self, what: &str, filename: &str) -> PyResult<()> {
        let value = self.evaluate(what, filename)?;
        match self.code_of(&value)? {
            Some(code) => self.print(&ouro_lang::code::disasm::disassemble(&code.object)),
            None => {
                // It is the expression itself that is of interest.
                let code = self.interpreter.compile_typed(what.as_bytes(), filename, Mode::Eval)?;
                self.print(&ouro_lang::code::disasm::disassemble(&code.object))
            }
        }
    }

    fn code_of(&self, value: &Value) -> PyResult<Option<Gc<Code>>> {
        if let Some(code) = value.downcast::<Code>() {
            return Ok(Some(code.clone()));
        }
        for name in ["__code__", "cr_code", "gi_code", "ag_code", "__func__"] {
            if let Some(inner) = self.vm.get_attr_opt(value, &self.vm.intern(name))? {
                return self.code_of(&inner);
            }
        }
        Ok(None)
    }
}

/// Nanoseconds with three digits.
fn shown_time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "us"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        for (nanoseconds, want) in
            [(5.0, "5.00 ns"), (12_345.0, "12.3 us"), (123_456_789.0, "123 ms"), (2e9, "2.00 s")]
        {
            assert_eq!(shown_time(nanoseconds), want);
        }
    }

    #[test]
    fn commands_are_no_python() {
        for text in ["x = 1", "# why?", "'?'", "x[1:2]", "a\nb?"] {
            assert!(read(text).is_none(), "{text:?}");
        }
        for text in [":help", "x?", "?x", "x.y??", ":time 1", "?"] {
            assert!(read(text).is_some(), "{text:?}");
        }
    }
}
