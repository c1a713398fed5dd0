//! The line editor: what is being typed, what keys do to it, and what that looks like. It knows neither the terminal nor Python: keys go
//! in, pictures come out, and what needs the interpreter is asked of whoever feeds it.
//!
//! Written here because a block is edited as one text of many lines with a prompt before each, of which the terminal shows as many as fit.
//! Line editors one can use know one prompt, and draw all lines at every key.

pub mod history;
pub mod keys;
pub mod layout;
pub mod screen;

use unicode_segmentation::UnicodeSegmentation;

use super::input::{self, INDENT};
use history::History;
use keys::{Decoder, Key};

/// What whoever feeds the editor is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Run this text.
    Run(String),
    /// Ctrl-D in an empty line.
    End,
    /// Give [`Editor::complete`] what the text before the cursor could become.
    Complete,
    /// Stop the process as Ctrl-Z does.
    Suspend,
    ClearScreen,
}

/// A way to go on with what stands before the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As it is listed.
    pub shown: String,
    /// What it puts in place of the text from the start of the completion on.
    pub text: String,
}

/// A search through the history.
struct Search {
    query: String,
    /// The entry found.
    found: Option<usize>,
    failed: bool,
    /// What was typed before.
    text: String,
    cursor: usize,
}

/// What the last key did, where the next one asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Other,
    Insert,
    Kill,
    /// Up or Down, which keep to a column.
    Vertical(usize),
}

const MOST_UNDONE: usize = 200;

pub struct Editor {
    pub prompts: [String; 2],
    pub history: History,
    decoder: Decoder,
    text: String,
    /// A byte index into the text.
    cursor: usize,
    undo: Vec<(String, usize)>,
    killed: String,
    last: Last,
    /// The entry of the history that is shown; its length for a new one.
    entry: usize,
    /// The new one, while another is shown.
    draft: String,
    search: Option<Search>,
    /// Listed below the text until the next key.
    menu: Vec<String>,
    /// First row that the terminal shows.
    top: usize,
}

impl Editor {
    pub fn new(history: History) -> Editor {
        Editor {
            prompts: [">>> ".to_string(), "... ".to_string()],
            entry: history.len(),
            history,
            decoder: Decoder::default(),
            text: String::new(),
            cursor: 0,
            undo: Vec::new(),
            killed: String::new(),
            last: Last::Other,
            draft: String::new(),
            search: None,
            menu: Vec::new(),
            top: 0,
        }
    }

    /// Begins with nothing typed. Keys that came early are kept.
    pub fn begin(&mut self, prompts: [String; 2]) {
        self.prompts = prompts;
        self.set_text(String::new());
        self.undo.clear();
        self.last = Last::Other;
        self.entry = self.history.len();
        self.draft.clear();
        self.search = None;
        self.menu.clear();
        self.top = 0;
    }

    /// Takes down what belongs to editing alone, before the prompt is left.
    pub fn end(&mut self) {
        self.menu.clear();
        self.search = None;
        self.cursor = self.text.len();
    }

    /// Forgets keys that came early, as Ctrl-C does.
    pub fn forget_keys(&mut self) {
        self.decoder.clear();
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.decoder.feed(bytes);
    }

    /// What stands before the cursor, and behind it.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Does what the keys that came ask for, up to the first that needs somebody else.
    pub fn press_keys(&mut self) -> Option<Request> {
        while let Some(key) = self.decoder.next_key() {
            if let Some(request) = self.press(key) {
                return Some(request);
            }
        }
        None
    }

