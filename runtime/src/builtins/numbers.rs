//! Builtin functions about numbers: abs, bin, chr, divmod, hash, hex, id, oct, ord, pow, round, sum.

use std::ops::ControlFlow;

use crate::class::BinaryOp;
use crate::objects::bytes;
use crate::objects::complex::{self, as_pair};
use crate::objects::int;
use crate::objects::str::Str;
use crate::text::int_text;
use crate::types::BuiltinType;
use crate::vm::drain::Sink;
use crate::{Args, Exc, NativeFn, PyResult, Value, Vm};

pub(super) const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("abs(x, /)", |vm, args| vm.absolute(args.value(0)))
        .doc("Return the absolute value of the argument."),
    NativeFn::new("bin(number, /)", |vm, args| in_radix(vm, args, 2))
        .doc("Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'"),
    NativeFn::new("chr(i, /)", chr)
        .doc("Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff."),
    NativeFn::new("divmod(x, y, /)", |vm, args| vm.binary(BinaryOp::DivMod, args.value(0), args.value(1)))
        .doc("Return the tuple (x//y, x%y).  Invariant: div*y + mod == x."),
    NativeFn::new("hash(obj, /)", |vm, args| vm.hash(args.value(0)).map(Value::int))
        .doc("Return the integer hash value for the given object.\n\nEqual objects have equal hashes; not all objects are hashable."),
    NativeFn::new("hex(number, /)", |vm, args| in_radix(vm, args, 16))
        .doc("Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'"),
    NativeFn::new("id(obj, /)", |_, args| Ok(int::new_u64(args.value(0).id())))
        .doc("Return the identity of an object.\n\nNo two objects that exist at the same time have the same."),
    NativeFn::new("oct(number, /)", |vm, args| in_radix(vm, args, 8))
        .doc("Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'"),
    NativeFn::new("ord(character, /)", ord)
        .doc("Return the ordinal value of a character: the code point of a one-character string, the value of a single byte."),
    NativeFn::new("pow(base, exp, mod=None)", |vm, args| {
        vm.power(args.value(0), args.value(1), args.get(2).unwrap_or(&Value::NONE))
    })
    .doc("Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments."),
    NativeFn::new("round(number, ndigits=None)", round)
        .doc("Round a number to a given precision in decimal digits.\n\nThe result is an integer if ndigits is omitted or None, otherwise of the number's type.\nndigits may be negative."),
    NativeFn::new("sum(iterable, /, start=0)", sum)
        .doc("Return the sum of a 'start' value (default: 0) plus an iterable of numbers."),
];

fn in_radix(vm: &Vm, args: Args<'_>, radix: u32) -> PyResult {
    let index = vm.index(args.value(0))?;
    match int::int_ref(&index) {
        Some(n) => Ok(int_text::to_prefixed(n, radix).into()),
        None => vm.raise_type_of("__index__ returned non-int (type {})", &index),
    }
}

fn chr(vm: &Vm, args: Args<'_>) -> PyResult {
    match u32::try_from(vm.index_clipped(args.value(0))?) {
        Ok(code) if code < 0x11_0000 => Ok(Str::from_code_point(code).into()),
        _ => vm.raise(Exc::ValueError, "chr() arg not in range(0x110000)"),
    }
}

fn ord(vm: &Vm, args: Args<'_>) -> PyResult {
    let character = args.value(0);
    let length = if let Some(text) = character.downcast::<Str>() {
        match text.len() {
            1 => return Ok(Value::small(text.code_point(0) as i64)),
            length => length,
        }
    } else if let Some(bytes) = bytes::bytes_or_bytearray(character) {
        match bytes.as_slice() {
            [byte] => return Ok(Value::small(*byte as i64)),
            _ => bytes.len(),
        }
    } else {
        return vm.raise_type_of("ord() expected string of length 1, but {} found", character);
    };
    vm.raise(Exc::TypeError, format!("ord() expected a character, but string of length {length} found"))
}

fn round(vm: &Vm, args: Args<'_>) -> PyResult {
    let number = args.value(0);
    let Some(method) = vm.lookup_special(number, &vm.names.__round__)? else {
        return vm.raise_type_of("type {} doesn't define __round__ method", number);
    };
    match args.get_not_none(1) {
        Some(n_digits) => vm.call(&method, std::slice::from_ref(n_digits)),
        None => vm.call(&method, &[]),
    }
}

