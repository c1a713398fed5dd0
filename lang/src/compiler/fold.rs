//! Constant folding: what CPython computes at compile time, within its limits on the size of results.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::Compiler;
use crate::ast::{Constant as Literal, Expr, ExprKind, Operator, UnaryOp};
use crate::code::Constant;

/// Folded ints have at most this many bits.
const MAX_INT_BITS: u64 = 128;
/// Folded tuples have at most this many items, nested ones included at most [`MAX_TOTAL_ITEMS`].
const MAX_ITEMS: usize = 256;
const MAX_TOTAL_ITEMS: usize = 1024;
/// Folded strings have at most this many bytes.
const MAX_TEXT: usize = 4096;

impl Compiler<'_> {
    /// The value of `expr` if it is constant.
    pub(super) fn fold(&mut self, expr: &Expr) -> Option<Constant> {
        match &expr.kind {
            ExprKind::Constant { value, .. } => Some(literal(value)),
            ExprKind::Name { id, .. } if &**id == "__debug__" => Some(boolean(self.options.optimize == 0)),
            ExprKind::BinOp { left, op, right } => self.fold_once(expr, |this| {
                let left = this.fold(left)?;
                binary(*op, left, this.fold(right)?)
            }),
            ExprKind::UnaryOp { op, operand } => self.fold_once(expr, |this| unary(*op, this.fold(operand)?)),
            ExprKind::Tuple { elts, .. } => {
                self.fold_once(expr, |this| this.fold_all(elts).map(Constant::Tuple))
            }
            _ => None,
        }
    }

    /// The values of all of `exprs` if they are constant.
    pub(super) fn fold_all(&mut self, exprs: &[Expr]) -> Option<Box<[Constant]>> {
        exprs.iter().map(|expr| self.fold(expr)).collect()
    }

    /// Remembers failures of high trees, so that looking at each level of one does not take quadratic time.
    fn fold_once(
        &mut self,
        expr: &Expr,
        fold: impl FnOnce(&mut Self) -> Option<Constant>,
    ) -> Option<Constant> {
        let node = std::ptr::from_ref(expr) as usize;
        let high = expr.depth() > 4;
        if high && self.not_constant.contains(&node) {
            return None;
        }
        let value = fold(self);
        if high && value.is_none() {
            self.not_constant.insert(node);
        }
        value
    }
}

pub(super) fn literal(value: &Literal) -> Constant {
    match value {
        Literal::None => Constant::None,
        Literal::True => Constant::True,
        Literal::False => Constant::False,
        Literal::Ellipsis => Constant::Ellipsis,
        Literal::Int(n) => Constant::Int(*n),
        Literal::BigInt(n) => Constant::BigInt(n.clone()),
        Literal::Float(x) => Constant::Float(*x),
        Literal::Complex(im) => Constant::Complex { re: 0.0, im: *im },
        Literal::Str(text) => Constant::Str(text.as_bytes().into()),
        Literal::Bytes(bytes) => Constant::Bytes(bytes.as_slice().into()),
    }
}

pub(super) fn text(text: &str) -> Constant {
    Constant::Str(text.as_bytes().into())
}

pub(super) fn boolean(value: bool) -> Constant {
    if value { Constant::True } else { Constant::False }
}