    fn press(&mut self, key: Key) -> Option<Request> {
        self.menu.clear();
        if self.search.is_some() && self.press_in_search(&key) {
            return None;
        }
        let last = std::mem::replace(&mut self.last, Last::Other);
        match key {
            Key::Char(c) => self.type_text(c.encode_utf8(&mut [0; 4]), last),
            Key::Paste(text) => self.type_text(&text, Last::Other),
            Key::Enter => return self.enter(),
            Key::AltEnter => self.new_line(),
            Key::Tab => return self.tab(),
            Key::BackTab => self.dedent(),
            Key::Backspace | Key::Ctrl('h') => self.backspace(),
            Key::Delete => self.delete_forward(),
            Key::Ctrl('d') if self.text.is_empty() => return Some(Request::End),
            Key::Ctrl('d') => self.delete_forward(),
            Key::Left | Key::Ctrl('b') => self.cursor = self.before(),
            Key::Right | Key::Ctrl('f') => self.cursor = self.behind(),
            Key::WordLeft | Key::Alt('b') => self.cursor = self.word_left(),
            Key::WordRight | Key::Alt('f') => self.cursor = self.word_right(),
            Key::Home | Key::Ctrl('a') => self.home(),
            Key::End | Key::Ctrl('e') => self.cursor = self.line_end(),
            Key::Up | Key::Ctrl('p') => self.up(last),
            Key::Down | Key::Ctrl('n') => self.down(last),
            Key::PageUp | Key::Alt('p') => self.search_prefix(true),
            Key::PageDown | Key::Alt('n') => self.search_prefix(false),
            Key::Alt('<') => self.show_entry(0),
            Key::Alt('>') => self.show_entry(self.history.len()),
            Key::Ctrl('k') => {
                let end = if self.cursor == self.line_end() { self.behind() } else { self.line_end() };
                self.kill(self.cursor..end, last);
            }
            Key::Ctrl('u') => {
                let start = if self.cursor == self.line_start() { self.before() } else { self.line_start() };
                self.kill(start..self.cursor, last);
            }
            Key::Ctrl('w') => self.kill(self.space_left()..self.cursor, last),
            Key::AltBackspace => self.kill(self.word_left()..self.cursor, last),
            Key::Alt('d') => self.kill(self.cursor..self.word_right(), last),
            Key::Ctrl('y') => {
                let killed = self.killed.clone();
                self.type_text(&killed, Last::Other);
            }
            Key::Ctrl('t') => self.transpose(),
            Key::Ctrl('_') => self.undo(),
            Key::Ctrl('l') => return Some(Request::ClearScreen),
            Key::Ctrl('z') => return Some(Request::Suspend),
            Key::Ctrl('r') => self.begin_search(),
            Key::Ctrl('g') => self.set_text(String::new()),
            Key::Ctrl(_) | Key::Alt(_) | Key::Unknown => {}
        }
        None
    }

    fn set_text(&mut self, text: String) {
        self.text = text;
        self.cursor = self.text.len();
    }

    /// To be called before every change.
    fn note_change(&mut self) {
        if self.undo.len() == MOST_UNDONE {
            self.undo.remove(0);
        }
        self.undo.push((self.text.clone(), self.cursor));
    }

    fn undo(&mut self) {
        if let Some((text, cursor)) = self.undo.pop() {
            (self.text, self.cursor) = (text, cursor);
        }
    }

    /// One undo takes back what was typed in one go.
    fn type_text(&mut self, text: &str, last: Last) {
        if last != Last::Insert || text == " " {
            self.note_change();
        }
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        self.last = Last::Insert;
    }

    fn replace(&mut self, range: std::ops::Range<usize>, text: &str) {
        self.note_change();
        self.text.replace_range(range.clone(), text);
        self.cursor = range.start + text.len();
    }

    fn kill(&mut self, range: std::ops::Range<usize>, last: Last) {
        if range.is_empty() {
            return;
        }
        let text = &self.text[range.clone()];
        self.killed = match last {
            Last::Kill if range.start < self.cursor => [text, &self.killed].concat(),
            Last::Kill => [&self.killed, text].concat(),
            _ => text.to_string(),
        };
        self.replace(range, "");
        self.last = Last::Kill;
    }

