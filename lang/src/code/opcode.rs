//! The instruction set, declared once: enum, decoder, verifier, disassembler and docs all derive from this table.
//!
//! An instruction is one 64-bit word: opcode (bits 0-7), flags `x` (bits 8-15), operands `a`, `b`, `c` (16 bits
//! each, from bit 16). Two operands may be read as one signed 32-bit number `bc` (b is the low half). An opcode
//! with caches is followed by that many zero words which the runtime fills; jump offsets count words and are relative to
//! the word after the instruction *and its caches*.
//!
//! Registers own a reference each. An operand marked `R` is read in place. The compiler sets `KILL_B`/`KILL_C`
//! (`KILL_A` where a is read) in `x` when that operand is a temporary read here for the last time: the instruction then leaves the register
//! unbound. `T` operands are always taken (moved out, left unbound). Writing a `D` register drops its old value *after* the
//! operation, so `D` may equal any operand.
//!
//! Call window: `r[w]` callee (result goes here), `r[w+1..w+4]` room for the frame header, `r[w+4..]` arguments. A callee frame's
//! registers begin at the caller's `w + 4`. After a call every register from `w + 1` up is unbound.

/// The operand `a`/`b`/`c` (see [`Operand`]) is a temporary whose last use this is.
pub const KILL_A: u8 = 1;
pub const KILL_B: u8 = 2;
pub const KILL_C: u8 = 4;
/// Arithmetic only: augmented assignment, so try `__iadd__` and its like first.
pub const INPLACE: u8 = 8;

/// Registers of a call window before its first argument.
pub const WINDOW_HEADER: u16 = 4;

/// What an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Unused.
    None,
    /// A register that is written.
    D,
    /// A register that is read in place.
    R,
    /// A register that is moved out of.
    T,
    /// First register of a consecutive group (its size is another operand or fixed by the opcode).
    Base,
    /// First register of a call window.
    Window,
    /// Index into `names`.
    Name,
    /// Index into `constants`.
    Const,
    /// Index into the closure (free variables).
    Free,
    /// A signed 16-bit number.
    Int,
    /// A count or kind.
    Count,
    /// Signed 16-bit jump offset in words.
    Jump,
    /// Low half of a 32-bit operand of the kind named by the opcode's `c` column.
    Low,
    /// High half: 32-bit jump offset, constant index, name index or integer.
    HighJump,
    HighConst,
    HighName,
    HighInt,
}

