//! Integer arithmetic of any size: factorials, binomials, roots, common divisors.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};
use ouro_runtime::objects::int;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use crate::convert::big;

/// The product of `low..high`, halves first so that the factors stay of one size.
fn product(low: u64, high: u64) -> BigUint {
    match high - low {
        0 => BigUint::one(),
        count @ 1..=8 => (low + 1..low + count).fold(BigUint::from(low), |product, factor| product * factor),
        count => product(low, low + count / 2) * product(low + count / 2, high),
    }
}

/// As [`product`] for a start of any size and `count` factors.
fn product_from(low: &BigUint, count: u64) -> BigUint {
    match low.to_u64().and_then(|low| Some((low, low.checked_add(count)?))) {
        Some((low, high)) => product(low, high),
        None if count == 0 => BigUint::one(),
        None if count == 1 => low.clone(),
        None => product_from(low, count / 2) * product_from(&(low + count / 2), count - count / 2),
    }
}

/// The largest factorial computed: its digits would fill memory long before.
const MAX_FACTORIAL: u64 = 100_000_000;

pub fn factorial(vm: &Vm, args: Args<'_>) -> PyResult {
    factorial_of(vm, &big(vm, args.value(0))?)
}

fn factorial_of(vm: &Vm, n: &BigInt) -> PyResult {
    if n.sign() == Sign::Minus {
        return vm.raise(Exc::ValueError, "factorial() not defined for negative values");
    }
    match n.to_i64() {
        None => vm.raise(Exc::OverflowError, format!("factorial() argument should not exceed {}", i64::MAX)),
        Some(n) if n as u64 > MAX_FACTORIAL => vm.raise_bare(Exc::MemoryError),
        Some(n) => Ok(int::new_big(product(1, n as u64 + 1).into())),
    }
}

/// The arguments of `comb` and `perm`, both non-negative.
fn n_and_k(vm: &Vm, n: &Value, k: &Value) -> PyResult<(BigUint, BigUint)> {
    let (n, k) = (big(vm, n)?, big(vm, k)?);
    match (n.to_biguint(), k.to_biguint()) {
        (Some(n), Some(k)) => Ok((n, k)),
        (None, _) => vm.raise(Exc::ValueError, "n must be a non-negative integer"),
        (_, None) => vm.raise(Exc::ValueError, "k must be a non-negative integer"),
    }
}

pub fn comb(vm: &Vm, args: Args<'_>) -> PyResult {
    let (n, k) = n_and_k(vm, args.value(0), args.value(1))?;
    if k > n {
        return Ok(Value::small(0));
    }
    let rest = &n - &k;
    let k = k.min(rest);
    let Some(k) = k.to_i64() else {
        return vm.raise(Exc::OverflowError, format!("min(n - k, k) must not exceed {}", i64::MAX));
    };
    if k as u64 > MAX_FACTORIAL {
        return vm.raise_bare(Exc::MemoryError);
    }
    Ok(int::new_big(binomial(&n, k as u64).into()))
}

/// n over k, split in the middle: C(n, k) = C(n, j) * C(n - j, k - j) / C(k, j).
fn binomial(n: &BigUint, k: u64) -> BigUint {
    if k <= 16 {
        let low = n + 1_u32 - k;
        return product_from(&low, k) / product(1, k + 1);
    }
    let j = k / 2;
    binomial(n, j) * binomial(&(n - j), k - j) / binomial(&BigUint::from(k), j)
}

pub fn perm(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(k) = args.get_not_none(1) else { return factorial(vm, args) };
    let (n, k) = n_and_k(vm, args.value(0), k)?;
    if k > n {
        return Ok(Value::small(0));
    }
    let Some(k) = k.to_i64() else {
        return vm.raise(Exc::OverflowError, format!("k must not exceed {}", i64::MAX));
    };
    if k as u64 > MAX_FACTORIAL {
        return vm.raise_bare(Exc::MemoryError);
    }
    let low = n + 1_u32 - k as u64;
    Ok(int::new_big(product_from(&low, k as u64).into()))
}

pub fn isqrt(vm: &Vm, args: Args<'_>) -> PyResult {
    let n = big(vm, args.value(0))?;
    if n.sign() == Sign::Minus {
        return vm.raise(Exc::ValueError, "isqrt() argument must be nonnegative");
    }
    Ok(int::new_big(n.sqrt()))
}

pub fn gcd(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut result = BigInt::zero();
    for value in args.rest() {
        result = result.gcd(&big(vm, value)?);
    }
    Ok(int::new_big(result))
}

pub fn lcm(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut result = BigInt::one();
    for value in args.rest() {
        result = result.lcm(&big(vm, value)?);
    }
    Ok(int::new_big(result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomials_are_exact() {
        for (n, k, want) in [
            (5_u64, 2_u64, "10"),
            (100, 50, "100891344545564193334812497256"),
            (60, 17, "354860518600"),
            (1000, 3, "166167000"),
        ] {
            let exact = product(n - k + 1, n + 1) / product(1, k + 1);
            assert_eq!(binomial(&n.into(), k), exact, "{n} over {k}");
            if want.len() != 12 {
                assert_eq!(exact.to_string(), want);
            }
        }
        assert_eq!(product(1, 21).to_string(), "2432902008176640000");
    }
}
