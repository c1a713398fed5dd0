//! The prompt on a real terminal: keys go in through a pseudo-terminal, and what stands on its screen afterwards is compared.
//!
//! A case is `repl/NAME.repl`, read line by line:
//!
//! - `# ` begins a comment; `args A B` and `env NAME=VALUE` say how to start, `file NAME TEXT` makes a file first (`\n` in the text is a
//!   line end).
//! - `type KEYS` sends keys; `<enter>`, `<up>`, `<ctrl-c>` and the like are named.
//! - `line TEXT` waits until that stands before the cursor in its line, after an answer to the last keys, blanks at its end apart; with `|`
//!   at the end, those too.
//!   `text TEXT` waits until it is anywhere on the screen.
//! - `resize COLUMNS` changes the terminal's width.
//! - `exit N` waits for the end of the session.
//! - Behind `screen` comes what is on the screen in the end; `{...}` stands for any text, `[...]` for any lines.
//!
//! Nothing waits for time to pass, so a busy machine only makes it slower.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROWS: u16 = 60;
const COLUMNS: u16 = 100;
/// For what never comes.
const PATIENCE: Duration = Duration::from_secs(20);

fn size(columns: u16) -> PtySize {
    PtySize { rows: ROWS, cols: columns, pixel_width: 0, pixel_height: 0 }
}

struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// Something came since the last keys.
    has_answered: bool,
}

impl Session {
    fn start(arguments: &[String], variables: &[(String, String)], home: &Path) -> Session {
        let pair = native_pty_system().openpty(size(COLUMNS)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ouro"));
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")] {
            command.env(name, value);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home);
        command.args(["-q"]);
        command.args(arguments);
        for (name, value) in variables {
            command.env(name, value.replace("{HOME}", &home.to_string_lossy()));
        }
        command.cwd(home);
        let child = pair.slave.spawn_command(command).expect("the interpreter starts");
        let mut reader = pair.master.try_clone_reader().expect("the terminal's output");
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The end is an error on some systems.
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().expect("the terminal's input");
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        Session { child, master: pair.master, keys, output, screen, has_answered: false }
    }

    fn press(&mut self, keys: &str) {
        while let Ok(bytes) = self.output.try_recv() {
            self.screen.process(&bytes);
        }
        self.has_answered = false;
        self.keys.write_all(bytes_of(keys).as_bytes()).and_then(|()| self.keys.flush()).expect("keys arrive");
    }

    fn resize(&mut self, columns: u16) {
        self.master.resize(size(columns)).expect("the terminal takes any size");
        self.screen.screen_mut().set_size(ROWS, columns);
        self.has_answered = false;
    }

    /// Takes output in until `is_there`; false if that never happens.
    fn wait(&mut self, is_there: impl Fn(&Session) -> bool) -> bool {
        let end = Instant::now() + PATIENCE;
        loop {
            if is_there(self) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.has_answered = true;
                }
                Err(_) => return is_there(self),
            }
        }
    }

    fn line_before_cursor(&self) -> String {
        let screen = self.screen.screen();
        let (row, column) = screen.cursor_position();
        screen.contents_between(row, 0, row, column)
    }

    fn contents(&self) -> String {
        self.screen.screen().contents()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.master.get_size();
    }
}

/// Keys by their names as a terminal sends them.
fn bytes_of(keys: &str) -> String {
    let names = [
        ("<enter>", "\r"),
        ("<tab>", "\t"),
        ("<backspace>", "\x7f"),
        ("<up>", "\x1b[A"),
        ("<down>", "\x1b[B"),
        ("<right>", "\x1b[C"),
        ("<left>", "\x1b[D"),
        ("<home>", "\x1b[H"),
        ("<end>", "\x1b[F"),
        ("<ctrl-c>", "\x03"),
        ("<ctrl-d>", "\x04"),
        ("<ctrl-r>", "\x12"),
        ("<ctrl-u>", "\x15"),
        ("<paste>", "\x1b[200~"),
        ("</paste>", "\x1b[201~"),
    ];
    names.iter().fold(keys.to_string(), |keys, (name, bytes)| keys.replace(name, bytes))
}

