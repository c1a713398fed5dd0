//! The command line.

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    Help,
    Version,
    /// `ouro dis FILE`.
    Disassemble(String),
    /// `-c CODE`.
    Code(String),
    File(String),
    /// `-`, or nothing while standard input is no terminal.
    Stdin,
}

/// A command line, understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    pub action: Action,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// `-u`.
    pub unbuffered: bool,
    /// `-I`, `-P`: nothing in front of `sys.path`.
    pub safe_path: bool,
}

pub const HELP: &str = "\
usage: ouro [option] ... [-c CODE | FILE | -] [argument] ...
       ouro dis FILE

Runs a Python program from FILE, from CODE or from standard input.

  -c CODE         run CODE; what follows are its arguments
  -I, -P          do not put the program's folder in front of sys.path
  -u              write standard output at once
  -B -E -q -s -S  accepted: bytecode files, PYTHON* variables, banner and site packages are not used anyway
  -h, --help      show this and end
  -V, --version   show the version and end

  dis FILE        list the bytecode of a program
";

/// # Errors
/// What is wrong, for standard error; the exit status is then 2.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.peekable();
    let (mut unbuffered, mut safe_path) = (false, false);
    let mut action = None;
    while action.is_none() {
        let is_option = arguments.peek().is_some_and(|next| next.starts_with('-') && next.len() > 1);
        if !is_option {
            break;
        }
        let option = arguments.next().unwrap_or_default();
        match option.as_str() {
            "--help" => action = Some(Action::Help),
            "--version" => action = Some(Action::Version),
            "--" => break,
            long if long.starts_with("--") => return Err(format!("unknown option {long}")),
            _ => {}
        }
        let mut letters =
            option.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or("").chars();
        while let Some(letter) = letters.next() {
            match letter {
                'B' | 'E' | 'q' | 's' | 'S' => {}
                'I' | 'P' => safe_path = true,
                'u' => unbuffered = true,
                'h' | '?' => action = Some(Action::Help),
                'V' => action = Some(Action::Version),
                'c' => {
                    let rest: String = letters.by_ref().collect();
                    let code = if rest.is_empty() { arguments.next() } else { Some(rest) };
                    action = Some(Action::Code(code.ok_or("Argument expected for the -c option")?));
                }
                'i' | 'm' | 'O' | 'W' | 'X' => return Err(format!("option -{letter} is not supported yet")),
                _ => return Err(format!("Unknown option: -{letter}")),
            }
        }
    }
    let mut argv = Vec::new();
    let action = match action {
        Some(action) => {
            argv.push(if matches!(action, Action::Code(_)) { "-c" } else { "" }.to_string());
            action
        }
        None => match arguments.next() {
            None => {
                argv.push(String::new());
                Action::Stdin
            }
            Some(dash) if dash == "-" => {
                argv.push(dash);
                Action::Stdin
            }
            Some(word) if word == "dis" => {
                argv.push(word);
                Action::Disassemble(arguments.next().ok_or("dis: which file?")?)
            }
            Some(file) => {
                argv.push(file.clone());
                Action::File(file)
            }
        },
    };
    argv.extend(arguments);
    Ok(Command { action, argv, unbuffered, safe_path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn what_follows_the_program_is_its_own() {
        let command = parsed("-uI a.py -u x").unwrap();
        assert_eq!(command.action, Action::File("a.py".to_string()));
        assert_eq!(command.argv, ["a.py", "-u", "x"]);
        assert!(command.unbuffered && command.safe_path);
    }

    #[test]
    fn code_may_follow_its_letter() {
        assert_eq!(parsed("-cpass y").unwrap().argv, ["-c", "y"]);
        assert_eq!(parsed("-uc pass").unwrap().action, Action::Code("pass".to_string()));
        assert!(parsed("-c").is_err());
        assert!(parsed("-O x.py").is_err());
    }
}
