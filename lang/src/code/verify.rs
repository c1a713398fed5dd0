//! Checks that code is safe to run: after this the VM reads registers, constants, names and jumps unchecked.
//!
//! What is checked is structure. That a register is bound when it is read is the compiler's business: an unbound one
//! is still a value to the VM, only a senseless one.

use std::fmt;

use super::{CodeObject, Constant, Instruction, Opcode, Operand, WINDOW_HEADER, flags};

/// Code that must not run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The qualified name of the code object.
    pub code: String,
    /// Word index of the offending instruction.
    pub at: usize,
    pub what: &'static str,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad code {} at {}: {}", self.code, self.at, self.what)
    }
}

impl std::error::Error for VerifyError {}

/// Checks `code` and every code object among its constants.
///
/// # Errors
/// The first fault found.
pub fn verify(code: &CodeObject) -> Result<(), VerifyError> {
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        Checker { code, at: 0 }.check()?;
        pending.extend(code.constants.iter().filter_map(|constant| match constant {
            Constant::Code(inner) => Some(&**inner),
            _ => None,
        }));
    }
    Ok(())
}

/// Registers that operand `a`, `b`, `c` stand for: more than one for groups and call windows, 0 if it is no register.
pub fn register_counts(instruction: Instruction) -> [u32; 3] {
    use Opcode::*;
    let op = instruction.op();
    let (b, c) = (u32::from(instruction.b()), u32::from(instruction.c()));
    let header = u32::from(WINDOW_HEADER);
    let group = match op {
        ClearRange => b,
        LoadMethod | LoadSuperMethod | LoadSpecial | LoadMethodClass | LoadMethodSlot | LoadMethodModule
        | LoadMethodType => header + 1,
        Call
        | CallMethod
        | CallKw
        | CallMethodKw
        | CallPython
        | CallNative
        | CallMethodPython
        | CallMethodNative
        | CallFreeNative
        | CallType
        | CallInit
        | CallRange
        | CallForGenerator
        | CallMethodForGenerator
        | CallFromGenerator
        | CallMethodFromGenerator => header + b,
        CallEx => header + 1 + b,
        GetSuperAttr | BuildSlice | LoadExcInfo | MatchClass | BuildInterpolation => 3,
        GetSlice | ImportName | Intrinsic2 | MatchExcStar => 2,
        UnpackSequence | BuildTuple | BuildList | BuildSet | BuildString => c,
        UnpackEx => (c & 0xff) + 1 + (c >> 8),
        BuildMap => 2 * c,
        // The parts behind the function's own register.
        MakeFunction => 32 - (c & 15).leading_zeros() + 1,
        _ => 1,
    };
    op.operands().map(|operand| match operand {
        Operand::Base | Operand::Window => group,
        Operand::D if op == MakeFunction => group,
        Operand::D | Operand::R | Operand::T => 1,
        _ => 0,
    })
}

/// The offset if the instruction can jump, in words from the end of the instruction and its caches.
pub fn jump_offset(instruction: Instruction) -> Option<i32> {
    let values = [instruction.a(), instruction.b(), instruction.c()];
    (instruction.op().operands().iter().zip(values)).find_map(|(operand, value)| match operand {
        Operand::Jump => Some((value as i16).into()),
        Operand::HighJump => Some(instruction.bc()),
        _ => None,
    })
}

struct Checker<'a> {
    code: &'a CodeObject,
    at: usize,
}

