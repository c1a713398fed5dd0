//! The editor's picture: prompts, text with colours, wrapped lines, and below them a search or a list.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::highlight::{self, RESET, Style};
use super::Editor;
use super::screen::Picture;

/// Rows of a list at most, as a part of the terminal's.
const MENU_PART: usize = 3;
const TAB_WIDTH: usize = 4;
const LEAST_COLUMNS: usize = 8;

impl Editor {
    /// What a terminal of this size is to show.
    pub fn picture(&mut self, columns: usize, rows: usize, coloured: bool) -> Picture {
        // The last column stays free, as terminals disagree about the cursor behind it.
        let width = columns.max(LEAST_COLUMNS) - 1;
        let rows = rows.max(1);
        let mut painter =
            Painter { width, coloured, rows: vec![String::new()], column: 0, style: Style::Plain };
        let mut cursor = None;
        let spans = if coloured { highlight::spans(&self.text) } else { Vec::new() };
        let mut spans = spans.into_iter().peekable();
        painter.prompt(&self.prompts[0]);
        for (at, cluster) in self.text.grapheme_indices(true) {
            while spans.next_if(|(range, _)| range.end <= at).is_some() {}
            let style =
                spans.peek().filter(|(range, _)| range.start <= at).map_or(Style::Plain, |span| span.1);
            let shown = shown(cluster);
            let shown = shown.as_ref();
            if cluster != "\n" && cluster != "\r\n" {
                painter.make_room(shown.width());
            }
            if at >= self.text.cursor() && cursor.is_none() {
                cursor = Some(painter.place());
            }
            if cluster == "\n" || cluster == "\r\n" {
                painter.new_row();
                painter.prompt(&self.prompts[1]);
            } else {
                painter.put(shown, style);
            }
        }
        painter.set_style(Style::Plain);
        painter.make_room(1);
        let cursor = cursor.unwrap_or_else(|| painter.place());
        let (mut picture, below) = (painter.rows, self.rows_below(width, rows / MENU_PART));
        let height = rows.saturating_sub(below.len()).max(1);
        self.top = self.top.min(cursor.0).max((cursor.0 + 1).saturating_sub(height));
        self.top = self.top.min(picture.len().saturating_sub(height));
        picture.drain(..self.top);
        picture.truncate(height);
        picture.extend(below);
        Picture { rows: picture, cursor: (cursor.0 - self.top, cursor.1) }
    }

    fn rows_below(&self, width: usize, most: usize) -> Vec<String> {
        if let Some(search) = &self.search {
            let what = if search.failed { "failed reverse search" } else { "reverse search" };
            return vec![cut(&format!("({what}) {}", search.query), width)];
        }
        if self.menu.is_empty() {
            return Vec::new();
        }
        let widest = self.menu.iter().map(|item| item.width()).max().unwrap_or(0) + 2;
        let n_columns = (width / widest).max(1);
        let n_rows = self.menu.len().div_ceil(n_columns);
        let n_shown = n_rows.min(most.max(1));
        let mut rows: Vec<String> = (0..n_shown)
            .map(|row| {
                let items = self.menu.iter().skip(row).step_by(n_rows);
                let text: String = items
                    .map(|item| format!("{item}{}", " ".repeat(widest.saturating_sub(item.width()))))
                    .collect();
                cut(text.trim_end(), width)
            })
            .collect();
        if n_shown < n_rows {
            let more = self.menu.len() - self.menu.len() * n_shown / n_rows;
            rows.push(cut(&format!("... and {more} more"), width));
        }
        rows
    }
}

/// As much of a text as fits.
fn cut(text: &str, width: usize) -> String {
    let mut taken = 0;
    text.graphemes(true)
        .take_while(|cluster| {
            taken += cluster.width();
            taken <= width
        })
        .collect()
}

/// How a cluster is written: nothing in it may move the cursor.
fn shown(cluster: &str) -> std::borrow::Cow<'_, str> {
    match cluster.as_bytes() {
        b"\t" => " ".repeat(TAB_WIDTH).into(),
        [byte @ (0..0x20 | 0x7f)] => format!("^{}", (byte ^ 0x40) as char).into(),
        _ if cluster.width() == 0 && cluster.chars().any(char::is_control) => "?".into(),
        _ => cluster.into(),
    }
}

struct Painter {
    width: usize,
    coloured: bool,
    rows: Vec<String>,
    column: usize,
    style: Style,
}

impl Painter {
    fn place(&self) -> (usize, usize) {
        (self.rows.len() - 1, self.column)
    }

    fn row(&mut self) -> &mut String {
        self.rows.last_mut().expect("there is always a row")
    }

    fn set_style(&mut self, style: Style) {
        if style != self.style && self.coloured {
            if self.style != Style::Plain && style != Style::Plain {
                self.row().push_str(RESET);
            }
            self.row().push_str(style.sequence());
            self.style = style;
        }
    }

    fn new_row(&mut self) {
        self.set_style(Style::Plain);
        self.rows.push(String::new());
        self.column = 0;
    }

    fn make_room(&mut self, width: usize) {
        if self.column + width > self.width {
            self.new_row();
        }
    }

    fn put(&mut self, text: &str, style: Style) {
        self.set_style(style);
        self.row().push_str(text);
        self.column += text.width();
    }

    /// A prompt may have lines and colours of its own.
    fn prompt(&mut self, prompt: &str) {
        let has_colours = prompt.contains('\x1b');
        let coloured = self.coloured && !has_colours;
        let mut lines = prompt.split('\n').peekable();
        while let Some(line) = lines.next() {
            if coloured && !line.is_empty() {
                self.row().push_str(highlight::PROMPT);
            }
            let line: String = line.chars().filter(|c| !matches!(c, '\x01' | '\x02')).collect();
            self.row().push_str(&line);
            if (coloured || has_colours) && !line.is_empty() {
                self.row().push_str(RESET);
            }
            self.column += width_without_sequences(&line);
            if lines.peek().is_some() {
                self.new_row();
            }
        }
    }
}

/// Columns that a text with colours takes.
pub fn width_without_sequences(text: &str) -> usize {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\x1b' {
            // `ESC [ ... letter`.
            if chars.next() == Some('[') {
                let _ = chars.find(|c| matches!(c, '@'..='~'));
            }
        } else {
            plain.push(c);
        }
    }
    plain.width()
}

#[cfg(test)]
mod tests {
    use super::super::history::History;
    use super::*;

    fn picture(text: &str, columns: usize, rows: usize) -> Picture {
        let mut editor = Editor::new(History::load(None));
        editor.text.insert(text, false);
        editor.picture(columns, rows, false)
    }

    #[test]
    fn lines_wrap_and_have_prompts() {
        let shown = picture("if x:\n    y", 80, 24);
        assert_eq!(shown, Picture { rows: vec![">>> if x:".into(), "...     y".into()], cursor: (1, 9) });
        let shown = picture("abcdefgh", 11, 24);
        assert_eq!(shown, Picture { rows: vec![">>> abcdef".into(), "gh".into()], cursor: (1, 2) });
        assert_eq!(picture("日本\x01", 80, 24).cursor, (0, 10));
    }

    #[test]
    fn the_terminal_shows_what_fits() {
        let lines: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        let shown = picture(&lines.join("\n"), 80, 3);
        assert_eq!(shown.rows, ["... 197", "... 198", "... 199"]);
        assert_eq!(shown.cursor, (2, 7));
    }
}
