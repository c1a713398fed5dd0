//! The command line, read as CPython reads its own: letters in clusters, values joined or apart, and everything after the
//! program is the program's.
//!
//! By hand, since argument parsers take the `=` off `-c=1` and put options where they please; CPython does neither.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use ouro::Options;

use crate::environment;

/// What to do.
#[derive(Debug)]
pub enum Command {
    Help,
    HelpEnvironment,
    HelpXOptions,
    /// `-V`; given twice it says more.
    Version {
        long: bool,
    },
    Disassemble(OsString),
    Run(Run),
}

#[derive(Debug)]
pub struct Run {
    pub program: Program,
    /// `sys.argv`.
    pub argv: Vec<OsString>,
    pub options: Options,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Program {
    Code(OsString),
    Module(String),
    File(OsString),
    /// Standard input; a prompt if it is a terminal.
    Stdin,
}

/// Why a command line means nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The status is 2, and the usage is shown.
    Usage(String),
    /// A setting is impossible; in CPython an error while starting, with status 1.
    Fatal(String),
}

/// Letters that take a value.
const WITH_VALUE: &[u8] = b"cmWX";

/// Reads the arguments after the program's name; `variable` is the environment.
///
/// # Errors
/// What is wrong with them.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Command, Refusal> {
    let mut arguments = arguments.into_iter().peekable();
    let mut options = Options::default();
    let (mut warnings, mut n_version, mut help) = (Vec::new(), 0, None);
    let mut program = None;
    while program.is_none() {
        let Some(option) = arguments.next_if(|next| next.len() > 1 && next.as_bytes()[0] == b'-') else {
            break;
        };
        let bytes = option.as_bytes();
        if bytes.starts_with(b"--") {
            match &bytes[2..] {
                b"" => break,
                b"help" | b"help-all" => help = Some(Command::Help),
                b"help-env" => help = Some(Command::HelpEnvironment),
                b"help-xoptions" => help = Some(Command::HelpXOptions),
                b"version" => n_version += 1,
                b"wait-forever" => options.wait_forever = true,
                b"virtual-time" => options.virtual_time = true,
                b"seed" => {
                    let value = arguments.next().ok_or_else(|| missing("--seed"))?;
                    options.seed = Some(seed(value.as_bytes())?);
                }
                [b's', b'e', b'e', b'd', b'=', value @ ..] => options.seed = Some(seed(value)?),
                b"check-hash-based-pycs" => {
                    // Says when to trust bytecode files, of which there are none.
                    let value = arguments.next().ok_or_else(|| missing("--check-hash-based-pycs"))?;
                    if !matches!(value.as_bytes(), b"always" | b"never" | b"default") {
                        let choice = "must be one of 'default', 'always', or 'never'";
                        return Err(Refusal::Usage(format!("--check-hash-based-pycs {choice}")));
                    }
                }
                _ => return Err(Refusal::Usage(format!("Unknown option: {}", option.to_string_lossy()))),
            }
            continue;
        }
        let mut letters = &bytes[1..];
        while let Some((&letter, rest)) = letters.split_first() {
            letters = rest;
            let mut value = OsString::new();
            if WITH_VALUE.contains(&letter) {
                value = match rest {
                    b"" => arguments.next().ok_or_else(|| missing(&format!("-{}", letter as char)))?,
                    _ => OsString::from_vec(rest.to_vec()),
                };
                letters = b"";
            }
            let text = || value.to_string_lossy().into_owned();
            match letter {
                b'b' => options.bytes_warning += 1,
                b'B' => options.dont_write_bytecode = true,
                b'd' => options.debug += 1,
                b'E' => options.ignore_environment = true,
                b'i' => (options.inspect, options.interactive) = (true, true),
                b'I' => {
                    options.isolated = true;
                    (options.ignore_environment, options.no_user_site, options.safe_path) =
                        (true, true, true);
                }
                b'O' => options.optimize += 1,
                b'P' => options.safe_path = true,
                b'q' => options.quiet = true,
                b'R' => {}
                b's' => options.no_user_site = true,
                b'S' => options.no_site = true,
                b'u' => options.unbuffered = true,
                b'v' => options.verbose += 1,
                b'x' => options.skip_first_line = true,
                b'h' | b'?' => help = Some(Command::Help),
                b'V' => n_version += 1,
                b'W' => warnings.push(text()),
                b'X' => options.x_options.push(match text().split_once('=') {
                    Some((name, value)) => (name.to_string(), Some(value.to_string())),
                    None => (text(), None),
                }),
                b'c' => program = Some(Program::Code(value.clone())),
                b'm' => program = Some(Program::Module(text())),
                _ => return Err(Refusal::Usage(format!("Unknown option: -{}", letter as char))),
            }
        }
    }
    if let Some(help) = help {
        return Ok(help);
    }
    if n_version > 0 {
        return Ok(Command::Version { long: n_version > 1 });
    }
    environment::apply(&mut options, warnings, variable).map_err(Refusal::Fatal)?;
    let (program, first) = match program {
        Some(program @ Program::Code(_)) => (program, "-c".into()),
        Some(program) => (program, "-m".into()),
        None => match arguments.next() {
            None => (Program::Stdin, OsString::new()),
            Some(dash) if dash == "-" => (Program::Stdin, dash),
            Some(word) if word == "dis" => {
                let file = arguments.next().ok_or_else(|| Refusal::Usage("dis: which file?".to_string()))?;
                return Ok(Command::Disassemble(file));
            }
            Some(file) => (Program::File(file.clone()), file),
        },
    };
    let argv = std::iter::once(first).chain(arguments).collect();
    Ok(Command::Run(Run { program, argv, options }))
}

