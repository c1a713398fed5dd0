//! Instructions that only change registers. The dispatch loop hands them over whole: what is seldom run, or spends its time in a callee
//! anyway, would only cost the loop its machine registers. Here too are the slow halves of what the loop does itself.

use ouro_lang::code::{INPLACE, Instruction, KILL_A, KILL_B, KILL_C, Opcode};

use super::Vm;
use super::dispatch::Current;
use super::frame::Frame;
use crate::PyResult;
use crate::class::{BinaryOp, CompareOp};
use crate::heap::Gc;
use crate::objects::cell::CellObject;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// The operands of the instruction before `ip` in a frame.
#[derive(Clone, Copy)]
struct Operands<'a> {
    vm: &'a Vm,
    frame: Frame,
    word: Current,
}

impl<'a> Operands<'a> {
    fn x(self) -> u8 {
        self.word.x()
    }

    fn a(self) -> usize {
        self.word.a() as usize
    }

    fn b(self) -> usize {
        self.word.b() as usize
    }

    fn c(self) -> usize {
        self.word.c() as usize
    }

    fn bc(self) -> i32 {
        self.word.bc()
    }

    fn set(self, register: usize, value: Value) {
        let old = std::mem::replace(self.frame.register(register), value);
        self.vm.discard(old);
    }

    /// Drops the register's value if the instruction is its last use.
    fn kill_if(self, flag: u8, register: usize) {
        if self.x() & flag != 0 {
            self.set(register, Value::UNBOUND);
        }
    }

    /// The register's value: the register is left unbound if the instruction is its last use.
    fn take(self, flag: u8, register: usize) -> Value {
        let register = self.frame.register(register);
        if self.x() & flag != 0 { std::mem::replace(register, Value::UNBOUND) } else { register.clone() }
    }

    fn kill(self) {
        self.kill_if(KILL_B, self.b());
        self.kill_if(KILL_C, self.c());
    }

    fn kill_a(self) {
        self.kill_if(KILL_A, self.a());
    }

    fn name(self, index: usize) -> &'a Gc<Str> {
        &self.frame.code().names()[index]
    }

    /// Takes the `n` values from register b on.
    fn take_group(self, n: usize) -> impl ExactSizeIterator<Item = Value> {
        (0..n).map(move |at| std::mem::replace(self.frame.register(self.b() + at), Value::UNBOUND))
    }

    fn cell(self, register: usize) -> &'a CellObject {
        self.frame
            .register(register)
            .downcast::<CellObject>()
            .expect("the compiler makes cells before it uses them")
    }

    fn free_cell(self, index: usize) -> &'a Gc<CellObject> {
        let closure = self.frame.function().closure.as_ref();
        let cells = closure.map(|closure| closure.items()).unwrap_or_default();
        cells[index].downcast::<CellObject>().expect("closures hold cells")
    }

    /// Stores the result of an operation on register b.
    fn finish_unary(self, result: Value) {
        self.kill_if(KILL_B, self.b());
        self.set(self.a(), result);
    }
}

impl Vm {
    /// Arithmetic that the dispatch loop has no quick way for: on registers b and c, into a.
    #[inline(never)]
    pub(crate) fn binary_at(&self, frame: Frame, ip: *mut Instruction, op: BinaryOp) -> PyResult<()> {
        self.ip.set(ip);
        let at = Operands { vm: self, frame, word: Current(ip) };
        let (left, right): (&Value, &Value) = (frame.register(at.b()), frame.register(at.c()));
        let result = if at.x() & INPLACE != 0 {
            self.inplace(op, left, right)?
        } else {
            self.binary(op, left, right)?
        };
        at.kill();
        at.set(at.a(), result);
        if self.heap.attention.get() { self.attend_checked() } else { Ok(()) }
    }

    /// As [`Vm::binary_at`] where c is a small int itself.
    #[inline(never)]
    pub(crate) fn binary_int_at(&self, frame: Frame, ip: *mut Instruction, op: BinaryOp) -> PyResult<()> {
        self.ip.set(ip);
        let at = Operands { vm: self, frame, word: Current(ip) };
        let left: &Value = frame.register(at.b());
        let right = Value::small(at.word.c() as i16 as i64);
        let result = if at.x() & INPLACE != 0 {
            self.inplace(op, left, &right)?
        } else {
            self.binary(op, left, &right)?
        };
        at.finish_unary(result);
        if self.heap.attention.get() { self.attend_checked() } else { Ok(()) }
    }

