//! Regular expressions with Python's syntax and meaning.
//!
//! `parse` makes a syntax tree, `compile` a program of it, `analyse` looks for shortcuts, `search` and `exec` run it
//! over the bytes of a str (WTF-8) or bytes object. Positions are byte offsets; the binding turns them into indices.
//! The matcher backtracks like CPython's, so alternatives are tried in the same order and groups end up the same,
//! but on a stack of its own, and it asks a hook whether to go on at regular intervals.
//!
//! LOCALE means the C locale. Follows CPython's `Lib/re` and `Modules/_sre`; nothing here knows a runtime value.

mod analyse;
pub mod binding;
mod charset;
mod compile;
mod error;
mod exec;
pub mod flags;
mod node;
mod parse;
mod program;
mod search;
mod template;
mod tokens;
pub mod unicode;

#[cfg(test)]
mod tests;

pub use error::{ErrorKind, PatternError, line_and_column};
pub use exec::{ExecError, Mode, Scratch};
pub use parse::NameLookup;
pub use template::{Piece, escape, parse_template};

use exec::Machine;
use program::{Program, UNSET};

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    program: Program,
    /// Whether it was made from a str.
    pub is_text: bool,
    /// The final flags, with what inline flags and the type of the pattern added.
    pub flags: u32,
    /// Names in the order of their groups, as code points.
    pub group_names: Vec<(Vec<u32>, u32)>,
    /// Texts of the FutureWarnings its source deserves.
    pub warnings: Vec<String>,
}

/// The text to match: a str as WTF-8, or bytes. `narrow` says that every byte is a code point.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    pub bytes: &'t [u8],
    pub narrow: bool,
}

impl Pattern {
    /// Compiles a pattern: WTF-8 if `is_text`, else bytes. `lookup_name` serves `\N{...}`.
    ///
    /// # Errors
    /// Whatever is wrong with the pattern or the flags.
    pub fn compile(
        source: &[u8],
        is_text: bool,
        flags: u32,
        lookup_name: NameLookup<'_>,
    ) -> Result<Pattern, PatternError> {
        let source = code_points(source, is_text);
        let parsed = parse::parse(&source, is_text, flags, lookup_name)?;
        let program = compile::compile(&parsed.body, is_text, parsed.flags, parsed.group_count)?;
        Ok(Pattern {
            program,
            is_text,
            flags: parsed.flags,
            group_names: parsed.group_names,
            warnings: parsed.warnings,
        })
    }

    /// The number of groups without group 0.
    pub fn groups(&self) -> u32 {
        self.program.group_count - 1
    }

    /// The number of the group with this name.
    pub fn group_number(&self, name: &[u32]) -> Option<u32> {
        self.group_names.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    /// Matches or searches from the byte offset `from`; the text ends where its slice ends, but look-behinds and
    /// anchors see what is before `from`. `must_advance` refuses an empty match at `from`. On success `scratch`
    /// holds the groups, see [`Scratch::group`] and [`Pattern::last_group`].
    ///
    /// # Errors
    /// The hook asked to stop, or too many choices would have to be remembered.
    pub fn exec(
        &self,
        text: Text<'_>,
        from: usize,
        mode: Mode,
        must_advance: bool,
        scratch: &mut Scratch,
        hook: &mut dyn FnMut() -> bool,
    ) -> Result<bool, ExecError> {
        if from > text.bytes.len() {
            return Ok(false);
        }
        if text.narrow {
            let mut machine: Machine<'_, false> = Machine::new(&self.program, text.bytes, scratch, hook);
            match mode {
                Mode::Search => machine.search(from, must_advance),
                _ => machine.run_at(from, mode, must_advance),
            }
        } else {
            let mut machine: Machine<'_, true> = Machine::new(&self.program, text.bytes, scratch, hook);
            match mode {
                Mode::Search => machine.search(from, must_advance),
                _ => machine.run_at(from, mode, must_advance),
            }
        }
    }

    /// After a success: the group closed last, `None` if none was.
    pub fn last_group(&self, scratch: &Scratch) -> Option<u32> {
        match scratch.slots[self.program.last_slot()] {
            UNSET => None,
            group => Some(group as u32),
        }
    }
}

impl Scratch {
    /// After a success: the byte range of a group, `None` if it did not take part.
    pub fn group(&self, group: u32) -> Option<(usize, usize)> {
        let at = group as usize * 2;
        let (from, to) = (self.slots[at], self.slots[at + 1]);
        (from != UNSET && to != UNSET).then_some((from, to))
    }
}

/// The code points of a pattern or template.
pub fn code_points(source: &[u8], is_text: bool) -> Vec<u32> {
    if is_text { unicode::decode_wtf8(source) } else { source.iter().map(|&byte| u32::from(byte)).collect() }
}
