//! What was typed, in this session and the ones before it.
//!
//! The file has an entry a line, with line ends and backslashes written `\n` and `\\`. Sessions append to it, so that several can run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is kept.
const MOST_ENTRIES: usize = 10_000;

#[derive(Default)]
pub struct History {
    entries: Vec<String>,
    file: Option<PathBuf>,
}

/// Where it is kept: the state folder of the XDG base directories.
pub fn path() -> Option<PathBuf> {
    let folder = match std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute())
    {
        Some(folder) => folder,
        None => PathBuf::from(std::env::var_os("HOME").filter(|home| !home.is_empty())?).join(".local/state"),
    };
    Some(folder.join("ouro").join("history"))
}

impl History {
    /// A history without a file is forgotten at the end.
    pub fn load(file: Option<PathBuf>) -> History {
        let text = file.as_deref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let mut entries: Vec<String> = String::from_utf8_lossy(&text).lines().map(unescaped).collect();
        if entries.len() > MOST_ENTRIES {
            entries.drain(..entries.len() - MOST_ENTRIES);
            if let Some(file) = &file {
                rewrite(file, &entries);
            }
        }
        History { entries, file }
    }

    /// Adds an entry, unless it is the last one again.
    pub fn add(&mut self, entry: &str) {
        let entry = entry.trim_end();
        if entry.trim().is_empty() || self.entries.last().is_some_and(|last| last == entry) {
            return;
        }
        self.entries.push(entry.to_string());
        if let Some(file) = &self.file {
            // A session without a history is no reason to complain.
            let _ = append(file, entry);
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        self.entries.get(index).map(String::as_str)
    }

    /// The last entry before `before` that fits.
    pub fn find_before(&self, before: usize, fits: impl Fn(&str) -> bool) -> Option<usize> {
        self.entries[..before.min(self.entries.len())].iter().rposition(|entry| fits(entry))
    }

    pub fn find_after(&self, after: usize, fits: impl Fn(&str) -> bool) -> Option<usize> {
        let start = (after + 1).min(self.entries.len());
        self.entries[start..].iter().position(|entry| fits(entry)).map(|at| at + start)
    }
}

fn append(file: &Path, entry: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    // What one types is nobody else's business.
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(format!("{}\n", escaped(entry)).as_bytes())
}

fn rewrite(file: &Path, entries: &[String]) {
    let text: String = entries.iter().map(|entry| escaped(entry) + "\n").collect();
    let fresh = file.with_extension("new");
    let _ = fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, file));
}

fn escaped(entry: &str) -> String {
    entry.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_survive_the_file() {
        for entry in ["a", "for i in x:\n    print('\\n')", "\\", "a\\\nb", "\\n"] {
            assert_eq!(unescaped(&escaped(entry)), entry);
            assert!(!escaped(entry).contains('\n'));
        }
    }

    #[test]
    fn repetitions_are_kept_once() {
        let mut history = History::default();
        for entry in ["a", "a", " ", "b\n", "b", "a"] {
            history.add(entry);
        }
        assert_eq!(history.entries, ["a", "b", "a"]);
        assert_eq!(history.find_before(2, |entry| entry == "a"), Some(0));
        assert_eq!(history.find_after(0, |entry| entry == "a"), Some(2));
    }
}