    fn before(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn behind(&self) -> usize {
        let next = self.text[self.cursor..].graphemes(true).next();
        self.cursor + next.map_or(0, str::len)
    }

    fn line_start(&self) -> usize {
        self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }

    fn word_left(&self) -> usize {
        let text = self.text[..self.cursor].trim_end_matches(|c| !is_word(c));
        text.trim_end_matches(is_word).len()
    }

    fn word_right(&self) -> usize {
        let rest = self.text[self.cursor..].trim_start_matches(|c| !is_word(c));
        self.text.len() - rest.trim_start_matches(is_word).len()
    }

    fn space_left(&self) -> usize {
        let text = self.text[..self.cursor].trim_end();
        text.trim_end_matches(|c: char| !c.is_whitespace()).len()
    }

    /// To the first that is no blank; from there to the start of the line.
    fn home(&mut self) {
        let start = self.line_start();
        let line = &self.text[start..self.line_end()];
        let first = start + line.len() - line.trim_start_matches(' ').len();
        self.cursor = if self.cursor == first { start } else { first };
    }

    fn backspace(&mut self) {
        let start = self.line_start();
        let indent = &self.text[start..self.cursor];
        // Indentation goes a level at a time.
        let is_indent = !indent.is_empty() && indent.bytes().all(|byte| byte == b' ');
        let length = if is_indent { (indent.len() - 1) % INDENT + 1 } else { self.cursor - self.before() };
        if length > 0 {
            self.replace(self.cursor - length..self.cursor, "");
        }
    }

    fn delete_forward(&mut self) {
        let end = self.behind();
        if end > self.cursor {
            self.replace(self.cursor..end, "");
        }
    }

    fn dedent(&mut self) {
        let (start, cursor) = (self.line_start(), self.cursor);
        let blanks = self.text[start..].bytes().take_while(|&byte| byte == b' ').count();
        let taken = if blanks == 0 { 0 } else { (blanks - 1) % INDENT + 1 };
        if taken > 0 {
            self.replace(start..start + taken, "");
            self.cursor = cursor.saturating_sub(taken).max(start);
        }
    }

    fn transpose(&mut self) {
        if self.cursor == self.line_end() {
            self.cursor = self.before();
        }
        let (from, to) = (self.before(), self.behind());
        if from >= self.line_start() && from < self.cursor && self.cursor < to {
            let text = [&self.text[self.cursor..to], &self.text[from..self.cursor]].concat();
            self.replace(from..to, &text);
        }
    }

    fn tab(&mut self) -> Option<Request> {
        let start = self.line_start();
        let before = &self.text[start..self.cursor];
        if before.trim().is_empty() {
            let blanks = INDENT - before.chars().count() % INDENT;
            self.type_text(&" ".repeat(blanks), Last::Other);
            return None;
        }
        Some(Request::Complete)
    }

    fn enter(&mut self) -> Option<Request> {
        let is_on_last_line = !self.text[self.cursor..].contains('\n');
        if is_on_last_line && input::is_to_run(&self.text) {
            let text = self.text.clone();
            self.history.add(&text);
            return Some(Request::Run(text));
        }
        self.new_line();
        None
    }

    fn new_line(&mut self) {
        // More has come already: it is pasted, and has its own indentation.
        let indent = if self.decoder.is_empty() { input::next_indent(&self.text[..self.cursor]) } else { 0 };
        self.type_text(&format!("\n{}", " ".repeat(indent)), Last::Other);
        self.last = Last::Other;
    }

    /// Columns before the cursor in its line.
    fn column(&self) -> usize {
        self.text[self.line_start()..self.cursor].graphemes(true).count()
    }

    /// Moves to a column of the line that starts there.
    fn go_to_column(&mut self, start: usize, column: usize) {
        let line = self.text[start..].split('\n').next().unwrap_or_default();
        self.cursor = start + line.graphemes(true).take(column).map(str::len).sum::<usize>();
        self.last = Last::Vertical(column);
    }

    fn up(&mut self, last: Last) {
        let start = self.line_start();
        if start == 0 {
            return self.show_entry(self.entry.saturating_sub(1));
        }
        let column = if let Last::Vertical(column) = last { column } else { self.column() };
        let above = self.text[..start - 1].rfind('\n').map_or(0, |at| at + 1);
        self.go_to_column(above, column);
    }

    fn down(&mut self, last: Last) {
        let end = self.line_end();
        if end == self.text.len() {
            return self.show_entry(self.entry + 1);
        }
        let column = if let Last::Vertical(column) = last { column } else { self.column() };
        self.go_to_column(end + 1, column);
    }

    fn show_entry(&mut self, entry: usize) {
        let entry = entry.min(self.history.len());
        if entry == self.entry {
            return;
        }
        self.note_change();
        if self.entry == self.history.len() {
            self.draft.clone_from(&self.text);
        }
        self.entry = entry;
        let text = self.history.get(entry).unwrap_or(&self.draft).to_string();
        self.set_text(text);
    }

    /// The next entry that begins with what stands before the cursor.
    fn search_prefix(&mut self, backward: bool) {
        let (prefix, cursor) = (self.text[..self.cursor].to_string(), self.cursor);
        let fits = |entry: &str| entry.starts_with(&prefix);
        let found = match backward {
            true => self.history.find_before(self.entry, fits),
            false => Some(self.history.find_after(self.entry, fits).unwrap_or(self.history.len())),
        };
        if let Some(found) = found {
            self.show_entry(found);
            self.cursor = cursor.min(self.text.len());
        }
    }

    fn begin_search(&mut self) {
        self.search = Some(Search {
            query: String::new(),
            found: None,
            failed: false,
            text: self.text.clone(),
            cursor: self.cursor,
        });
    }

    /// A key while a search is open; false if it ends the search and is to do what it does otherwise.
    fn press_in_search(&mut self, key: &Key) -> bool {
        let Some(search) = &mut self.search else { return false };
        let mut before = search.found.map_or(self.history.len(), |found| found + 1);
        match key {
            Key::Char(c) => search.query.push(*c),
            Key::Backspace | Key::Ctrl('h') => {
                search.query.pop();
                before = self.history.len();
            }
            Key::Ctrl('r') => before = search.found.unwrap_or(before),
            Key::Ctrl('s') => {
                let query = &search.query;
                let found = search.found.and_then(|at| self.history.find_after(at, |e| e.contains(query)));
                before = found.or(search.found).map_or(before, |at| at + 1);
            }
            Key::Ctrl('g') => {
                let (text, cursor) = (std::mem::take(&mut search.text), search.cursor);
                self.search = None;
                (self.text, self.cursor) = (text, cursor);
                return true;
            }
            _ => {
                if let Some(found) = search.found {
                    self.entry = found;
                    self.draft = std::mem::take(&mut search.text);
                }
                self.search = None;
                return false;
            }
        }
        let query = search.query.clone();
        if query.is_empty() {
            search.found = None;
            search.failed = false;
            return true;
        }
        match self.history.find_before(before, |entry| entry.contains(&query)) {
            Some(found) => {
                search.found = Some(found);
                search.failed = false;
                let text = self.history.get(found).unwrap_or_default().to_string();
                self.cursor = text.rfind(&query).unwrap_or(0);
                self.text = text;
            }
            None => search.failed = true,
        }
        true
    }

    /// Puts in what all candidates share, or lists them. They replace what stands between `start` and the cursor.
    pub fn complete(&mut self, start: usize, candidates: &[Candidate]) {
        let start = start.min(self.cursor);
        let Some(first) = candidates.first() else { return };
        let shared = candidates[1..].iter().fold(first.text.as_str(), |shared, candidate| {
            let same = shared.chars().zip(candidate.text.chars()).take_while(|(a, b)| a == b);
            &shared[..same.map(|(c, _)| c.len_utf8()).sum()]
        });
        let typed = &self.text[start..self.cursor];
        if shared != typed && (shared.len() > typed.len() || candidates.len() == 1) {
            let shared = shared.to_string();
            self.replace(start..self.cursor, &shared);
        } else if candidates.len() > 1 {
            self.menu = candidates.iter().map(|candidate| candidate.shown.clone()).collect();
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor() -> Editor {
        Editor::new(History::default())
    }

    /// What is left after keys; `|` is the cursor.
    fn typed(editor: &mut Editor, keys: &str) -> String {
        editor.feed(keys.as_bytes());
        assert_eq!(editor.press_keys(), None, "{keys:?}");
        let (before, behind) = editor.halves();
        format!("{before}|{behind}")
    }

    fn run(editor: &mut Editor, keys: &str) -> String {
        editor.feed(keys.as_bytes());
        match editor.press_keys() {
            Some(Request::Run(text)) => {
                editor.end();
                let prompts = editor.prompts.clone();
                editor.begin(prompts);
                text
            }
            other => panic!("{keys:?}: {other:?}"),
        }
    }

    #[test]
    fn keys_edit() {
        for (keys, want) in [
            ("abc\x1b[D\x7fX", "aX|c"),
            ("one two\x17", "one |"),
            ("one two\x17\x17\x19", "one two|"),
            ("one two\x01\x0b", "|"),
            ("one two\x01\x0b\x19!", "one two!|"),
            ("one\x1bb\x1bd", "|"),
            ("ab\x14", "ba|"),
            ("ab\x1f", "|"),
            ("e\u{301}\x7f", "|"),
            ("日本\x1b[D\x7f", "|本"),
            ("    x\x01\x7f", "|x"),
            ("\tx", "    x|"),
            ("x=1\x01 y", " y|x=1"),
            ("  a\x1b[Z", "a|"),
            ("abc\x1b[H\x1b[C\x04", "a|c"),
        ] {
            assert_eq!(typed(&mut editor(), keys), want, "{keys:?}");
        }
    }

    #[test]
    fn blocks_are_indented_and_recalled_as_one() {
        let mut editor = editor();
        for line in ["def f():", "\r"] {
            typed(&mut editor, line);
        }
        assert_eq!(typed(&mut editor, "return 1"), "def f():\n    return 1|");
        assert_eq!(typed(&mut editor, "\r"), "def f():\n    return 1\n|");
        assert_eq!(run(&mut editor, "\r"), "def f():\n    return 1\n");
        assert_eq!(run(&mut editor, "5\r"), "5");
        assert_eq!(typed(&mut editor, "dr"), "dr|");
        assert_eq!(typed(&mut editor, "\x1b[A\x1b[A"), "def f():\n    return 1|");
        assert_eq!(typed(&mut editor, "\x1b[A"), "def f():|\n    return 1");
        assert_eq!(typed(&mut editor, "\x1b[B"), "def f():\n    return 1|");
        assert_eq!(typed(&mut editor, "\x1b[B\x1b[B"), "dr|");
    }

    #[test]
    fn pasted_programs_keep_their_lines() {
        let mut editor = editor();
        let text = "def f():\n\n    return 1\n\nf()\n";
        let pasted = format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r"));
        assert_eq!(typed(&mut editor, &pasted), format!("{text}|"));
        assert_eq!(run(&mut editor, "\r"), text);
    }

    #[test]
    fn the_history_can_be_searched() {
        let mut editor = editor();
        for line in ["alpha\r", "beta\r", "alphabet\r"] {
            run(&mut editor, line);
        }
        assert_eq!(typed(&mut editor, "x\x12alp"), "|alphabet");
        assert_eq!(typed(&mut editor, "\x12"), "|alpha");
        assert_eq!(typed(&mut editor, "\x07"), "x|");
        assert_eq!(typed(&mut editor, "\x12bet\x05"), "alphabet|");
        assert_eq!(typed(&mut editor, "\x15al\x1b[5~"), "al|pha");
        assert_eq!(run(&mut editor, "\r"), "alpha");
    }

    #[test]
    fn candidates_are_put_in_as_far_as_they_agree() {
        let mut editor = editor();
        typed(&mut editor, "x = pr");
        assert_eq!(editor.press(Key::Tab), Some(Request::Complete));
        let candidate = |text: &str| Candidate { shown: text.to_string(), text: text.to_string() };
        editor.complete(4, &[candidate("print("), candidate("property(")]);
        assert_eq!(editor.menu, ["print(", "property("]);
        editor.press(Key::Char('i'));
        assert!(editor.menu.is_empty());
        editor.complete(4, &[candidate("print(")]);
        assert_eq!(editor.halves(), ("x = print(", ""));
    }
}
