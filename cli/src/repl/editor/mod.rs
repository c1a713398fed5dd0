//! The line editor: what is being typed, what keys do to it, and what that looks like. It knows neither the terminal nor Python: keys go
//! in, pictures come out, and what needs the interpreter is asked of whoever feeds it.
//!
//! Text, movements, kills, keys, history and completions are rustyline's. Its `Editor` is not used: that blocks its thread for a line, has
//! no prompt for the second line of a block, draws all lines at every key, and loses its place in a block taller than the terminal.

pub mod history;
pub mod keys;
pub mod layout;
pub mod screen;
mod text;

use rustyline::completion::{Candidate, Pair, longest_common_prefix};
use rustyline::line_buffer::WordAction;
use rustyline::{At, KeyCode, KeyEvent, Modifiers, Movement, Word};
use unicode_segmentation::UnicodeSegmentation;

use super::input::{self, INDENT};
use history::History;
use keys::{Decoder, Input};
use text::Text;

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

pub struct Editor {
    pub prompts: [String; 2],
    pub history: History,
    decoder: Decoder,
    text: Text,
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

const SPACES: Movement = Movement::BackwardWord(1, Word::Big);
const WORD_LEFT: Movement = Movement::BackwardWord(1, Word::Emacs);
const WORD_RIGHT: Movement = Movement::ForwardWord(1, At::AfterEnd, Word::Emacs);

impl Editor {
    pub fn new(history: History) -> Editor {
        Editor {
            prompts: [">>> ".to_string(), "... ".to_string()],
            entry: history.len(),
            history,
            decoder: Decoder::default(),
            text: Text::default(),
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
        self.text.clear();
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
        self.text.go_to(self.text.len());
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
        self.text.halves()
    }

    /// Does what the keys that came ask for, up to the first that needs somebody else.
    pub fn press_keys(&mut self) -> Option<Request> {
        while let Some(input) = self.decoder.next_input() {
            self.menu.clear();
            let request = match input {
                Input::Key(key) => self.press(key),
                Input::Paste(text) => {
                    self.end_search();
                    self.text.insert(&text, false);
                    None
                }
            };
            if request.is_some() {
                return request;
            }
        }
        None
    }

    fn press(&mut self, key: KeyEvent) -> Option<Request> {
        if self.search.is_some() && self.press_in_search(key) {
            return None;
        }
        let last = std::mem::replace(&mut self.last, Last::Other);
        let KeyEvent(code, held) = key;
        match (code, held) {
            (KeyCode::Char(c), Modifiers::NONE) => self.type_char(c, last),
            (KeyCode::Char(c), Modifiers::CTRL) => return self.press_control(c, last),
            (KeyCode::Char(c), Modifiers::ALT) => self.press_alt(c, last),
            (KeyCode::Enter, Modifiers::ALT) => self.new_line(),
            (KeyCode::Enter, _) => return self.enter(),
            (KeyCode::Tab, _) => return self.tab(),
            (KeyCode::BackTab, _) => self.dedent(),
            (KeyCode::Backspace, Modifiers::ALT) => self.kill(&WORD_LEFT, last),
            (KeyCode::Backspace, _) => self.backspace(),
            (KeyCode::Delete, _) => self.delete_forward(),
            (KeyCode::Left, Modifiers::NONE) => self.text.go(|line| line.move_backward(1)),
            (KeyCode::Right, Modifiers::NONE) => self.text.go(|line| line.move_forward(1)),
            (KeyCode::Left, _) => self.word_left(),
            (KeyCode::Right, _) => self.word_right(),
            (KeyCode::Home, _) => self.home(),
            (KeyCode::End, _) => self.text.go(|line| line.move_end()),
            (KeyCode::Up, _) => self.up(last),
            (KeyCode::Down, _) => self.down(last),
            (KeyCode::PageUp, _) => self.search_prefix(true),
            (KeyCode::PageDown, _) => self.search_prefix(false),
            _ => {}
        }
        None
    }

    fn press_control(&mut self, letter: char, last: Last) -> Option<Request> {
        match letter {
            'A' => self.home(),
            'B' => self.text.go(|line| line.move_backward(1)),
            'D' if self.text.is_empty() => return Some(Request::End),
            'D' => self.delete_forward(),
            'E' => self.text.go(|line| line.move_end()),
            'F' => self.text.go(|line| line.move_forward(1)),
            'G' => self.text.set("", 0),
            'K' => self.kill(&Movement::EndOfLine, last),
            'L' => return Some(Request::ClearScreen),
            'N' => self.down(last),
            'P' => self.up(last),
            'R' => self.begin_search(),
            'T' => self.transpose(),
            'U' => self.kill(&Movement::BeginningOfLine, last),
            'W' => self.kill(&SPACES, last),
            'Y' => self.text.yank(),
            'Z' => return Some(Request::Suspend),
            '_' => self.text.undo(),
            _ => {}
        }
        None
    }

    fn press_alt(&mut self, letter: char, last: Last) {
        match letter {
            'b' => self.word_left(),
            'c' => self.edit_word(WordAction::Capitalize),
            'd' => self.kill(&WORD_RIGHT, last),
            'f' => self.word_right(),
            'l' => self.edit_word(WordAction::Lowercase),
            'n' => self.search_prefix(false),
            'p' => self.search_prefix(true),
            't' => {
                self.text.change(false, |line, log| line.transpose_words(1, log));
            }
            'u' => self.edit_word(WordAction::Uppercase),
            '<' => self.show_entry(0),
            '>' => self.show_entry(self.history.len()),
            _ => {}
        }
    }

    /// One undo takes back what was typed in one go, a word at a time.
    fn type_char(&mut self, c: char, last: Last) {
        self.text.insert(c.encode_utf8(&mut [0; 4]), last == Last::Insert && c != ' ');
        self.last = Last::Insert;
    }

    fn kill(&mut self, movement: &Movement, last: Last) {
        self.text.kill(movement, last == Last::Kill);
        self.last = Last::Kill;
    }

    fn word_left(&mut self) {
        self.text.go(|line| line.move_to_prev_word(Word::Emacs, 1));
    }

    fn word_right(&mut self) {
        self.text.go(|line| line.move_to_next_word(At::AfterEnd, Word::Emacs, 1));
    }

    fn edit_word(&mut self, action: WordAction) {
        self.text.change(false, |line, log| line.edit_word(action, log));
    }

    /// To the first that is no blank; from there to the start of the line.
    fn home(&mut self) {
        let start = self.text.line_start();
        let line = &self.text[start..self.text.line_end()];
        let first = start + line.len() - line.trim_start_matches(' ').len();
        self.text.go_to(if self.text.cursor() == first { start } else { first });
    }

    /// Indentation goes a level at a time.
    fn backspace(&mut self) {
        let indent = &self.text[self.text.line_start()..self.text.cursor()];
        let is_indent = !indent.is_empty() && indent.bytes().all(|byte| byte == b' ');
        let n_clusters = if is_indent { (indent.len() - 1) % INDENT + 1 } else { 1 };
        self.text.change(false, |line, log| line.backspace(n_clusters as u16, log));
    }

    fn delete_forward(&mut self) {
        self.text.change(false, |line, log| line.delete(1, log));
    }

    fn dedent(&mut self) {
        let (start, cursor) = (self.text.line_start(), self.text.cursor());
        let blanks = self.text[start..].bytes().take_while(|&byte| byte == b' ').count();
        let taken = if blanks == 0 { 0 } else { (blanks - 1) % INDENT + 1 };
        if taken > 0 {
            self.text.replace(start..start + taken, "");
            self.text.go_to(cursor.saturating_sub(taken).max(start));
        }
    }

    /// Exchanges what is left and right of the cursor, within its line.
    fn transpose(&mut self) {
        let is_alone = self.text.line_end() - self.text.line_start() < 2;
        if is_alone || self.text.cursor() == self.text.line_start() {
            return;
        }
        if self.text.cursor() == self.text.line_end() {
            self.text.go(|line| line.move_backward(1));
        }
        if self.text.cursor() > self.text.line_start() {
            self.text.change(false, |line, log| line.transpose_chars(log));
        }
    }

    fn tab(&mut self) -> Option<Request> {
        let before = &self.text[self.text.line_start()..self.text.cursor()];
        if before.trim().is_empty() {
            let blanks = INDENT - before.chars().count() % INDENT;
            self.text.insert(&" ".repeat(blanks), false);
            return None;
        }
        Some(Request::Complete)
    }

    fn enter(&mut self) -> Option<Request> {
        let is_on_last_line = !self.halves().1.contains('\n');
        if is_on_last_line && input::is_to_run(&self.text) {
            let text = self.text.to_string();
            self.history.add(&text);
            return Some(Request::Run(text));
        }
        self.new_line();
        None
    }

    fn new_line(&mut self) {
        // More has come already: it is pasted, and has its own indentation.
        let indent = if self.decoder.is_empty() { input::next_indent(self.halves().0) } else { 0 };
        self.text.insert(&format!("\n{}", " ".repeat(indent)), false);
    }

    /// Moves to a column of the line that starts there.
    fn go_to_column(&mut self, start: usize, column: usize) {
        let line = self.text[start..].split('\n').next().unwrap_or_default();
        let before: usize = line.graphemes(true).take(column).map(str::len).sum();
        self.text.go_to(start + before);
        self.last = Last::Vertical(column);
    }

    /// Columns before the cursor in its line, or those that moves up and down began with.
    fn column(&self, last: Last) -> usize {
        match last {
            Last::Vertical(column) => column,
            _ => self.text[self.text.line_start()..self.text.cursor()].graphemes(true).count(),
        }
    }

    fn up(&mut self, last: Last) {
        let Some(end_above) = self.text.line_start().checked_sub(1) else {
            return self.show_entry(self.entry.saturating_sub(1));
        };
        let above = self.text[..end_above].rfind('\n').map_or(0, |at| at + 1);
        self.go_to_column(above, self.column(last));
    }

    fn down(&mut self, last: Last) {
        let end = self.text.line_end();
        if end == self.text.len() {
            return self.show_entry(self.entry + 1);
        }
        self.go_to_column(end + 1, self.column(last));
    }

    fn show_entry(&mut self, entry: usize) {
        let entry = entry.min(self.history.len());
        if entry == self.entry {
            return;
        }
        if self.entry == self.history.len() {
            self.draft = self.text.to_string();
        }
        self.entry = entry;
        let text = self.history.get(entry).unwrap_or(&self.draft);
        self.text.set(text, text.len());
    }

    /// The next entry that begins with what stands before the cursor.
    fn search_prefix(&mut self, backward: bool) {
        let (prefix, cursor) = (self.halves().0, self.text.cursor());
        let found = match backward {
            true => self.history.prefixed_before(self.entry, prefix),
            false => Some(self.history.prefixed_after(self.entry, prefix).unwrap_or(self.history.len())),
        };
        if let Some(found) = found {
            self.show_entry(found);
            self.text.go_to(cursor);
        }
    }

    fn begin_search(&mut self) {
        self.search = Some(Search {
            query: String::new(),
            found: None,
            failed: false,
            text: self.text.to_string(),
            cursor: self.text.cursor(),
        });
    }

    /// What was found stays.
    fn end_search(&mut self) {
        if let Some(Search { found: Some(found), text, .. }) = self.search.take() {
            self.entry = found;
            self.draft = text;
        }
    }

    /// A key while a search is open; false if it ends the search and is to do what it does otherwise.
    fn press_in_search(&mut self, key: KeyEvent) -> bool {
        let Some(search) = &mut self.search else { return false };
        let newest = self.history.len();
        let here = search.found.map_or(newest, |found| found + 1);
        let found = match (key.0, key.1) {
            (KeyCode::Char(c), Modifiers::NONE) => {
                search.query.push(c);
                self.history.find_before(here, &search.query)
            }
            (KeyCode::Backspace, _) => {
                search.query.pop();
                self.history.find_before(newest, &search.query)
            }
            (KeyCode::Char('R'), Modifiers::CTRL) => {
                self.history.find_before(search.found.unwrap_or(newest), &search.query)
            }
            (KeyCode::Char('S'), Modifiers::CTRL) => {
                search.found.and_then(|found| self.history.find_after(found, &search.query))
            }
            (KeyCode::Char('G'), Modifiers::CTRL) => {
                self.text.set(&search.text, search.cursor);
                self.search = None;
                return true;
            }
            _ => {
                self.end_search();
                return false;
            }
        };
        search.failed = found.is_none() && !search.query.is_empty();
        if let Some((entry, at)) = found {
            search.found = Some(entry);
            self.text.set(self.history.get(entry).unwrap_or_default(), at);
        }
        true
    }

    /// Puts in what all candidates share, or lists them. They replace what stands between `start` and the cursor.
    pub fn complete(&mut self, start: usize, candidates: &[Pair]) {
        let start = start.min(self.text.cursor());
        let typed = start..self.text.cursor();
        let shared = longest_common_prefix(candidates).unwrap_or_default();
        if *shared != self.text[typed.clone()] && (shared.len() > typed.len() || candidates.len() == 1) {
            self.text.replace(typed, shared);
        } else if candidates.len() > 1 {
            self.menu = candidates.iter().map(|candidate| candidate.display().to_string()).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor() -> Editor {
        Editor::new(History::load(None))
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

    /// Whatever is typed: nothing panics, and undoing all of it leaves nothing.
    #[test]
    fn any_keys_can_be_undone() {
        const KEYS: &[&str] = &[
            "a",
            "Z9",
            "_",
            " ",
            "    ",
            "(",
            "'",
            "日",
            "e\u{301}",
            "👩\u{200d}🚀",
            "\u{200d}",
            "\x00",
            "\x01",
            "\x02",
            "\x04",
            "\x05",
            "\x06",
            "\x0b",
            "\x10",
            "\x0e",
            "\x12",
            "\x13",
            "\x14",
            "\x15",
            "\x17",
            "\x19",
            "\x1f",
            "\x7f",
            "\x08",
            "\x1b\r",
            "\x1b\r",
            "\x1b\r",
            "\x1bb",
            "\x1bc",
            "\x1bd",
            "\x1bf",
            "\x1bl",
            "\x1bn",
            "\x1bp",
            "\x1bt",
            "\x1bu",
            "\x1b<",
            "\x1b>",
            "\x1b\x7f",
            "\x1b[A",
            "\x1b[B",
            "\x1b[C",
            "\x1b[D",
            "\x1b[H",
            "\x1b[F",
            "\x1b[Z",
            "\x1b[3~",
            "\x1b[5~",
            "\x1b[6~",
            "\x1b[1;5C",
            "\x1b[1;5D",
            "\x1b[200~p\r\n q\x1b[201~",
            "\x07",
        ];
        let mut seed = 1_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..300 {
            let mut editor = editor();
            for entry in ["def f():\n    return 1", "日本", "ab cd"] {
                editor.history.add(entry);
            }
            let prompts = editor.prompts.clone();
            editor.begin(prompts);
            let mut pressed = String::new();
            for _ in 0..200 {
                let key = KEYS[next(KEYS.len())];
                pressed.push_str(key);
                editor.feed(key.as_bytes());
                let request = editor.press_keys();
                assert!(matches!(request, None | Some(Request::End)), "{pressed:?}: {request:?}");
                editor.picture(8 + next(20), 1 + next(6), next(2) == 0);
            }
            editor.feed(b"\x07");
            for _ in 0..=pressed.len() {
                editor.feed(b"\x1f");
            }
            editor.press_keys();
            assert_eq!(editor.halves(), ("", ""), "{pressed:?}");
        }
    }

    #[test]
    fn candidates_are_put_in_as_far_as_they_agree() {
        let mut editor = editor();
        typed(&mut editor, "x = pr");
        assert_eq!(editor.press(KeyEvent::from('\t')), Some(Request::Complete));
        let candidate = |text: &str| Pair { display: text.to_string(), replacement: text.to_string() };
        editor.complete(4, &[candidate("print("), candidate("property(")]);
        assert_eq!(editor.menu, ["print(", "property("]);
        typed(&mut editor, "i");
        assert!(editor.menu.is_empty());
        editor.complete(4, &[candidate("print(")]);
        assert_eq!(editor.halves(), ("x = print(", ""));
    }
}
