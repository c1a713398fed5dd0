//! Colours of reports on a terminal: those of CPython's default theme.

use super::carets::{Row, char_width};
use crate::{PyResult, Value, Vm};

/// What is coloured.
#[derive(Clone, Copy, PartialEq)]
pub enum Part {
    Class,
    Message,
    /// File, line, function.
    Place,
    /// Under `~`.
    Range,
    /// Under `^`.
    Highlight,
}

/// Whether to colour.
#[derive(Clone, Copy)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    pub const PLAIN: Paint = Paint { is_on: false };

    /// For reports on a stream: what the user's variables say, else whether it is a terminal.
    pub fn for_stream(vm: &Vm, stream: &Value) -> Paint {
        let answer = || -> PyResult<bool> {
            let method = vm.get_attr_opt(stream, &vm.intern("isatty"))?;
            method.map_or(Ok(false), |method| vm.truth(&vm.call(&method, &[])?))
        };
        let is_terminal = || {
            answer().unwrap_or_else(|raised| {
                drop(vm.take_raised(raised));
                false
            })
        };
        let variable = |name: &str| match name {
            "PYTHON_COLORS" => vm.python_variable(name),
            _ => vm.host.variable(name).map(|value| String::from_utf8_lossy(&value).into_owned()),
        };
        Paint { is_on: wants_colours(is_terminal, variable) }
    }

    /// What goes before the part, and behind it.
    fn ends(self, part: Part) -> (&'static str, &'static str) {
        if !self.is_on {
            return ("", "");
        }
        let colour = match part {
            Part::Class => "\x1b[1;35m",
            Part::Message | Part::Place => "\x1b[35m",
            Part::Range => "\x1b[31m",
            Part::Highlight => "\x1b[1;31m",
        };
        (colour, "\x1b[0m")
    }

    /// Colours WTF-8 text.
    pub fn paint(self, part: Part, text: &[u8]) -> Vec<u8> {
        let (before, behind) = self.ends(part);
        [before.as_bytes(), text, behind.as_bytes()].concat()
    }

    pub fn text(self, part: Part, text: &str) -> String {
        let (before, behind) = self.ends(part);
        format!("{before}{text}{behind}")
    }

    /// Source with the markers under it: a line each, without its end. Both are coloured as the markers say.
    pub fn row(self, row: &Row) -> Vec<String> {
        let Some(marks) = &row.marks else { return vec![row.text.clone()] };
        if !self.is_on {
            return vec![row.text.clone(), marks.clone()];
        }
        let part = |mark: char| match mark {
            '~' => Some(Part::Range),
            '^' => Some(Part::Highlight),
            _ => None,
        };
        // Markers stand in columns of the terminal.
        let columns: Vec<char> = marks.chars().collect();
        let mut column = 0;
        let mut marked = |c| {
            let mark = columns.get(column).copied().unwrap_or(' ');
            column += char_width(c);
            (part(mark), c)
        };
        let source: Vec<_> = row.text.chars().map(&mut marked).collect();
        let marks: Vec<_> = columns.iter().map(|&mark| (part(mark), mark)).collect();
        [source, marks].iter().map(|line| self.groups(line)).collect()
    }

    fn groups(self, line: &[(Option<Part>, char)]) -> String {
        let mut out = String::new();
        for group in line.chunk_by(|(a, _), (b, _)| a == b) {
            let text: String = group.iter().map(|(_, c)| c).collect();
            match group[0].0 {
                Some(part) => out.push_str(&self.text(part, &text)),
                None => out.push_str(&text),
            }
        }
        out
    }
}

/// Whether to use colours, by the rules of CPython's `_colorize`.
pub fn wants_colours(is_terminal: impl FnOnce() -> bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    match variable("PYTHON_COLORS").as_deref() {
        Some("0") => return false,
        Some("1") => return true,
        _ => {}
    }
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    if is_set("NO_COLOR") {
        return false;
    }
    is_set("FORCE_COLOR") || variable("TERM").as_deref() != Some("dumb") && is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_decide_about_colours() {
        for (variables, is_terminal, want) in [
            (&[][..], true, true),
            (&[], false, false),
            (&[("TERM", "dumb")], true, false),
            (&[("NO_COLOR", "1")], true, false),
            (&[("NO_COLOR", ""), ("FORCE_COLOR", "1")], false, true),
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true, false),
            (&[("PYTHON_COLORS", "1"), ("NO_COLOR", "1")], false, true),
            (&[("PYTHON_COLORS", "0"), ("FORCE_COLOR", "1")], true, false),
        ] {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
            };
            assert_eq!(wants_colours(|| is_terminal, variable), want, "{variables:?} {is_terminal}");
        }
    }

    #[test]
    fn markers_and_what_is_above_them_have_one_colour() {
        let row = Row { text: "日 + x".into(), marks: Some("~~~^~~".into()) };
        let painted = Paint { is_on: true }.row(&row);
        assert_eq!(painted[0], "\x1b[31m日 \x1b[0m\x1b[1;31m+\x1b[0m\x1b[31m x\x1b[0m");
        assert_eq!(painted[1], "\x1b[31m~~~\x1b[0m\x1b[1;31m^\x1b[0m\x1b[31m~~\x1b[0m");
        assert_eq!(Paint::PLAIN.row(&row), ["日 + x", "~~~^~~"]);
    }
}