/// The value of `--seed`.
fn seed(value: &[u8]) -> Result<u64, Refusal> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(value).ok().filter(|_| is_number).and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        Refusal::Usage("--seed must be an integer in range [0; 18446744073709551615]".to_string())
    })
}

fn missing(option: &str) -> Refusal {
    Refusal::Usage(format!("Argument expected for the {option} option"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, Refusal> {
        parse(line.split_whitespace().map(OsString::from), |_| None)
    }

    fn run(line: &str) -> Run {
        match parsed(line).unwrap() {
            Command::Run(run) => run,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn what_follows_the_program_is_its_own() {
        let run = run("-uI a.py -u x");
        assert_eq!(run.program, Program::File("a.py".into()));
        assert_eq!(run.argv, ["a.py", "-u", "x"]);
        assert!(run.options.unbuffered && run.options.safe_path && run.options.ignore_environment);
    }

    #[test]
    fn values_may_follow_their_letter() {
        assert_eq!(run("-cpass y").argv, ["-c", "y"]);
        assert_eq!(run("-uc=1").program, Program::Code("=1".into()));
        assert_eq!(run("-Bmjson.tool -B").program, Program::Module("json.tool".into()));
        let options = run("-Werror -Xutf8 -X a=b=c -W ignore -OO x.py").options;
        assert_eq!(options.warn_options, ["error", "ignore"]);
        assert_eq!(options.x_options[1], ("a".to_string(), Some("b=c".to_string())));
        assert_eq!(options.optimize, 2);
    }

    #[test]
    fn refuses_in_the_words_of_cpython() {
        for (line, message) in [
            ("-c", "Argument expected for the -c option"),
            ("-uW", "Argument expected for the -W option"),
            ("-Z", "Unknown option: -Z"),
            ("--foo", "Unknown option: --foo"),
            ("--seed", "Argument expected for the --seed option"),
            ("--seed -1", "--seed must be an integer in range [0; 18446744073709551615]"),
            ("--seed=+1", "--seed must be an integer in range [0; 18446744073709551615]"),
            (
                "--seed 18446744073709551616 a.py",
                "--seed must be an integer in range [0; 18446744073709551615]",
            ),
        ] {
            assert_eq!(parsed(line).unwrap_err(), Refusal::Usage(message.to_string()), "{line}");
        }
        assert!(matches!(parsed("-X int_max_str_digits=5 -c 1"), Err(Refusal::Fatal(_))));
    }

    #[test]
    fn time_and_order_can_be_determined() {
        let options = run("--virtual-time --seed 18446744073709551615 -c 1 --seed x").options;
        assert!(options.virtual_time);
        assert_eq!(options.seed, Some(u64::MAX));
        assert_eq!(run("--seed=0 a.py").options.seed, Some(0));
        let options = run("a.py --virtual-time").options;
        assert!(!options.virtual_time && options.seed.is_none());
    }

    #[test]
    fn variables_count_unless_they_are_ignored() {
        let variable = |name: &str| (name == "PYTHONOPTIMIZE").then(|| "x".to_string());
        let level = |line: &str| match parse(line.split_whitespace().map(OsString::from), variable) {
            Ok(Command::Run(run)) => run.options.optimize,
            other => panic!("{other:?}"),
        };
        assert_eq!(level("a.py"), 1);
        assert_eq!(level("-OO a.py"), 2);
        assert_eq!(level("-E a.py"), 0);
    }

    #[test]
    fn a_dash_is_standard_input() {
        assert_eq!(run("- a").argv, ["-", "a"]);
        assert_eq!(run("").argv, [""]);
        assert_eq!(run("-- -c").program, Program::File("-c".into()));
    }
}
