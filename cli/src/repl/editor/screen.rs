//! What of the terminal is the prompt's: the rows it was drawn on. Drawing writes what differs from what stands there.

use super::layout::width_without_sequences;

/// Rows with their colours, and where in them the cursor stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub rows: Vec<String>,
    /// Row and column.
    pub cursor: (usize, usize),
}

#[derive(Default)]
pub struct Screen {
    /// What stands on the terminal.
    shown: Picture,
    /// What a program has printed of a line that is not over; it stands in the row above the prompt.
    partial: Vec<u8>,
    is_open: bool,
    /// A program printed last, and no line end.
    is_behind_text: bool,
}

/// An unfinished line that is longer is taken for finished.
const LONGEST_PARTIAL: usize = 64;

impl Screen {
    /// Makes the rows from the cursor on the prompt's.
    pub fn open(&mut self, columns: usize, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.is_behind_text) {
            // Goes to the next row unless it stands at the beginning of one already.
            out.extend(std::iter::repeat_n(b' ', columns));
            out.push(b'\r');
        }
        self.is_open = true;
        self.shown = Picture { rows: vec![String::new()], cursor: (0, 0) };
        self.partial.clear();
    }

    /// Leaves the rows as they are; what follows is written below them.
    pub fn close(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.is_open) {
            self.go_to(self.shown.rows.len() - 1, 0, out);
            out.extend_from_slice(b"\r\n");
            self.shown = Picture::default();
        }
    }

    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The screen has been cleared.
    pub fn forget(&mut self) {
        self.shown = Picture { rows: vec![String::new()], cursor: (0, 0) };
        self.partial.clear();
    }

    /// Takes everything down that was drawn for another width. Terminals wrap rows that have become too long, as far as one can know.
    pub fn resized(&mut self, columns: usize, out: &mut Vec<u8>) {
        if !self.is_open {
            return;
        }
        let (row, column) = self.shown.cursor;
        let rows_of = |row: &String| width_without_sequences(row).div_ceil(columns.max(1)).max(1);
        let up = self.shown.rows[..row].iter().map(rows_of).sum::<usize>() + column / columns.max(1);
        if up > 0 {
            out.extend_from_slice(format!("\x1b[{up}A").as_bytes());
        }
        out.extend_from_slice(b"\r\x1b[J");
        self.forget();
    }

    /// Moves the cursor; rows that do not exist yet are made.
    fn go_to(&mut self, row: usize, column: usize, out: &mut Vec<u8>) {
        let from = self.shown.cursor.0;
        let last = self.shown.rows.len() - 1;
        if row < from {
            out.extend_from_slice(format!("\x1b[{}A", from - row).as_bytes());
        } else if row > from {
            let down = row.min(last).saturating_sub(from);
            if down > 0 {
                out.extend_from_slice(format!("\x1b[{down}B").as_bytes());
            }
            for _ in last..row {
                out.extend_from_slice(b"\r\n");
                self.shown.rows.push(String::new());
            }
        }
        out.push(b'\r');
        if column > 0 {
            out.extend_from_slice(format!("\x1b[{column}C").as_bytes());
        }
        self.shown.cursor = (row, column);
    }

    /// Brings the terminal from what it shows to `picture`.
    pub fn draw(&mut self, picture: &Picture, out: &mut Vec<u8>) {
        if !self.is_open || *picture == self.shown {
            return;
        }
        for (row, text) in picture.rows.iter().enumerate() {
            if self.shown.rows.get(row) == Some(text) {
                continue;
            }
            self.go_to(row, 0, out);
            out.extend_from_slice(text.as_bytes());
            out.extend_from_slice(b"\x1b[K");
            self.shown.rows[row].clone_from(text);
        }
        if self.shown.rows.len() > picture.rows.len() {
            self.go_to(picture.rows.len(), 0, out);
            out.extend_from_slice(b"\x1b[J");
            // The cursor stands there until it is moved below.
            self.shown.rows.truncate(picture.rows.len() + 1);
        }
        self.go_to(picture.cursor.0, picture.cursor.1, out);
        self.shown.rows.truncate(picture.rows.len());
    }

    /// Writes what a program prints above the prompt, which follows it.
    pub fn print(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        if !self.is_open {
            self.is_behind_text = !bytes.ends_with(b"\n");
            out.extend_from_slice(bytes);
            return;
        }
        let picture = std::mem::take(&mut self.shown);
        let up = picture.cursor.0 + usize::from(!self.partial.is_empty());
        if up > 0 {
            out.extend_from_slice(format!("\x1b[{up}A").as_bytes());
        }
        out.extend_from_slice(b"\r\x1b[J");
        let text = [std::mem::take(&mut self.partial), bytes.to_vec()].concat();
        out.extend_from_slice(&text);
        let last = text.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        if !last.is_empty() {
            if last.len() <= LONGEST_PARTIAL && !last.contains(&0x1b) {
                self.partial = last.to_vec();
            }
            out.extend_from_slice(b"\r\n");
        }
        self.shown = Picture { rows: vec![String::new()], cursor: (0, 0) };
        self.draw(&picture, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rows: &[&str], cursor: (usize, usize)) -> Picture {
        Picture { rows: rows.iter().map(|row| row.to_string()).collect(), cursor }
    }

    fn written(act: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        act(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_differs_is_written() {
        let mut screen = Screen::default();
        written(|out| screen.open(80, out));
        assert_eq!(
            written(|out| screen.draw(&picture(&["a", "b"], (1, 1)), out)),
            "\ra\x1b[K\r\nb\x1b[K\r\x1b[1C".replace("\r\nb", "\r\n\rb")
        );
        assert_eq!(written(|out| screen.draw(&picture(&["a", "bc"], (1, 2)), out)), "\rbc\x1b[K\r\x1b[2C");
        assert_eq!(written(|out| screen.draw(&picture(&["a"], (0, 1)), out)), "\r\x1b[J\x1b[1A\r\x1b[1C");
        assert_eq!(written(|out| screen.draw(&picture(&["a"], (0, 1)), out)), "");
    }

    #[test]
    fn a_narrower_terminal_has_wrapped_the_rows() {
        let mut screen = Screen::default();
        written(|out| screen.open(20, out));
        written(|out| screen.draw(&picture(&["\x1b[1m> abcdefgh\x1b[0m", "> ab", ""], (1, 4)), out));
        assert_eq!(written(|out| screen.resized(4, out)), "\x1b[4A\r\x1b[J");
        assert_eq!(written(|out| screen.draw(&picture(&["> a"], (0, 3)), out)), "\r> a\x1b[K\r\x1b[3C");
    }

    #[test]
    fn output_goes_above_the_prompt() {
        let mut screen = Screen::default();
        written(|out| screen.open(80, out));
        written(|out| screen.draw(&picture(&["> x"], (0, 3)), out));
        let prompt = "\r> x\x1b[K\r\x1b[3C";
        assert_eq!(written(|out| screen.print(b"one\n", out)), format!("\r\x1b[Jone\n{prompt}"));
        assert_eq!(written(|out| screen.print(b"t", out)), format!("\r\x1b[Jt\r\n{prompt}"));
        assert_eq!(written(|out| screen.print(b"wo\n", out)), format!("\x1b[1A\r\x1b[Jtwo\n{prompt}"));
    }
}
