//! Running a program with the built interpreter, and what came of it as text for a snapshot.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs, panic, thread};

/// Only a guard against hanging: cases take milliseconds.
const HANG: Duration = Duration::from_secs(120);

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the checkout").to_path_buf()
}

/// Runs `script` in its folder and gives exit status, standard output and standard error, with the folder written as `{DIR}`.
///
/// Beside `NAME.py` may lie `NAME.in`, its standard input, and `NAME.args`, its arguments, one a line; lines that begin
/// with `-` come before the script, as `options` do.
pub fn report(script: &Path, options: &[&str]) -> String {
    let folder = script.parent().expect("a script lies in a folder");
    let beside = |extension: &str| fs::read_to_string(script.with_extension(extension)).unwrap_or_default();
    let arguments = beside("args");
    let (own_options, arguments): (Vec<&str>, Vec<&str>) =
        arguments.lines().partition(|line| line.starts_with('-'));
    // Who runs the tests in the background may have them ignore interrupts.
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", env!("CARGO_BIN_EXE_ouro")]);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYTHON")) {
        command.env_remove(name);
    }
    command
        .args(options)
        .args(own_options)
        .arg(script)
        .args(arguments)
        .current_dir(folder)
        .envs([("LANG", "C.UTF-8"), ("TZ", "UTC"), ("COLUMNS", "80"), ("NO_COLOR", "1")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the interpreter starts");
    let input = beside("in");
    let (mut stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let status = thread::scope(|scope| {
        scope.spawn(move || {
            // A program need not read its input.
            let _ = stdin.take().map(|mut stdin| std::io::Write::write_all(&mut stdin, input.as_bytes()));
        });
        let stdout = scope.spawn(move || read_all(stdout));
        let stderr = scope.spawn(move || read_all(stderr));
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status.to_string();
            }
            if start.elapsed() > HANG {
                child.kill().expect("a child can be killed");
                child.wait().expect("a child can be waited for");
                break "hangs".to_string();
            }
            thread::sleep(Duration::from_millis(2));
        };
        (status, stdout.join().expect("readers end"), stderr.join().expect("readers end"))
    });
    let (status, stdout, stderr) = status;
    let place = folder.to_string_lossy();
    let mut text = format!("{status}\n");
    for (name, stream) in [("stdout", stdout), ("stderr", stderr)] {
        let stream = without_own_frames(&stream);
        if !stream.is_empty() {
            let stream = without_addresses(&stream.replace(&*place, "{DIR}"));
            text.push_str(&format!("--- {name}\n{stream}"));
        }
    }
    text
}

/// Without traceback lines for modules of the interpreter's own, whose files and lines are not CPython's, and without AddressSanitizer's
/// word on memory that it cannot give, which is the program's to handle.
fn without_own_frames(text: &str) -> String {
    let is_own = |line: &&str| {
        line.trim_start().starts_with("File \"<frozen>/")
            || line.contains("WARNING: AddressSanitizer failed to allocate")
    };
    text.split_inclusive('\n').filter(|line| !is_own(line)).collect()
}

/// Where an object lies differs from run to run: `at 0x20001acaba0` becomes `at 0x...`.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str(" at 0x...");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

fn read_all(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        stream.read_to_end(&mut bytes).expect("a pipe can be read");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every program below `folder`, sorted. Files whose names begin with `_` are parts of others, as are packages; `OURO_CASE`
/// chooses those with that text in their path, or without any of several texts (`-one,two`).
pub fn programs(folder: &Path) -> Vec<PathBuf> {
    let wanted = env::var("OURO_CASE").unwrap_or_default();
    let is_wanted = |path: &str| match wanted.strip_prefix('-') {
        Some(unwanted) => !unwanted.split(',').any(|text| path.contains(text)),
        None => path.contains(&wanted),
    };
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('_') {
                continue;
            }
            if path.is_dir() && !path.join("__init__.py").exists() {
                folders.push(path);
            } else if name.ends_with(".py") && is_wanted(&path.to_string_lossy()) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Compares what each program prints under `options` with `NAME.snap` in the folder that `place` gives, on all processors.
///
/// # Panics
/// At the end, with the names of those that differ.
pub fn check_all(programs: Vec<PathBuf>, options: &[&str], place: impl Fn(&Path) -> PathBuf + Sync) {
    let n_workers = thread::available_parallelism().map_or(1, usize::from);
    let (queue, failed) = (Mutex::new(programs), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..n_workers {
            scope.spawn(|| {
                loop {
                    let Some(script) = queue.lock().expect("no worker panics").pop() else { break };
                    let text = report(&script, options);
                    let check = panic::AssertUnwindSafe(|| check(&script, &place(&script), &text));
                    if panic::catch_unwind(check).is_err() {
                        failed.lock().expect("no worker panics").push(script);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().expect("no worker panics");
    failed.sort();
    assert!(failed.is_empty(), "{} differ from their snapshots: {failed:#?}", failed.len());
}

fn check(script: &Path, place: &Path, text: &str) {
    let name = script.file_stem().expect("a script has a name").to_string_lossy().into_owned();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(place);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
