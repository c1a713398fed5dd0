//! Runs compiled code abstractly: which registers are bound when each instruction runs.
//!
//! Finds what the verifier leaves to the compiler: reads of unbound registers, temporaries that outlive their
//! expression, call windows with something in the way, locals read without being surely bound.

use ouro_lang::code::verify::{jump_offset, register_counts};
use ouro_lang::code::{
    CodeObject, Constant, ExceptionEntry, Instruction, KILL_A, KILL_B, KILL_C, Opcode, Operand, flags,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Register {
    Unbound,
    Bound,
    Maybe,
}
use Register::{Bound, Maybe, Unbound};

type State = Vec<Register>;

/// Checks `code` and the code inside it; returns what is wrong, with word indexes.
pub fn check(code: &CodeObject) -> Vec<String> {
    let mut faults = Vec::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        let mut checker = Checker {
            code,
            states: vec![None; code.instructions.len()],
            work: Vec::new(),
            faults: Vec::new(),
            at: 0,
        };
        checker.run();
        faults.extend(checker.faults.into_iter().map(|fault| format!("{}: {fault}", code.qualname)));
        pending.extend(code.constants.iter().filter_map(|constant| match constant {
            Constant::Code(inner) => Some(&**inner),
            _ => None,
        }));
    }
    faults
}

struct Checker<'a> {
    code: &'a CodeObject,
    states: Vec<Option<State>>,
    work: Vec<usize>,
    faults: Vec<String>,
    at: usize,
}