    /// The truth of a comparison that the dispatch loop has no quick way for, of registers b and c.
    #[inline(never)]
    pub(crate) fn truth_at(&self, frame: Frame, ip: *mut Instruction, op: CompareOp) -> PyResult<bool> {
        self.ip.set(ip);
        let at = Operands { vm: self, frame, word: Current(ip) };
        let truth = self.compare_truth_slow(frame.register(at.b()), frame.register(at.c()), op)?;
        at.kill();
        if self.heap.attention.get() {
            self.attend_checked()?;
        }
        Ok(truth)
    }

    /// As [`Vm::truth_at`] where c is a small int itself.
    #[inline(never)]
    pub(crate) fn int_truth_at(&self, frame: Frame, ip: *mut Instruction, op: CompareOp) -> PyResult<bool> {
        self.ip.set(ip);
        let at = Operands { vm: self, frame, word: Current(ip) };
        let right = Value::small(at.word.c() as i16 as i64);
        let truth = self.compare_truth_slow(frame.register(at.b()), &right, op)?;
        at.kill_if(KILL_B, at.b());
        if self.heap.attention.get() {
            self.attend_checked()?;
        }
        Ok(truth)
    }

    /// A comparison that the dispatch loop has no quick way for: of registers b and c, into a.
    #[inline(never)]
    pub(crate) fn compare_at(&self, frame: Frame, ip: *mut Instruction, op: CompareOp) -> PyResult<()> {
        self.ip.set(ip);
        let at = Operands { vm: self, frame, word: Current(ip) };
        let result = self.compare(frame.register(at.b()), frame.register(at.c()), op)?;
        at.kill();
        at.set(at.a(), result);
        if self.heap.attention.get() { self.attend_checked() } else { Ok(()) }
    }

    /// The truth of register a, which is no bool.
    #[inline(never)]
    pub(crate) fn truth_of_a(&self, frame: Frame, ip: *mut Instruction) -> PyResult<bool> {
        self.ip.set(ip);
        let at = Operands { vm: self, frame, word: Current(ip) };
        let truth = self.truth(frame.register(at.a()))?;
        at.kill_a();
        if self.heap.attention.get() {
            self.attend_checked()?;
        }
        Ok(truth)
    }

