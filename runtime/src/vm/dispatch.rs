//! The dispatch loop: one `match` over opcodes.
//!
//! Hot arms read registers in place, hold nothing that needs dropping, and leave everything else to a cold function called last.
//! `ip` points past the instruction being run; it is saved (`save!`) before anything that can raise, allocate Python objects with
//! finalisers, or run Python code.

use ouro_lang::code::{Instruction, KILL_A, KILL_B, KILL_C, Opcode};

use super::Vm;
use super::frame::{Frame, HEADER_WORDS, Link, MARKS};
use super::globals::{Attribute, NameKind, plain_getter};
use crate::PyResult;
use crate::class::instance::Instance;
use crate::class::{BinaryOp, CompareOp};
use crate::exceptions::Raised;
use crate::heap::Gc;
use crate::native::{Args, NativeFunction, Role};
use crate::objects::cell::CellObject;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::generator::Generator;
use crate::objects::iterators::ListIterator;
use crate::objects::list::List;
use crate::objects::range::RangeIterator;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// How a run from native code ended.
pub(crate) enum Outcome {
    Returned(Value),
    /// The generator chain that native code resumed has suspended with this value.
    Yielded(Value),
}

/// What a call leaves the loop to do.
pub(crate) enum Called {
    /// The result is in the window's first register.
    Done,
    /// A frame was pushed: run it.
    Enter(Frame, *mut Instruction),
}

/// What a cold step that may change the frame leaves the loop to do.
pub(crate) enum Step {
    /// Go on in this frame at this instruction.
    Go(Frame, *mut Instruction),
    /// Leave `run`.
    Exit(Outcome),
}

/// The running instruction, read a field at a time: each is one load, where a word held in a register would cost shifts and, in a loop
/// of this size, a spill. Holds the address past its word.
#[derive(Clone, Copy)]
pub(crate) struct Current(pub(crate) *const Instruction);

/// Index of the 16-bit operand field `at` of an instruction word in memory.
const fn field(at: usize) -> usize {
    if cfg!(target_endian = "little") { at } else { 3 - at }
}

impl Current {
    #[inline(always)]
    fn half(self, at: usize) -> u16 {
        // SAFETY: inside the word of an instruction of running code, which outlives its run.
        unsafe { self.0.sub(1).cast::<u16>().add(field(at)).read() }
    }

    #[inline(always)]
    fn byte(self, at: usize) -> u8 {
        let at = if cfg!(target_endian = "little") { at } else { 7 - at };
        // SAFETY: as in `half`.
        unsafe { self.0.sub(1).cast::<u8>().add(at).read() }
    }

    #[inline(always)]
    pub(crate) fn op_byte(self) -> u8 {
        self.byte(0)
    }

    #[inline(always)]
    pub(crate) fn op(self) -> Opcode {
        // SAFETY: opcodes of verified code are in range.
        unsafe { std::mem::transmute::<u8, Opcode>(self.op_byte()) }
    }

    #[inline(always)]
    pub(crate) fn x(self) -> u8 {
        self.byte(1)
    }

    #[inline(always)]
    pub(crate) fn a(self) -> u16 {
        self.half(1)
    }

    #[inline(always)]
    pub(crate) fn b(self) -> u16 {
        self.half(2)
    }

    #[inline(always)]
    pub(crate) fn c(self) -> u16 {
        self.half(3)
    }

    #[inline(always)]
    pub(crate) fn bc(self) -> i32 {
        let at = if cfg!(target_endian = "little") { 1 } else { 0 };
        // SAFETY: as in `half`.
        unsafe { self.0.sub(1).cast::<i32>().add(at).read() }
    }
}

#[inline(always)]
fn both_small(a: &Value, b: &Value) -> bool {
    a.bits() & b.bits() & 1 != 0
}

#[inline(always)]
fn both_float(a: &Value, b: &Value) -> bool {
    ((a.bits() ^ 2) | (b.bits() ^ 2)) & 3 == 0
}

/// The double in an inline-float word (not 0.0's).
#[inline(always)]
fn float_of(value: &Value) -> f64 {
    f64::from_bits(value.bits().rotate_right(3).wrapping_sub(1 << 60))
}

impl Vm {
    /// Drops a register's old value; finalisers that become due run at once.
    #[inline(always)]
    pub(crate) fn discard(&self, value: Value) {
        match value.header() {
            Some(header) if !header.drop_shared() => self.discard_noted(value),
            _ => std::mem::forget(value),
        }
    }

    #[cold]
    #[inline(never)]
    fn discard_noted(&self, value: Value) {
        drop(value);
        if self.heap.attention.get() {
            self.attend();
        }
    }

    /// Whether `callee` is the native function that the cache at `ip` stands for, in this role.
    #[inline(always)]
    fn is_native_at(&self, callee: &Value, ip: *mut Instruction, role: Role) -> bool {
        // SAFETY: the instruction's cache words follow it.
        let cached = unsafe { (*ip).0 };
        callee
            .downcast::<NativeFunction>()
            .is_some_and(|native| std::ptr::from_ref(native.function) as u64 == cached && native.role == role)
    }