/// `bool(value)`.
pub(super) fn truth(value: &Constant) -> bool {
    match value {
        Constant::None | Constant::False => false,
        Constant::True | Constant::Ellipsis | Constant::Code(_) | Constant::Slice(_) => true,
        Constant::Int(n) => *n != 0,
        Constant::BigInt(n) => !n.is_zero(),
        Constant::Float(x) => *x != 0.0,
        Constant::Complex { re, im } => *re != 0.0 || *im != 0.0,
        Constant::Str(bytes) | Constant::Bytes(bytes) => !bytes.is_empty(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
    }
}

fn integer(n: BigInt) -> Option<Constant> {
    if n.bits() > MAX_INT_BITS {
        return None;
    }
    Some(match n.to_i64() {
        Some(n) => Constant::Int(n),
        None => Constant::BigInt(n),
    })
}

fn as_integer(value: &Constant) -> Option<BigInt> {
    match value {
        Constant::Int(n) => Some(BigInt::from(*n)),
        Constant::BigInt(n) => Some(n.clone()),
        Constant::True => Some(BigInt::from(1)),
        Constant::False => Some(BigInt::from(0)),
        _ => None,
    }
}

/// Ints convert only where that is exact, so that rounding is left to the runtime.
fn as_float(value: &Constant) -> Option<f64> {
    match value {
        Constant::Float(x) => Some(*x),
        _ => as_integer(value)?.to_i64().filter(|n| n.unsigned_abs() < 1 << 53).map(|n| n as f64),
    }
}

fn as_complex(value: &Constant) -> Option<(f64, f64)> {
    match value {
        Constant::Complex { re, im } => Some((*re, *im)),
        _ => as_float(value).map(|re| (re, 0.0)),
    }
}

fn unary(op: UnaryOp, value: Constant) -> Option<Constant> {
    match (op, value) {
        (UnaryOp::Not, value) => Some(boolean(!truth(&value))),
        (UnaryOp::USub, Constant::Float(x)) => Some(Constant::Float(-x)),
        (UnaryOp::USub, Constant::Complex { re, im }) => Some(Constant::Complex { re: -re, im: -im }),
        (UnaryOp::UAdd, value @ (Constant::Float(_) | Constant::Complex { .. })) => Some(value),
        (UnaryOp::USub, value) => negated(-as_integer(&value)?),
        (UnaryOp::UAdd, value) => negated(as_integer(&value)?),
        // `~True` warns at run time.
        (UnaryOp::Invert, Constant::True | Constant::False) => None,
        (UnaryOp::Invert, value) => negated(-as_integer(&value)? - 1),
    }
}

/// Unary operations keep ints of any size.
fn negated(n: BigInt) -> Option<Constant> {
    Some(n.to_i64().map_or(Constant::BigInt(n), Constant::Int))
}

fn binary(op: Operator, left: Constant, right: Constant) -> Option<Constant> {
    if let (Some(a), Some(b)) = (as_integer(&left), as_integer(&right)) {
        let bools =
            matches!((&left, &right), (Constant::True | Constant::False, Constant::True | Constant::False));
        return integers(op, a, b, bools);
    }
    match (left, right) {
        (Constant::Str(a), Constant::Str(b)) if op == Operator::Add => joined(&a, &b).map(Constant::Str),
        (Constant::Bytes(a), Constant::Bytes(b)) if op == Operator::Add => {
            joined(&a, &b).map(Constant::Bytes)
        }
        (Constant::Tuple(a), Constant::Tuple(b)) if op == Operator::Add => {
            let items = [a, b].concat();
            (n_items(&items) <= MAX_TOTAL_ITEMS).then(|| Constant::Tuple(items.into()))
        }
        (group, Constant::Int(n)) | (Constant::Int(n), group) if op == Operator::Mult && is_group(&group) => {
            repeated(group, n)
        }
        (left @ Constant::Complex { .. }, right) | (left, right @ Constant::Complex { .. }) => {
            let ((a, b), (c, d)) = (as_complex(&left)?, as_complex(&right)?);
            // The missing part of a real operand is not a zero to calculate with.
            let (left_real, right_real) =
                (!matches!(left, Constant::Complex { .. }), !matches!(right, Constant::Complex { .. }));
            match op {
                Operator::Add => Some(Constant::Complex {
                    re: a + c,
                    im: if left_real {
                        d
                    } else if right_real {
                        b
                    } else {
                        b + d
                    },
                }),
                Operator::Sub => Some(Constant::Complex {
                    re: a - c,
                    im: if left_real {
                        -d
                    } else if right_real {
                        b
                    } else {
                        b - d
                    },
                }),
                _ => None,
            }
        }
        (left, right) => {
            let (a, b) = (as_float(&left)?, as_float(&right)?);
            match op {
                Operator::Add => Some(Constant::Float(a + b)),
                Operator::Sub => Some(Constant::Float(a - b)),
                Operator::Mult => Some(Constant::Float(a * b)),
                Operator::Div if b != 0.0 => Some(Constant::Float(a / b)),
                _ => None,
            }
        }
    }
}

fn is_group(value: &Constant) -> bool {
    matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
}

fn integers(op: Operator, a: BigInt, b: BigInt, bools: bool) -> Option<Constant> {
    let bit = |n: BigInt| if bools { Some(boolean(!n.is_zero())) } else { integer(n) };
    match op {
        Operator::Add => integer(a + b),
        Operator::Sub => integer(a - b),
        Operator::Mult if a.bits() + b.bits() <= MAX_INT_BITS => integer(a * b),
        Operator::FloorDiv if !b.is_zero() => integer(floor_div(&a, &b)),
        Operator::Mod if !b.is_zero() => {
            let quotient = floor_div(&a, &b);
            integer(a - quotient * b)
        }
        Operator::Div if !b.is_zero() => {
            let exact = |n: &BigInt| n.to_i64().filter(|n| n.unsigned_abs() < 1 << 53);
            Some(Constant::Float(exact(&a)? as f64 / exact(&b)? as f64))
        }
        Operator::Pow => {
            let exponent = b.to_u32()?;
            (a.bits() * u64::from(exponent) <= MAX_INT_BITS).then(|| integer(a.pow(exponent)))?
        }
        Operator::LShift => {
            let shift = b.to_u32()?;
            (a.bits() + u64::from(shift) <= MAX_INT_BITS).then(|| integer(a << shift))?
        }
        Operator::RShift => integer(a >> b.to_u32()?),
        Operator::BitAnd => bit(a & b),
        Operator::BitOr => bit(a | b),
        Operator::BitXor => bit(a ^ b),
        _ => None,
    }
}

fn floor_div(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    let remainder = a - &quotient * b;
    if !remainder.is_zero() && remainder.is_negative() != b.is_negative() { quotient - 1 } else { quotient }
}

fn joined(a: &[u8], b: &[u8]) -> Option<Box<[u8]>> {
    (a.len() + b.len() <= MAX_TEXT).then(|| [a, b].concat().into())
}

fn repeated(group: Constant, n: i64) -> Option<Constant> {
    let n = usize::try_from(n.max(0)).ok()?;
    let fits = |len: usize, limit: usize| len.checked_mul(n).is_some_and(|total| total <= limit);
    match group {
        Constant::Str(text) => fits(text.len(), MAX_TEXT).then(|| Constant::Str(text.repeat(n).into())),
        Constant::Bytes(bytes) => {
            fits(bytes.len(), MAX_TEXT).then(|| Constant::Bytes(bytes.repeat(n).into()))
        }
        Constant::Tuple(items) => {
            let small = fits(items.len(), MAX_ITEMS) && fits(n_items(&items), MAX_TOTAL_ITEMS);
            small.then(|| Constant::Tuple(std::iter::repeat_n(items, n).flat_map(<[_]>::into_vec).collect()))
        }
        _ => None,
    }
}

/// Items, those of nested tuples included.
fn n_items(items: &[Constant]) -> usize {
    let inner = |item: &Constant| match item {
        Constant::Tuple(items) => 1 + n_items(items),
        _ => 1,
    };
    items.iter().map(inner).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_as_python_computes() {
        let int = Constant::Int;
        for (op, a, b, want) in [
            (Operator::FloorDiv, int(-7), int(2), Some(int(-4))),
            (Operator::Mod, int(-7), int(2), Some(int(1))),
            (Operator::Mod, int(7), int(-2), Some(int(-1))),
            (Operator::FloorDiv, int(1), int(0), None),
            (Operator::Div, int(1), int(2), Some(Constant::Float(0.5))),
            (Operator::Add, Constant::True, int(1), Some(int(2))),
            (Operator::BitAnd, Constant::True, Constant::False, Some(Constant::False)),
            (Operator::Pow, int(10), int(1000), None),
            (Operator::Pow, int(2), int(-1), None),
            (Operator::LShift, int(1), int(200), None),
            (Operator::RShift, int(-1), int(5), Some(int(-1))),
            (Operator::Mult, text("ab"), int(2), Some(text("abab"))),
            (Operator::Mult, int(-1), text("ab"), Some(text(""))),
            (Operator::Mult, text("ab"), int(1 << 40), None),
            (Operator::Add, text("a"), int(1), None),
            (
                Operator::Add,
                int(1),
                Constant::Complex { re: 0.0, im: 2.0 },
                Some(Constant::Complex { re: 1.0, im: 2.0 }),
            ),
        ] {
            assert_eq!(binary(op, a.clone(), b.clone()), want, "{a:?} {op:?} {b:?}");
        }
    }
}
