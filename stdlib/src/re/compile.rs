//! Syntax tree to program.

use std::collections::HashMap;

use super::charset::{Charset, Kind};
use super::error::{ErrorKind, PatternError};
use super::flags::*;
use super::node::*;
use super::program::*;
use super::unicode::push_wtf8;

/// The greatest distance a look-behind can step back.
const MAX_LOOK_BEHIND: u128 = u32::MAX as u128;

/// Compiles a parsed body. `group_count` includes group 0.
///
/// # Errors
/// Look-behinds whose width varies.
pub fn compile(
    body: &Sequence,
    is_text: bool,
    flags: u32,
    group_count: usize,
) -> Result<Program, PatternError> {
    let mut compiler = Compiler {
        is_text,
        program: Program {
            code: Vec::new(),
            sets: Vec::new(),
            literals: Vec::new(),
            ones: Vec::new(),
            loops: Vec::new(),
            tables: Vec::new(),
            group_count: group_count as u32,
            slot_count: group_count as u32 * 2 + 1,
            start: Start::Anywhere,
            window: None,
            leading_run: None,
            words: [None, None, None],
        },
        known_sets: HashMap::new(),
        pending: Vec::new(),
    };
    compiler.sequence(body, flags)?;
    compiler.emit(Inst::Accept);
    let mut program = compiler.program;
    super::analyse::finish(&mut program);
    Ok(program)
}

type Compile = Result<(), PatternError>;
/// What makes a set: negated, its items, and the flags that change its meaning.
type SetKey = (bool, Vec<SetItem>, u32);

struct Compiler {
    is_text: bool,
    program: Program,
    known_sets: HashMap<SetKey, u32>,
    /// Literal bytes not yet emitted, so that neighbours become one instruction.
    pending: Vec<u8>,
}

impl Compiler {
    fn here(&mut self) -> u32 {
        self.flush();
        self.program.code.len() as u32
    }

    fn emit(&mut self, inst: Inst) -> usize {
        self.flush();
        self.program.code.push(inst);
        self.program.code.len() - 1
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let inst = match bytes.as_slice() {
            &[byte] => Inst::Byte(byte),
            _ => Inst::Literal(self.literal_index(bytes)),
        };
        self.program.code.push(inst);
    }

    fn literal_index(&mut self, bytes: Vec<u8>) -> u32 {
        self.program.literals.push(bytes.into_boxed_slice());
        self.program.literals.len() as u32 - 1
    }

    fn register(&mut self, count: u32) -> u32 {
        self.program.slot_count += count;
        self.program.slot_count - count
    }

    fn push_literal(&self, out: &mut Vec<u8>, c: u32) {
        if self.is_text { push_wtf8(out, c) } else { out.push(c as u8) }
    }

    fn sequence(&mut self, sequence: &Sequence, flags: u32) -> Compile {
        sequence.nodes.iter().try_for_each(|node| self.node(node, flags))
    }

    fn node(&mut self, node: &Node, flags: u32) -> Compile {
        match node {
            Node::Literal(c) if !self.folds(*c, flags) => {
                let mut pending = std::mem::take(&mut self.pending);
                self.push_literal(&mut pending, *c);
                self.pending = pending;
            }
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set { .. } => {
                let set = self.unit_set(node, flags);
                self.emit(Inst::Set(set));
            }
            Node::Branch(items) => self.branch(items, flags)?,
            Node::Repeat { greed, min, max, body } => self.repeat(*greed, *min, *max, body, flags)?,
            Node::Group { number, add_flags, del_flags, body } => {
                let flags = combine(flags, *add_flags, *del_flags);
                if let Some(number) = number {
                    self.emit(Inst::Open(*number));
                    self.sequence(body, flags)?;
                    self.emit(Inst::Close(*number));
                } else {
                    self.sequence(body, flags)?;
                }
            }
            Node::Atomic(body) => {
                let register = self.register(1);
                self.emit(Inst::AtomicBegin(register));
                self.sequence(body, flags)?;
                self.emit(Inst::AtomicEnd(register));
            }
            Node::Look { behind, negated, body } => self.look(*behind, *negated, body, flags)?,
            Node::Anchor(anchor) => {
                let assertion = self.assertion(*anchor, flags);
                self.emit(Inst::Assert(assertion));
            }
            Node::Backreference(group) => {
                let kind = Kind::new(self.is_text, flags);
                self.emit(if flags & IGNORECASE == 0 {
                    Inst::Backreference(*group)
                } else {
                    Inst::BackreferenceFold { group: *group, kind }
                });
            }
            Node::Conditional { group, yes, no } => {
                let test = self.emit(Inst::Fail);
                self.sequence(yes, flags)?;
                let skip = no.as_ref().map(|_| self.emit(Inst::Fail));
                let no_start = self.here();
                if let (Some(no), Some(skip)) = (no, skip) {
                    self.sequence(no, flags)?;
                    let end = self.here();
                    self.program.code[skip] = Inst::Jump(end);
                }
                self.program.code[test] = Inst::IfGroup { group: *group, no: no_start };
            }
            Node::Failure => {
                self.emit(Inst::Fail);
            }
        }
        Ok(())
    }

