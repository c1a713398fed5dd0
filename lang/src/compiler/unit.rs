//! One code object in the making: instructions, registers, labels, tables, and which locals are surely bound.
//!
//! While code is made, locals are numbered from 0 as they first appear and temporaries from [`TEMP_BASE`]; `assemble`
//! moves the temporaries down to just above the locals.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::blocks::Block;
use crate::ast::Span;
use crate::code::serialize::constant_key;
use crate::code::{Constant, Instruction, KILL_A, KILL_B, KILL_C, Opcode};
use crate::scope::ScopeId;

/// First register number of a temporary while code is made. Further locals live in a dict.
pub(super) const TEMP_BASE: u16 = 45_000;
/// Temporaries of one code object; with the locals they fit 16 bits.
const MAX_TEMPS: u16 = 20_000;
/// Instructions of one code object. Nested `finally` blocks can double code again and again.
const MAX_INSTRUCTIONS: usize = 1 << 22;
/// From here on, names and constants that need no 16-bit index are kept apart from those that do.
const CROWDED: usize = 50_000;
const NO_LABEL: u32 = u32::MAX;

/// A register as numbered while code is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Reg(pub u16);

impl Reg {
    pub(super) fn is_temp(self) -> bool {
        self.0 >= TEMP_BASE
    }

    /// The register `n` further on.
    pub(super) fn plus(self, n: u16) -> Reg {
        Reg(self.0 + n)
    }
}

/// A register that an instruction reads. `dies`: it is a temporary, read here for the last time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Src {
    pub reg: Reg,
    pub dies: bool,
}

impl Src {
    /// A register that stays as it is.
    pub(super) fn kept(reg: Reg) -> Src {
        Src { reg, dies: false }
    }

    /// A temporary whose last use this is.
    pub(super) fn last(reg: Reg) -> Src {
        Src { reg, dies: true }
    }
}

/// A jump target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(u32);

pub(super) struct LabelState {
    /// Index of the instruction it stands before.
    pub at: Option<u32>,
    /// Locals bound on every way here; `None` while nothing jumps here.
    bound: Option<Bits>,
}

/// Where instructions go when they raise.
pub(super) struct Handler {
    pub label: Label,
    pub floor: Reg,
    pub exception: Reg,
    used: bool,
    /// Locals surely bound whenever it is entered.
    bound: Bits,
    outer: Option<HandlerId>,
}

impl Handler {
    /// Where exceptions go outside of its range.
    pub(super) fn outer(&self) -> Option<HandlerId> {
        self.outer
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HandlerId(pub u32);

/// An instruction before assembly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ins {
    pub word: Instruction,
    target: u32,
    pub span: Span,
    pub handler: Option<HandlerId>,
}

impl Ins {
    /// Jumps to where `other` jumps.
    pub(super) fn follow(&mut self, other: Ins) {
        self.target = other.target;
    }

    pub(super) fn target(&self) -> Option<Label> {
        (self.target != NO_LABEL).then_some(Label(self.target))
    }
}

/// A set of local registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn insert(&mut self, index: u16) {
        let word = usize::from(index / 64);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (index % 64);
    }

    fn remove(&mut self, index: u16) {
        if let Some(word) = self.0.get_mut(usize::from(index / 64)) {
            *word &= !(1 << (index % 64));
        }
    }

    pub(super) fn contains(&self, index: u16) -> bool {
        self.0.get(usize::from(index / 64)).is_some_and(|word| word & 1 << (index % 64) != 0)
    }

    fn intersect(&mut self, other: &Bits) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    fn subtract(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }
}

/// A list whose entries are numbered: short ones for 16-bit operands, and, once it is crowded, others behind them.
pub(super) struct Pool<T> {
    pub short: Vec<T>,
    pub long: Vec<T>,
    short_index: HashMap<Vec<u8>, usize>,
    long_index: HashMap<Vec<u8>, usize>,
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { short: vec![], long: vec![], short_index: HashMap::new(), long_index: HashMap::new() }
    }
}

