//! What reviews forget: every file says what it is, keeps to its size and holds nothing that was only meant for a while.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file in lines; tables and grammars are longer.
const MAX_LINES: usize = 900;

/// Files that may be longer, with what they hold.
const LONG: &[(&str, &str)] = &[
    ("runtime/src/vm/dispatch.rs", "the dispatch loop, one arm an instruction"),
    ("runtime/src/text/tables/", "tables of Unicode and of encodings"),
    ("runtime/src/text/format_cases.rs", "a table of formatted numbers"),
    ("runtime/src/text/codecs/cases.rs", "a table of decoded bytes"),
    ("lang/src/grammar.lalrpop", "the grammar"),
    ("stdlib/src/re/unicode/", "tables of Unicode"),
    ("stdlib/py/", "a module is one file in Python, as programs expect"),
    ("stdlib/packages/", "a module is one file in Python, as programs expect"),
];

/// Not to be left behind; in pieces, so that this file passes.
const FORBIDDEN: &[(&str, &str)] = &[
    ("db", "g!("),
    ("to", "do!("),
    ("unimpl", "emented!("),
    ("TO", "DO"),
    ("XX", "X:"),
    ("/wo", "rk/"),
    ("/ho", "me/"),
];

/// Where `unsafe` may be written.
const UNSAFE_CRATE: &str = "runtime/";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the checkout").to_path_buf()
}

/// Every source file, with its path from the root.
fn sources() -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["lang", "runtime", "stdlib", "cli", "tests", "examples", "benches", "fuzz", "docs"]
            .iter()
            .map(|name| root.join(name))
            .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "target") {
                    folders.push(path);
                }
                continue;
            }
            let extension = path.extension().unwrap_or_default();
            if ["rs", "py", "lalrpop", "md", "toml"].iter().any(|known| extension == *known) {
                let relative = path.strip_prefix(&root).expect("found below the root").to_string_lossy();
                // Cases may be in any encoding.
                if let Ok(text) = fs::read_to_string(&path) {
                    found.push((relative.into_owned(), text));
                }
            }
        }
    }
    found.sort();
    found
}

/// Runs a check over all files and shows everything it finds.
fn check(mut find: impl FnMut(&str, &str) -> Vec<String>) {
    let problems: Vec<String> = sources().iter().flat_map(|(path, text)| find(path, text)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Cases are given to the interpreter as they are, bad ones too.
fn is_case(path: &str) -> bool {
    path.starts_with("tests/cases/") || path.contains("/tests/") && !path.ends_with(".rs")
}

#[test]
fn files_say_what_they_are() {
    check(|path, text| {
        let good = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "rs" | "lalrpop" => text.starts_with("//"),
            "py" if !is_case(path) => text.starts_with("\"\"\"") || text.starts_with("r\"\"\""),
            "md" => text.starts_with("# "),
            _ => true,
        };
        if good { vec![] } else { vec![format!("{path}: begins without saying what it is")] }
    });
}

#[test]
fn files_keep_to_their_size() {
    check(|path, text| {
        let n_lines = text.lines().count();
        let is_long = LONG.iter().any(|(place, _)| path.starts_with(place));
        match n_lines > MAX_LINES && !is_long && path.ends_with(".rs") {
            true => vec![format!("{path}: {n_lines} lines")],
            false => vec![],
        }
    });
}

#[test]
fn lines_are_clean() {
    check(|path, text| {
        if is_case(path) {
            return vec![];
        }
        let mut problems = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.contains('\t') {
                problems.push(format!("{path}:{number}: a tab"));
            }
            if line.ends_with([' ', '\t']) {
                problems.push(format!("{path}:{number}: blanks at the end"));
            }
            for (start, end) in FORBIDDEN {
                if line.contains(&format!("{start}{end}")) {
                    problems.push(format!("{path}:{number}: {start}{end}"));
                }
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            problems.push(format!("{path}: no line end at the end"));
        }
        problems
    });
}

#[test]
fn unsafe_stays_in_the_runtime() {
    check(|path, text| {
        let crate_root = ["lang/src/lib.rs", "stdlib/src/lib.rs", "cli/src/lib.rs", "cli/src/main.rs"];
        let forbids = !crate_root.contains(&path) || text.contains("#![forbid(unsafe_code)]");
        let opens =
            text.contains("allow(unsafe_code)") && !path.starts_with(UNSAFE_CRATE) && path != "tests/tidy.rs";
        match forbids && !opens {
            true => vec![],
            false => vec![format!("{path}: unsafe code outside of {UNSAFE_CRATE}")],
        }
    });
}

#[test]
fn every_case_has_a_snapshot() {
    check(|path, _| {
        let name = path.rsplit('/').next().unwrap_or_default();
        if !path.starts_with("tests/cases/") || !path.ends_with(".py") || name.starts_with('_') {
            return vec![];
        }
        let file = root().join(path);
        let in_package = file.parent().is_some_and(|folder| folder.join("__init__.py").exists());
        match in_package || path.contains("/_") || file.with_extension("snap").exists() {
            true => vec![],
            false => vec![format!("{path}: no snapshot")],
        }
    });
}

/// Documents refer to files of the repository.
#[test]
fn links_lead_somewhere() {
    let root = root();
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    let documents =
        sources().into_iter().filter(|(path, _)| path.ends_with(".md")).chain([("README.md".into(), readme)]);
    for (path, text) in documents {
        let folder = root.join(&path).parent().expect("below the root").to_path_buf();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let is_here = !target.is_empty() && !target.contains("://");
            assert!(!is_here || folder.join(target).exists(), "{path} refers to {target}");
        }
    }
}
