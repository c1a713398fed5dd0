//! How an interpreter was asked to behave: what CPython takes from its command line and from `PYTHON*` variables.

use super::Vm;

/// The options; `Options::default()` is what a bare command line means.
#[derive(Clone, Debug)]
pub struct Options {
    /// `-d`; changes nothing, as in CPython's release builds.
    pub debug: u8,
    /// `-i`: prompts after the program, and if standard input is no terminal.
    pub inspect: bool,
    /// There is a prompt.
    pub interactive: bool,
    /// `-O`: 1 drops `assert` and `if __debug__`, 2 also docstrings.
    pub optimize: u8,
    /// `-B`; bytecode files are never written.
    pub dont_write_bytecode: bool,
    /// `-s`; there is no user site folder.
    pub no_user_site: bool,
    /// `-S`; there is no `site` to import.
    pub no_site: bool,
    /// `-E`: `PYTHON*` variables do not count.
    pub ignore_environment: bool,
    /// `-v`: imports are shown.
    pub verbose: u8,
    /// `-b`.
    pub bytes_warning: u8,
    /// `-q`: no banner.
    pub quiet: bool,
    /// `-I`.
    pub isolated: bool,
    /// `-P`: the folder of the program is not on `sys.path`.
    pub safe_path: bool,
    /// `-u`: standard output and error are written at once.
    pub unbuffered: bool,
    /// `-x`: the first line of the program is skipped.
    pub skip_first_line: bool,
    /// `--wait-forever`: a loop with nothing to wait for waits all the same.
    pub wait_forever: bool,
    /// `--virtual-time`: clocks jump to the next deadline instead of waiting for it, see `host/virtual_time.rs`.
    pub virtual_time: bool,
    /// `--seed`: ready callbacks run in an order drawn with this, and `random` begins with it.
    pub seed: Option<u64>,
    /// `-X dev`.
    pub dev_mode: bool,
    /// `-X utf8`; text is UTF-8 in either case.
    pub utf8_mode: bool,
    /// `-X warn_default_encoding`.
    pub warn_default_encoding: bool,
    /// `-X importtime`: imports are timed on standard error; 2 shows repeated ones as well.
    pub import_time: u8,
    /// `-X int_max_str_digits`.
    pub int_max_str_digits: usize,
    /// `sys.warnoptions`.
    pub warn_options: Vec<String>,
    /// `sys._xoptions`; without a value it is True.
    pub x_options: Vec<(String, Option<String>)>,
}

/// CPython's default limit of digits between `int` and `str`.
pub const INT_MAX_STR_DIGITS: usize = 4300;

impl Default for Options {
    fn default() -> Options {
        Options {
            debug: 0,
            inspect: false,
            interactive: false,
            optimize: 0,
            dont_write_bytecode: false,
            no_user_site: false,
            no_site: false,
            ignore_environment: false,
            verbose: 0,
            bytes_warning: 0,
            quiet: false,
            isolated: false,
            safe_path: false,
            unbuffered: false,
            skip_first_line: false,
            wait_forever: false,
            virtual_time: false,
            seed: None,
            dev_mode: false,
            utf8_mode: true,
            warn_default_encoding: false,
            import_time: 0,
            int_max_str_digits: INT_MAX_STR_DIGITS,
            warn_options: Vec::new(),
            x_options: Vec::new(),
        }
    }
}

impl Vm {
    /// A `PYTHON*` variable that is set and not empty, unless such variables do not count.
    pub fn python_variable(&self, name: &str) -> Option<String> {
        if self.options.ignore_environment {
            return None;
        }
        let value = self.host.variable(name).filter(|value| !value.is_empty())?;
        Some(String::from_utf8_lossy(&value).into_owned())
    }
}