impl Checker<'_> {
    fn run(&mut self) {
        let code = self.code;
        let has = |flag| usize::from(code.flags & flag != 0);
        let n_parameters = usize::from(code.n_positional + code.n_keyword_only)
            + has(flags::VARARGS)
            + has(flags::VARKEYWORDS);
        let mut state = vec![Unbound; code.n_registers.into()];
        state[..n_parameters].fill(Bound);
        if code.flags & flags::OPTIMIZED == 0 && !state.is_empty() {
            state[0] = Bound;
        }
        self.flow(0, &state);
        while let Some(at) = self.work.pop() {
            if self.faults.len() > 5 {
                return;
            }
            self.at = at;
            let state = self.states[at].clone().expect("queued with a state");
            self.step(code.instructions[at], state);
        }
    }

    fn fault(&mut self, what: impl Into<String>) {
        let fault = format!("{} at {}: {:?}", what.into(), self.at, self.code.instructions[self.at]);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn flow(&mut self, to: usize, state: &State) {
        let Some(known) = &mut self.states[to] else {
            self.states[to] = Some(state.clone());
            self.work.push(to);
            return;
        };
        let mut changed = false;
        for (old, &new) in known.iter_mut().zip(state) {
            if *old != new && *old != Maybe {
                *old = Maybe;
                changed = true;
            }
        }
        if changed {
            self.work.push(to);
        }
    }

    fn need(&mut self, state: &State, register: usize) {
        if state[register] != Bound {
            self.fault(format!("reads r{register}, which is {:?}", state[register]));
        }
    }

    fn step(&mut self, ins: Instruction, mut state: State) {
        use Opcode::*;
        let code = self.code;
        let op = ins.op();
        let [a, b, c] = [ins.a(), ins.b(), ins.c()].map(usize::from);
        self.raise(&state);
        let fields = [a, b, c];
        let counts = register_counts(ins).map(|n| n as usize);
        let next = self.at + 1 + op.cache_words();
        let target = jump_offset(ins).map(|offset| (next as i64 + i64::from(offset)) as usize);

        // What is read.
        let lenient = matches!(op, CheckBound | JumpIfBound | DeleteLocal | Take | Clear | ClearRange);
        let in_group = |op| {
            matches!(
                op,
                GetSlice
                    | BuildSlice
                    | BuildTuple
                    | BuildList
                    | BuildSet
                    | BuildMap
                    | BuildString
                    | BuildInterpolation
                    | ImportName
                    | Intrinsic2
                    | MatchClass
                    | GetSuperAttr
            )
        };
        for (n, operand) in op.operands().into_iter().enumerate() {
            match operand {
                Operand::R | Operand::T if !lenient => self.need(&state, fields[n]),
                Operand::Base if in_group(op) => {
                    (fields[n]..fields[n] + counts[n]).for_each(|register| self.need(&state, register));
                }
                _ => {}
            }
        }
        match op {
            Call | CallKw | CallMethod | CallMethodKw | CallEx => {
                let n_args = if op == CallEx { 1 + b } else { b };
                self.need(&state, a);
                (a + 4..a + 4 + n_args).for_each(|register| self.need(&state, register));
                let in_the_way =
                    (a + 1..a + 4).chain(a + 4 + n_args..state.len()).find(|&r| state[r] != Unbound);
                if let Some(register) = in_the_way {
                    self.fault(format!("r{register} is in the way of a call"));
                }
            }
            LoadMethod | LoadSpecial => self.need(&state, a + 4),
            LoadSuperMethod => [a, a + 1, a + 4].into_iter().for_each(|register| self.need(&state, register)),
            MakeFunction => {
                (1..5).filter(|n| c & 1 << (n - 1) != 0).for_each(|n| self.need(&state, a + n));
            }
            _ => {}
        }

        // What becomes unbound.
        for (n, kill) in [KILL_A, KILL_B, KILL_C].into_iter().enumerate() {
            if ins.x() & kill != 0 {
                if fields[n] < code.locals.len() {
                    self.fault(format!("kills the local r{}", fields[n]));
                }
                state[fields[n]] = Unbound;
            }
        }
        let taken = if op == Take { state[b] } else { Bound };
        for (n, operand) in op.operands().into_iter().enumerate() {
            match operand {
                Operand::T => state[fields[n]] = Unbound,
                Operand::Base if in_group(op) || op == ClearRange => {
                    state[fields[n]..fields[n] + counts[n]].fill(Unbound);
                }
                _ => {}
            }
        }
        match op {
            Call | CallKw | CallMethod | CallMethodKw | CallEx => state[a + 1..].fill(Unbound),
            MakeFunction => (1..5).filter(|n| c & 1 << (n - 1) != 0).for_each(|n| state[a + n] = Unbound),
            Await | YieldFrom => state[b] = Unbound,
            LoadSuperMethod => state[a + 1] = Unbound,
            _ => {}
        }

        // Jumps with a state of their own.
        match op {
            ForIter => {
                let mut exhausted = state.clone();
                exhausted[b] = Unbound;
                self.flow(target.expect("it jumps"), &exhausted);
                state[a] = Bound;
                return self.flow(next, &state);
            }
            JumpIfBound => {
                let mut bound = state.clone();
                bound[a] = Bound;
                self.flow(target.expect("it jumps"), &bound);
                state[a] = Unbound;
                return self.flow(next, &state);
            }
            Return | ReturnNone => {
                if let Some(register) = (b..state.len()).find(|&register| state[register] != Unbound) {
                    self.fault(format!("r{register} is bound but not swept"));
                }
                return;
            }
            Raise | RaiseFrom | RaiseCurrent | Reraise => return,
            _ => {}
        }

        // What becomes bound.
        for (n, operand) in op.operands().into_iter().enumerate() {
            match operand {
                Operand::D => state[fields[n]] = Bound,
                Operand::Base if matches!(op, UnpackSequence | UnpackEx | LoadExcInfo | MatchExcStar) => {
                    state[fields[n]..fields[n] + counts[n]].fill(Bound);
                }
                Operand::Window => state[fields[n]] = Bound,
                _ => {}
            }
        }
        match op {
            GetSuperAttr => state[a] = Bound,
            Take => state[a] = taken,
            LoadMapping => state[a] = Maybe,
            CheckBound => state[a] = Bound,
            _ => {}
        }

        if let Some(target) = target {
            self.flow(target, &state);
        }
        if !matches!(op, Jump | JumpBack) {
            self.flow(next, &state);
        }
    }

    /// The way to the handler of the current instruction.
    fn raise(&mut self, state: &State) {
        let at = self.at as u32;
        let covers = |entry: &&ExceptionEntry| (entry.start..entry.end).contains(&at);
        let Some(entry) = self.code.exception_table.iter().find(covers) else { return };
        let mut state = state.clone();
        state[entry.floor.into()..].fill(Unbound);
        state[usize::from(entry.exception)] = Bound;
        self.flow(entry.handler as usize, &state);
    }
}
