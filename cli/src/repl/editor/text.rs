//! The text being typed and its cursor: rustyline's line buffer, with a way back and a place for what was killed.

use std::ops::Range;

use rustyline::Movement;
use rustyline::line_buffer::{ChangeListener, DeleteListener, Direction, LineBuffer};

/// What one replacement has done, so that it can be undone.
struct Change {
    at: usize,
    removed: String,
    inserted: String,
}

/// What one undo takes back, and where the cursor was before.
struct Step {
    cursor: usize,
    changes: Vec<Change>,
}

/// Writes down what happens to the buffer.
#[derive(Default)]
pub struct Log {
    steps: Vec<Step>,
    killed: String,
    is_killing: bool,
}

impl Log {
    fn add(&mut self, at: usize, removed: &str, inserted: &str) {
        let is_nothing = removed.is_empty() && inserted.is_empty();
        if let Some(step) = self.steps.last_mut().filter(|_| !is_nothing) {
            step.changes.push(Change { at, removed: removed.to_string(), inserted: inserted.to_string() });
        }
    }
}

impl DeleteListener for Log {
    fn start_killing(&mut self) {
        self.is_killing = true;
    }

    fn delete(&mut self, at: usize, text: &str, direction: Direction) {
        self.add(at, text, "");
        if self.is_killing {
            match direction {
                Direction::Forward => self.killed.push_str(text),
                Direction::Backward => self.killed.insert_str(0, text),
            }
        }
    }

    fn stop_killing(&mut self) {
        self.is_killing = false;
    }
}

impl ChangeListener for Log {
    fn insert_char(&mut self, at: usize, c: char) {
        self.add(at, "", c.encode_utf8(&mut [0; 4]));
    }

    fn insert_str(&mut self, at: usize, text: &str) {
        self.add(at, "", text);
    }

    fn replace(&mut self, at: usize, old: &str, new: &str) {
        self.add(at, old, new);
    }
}

pub struct Text {
    line: LineBuffer,
    log: Log,
}

impl Default for Text {
    fn default() -> Text {
        // The capacity is a limit to typing one by one alone, which is not done here.
        Text { line: LineBuffer::with_capacity(0), log: Log::default() }
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.line.as_str()
    }
}

impl Text {
    /// Where the cursor stands: a byte index.
    pub fn cursor(&self) -> usize {
        self.line.pos()
    }

    /// What stands before the cursor, and behind it.
    pub fn halves(&self) -> (&str, &str) {
        self.split_at(self.cursor())
    }

    pub fn line_start(&self) -> usize {
        self.halves().0.rfind('\n').map_or(0, |at| at + 1)
    }

    pub fn line_end(&self) -> usize {
        self.halves().1.find('\n').map_or(self.len(), |at| self.cursor() + at)
    }

    /// Moves the cursor.
    pub fn go(&mut self, step: impl FnOnce(&mut LineBuffer) -> bool) {
        step(&mut self.line);
    }

    /// To a byte index, or before the character that it is inside of; at most to the end.
    pub fn go_to(&mut self, cursor: usize) {
        self.line.set_pos(self.line.floor_char_boundary(cursor));
    }

    /// Changes what one undo takes back; with `joins` that of the change before goes with it.
    pub fn change<R>(&mut self, joins: bool, act: impl FnOnce(&mut LineBuffer, &mut Log) -> R) -> R {
        if !joins || self.log.steps.is_empty() {
            self.log.steps.push(Step { cursor: self.line.pos(), changes: Vec::new() });
        }
        let result = act(&mut self.line, &mut self.log);
        if self.log.steps.last().is_some_and(|step| step.changes.is_empty()) {
            self.log.steps.pop();
        }
        result
    }

    /// Puts text in at the cursor, which goes behind it.
    pub fn insert(&mut self, text: &str, joins: bool) {
        let cursor = self.cursor();
        self.change(joins, |line, log| line.insert_str(cursor, text, log));
        self.go_to(cursor + text.len());
    }

    /// The cursor goes behind what was put in.
    pub fn replace(&mut self, range: Range<usize>, text: &str) {
        self.change(false, |line, log| line.replace(range, text, log));
    }

    /// All of it becomes another text.
    pub fn set(&mut self, text: &str, cursor: usize) {
        self.replace(0..self.len(), text);
        self.go_to(cursor);
    }

    /// Takes what lies between the cursor and the end of the movement to where [`Text::yank`] finds it: with `joins` beside what was
    /// killed before.
    pub fn kill(&mut self, movement: &Movement, joins: bool) {
        let before = if joins { String::new() } else { std::mem::take(&mut self.log.killed) };
        if !self.change(false, |line, log| line.kill(movement, log)) && !joins {
            self.log.killed = before;
        }
    }

    pub fn yank(&mut self) {
        let killed = self.log.killed.clone();
        self.insert(&killed, false);
    }

    pub fn undo(&mut self) {
        let Some(step) = self.log.steps.pop() else { return };
        for change in step.changes.into_iter().rev() {
            let range = change.at..change.at + change.inserted.len();
            self.line.replace(range, &change.removed, &mut Log::default());
        }
        self.line.set_pos(step.cursor);
    }

    /// Empties it for good; what was killed stays.
    pub fn clear(&mut self) {
        self.set("", 0);
        self.log.steps.clear();
    }
}
