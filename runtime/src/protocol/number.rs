//! Arithmetic operators: which operand's slot answers, in which order, and the TypeError when none does.

use crate::class::{BinaryFn, BinaryOp};
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

fn same(a: BinaryFn, b: BinaryFn) -> bool {
    std::ptr::fn_addr_eq(a, b)
}

/// Whether both are exact strings, which have no numeric slot for `+`.
#[inline(always)]
fn both_text(a: &Value, b: &Value) -> bool {
    a.downcast_exact::<Str>().is_some() && b.downcast_exact::<Str>().is_some()
}

/// Float arithmetic on inline floats and ints, and the true division of ints that floats represent exactly. `None` leaves it to the
/// operands' slots.
#[inline(always)]
fn float_arithmetic(op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
    /// Above, ints have no exact float.
    const EXACT: i64 = 1 << 53;
    let (x, y) = match (a.as_small_int(), b.as_small_int()) {
        (Some(x), Some(y)) => {
            if op != BinaryOp::TrueDiv || x.abs() > EXACT || y.abs() > EXACT {
                return None;
            }
            (x as f64, y as f64)
        }
        (Some(x), None) => (x as f64, b.as_exact_float()?),
        (None, Some(y)) => (a.as_exact_float()?, y as f64),
        (None, None) => (a.as_exact_float()?, b.as_exact_float()?),
    };
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::TrueDiv if y != 0.0 => x / y,
        _ => return None,
    };
    Some(Value::float(result))
}