/// Whether lines are what is wanted; see the head of this file.
fn matches(want: &[&str], got: &[&str]) -> bool {
    match (want.split_first(), got.split_first()) {
        (None, None) => true,
        (Some((&"[...]", rest)), _) => (0..=got.len()).any(|skipped| matches(rest, &got[skipped..])),
        (Some((want, rest_wanted)), Some((got, rest_got))) => {
            fits(want, got) && matches(rest_wanted, rest_got)
        }
        _ => false,
    }
}

fn fits(want: &str, got: &str) -> bool {
    let mut parts = want.trim_end().split("{...}");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = got.trim_end().strip_prefix(first) else { return false };
    let mut ends_open = false;
    for part in parts {
        ends_open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    ends_open || rest.is_empty()
}

fn run(case: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(case).map_err(|error| error.to_string())?;
    let name = case.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("repl").join(&name);
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    let (mut arguments, mut variables) = (Vec::new(), Vec::new());
    let mut session: Option<Session> = None;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "" | "#" => continue,
            "args" => arguments.extend(rest.split_whitespace().map(str::to_string)),
            "env" => variables.extend(rest.split_once('=').map(|(n, v)| (n.to_string(), v.to_string()))),
            "file" => {
                let (file, text) = rest.split_once(' ').unwrap_or((rest, ""));
                std::fs::write(home.join(file), text.replace("\\n", "\n")).map_err(|e| e.to_string())?;
                continue;
            }
            _ => {}
        }
        if matches!(verb, "args" | "env") {
            continue;
        }
        let session = session.get_or_insert_with(|| Session::start(&arguments, &variables, &home));
        let came = match verb {
            "type" => {
                session.press(rest);
                true
            }
            "line" => session.wait(|session| {
                let line = session.line_before_cursor();
                let is_there = match rest.strip_suffix('|') {
                    Some(exact) => line == exact,
                    None => line.trim_end() == rest.trim_end(),
                };
                session.has_answered && is_there
            }),
            "text" => session.wait(|session| session.contents().contains(rest)),
            "resize" => {
                let columns = rest.parse().map_err(|_| format!("line {}: a number is wanted", number + 1))?;
                session.resize(columns);
                true
            }
            "exit" => {
                // The end of its output comes with the end of the session.
                let has_ended = loop {
                    match session.output.recv_timeout(PATIENCE) {
                        Ok(bytes) => session.screen.process(&bytes),
                        Err(error) => break error == mpsc::RecvTimeoutError::Disconnected,
                    }
                };
                if !has_ended {
                    return Err(format!("it goes on\n--- screen\n{}", session.contents()));
                }
                let status = session.child.wait().map_err(|error| error.to_string())?.exit_code();
                if status.to_string() != rest {
                    return Err(format!("status {status}\n--- screen\n{}", session.contents()));
                }
                true
            }
            "screen" => {
                let want: Vec<&str> = lines.by_ref().map(|(_, line)| line).collect();
                session.wait(|session| {
                    let got = session.contents();
                    matches(&want, &got.trim_end().lines().collect::<Vec<_>>())
                })
            }
            _ => return Err(format!("line {}: what is {verb:?}?", number + 1)),
        };
        if !came {
            return Err(format!("line {}: {line}\n--- screen\n{}", number + 1, session.contents()));
        }
    }
    Ok(())
}

#[test]
fn sessions_look_as_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/repl");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "repl"))
        .collect();
    cases.sort();
    let wanted = std::env::var("OURO_CASE").unwrap_or_default();
    cases.retain(|case| case.to_string_lossy().contains(&wanted));
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| run(case).err().map(|problem| format!("{}: {problem}", case.display())))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