/// A running sum of floats with the error of each addition kept (Neumaier's variant of Kahan's).
#[derive(Clone, Copy, Default)]
struct Compensated {
    sum: f64,
    error: f64,
}

impl Compensated {
    fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.error += if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
    }

    fn total(self) -> f64 {
        // An infinite sum has made the error NaN.
        if self.error != 0.0 && self.error.is_finite() { self.sum + self.error } else { self.sum }
    }
}

/// The sum so far: as plain a number as the items allow.
enum Total {
    Int(i64),
    Float(Compensated),
    Complex(Compensated, Compensated),
    Other(Value),
}

impl Total {
    fn of(value: Value) -> Total {
        if let Some(n) = value.as_small_int() {
            return Total::Int(n);
        }
        if let Some(sum) = value.as_exact_float() {
            return Total::Float(Compensated { sum, error: 0.0 });
        }
        match value.downcast_exact::<complex::Complex>().map(|z| (z.re, z.im)) {
            Some((re, im)) => {
                Total::Complex(Compensated { sum: re, error: 0.0 }, Compensated { sum: im, error: 0.0 })
            }
            None => Total::Other(value),
        }
    }

    fn value(self) -> Value {
        match self {
            Total::Int(n) => Value::int(n),
            Total::Float(sum) => Value::float(sum.total()),
            Total::Complex(re, im) => complex::new(re.total(), im.total()),
            Total::Other(value) => value,
        }
    }

    /// Adds an item that [`Sink::take`] gave back, if that keeps the kind of sum.
    fn add_alike(&mut self, vm: &Vm, item: &Value) -> PyResult<bool> {
        match self {
            Total::Int(n) => match item.as_bool().and_then(|item| n.checked_add(item.into())) {
                Some(sum) => *n = sum,
                None => return Ok(false),
            },
            Total::Float(sum) => match int::int_ref(item) {
                Some(n) => sum.add(int::to_f64(vm, n)?),
                None => return Ok(false),
            },
            Total::Complex(re, im) => {
                if let Some((x, y)) = as_pair(item).filter(|_| vm.type_of(item).is(vm.types.complex())) {
                    re.add(x);
                    im.add(y);
                } else if let Some(x) = item.as_exact_float() {
                    re.add(x);
                } else if let Some(n) = int::int_ref(item) {
                    re.add(int::to_f64(vm, n)?);
                } else {
                    return Ok(false);
                }
            }
            Total::Other(_) => return Ok(false),
        }
        Ok(true)
    }
}

impl Sink for Total {
    fn take(&mut self, item: Value) -> Option<Value> {
        match self {
            Total::Int(n) => {
                let sum = item.as_small_int().and_then(|item| n.checked_add(item));
                let Some(sum) = sum else { return Some(item) };
                *n = sum;
            }
            Total::Float(sum) => match item.as_exact_float() {
                Some(x) => sum.add(x),
                None => return Some(item),
            },
            Total::Complex(..) | Total::Other(_) => return Some(item),
        }
        None
    }

    fn take_slowly(&mut self, vm: &Vm, item: Value) -> PyResult<ControlFlow<()>> {
        if !self.add_alike(vm, &item)? {
            let so_far = std::mem::replace(self, Total::Int(0)).value();
            *self = Total::of(vm.binary(BinaryOp::Add, &so_far, &item)?);
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn sum(vm: &Vm, args: Args<'_>) -> PyResult {
    let start = args.get(1).cloned().unwrap_or(Value::small(0));
    if start.downcast::<Str>().is_some() {
        return vm.raise(Exc::TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (ty, name) in [(BuiltinType::Bytes, "bytes"), (BuiltinType::ByteArray, "bytearray")] {
        if vm.types.is_ready(ty) && vm.is_instance_of(&start, vm.types.get(ty)) {
            return vm.raise(Exc::TypeError, format!("sum() can't sum {name} [use b''.join(seq) instead]"));
        }
    }
    let mut total = Total::of(start);
    vm.pour(args.value(0), &mut total)?;
    Ok(total.value())
}
