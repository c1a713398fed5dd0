//! The command line: ways to name a program, options, exit statuses, and what is said of mistakes.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder with programs to run.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command_line");
    let program = "import sys\nprint(__name__, sys.argv)\n";
    for (file, text) in [
        ("program.py", program),
        ("fails.py", "1 / 0\n"),
        ("package/__init__.py", "print('init')\n"),
        ("package/__main__.py", program),
        ("package/module.py", program),
        ("folder/__main__.py", "from beside import name\nprint(__name__, name)\n"),
        ("folder/beside.py", "name = 'found beside'\n"),
        ("no_main/other.py", ""),
        ("path/on_path.py", "print('from PYTHONPATH')\n"),
    ] {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("folders can be made");
        // Tests run at once and write the same, so nobody may see half of it.
        let unfinished = file.with_extension(format!("{:?}", std::thread::current().id()));
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(unfinished, file))
            .expect("files can be written");
    }
    folder
}

fn ouro(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ouro"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYTHON")) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder()).env("LANG", "C.UTF-8");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(mut command: Command, input: &str) -> (Option<i32>, String, String) {
    let mut child = command.spawn().expect("the interpreter starts");
    // A program need not read its input.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

/// Status, standard output and standard error, with the test's own places left out.
fn outcome(arguments: &[&str], input: &str) -> (i32, String, String) {
    let (status, stdout, stderr) = run(ouro(arguments), input);
    let place = folder().to_string_lossy().into_owned();
    let tidy = |text: String| text.replace(&place, "{DIR}").replace(env!("CARGO_BIN_EXE_ouro"), "{OURO}");
    (status.expect("no signal"), tidy(stdout), tidy(stderr))
}

#[test]
fn programs_are_named_in_many_ways() {
    for (arguments, input, stdout) in [
        (&["program.py", "a", "-b"] as &[&str], "", "__main__ ['program.py', 'a', '-b']\n"),
        (&["-c", "import sys; print(sys.argv)", "-x"], "", "['-c', '-x']\n"),
        (&["-", "a"], "import sys; print(sys.argv)", "['-', 'a']\n"),
        (&[], "print(6 * 7)", "42\n"),
        (&["-m", "package", "a"], "", "init\n__main__ ['{DIR}/package/__main__.py', 'a']\n"),
        (&["-mpackage.module"], "", "init\n__main__ ['{DIR}/package/module.py']\n"),
        (&["-m", "program"], "", "__main__ ['{DIR}/program.py']\n"),
        (&["folder"], "", "__main__ found beside\n"),
        (&["-Oc", "assert False; print(__debug__)"], "", "False\n"),
        (&["-OOc", "def f(): 'doc'\nprint(f.__doc__)"], "", "None\n"),
        (&["-x", "-"], "not Python\nprint('second line')", "second line\n"),
        (
            &["-Wignore", "-Xa=b", "-X", "c", "-c", "import sys; print(sys.warnoptions, sys._xoptions)"],
            "",
            "['ignore'] {'a': 'b', 'c': True}\n",
        ),
        (
            &["-I", "-c", "import sys; print(sys.flags.isolated, sys.flags.safe_path, '' in sys.path)"],
            "",
            "1 True False\n",
        ),
    ] {
        assert_eq!(outcome(arguments, input), (0, stdout.to_string(), String::new()), "{arguments:?}");
    }
}

#[test]
fn mistakes_are_worded_as_by_cpython() {
    let usage = "usage: ouro [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `ouro -h' for more information.\n";
    for (arguments, status, stderr) in [
        (&["nowhere.py"] as &[&str], 2,
            "ouro: can't open file '{DIR}/nowhere.py': [Errno 2] No such file or directory\n".to_string()),
        (&["-Z"], 2, format!("Unknown option: -Z\n{usage}")),
        (&["--what"], 2, format!("Unknown option: --what\n{usage}")),
        (&["-c"], 2, format!("Argument expected for the -c option\n{usage}")),
        (&["-m", "nowhere"], 1, "{OURO}: No module named nowhere\n".to_string()),
        (&["-m", "package.nowhere"], 1, "{OURO}: No module named package.nowhere\n".to_string()),
        (&["no_main"], 1, "{OURO}: can't find '__main__' module in 'no_main'\n".to_string()),
        (&["-X", "int_max_str_digits=1", "-c", ""], 1,
            "Fatal Python error: config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.\n".to_string()),
    ] {
        let (got_status, stdout, got) = outcome(arguments, "");
        let stdout = stdout.replace("init\n", "");
        assert_eq!((got_status, stdout.as_str(), got), (status, "", stderr), "{arguments:?}");
    }
}

#[test]
fn exit_statuses_are_cpythons() {
    for (code, status, stderr) in [
        ("", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import sys; sys.exit(None)", 0, ""),
        ("import sys; sys.exit('a reason')", 1, "a reason\n"),
        ("raise SystemExit", 0, ""),
    ] {
        let (got, _, text) = outcome(&["-c", code], "");
        assert_eq!((got, text.as_str()), (status, stderr), "{code}");
    }
    assert_eq!(outcome(&["fails.py"], "").0, 1);
    assert_eq!(outcome(&["-c", "1 +"], "").0, 1);
}

#[test]
fn code_without_a_file_is_shown_in_tracebacks() {
    let (_, _, stderr) = outcome(&["-c", "def f():\n    return 1 / 0\nf()"], "");
    let want = "Traceback (most recent call last):
  File \"<string>\", line 3, in <module>
    f()
    ~^^
  File \"<string>\", line 2, in f
    return 1 / 0
           ~~^~~
ZeroDivisionError: division by zero
";
    assert_eq!(stderr, want);
}

#[test]
fn variables_of_the_environment_count() {
    let (status, stdout, _) = run(
        {
            let mut command = ouro(&["-c", "import on_path"]);
            command.env("PYTHONPATH", folder().join("path"));
            command
        },
        "",
    );
    assert_eq!((status, stdout.as_str()), (Some(0), "from PYTHONPATH\n"));
    let mut ignoring = ouro(&["-E", "-c", "import on_path"]);
    ignoring.env("PYTHONPATH", folder().join("path"));
    assert_eq!(run(ignoring, "").0, Some(1));
}

#[test]
fn a_prompt_follows_the_program_if_asked() {
    let (status, stdout, stderr) =
        outcome(&["-i", "-c", "x = 20"], "x + 1\nif x:\n  x\n\n1 / 0\nexit_now = 1\n");
    assert_eq!(stdout, "21\n20\n");
    let want = ">>> >>> ... ... >>> Traceback (most recent call last):
  File \"<stdin>\", line 1, in <module>
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero
>>> >>> \n";
    assert_eq!((status, stderr.as_str()), (0, want));
}

/// A program that runs, asked to stop by Ctrl-C.
#[test]
fn an_interrupt_ends_any_loop() {
    for code in ["while True: pass", "x = 1\nwhile x: x = x", "import time; time.sleep(60)"] {
        // Who runs the tests in the background may have them ignore interrupts.
        let mut command = Command::new("env");
        command.args(["--default-signal=INT", env!("CARGO_BIN_EXE_ouro"), "-uc"]);
        command.arg(format!("print('ready')\n{code}")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the interpreter starts");
        let mut ready = [0; 6];
        child.stdout.as_mut().expect("piped").read_exact(&mut ready).expect("it says that it is ready");
        let pid = child.id().to_string();
        let start = Instant::now();
        loop {
            let sent =
                Command::new("sh").args(["-c", "kill -INT \"$0\"", &pid]).status().expect("a shell runs");
            assert!(sent.success());
            std::thread::sleep(Duration::from_millis(20));
            if child.try_wait().expect("a child can be waited for").is_some() {
                break;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "{code} goes on");
        }
        let output = child.wait_with_output().expect("it has ended");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(stderr.ends_with("KeyboardInterrupt\n"), "{stderr}");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(2), "{code}");
    }
}

/// Runs a shell's pipeline in which `$0` is the interpreter, with its standard output buffered.
fn piped(script: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_ouro")]).env_remove("PYTHONUNBUFFERED");
    shell.output().expect("a shell runs")
}

#[test]
fn a_reader_that_goes_away_is_no_news() {
    let script = "\"$0\" -c 'for i in range(100000): print(i)' 2>/dev/null | head -n 1";
    let output = piped(script);
    assert_eq!(output.stdout, b"0\n");
    let script = "\"$0\" -c 'print(1)' | :";
    let output = piped(script);
    assert_eq!(output.stderr, b"");
}

#[test]
fn help_and_version_are_short() {
    let (status, stdout, stderr) = outcome(&["--version"], "");
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (0, "Ouro 0.1.0 (Python 3.14)\n", ""));
    for option in ["-h", "--help", "-?", "--help-env", "--help-xoptions"] {
        let (status, stdout, _) = outcome(&[option], "");
        assert!(status == 0 && stdout.lines().all(|line| line.len() <= 80), "{option}");
    }
    assert!(outcome(&["dis", "program.py"], "").1.contains("Call"));
}
