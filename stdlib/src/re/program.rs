//! The instructions a pattern compiles to.
//!
//! Positions are byte offsets. The slots hold two positions per group (group 0 first), then the number of the group
//! closed last, then the registers of loops and assertions. A change of a slot is written to the backtrack stack
//! first, so failing restores it.

use memchr::memmem::Finder;

use super::charset::{Charset, FirstSet, Kind};
use super::node::Greed;

/// The value of a slot nothing was stored in.
pub const UNSET: usize = usize::MAX;
/// A split without a table tries both ways.
pub const NO_TABLE: u32 = u32::MAX;

/// What must hold at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assertion {
    StringStart,
    StringEnd,
    /// `$` without MULTILINE: at the end or before a final newline.
    End,
    LineStart,
    LineEnd,
    Boundary(Kind),
    NonBoundary(Kind),
}

/// One instruction; numbers of instructions are absolute.
#[derive(Clone, Copy, Debug)]
pub enum Inst {
    /// The whole pattern matched.
    Accept,
    Fail,
    Byte(u8),
    /// The bytes of `literals[_]`.
    Literal(u32),
    /// One code point of `sets[_]`.
    Set(u32),
    Assert(Assertion),
    /// Stores the position as the start of a group.
    Open(u32),
    /// Stores the position as the end of a group, which becomes the last one closed.
    Close(u32),
    Jump(u32),
    /// Tries `first`, later `second`; the table tells by the next byte which of them can succeed at all.
    Split {
        first: u32,
        second: u32,
        table: u32,
    },
    /// A loop over one set: `ones[_]`.
    One(u32),
    /// Starts the loop with these registers: no iterations, no last position.
    LoopInit(u32),
    /// Head of the loop `loops[_]`: another iteration or the exit.
    LoopHead(u32),
    /// Counts another iteration of a lazy loop; stands before its body.
    LoopAgain(u32),
    /// Notes the height of the backtrack stack in a register.
    AtomicBegin(u32),
    /// Forgets the choices made since.
    AtomicEnd(u32),
    /// Notes stack height and position in two registers.
    LookBegin(u32),
    /// Forgets the choices made since and goes back to the noted position.
    LookEnd(u32),
    /// Like `LookBegin`, and goes on at `next` once what follows has failed in every way.
    NegativeBegin {
        register: u32,
        next: u32,
    },
    /// What must not match did: undo it and fail.
    NegativeEnd(u32),
    /// Steps back so many code points or fails.
    Back(u32),
    /// The next code point is (or is not) in a set.
    PeekSet {
        set: u32,
        negated: bool,
    },
    /// The code point before is (or is not) in a set.
    BehindSet {
        set: u32,
        negated: bool,
    },
    /// The text before ends (or does not end) with a literal.
    BehindLiteral {
        literal: u32,
        negated: bool,
    },
    /// The text of a group again.
    Backreference(u32),
    /// The text of a group again, without regard to case.
    BackreferenceFold {
        group: u32,
        kind: Kind,
    },
    /// Goes on if a group has matched, else to `no`.
    IfGroup {
        group: u32,
        no: u32,
    },
}

/// How the end of a run of set members is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Every byte is in.
    Everything,
    /// All but one to three bytes are in.
    Until1(u8),
    Until2(u8, u8),
    Until3(u8, u8, u8),
    Table,
}

/// What may come after a loop over a set.
#[derive(Clone, Debug)]
pub enum Follow {
    Unknown,
    Byte(u8),
    Set(Box<FirstSet>),
}

impl Follow {
    /// Whether going on at `position` can succeed.
    #[inline(always)]
    pub fn allows(&self, text: &[u8], position: usize) -> bool {
        match self {
            Follow::Unknown => true,
            Follow::Byte(byte) => text.get(position) == Some(byte),
            Follow::Set(set) => match text.get(position) {
                Some(&byte) => set.contains(byte),
                None => set.at_end,
            },
        }
    }
}

/// A loop over single code points.
#[derive(Clone, Debug)]
pub struct One {
    pub set: u32,
    pub min: u32,
    /// `MAX_REPEAT` for no limit.
    pub max: u32,
    pub greed: Greed,
    /// Whether the byte table of the set decides alone.
    pub bytewise: bool,
    pub scan: Scan,
    pub follow: Follow,
}

/// A loop over anything else. Its registers hold the number of iterations and where the last one began.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    pub register: u32,
    pub min: u32,
    /// `MAX_REPEAT` for no limit.
    pub max: u32,
    pub lazy: bool,
    pub body: u32,
    pub exit: u32,
}

/// Where a search can begin to try.
#[derive(Debug, Clone)]
pub enum Start {
    Anywhere,
    /// Only at the beginning of the text.
    StringStart,
    /// Only after a newline or at the beginning.
    LineStart,
    /// Only where this text stands.
    Literal(Box<Finder<'static>>),
    /// Where one of up to three bytes stands.
    Bytes(Vec<u8>),
    /// Where `length` bytes in a row are allowed: bit `i` of an entry says that the byte may be number `i`.
    Window {
        table: Box<[u8; 256]>,
        length: u32,
    },
}

/// A compiled pattern body.
#[derive(Debug, Clone)]
pub struct Program {
    pub code: Vec<Inst>,
    pub sets: Vec<Charset>,
    pub literals: Vec<Box<[u8]>>,
    pub ones: Vec<One>,
    pub loops: Vec<Loop>,
    /// By split: bit 0 and 1 of an entry say whether the first and the second way can begin with that byte; the
    /// last entry is for the end of the text.
    pub tables: Vec<Box<[u8; 257]>>,
    /// Groups, group 0 included.
    pub group_count: u32,
    pub slot_count: u32,
    pub start: Start,
    /// Bytes a match begins with, checked before trying (with `Start::Bytes`).
    pub window: Option<(Box<[u8; 256]>, u32)>,
    /// The set loop a match begins with, if failing at one place of a run means failing at the rest of it too.
    pub leading_run: Option<u32>,
    /// Word characters as the pattern's flags see them.
    pub words: [Option<Box<Charset>>; 3],
}

impl Program {
    /// The slot that holds the number of the group closed last.
    pub fn last_slot(&self) -> usize {
        self.group_count as usize * 2
    }
}