    /// Whether a literal has to be compared without regard to case.
    fn folds(&self, c: u32, flags: u32) -> bool {
        flags & IGNORECASE != 0 && Kind::new(self.is_text, flags).is_cased(c)
    }

    fn assertion(&mut self, anchor: Anchor, flags: u32) -> Assertion {
        let multiline = flags & MULTILINE != 0;
        let kind = Kind::new(self.is_text, flags);
        match anchor {
            Anchor::Beginning if multiline => Assertion::LineStart,
            Anchor::Beginning | Anchor::StringStart => Assertion::StringStart,
            Anchor::End if multiline => Assertion::LineEnd,
            Anchor::End => Assertion::End,
            Anchor::StringEnd => Assertion::StringEnd,
            Anchor::Boundary | Anchor::NonBoundary => {
                let is_text = self.is_text;
                self.program.words[kind as usize].get_or_insert_with(|| {
                    let word = SetItem::Category(Category { class: Class::Word, negated: false });
                    Box::new(Charset::new(is_text, false, &[word], flags & !IGNORECASE))
                });
                if anchor == Anchor::Boundary {
                    Assertion::Boundary(kind)
                } else {
                    Assertion::NonBoundary(kind)
                }
            }
        }
    }

    /// The set of a node that matches one code point.
    fn unit_set(&mut self, node: &Node, flags: u32) -> u32 {
        let (negated, items) = match node {
            Node::Literal(c) => (false, vec![SetItem::Literal(*c)]),
            Node::NotLiteral(c) => (true, vec![SetItem::Literal(*c)]),
            Node::Set { negated, items } => (*negated, items.clone()),
            _ if flags & DOTALL != 0 => (true, Vec::new()),
            _ => (true, vec![SetItem::Literal(u32::from(b'\n'))]),
        };
        let flags = flags & (IGNORECASE | TYPE_FLAGS);
        let key = (negated, items, flags);
        if let Some(&set) = self.known_sets.get(&key) {
            return set;
        }
        let charset = if matches!(node, Node::Any) {
            Charset::any(self.is_text, key.1.is_empty())
        } else {
            Charset::new(self.is_text, negated, &key.1, flags)
        };
        self.program.sets.push(charset);
        let set = self.program.sets.len() as u32 - 1;
        self.known_sets.insert(key, set);
        set
    }