/// Columns: doc, name, operands a, b, c, cache words.
#[macro_export]
macro_rules! for_each_opcode {
    ($with:ident) => {
        $with! {
            /// Does nothing.
            Nop(None, None, None, 0),
            // ---- loads and moves
            /// `a = constants[bc]`.
            LoadConst(D, Low, HighConst, 0),
            /// `a = bc`, a small integer.
            LoadInt(D, Low, HighInt, 0),
            /// `a =` None (b=0), True (1), False (2), Ellipsis (3), NotImplemented (4), AssertionError (5), the builtin `__build_class__` (6), NotImplementedError (7).
            LoadCommon(D, Count, None, 0),
            /// `a = b`, sharing.
            Move(D, R, None, 0),
            /// `a = b`, leaving b unbound. b may be unbound already; then so is a.
            Take(D, T, None, 0),
            /// Drops r[a] (perhaps unbound), leaving it unbound.
            Clear(T, None, None, 0),
            /// Drops r[a .. a+b].
            ClearRange(Base, Count, None, 0),
            /// UnboundLocalError naming names[b] if r[a] is unbound.
            CheckBound(R, Name, None, 0),
            /// `del` of a local: CheckBound, then Clear.
            DeleteLocal(T, Name, None, 0),
            /// Jumps by bc if r[a] is bound.
            JumpIfBound(R, Low, HighJump, 0),
            // ---- cells and free variables
            /// Wraps r[a] (perhaps unbound, perhaps a parameter) in a new cell held by r[a].
            MakeCell(D, None, None, 0),
            /// `a = contents of cell r[b]`; names[c] for the error (UnboundLocalError).
            LoadCell(D, R, Name, 0),
            /// `contents of cell r[a] = r[b]`.
            StoreCell(R, R, None, 0),
            /// Empties cell r[a]; names[b] for the error.
            DeleteCell(R, Name, None, 0),
            /// `a = contents of closure[b]`; NameError "cannot access free variable ..." names the variable.
            LoadFree(D, Free, None, 0),
            /// `contents of closure[a] = r[b]`.
            StoreFree(Free, R, None, 0),
            /// Empties closure[a].
            DeleteFree(Free, None, None, 0),
            /// `a = closure[b]`, the cell itself.
            LoadFreeCell(D, Free, None, 0),
            // ---- globals and namespaces
            /// `a = globals or builtins [names[bc]]`.
            LoadGlobal(D, Low, HighName, 2),
            /// `globals[names[bc]] = r[a]`.
            StoreGlobal(R, Low, HighName, 0),
            /// `del globals[names[bc]]`.
            DeleteGlobal(None, Low, HighName, 0),
            /// Module and class code: `a = namespace, globals or builtins [names[bc]]`. The namespace is r[0]; unbound means it is the globals.
            LoadName(D, Low, HighName, 2),
            /// `namespace[names[bc]] = r[a]`.
            StoreName(R, Low, HighName, 0),
            /// `del namespace[names[bc]]`.
            DeleteName(None, Low, HighName, 0),
            /// `a = mapping r[b][names[c]]`, unbound if missing (KeyError swallowed).
            LoadMapping(D, R, Name, 0),
            /// `a = the namespace mapping` (class body's dict, or globals).
            LoadNamespace(D, None, None, 0),
            // ---- attributes and items
            /// `a = b.names[c]`.
            GetAttr(D, R, Name, 3),
            /// `a.names[c] = b`.
            SetAttr(R, R, Name, 3),
            /// `del a.names[b]`.
            DelAttr(R, Name, None, 0),
            /// `a = getattr(b, c)`, for code with more than 65,535 names.
            GetAttrLong(D, R, R, 0),
            /// `setattr(a, c, b)`.
            SetAttrLong(R, R, R, 0),
            /// `delattr(a, b)`.
            DelAttrLong(R, R, None, 0),
            /// Receiver in r[a+4]: r[a] = its method names[b] as a plain function, receiver kept; or, where no receiver is to be
            /// passed, r[a] = the attribute and r[a+4] unbound. CallMethod follows.
            LoadMethod(Window, Name, None, 3),
            /// `super().names[b]` with r[a] = the global `super`, r[a+1] = `__class__`, r[a+2] = first argument; result in r[a], others unbound.
            GetSuperAttr(Base, Name, None, 0),
            /// As GetSuperAttr, but leaves a call window as LoadMethod does. r[a] = `super`, r[a+1] = `__class__`, r[a+4] = first argument.
            LoadSuperMethod(Window, Name, None, 2),
            /// Receiver in r[a+4]; looks up a special method on its type, leaves a call window as LoadMethod does. b: 0 `__enter__`, 1 `__exit__`,
            /// 2 `__aenter__`, 3 `__aexit__`. TypeErrors of the context manager protocol.
            LoadSpecial(Window, Count, None, 0),
            /// `a = b[c]`.
            GetItem(D, R, R, 0),
            /// `a = b[c]`, c a small constant.
            GetItemInt(D, R, Int, 0),
            /// `a[b] = c`.
            SetItem(R, R, R, 0),
            /// `del a[b]`.
            DelItem(R, R, None, 0),
            /// `a = b[c : c+1]` with r[c], r[c+1] the bounds (None where absent), both taken.
            GetSlice(D, R, Base, 0),
            /// `a = slice(r[b], r[b+1], r[b+2])`, all taken.
            BuildSlice(D, Base, None, 0),
            // ---- arithmetic
            /// `a = b + c`.
            Add(D, R, R, 0),
            Sub(D, R, R, 0),
            Mul(D, R, R, 0),
            TrueDiv(D, R, R, 0),
            FloorDiv(D, R, R, 0),
            Mod(D, R, R, 0),
            Pow(D, R, R, 0),
            MatMul(D, R, R, 0),
            LShift(D, R, R, 0),
            RShift(D, R, R, 0),
            And(D, R, R, 0),
            Or(D, R, R, 0),
            Xor(D, R, R, 0),
            /// `a = b + c`, c a small constant (also the following ones).
            AddInt(D, R, Int, 0),
            SubInt(D, R, Int, 0),
            MulInt(D, R, Int, 0),
            FloorDivInt(D, R, Int, 0),
            ModInt(D, R, Int, 0),
            AndInt(D, R, Int, 0),
            LShiftInt(D, R, Int, 0),
            RShiftInt(D, R, Int, 0),
            /// `a = -b`.
            Neg(D, R, None, 0),
            Pos(D, R, None, 0),
            Invert(D, R, None, 0),
            Not(D, R, None, 0),
            // ---- comparison
            Lt(D, R, R, 0),
            Le(D, R, R, 0),
            Eq(D, R, R, 0),
            Ne(D, R, R, 0),
            Gt(D, R, R, 0),
            Ge(D, R, R, 0),
            Is(D, R, R, 0),
            IsNot(D, R, R, 0),
            /// `a = b in c`.
            In(D, R, R, 0),
            NotIn(D, R, R, 0),
            // ---- jumps
            /// Forward jump by bc words.
            Jump(None, Low, HighJump, 0),
            /// Backward jump by bc words; serves signals, thread switches and limits.
            JumpBack(None, Low, HighJump, 0),
            JumpIfTrue(R, Low, HighJump, 0),
            JumpIfFalse(R, Low, HighJump, 0),
            JumpIfNone(R, Low, HighJump, 0),
            JumpIfNotNone(R, Low, HighJump, 0),
            /// Jumps by a if `b < c` is true (also the following ones).
            JumpIfLt(Jump, R, R, 0),
            JumpIfLe(Jump, R, R, 0),
            JumpIfEq(Jump, R, R, 0),
            JumpIfNe(Jump, R, R, 0),
            JumpIfGt(Jump, R, R, 0),
            JumpIfGe(Jump, R, R, 0),
            /// Jumps by a if `b < c` is false.
            JumpIfNotLt(Jump, R, R, 0),
            JumpIfNotLe(Jump, R, R, 0),
            JumpIfNotEq(Jump, R, R, 0),
            JumpIfNotNe(Jump, R, R, 0),
            JumpIfNotGt(Jump, R, R, 0),
            JumpIfNotGe(Jump, R, R, 0),
            /// The same with a small constant c.
            JumpIfLtInt(Jump, R, Int, 0),
            JumpIfLeInt(Jump, R, Int, 0),
            JumpIfEqInt(Jump, R, Int, 0),
            JumpIfNeInt(Jump, R, Int, 0),
            JumpIfGtInt(Jump, R, Int, 0),
            JumpIfGeInt(Jump, R, Int, 0),
            JumpIfNotLtInt(Jump, R, Int, 0),
            JumpIfNotLeInt(Jump, R, Int, 0),
            JumpIfNotEqInt(Jump, R, Int, 0),
            JumpIfNotNeInt(Jump, R, Int, 0),
            JumpIfNotGtInt(Jump, R, Int, 0),
            JumpIfNotGeInt(Jump, R, Int, 0),
            /// Jumps by a if `b is c`.
            JumpIfIs(Jump, R, R, 0),
            JumpIfIsNot(Jump, R, R, 0),
            /// Jumps by a if `b in c` is true.
            JumpIfIn(Jump, R, R, 0),
            JumpIfNotIn(Jump, R, R, 0),
            // ---- iteration and unpacking
            /// `a = iter(b)`.
            GetIter(D, R, None, 0),
            /// `a = next(r[b])`, or jumps by c when exhausted (a stays as it is, r[b] is dropped).
            ForIter(D, R, Jump, 0),
            /// `a = aiter(b)`.
            GetAIter(D, R, None, 0),
            /// `a = awaitable of b.__anext__()`; Await follows.
            GetANext(D, R, None, 0),
            /// In the handler of an `async for`: exception r[a]. StopAsyncIteration: cleared, goes on. Anything else is raised again.
            EndAsyncFor(T, None, None, 0),
            /// r[a .. a+c] = the c items of b. They may be locals: nothing is written unless all items are there, old values are dropped.
            UnpackSequence(Base, R, Count, 0),
            /// r[a ..] = items of b: (c & 255) items, a list, (c >> 8) items.
            UnpackEx(Base, R, Count, 0),
            // ---- building (group registers are taken)
            /// `a = (r[b], .., r[b+c-1])`.
            BuildTuple(D, Base, Count, 0),
            BuildList(D, Base, Count, 0),
            BuildSet(D, Base, Count, 0),
            /// c pairs: key, value, key, value ...
            BuildMap(D, Base, Count, 0),
            /// `''.join` of c strings.
            BuildString(D, Base, Count, 0),
            /// Appends r[b] to the list r[a].
            ListAppend(R, R, None, 0),
            /// Extends the list r[a] by the iterable r[b]; "Value after * must be an iterable" when c=1.
            ListExtend(R, R, Count, 0),
            SetAdd(R, R, None, 0),
            SetUpdate(R, R, None, 0),
            /// Dict r[a]: `[r[b]] = r[c]`.
            MapAdd(R, R, R, 0),
            /// Dict display `{**r[b]}`.
            MapUpdate(R, R, None, 0),
            /// Keyword arguments `**r[b]` into dict r[a]; r[c] is the callee, for "got multiple values for keyword argument".
            MapMerge(R, R, R, 0),
            /// `a = tuple(list b)`.
            ListToTuple(D, R, None, 0),
            // ---- strings
            /// `a = str(b)` (c=1), `repr(b)` (2), `ascii(b)` (3).
            ConvertValue(D, R, Count, 0),
            /// `a = format(b)`; strings pass through.
            FormatValue(D, R, None, 0),
            /// `a = format(b, c)`.
            FormatWith(D, R, R, 0),
            /// `a = Interpolation(r[b] value, r[b+1] expression text, conversion, r[b+2] format spec)`; c: conversion 0-3.
            BuildInterpolation(D, Base, Count, 0),
            /// `a = Template(strings tuple b, interpolations tuple c)`.
            BuildTemplate(D, R, R, 0),
            // ---- functions, classes, imports
            /// `a = function(constants[b])`; c: bits 0 defaults tuple in r[a+1], 1 keyword defaults dict in r[a+2], 2 annotate function in
            /// r[a+3], 3 closure tuple in r[a+4]; those are taken.
            MakeFunction(D, Const, Count, 0),
            /// `r[a] = r[a](r[a+4] .. r[a+4+b-1])`.
            Call(Window, Count, None, 2),
            /// As Call after LoadMethod: b counts the receiver; when r[a+4] is unbound the arguments begin at r[a+5].
            CallMethod(Window, Count, None, 2),
            /// As Call; the last len(constants[c]) of the b arguments are keyword arguments named by that tuple.
            CallKw(Window, Count, Const, 0),
            CallMethodKw(Window, Count, Const, 0),
            /// `r[a] = r[a](*r[a+4], **r[a+5])`: a tuple, and a dict if b=1. For a sole `*x`, r[a+4] is x itself, which may not be iterable
            /// ("f() argument after * must be an iterable, not int").
            CallEx(Window, Count, None, 0),
            /// Returns r[a]; b = what to sweep: registers from b up are unbound.
            Return(T, Count, None, 0),
            /// Returns None.
            ReturnNone(None, Count, None, 0),
            /// `a = __import__(names[c], fromlist=r[b+1], level=r[b])`.
            ImportName(D, Base, Name, 0),
            /// `a = from b import names[c]`.
            ImportFrom(D, R, Name, 0),
            /// `from r[a] import *` into the namespace.
            ImportStar(R, None, None, 0),
            /// One-operand helpers, kind c: see [`super::Intrinsic1`].
            Intrinsic1(D, R, Count, 0),
            /// Two-operand helpers on r[b], r[b+1], kind c: see [`super::Intrinsic2`].
            Intrinsic2(D, Base, Count, 0),
            // ---- generators and coroutines
            /// Suspends with r[b]; on resumption a = the value sent.
            Yield(D, R, None, 0),
            /// As Yield in an async generator.
            AsyncYield(D, R, None, 0),
            /// `a = yield from b`; b is a temporary that holds the iterator meanwhile, and is unbound after.
            YieldFrom(D, R, None, 0),
            /// `a = await b`; b is a temporary that holds the awaited iterator meanwhile, and is unbound after. c words the TypeError:
            /// 0 plain, 1 `__aenter__`, 2 `__aexit__`, 3 `__anext__`.
            Await(D, R, Count, 0),
            // ---- exceptions
            /// Raises r[a].
            Raise(R, None, None, 0),
            /// `raise r[a] from r[b]`.
            RaiseFrom(R, R, None, 0),
            /// Bare `raise`.
            RaiseCurrent(None, None, None, 0),
            /// Raises the exception r[a] again, its traceback unchanged by this line.
            Reraise(T, None, None, 0),
            /// Begins handling: a = what was handled before (None if nothing), handled now = r[b].
            PushExc(D, R, None, 0),
            /// Ends handling: what was handled before is r[a] again.
            PopExc(T, None, None, 0),
            /// `a =` whether exception b matches class or tuple c; TypeError for others.
            MatchExc(D, R, R, 0),
            /// `except*`: r[a] = the part of r[b] matching r[c] (or None), r[a+1] = the rest (or None).
            MatchExcStar(Base, R, R, 0),
            /// End of `except*`: list r[b] of raised and unhandled exceptions, original r[c]: a = what to raise, or None.
            PrepReraiseStar(D, R, R, 0),
            /// r[a], r[a+1], r[a+2] = type, exception, traceback of exception r[b]: arguments of `__exit__`.
            LoadExcInfo(Base, R, None, 0),
            // ---- match statement
            /// `a =` whether b is a sequence in the sense of patterns.
            MatchSequence(D, R, None, 0),
            MatchMapping(D, R, None, 0),
            /// `a =` tuple of values of mapping b at keys tuple c, or None.
            MatchKeys(D, R, R, 0),
            /// `a =` dict of mapping b without keys tuple c.
            MatchRest(D, R, R, 0),
            /// Subject r[b], class r[b+1], names tuple r[b+2] (taken), c positional patterns: a = tuple of attributes, or None.
            MatchClass(D, Base, Count, 0),
            /// `a = len(b)`.
            GetLen(D, R, None, 0),
            // ---- made by the runtime alone (quickened forms); the compiler never emits them
            GetAttrSlot(D, R, Name, 3),
            GetAttrClass(D, R, Name, 3),
            GetAttrModule(D, R, Name, 3),
            GetAttrProperty(D, R, Name, 3),
            GetAttrMember(D, R, Name, 3),
            GetAttrType(D, R, Name, 3),
            GetAttrVolatile(D, R, Name, 3),
            SetAttrSlot(R, R, Name, 3),
            SetAttrVolatile(R, R, Name, 3),
            SetAttrAdd(R, R, Name, 3),
            SetAttrMember(R, R, Name, 3),
            LoadMethodClass(Window, Name, None, 3),
            LoadMethodSlot(Window, Name, None, 3),
            LoadMethodModule(Window, Name, None, 3),
            LoadMethodType(Window, Name, None, 3),
            LoadGlobalModule(D, Low, HighName, 2),
            LoadGlobalBuiltin(D, Low, HighName, 2),
            LoadNameModule(D, Low, HighName, 2),
            LoadNameBuiltin(D, Low, HighName, 2),
            CallPython(Window, Count, None, 2),
            CallNative(Window, Count, None, 2),
            CallMethodPython(Window, Count, None, 2),
            CallMethodNative(Window, Count, None, 2),
            CallFreeNative(Window, Count, None, 2),
            CallType(Window, Count, None, 2),
            CallInit(Window, Count, None, 2),
            CallRange(Window, Count, None, 2),
            CallForGenerator(Window, Count, None, 2),
            CallMethodForGenerator(Window, Count, None, 2),
            CallFromGenerator(Window, Count, None, 2),
            CallMethodFromGenerator(Window, Count, None, 2),
            /// Where code stands that was never entered: makes its constants and names, and begins.
            Begin(None, None, None, 0),
        }
    };
}