/// Index into a pool: entries of the long list count on from `LONG`.
pub(super) const LONG: i32 = 1 << 28;

impl<T> Pool<T> {
    /// The index of `item` below 65,536, if there is room for it.
    pub(super) fn short(&mut self, key: Vec<u8>, item: T) -> Option<u16> {
        if let Some(&index) = self.short_index.get(&key) {
            return u16::try_from(index).ok();
        }
        let index = u16::try_from(self.short.len()).ok()?;
        self.short_index.insert(key, index.into());
        self.short.push(item);
        Some(index)
    }

    fn any(&mut self, key: Vec<u8>, item: T) -> i32 {
        if let Some(&index) = self.short_index.get(&key) {
            return index as i32;
        }
        if self.short.len() < CROWDED {
            let index = self.short.len();
            self.short_index.insert(key, index);
            self.short.push(item);
            return index as i32;
        }
        let next = self.long.len();
        let index = *self.long_index.entry(key).or_insert(next);
        if index == next {
            self.long.push(item);
        }
        LONG + index as i32
    }

    /// The index below 65,536 of an item that is in the list, or that is added unless others need the room.
    pub(super) fn short_if_room(&mut self, key: Vec<u8>, item: T) -> Option<u16> {
        if self.is_crowded() && !self.short_index.contains_key(&key) {
            return None;
        }
        self.short(key, item)
    }

    /// Room for names that have another way when the list is crowded.
    pub(super) fn is_crowded(&self) -> bool {
        self.short.len() >= CROWDED
    }
}

/// What kind of block a unit is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Type parameters, annotations, type variable bounds, type aliases.
    Annotation,
}

/// An inlined comprehension that is being compiled: its variables' registers.
pub(super) struct Inlined {
    pub scope: ScopeId,
    pub registers: HashMap<Rc<str>, Reg>,
}

/// A limit of the code object that the source exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

pub(super) struct Unit<'a> {
    pub scope: ScopeId,
    pub kind: UnitKind,
    pub name: Rc<str>,
    pub qualname: Rc<str>,
    pub first_line: u32,
    pub flags: u32,
    pub n_positional: u16,
    pub n_positional_only: u16,
    pub n_keyword_only: u16,
    pub code: Vec<Ins>,
    pub labels: Vec<LabelState>,
    pub handlers: Vec<Handler>,
    pub handler: Option<HandlerId>,
    pub constants: Pool<Constant>,
    pub names: Pool<Rc<str>>,
    pub locals: Vec<Rc<str>>,
    /// The registers of this block's own names.
    pub registers: HashMap<Rc<str>, Reg>,
    /// Cells of this block, in `co_cellvars` order.
    pub cells: Vec<Reg>,
    pub free: Vec<Rc<str>>,
    pub inlined: Vec<Inlined>,
    /// Named registers of comprehension variables that are not in use, for the next comprehension.
    pub spare: HashMap<Rc<str>, Vec<Reg>>,
    /// Variables of comprehensions in module and class code (temporaries) that have no value yet.
    pub unset: Vec<Reg>,
    /// The dict of locals beyond what registers can hold.
    pub spill: Option<Reg>,
    top: u16,
    pub max_top: u16,
    bound: Bits,
    /// Locals that something unbinds.
    pub deletable: Bits,
    /// Locals that evaluating an expression may change.
    pub walrus: Bits,
    reachable: bool,
    pub blocks: Vec<Block<'a>>,
    /// Class: attributes that methods assign on `self`.
    pub static_attributes: BTreeSet<String>,
    /// Module and class: position of each conditional annotation in `__annotate__`, by the node's address.
    pub annotations: HashMap<usize, u32>,
    pub too_large: Option<TooLarge>,
}