    /// Runs the instruction before `ip`, one of those that neither jump nor call a frame. What it leaves to finalise is the caller's to attend.
    #[inline(never)]
    pub(crate) fn execute(&self, frame: Frame, ip: *mut Instruction) -> PyResult<()> {
        let at = Operands { vm: self, frame, word: Current(ip) };
        let (a, b, c) = (at.a(), at.b(), at.c());
        match at.word.op() {
            Opcode::ClearRange => {
                for register in a..a + b {
                    at.set(register, Value::UNBOUND);
                }
            }
            Opcode::DeleteLocal => {
                if frame.register(a).is_unbound() {
                    return Err(self.raise_unbound_local(at.name(b)));
                }
                at.set(a, Value::UNBOUND);
            }
            Opcode::MakeCell => {
                let content = std::mem::replace(frame.register(a), Value::UNBOUND);
                at.set(a, CellObject::new(content).into());
            }
            Opcode::DeleteCell => {
                let old = at.cell(a).set(Value::UNBOUND);
                if old.is_unbound() {
                    return Err(self.raise_unbound_local(at.name(b)));
                }
                self.discard(old);
            }
            Opcode::DeleteFree => {
                let old = at.free_cell(a).set(Value::UNBOUND);
                if old.is_unbound() {
                    return Err(self.raise_unbound_free(frame.code(), a));
                }
                self.discard(old);
            }
            Opcode::LoadFreeCell => {
                let cell = at.free_cell(b).to_value();
                at.set(a, cell);
            }
            Opcode::StoreGlobal => {
                let value = at.take(KILL_A, a);
                let old = self.store_global(frame, at.name(at.bc() as usize), value);
                self.discard(old);
            }
            Opcode::DeleteGlobal => {
                self.delete_global(frame, at.name(at.bc() as usize))?;
            }
            Opcode::StoreName => {
                let value = at.take(KILL_A, a);
                self.store_name(frame, at.name(at.bc() as usize), value)?;
            }
            Opcode::DeleteName => {
                self.delete_name(frame, at.name(at.bc() as usize))?;
            }
            Opcode::LoadMapping => {
                let found = self.load_mapping(frame.register(b), at.name(c))?;
                at.set(a, found);
            }
            Opcode::LoadNamespace => {
                let namespace = self.namespace_of(frame);
                at.set(a, namespace);
            }
            Opcode::DelAttr => {
                self.set_attr(frame.register(a), at.name(b), None)?;
                at.kill_a();
            }
            Opcode::GetAttrLong => {
                let value = self.get_attr_dynamic(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, value);
            }
            Opcode::SetAttrLong => {
                self.set_attr_dynamic(frame.register(a), frame.register(c), Some(frame.register(b)))?;
                at.kill_a();
                at.kill();
            }
            Opcode::DelAttrLong => {
                self.set_attr_dynamic(frame.register(a), frame.register(b), None)?;
                at.kill_a();
            }
            Opcode::GetSuperAttr => {
                self.get_super_attr(frame, a, at.name(b))?;
            }
            Opcode::LoadSpecial => {
                self.load_special(frame, a, b)?;
            }
            Opcode::DelItem => {
                self.del_item(frame.register(a), frame.register(b))?;
                at.kill_a();
                at.kill_if(KILL_B, b);
            }
            Opcode::GetSlice => {
                let start = std::mem::replace(frame.register(c), Value::UNBOUND);
                let stop = std::mem::replace(frame.register(c + 1), Value::UNBOUND);
                let value = self.get_slice(frame.register(b), start, stop)?;
                at.kill_if(KILL_B, b);
                at.set(a, value);
            }
            Opcode::BuildSlice => {
                let mut bounds = at.take_group(3);
                let mut next = || bounds.next().unwrap_or(Value::NONE);
                let (start, stop, step) = (next(), next(), next());
                let slice = crate::objects::slice::Slice::new(start, stop, step).into();
                at.set(a, slice);
            }
            Opcode::Pow => self.binary_at(frame, ip, BinaryOp::Pow)?,
            Opcode::MatMul => self.binary_at(frame, ip, BinaryOp::MatMul)?,
            Opcode::Pos => at.finish_unary(self.positive(frame.register(b))?),
            Opcode::Invert => at.finish_unary(self.invert(frame.register(b))?),
            Opcode::In | Opcode::NotIn => {
                let found =
                    self.contains(frame.register(c), frame.register(b))? == (at.word.op() == Opcode::In);
                at.kill();
                at.set(a, Value::bool(found));
            }
            Opcode::GetAIter => at.finish_unary(self.get_aiter(frame.register(b))?),
            Opcode::GetANext => at.finish_unary(self.get_anext(frame.register(b))?),
            Opcode::EndAsyncFor => {
                let exception = std::mem::replace(frame.register(a), Value::UNBOUND);
                self.end_async_for(exception)?;
            }
            Opcode::UnpackEx => {
                let source = at.take(KILL_B, b);
                self.unpack_ex(frame, a, &source, c & 255, c >> 8)?;
                self.discard(source);
            }
            Opcode::BuildSet => {
                let set = self.build_set(frame, b, c)?;
                at.set(a, set);
            }
            Opcode::BuildMap => {
                let map = self.build_map(frame, b, c)?;
                at.set(a, map);
            }
            Opcode::BuildString => {
                let text = self.build_string(frame, b, c);
                at.set(a, text);
            }
            Opcode::ListExtend => {
                self.list_extend(frame.register(a), frame.register(b), c == 1)?;
                at.kill();
            }
            Opcode::SetAdd => {
                self.set_add(frame.register(a), frame.register(b))?;
                at.kill();
            }
            Opcode::SetUpdate => {
                self.set_update(frame.register(a), frame.register(b))?;
                at.kill();
            }
            Opcode::MapAdd => {
                self.map_add(frame.register(a), frame.register(b), frame.register(c))?;
                at.kill();
            }
            Opcode::MapUpdate => {
                self.map_update(frame.register(a), frame.register(b))?;
                at.kill();
            }
            Opcode::MapMerge => {
                self.map_merge(frame.register(a), frame.register(b), frame.register(c))?;
                at.kill_if(KILL_B, b);
            }
            Opcode::ListToTuple => {
                let items = match frame.register(b).downcast::<List>() {
                    Some(list) => list.snapshot(),
                    None => Vec::new(),
                };
                let tuple = Tuple::new(items).into();
                at.kill_if(KILL_B, b);
                at.set(a, tuple);
            }
            Opcode::ConvertValue => at.finish_unary(self.convert_value(frame.register(b), c)?),
            Opcode::FormatValue => {
                let text = self.format(frame.register(b), &self.empty_str)?.into();
                at.kill_if(KILL_B, b);
                at.set(a, text);
            }
            Opcode::FormatWith => {
                let text = self.format_with(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, text);
            }
            Opcode::BuildInterpolation => {
                let parts: Vec<Value> = at.take_group(3).collect();
                let interpolation = self.build_interpolation(parts, c)?;
                at.set(a, interpolation);
            }
            Opcode::BuildTemplate => {
                let template = self.build_template(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, template);
            }
            Opcode::MakeFunction => {
                let function = self.make_function(frame, a, b, c);
                at.set(a, function);
            }
            Opcode::ImportName => {
                let level = std::mem::replace(frame.register(b), Value::UNBOUND);
                let fromlist = std::mem::replace(frame.register(b + 1), Value::UNBOUND);
                let module = self.import_name(frame, at.name(c), &fromlist, &level)?;
                at.set(a, module);
            }
            Opcode::ImportFrom => {
                let value = self.import_from(frame.register(b), at.name(c))?;
                at.set(a, value);
            }
            Opcode::ImportStar => {
                self.import_star(frame, frame.register(a))?;
                at.kill_a();
            }
            Opcode::Intrinsic1 => {
                let result = self.intrinsic1(c, frame.register(b))?;
                at.kill_if(KILL_B, b);
                at.set(a, result);
            }
            Opcode::Intrinsic2 => {
                let (first, second) = (
                    std::mem::replace(frame.register(b), Value::UNBOUND),
                    std::mem::replace(frame.register(b + 1), Value::UNBOUND),
                );
                let result = self.intrinsic2(c, first, second)?;
                at.set(a, result);
            }
            Opcode::Raise => {
                let value = frame.register(a).clone();
                at.kill_a();
                return Err(self.raise_statement(value, None));
            }
            Opcode::RaiseFrom => {
                let (value, cause) = (frame.register(a).clone(), frame.register(b).clone());
                at.kill_a();
                at.kill_if(KILL_B, b);
                return Err(self.raise_statement(value, Some(cause)));
            }
            Opcode::RaiseCurrent => {
                return Err(self.raise_current());
            }
            Opcode::Reraise => {
                let value = std::mem::replace(frame.register(a), Value::UNBOUND);
                return Err(self.reraise_value(value));
            }
            Opcode::PushExc => {
                let previous = self.push_handled(frame, frame.register(b));
                at.set(a, previous);
            }
            Opcode::PopExc => {
                let previous = std::mem::replace(frame.register(a), Value::UNBOUND);
                self.pop_handled(frame, previous);
            }
            Opcode::MatchExc => {
                let matches = self.match_exception(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, Value::bool(matches));
            }
            Opcode::MatchExcStar => {
                let (matched, rest) = self.match_exception_star(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, matched);
                at.set(a + 1, rest);
            }
            Opcode::PrepReraiseStar => {
                let result = self.prepare_reraise_star(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, result);
            }
            Opcode::LoadExcInfo => {
                let exception = frame.register(b).clone();
                let class = self.type_of(&exception).to_value();
                let traceback = self.traceback_of(&exception);
                at.set(a, class);
                at.set(a + 1, exception);
                at.set(a + 2, traceback);
            }
            Opcode::MatchSequence => {
                let matches = self.matches_flag(frame.register(b), crate::class::type_flags::SEQUENCE);
                at.kill();
                at.set(a, matches);
            }
            Opcode::MatchMapping => {
                let matches = self.matches_flag(frame.register(b), crate::class::type_flags::MAPPING);
                at.kill();
                at.set(a, matches);
            }
            Opcode::MatchKeys => {
                let values = self.match_keys(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, values);
            }
            Opcode::MatchRest => {
                let rest = self.match_rest(frame.register(b), frame.register(c))?;
                at.kill();
                at.set(a, rest);
            }
            Opcode::MatchClass => {
                let mut parts = at.take_group(3);
                let mut next = || parts.next().unwrap_or(Value::NONE);
                let (subject, class, names) = (next(), next(), next());
                let found = self.match_class(&subject, &class, &names, c)?;
                at.set(a, found);
            }
            Opcode::GetLen => {
                let length = self.len(frame.register(b))?;
                at.kill();
                at.set(a, Value::small(length as i64));
            }
            other => unreachable!("the dispatch loop runs {other:?} itself"),
        }
        Ok(())
    }
}