macro_rules! define_opcode {
    ($($(#[doc = $doc:literal])* $name:ident($a:ident, $b:ident, $c:ident, $cache:literal),)*) => {
        /// What an instruction does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode { $($(#[doc = $doc])* $name),* }
        impl Opcode {
            /// All opcodes in the order of their numbers.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$name),*];
            const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];
            const OPERANDS: &'static [[Operand; 3]] = &[$([Operand::$a, Operand::$b, Operand::$c]),*];
            const CACHES: &'static [u8] = &[$($cache),*];
            const DOCS: &'static [&'static str] = &[$(concat!("", $($doc),*)),*];
            pub const fn name(self) -> &'static str { Self::NAMES[self as usize] }
            pub const fn operands(self) -> [Operand; 3] { Self::OPERANDS[self as usize] }
            /// Words after the instruction that belong to its inline cache.
            pub const fn cache_words(self) -> usize { Self::CACHES[self as usize] as usize }
            pub const fn doc(self) -> &'static str { Self::DOCS[self as usize] }
            pub fn from_u8(byte: u8) -> Option<Opcode> { Self::ALL.get(byte as usize).copied() }
        }
    };
}
for_each_opcode!(define_opcode);

/// One instruction word.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Instruction(pub u64);

impl Instruction {
    pub const fn new(op: Opcode, x: u8, a: u16, b: u16, c: u16) -> Self {
        Instruction(op as u64 | (x as u64) << 8 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }
    /// An instruction whose b and c are one 32-bit operand.
    pub const fn wide(op: Opcode, x: u8, a: u16, bc: i32) -> Self {
        Instruction(op as u64 | (x as u64) << 8 | (a as u64) << 16 | (bc as u32 as u64) << 32)
    }
    /// # Panics
    /// If the word was not made by [`Instruction::new`]; the verifier has checked code that comes from elsewhere.
    pub fn op(self) -> Opcode {
        Opcode::from_u8(self.0 as u8).expect("a verified opcode")
    }
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }
    pub const fn x(self) -> u8 {
        (self.0 >> 8) as u8
    }
    pub const fn a(self) -> u16 {
        (self.0 >> 16) as u16
    }
    pub const fn b(self) -> u16 {
        (self.0 >> 32) as u16
    }
    pub const fn c(self) -> u16 {
        (self.0 >> 48) as u16
    }
    pub const fn bc(self) -> i32 {
        (self.0 >> 32) as i32
    }
}