    fn branch(&mut self, items: &[Sequence], flags: u32) -> Compile {
        let mut jumps = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index + 1 == items.len() {
                self.sequence(item, flags)?;
                break;
            }
            let split = self.emit(Inst::Fail);
            self.sequence(item, flags)?;
            jumps.push(self.emit(Inst::Fail));
            let second = self.here();
            self.program.code[split] = Inst::Split { first: split as u32 + 1, second, table: NO_TABLE };
        }
        let end = self.here();
        for jump in jumps {
            self.program.code[jump] = Inst::Jump(end);
        }
        Ok(())
    }

    fn repeat(&mut self, greed: Greed, min: u32, max: u32, body: &Sequence, flags: u32) -> Compile {
        if let Some(unit) = body.single() {
            let set = self.unit_set(unit, flags);
            if max > 0 {
                self.one(set, greed, min, max);
            }
            return Ok(());
        }
        if max == 0 {
            // The body can never run, but what is wrong with it must still be found.
            self.flush();
            let length = self.program.code.len();
            self.sequence(body, flags)?;
            self.pending.clear();
            self.program.code.truncate(length);
            return Ok(());
        }
        let lazy = greed == Greed::Lazy;
        if greed != Greed::Possessive {
            if (min, max) == (1, 1) {
                return self.sequence(body, flags);
            }
            let simple = (min, max) == (0, 1) || (min <= 1 && max == MAX_REPEAT && body.min_width > 0);
            if simple {
                return self.simple_repeat(lazy, min, max, body, flags);
            }
        }
        let register = self.register(2);
        self.emit(Inst::LoopInit(register));
        let top = self.here();
        let atomic = (greed == Greed::Possessive).then(|| self.register(1));
        if let Some(register) = atomic {
            self.emit(Inst::AtomicBegin(register));
        }
        let index = self.program.loops.len();
        self.program.loops.push(Loop { register, min, max, lazy, body: 0, exit: 0 });
        self.emit(Inst::LoopHead(index as u32));
        if lazy {
            self.emit(Inst::LoopAgain(register));
        }
        self.program.loops[index].body = self.here();
        self.sequence(body, flags)?;
        if let Some(register) = atomic {
            self.emit(Inst::AtomicEnd(register));
        }
        self.emit(Inst::Jump(top));
        self.program.loops[index].exit = self.here();
        Ok(())
    }

    /// `?`, and `*` and `+` over a body that always consumes: no registers needed.
    fn simple_repeat(&mut self, lazy: bool, min: u32, max: u32, body: &Sequence, flags: u32) -> Compile {
        let split = |inner: u32, outer: u32| {
            let (first, second) = if lazy { (outer, inner) } else { (inner, outer) };
            Inst::Split { first, second, table: NO_TABLE }
        };
        if min == 1 {
            let top = self.here();
            self.sequence(body, flags)?;
            let after = self.here() + 1;
            self.emit(split(top, after));
            return Ok(());
        }
        let head = self.emit(Inst::Fail);
        self.sequence(body, flags)?;
        if max == MAX_REPEAT {
            self.emit(Inst::Jump(head as u32));
        }
        let exit = self.here();
        self.program.code[head] = split(head as u32 + 1, exit);
        Ok(())
    }

    fn one(&mut self, set: u32, greed: Greed, min: u32, max: u32) {
        let charset = &self.program.sets[set as usize];
        let outside: Vec<u8> =
            (0..=255_u8).filter(|&byte| !charset.table[usize::from(byte)]).take(4).collect();
        let bytewise = !self.is_text || charset.is_bytewise();
        let scan = match outside.as_slice() {
            [] => Scan::Everything,
            &[a] => Scan::Until1(a),
            &[a, b] => Scan::Until2(a, b),
            &[a, b, c] => Scan::Until3(a, b, c),
            _ => Scan::Table,
        };
        self.program.ones.push(One { set, min, max, greed, bytewise, scan, follow: Follow::Unknown });
        let index = self.program.ones.len() as u32 - 1;
        self.emit(Inst::One(index));
    }

    /// The bytes of a body that is nothing but literals.
    fn as_literal(&self, body: &Sequence, flags: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for node in &body.nodes {
            match node {
                Node::Literal(c) if !self.folds(*c, flags) => self.push_literal(&mut bytes, *c),
                _ => return None,
            }
        }
        (!bytes.is_empty()).then_some(bytes)
    }

    fn look(&mut self, behind: bool, negated: bool, body: &Sequence, flags: u32) -> Compile {
        if behind {
            let refuse = |message: &str| Err(PatternError::plain(ErrorKind::Pattern, message));
            if body.min_width > MAX_LOOK_BEHIND {
                return refuse("looks too much behind");
            }
            if body.min_width != body.max_width {
                return refuse("look-behind requires fixed-width pattern");
            }
            if let Some(bytes) = self.as_literal(body, flags) {
                let literal = self.literal_index(bytes);
                self.emit(Inst::BehindLiteral { literal, negated });
                return Ok(());
            }
        }
        if let Some(unit) = body.single() {
            let set = self.unit_set(unit, flags);
            self.emit(if behind { Inst::BehindSet { set, negated } } else { Inst::PeekSet { set, negated } });
            return Ok(());
        }
        let register = self.register(2);
        let begin = self.emit(Inst::LookBegin(register));
        if behind {
            self.emit(Inst::Back(body.min_width as u32));
        }
        self.sequence(body, flags)?;
        self.emit(if negated { Inst::NegativeEnd(register) } else { Inst::LookEnd(register) });
        if negated {
            let next = self.here();
            self.program.code[begin] = Inst::NegativeBegin { register, next };
        }
        Ok(())
    }
}
