//! The prompt: statements are read and run in `__main__`, in one event loop that runs while the prompt waits.

mod commands;
mod editor;
mod highlight;
mod input;
mod plain;
mod session_loop;
mod terminal;

use std::io::IsTerminal;
use std::time::Duration;

use ouro::{Exc, Interpreter, PyResult, Raised, Vm};
use ouro_lang::parser::Mode;
use ouro_runtime::exceptions::paint::wants_colours;
use ouro_runtime::objects::dict::Dict;

use editor::history::{self, History};
use editor::{Editor, Request};
use input::State;
use plain::Line;
use session_loop::{Pending, SessionLoop, Stopped, Waited};
use terminal::Terminal;

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
        editing: None,
        coloured: false,
        n_statements: 0,
    };
    session.choose_editing();
    let result = session.run();
    drop(session.editing.take());
    vm.host.guard_output(None);
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

/// How long keys may be on their way from the thread that reads them.
const IN_FLIGHT: Duration = Duration::from_millis(2);

struct Session<'a> {
    interpreter: &'a Interpreter,
    vm: &'a Vm,
    event_loop: SessionLoop,
    /// A line that is being read; Ctrl-C at the prompt leaves it to the next prompt.
    pending: Option<Pending<Line>>,
    /// Standard input is one.
    is_terminal: bool,
    /// On a terminal that can do it.
    editing: Option<(Editor, Terminal)>,
    coloured: bool,
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
                Ok(Some(source)) if source.is_empty() => {}
                Ok(Some(source)) => self.execute(&source)?,
                Ok(None) => break,
                Err(raised) if self.vm.raised_is(&raised, Exc::KeyboardInterrupt) => {
                    drop(self.vm.take_raised(raised));
                    // The editor has left its line already.
                    self.show(if self.editing.is_some() {
                        "KeyboardInterrupt\n"
                    } else {
                        "\nKeyboardInterrupt\n"
                    });
                }
                Err(raised) => self.report(raised)?,
            }
        }
        if self.editing.is_none() {
            self.show("\n");
        }
        Ok(())
    }

    /// Lines are edited on a terminal, unless it can do little, or somebody wants it plain.
    fn choose_editing(&mut self) {
        let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let can_little = variable("TERM").is_none_or(|name| matches!(name.as_str(), "" | "dumb" | "unknown"));
        let is_plain = self.vm.python_variable("PYTHON_BASIC_REPL").is_some_and(|value| !value.is_empty());
        if self.is_terminal && std::io::stdout().is_terminal() && !can_little && !is_plain {
            self.coloured = wants_colours(|| true, variable);
            let history = History::load(history::path());
            self.editing = Some((Editor::new(history), Terminal::new(&self.vm.host)));
            self.vm.watch_terminal_size();
        }
    }

    /// Runs a statement and reports what it raises.
    ///
    /// # Errors
    /// SystemExit.
    fn execute(&mut self, source: &str) -> PyResult<()> {
        // Plain lines are shown as `<stdin>`, but every statement has its own source.
        let name = if self.editing.is_some() { "python-input" } else { "stdin" };
        let filename = format!("<{name}-{}>", self.n_statements);
        self.n_statements += 1;
        let result = match commands::read(source) {
            Some(command) => self.run_command(command, &filename),
            None => {
                if source.contains("help") {
                    self.install_help()?;
                }
                match (source.trim_end(), &self.editing) {
                    (word @ ("exit" | "quit"), Some(_)) if !self.is_taken(word) => {
                        self.run_all(&format!("{word}()\n"), &filename)
                    }
                    ("clear", Some((_, terminal))) if !self.is_taken("clear") => {
                        terminal.clear();
                        Ok(())
                    }
                    _ => self.run_all(source, &filename),
                }
            }
        };
        match result {
            Ok(()) => self.interpreter.flush(),
            Err(Stopped::Raised(raised)) => self.report(raised)?,
            Err(Stopped::Interrupted) => {
                self.interpreter.flush();
                self.show("\nKeyboardInterrupt\n");
            }
        }
        Ok(())
    }

    /// Whether the program has something of this name. If not, the word alone may stand for what it says, as at CPython's prompt.
    fn is_taken(&self, word: &str) -> bool {
        let globals = self.interpreter.globals();
        globals.downcast::<Dict>().is_none_or(|globals| globals.get_str(&self.vm.intern(word)).is_some())
    }

    /// Runs one statement, or those of a program that was pasted: the last one shows its value.
    fn run_all(&self, source: &str, filename: &str) -> Result<(), Stopped> {
        let Some(pieces) = input::pieces(source) else {
            return self.run_statement(source, filename, Mode::Single);
        };
        for (index, piece) in pieces.iter().enumerate() {
            let mode = if index + 1 == pieces.len() { Mode::Single } else { Mode::Exec };
            self.run_statement(piece, filename, mode)?;
        }
        Ok(())
    }

    fn run_statement(&self, source: &str, filename: &str, mode: Mode) -> Result<(), Stopped> {
        let code =
            self.interpreter.compile_typed(source.as_bytes(), filename, mode).map_err(Stopped::Raised)?;
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
        if let Some((mut editor, mut terminal)) = self.editing.take() {
            let result = self.edit(&mut editor, &mut terminal);
            self.editing = Some((editor, terminal));
            return result;
        }
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

    /// As [`Session::read_statement`], with keys.
    fn edit(&mut self, editor: &mut Editor, terminal: &mut Terminal) -> PyResult<Option<String>> {
        // Lines that came all at once are no reason to keep tasks waiting.
        self.event_loop.run_ready(self.vm)?;
        editor.begin([self.prompt("ps1")?, self.prompt("ps2")?]);
        self.interpreter.flush();
        terminal.open();
        let result = self.edit_until_done(editor, terminal);
        editor.end();
        self.draw(editor, terminal);
        terminal.close();
        if result.is_err() {
            editor.forget_keys();
            // What came just before Ctrl-C is void as well.
            self.pending = self.pending.take().filter(|pending| !pending.is_over(IN_FLIGHT));
        }
        result
    }

    fn edit_until_done(&mut self, editor: &mut Editor, terminal: &mut Terminal) -> PyResult<Option<String>> {
        loop {
            match editor.press_keys() {
                Some(Request::Run(text)) if input::is_blank(&text) => return Ok(Some(String::new())),
                Some(Request::Run(text)) => return Ok(Some(text + "\n")),
                Some(Request::End) => return Ok(None),
                Some(Request::Complete) => self.complete(editor),
                Some(Request::Suspend) => terminal.suspend(),
                Some(Request::ClearScreen) => terminal.clear(),
                None => {
                    self.draw(editor, terminal);
                    match self.read_keys()? {
                        Some(Line::Text(bytes)) => editor.feed(&bytes),
                        Some(Line::End) => return Ok(None),
                        Some(Line::Error(error)) => return self.vm.raise_os_error(&error, None),
                        None => terminal.resized(),
                    }
                }
            }
        }
    }

    /// Asks Python for completions; its errors are no reason to complain while somebody types.
    fn complete(&self, editor: &mut Editor) {
        let before = editor.halves().0.to_string();
        match self.event_loop.run(self.vm, || commands::completions(self.vm, self.interpreter, &before)) {
            Ok((length, candidates)) => editor.complete(before.len().saturating_sub(length), &candidates),
            Err(raised) => drop(self.vm.take_raised(raised)),
        }
    }

    fn draw(&self, editor: &mut Editor, terminal: &Terminal) {
        let (columns, rows) = terminal.size();
        terminal.draw(&editor.picture(columns, rows, self.coloured));
    }

    fn read_line(&mut self) -> PyResult<Line> {
        let is_terminal = self.is_terminal;
        let read = self.read(move || plain::read_line(is_terminal), SessionLoop::wait)?;
        Ok(read.unwrap_or(Line::End))
    }

    /// `None` if it is the terminal that has changed.
    fn read_keys(&mut self) -> PyResult<Option<Line>> {
        self.read(plain::read_keys, SessionLoop::wait_watching)
    }

    /// Has another thread read, while the loop runs. What was begun and not waited for until its end is waited for first.
    fn read(
        &mut self,
        read: impl FnOnce() -> Line + Send + 'static,
        wait: fn(&SessionLoop, &Vm, &Pending<Line>) -> PyResult<Waited<Line>>,
    ) -> PyResult<Option<Line>> {
        let pending = match self.pending.take() {
            Some(pending) => pending,
            None => self.event_loop.begin(self.vm, read)?,
        };
        match wait(&self.event_loop, self.vm, &pending) {
            Ok(Waited::Done(line)) => Ok(Some(line.unwrap_or(Line::End))),
            unfinished => {
                self.pending = Some(pending);
                unfinished.map(|_| None)
            }
        }
    }
}