    /// Runs from `ip` in `frame` until it returns or yields to native code. With `raised`, begins by raising there.
    pub(crate) fn run(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        raised: Option<Raised>,
    ) -> PyResult<Outcome> {
        let mut base = frame.0;
        let mut ip = ip;
        let mut pending = raised;
        loop {
            if let Some(raised) = pending.take() {
                match self.unwind(Frame(base), ip, raised)? {
                    Step::Go(frame, next) => {
                        base = frame.0;
                        ip = next;
                    }
                    Step::Exit(outcome) => return Ok(outcome),
                }
            }
            self.frame.set(Frame(base));
            pending = Some('raise: {
                loop {
                    // SAFETY: verified code: control never runs past the instructions, and every operand is in the bounds of registers,
                    // constants and names. Registers are live for the whole frame; natives never shrink the stack.
                    ip = unsafe { ip.add(1) };

                    // The running instruction, as long as the arm has not moved `ip`: not a variable of its own, which would be spilled at
                    // every instruction.
                    macro_rules! word {
                        () => {
                            Current(ip)
                        };
                    }

                    macro_rules! r {
                        ($index:expr) => {
                            // SAFETY: as above.
                            unsafe { &mut *base.add($index) }
                        };
                    }
                    macro_rules! save {
                        () => {
                            self.ip.set(ip)
                        };
                    }
                    macro_rules! set {
                        ($index:expr, $value:expr) => {{
                            let value = $value;
                            let old = std::mem::replace(r!($index), value);
                            self.discard(old);
                        }};
                    }
                    macro_rules! tri {
                        ($result:expr) => {
                            match $result {
                                Ok(value) => value,
                                Err(raised) => break 'raise raised,
                            }
                        };
                    }
                    // Drops operands that die here. Only heap values matter: others may stay behind.
                    macro_rules! kill {
                        () => {{
                            let x = word!().x();
                            if x & (KILL_B | KILL_C) != 0 {
                                if x & KILL_B != 0 && r!(word!().b() as usize).is_object() {
                                    self.discard(std::mem::replace(r!(word!().b() as usize), Value::UNBOUND));
                                }
                                if x & KILL_C != 0 && r!(word!().c() as usize).is_object() {
                                    self.discard(std::mem::replace(r!(word!().c() as usize), Value::UNBOUND));
                                }
                            }
                        }};
                    }
                    macro_rules! kill_a {
                        () => {
                            if word!().x() & KILL_A != 0 && r!(word!().a() as usize).is_object() {
                                self.discard(std::mem::replace(r!(word!().a() as usize), Value::UNBOUND));
                            }
                        };
                    }
                    macro_rules! attend {
                        () => {
                            if self.heap.attention.get() {
                                tri!(self.attend_checked());
                            }
                        };
                    }
                    macro_rules! jump {
                        ($offset:expr) => {
                            // SAFETY: verified: lands on an instruction of the same code.
                            ip = unsafe { ip.offset($offset as isize) }
                        };
                    }
                    macro_rules! frame_code {
                        () => {
                            Frame(base).code()
                        };
                    }
                    // A binary operator's slow path.
                    macro_rules! binary_slow {
                        ($op:expr) => {
                            tri!(self.binary_at(Frame(base), ip, $op))
                        };
                    }
                    macro_rules! binary_int_slow {
                        ($op:expr) => {
                            tri!(self.binary_int_at(Frame(base), ip, $op))
                        };
                    }
                    macro_rules! unary_slow {
                        ($call:expr) => {{
                            save!();
                            let result = tri!($call);
                            if word!().x() & KILL_B != 0 {
                                self.discard(std::mem::replace(r!(word!().b() as usize), Value::UNBOUND));
                            }
                            set!(word!().a() as usize, result);
                            attend!();
                        }};
                    }
                    // The truth of a comparison of two registers, fast for small ints and floats.
                    macro_rules! compare_truth {
                        ($op:tt, $slow:expr) => {{
                            let (vb, vc): (&Value, &Value) =
                                (r!(word!().b() as usize), r!(word!().c() as usize));
                            if both_small(vb, vc) {
                                (vb.bits() as i64) $op (vc.bits() as i64)
                            } else if both_float(vb, vc) {
                                float_of(vb) $op float_of(vc)
                            } else if let (true, Some(truth)) =
                                (matches!($slow, CompareOp::Eq | CompareOp::Ne), equal_strs(vb, vc))
                            {
                                let truth = truth == matches!($slow, CompareOp::Eq);
                                kill!();
                                truth
                            } else {
                                tri!(self.truth_at(Frame(base), ip, $slow))
                            }
                        }};
                    }
                    macro_rules! compare_int_truth {
                        ($op:tt, $slow:expr) => {{
                            let vb: &Value = r!(word!().b() as usize);
                            if vb.is_small_int() {
                                (vb.bits() as i64 >> 1) $op (word!().c() as i16 as i64)
                            } else {
                                tri!(self.int_truth_at(Frame(base), ip, $slow))
                            }
                        }};
                    }
                    macro_rules! compare_value {
                        ($op:tt, $slow:expr) => {{
                            let (vb, vc): (&Value, &Value) =
                                (r!(word!().b() as usize), r!(word!().c() as usize));
                            let truth = if both_small(vb, vc) {
                                (vb.bits() as i64) $op (vc.bits() as i64)
                            } else if both_float(vb, vc) {
                                float_of(vb) $op float_of(vc)
                            } else {
                                tri!(self.compare_at(Frame(base), ip, $slow));
                                continue;
                            };
                            set!(word!().a() as usize, Value::bool(truth));
                        }};
                    }
                    macro_rules! jump_if {
                        ($truth:expr, $when:expr) => {{
                            let truth = $truth;
                            if truth == $when {
                                jump!(word!().a() as i16);
                            }
                        }};
                    }
                    macro_rules! truth_of_a {
                        () => {{
                            let value: &Value = r!(word!().a() as usize);
                            match value.as_bool() {
                                Some(truth) => truth,
                                None if value.is_small_int() => !value.is(&Value::small(0)),
                                None => tri!(self.truth_of_a(Frame(base), ip)),
                            }
                        }};
                    }
                    macro_rules! called {
                        ($called:expr, $cache_words:expr) => {
                            match tri!($called) {
                                Called::Done => {
                                    jump!($cache_words);
                                    attend!();
                                }
                                Called::Enter(frame, next) => {
                                    base = frame.0;
                                    ip = next;
                                    self.frame.set(frame);
                                }
                            }
                        };
                    }
                    // Pushes the frame of a Python function whose parameters are the `n` arguments of the window one by one; leaves the binding
                    // of others to `call_general`.
                    macro_rules! call_python {
                        ($function:expr, $window:expr, $n:expr) => {{
                            let (window, n): (usize, usize) = ($window, $n);
                            let code: &Code = $function.current_code();
                            // SAFETY: the window's arguments are inside the caller's registers; past the cache words.
                            let (next, back) = unsafe { (Frame(base.add(window + HEADER_WORDS)), ip.add(2)) };
                            if code.plain_arity as usize != n {
                                save!();
                                called!(self.call_general(Frame(base), window, n, &[], back), 2);
                                continue;
                            }
                            // SAFETY: as `ensure` checks.
                            let top = unsafe { next.0.add(code.n_registers as usize) };
                            if !self.stack.ensure(top) {
                                save!();
                                break 'raise self.stack_exhausted();
                            }
                            let depth = self.depth.get() + 1;
                            if depth > self.recursion_limit.get() {
                                save!();
                                tri!(self.recursion_error());
                            }
                            self.depth.set(depth);
                            next.unbind_locals(n, code.n_locals as usize);
                            next.write_header(back, Frame(base), Link::Call, code);
                            base = next.0;
                            ip = code.entry();
                            self.frame.set(next);
                        }};
                    }
                    // Calls a native function that the cache holds with `n` arguments from register `first` on.
                    macro_rules! call_native {
                        ($function:expr, $first:expr, $n:expr) => {{
                            let (first, n) = ($first, $n);
                            save!();
                            // SAFETY: the cache's word is the function's static description, just compared.
                            let native = unsafe { &*($function as *const crate::native::NativeFn) };
                            // SAFETY: the arguments lie side by side in the window, which the call does not move.
                            let args = unsafe { std::slice::from_raw_parts(base.add(first), n) };
                            let result = tri!((native.call)(self, Args::positional(args)));
                            for at in first..first + n {
                                if r!(at).is_object() {
                                    self.discard(std::mem::replace(r!(at), Value::UNBOUND));
                                }
                            }
                            set!(word!().a() as usize, result);
                            attend!();
                            jump!(2);
                        }};
                    }
                    macro_rules! step {
                        ($step:expr) => {
                            match tri!($step) {
                                Step::Go(frame, next) => {
                                    base = frame.0;
                                    ip = next;
                                    self.frame.set(frame);
                                    attend!();
                                }
                                Step::Exit(outcome) => return Ok(outcome),
                            }
                        };
                    }
                    macro_rules! cell {
                        ($index:expr) => {{
                            let register: &Value = r!($index);
                            // SAFETY: the compiler makes cells of these registers before it uses them as such.
                            unsafe { &*std::ptr::from_ref(register).cast::<Gc<CellObject>>() }
                        }};
                    }
                    macro_rules! free_cell {
                        ($index:expr) => {{
                            let closure = Frame(base).function().closure.as_ref();
                            let cells = closure.map(|closure| closure.items()).unwrap_or_default();
                            cells[$index].downcast::<CellObject>().expect("closures hold cells")
                        }};
                    }
                    macro_rules! name {
                        ($index:expr) => {
                            &frame_code!().names()[$index]
                        };
                    }
                    // The values of a group of registers. `base` and `ip` must not be captured by reference: that would keep them in memory.
                    macro_rules! take_group {
                        ($n:expr) => {{
                            let first = r!(word!().b() as usize) as *mut Value;
                            // SAFETY: verified: the group lies inside the frame's registers.
                            (0..$n).map(move |at| unsafe { std::ptr::replace(first.add(at), Value::UNBOUND) })
                        }};
                    }

                    match word!().op() {
                        Opcode::Nop => {}
                        Opcode::Begin => ip = frame_code!().instructions_ptr(),
                        Opcode::LoadConst => {
                            let a = word!().a() as usize;
                            // SAFETY: verified index.
                            let value =
                                unsafe { frame_code!().constant_unchecked(word!().bc() as usize) }.clone();
                            set!(a, value);
                        }
                        Opcode::LoadInt => {
                            let a = word!().a() as usize;
                            set!(a, Value::small(word!().bc() as i64))
                        }
                        Opcode::LoadCommon => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value = match b {
                                0 => Value::NONE,
                                1 => Value::TRUE,
                                2 => Value::FALSE,
                                3 => Value::ELLIPSIS,
                                4 => Value::NOT_IMPLEMENTED,
                                _ => {
                                    save!();
                                    tri!(self.load_common(b, Frame(base)))
                                }
                            };
                            set!(a, value);
                        }
                        Opcode::Move => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value = r!(b).clone();
                            set!(a, value);
                        }
                        Opcode::Take => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value = std::mem::replace(r!(b), Value::UNBOUND);
                            save!();
                            set!(a, value);
                        }
                        Opcode::Clear => {
                            let a = word!().a() as usize;
                            save!();
                            set!(a, Value::UNBOUND);
                        }
                        Opcode::CheckBound => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            if r!(a).is_unbound() {
                                save!();
                                break 'raise self.raise_unbound_local(name!(b));
                            }
                        }
                        Opcode::JumpIfBound => {
                            let a = word!().a() as usize;
                            if !r!(a).is_unbound() {
                                jump!(word!().bc());
                            }
                        }

                        Opcode::LoadCell => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let content = cell!(b).get();
                            match content {
                                Some(value) => set!(a, value),
                                None => {
                                    save!();
                                    break 'raise self.raise_unbound_local(name!(c));
                                }
                            }
                        }
                        Opcode::StoreCell => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value = if word!().x() & KILL_B != 0 {
                                std::mem::replace(r!(b), Value::UNBOUND)
                            } else {
                                r!(b).clone()
                            };
                            save!();
                            let old = cell!(a).set(value);
                            self.discard(old);
                        }
                        Opcode::LoadFree => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let content = free_cell!(b).get();
                            match content {
                                Some(value) => set!(a, value),
                                None => {
                                    save!();
                                    break 'raise self.raise_unbound_free(frame_code!(), b);
                                }
                            }
                        }
                        Opcode::StoreFree => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value = if word!().x() & KILL_B != 0 {
                                std::mem::replace(r!(b), Value::UNBOUND)
                            } else {
                                r!(b).clone()
                            };
                            save!();
                            let old = free_cell!(a).set(value);
                            self.discard(old);
                        }

                        Opcode::LoadGlobal => {
                            let a = word!().a() as usize;
                            save!();
                            let value = tri!(self.load_global(Frame(base), ip, NameKind::Global));
                            set!(a, value);
                            jump!(2);
                        }
                        Opcode::LoadName => {
                            let a = word!().a() as usize;
                            save!();
                            let value = tri!(self.load_global(Frame(base), ip, NameKind::Name));
                            set!(a, value);
                            jump!(2);
                        }
                        Opcode::LoadGlobalModule | Opcode::LoadNameModule => {
                            let a = word!().a() as usize;
                            // SAFETY: the instruction's two cache words follow it.
                            let (version, position) = unsafe { ((*ip).0 as u32, (*ip.add(1)).0 as usize) };
                            let globals = &Frame(base).function().globals;
                            let hit = if globals.table.current_keys_version() == version {
                                globals.table.try_value_at(position)
                            } else {
                                None
                            };
                            match hit {
                                Some(value) => {
                                    set!(a, value);
                                    jump!(2);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::LoadGlobalBuiltin | Opcode::LoadNameBuiltin => {
                            let a = word!().a() as usize;
                            // SAFETY: as above.
                            let (versions, position) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            let function = Frame(base).function();
                            let hit = if function.globals.table.current_keys_version() == versions as u32
                                && function.builtins.table.current_keys_version() == (versions >> 32) as u32
                            {
                                function.builtins.table.try_value_at(position)
                            } else {
                                None
                            };
                            match hit {
                                Some(value) => {
                                    set!(a, value);
                                    jump!(2);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }

                        Opcode::GetAttr => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            match tri!(self.get_attr_specialize(Frame(base), r!(b), name!(c), ip)) {
                                Attribute::Value(value) => {
                                    kill!();
                                    set!(a, value);
                                    attend!();
                                    jump!(3);
                                }
                                Attribute::Getter(getter) => {
                                    let receiver = if word!().x() & KILL_B != 0 {
                                        std::mem::replace(r!(b), Value::UNBOUND)
                                    } else {
                                        r!(b).clone()
                                    };
                                    called!(self.enter_getter(Frame(base), getter, receiver), 3);
                                }
                            }
                        }
                        Opcode::GetAttrSlot => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: three cache words follow.
                            let (versions, index) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            let hit = instance_matching(r!(b), versions).and_then(|instance| {
                                // SAFETY: the shape says that this slot exists.
                                let value = unsafe { &*instance.value_ptr(index) };
                                (!value.is_unbound()).then(|| value.clone())
                            });
                            match hit {
                                Some(value) => {
                                    if word!().x() & KILL_B != 0 {
                                        let old = std::mem::replace(r!(b), Value::UNBOUND);
                                        save!();
                                        self.discard(old);
                                    }
                                    set!(a, value);
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::GetAttrClass => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above. The attribute is alive: the class's state is the cached one.
                            let (versions, bits) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            if shadow_free(r!(b), versions) {
                                // SAFETY: the class with this version owns the value.
                                let value = unsafe { Value::shared(bits) };
                                kill!();
                                set!(a, value);
                                jump!(3);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::GetAttrModule => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (version, position) = unsafe { ((*ip).0 as u32, (*ip.add(1)).0 as usize) };
                            match self.module_entry(r!(b), version, position) {
                                Some(value) => {
                                    kill!();
                                    set!(a, value);
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::GetAttrProperty => {
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (versions, bits) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            let getter = if class_version_is(r!(b), versions as u32)
                                && !frame_code!().is_generator_like()
                            {
                                // SAFETY: the class with this version owns the property.
                                plain_getter(&unsafe { Value::shared(bits) })
                            } else {
                                None
                            };
                            match getter {
                                Some(getter) => {
                                    save!();
                                    let receiver = if word!().x() & KILL_B != 0 {
                                        std::mem::replace(r!(b), Value::UNBOUND)
                                    } else {
                                        r!(b).clone()
                                    };
                                    called!(self.enter_getter(Frame(base), getter, receiver), 3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::GetAttrType => {
                            let a = word!().a() as usize;
                            // SAFETY: as above: versions of the class and its metaclass, and what the class has.
                            let (versions, bits) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            if type_matching(r!(word!().b() as usize), versions) {
                                // SAFETY: the class with this version owns the value.
                                let value = unsafe { Value::shared(bits) };
                                save!();
                                kill!();
                                set!(a, value);
                                jump!(3);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::GetAttrVolatile => {
                            let a = word!().a() as usize;
                            // SAFETY: as above.
                            let (versions, position) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            match volatile_dict(r!(word!().b() as usize), versions) {
                                Some(dict) => {
                                    let value = dict.table.value_at(position);
                                    save!();
                                    kill!();
                                    set!(a, value);
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::GetAttrMember => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (versions, index) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            let hit = if class_version_is(r!(b), versions as u32) {
                                r!(b).downcast::<Instance>().and_then(|instance| instance.member(index))
                            } else {
                                None
                            };
                            match hit {
                                Some(value) => {
                                    kill!();
                                    set!(a, value);
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::SetAttr => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            tri!(self.set_attr_specialize(r!(a), name!(c), r!(b), ip));
                            kill_a!();
                            if word!().x() & KILL_B != 0 {
                                set!(b, Value::UNBOUND);
                            }
                            attend!();
                            jump!(3);
                        }
                        Opcode::SetAttrSlot => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (versions, index) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            if let Some(instance) = instance_matching(r!(a), versions) {
                                let value = if word!().x() & KILL_B != 0 {
                                    std::mem::replace(r!(b), Value::UNBOUND)
                                } else {
                                    r!(b).clone()
                                };
                                // SAFETY: the shape says that this slot exists; no reference into it is held.
                                let old =
                                    unsafe { std::mem::replace(&mut *instance.value_ptr(index), value) };
                                if old.is_object() {
                                    save!();
                                    self.discard(old);
                                }
                                kill_a!();
                                jump!(3);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::SetAttrVolatile => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (versions, position) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            match volatile_dict(r!(a), versions) {
                                Some(dict) if crate::class::lookup::is_data(self, r!(b)) => {
                                    let value = if word!().x() & KILL_B != 0 {
                                        std::mem::replace(r!(b), Value::UNBOUND)
                                    } else {
                                        r!(b).clone()
                                    };
                                    save!();
                                    self.discard(dict.table.replace_at(position, value));
                                    kill_a!();
                                    jump!(3);
                                }
                                _ => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::SetAttrAdd => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (versions, shape) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            let added = match instance_matching(r!(a), versions) {
                                Some(instance) => {
                                    let value = if word!().x() & KILL_B != 0 {
                                        std::mem::replace(r!(b), Value::UNBOUND)
                                    } else {
                                        r!(b).clone()
                                    };
                                    // SAFETY: the class is the one the cache was made for, and alive; so is the shape before.
                                    unsafe { instance.add(shape, value) }
                                }
                                None => Err(Value::UNBOUND),
                            };
                            match added {
                                Ok(()) => {
                                    kill_a!();
                                    jump!(3);
                                }
                                Err(value) => {
                                    if word!().x() & KILL_B != 0 && !value.is_unbound() {
                                        *r!(b) = value;
                                    } else {
                                        drop(value);
                                    }
                                    ip = self.unquicken(ip);
                                }
                            }
                        }
                        Opcode::SetAttrMember => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            // SAFETY: as above.
                            let (versions, index) = unsafe { ((*ip).0, (*ip.add(1)).0 as usize) };
                            let instance = if class_version_is(r!(a), versions as u32) {
                                r!(a).downcast::<Instance>()
                            } else {
                                None
                            };
                            match instance {
                                Some(instance) => {
                                    let value = if word!().x() & KILL_B != 0 {
                                        std::mem::replace(r!(b), Value::UNBOUND)
                                    } else {
                                        r!(b).clone()
                                    };
                                    save!();
                                    let old = instance.set_member(index, value);
                                    self.discard(old);
                                    kill_a!();
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::LoadMethod => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            save!();
                            tri!(self.load_method_specialize(Frame(base), a, name!(b), ip));
                            attend!();
                            jump!(3);
                        }
                        Opcode::LoadMethodClass => {
                            let a = word!().a() as usize;
                            // SAFETY: as above.
                            let (versions, bits) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            if instance_matching(r!(a + HEADER_WORDS), versions).is_some() {
                                // SAFETY: the class with this version owns the function.
                                let function = unsafe { Value::shared(bits) };
                                set!(a, function);
                                jump!(3);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::LoadMethodSlot => {
                            let a = word!().a() as usize;
                            // SAFETY: as above.
                            let (versions, bits) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            let version = self.type_of(r!(a + HEADER_WORDS)).current_version();
                            if version == versions as u32 {
                                // SAFETY: the class with this version owns the function.
                                let function = unsafe { Value::shared(bits) };
                                set!(a, function);
                                jump!(3);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::LoadMethodType => {
                            let a = word!().a() as usize;
                            // SAFETY: as above.
                            let (versions, bits) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            let method = if type_matching(r!(a + HEADER_WORDS), versions) {
                                // SAFETY: the class with this version owns it.
                                self.method_on_type(&unsafe { Value::shared(bits) })
                            } else {
                                None
                            };
                            match method {
                                Some((function, takes_class)) => {
                                    save!();
                                    set!(a, function);
                                    if !takes_class {
                                        set!(a + HEADER_WORDS, Value::UNBOUND);
                                    }
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::LoadMethodModule => {
                            let a = word!().a() as usize;
                            // SAFETY: as above.
                            let (version, position) = unsafe { ((*ip).0 as u32, (*ip.add(1)).0 as usize) };
                            match self.module_entry(r!(a + HEADER_WORDS), version, position) {
                                Some(function) => {
                                    set!(a, function);
                                    set!(a + HEADER_WORDS, Value::UNBOUND);
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::LoadSuperMethod => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            save!();
                            tri!(self.load_super_method(Frame(base), a, name!(b)));
                            attend!();
                            jump!(2);
                        }
                        Opcode::GetItem => {
                            let a = word!().a() as usize;
                            let (vb, vc): (&Value, &Value) =
                                (r!(word!().b() as usize), r!(word!().c() as usize));
                            if vc.is_small_int() {
                                if let Some(list) = vb.downcast_exact::<List>() {
                                    if let Some(value) = list.get_signed(vc.bits() as i64 >> 1) {
                                        save!();
                                        kill!();
                                        set!(a, value);
                                        continue;
                                    }
                                }
                            }
                            save!();
                            let value = tri!(self.get_item_fast(vb, vc));
                            kill!();
                            set!(a, value);
                            attend!();
                        }
                        Opcode::GetItemInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let vb: &Value = r!(b);
                            let n = word!().c() as i16 as i64;
                            save!();
                            let hit = if let Some(list) = vb.downcast_exact::<List>() {
                                list.get_signed(n)
                            } else if let Some(tuple) = vb.downcast_exact::<Tuple>() {
                                let at = if n < 0 { n + tuple.len() as i64 } else { n };
                                tuple.items().get(at as usize).cloned()
                            } else {
                                None
                            };
                            let value = match hit {
                                Some(value) => value,
                                None => {
                                    let value = tri!(self.get_item_fast(vb, &Value::small(n)));
                                    attend!();
                                    value
                                }
                            };
                            if word!().x() & KILL_B != 0 {
                                set!(b, Value::UNBOUND);
                            }
                            set!(a, value);
                        }
                        Opcode::SetItem => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            if r!(b).is_small_int() {
                                if let Some(list) = r!(a).downcast_exact::<List>() {
                                    let at = r!(b).bits() as i64 >> 1;
                                    let value = r!(c) as *mut Value;
                                    let dies = word!().x() & KILL_C != 0;
                                    // SAFETY: the register of operand c.
                                    let old = list.replace_with(at, move || unsafe {
                                        if dies {
                                            std::ptr::replace(value, Value::UNBOUND)
                                        } else {
                                            (*value).clone()
                                        }
                                    });
                                    if let Some(old) = old {
                                        self.discard(old);
                                        kill_a!();
                                        continue;
                                    }
                                }
                            }
                            tri!(self.set_item_fast(r!(a), r!(b), r!(c)));
                            kill_a!();
                            kill!();
                            attend!();
                        }

                        Opcode::Add => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_small(vb, vc) {
                                let (sum, overflow) =
                                    (vb.bits() as i64 - 1).overflowing_add(vc.bits() as i64);
                                if !overflow {
                                    // SAFETY: bit 0 is set: an inline int.
                                    set!(a, unsafe { Value::from_bits(sum as u64) });
                                    continue;
                                }
                            } else if both_float(vb, vc) {
                                let sum = float_of(vb) + float_of(vc);
                                set!(a, Value::float(sum));
                                continue;
                            }
                            // A string that only this register holds can grow in place.
                            if (a == b || word!().x() & KILL_B != 0) && b != c && self.can_append(vb, vc) {
                                let left = std::mem::replace(r!(b), Value::UNBOUND);
                                let result = self.append_str(left, r!(c));
                                kill!();
                                set!(a, result);
                                continue;
                            }
                            binary_slow!(BinaryOp::Add);
                        }
                        Opcode::Sub => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_small(vb, vc) {
                                let (difference, overflow) =
                                    (vb.bits() as i64).overflowing_sub(vc.bits() as i64 - 1);
                                if !overflow {
                                    // SAFETY: bit 0 is set: an inline int.
                                    set!(a, unsafe { Value::from_bits(difference as u64) });
                                    continue;
                                }
                            } else if both_float(vb, vc) {
                                let difference = float_of(vb) - float_of(vc);
                                set!(a, Value::float(difference));
                                continue;
                            }
                            binary_slow!(BinaryOp::Sub);
                        }
                        Opcode::Mul => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_small(vb, vc) {
                                let (product, overflow) =
                                    (vb.bits() as i64 - 1).overflowing_mul(vc.bits() as i64 >> 1);
                                if !overflow {
                                    // SAFETY: the product is even, so bit 0 is set: an inline int.
                                    set!(a, unsafe { Value::from_bits(product as u64 + 1) });
                                    continue;
                                }
                            } else if both_float(vb, vc) {
                                let product = float_of(vb) * float_of(vc);
                                set!(a, Value::float(product));
                                continue;
                            }
                            binary_slow!(BinaryOp::Mul);
                        }
                        Opcode::TrueDiv => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_float(vb, vc) {
                                let quotient = float_of(vb) / float_of(vc);
                                set!(a, Value::float(quotient));
                                continue;
                            }
                            binary_slow!(BinaryOp::TrueDiv);
                        }
                        Opcode::FloorDiv => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            if let (Some(x), Some(y)) = (r!(b).as_small_int(), r!(c).as_small_int()) {
                                if y != 0 && y != -1 {
                                    set!(a, Value::small(floor_div(x, y)));
                                    continue;
                                }
                            }
                            binary_slow!(BinaryOp::FloorDiv);
                        }
                        Opcode::Mod => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            if let (Some(x), Some(y)) = (r!(b).as_small_int(), r!(c).as_small_int()) {
                                if y != 0 {
                                    set!(a, Value::small(floor_mod(x, y)));
                                    continue;
                                }
                            }
                            binary_slow!(BinaryOp::Mod);
                        }
                        Opcode::LShift => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            if let (Some(x), Some(y)) = (r!(b).as_small_int(), r!(c).as_small_int()) {
                                if (0..62).contains(&y) && (x << y) >> y == x {
                                    if let Some(value) = Value::small_int(x << y) {
                                        set!(a, value);
                                        continue;
                                    }
                                }
                            }
                            binary_slow!(BinaryOp::LShift);
                        }
                        Opcode::RShift => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            if let (Some(x), Some(y)) = (r!(b).as_small_int(), r!(c).as_small_int()) {
                                if y >= 0 {
                                    set!(a, Value::small(x >> y.min(63)));
                                    continue;
                                }
                            }
                            binary_slow!(BinaryOp::RShift);
                        }
                        Opcode::And => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_small(vb, vc) {
                                // SAFETY: bit 0 stays set.
                                set!(a, unsafe { Value::from_bits(vb.bits() & vc.bits()) });
                                continue;
                            }
                            binary_slow!(BinaryOp::And);
                        }
                        Opcode::Or => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_small(vb, vc) {
                                // SAFETY: bit 0 stays set.
                                set!(a, unsafe { Value::from_bits(vb.bits() | vc.bits()) });
                                continue;
                            }
                            binary_slow!(BinaryOp::Or);
                        }
                        Opcode::Xor => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let (vb, vc): (&Value, &Value) = (r!(b), r!(c));
                            if both_small(vb, vc) {
                                // SAFETY: bit 0 is set again.
                                set!(a, unsafe { Value::from_bits(vb.bits() ^ vc.bits() | 1) });
                                continue;
                            }
                            binary_slow!(BinaryOp::Xor);
                        }
                        Opcode::AddInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let vb: &Value = r!(b);
                            if vb.is_small_int() {
                                let (sum, overflow) =
                                    (vb.bits() as i64).overflowing_add((c as i16 as i64) << 1);
                                if !overflow {
                                    // SAFETY: bit 0 is set: an inline int.
                                    set!(a, unsafe { Value::from_bits(sum as u64) });
                                    continue;
                                }
                            }
                            binary_int_slow!(BinaryOp::Add);
                        }
                        Opcode::SubInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let vb: &Value = r!(b);
                            if vb.is_small_int() {
                                let (difference, overflow) =
                                    (vb.bits() as i64).overflowing_sub((c as i16 as i64) << 1);
                                if !overflow {
                                    // SAFETY: bit 0 is set: an inline int.
                                    set!(a, unsafe { Value::from_bits(difference as u64) });
                                    continue;
                                }
                            }
                            binary_int_slow!(BinaryOp::Sub);
                        }
                        Opcode::MulInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let vb: &Value = r!(b);
                            if vb.is_small_int() {
                                let (product, overflow) =
                                    (vb.bits() as i64 - 1).overflowing_mul(c as i16 as i64);
                                if !overflow {
                                    // SAFETY: the product is even, so bit 0 is set.
                                    set!(a, unsafe { Value::from_bits(product as u64 + 1) });
                                    continue;
                                }
                            }
                            binary_int_slow!(BinaryOp::Mul);
                        }
                        Opcode::FloorDivInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let y = c as i16 as i64;
                            if let (Some(x), true) = (r!(b).as_small_int(), y > 0) {
                                set!(a, Value::small(floor_div(x, y)));
                                continue;
                            }
                            binary_int_slow!(BinaryOp::FloorDiv);
                        }
                        Opcode::ModInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let y = c as i16 as i64;
                            if let (Some(x), true) = (r!(b).as_small_int(), y > 0) {
                                set!(a, Value::small(floor_mod(x, y)));
                                continue;
                            }
                            binary_int_slow!(BinaryOp::Mod);
                        }
                        Opcode::AndInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            if let Some(x) = r!(b).as_small_int() {
                                set!(a, Value::small(x & c as i16 as i64));
                                continue;
                            }
                            binary_int_slow!(BinaryOp::And);
                        }
                        Opcode::LShiftInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let y = c as i16 as i64;
                            if let Some(x) = r!(b).as_small_int() {
                                if (0..62).contains(&y) && (x << y) >> y == x {
                                    if let Some(value) = Value::small_int(x << y) {
                                        set!(a, value);
                                        continue;
                                    }
                                }
                            }
                            binary_int_slow!(BinaryOp::LShift);
                        }
                        Opcode::RShiftInt => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let y = c as i16 as i64;
                            if let (Some(x), true) = (r!(b).as_small_int(), y >= 0) {
                                set!(a, Value::small(x >> y.min(63)));
                                continue;
                            }
                            binary_int_slow!(BinaryOp::RShift);
                        }
                        Opcode::Neg => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let vb: &Value = r!(b);
                            if let Some(n) = vb.as_small_int() {
                                set!(a, Value::int(-n));
                                continue;
                            } else if vb.bits() & 3 == 2 {
                                let x = -float_of(vb);
                                set!(a, Value::float(x));
                                continue;
                            }
                            unary_slow!(self.negative(r!(b)));
                        }
                        Opcode::Not => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value: &Value = r!(b);
                            if let Some(truth) = value.as_bool() {
                                set!(a, Value::bool(!truth));
                                continue;
                            }
                            unary_slow!(self.truth(r!(b)).map(|truth| Value::bool(!truth)));
                        }

                        Opcode::Lt => compare_value!(<, CompareOp::Lt),
                        Opcode::Le => compare_value!(<=, CompareOp::Le),
                        Opcode::Eq => compare_value!(==, CompareOp::Eq),
                        Opcode::Ne => compare_value!(!=, CompareOp::Ne),
                        Opcode::Gt => compare_value!(>, CompareOp::Gt),
                        Opcode::Ge => compare_value!(>=, CompareOp::Ge),
                        Opcode::Is | Opcode::IsNot => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let same = r!(b).is(r!(c)) == (word!().op_byte() == Opcode::Is as u8);
                            save!();
                            kill!();
                            set!(a, Value::bool(same));
                        }

                        Opcode::Jump => jump!(word!().bc()),
                        Opcode::JumpBack => {
                            jump!(word!().bc());
                            if self.heap.attention.get() {
                                save!();
                                tri!(self.attend_checked());
                            }
                        }
                        Opcode::JumpIfTrue => {
                            if truth_of_a!() {
                                jump!(word!().bc());
                            }
                        }
                        Opcode::JumpIfFalse => {
                            if !truth_of_a!() {
                                jump!(word!().bc());
                            }
                        }
                        Opcode::JumpIfNone | Opcode::JumpIfNotNone => {
                            let a = word!().a() as usize;
                            let taken = r!(a).is_none() == (word!().op_byte() == Opcode::JumpIfNone as u8);
                            save!();
                            kill_a!();
                            if taken {
                                jump!(word!().bc());
                            }
                        }
                        Opcode::JumpIfLt => jump_if!(compare_truth!(<, CompareOp::Lt), true),
                        Opcode::JumpIfLe => jump_if!(compare_truth!(<=, CompareOp::Le), true),
                        Opcode::JumpIfEq => jump_if!(compare_truth!(==, CompareOp::Eq), true),
                        Opcode::JumpIfNe => jump_if!(compare_truth!(!=, CompareOp::Ne), true),
                        Opcode::JumpIfGt => jump_if!(compare_truth!(>, CompareOp::Gt), true),
                        Opcode::JumpIfGe => jump_if!(compare_truth!(>=, CompareOp::Ge), true),
                        Opcode::JumpIfNotLt => jump_if!(compare_truth!(<, CompareOp::Lt), false),
                        Opcode::JumpIfNotLe => jump_if!(compare_truth!(<=, CompareOp::Le), false),
                        Opcode::JumpIfNotEq => jump_if!(compare_truth!(==, CompareOp::Eq), false),
                        Opcode::JumpIfNotNe => jump_if!(compare_truth!(!=, CompareOp::Ne), false),
                        Opcode::JumpIfNotGt => jump_if!(compare_truth!(>, CompareOp::Gt), false),
                        Opcode::JumpIfNotGe => jump_if!(compare_truth!(>=, CompareOp::Ge), false),
                        Opcode::JumpIfLtInt => jump_if!(compare_int_truth!(<, CompareOp::Lt), true),
                        Opcode::JumpIfLeInt => jump_if!(compare_int_truth!(<=, CompareOp::Le), true),
                        Opcode::JumpIfEqInt => jump_if!(compare_int_truth!(==, CompareOp::Eq), true),
                        Opcode::JumpIfNeInt => jump_if!(compare_int_truth!(!=, CompareOp::Ne), true),
                        Opcode::JumpIfGtInt => jump_if!(compare_int_truth!(>, CompareOp::Gt), true),
                        Opcode::JumpIfGeInt => jump_if!(compare_int_truth!(>=, CompareOp::Ge), true),
                        Opcode::JumpIfNotLtInt => jump_if!(compare_int_truth!(<, CompareOp::Lt), false),
                        Opcode::JumpIfNotLeInt => jump_if!(compare_int_truth!(<=, CompareOp::Le), false),
                        Opcode::JumpIfNotEqInt => jump_if!(compare_int_truth!(==, CompareOp::Eq), false),
                        Opcode::JumpIfNotNeInt => jump_if!(compare_int_truth!(!=, CompareOp::Ne), false),
                        Opcode::JumpIfNotGtInt => jump_if!(compare_int_truth!(>, CompareOp::Gt), false),
                        Opcode::JumpIfNotGeInt => jump_if!(compare_int_truth!(>=, CompareOp::Ge), false),
                        Opcode::JumpIfIs | Opcode::JumpIfIsNot => {
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            let taken = r!(b).is(r!(c)) == (word!().op_byte() == Opcode::JumpIfIs as u8);
                            save!();
                            kill!();
                            if taken {
                                jump!(word!().a() as i16);
                            }
                        }
                        Opcode::JumpIfIn | Opcode::JumpIfNotIn => {
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            let found = tri!(self.contains(r!(c), r!(b)));
                            kill!();
                            attend!();
                            if found == (word!().op_byte() == Opcode::JumpIfIn as u8) {
                                jump!(word!().a() as i16);
                            }
                        }

                        Opcode::GetIter => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            save!();
                            let iterator = match r!(b).downcast_exact::<List>() {
                                Some(list) => ListIterator::new(list.clone()).into(),
                                None => tri!(self.iter(r!(b))),
                            };
                            if word!().x() & KILL_B != 0 {
                                set!(b, Value::UNBOUND);
                            }
                            set!(a, iterator);
                            attend!();
                        }
                        Opcode::ForIter => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let iterator: &Value = r!(b);
                            if let Some(range) = iterator.downcast::<RangeIterator>() {
                                if let Some(n) = range.advance() {
                                    set!(a, Value::small(n));
                                    continue;
                                }
                            } else if let Some(list) = iterator.downcast::<ListIterator>() {
                                if let Some(item) = list.next() {
                                    save!();
                                    set!(a, item);
                                    continue;
                                }
                            } else if let Some(generator) = iterator.downcast::<Generator>() {
                                if let Some((frame, next)) = self.resume_in_loop(generator, ip) {
                                    base = frame.0;
                                    ip = next;
                                    self.frame.set(frame);
                                    continue;
                                }
                            }
                            save!();
                            match tri!(self.for_iter(Frame(base), b, ip)) {
                                ForNext::Item(item) => {
                                    set!(a, item);
                                    attend!();
                                }
                                ForNext::End => {
                                    set!(b, Value::UNBOUND);
                                    attend!();
                                    jump!(word!().c() as i16);
                                }
                                ForNext::Enter(frame, next) => {
                                    base = frame.0;
                                    ip = next;
                                    self.frame.set(frame);
                                }
                            }
                        }
                        Opcode::UnpackSequence => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            let source = if word!().x() & KILL_B != 0 {
                                std::mem::replace(r!(b), Value::UNBOUND)
                            } else {
                                r!(b).clone()
                            };
                            match source.downcast_exact::<Tuple>() {
                                Some(tuple) if tuple.len() == c => {
                                    for (at, item) in tuple.items().iter().enumerate() {
                                        set!(a + at, item.clone());
                                    }
                                }
                                _ => tri!(self.unpack_sequence(Frame(base), a, &source, c)),
                            }
                            self.discard(source);
                            attend!();
                        }

                        Opcode::BuildTuple => {
                            let a = word!().a() as usize;
                            let c = word!().c() as usize;
                            let tuple = Tuple::new(take_group!(c)).into();
                            set!(a, tuple);
                        }
                        Opcode::BuildList => {
                            let a = word!().a() as usize;
                            let c = word!().c() as usize;
                            let list = List::new(take_group!(c).collect()).into();
                            set!(a, list);
                        }
                        Opcode::ListAppend => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let value = if word!().x() & KILL_B != 0 {
                                std::mem::replace(r!(b), Value::UNBOUND)
                            } else {
                                r!(b).clone()
                            };
                            if let Some(list) = r!(a).downcast::<List>() {
                                list.push(value);
                            }
                        }

                        Opcode::Call => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            save!();
                            called!(self.call_window(Frame(base), a, b, ip), 2);
                        }
                        Opcode::CallPython => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let callee: &Value = r!(a);
                            match callee.downcast::<Function>() {
                                Some(function) => call_python!(function, a, b),
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::CallMethodPython => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let callee: &Value = r!(a);
                            match callee.downcast::<Function>() {
                                Some(function) if !r!(a + HEADER_WORDS).is_unbound() => {
                                    call_python!(function, a, b)
                                }
                                _ => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::CallForGenerator | Opcode::CallMethodForGenerator => {
                            let a = word!().a() as usize;
                            let n = word!().b() as usize;
                            save!();
                            let is_method = word!().op_byte() == Opcode::CallMethodForGenerator as u8;
                            let made = match is_method && r!(a + HEADER_WORDS).is_unbound() {
                                true => None,
                                false => self.call_for_generator(Frame(base), a, n),
                            };
                            match made {
                                Some(generator) => {
                                    *r!(a) = generator;
                                    jump!(2);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::CallFromGenerator | Opcode::CallMethodFromGenerator => {
                            let a = word!().a() as usize;
                            let n = word!().b() as usize;
                            let is_method = word!().op_byte() == Opcode::CallMethodFromGenerator as u8;
                            let entered = match is_method && r!(a + HEADER_WORDS).is_unbound() {
                                true => None,
                                false => self.call_from_generator(Frame(base), a, n, ip),
                            };
                            match entered {
                                Some((frame, entry)) => {
                                    base = frame.0;
                                    ip = entry;
                                    self.frame.set(frame);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::CallNative => {
                            let a = word!().a() as usize;
                            if self.is_native_at(r!(a), ip, Role::Function) {
                                call_native!((*ip).0, a + HEADER_WORDS, word!().b() as usize);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::CallMethodNative => {
                            let a = word!().a() as usize;
                            if self.is_native_at(r!(a), ip, Role::Method)
                                && !r!(a + HEADER_WORDS).is_unbound()
                            {
                                call_native!((*ip).0, a + HEADER_WORDS, word!().b() as usize);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        // Called like a method, but of a module: the place of the receiver is empty.
                        Opcode::CallFreeNative => {
                            let a = word!().a() as usize;
                            if self.is_native_at(r!(a), ip, Role::Function)
                                && r!(a + HEADER_WORDS).is_unbound()
                            {
                                call_native!((*ip).0, a + HEADER_WORDS + 1, word!().b() as usize - 1);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        // A builtin class: the window's last header word, which owns nothing, takes the class as first argument of `__new__`.
                        Opcode::CallType => {
                            let a = word!().a() as usize;
                            // SAFETY: two cache words follow: the class and its `__new__`.
                            let (class, new) = unsafe { ((*ip).0, (*ip.add(1)).0) };
                            if r!(a).bits() == class {
                                let class = std::mem::replace(r!(a), Value::UNBOUND);
                                let first = a + HEADER_WORDS - 1;
                                // SAFETY: inside the window, see above.
                                unsafe { std::ptr::write(base.add(first), class) };
                                call_native!(new, first, word!().b() as usize + 1);
                            } else {
                                ip = self.unquicken(ip);
                            }
                        }
                        Opcode::CallInit => {
                            let a = word!().a() as usize;
                            // SAFETY: as above: the class's version and its `__init__`.
                            let (version, init) = unsafe { ((*ip).0 as u32, (*ip.add(1)).0) };
                            let callee: &Value = r!(a);
                            match callee.downcast::<crate::class::Type>() {
                                Some(class) if class.current_version() == version => {
                                    save!();
                                    // SAFETY: the class with this version owns the function.
                                    let init = unsafe { Value::shared(init) };
                                    called!(self.call_init(Frame(base), a, word!().b() as usize, &init), 2);
                                }
                                _ => ip = self.unquicken(ip),
                            }
                        }
                        // `range(...)` right before GetIter: makes the iterator at once.
                        Opcode::CallRange => {
                            let a = word!().a() as usize;
                            let first = a + HEADER_WORDS;
                            // SAFETY: the cache holds the class; the arguments lie side by side in the window.
                            let (class, args) = unsafe {
                                ((*ip).0, std::slice::from_raw_parts(base.add(first), word!().b() as usize))
                            };
                            let iterator = match r!(a).bits() == class {
                                true => crate::objects::range::Range::small_iter(args),
                                false => None,
                            };
                            match iterator {
                                Some(iterator) => {
                                    // SAFETY: GetIter stands behind the cache words, as was seen when this was specialised.
                                    let target = unsafe { *ip.add(2) }.a() as usize;
                                    save!();
                                    set!(a, Value::UNBOUND);
                                    set!(target, iterator.into());
                                    jump!(3);
                                }
                                None => ip = self.unquicken(ip),
                            }
                        }
                        Opcode::CallMethod => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            save!();
                            called!(self.call_method_window(Frame(base), a, b, ip), 2);
                        }
                        Opcode::CallKw => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            called!(self.call_kw_window(Frame(base), a, b, c, false, ip), 0);
                        }
                        Opcode::CallMethodKw => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            save!();
                            called!(self.call_kw_window(Frame(base), a, b, c, true, ip), 0);
                        }
                        Opcode::CallEx => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            save!();
                            called!(self.call_ex_window(Frame(base), a, b == 1, ip), 0);
                        }
                        Opcode::Return | Opcode::ReturnNone => {
                            let a = word!().a() as usize;
                            let b = word!().b() as usize;
                            let result = if word!().op_byte() == Opcode::Return as u8 {
                                std::mem::replace(r!(a), Value::UNBOUND)
                            } else {
                                Value::NONE
                            };
                            let frame = Frame(base);
                            let link = frame.caller_word() & (7 | MARKS);
                            if link == Link::Init as u64
                                && result.is_none()
                                && self.stack.holds(frame.caller().0)
                            {
                                let caller = frame.caller();
                                let call = frame.return_address();
                                // SAFETY: the address of the calling instruction.
                                let window = unsafe { *call }.a() as usize;
                                if b > 0 && r!(0).is(caller.register(window)) {
                                    // `self` was only lent: the window holds the instance.
                                    let instance = std::mem::replace(r!(0), Value::UNBOUND);
                                    frame.sweep(b);
                                    instance.give_back();
                                } else {
                                    frame.sweep(b);
                                }
                                self.depth.set(self.depth.get() - 1);
                                drop(frame.take_function());
                                ip = super::unwind::after(call);
                                base = caller.0;
                                self.frame.set(caller);
                                save!();
                                attend!();
                            } else if link == Link::Call as u64 {
                                for at in (0..b).rev() {
                                    let register = r!(at);
                                    if register.is_object() {
                                        drop(std::mem::replace(register, Value::UNBOUND));
                                    }
                                }
                                self.depth.set(self.depth.get() - 1);
                                ip = frame.return_address();
                                let caller = frame.caller();
                                // SAFETY: the function slot, the window's first register of the caller.
                                let function = unsafe { std::ptr::replace(frame.function_slot(), result) };
                                base = caller.0;
                                self.frame.set(caller);
                                drop(function);
                                // Finalisers of what the frame held run on behalf of the caller, as in CPython.
                                if self.heap.attention.get() {
                                    save!();
                                    self.attend();
                                }
                            } else if link == Link::Await as u64 {
                                save!();
                                let (frame, next) = self.return_to_awaiter(frame, result, b);
                                base = frame.0;
                                ip = next;
                                save!();
                                attend!();
                            } else if link == Link::FromHeap as u64 && !self.stack.holds(frame.caller().0) {
                                save!();
                                let (frame, next) = self.return_to_generator(frame, result, b);
                                base = frame.0;
                                ip = next;
                                save!();
                                attend!();
                            } else {
                                save!();
                                step!(self.return_slow(frame, result, b));
                            }
                        }

                        Opcode::Yield => {
                            let b = word!().b() as usize;
                            save!();
                            let value = if word!().x() & KILL_B != 0 {
                                std::mem::replace(r!(b), Value::UNBOUND)
                            } else {
                                r!(b).clone()
                            };
                            if let Some((frame, next)) = self.yield_to_loop(Frame(base), ip) {
                                base = frame.0;
                                ip = next;
                                self.frame.set(frame);
                                save!();
                                // SAFETY: the `for` instruction precedes where its loop goes on.
                                let target = unsafe { *ip.sub(1) }.a() as usize;
                                set!(target, value);
                                continue;
                            }
                            let Some(value) = self.yield_to_sink(Frame(base), value) else {
                                set!(word!().a() as usize, Value::NONE);
                                continue;
                            };
                            step!(self.suspend(Frame(base), ip, value));
                        }
                        Opcode::AsyncYield => {
                            let b = word!().b() as usize;
                            save!();
                            let value = if word!().x() & KILL_B != 0 {
                                std::mem::replace(r!(b), Value::UNBOUND)
                            } else {
                                r!(b).clone()
                            };
                            match self.yield_to_async_for(Frame(base), ip, value) {
                                Ok((frame, next)) => {
                                    base = frame.0;
                                    ip = next;
                                    self.frame.set(frame);
                                    save!();
                                    attend!();
                                }
                                Err(value) => step!(self.async_yield(Frame(base), ip, value)),
                            }
                        }
                        Opcode::YieldFrom => {
                            let b = word!().b() as usize;
                            save!();
                            step!(self.yield_from(Frame(base), ip, b));
                        }
                        Opcode::Await => {
                            let b = word!().b() as usize;
                            let c = word!().c() as usize;
                            if let Some((frame, entry)) = self.await_new(Frame(base), b, ip) {
                                base = frame.0;
                                ip = entry;
                                self.frame.set(frame);
                                continue;
                            }
                            save!();
                            step!(self.await_value(Frame(base), ip, b, c));
                        }

                        Opcode::GetANext => {
                            if let Some((frame, next)) = self.resume_in_async_for(Frame(base), ip) {
                                base = frame.0;
                                ip = next;
                                self.frame.set(frame);
                                continue;
                            }
                            save!();
                            tri!(self.execute(Frame(base), ip));
                            attend!();
                        }

                        // The rest moves values between registers and jumps nowhere. All of it is listed: with a pattern for whatever
                        // else there may be, every instruction would check that its opcode is one of those above.
                        Opcode::ClearRange
                        | Opcode::DeleteLocal
                        | Opcode::MakeCell
                        | Opcode::DeleteCell
                        | Opcode::DeleteFree
                        | Opcode::LoadFreeCell
                        | Opcode::StoreGlobal
                        | Opcode::DeleteGlobal
                        | Opcode::StoreName
                        | Opcode::DeleteName
                        | Opcode::LoadMapping
                        | Opcode::LoadNamespace
                        | Opcode::DelAttr
                        | Opcode::GetAttrLong
                        | Opcode::SetAttrLong
                        | Opcode::DelAttrLong
                        | Opcode::GetSuperAttr
                        | Opcode::LoadSpecial
                        | Opcode::DelItem
                        | Opcode::GetSlice
                        | Opcode::BuildSlice
                        | Opcode::Pow
                        | Opcode::MatMul
                        | Opcode::Pos
                        | Opcode::Invert
                        | Opcode::In
                        | Opcode::NotIn
                        | Opcode::GetAIter
                        | Opcode::EndAsyncFor
                        | Opcode::UnpackEx
                        | Opcode::BuildSet
                        | Opcode::BuildMap
                        | Opcode::BuildString
                        | Opcode::ListExtend
                        | Opcode::SetAdd
                        | Opcode::SetUpdate
                        | Opcode::MapAdd
                        | Opcode::MapUpdate
                        | Opcode::MapMerge
                        | Opcode::ListToTuple
                        | Opcode::ConvertValue
                        | Opcode::FormatValue
                        | Opcode::FormatWith
                        | Opcode::BuildInterpolation
                        | Opcode::BuildTemplate
                        | Opcode::MakeFunction
                        | Opcode::ImportName
                        | Opcode::ImportFrom
                        | Opcode::ImportStar
                        | Opcode::Intrinsic1
                        | Opcode::Intrinsic2
                        | Opcode::Raise
                        | Opcode::RaiseFrom
                        | Opcode::RaiseCurrent
                        | Opcode::Reraise
                        | Opcode::PushExc
                        | Opcode::PopExc
                        | Opcode::MatchExc
                        | Opcode::MatchExcStar
                        | Opcode::PrepReraiseStar
                        | Opcode::LoadExcInfo
                        | Opcode::MatchSequence
                        | Opcode::MatchMapping
                        | Opcode::MatchKeys
                        | Opcode::MatchRest
                        | Opcode::MatchClass
                        | Opcode::GetLen => {
                            save!();
                            tri!(self.execute(Frame(base), ip));
                            attend!();
                        }
                    }
                }
            });
        }
    }
}

/// What a `for` loop gets from its iterator.
pub(crate) enum ForNext {
    Item(Value),
    End,
    /// A generator's frame was resumed: run it.
    Enter(Frame, *mut Instruction),
}

/// Whether two direct instances of `str` are equal.
#[inline(always)]
fn equal_strs(a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (a.downcast_exact::<Str>()?, b.downcast_exact::<Str>()?);
    Some(a == b)
}

/// `x // y` rounded down; y is neither 0 nor -1.
#[inline(always)]
fn floor_div(x: i64, y: i64) -> i64 {
    let quotient = x / y;
    if x % y != 0 && (x < 0) != (y < 0) { quotient - 1 } else { quotient }
}

/// `x % y` with y's sign; y is not 0.
#[inline(always)]
fn floor_mod(x: i64, y: i64) -> i64 {
    let remainder = x.wrapping_rem(y);
    if remainder != 0 && (remainder < 0) != (y < 0) { remainder + y } else { remainder }
}

/// Whether the value is a class in the state with this version (low half) whose metaclass is in that one (high half).
#[inline(always)]
fn type_matching(value: &Value, versions: u64) -> bool {
    value.downcast::<crate::class::Type>().is_some_and(|class| {
        class.current_version() == versions as u32
            && class.header().ty().current_version() == (versions >> 32) as u32
    })
}

/// The dict of a class in the state with this version, as for [`type_matching`].
#[inline(always)]
fn volatile_dict(value: &Value, versions: u64) -> Option<&Gc<Dict>> {
    let class = value.downcast::<crate::class::Type>()?;
    type_matching(value, versions).then(|| &*class.dict)
}

/// Whether the value's class is in the state with this version.
#[inline(always)]
pub(crate) fn class_version_is(value: &Value, version: u32) -> bool {
    value.header().is_some_and(|header| header.ty().current_version() == version)
}

/// The plain instance in `value`, if its class's version (low half) and its shape (high half) are these.
#[inline(always)]
pub(crate) fn instance_matching(value: &Value, versions: u64) -> Option<&Gc<Instance>> {
    let instance = value.downcast::<Instance>()?;
    let header = instance.header();
    if instance.shape_id() == (versions >> 32) as u32 && header.ty().current_version() == versions as u32 {
        Some(instance)
    } else {
        None
    }
}

/// Whether the class is in the cached state and no attribute of the object itself can hide the class's: high half the shape, or 0
/// for classes whose instances have no attributes of their own.
#[inline(always)]
pub(crate) fn shadow_free(value: &Value, versions: u64) -> bool {
    if versions >> 32 == 0 {
        class_version_is(value, versions as u32)
    } else {
        instance_matching(value, versions).is_some()
    }
}