impl<'a> Unit<'a> {
    pub(super) fn new(scope: ScopeId, kind: UnitKind, name: Rc<str>, first_line: u32) -> Unit<'a> {
        let namespace = matches!(kind, UnitKind::Module | UnitKind::Class);
        Unit {
            scope,
            kind,
            qualname: name.clone(),
            name,
            first_line,
            flags: 0,
            n_positional: 0,
            n_positional_only: 0,
            n_keyword_only: 0,
            code: Vec::new(),
            labels: Vec::new(),
            handlers: Vec::new(),
            handler: None,
            constants: Pool::default(),
            names: Pool::default(),
            // Register 0 of module and class code is the namespace.
            locals: if namespace { vec![".namespace".into()] } else { vec![] },
            registers: HashMap::new(),
            cells: Vec::new(),
            free: Vec::new(),
            inlined: Vec::new(),
            spare: HashMap::new(),
            unset: Vec::new(),
            spill: None,
            top: 0,
            max_top: 0,
            bound: Bits::default(),
            deletable: Bits::default(),
            walrus: Bits::default(),
            reachable: true,
            blocks: Vec::new(),
            static_attributes: BTreeSet::new(),
            annotations: HashMap::new(),
            too_large: None,
        }
    }

    // ---- registers

    /// The next local register.
    pub(super) fn new_local(&mut self, name: Rc<str>) -> Option<Reg> {
        let reg = Reg(u16::try_from(self.locals.len()).ok().filter(|&n| n < TEMP_BASE)?);
        self.locals.push(name);
        Some(reg)
    }

    pub(super) fn temp(&mut self) -> Reg {
        self.temps(1)
    }

    /// The first of `n` consecutive new temporaries.
    pub(super) fn temps(&mut self, n: u16) -> Reg {
        if n > MAX_TEMPS - self.top {
            self.too_large = Some(TooLarge);
            return Reg(TEMP_BASE);
        }
        let first = Reg(TEMP_BASE + self.top);
        self.top += n;
        self.max_top = self.max_top.max(self.top);
        first
    }

    /// How many temporaries may still be made in one expression.
    pub(super) fn room(&self) -> usize {
        usize::from(MAX_TEMPS - self.top)
    }

    /// The first free temporary: what [`Unit::release`] goes back to.
    pub(super) fn mark(&self) -> Reg {
        Reg(TEMP_BASE + self.top)
    }

    pub(super) fn release(&mut self, mark: Reg) {
        self.top = mark.0 - TEMP_BASE;
    }

    /// Whether `reg` is the temporary made last.
    pub(super) fn is_top(&self, reg: Reg) -> bool {
        reg.is_temp() && reg.0 + 1 == TEMP_BASE + self.top
    }

    // ---- bound locals

    pub(super) fn is_bound(&self, reg: Reg) -> bool {
        if reg.is_temp() { !self.unset.contains(&reg) } else { self.bound.contains(reg.0) }
    }

    pub(super) fn set_bound(&mut self, reg: Reg) {
        if reg.is_temp() {
            self.unset.retain(|&other| other != reg);
        } else {
            self.bound.insert(reg.0);
        }
    }

    pub(super) fn set_unbound(&mut self, reg: Reg) {
        if !reg.is_temp() {
            self.bound.remove(reg.0);
        }
    }

    // ---- labels

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(LabelState { at: None, bound: None });
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts the label here.
    pub(super) fn bind(&mut self, label: Label) {
        let at = self.code.len() as u32;
        let state = &mut self.labels[label.0 as usize];
        debug_assert!(state.at.is_none(), "a label stands in one place");
        state.at = Some(at);
        match state.bound.take() {
            Some(bound) if self.reachable => self.bound.intersect(&bound),
            Some(bound) => self.bound = bound,
            None => return,
        }
        self.reachable = true;
    }

    /// A label here that is jumped back to: what the loop may unbind does not count as bound.
    pub(super) fn loop_head(&mut self) -> Label {
        let label = self.label();
        self.labels[label.0 as usize].at = Some(self.code.len() as u32);
        let deletable = std::mem::take(&mut self.deletable);
        self.bound.subtract(&deletable);
        self.deletable = deletable;
        label
    }

    pub(super) fn position(&self, label: Label) -> Option<u32> {
        self.labels[label.0 as usize].at
    }

    pub(super) fn reachable(&self) -> bool {
        self.reachable
    }

    // ---- handlers

    /// Sends exceptions of what follows to a new handler: `floor` is the first temporary not live there.
    pub(super) fn protect(&mut self, floor: Reg) -> HandlerId {
        let label = self.label();
        let mut bound = self.bound.clone();
        bound.subtract(&self.deletable);
        let outer = self.handler;
        // The exception needs its register even if the handler makes no temporary.
        self.max_top = self.max_top.max(floor.0 - TEMP_BASE + 1);
        self.handlers.push(Handler { label, floor, exception: floor, used: false, bound, outer });
        let id = HandlerId(self.handlers.len() as u32 - 1);
        self.handler = Some(id);
        id
    }

    /// Ends the range of the handler.
    pub(super) fn unprotect(&mut self, id: HandlerId) {
        self.handler = self.handlers[id.0 as usize].outer;
    }

    /// Begins the handler's code here; unreachable if nothing it protects can be reached.
    pub(super) fn enter_handler(&mut self, id: HandlerId) {
        debug_assert!(!self.reachable, "nothing falls into a handler");
        let handler = &self.handlers[id.0 as usize];
        let (label, used, bound) = (handler.label, handler.used, handler.bound.clone());
        if used {
            self.labels[label.0 as usize].at = Some(self.code.len() as u32);
            self.reachable = true;
            self.bound = bound;
        }
    }

    // ---- instructions

    fn push(&mut self, word: Instruction, target: u32, span: Span) {
        if !self.reachable {
            return;
        }
        if self.code.len() >= MAX_INSTRUCTIONS {
            self.too_large = Some(TooLarge);
            return;
        }
        if let Some(handler) = self.handler
            && can_raise(word.op())
        {
            self.handlers[handler.0 as usize].used = true;
        }
        self.code.push(Ins { word, target, span, handler: self.handler });
    }

    pub(super) fn emit(&mut self, span: Span, op: Opcode, x: u8, a: u16, b: u16, c: u16) {
        self.push(Instruction::new(op, x, a, b, c), NO_LABEL, span);
    }

    pub(super) fn emit_wide(&mut self, span: Span, op: Opcode, x: u8, a: u16, bc: i32) {
        self.push(Instruction::wide(op, x, a, bc), NO_LABEL, span);
    }

    /// `d = op`.
    pub(super) fn op_d(&mut self, span: Span, op: Opcode, d: Reg, b: u16, c: u16) {
        self.emit(span, op, 0, d.0, b, c);
    }

    /// `d = op b`, with a number or index as c.
    pub(super) fn op_db(&mut self, span: Span, op: Opcode, d: Reg, b: Src, c: u16) {
        self.emit(span, op, kill(KILL_B, b, Some(d)), d.0, b.reg.0, c);
    }

    /// `d = b op c`; `x` may say INPLACE.
    pub(super) fn op_dbc(&mut self, span: Span, op: Opcode, x: u8, d: Reg, b: Src, c: Src) {
        let x = x | kill(KILL_B, b, Some(d)) | kill(KILL_C, c, Some(d));
        self.emit(span, op, x, d.0, b.reg.0, c.reg.0);
    }

    /// `op a`, where a is read, with numbers or indexes as b and c.
    pub(super) fn op_a(&mut self, span: Span, op: Opcode, a: Src, b: u16, c: u16) {
        self.emit(span, op, kill(KILL_A, a, None), a.reg.0, b, c);
    }

    /// `op a b`, both read.
    pub(super) fn op_ab(&mut self, span: Span, op: Opcode, a: Src, b: Src, c: u16) {
        self.emit(span, op, kill(KILL_A, a, None) | kill(KILL_B, b, None), a.reg.0, b.reg.0, c);
    }

    /// `op a b c`, all read.
    pub(super) fn op_abc(&mut self, span: Span, op: Opcode, a: Src, b: Src, c: Src) {
        let x = kill(KILL_A, a, None) | kill(KILL_B, b, None) | kill(KILL_C, c, None);
        self.emit(span, op, x, a.reg.0, b.reg.0, c.reg.0);
    }

    /// `d = src`.
    pub(super) fn move_to(&mut self, span: Span, d: Reg, src: Src) {
        if d == src.reg {
            return;
        }
        let op = if src.dies { Opcode::Take } else { Opcode::Move };
        self.emit(span, op, 0, d.0, src.reg.0, 0);
    }

    pub(super) fn clear(&mut self, span: Span, reg: Reg) {
        self.emit(span, Opcode::Clear, 0, reg.0, 0, 0);
    }

    /// Clears temporaries from `first` up to the free ones.
    pub(super) fn clear_from(&mut self, span: Span, first: Reg, end: Reg) {
        match end.0 - first.0 {
            0 => {}
            1 => self.clear(span, first),
            n => self.emit(span, Opcode::ClearRange, 0, first.0, n, 0),
        }
    }

    fn join(&mut self, label: Label) {
        if self.reachable {
            match &mut self.labels[label.0 as usize].bound {
                Some(bound) => bound.intersect(&self.bound),
                none => *none = Some(self.bound.clone()),
            }
        }
    }

    /// An instruction that may jump to `label`, which is further on.
    pub(super) fn branch(&mut self, span: Span, word: Instruction, label: Label) {
        self.join(label);
        self.push(word, label.0, span);
    }

    pub(super) fn jump(&mut self, span: Span, label: Label) {
        self.branch(span, Instruction::new(Opcode::Jump, 0, 0, 0, 0), label);
        self.reachable = false;
    }

    /// Jumps back to a [`Unit::loop_head`].
    pub(super) fn jump_back(&mut self, span: Span, head: Label) {
        self.push(Instruction::new(Opcode::JumpBack, 0, 0, 0, 0), head.0, span);
        self.reachable = false;
    }

    /// Jumps if `src` is true, or false.
    pub(super) fn jump_if(&mut self, span: Span, src: Src, when: bool, label: Label) {
        let op = if when { Opcode::JumpIfTrue } else { Opcode::JumpIfFalse };
        self.branch(span, Instruction::new(op, kill(KILL_A, src, None), src.reg.0, 0, 0), label);
    }

    /// Ends this way of the code: after a return or raise.
    pub(super) fn stop(&mut self) {
        self.reachable = false;
    }

    // ---- tables

    /// Index for a 32-bit operand.
    pub(super) fn constant(&mut self, constant: Constant) -> i32 {
        self.constants.any(constant_key(&constant), constant)
    }

    /// Index for a 16-bit operand.
    pub(super) fn short_constant(&mut self, constant: Constant) -> Option<u16> {
        let key = match &constant {
            // Code objects are never shared.
            Constant::Code(_) => self.constants.short.len().to_le_bytes().to_vec(),
            _ => constant_key(&constant),
        };
        let key = match &constant {
            Constant::Code(_) => [b"code".as_slice(), &key].concat(),
            _ => key,
        };
        self.constants.short(key, constant)
    }

    pub(super) fn name(&mut self, name: &str) -> i32 {
        self.names.any(name.as_bytes().to_vec(), name.into())
    }

    pub(super) fn short_name(&mut self, name: &str) -> Option<u16> {
        self.names.short(name.as_bytes().to_vec(), name.into())
    }
}

/// False for what surely never raises: code that consists of nothing else needs no handler.
fn can_raise(op: Opcode) -> bool {
    use Opcode::*;
    !matches!(
        op,
        Nop | LoadConst
            | LoadInt
            | LoadCommon
            | Move
            | Take
            | Clear
            | ClearRange
            | MakeCell
            | LoadFreeCell
            | Jump
            | JumpIfBound
            | JumpIfNone
            | JumpIfNotNone
            | JumpIfIs
            | JumpIfIsNot
            | Is
            | IsNot
            | PushExc
            | PopExc
            | Return
            | ReturnNone
    )
}

/// The kill flag of an operand; none if the instruction writes that register anyway.
pub(super) fn kill(flag: u8, src: Src, d: Option<Reg>) -> u8 {
    if src.dies && Some(src.reg) != d { flag } else { 0 }
}
