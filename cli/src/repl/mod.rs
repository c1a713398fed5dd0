//! The prompt: statements are read and run in `__main__`, in one event loop that runs while the prompt waits.

#[allow(dead_code, reason = "the editor is to use it")]
mod input;
mod plain;
mod session_loop;

use std::io::IsTerminal;

use ouro::{Exc, Interpreter, PyResult, Raised, Vm};
use ouro_lang::parser::Mode;

use input::State;
use plain::Line;
use session_loop::{Pending, SessionLoop, Stopped};

/// Statements until standard input ends; gives how the session ends: by the end of input, or by SystemExit.
///
/// # Errors
/// SystemExit alone: all else is reported, and the next prompt follows.
pub fn run(interpreter: &Interpreter) -> PyResult<()> {
    let vm = interpreter.vm();
    let mut session = Session {
        interpreter,
        vm,
        event_loop: SessionLoop::new(vm)?,
        pending: None,
        is_terminal: std::io::stdin().is_terminal(),
        n_statements: 0,
    };
    let result = session.run();
    let closed = session.event_loop.close(vm);
    match (result, closed) {
        (Ok(()), Err(raised)) if !vm.raised_is(&raised, Exc::SystemExit) => {
            interpreter.report(raised);
            Ok(())
        }
        (Ok(()), closed) => closed,
        (result, Ok(())) => result,
        (result, Err(raised)) => {
            // The first word counts.
            drop(vm.take_raised(raised));
            result
        }
    }
}

struct Session<'a> {
    interpreter: &'a Interpreter,
    vm: &'a Vm,
    event_loop: SessionLoop,
    /// A line that is being read; Ctrl-C at the prompt leaves it to the next prompt.
    pending: Option<Pending<Line>>,
    /// Standard input is one.
    is_terminal: bool,
    n_statements: usize,
}

impl Session<'_> {
    fn run(&mut self) -> PyResult<()> {
        for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
            let sys = self.vm.import_module("sys")?;
            if self.vm.get_attr_opt(&sys, &self.vm.intern(name))?.is_none() {
                self.vm.set_attr(&sys, &self.vm.intern(name), Some(&text.into()))?;
            }
        }
        loop {
            match self.read_statement() {
                Ok(Some(source)) => self.execute(&source)?,
                Ok(None) => break,
                Err(raised) if self.vm.raised_is(&raised, Exc::KeyboardInterrupt) => {
                    drop(self.vm.take_raised(raised));
                    self.show("\nKeyboardInterrupt\n");
                }
                Err(raised) => self.report(raised)?,
            }
        }
        self.show("\n");
        Ok(())
    }

    /// Runs a statement and reports what it raises.
    ///
    /// # Errors
    /// SystemExit.
    fn execute(&mut self, source: &str) -> PyResult<()> {
        // Shown as `<stdin>`, but every statement has its own source.
        let filename = format!("<stdin-{}>", self.n_statements);
        self.n_statements += 1;
        match self.run_statement(source, &filename) {
            Ok(()) => self.interpreter.flush(),
            Err(Stopped::Raised(raised)) => self.report(raised)?,
            Err(Stopped::Interrupted) => {
                self.interpreter.flush();
                self.show("\nKeyboardInterrupt\n");
            }
        }
        Ok(())
    }

    fn run_statement(&self, source: &str, filename: &str) -> Result<(), Stopped> {
        let code = self
            .interpreter
            .compile_typed(source.as_bytes(), filename, Mode::Single)
            .map_err(Stopped::Raised)?;
        let run = || self.interpreter.run_typed(&code);
        if !code.is_generator_like() {
            return self.event_loop.run(self.vm, run).map(drop).map_err(Stopped::Raised);
        }
        let coroutine = run().map_err(Stopped::Raised)?;
        self.event_loop.run_coroutine(self.vm, coroutine)
    }

    fn report(&self, raised: Raised) -> PyResult<()> {
        if self.vm.raised_is(&raised, Exc::SystemExit) {
            return Err(raised);
        }
        self.interpreter.report(raised);
        self.interpreter.flush();
        Ok(())
    }

    /// Prompts and remarks go to standard error, as nobody edits lines here.
    fn show(&self, text: &str) {
        self.vm.host.write_stderr(text.as_bytes());
    }

    fn prompt(&self, name: &str) -> PyResult<String> {
        let prompt = self.vm.sys_attribute(name)?;
        self.vm.str_text(&prompt)
    }

    /// Reads until the statement is whole; `None` at the end of input.
    fn read_statement(&mut self) -> PyResult<Option<String>> {
        let mut source = String::new();
        loop {
            let prompt = self.prompt(if source.is_empty() { "ps1" } else { "ps2" })?;
            self.interpreter.flush();
            self.show(&prompt);
            match self.read_line()? {
                Line::End if source.is_empty() => return Ok(None),
                Line::End => return Ok(Some(source)),
                Line::Text(line) => source.push_str(&String::from_utf8_lossy(&line)),
                Line::Error(error) => return self.vm.raise_os_error(&error, None),
            }
            // Without its line end a compound statement is not over: it takes an empty line.
            let text = source.strip_suffix('\n').unwrap_or(&source);
            match input::state(text) {
                _ if input::is_blank(text) => source.clear(),
                State::Open => {}
                // What is wrong is reported when it is compiled.
                State::Whole | State::Wrong => return Ok(Some(source)),
            }
        }
    }

    fn read_line(&mut self) -> PyResult<Line> {
        let is_terminal = self.is_terminal;
        let pending = match self.pending.take() {
            Some(pending) => pending,
            None => self.event_loop.begin(self.vm, move || plain::read_line(is_terminal))?,
        };
        match self.event_loop.wait(self.vm, &pending) {
            Ok(line) => Ok(line.unwrap_or(Line::End)),
            Err(raised) => {
                self.pending = Some(pending);
                Err(raised)
            }
        }
    }
}
