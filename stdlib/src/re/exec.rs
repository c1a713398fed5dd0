//! The matcher: runs a program at one position, with its choices on a stack of its own.
//!
//! `WIDE` text is WTF-8 with code points of several bytes; otherwise every byte is a code point, which holds for
//! bytes and for ASCII text. Each choice taken and each retreat costs one unit of fuel; when it is used up the
//! caller's hook decides whether to go on, so a hopeless pattern can be interrupted.

use memchr::{memchr, memchr2, memchr3, memrchr};

use super::charset::{Charset, Kind};
use super::node::{Greed, MAX_REPEAT};
use super::program::*;
use super::unicode::{decode_at, previous_boundary};

/// Fuel between two calls of the hook.
const FUEL: u32 = 1 << 16;
/// Runs shorter than this are not worth counting.
const LONG_RUN: usize = 256;
/// Entries the backtrack stack may hold (24 bytes each).
const MAX_STACK: usize = 1 << 26;
/// A stack that grew beyond this is given back after the match.
const KEPT_STACK: usize = 1 << 14;

/// Why matching stopped without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecError {
    /// The hook said so.
    Interrupted,
    /// The choices to remember would need too much memory.
    OutOfMemory,
}

/// What makes a match whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// At the given position.
    Match,
    /// At the first position where it succeeds.
    Search,
    /// At the given position and up to the end.
    FullMatch,
}

/// One thing to do when a way has failed.
#[derive(Clone, Copy, Debug)]
enum Job {
    /// Go on elsewhere.
    Branch { inst: u32, position: usize },
    /// Give back some of what a greedy set loop took.
    Greedy { inst: u32, least: usize, position: usize },
    /// Let a lazy set loop take more.
    Lazy { inst: u32, left: u32, position: usize },
    /// Put a slot back.
    Restore { slot: u32, value: usize },
    /// Put two neighbouring slots back.
    RestorePair { slot: u32, values: [usize; 2] },
    /// Put the end of a group and the last group closed back.
    Close { slot: u32, end: usize, last: usize },
}

impl Job {
    fn is_choice(&self) -> bool {
        matches!(self, Job::Branch { .. } | Job::Greedy { .. } | Job::Lazy { .. })
    }
}

/// The working memory of a matcher, reusable for the next match.
#[derive(Debug, Default)]
pub struct Scratch {
    stack: Vec<Job>,
    /// After a success: the positions of the groups, then the last group closed.
    pub slots: Vec<usize>,
}

/// A program about to run over a text.
pub struct Machine<'a, const WIDE: bool> {
    pub program: &'a Program,
    pub text: &'a [u8],
    pub scratch: &'a mut Scratch,
    pub hook: &'a mut dyn FnMut() -> bool,
    fuel: u32,
}

type Exec<T> = Result<T, ExecError>;

impl<'a, const WIDE: bool> Machine<'a, WIDE> {
    pub fn new(
        program: &'a Program,
        text: &'a [u8],
        scratch: &'a mut Scratch,
        hook: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        Machine { program, text, scratch, hook, fuel: FUEL }
    }

    /// Tries at one position. `must_advance` refuses an empty match. On success the slots are filled.
    pub fn run_at(&mut self, start: usize, mode: Mode, must_advance: bool) -> Exec<bool> {
        let groups = self.program.group_count as usize * 2;
        let slots = &mut self.scratch.slots;
        slots.resize(self.program.slot_count as usize, UNSET);
        slots[..=groups].fill(UNSET);
        self.scratch.stack.clear();
        let end = self.run(start, mode, must_advance)?;
        if self.scratch.stack.capacity() > KEPT_STACK {
            self.scratch.stack = Vec::new();
        }
        if let Some(end) = end {
            self.scratch.slots[0] = start;
            self.scratch.slots[1] = end;
        }
        Ok(end.is_some())
    }

