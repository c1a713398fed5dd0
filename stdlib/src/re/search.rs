//! Finding where a pattern matches first: skips what cannot begin a match, then tries.

use memchr::{memchr, memchr2, memchr3};

use super::exec::{ExecError, Machine, Mode, next_boundary, scan_bytes};
use super::node::MAX_REPEAT;
use super::program::*;

impl<const WIDE: bool> Machine<'_, WIDE> {
    /// Tries every position from `from` on; `must_advance` refuses an empty match at `from` itself.
    pub fn search(&mut self, from: usize, must_advance: bool) -> Result<bool, ExecError> {
        let program = self.program;
        let mut position = from;
        let mut must_advance = must_advance;
        while let Some(candidate) = self.candidate(position)? {
            self.burn(1)?;
            let refuse_empty = must_advance && candidate == from;
            if self.run_at(candidate, Mode::Search, refuse_empty)? {
                return Ok(true);
            }
            must_advance = false;
            if candidate >= self.text.len() || matches!(program.start, Start::StringStart) {
                return Ok(false);
            }
            position = match program.leading_run {
                Some(one) if !refuse_empty => self.after_run(one, candidate),
                _ if WIDE => next_boundary(self.text, candidate),
                _ => candidate + 1,
            };
        }
        Ok(false)
    }

    /// The first position at or after `from` where a match may begin.
    #[inline]
    fn candidate(&mut self, from: usize) -> Result<Option<usize>, ExecError> {
        let program = self.program;
        let text = self.text;
        if from > text.len() {
            return Ok(None);
        }
        let rest = &text[from..];
        Ok(match &program.start {
            Start::Anywhere => Some(from),
            Start::StringStart => (from == 0).then_some(0),
            Start::LineStart if from == 0 || text[from - 1] == b'\n' => Some(from),
            Start::LineStart => memchr(b'\n', rest).map(|offset| from + offset + 1),
            Start::Literal(finder) => finder.find(rest).map(|offset| from + offset),
            Start::Bytes(bytes) => return self.byte_candidate(bytes, from),
            Start::Window { table, length } => find_window(table, *length, rest).map(|offset| from + offset),
        })
    }

    fn byte_candidate(&mut self, bytes: &[u8], from: usize) -> Result<Option<usize>, ExecError> {
        let text = self.text;
        let mut from = from;
        loop {
            let rest = &text[from..];
            let found = match *bytes {
                [a] => memchr(a, rest),
                [a, b] => memchr2(a, b, rest),
                [a, b, c] => memchr3(a, b, c, rest),
                _ => None,
            };
            let Some(offset) = found else { return Ok(None) };
            let at = from + offset;
            let Some((table, length)) = &self.program.window else { return Ok(Some(at)) };
            let Some(window) = text.get(at..at + *length as usize) else { return Ok(None) };
            let fits = |(position, &byte): (usize, &u8)| table[usize::from(byte)] >> position & 1 != 0;
            if window.iter().enumerate().all(fits) {
                return Ok(Some(at));
            }
            self.burn(1)?;
            from = at + 1;
        }
    }

    /// Where to try next after failing at `position`, inside a run of the leading loop.
    fn after_run(&self, one: u32, position: usize) -> usize {
        let one = &self.program.ones[one as usize];
        let set = &self.program.sets[one.set as usize];
        let text = self.text;
        debug_assert_eq!(one.max, MAX_REPEAT);
        let mut end = position;
        if !WIDE || one.bytewise {
            end = scan_bytes(one.scan, set, text, position, text.len());
        } else {
            while let Some(next) = super::exec::member_at::<WIDE>(set, text, end) {
                end = next;
            }
        }
        if end > position {
            end
        } else if WIDE {
            next_boundary(text, position)
        } else {
            position + 1
        }
    }
}

/// The first place where `length` bytes in a row may each stand at their place of the window: shift-and with one
/// look-up per byte.
fn find_window(table: &[u8; 256], length: u32, text: &[u8]) -> Option<usize> {
    if length == 1 {
        return text.iter().position(|&byte| table[usize::from(byte)] != 0);
    }
    let goal = 1_u8 << (length - 1);
    let mut state = 0_u8;
    let end = text.iter().position(|&byte| {
        state = (state << 1 | 1) & table[usize::from(byte)];
        state & goal != 0
    })?;
    Some(end + 1 - length as usize)
}
