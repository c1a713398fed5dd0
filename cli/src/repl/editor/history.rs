//! What was typed, in this session and the ones before it: rustyline's history file, to which sessions add as they go, so that several can
//! run.

use std::path::PathBuf;

use rustyline::history::{FileHistory, History as _, SearchDirection, SearchResult};
use rustyline::{Config, Result};

/// What is kept.
const MOST_ENTRIES: usize = 10_000;

pub struct History {
    entries: FileHistory,
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
        let config = Config::builder().max_history_size(MOST_ENTRIES);
        let config = config.and_then(|config| config.history_ignore_dups(true));
        let mut entries =
            FileHistory::with_config(&config.expect("the file's kind has both settings").build());
        if let Some(file) = &file {
            // The first session has none.
            let _ = entries.load(file);
        }
        History { entries, file }
    }

    /// Adds an entry, unless it is the last one again. A session without a history is no reason to complain.
    pub fn add(&mut self, entry: &str) {
        let entry = entry.trim_end();
        if entry.is_empty() || !self.entries.add(entry).unwrap_or(false) {
            return;
        }
        if let Some(file) = &self.file {
            let _ = file.parent().map(std::fs::create_dir_all);
            let _ = self.entries.append(file);
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        (index < self.len()).then(|| self.entries[index].as_str())
    }

    /// The last entry before `before` that has `text` in it, and where.
    pub fn find_before(&self, before: usize, text: &str) -> Option<(usize, usize)> {
        let start = before.min(self.len()).checked_sub(1)?;
        place(self.entries.search(text, start, SearchDirection::Reverse))
    }

    pub fn find_after(&self, after: usize, text: &str) -> Option<(usize, usize)> {
        place(self.entries.search(text, after + 1, SearchDirection::Forward))
    }

    /// The last entry before `before` that begins with `text`.
    pub fn prefixed_before(&self, before: usize, text: &str) -> Option<usize> {
        let start = before.min(self.len()).checked_sub(1)?;
        match text {
            "" => Some(start),
            _ => {
                place(self.entries.starts_with(text, start, SearchDirection::Reverse)).map(|(entry, _)| entry)
            }
        }
    }

    pub fn prefixed_after(&self, after: usize, text: &str) -> Option<usize> {
        match text {
            "" => Some(after + 1).filter(|&entry| entry < self.len()),
            _ => place(self.entries.starts_with(text, after + 1, SearchDirection::Forward))
                .map(|(entry, _)| entry),
        }
    }
}

fn place(found: Result<Option<SearchResult<'_>>>) -> Option<(usize, usize)> {
    found.ok().flatten().map(|found| (found.idx, found.pos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_kept_once() {
        let mut history = History::load(None);
        for entry in ["a", "a", " ", "b\n", "b", "ca"] {
            history.add(entry);
        }
        assert_eq!(
            (0..4).map(|index| history.get(index)).collect::<Vec<_>>(),
            [Some("a"), Some("b"), Some("ca"), None]
        );
        assert_eq!(history.find_before(3, "a"), Some((2, 1)));
        assert_eq!(history.find_before(0, "a"), None);
        assert_eq!(history.find_after(0, "a"), Some((2, 1)));
        assert_eq!(history.prefixed_before(3, "a"), Some(0));
        assert_eq!(history.prefixed_after(0, ""), Some(1));
    }

    #[test]
    fn sessions_share_a_file() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp/history");
        let _ = std::fs::remove_dir_all(&folder);
        let file = Some(folder.join("of/them/all"));
        let mut sessions = [History::load(file.clone()), History::load(file.clone())];
        for (session, entry) in [(0, "for i in x:\n    print('\\n')"), (1, "\\"), (0, "日本")] {
            sessions[session].add(entry);
        }
        let kept = History::load(file);
        let entries: Vec<_> = (0..kept.len()).filter_map(|index| kept.get(index)).collect();
        assert_eq!(entries, ["for i in x:\n    print('\\n')", "\\", "日本"]);
    }
}
