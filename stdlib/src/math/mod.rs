//! `math`: the functions of the C library with Python's errors, and integer arithmetic of any size.

mod integers;
mod reals;
pub mod special;
mod sums;

use ouro_runtime::objects::module::Module;
use ouro_runtime::{Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[
        NativeFn::new("acos(x, /)", reals::acos),
        NativeFn::new("acosh(x, /)", reals::acosh),
        NativeFn::new("asin(x, /)", reals::asin),
        NativeFn::new("asinh(x, /)", reals::asinh),
        NativeFn::new("atan(x, /)", reals::atan),
        NativeFn::new("atan2(y, x, /)", reals::atan2),
        NativeFn::new("atanh(x, /)", reals::atanh),
        NativeFn::new("cbrt(x, /)", reals::cbrt),
        NativeFn::new("ceil(x, /)", reals::ceil),
        NativeFn::new("comb(n, k, /)", integers::comb),
        NativeFn::new("copysign(x, y, /)", reals::copysign),
        NativeFn::new("cos(x, /)", reals::cos),
        NativeFn::new("cosh(x, /)", reals::cosh),
        NativeFn::new("degrees(x, /)", reals::degrees),
        NativeFn::new("dist(p, q, /)", sums::dist),
        NativeFn::new("erf(x, /)", reals::erf),
        NativeFn::new("erfc(x, /)", reals::erfc),
        NativeFn::new("exp(x, /)", reals::exp),
        NativeFn::new("exp2(x, /)", reals::exp2),
        NativeFn::new("expm1(x, /)", reals::expm1),
        NativeFn::new("fabs(x, /)", reals::fabs),
        NativeFn::new("factorial(n, /)", integers::factorial),
        NativeFn::new("floor(x, /)", reals::floor),
        NativeFn::new("fma(x, y, z, /)", reals::fma),
        NativeFn::new("fmod(x, y, /)", reals::fmod),
        NativeFn::new("frexp(x, /)", reals::frexp),
        NativeFn::new("fsum(seq, /)", sums::fsum),
        NativeFn::new("gamma(x, /)", reals::gamma),
        NativeFn::new("gcd(*integers)", integers::gcd),
        NativeFn::new("hypot(*coordinates)", sums::hypot),
        NativeFn::new("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", reals::isclose),
        NativeFn::new("isfinite(x, /)", reals::isfinite),
        NativeFn::new("isinf(x, /)", reals::isinf),
        NativeFn::new("isnan(x, /)", reals::isnan),
        NativeFn::new("isqrt(n, /)", integers::isqrt),
        NativeFn::new("lcm(*integers)", integers::lcm),
        NativeFn::new("ldexp(x, i, /)", reals::ldexp),
        NativeFn::new("lgamma(x, /)", reals::lgamma),
        NativeFn::new("log(x, base=e, /)", reals::log),
        NativeFn::new("log10(x, /)", reals::log10),
        NativeFn::new("log1p(x, /)", reals::log1p),
        NativeFn::new("log2(x, /)", reals::log2),
        NativeFn::new("modf(x, /)", reals::modf),
        NativeFn::new("nextafter(x, y, /, *, steps=None)", reals::nextafter),
        NativeFn::new("perm(n, k=None, /)", integers::perm),
        NativeFn::new("pow(x, y, /)", reals::pow),
        NativeFn::new("prod(iterable, /, *, start=1)", sums::prod),
        NativeFn::new("radians(x, /)", reals::radians),
        NativeFn::new("remainder(x, y, /)", reals::remainder),
        NativeFn::new("sin(x, /)", reals::sin),
        NativeFn::new("sinh(x, /)", reals::sinh),
        NativeFn::new("sqrt(x, /)", reals::sqrt),
        NativeFn::new("sumprod(p, q, /)", sums::sumprod),
        NativeFn::new("tan(x, /)", reals::tan),
        NativeFn::new("tanh(x, /)", reals::tanh),
        NativeFn::new("trunc(x, /)", reals::trunc),
        NativeFn::new("ulp(x, /)", reals::ulp),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    use std::f64::consts;
    for (name, value) in [
        ("pi", consts::PI),
        ("e", consts::E),
        ("tau", consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        module.set(vm, name, Value::float(value));
    }
    Ok(())
}