impl Checker<'_> {
    fn check(&mut self) -> Result<(), VerifyError> {
        self.check_header()?;
        let starts = self.instruction_starts()?;
        let mut at = 0;
        while let Some(&instruction) = self.code.instructions.get(at) {
            self.at = at;
            self.check_registers(instruction)?;
            self.check_indexes(instruction)?;
            self.check_kinds(instruction)?;
            self.check_jump(instruction, &starts)?;
            at += 1 + instruction.op().cache_words();
        }
        self.check_handlers(&starts)
    }

    fn require(&self, holds: bool, what: &'static str) -> Result<(), VerifyError> {
        match holds {
            true => Ok(()),
            false => Err(VerifyError { code: self.code.qualname.to_string(), at: self.at, what }),
        }
    }

    fn check_header(&self) -> Result<(), VerifyError> {
        let code = self.code;
        let n_registers = usize::from(code.n_registers);
        let has = |flag| usize::from(code.flags & flag != 0);
        let n_parameters = usize::from(code.n_positional)
            + usize::from(code.n_keyword_only)
            + has(flags::VARARGS)
            + has(flags::VARKEYWORDS);
        self.require(code.locals.len() <= n_registers, "more locals than registers")?;
        self.require(n_parameters <= code.locals.len(), "more parameters than locals")?;
        self.require(code.n_positional_only <= code.n_positional, "more positional-only than positional")?;
        let cells_fit = code.cell_registers.iter().all(|&register| usize::from(register) < code.locals.len());
        self.require(cells_fit, "cell that is no local")?;
        let doc = code.flags & flags::HAS_DOCSTRING == 0
            || matches!(code.constants.first(), Some(Constant::Str(_)));
        self.require(doc, "no docstring where one is promised")
    }

    /// Which words are instructions, not caches.
    fn instruction_starts(&mut self) -> Result<Vec<bool>, VerifyError> {
        let words = &self.code.instructions;
        let mut starts = vec![false; words.len()];
        let mut last = None;
        let mut at = 0;
        while at < words.len() {
            self.at = at;
            let op = Opcode::from_u8(words[at].op_byte());
            let Some(op) = op.filter(|&op| (op as u8) < Opcode::GetAttrSlot as u8) else {
                return self.require(false, "unknown opcode").map(|()| starts);
            };
            starts[at] = true;
            let caches = words.get(at + 1..at + 1 + op.cache_words());
            self.require(
                caches.is_some_and(|words| words.iter().all(|word| word.0 == 0)),
                "cache not empty",
            )?;
            at += 1 + op.cache_words();
            last = Some(op);
        }
        let ends = last.is_some_and(|op| {
            use Opcode::*;
            matches!(op, Jump | JumpBack | Return | ReturnNone | Raise | RaiseFrom | RaiseCurrent | Reraise)
        });
        self.require(ends, "runs off the end")?;
        Ok(starts)
    }

    fn check_registers(&self, instruction: Instruction) -> Result<(), VerifyError> {
        let firsts = [instruction.a(), instruction.b(), instruction.c()];
        let fits = (register_counts(instruction).iter().zip(firsts))
            .all(|(&n, first)| n == 0 || u32::from(first) + n <= u32::from(self.code.n_registers));
        self.require(fits, "register out of range")
    }

    fn check_indexes(&self, instruction: Instruction) -> Result<(), VerifyError> {
        let code = self.code;
        let values = [instruction.a(), instruction.b(), instruction.c()];
        for (operand, value) in instruction.op().operands().into_iter().zip(values) {
            let short = usize::from(value);
            // A negative 32-bit index is out of range for every table.
            let long = instruction.bc() as u32 as usize;
            match operand {
                Operand::Name => self.require(short < code.names.len(), "name out of range")?,
                Operand::HighName => self.require(long < code.names.len(), "name out of range")?,
                Operand::Const => self.require(short < code.constants.len(), "constant out of range")?,
                Operand::HighConst => self.require(long < code.constants.len(), "constant out of range")?,
                Operand::Free => self.require(short < code.free_names.len(), "free variable out of range")?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Operands with a meaning of their own; indexes are already known to be in range.
    fn check_kinds(&self, instruction: Instruction) -> Result<(), VerifyError> {
        use Opcode::*;
        let (b, c) = (usize::from(instruction.b()), usize::from(instruction.c()));
        match instruction.op() {
            LoadCommon => self.require(b <= 7, "unknown common constant"),
            LoadSpecial => self.require(b <= 3, "unknown special method"),
            ConvertValue => self.require((1..=3).contains(&c), "unknown conversion"),
            BuildInterpolation | Await => self.require(c <= 3, "unknown kind"),
            CallEx => self.require(b <= 1, "unknown kind of call"),
            Intrinsic1 => self.require(c < super::Intrinsic1::ALL.len(), "unknown intrinsic"),
            Intrinsic2 => self.require(c < super::Intrinsic2::ALL.len(), "unknown intrinsic"),
            CallMethod | CallMethodKw if b == 0 => self.require(false, "method call without receiver"),
            MakeFunction => {
                let is_code = matches!(self.code.constants[b], Constant::Code(_));
                self.require(is_code && c <= 15, "function without code")
            }
            _ => Ok(()),
        }?;
        if let CallKw | CallMethodKw = instruction.op() {
            let Constant::Tuple(names) = &self.code.constants[c] else {
                return self.require(false, "keyword names are no tuple");
            };
            let n_receivers = usize::from(instruction.op() == CallMethodKw);
            let all_text = names.iter().all(|name| matches!(name, Constant::Str(_)));
            self.require(all_text && names.len() + n_receivers <= b, "bad keyword names")?;
        }
        Ok(())
    }

    fn check_jump(&self, instruction: Instruction, starts: &[bool]) -> Result<(), VerifyError> {
        let Some(offset) = jump_offset(instruction) else { return Ok(()) };
        let next = self.at + 1 + instruction.op().cache_words();
        let target = next as i64 + i64::from(offset);
        let lands = usize::try_from(target).ok().and_then(|target| starts.get(target)) == Some(&true);
        self.require(lands, "jump into nowhere")?;
        // Each loop must pass a JumpBack, where signals are served.
        let backward = instruction.op() == Opcode::JumpBack;
        self.require(backward == (offset < 0), "jump in the wrong direction")
    }

    fn check_handlers(&mut self, starts: &[bool]) -> Result<(), VerifyError> {
        for entry in &self.code.exception_table {
            self.at = entry.start as usize;
            let is_start = |at: u32| starts.get(at as usize) == Some(&true);
            let ends = entry.end as usize == starts.len() || is_start(entry.end);
            self.require(entry.start < entry.end && is_start(entry.start) && ends, "bad protected range")?;
            self.require(is_start(entry.handler), "handler in nowhere")?;
            let fits = entry.floor <= self.code.n_registers && entry.exception < self.code.n_registers;
            self.require(fits, "handler register out of range")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::code::{CodeBody, ExceptionEntry, LineTable};

    fn code(instructions: Vec<Instruction>) -> CodeObject {
        CodeObject {
            name: "f".into(),
            qualname: "f".into(),
            filename: "a.py".into(),
            first_line: 1,
            flags: 0,
            n_positional: 0,
            n_positional_only: 0,
            n_keyword_only: 0,
            n_registers: 8,
            n_locals: 0,
            body: CodeBody {
                locals: vec![],
                cell_registers: vec![],
                free_names: vec![],
                instructions,
                constants: vec![
                    Constant::Int(1),
                    Constant::Tuple([Constant::Str(b"k".as_slice().into())].into()),
                ],
                names: vec!["n".into()],
                exception_table: vec![],
                line_table: LineTable::default(),
            }
            .into(),
        }
    }

    fn fault(instructions: &[Instruction]) -> Option<&'static str> {
        verify(&code(instructions.to_vec())).err().map(|error| error.what)
    }

    #[test]
    fn finds_each_kind_of_fault() {
        use Opcode::*;
        let new = |op, a, b, c| Instruction::new(op, 0, a, b, c);
        let end = new(ReturnNone, 0, 8, 0);
        let zero = Instruction(0);
        for (instructions, want) in [
            (vec![end], None),
            (vec![], Some("runs off the end")),
            (vec![new(Nop, 0, 0, 0)], Some("runs off the end")),
            (vec![Instruction(255), end], Some("unknown opcode")),
            (vec![new(GetAttrSlot, 0, 0, 0), zero, zero, zero, end], Some("unknown opcode")),
            (vec![new(Add, 7, 7, 7), end], None),
            (vec![new(Add, 7, 8, 7), end], Some("register out of range")),
            (vec![new(Call, 2, 2, 0), zero, zero, end], None),
            (vec![new(Call, 2, 3, 0), zero, zero, end], Some("register out of range")),
            (vec![new(Call, 2, 2, 0), zero, end], Some("cache not empty")),
            (vec![new(BuildMap, 0, 0, 5), end], Some("register out of range")),
            (vec![new(MakeFunction, 0, 0, 0), end], Some("function without code")),
            (vec![new(CallKw, 0, 1, 1), end], None),
            (vec![new(CallKw, 0, 1, 0), end], Some("keyword names are no tuple")),
            (vec![new(CallMethodKw, 0, 1, 1), end], Some("bad keyword names")),
            (vec![new(DelAttr, 0, 1, 0), end], Some("name out of range")),
            (vec![Instruction::wide(LoadConst, 0, 0, -1), end], Some("constant out of range")),
            (vec![new(LoadFree, 0, 0, 0), end], Some("free variable out of range")),
            (vec![Instruction::wide(Jump, 0, 0, 0), end], None),
            (vec![Instruction::wide(Jump, 0, 0, 1), end], Some("jump into nowhere")),
            (vec![Instruction::wide(JumpBack, 0, 0, -1)], None),
            (vec![Instruction::wide(Jump, 0, 0, -1)], Some("jump in the wrong direction")),
            (
                vec![Instruction::wide(JumpIfTrue, 0, 0, 1), new(Call, 0, 0, 0), zero, zero, end],
                Some("jump into nowhere"),
            ),
            (vec![new(LoadCommon, 0, 8, 0), end], Some("unknown common constant")),
        ] {
            assert_eq!(fault(&instructions), want, "{instructions:?}");
        }
    }

    #[test]
    fn looks_into_handlers_and_nested_code() {
        let end = Instruction::new(Opcode::ReturnNone, 0, 0, 8, 0);
        let mut outer = code(vec![end, end]);
        outer.exception_table = vec![ExceptionEntry { start: 0, end: 1, handler: 1, floor: 8, exception: 7 }];
        assert_eq!(verify(&outer), Ok(()));
        outer.exception_table[0].handler = 2;
        assert_eq!(verify(&outer).unwrap_err().what, "handler in nowhere");
        outer.exception_table.clear();
        outer.constants.push(Constant::Code(Rc::new(code(vec![]))));
        assert_eq!(verify(&outer).unwrap_err().what, "runs off the end");
    }
}