    /// Uses fuel; the hook runs when it is empty.
    #[inline(always)]
    pub fn burn(&mut self, amount: u32) -> Exec<()> {
        match self.fuel.checked_sub(amount) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => self.refuel(),
        }
    }

    #[cold]
    #[inline(never)]
    fn refuel(&mut self) -> Exec<()> {
        self.fuel = FUEL;
        if self.scratch.stack.len() > MAX_STACK {
            return Err(ExecError::OutOfMemory);
        }
        if (self.hook)() { Ok(()) } else { Err(ExecError::Interrupted) }
    }

    #[inline(always)]
    fn push(&mut self, job: Job) {
        self.scratch.stack.push(job);
    }

    /// Sets a slot. Nothing needs to be remembered while no choice is open.
    #[inline(always)]
    fn set_slot(&mut self, slot: u32, value: usize) {
        let old = std::mem::replace(&mut self.scratch.slots[slot as usize], value);
        if !self.scratch.stack.is_empty() {
            self.push(Job::Restore { slot, value: old });
        }
    }

    #[inline(always)]
    fn set_pair(&mut self, slot: u32, values: [usize; 2]) {
        let at = slot as usize;
        let old = [self.scratch.slots[at], self.scratch.slots[at + 1]];
        if !self.scratch.stack.is_empty() {
            self.push(Job::RestorePair { slot, values: old });
        }
        self.scratch.slots[at] = values[0];
        self.scratch.slots[at + 1] = values[1];
    }

    /// Runs from the first instruction; the end of the match, or `None`.
    fn run(&mut self, start: usize, mode: Mode, must_advance: bool) -> Exec<Option<usize>> {
        let program = self.program;
        let text = self.text;
        let code = program.code.as_slice();
        let mut pc = 0_usize;
        let mut position = start;
        loop {
            // Breaking out of the inner loop is failing.
            loop {
                match code[pc] {
                    Inst::Byte(byte) => {
                        if text.get(position) != Some(&byte) {
                            break;
                        }
                        position += 1;
                        pc += 1;
                    }
                    Inst::Literal(literal) => {
                        let literal = &program.literals[literal as usize];
                        if !text[position..].starts_with(literal) {
                            break;
                        }
                        position += literal.len();
                        pc += 1;
                    }
                    Inst::Set(set) => {
                        let Some(&byte) = text.get(position) else { break };
                        let set = &program.sets[set as usize];
                        if !WIDE || byte < 0x80 {
                            if !set.table[usize::from(byte)] {
                                break;
                            }
                            position += 1;
                        } else {
                            let (c, next) = decode_at(text, position);
                            if !set.contains_high(c) {
                                break;
                            }
                            position = next;
                        }
                        pc += 1;
                    }
                    Inst::Split { first, second, table } => {
                        let ways = if table == NO_TABLE {
                            3
                        } else {
                            program.tables[table as usize]
                                [text.get(position).map_or(256, |&byte| usize::from(byte))]
                        };
                        match ways {
                            0 => break,
                            1 => pc = first as usize,
                            2 => pc = second as usize,
                            _ => {
                                self.burn(1)?;
                                self.push(Job::Branch { inst: second, position });
                                pc = first as usize;
                            }
                        }
                    }
                    Inst::Jump(target) => pc = target as usize,
                    Inst::Open(group) => {
                        self.set_slot(group * 2, position);
                        pc += 1;
                    }
                    Inst::Close(group) => {
                        self.close(group, position);
                        pc += 1;
                    }
                    Inst::One(one) => match self.one(one, pc, position)? {
                        Some(next) => {
                            position = next;
                            pc += 1;
                        }
                        None => break,
                    },
                    Inst::Accept => {
                        let refused = (mode == Mode::FullMatch && position != text.len())
                            || (must_advance && position == start);
                        if refused {
                            break;
                        }
                        return Ok(Some(position));
                    }
                    Inst::Fail => break,
                    Inst::Assert(assertion) => {
                        if !self.holds(assertion, position) {
                            break;
                        }
                        pc += 1;
                    }
                    Inst::LoopInit(register) => {
                        self.set_pair(register, [0, UNSET]);
                        pc += 1;
                    }
                    Inst::LoopHead(head) => match self.loop_head(head, position)? {
                        Some(next) => pc = next,
                        None => break,
                    },
                    Inst::LoopAgain(register) => {
                        let count = self.scratch.slots[register as usize];
                        self.set_pair(register, [count + 1, position]);
                        pc += 1;
                    }
                    Inst::AtomicBegin(register) => {
                        self.note_height(register);
                        pc += 1;
                    }
                    Inst::AtomicEnd(register) => {
                        self.cut(register);
                        pc += 1;
                    }
                    Inst::LookBegin(register) => {
                        self.set_slot(register + 1, position);
                        self.note_height(register);
                        pc += 1;
                    }
                    Inst::LookEnd(register) => {
                        self.cut(register);
                        position = self.scratch.slots[register as usize + 1];
                        pc += 1;
                    }
                    Inst::NegativeBegin { register, next } => {
                        self.burn(1)?;
                        self.note_height(register);
                        self.push(Job::Branch { inst: next, position });
                        pc += 1;
                    }
                    Inst::NegativeEnd(register) => {
                        self.unwind(self.scratch.slots[register as usize]);
                        break;
                    }
                    Inst::Back(count) => match self.back(position, count) {
                        Some(before) => {
                            position = before;
                            pc += 1;
                        }
                        None => break,
                    },
                    Inst::PeekSet { set, negated } => {
                        if self.peek(set, position) == negated {
                            break;
                        }
                        pc += 1;
                    }
                    Inst::BehindSet { set, negated } => {
                        let found = self.back(position, 1).is_some_and(|before| self.peek(set, before));
                        if found == negated {
                            break;
                        }
                        pc += 1;
                    }
                    Inst::BehindLiteral { literal, negated } => {
                        if text[..position].ends_with(&program.literals[literal as usize]) == negated {
                            break;
                        }
                        pc += 1;
                    }
                    Inst::Backreference(group) => {
                        let Some((from, to)) = self.group(group) else { break };
                        self.burn(cost(to - from, 5))?;
                        if !text[position..].starts_with(&text[from..to]) {
                            break;
                        }
                        position += to - from;
                        pc += 1;
                    }
                    Inst::BackreferenceFold { group, kind } => {
                        match self.folded_again(group, kind, position)? {
                            Some(next) => {
                                position = next;
                                pc += 1;
                            }
                            None => break,
                        }
                    }
                    Inst::IfGroup { group, no } => {
                        pc = if self.group(group).is_some() { pc + 1 } else { no as usize };
                    }
                }
            }
            match self.retreat()? {
                Some((inst, at)) => {
                    pc = inst;
                    position = at;
                }
                None => return Ok(None),
            }
        }
    }

    #[inline(always)]
    fn close(&mut self, group: u32, position: usize) {
        let last_slot = self.program.last_slot();
        let slot = group * 2 + 1;
        let slots = &mut self.scratch.slots;
        let end = std::mem::replace(&mut slots[slot as usize], position);
        let last = std::mem::replace(&mut slots[last_slot], group as usize);
        if !self.scratch.stack.is_empty() {
            self.push(Job::Close { slot, end, last });
        }
    }

    /// Undoes and drops entries until one says how to go on.
    fn retreat(&mut self) -> Exec<Option<(usize, usize)>> {
        let last_slot = self.program.last_slot();
        loop {
            let Some(job) = self.scratch.stack.pop() else { return Ok(None) };
            let slots = &mut self.scratch.slots;
            match job {
                Job::Branch { inst, position } => return Ok(Some((inst as usize, position))),
                Job::Restore { slot, value } => slots[slot as usize] = value,
                Job::RestorePair { slot, values } => {
                    slots[slot as usize] = values[0];
                    slots[slot as usize + 1] = values[1];
                }
                Job::Close { slot, end, last } => {
                    slots[slot as usize] = end;
                    slots[last_slot] = last;
                }
                Job::Greedy { inst, least, position } => {
                    if let Some(next) = self.give_back(inst, least, position)? {
                        return Ok(Some((inst as usize + 1, next)));
                    }
                }
                Job::Lazy { inst, left, position } => {
                    if let Some(next) = self.take_more(inst, left, position)? {
                        return Ok(Some((inst as usize + 1, next)));
                    }
                }
            }
        }
    }

    /// Undoes everything above a height of the stack, taking no choice.
    fn unwind(&mut self, height: usize) {
        let last_slot = self.program.last_slot();
        while self.scratch.stack.len() > height {
            let slots = &mut self.scratch.slots;
            match self.scratch.stack.pop() {
                Some(Job::Restore { slot, value }) => slots[slot as usize] = value,
                Some(Job::RestorePair { slot, values }) => {
                    slots[slot as usize] = values[0];
                    slots[slot as usize + 1] = values[1];
                }
                Some(Job::Close { slot, end, last }) => {
                    slots[slot as usize] = end;
                    slots[last_slot] = last;
                }
                _ => {}
            }
        }
    }

    /// Stores the height of the stack, the entry that restores the register included.
    fn note_height(&mut self, register: u32) {
        let slot = register as usize;
        let old = self.scratch.slots[slot];
        if !self.scratch.stack.is_empty() {
            self.push(Job::Restore { slot: register, value: old });
        }
        self.scratch.slots[slot] = self.scratch.stack.len();
    }

    /// Drops the choices above the noted height; what restores slots stays.
    fn cut(&mut self, register: u32) {
        let height = self.scratch.slots[register as usize];
        let stack = &mut self.scratch.stack;
        if height == 0 {
            // Without an older choice, failing ends this try and needs nothing restored.
            stack.clear();
            return;
        }
        let mut kept = height;
        for index in height..stack.len() {
            if !stack[index].is_choice() {
                stack[kept] = stack[index];
                kept += 1;
            }
        }
        stack.truncate(kept);
    }

    #[inline]
    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let at = group as usize * 2;
        let (from, to) = (self.scratch.slots[at], self.scratch.slots[at + 1]);
        (from != UNSET && to != UNSET && from <= to).then_some((from, to))
    }

    #[inline]
    fn peek(&self, set: u32, position: usize) -> bool {
        let Some(&byte) = self.text.get(position) else { return false };
        let set = &self.program.sets[set as usize];
        if !WIDE || byte < 0x80 {
            set.table[usize::from(byte)]
        } else {
            set.contains_high(decode_at(self.text, position).0)
        }
    }

    fn back(&self, position: usize, count: u32) -> Option<usize> {
        if !WIDE {
            return position.checked_sub(count as usize);
        }
        let mut position = position;
        for _ in 0..count {
            if position == 0 {
                return None;
            }
            position = previous_boundary(self.text, position);
        }
        Some(position)
    }

    fn is_word_at(&self, kind: Kind, position: usize) -> bool {
        let Some(&byte) = self.text.get(position) else { return false };
        if !WIDE || byte < 0x80 {
            return match &self.program.words[kind as usize] {
                Some(words) => words.table[usize::from(byte)],
                None => kind.is_word(u32::from(byte)),
            };
        }
        kind.is_word(decode_at(self.text, position).0)
    }

    #[inline]
    fn holds(&self, assertion: Assertion, position: usize) -> bool {
        let text = self.text;
        let boundary = |kind| {
            let before = self.back(position, 1).is_some_and(|before| self.is_word_at(kind, before));
            before != self.is_word_at(kind, position)
        };
        match assertion {
            Assertion::StringStart => position == 0,
            Assertion::StringEnd => position == text.len(),
            Assertion::End => {
                position == text.len() || (position + 1 == text.len() && text[position] == b'\n')
            }
            Assertion::LineStart => position == 0 || text[position - 1] == b'\n',
            Assertion::LineEnd => text.get(position).is_none_or(|&byte| byte == b'\n'),
            Assertion::Boundary(kind) => boundary(kind),
            Assertion::NonBoundary(kind) => !boundary(kind),
        }
    }

    fn folded_again(&mut self, group: u32, kind: Kind, position: usize) -> Exec<Option<usize>> {
        let Some((mut from, to)) = self.group(group) else { return Ok(None) };
        self.burn(cost(to - from, 3))?;
        let text = self.text;
        let mut position = position;
        while from < to {
            if position >= text.len() {
                return Ok(None);
            }
            let ((a, a_next), (b, b_next)) = if WIDE {
                (decode_at(text, from), decode_at(text, position))
            } else {
                ((u32::from(text[from]), from + 1), (u32::from(text[position]), position + 1))
            };
            if a != b && kind.lower(a) != kind.lower(b) {
                return Ok(None);
            }
            from = a_next;
            position = b_next;
        }
        Ok(Some(position))
    }

    /// At the head of a loop: where to go on, with what is left to try on the stack.
    fn loop_head(&mut self, index: u32, position: usize) -> Exec<Option<usize>> {
        let Loop { register, min, max, lazy, body, exit } = self.program.loops[index as usize];
        let slot = register as usize;
        let (count, last) = (self.scratch.slots[slot], self.scratch.slots[slot + 1]);
        if count < min as usize {
            self.burn(1)?;
            self.set_slot(register, count + 1);
            return Ok(Some(body as usize));
        }
        // An iteration that consumed nothing must not be followed by another.
        let again = (max == MAX_REPEAT || count < max as usize) && last != position;
        if !again {
            return Ok(Some(exit as usize));
        }
        self.burn(1)?;
        if lazy {
            // `LoopAgain` stands before the body.
            self.push(Job::Branch { inst: body - 1, position });
            return Ok(Some(exit as usize));
        }
        self.push(Job::Branch { inst: exit, position });
        self.set_pair(register, [count + 1, position]);
        Ok(Some(body as usize))
    }

    /// Runs a set loop at a position: where to go on.
    #[inline]
    fn one(&mut self, index: u32, pc: usize, position: usize) -> Exec<Option<usize>> {
        let program = self.program;
        let one = &program.ones[index as usize];
        if one.greed == Greed::Lazy {
            let Some(least) = self.take_exactly(one, position) else { return Ok(None) };
            let left = if one.max == MAX_REPEAT { MAX_REPEAT } else { one.max - one.min };
            if left == 0 || one.follow.allows(self.text, least) {
                self.burn(1)?;
                if left > 0 {
                    self.push(Job::Lazy { inst: pc as u32, left, position: least });
                }
                return Ok(Some(least));
            }
            return self.take_more(pc as u32, left, least);
        }
        let Some((least, end)) = self.scan(one, position) else { return Ok(None) };
        if end - position >= LONG_RUN {
            self.burn(cost(end - position, 5))?;
        }
        if one.greed == Greed::Possessive || least == end {
            return Ok(Some(end));
        }
        if !one.follow.allows(self.text, end) {
            return self.give_back(pc as u32, least, end);
        }
        self.burn(1)?;
        self.push(Job::Greedy { inst: pc as u32, least, position: end });
        Ok(Some(end))
    }

    /// The end of the least and of the longest run the loop can take.
    #[inline]
    fn scan(&mut self, one: &One, position: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let set = &self.program.sets[one.set as usize];
        if !WIDE {
            let limit = if one.max == MAX_REPEAT {
                text.len()
            } else {
                text.len().min(position.saturating_add(one.max as usize))
            };
            let end = scan_bytes(one.scan, set, text, position, limit);
            let least = position + one.min as usize;
            return (least <= end).then_some((least, end));
        }
        if one.bytewise && one.max == MAX_REPEAT && one.min <= 1 {
            let end = scan_bytes(one.scan, set, text, position, text.len());
            if one.min == 0 {
                return Some((position, end));
            }
            return (end > position).then(|| (next_boundary(text, position), end));
        }
        let least = self.take_exactly(one, position)?;
        let mut end = least;
        let mut left = if one.max == MAX_REPEAT { usize::MAX } else { (one.max - one.min) as usize };
        while left > 0 {
            let Some(next) = member_at::<WIDE>(set, text, end) else { break };
            end = next;
            left -= 1;
        }
        Some((least, end))
    }

    /// The end of the loop's least number of members.
    fn take_exactly(&mut self, one: &One, position: usize) -> Option<usize> {
        let set = &self.program.sets[one.set as usize];
        let mut position = position;
        for _ in 0..one.min {
            position = member_at::<WIDE>(set, self.text, position)?;
        }
        Some(position)
    }

    /// A shorter run of a greedy loop after which it can go on.
    fn give_back(&mut self, inst: u32, least: usize, position: usize) -> Exec<Option<usize>> {
        let Inst::One(index) = self.program.code[inst as usize] else { return Ok(None) };
        let one = &self.program.ones[index as usize];
        let text = self.text;
        let found = match &one.follow {
            Follow::Byte(byte) => memrchr(*byte, &text[least..position]).map(|offset| least + offset),
            Follow::Unknown => (position > least).then(|| before::<WIDE>(text, position)),
            Follow::Set(_) => {
                let mut at = position;
                loop {
                    if at <= least {
                        break None;
                    }
                    at = before::<WIDE>(text, at);
                    if one.follow.allows(text, at) {
                        break Some(at);
                    }
                }
            }
        };
        let Some(found) = found else {
            self.burn(1 + cost(position - least, 5))?;
            return Ok(None);
        };
        self.burn(1 + cost(position - found, 5))?;
        if found > least {
            self.push(Job::Greedy { inst, least, position: found });
        }
        Ok(Some(found))
    }

    /// A longer run of a lazy loop after which it can go on.
    fn take_more(&mut self, inst: u32, left: u32, position: usize) -> Exec<Option<usize>> {
        let Inst::One(index) = self.program.code[inst as usize] else { return Ok(None) };
        let one = &self.program.ones[index as usize];
        let set = &self.program.sets[one.set as usize];
        let text = self.text;
        let (mut at, mut left) = (position, left);
        let found = loop {
            if left == 0 {
                break None;
            }
            let Some(next) = member_at::<WIDE>(set, text, at) else { break None };
            at = next;
            if left != MAX_REPEAT {
                left -= 1;
            }
            if one.follow.allows(text, at) {
                break Some(at);
            }
        };
        self.burn(1 + cost(at - position, 4))?;
        if found.is_some() && left > 0 {
            self.push(Job::Lazy { inst, left, position: at });
        }
        Ok(found)
    }
}