impl Vm {
    /// Tries both operands' slots for `op`: the left one's first, unless the right one's class is a subclass with its own.
    pub fn binary_slots(&self, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
        let (class_a, class_b) = (self.type_of(a), self.type_of(b));
        let left = class_a.slots().binary[op as usize];
        let mut right = class_b.slots().binary[op as usize];
        if class_a.is(class_b) || matches!((left, right), (Some(l), Some(r)) if same(l, r)) {
            right = None;
        }
        if let Some(left) = left {
            if let Some(first) = right.filter(|_| class_b.is_subclass(class_a)) {
                let result = first(self, a, b)?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
                right = None;
            }
            let result = left(self, a, b)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        match right {
            Some(right) => right(self, a, b),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    /// `a op b`.
    pub fn binary(&self, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
        if let Some(result) = float_arithmetic(op, a, b) {
            return Ok(result);
        }
        if op == BinaryOp::Add && both_text(a, b) {
            return crate::objects::str::concat(self, a, b);
        }
        if op == BinaryOp::Pow {
            return self.power(a, b, &Value::NONE);
        }
        let result = self.binary_slots(op, a, b)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
        if let Some(result) = self.sequence_operator(op, a, b, false)? {
            return Ok(result);
        }
        self.unsupported(op, "", a, b)
    }

    /// `a op= b`.
    pub fn inplace(&self, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
        if let Some(result) = float_arithmetic(op, a, b) {
            return Ok(result);
        }
        if op == BinaryOp::Add && both_text(a, b) {
            return crate::objects::str::concat(self, a, b);
        }
        if let Some(slot) = self.type_of(a).slots().inplace[op as usize] {
            let result = slot(self, a, b)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        let result = if op == BinaryOp::Pow {
            self.power_slots(a, b, &Value::NONE)?
        } else {
            self.binary_slots(op, a, b)?
        };
        if !result.is_not_implemented() {
            return Ok(result);
        }
        if let Some(result) = self.sequence_operator(op, a, b, true)? {
            return Ok(result);
        }
        self.unsupported(op, "=", a, b)
    }

    /// Concatenation and repetition, which come after all numeric slots.
    fn sequence_operator(
        &self,
        op: BinaryOp,
        a: &Value,
        b: &Value,
        inplace: bool,
    ) -> PyResult<Option<Value>> {
        let slots = self.type_of(a).slots();
        match op {
            BinaryOp::Add => {
                let slot = slots.inplace_concat.filter(|_| inplace).or(slots.concat);
                slot.map(|concat| concat(self, a, b)).transpose()
            }
            BinaryOp::Mul => {
                if let Some(repeat) = slots.inplace_repeat.filter(|_| inplace).or(slots.repeat) {
                    return self.repeat(repeat, a, b).map(Some);
                }
                match self.type_of(b).slots().repeat {
                    Some(repeat) => self.repeat(repeat, b, a).map(Some),
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn repeat(&self, slot: BinaryFn, sequence: &Value, count: &Value) -> PyResult {
        if !self.has_index(count) {
            return self.raise_type_of("can't multiply sequence by non-int of type '{}'", count);
        }
        slot(self, sequence, count)
    }

    #[cold]
    fn unsupported(&self, op: BinaryOp, suffix: &str, a: &Value, b: &Value) -> PyResult {
        let symbol = match (op, suffix) {
            (BinaryOp::Pow, "=") => "**",
            _ => op.symbol(),
        };
        let (left, right) = (self.type_name(a), self.type_name(b));
        let mut message = format!("unsupported operand type(s) for {symbol}{suffix}: '{left}' and '{right}'");
        if op == BinaryOp::RShift && suffix.is_empty() && self.is_print_function(a) {
            message.push_str(". Did you mean \"print(<message>, file=<output_stream>)\"?");
        }
        self.raise(Exc::TypeError, message)
    }

    fn is_print_function(&self, value: &Value) -> bool {
        value
            .downcast::<crate::native::NativeFunction>()
            .is_some_and(|f| f.function.name() == "print" && f.role == crate::native::Role::Function)
    }

    fn power_slots(&self, a: &Value, b: &Value, modulus: &Value) -> PyResult {
        if modulus.is_none() {
            return self.binary_slots(BinaryOp::Pow, a, b);
        }
        for operand in [a, b, modulus] {
            if let Some(slot) = self.type_of(operand).slots().pow {
                let result = slot(self, a, b, modulus)?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        Ok(Value::NOT_IMPLEMENTED)
    }

    /// `pow(a, b, modulus)`, or `a ** b` where the modulus is None.
    pub fn power(&self, a: &Value, b: &Value, modulus: &Value) -> PyResult {
        let result = self.power_slots(a, b, modulus)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
        if modulus.is_none() {
            return self.unsupported(BinaryOp::Pow, "", a, b);
        }
        let names = [a, b, modulus].map(|v| format!("'{}'", self.type_name(v))).join(", ");
        self.raise(Exc::TypeError, format!("unsupported operand type(s) for ** or pow(): {names}"))
    }

    pub fn negative(&self, value: &Value) -> PyResult {
        match self.type_of(value).slots().neg {
            Some(slot) => slot(self, value),
            None => self.raise_type_of("bad operand type for unary -: '{}'", value),
        }
    }

    pub fn positive(&self, value: &Value) -> PyResult {
        match self.type_of(value).slots().pos {
            Some(slot) => slot(self, value),
            None => self.raise_type_of("bad operand type for unary +: '{}'", value),
        }
    }

    pub fn invert(&self, value: &Value) -> PyResult {
        match self.type_of(value).slots().invert {
            Some(slot) => slot(self, value),
            None => self.raise_type_of("bad operand type for unary ~: '{}'", value),
        }
    }

    pub fn absolute(&self, value: &Value) -> PyResult {
        match self.type_of(value).slots().abs {
            Some(slot) => slot(self, value),
            None => self.raise_type_of("bad operand type for abs(): '{}'", value),
        }
    }

    /// Truth value: `__bool__`, else `__len__`, else true.
    #[inline]
    pub fn truth(&self, value: &Value) -> PyResult<bool> {
        if let Some(b) = value.as_bool() {
            return Ok(b);
        }
        if let Some(n) = value.as_small_int() {
            return Ok(n != 0);
        }
        if value.is_none() {
            return Ok(false);
        }
        let slots = self.type_of(value).slots();
        if let Some(slot) = slots.bool {
            return slot(self, value);
        }
        match slots.len {
            Some(len) => Ok(len(self, value)? != 0),
            None => Ok(true),
        }
    }
}
