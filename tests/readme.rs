//! README.md keeps its word: every command in it is run, and prints what stands there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What a test cannot run, being run by it.
const THE_TESTS: &str = ".ci/run";

/// A command and what it prints.
struct Step {
    command: String,
    shown: String,
}

/// The steps of all blocks that are fenced as `console`, in their order.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in text.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let first = steps.len();
        for line in block.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => steps.push(Step { command: command.into(), shown: String::new() }),
                None => {
                    assert!(steps.len() > first, "a block begins with a command: {line}");
                    let shown = &mut steps.last_mut().expect("there is one").shown;
                    shown.push_str(line);
                    shown.push('\n');
                }
            }
        }
    }
    steps
}

/// A folder in which `examples` is what it is in the repository.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("folders can be made");
    let examples = fs::canonicalize(Path::new(REPOSITORY).join("examples")).expect("examples are there");
    std::os::unix::fs::symlink(examples, folder.join("examples")).expect("links can be made");
    folder
}

/// What a shell shows for a command, its input being `input`.
fn shown(folder: &Path, command: &str, input: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_ouro")).parent().expect("in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("NO_COLOR", "1")
        .env_remove("PYTHONUNBUFFERED")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("text")
}

/// A session at the prompt: what is typed, and what is shown besides.
fn session(transcript: &str) -> (String, String) {
    let (mut typed, mut shown) = (String::new(), String::new());
    for line in transcript.lines() {
        let input = line.strip_prefix(">>>").or_else(|| line.strip_prefix("..."));
        let (to, text) = match input {
            Some(input) => (&mut typed, input.strip_prefix(' ').unwrap_or(input)),
            None => (&mut shown, line),
        };
        to.push_str(text);
        to.push('\n');
    }
    (typed, shown)
}

/// Without the prompts of a session, which stand in front of what is shown as nobody's typing ends their lines.
fn without_prompts(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line;
        while let Some(rest) = line.strip_prefix(">>> ").or_else(|| line.strip_prefix("... ")) {
            line = rest;
        }
        if !line.is_empty() {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Where an object lies differs from run to run, and the folder is nobody's business.
fn comparable(text: &str, folder: &Path) -> String {
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str(" at 0x");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn commands_of_the_readme_print_what_it_says() {
    let text = fs::read_to_string(Path::new(REPOSITORY).join("README.md")).expect("there is a README");
    let folder = fs::canonicalize(folder()).expect("it was made");
    let steps = steps(&text);
    assert!(steps.len() > 10, "the README has examples");
    for step in steps.iter().filter(|step| step.command != THE_TESTS) {
        if let Some(file) = step.command.strip_prefix("cat ") {
            fs::write(folder.join(file), &step.shown).expect("files can be written");
            continue;
        }
        let (expected, output) = if step.command == "ouro" {
            let (typed, expected) = session(&step.shown);
            (expected, without_prompts(&shown(&folder, "ouro -q -i", &typed)))
        } else {
            // That the clock is a virtual one shows nowhere but in the time this test takes.
            let command = step.command.replace("cargo run --release --", "ouro --virtual-time");
            (step.shown.clone(), shown(&folder, &command, ""))
        };
        assert_eq!(comparable(&output, &folder), comparable(&expected, &folder), "{}", step.command);
    }
}