/// The fuel for going over so many bytes.
fn cost(bytes: usize, shift: u32) -> u32 {
    u32::try_from(bytes >> shift).unwrap_or(u32::MAX)
}

/// The position after a member of the set at `position`.
#[inline(always)]
pub fn member_at<const WIDE: bool>(set: &Charset, text: &[u8], position: usize) -> Option<usize> {
    let &byte = text.get(position)?;
    if !WIDE || byte < 0x80 {
        return set.table[usize::from(byte)].then_some(position + 1);
    }
    let (c, next) = decode_at(text, position);
    set.contains_high(c).then_some(next)
}

#[inline(always)]
fn before<const WIDE: bool>(text: &[u8], position: usize) -> usize {
    if WIDE { previous_boundary(text, position) } else { position - 1 }
}

#[inline(always)]
pub fn next_boundary(text: &[u8], position: usize) -> usize {
    position
        + match text[position] {
            0..0xc0 => 1,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        }
}

/// The end of the run of bytes in the set that begins at `position`.
#[inline]
pub fn scan_bytes(scan: Scan, set: &Charset, text: &[u8], position: usize, limit: usize) -> usize {
    let run = &text[position..limit];
    let length = match scan {
        Scan::Everything => None,
        Scan::Until1(a) => memchr(a, run),
        Scan::Until2(a, b) => memchr2(a, b, run),
        Scan::Until3(a, b, c) => memchr3(a, b, c, run),
        Scan::Table => run.iter().position(|&byte| !set.table[usize::from(byte)]),
    };
    position + length.unwrap_or(run.len())
}
