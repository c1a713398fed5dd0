//! The terminal under the editor: its modes, its size, and the picture on it. What the program prints goes above that.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ouro_runtime::host::{Host, TerminalSettings};

use super::editor::screen::{Picture, Screen};

/// Changes of modes wait until all output is sent.
const AFTER_OUTPUT: i32 = libc::TCSADRAIN;
const INPUT: i32 = 0;
const OUTPUT: i32 = 1;
const USUAL_SIZE: (usize, usize) = (80, 24);
const BEGIN_PASTE_MODE: &[u8] = b"\x1b[?2004h";
const END_PASTE_MODE: &[u8] = b"\x1b[?2004l";
const CLEAR: &[u8] = b"\x1b[H\x1b[2J";

pub struct Terminal {
    host: Host,
    screen: Arc<Mutex<Screen>>,
    /// Its modes before the prompt was opened.
    settings: Option<TerminalSettings>,
}

fn locked(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    // Drawing again mends what a panic has left.
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Errors have nowhere to go: it is where they would be shown.
fn send(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

impl Terminal {
    /// Watches what `host` writes from here on.
    pub fn new(host: &Host) -> Terminal {
        let screen = Arc::new(Mutex::new(Screen::default()));
        let shared = screen.clone();
        let error_is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        host.guard_output(Some(Arc::new(move |fd, bytes| {
            if fd != OUTPUT && !error_is_terminal {
                return None;
            }
            let mut screen = locked(&shared);
            let mut out = Vec::new();
            let is_open = screen.is_open();
            screen.print(bytes, &mut out);
            if !is_open {
                return None;
            }
            send(&out);
            Some(Ok(bytes.len()))
        })));
        Terminal { host: Host::new(), screen, settings: None }
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        match self.host.terminal_size(OUTPUT) {
            Ok((columns, rows)) if columns > 0 && rows > 0 => (columns.into(), rows.into()),
            _ => USUAL_SIZE,
        }
    }

    /// Keys are given one by one from here on, and the prompt's rows begin.
    pub fn open(&mut self) {
        if self.settings.is_some() {
            return;
        }
        if let Ok(settings) = self.host.terminal_settings(INPUT) {
            let mut raw = settings;
            raw.flags[0] &= !(libc::ICRNL
                | libc::INLCR
                | libc::IGNCR
                | libc::IXON
                | libc::BRKINT
                | libc::ISTRIP
                | libc::INPCK);
            // Ctrl-C stays a signal: it must also end a task that keeps the loop busy.
            raw.flags[3] &= !(libc::ECHO | libc::ICANON | libc::IEXTEN);
            raw.characters[libc::VMIN] = 1;
            raw.characters[libc::VTIME] = 0;
            // Zero: none. The editor restores the modes before it stops.
            raw.characters[libc::VSUSP] = 0;
            if self.host.set_terminal_settings(INPUT, AFTER_OUTPUT, &raw).is_ok() {
                self.settings = Some(settings);
            }
        }
        let mut out = BEGIN_PASTE_MODE.to_vec();
        locked(&self.screen).open(self.size().0, &mut out);
        send(&out);
    }

    pub fn draw(&self, picture: &Picture) {
        let mut out = Vec::new();
        locked(&self.screen).draw(picture, &mut out);
        if !out.is_empty() {
            send(&out);
        }
    }

    /// To be told before the next picture for another size.
    pub fn resized(&self) {
        let mut out = Vec::new();
        locked(&self.screen).resized(self.size().0, &mut out);
        send(&out);
    }

    pub fn clear(&self) {
        let mut screen = locked(&self.screen);
        screen.forget();
        send(CLEAR);
    }

    /// The terminal is the program's again; what was drawn stays.
    pub fn close(&mut self) {
        let mut out = Vec::new();
        let mut screen = locked(&self.screen);
        if screen.is_open() {
            screen.close(&mut out);
            out.extend_from_slice(END_PASTE_MODE);
            send(&out);
        }
        drop(screen);
        if let Some(settings) = self.settings.take() {
            // If it fails there is no terminal any more.
            let _ = self.host.set_terminal_settings(INPUT, AFTER_OUTPUT, &settings);
        }
    }

    /// Stops the process as Ctrl-Z does, and comes back when it is continued.
    pub fn suspend(&mut self) {
        self.close();
        let _ = self.host.raise_signal(libc::SIGTSTP);
        self.open();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.close();
    }
}
