//! `_random`: the generator class behind `random.Random`.

use std::cell::{Cell, RefCell};

use num_bigint::BigUint;
use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::int;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::seeded::Seeds;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::errors::os;
use crate::mt19937::MersenneTwister;

pub static MODULE: NativeModule = NativeModule {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    classes: &[NativeClass::of::<RandomObject>(&TYPE)],
    init: Some(init),
    ..NativeModule::DEFAULT
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "Random", vm.class_of::<RandomObject>().to_value());
    Ok(())
}

/// A generator.
pub struct RandomObject {
    twister: RefCell<MersenneTwister>,
}

impl Payload for RandomObject {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Random",
    module: "_random",
    doc: "Random() -> create a random number generator with its own internal state.",
    flags: type_flags::BASE_TYPE,
    new: Some(NativeFn::new("Random", new)),
    init: Some(NativeFn::new("Random($self, seed=None, /)", seed)),
    methods: &[
        NativeFn::new("random($self, /)", random),
        NativeFn::new("seed($self, n=None, /)", seed),
        NativeFn::new("getstate($self, /)", getstate),
        NativeFn::new("setstate($self, state, /)", setstate),
        NativeFn::new("getrandbits($self, k, /)", getrandbits),
    ],
    ..TypeSpec::DEFAULT
};

/// The generator that a seed makes: an int's absolute value, else the hash.
fn seeded(vm: &Vm, seed: Option<&Value>) -> PyResult<MersenneTwister> {
    let Some(seed) = seed else { return unseeded(vm) };
    let key = match int::as_big(seed) {
        Some(number) => number.magnitude().to_u32_digits(),
        None => BigUint::from(vm.hash(seed)? as u64).to_u32_digits(),
    };
    Ok(MersenneTwister::from_key(&key))
}

/// Generators made or started anew without a seed of their own.
#[derive(Default)]
struct Unseeded(Cell<u64>);

/// A generator nobody can foresee, unless the interpreter was given a seed.
fn unseeded(vm: &Vm) -> PyResult<MersenneTwister> {
    let mut key = [0; 624];
    if let Some(seed) = vm.options.seed {
        let made = vm.state::<Unseeded>();
        let mut generator = Seeds::RANDOM.generator(seed, made.0.replace(made.0.get() + 1));
        key.fill_with(|| generator.next() as u32);
    } else {
        let mut bytes = [0; 624 * 4];
        os(vm, vm.host.random_bytes(&mut bytes))?;
        key.iter_mut().zip(bytes.as_chunks().0).for_each(|(word, bytes)| *word = u32::from_ne_bytes(*bytes));
    }
    Ok(MersenneTwister::from_key(&key))
}

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast().expect("new gets a class");
    let twister = MersenneTwister::from_key(&[]);
    Ok(heap::alloc_for(class, RandomObject { twister: RefCell::new(twister) }).into())
}

fn random(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(args.this::<RandomObject>().twister.borrow_mut().next_f64()))
}

fn seed(vm: &Vm, args: Args<'_>) -> PyResult {
    let twister = seeded(vm, args.get_not_none(1))?;
    *args.this::<RandomObject>().twister.borrow_mut() = twister;
    Ok(Value::NONE)
}

fn getstate(_vm: &Vm, args: Args<'_>) -> PyResult {
    let words: Vec<Value> =
        args.this::<RandomObject>().twister.borrow().state().map(|word| Value::small(word.into())).collect();
    Ok(Tuple::new(words).into())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(state) = args.value(1).downcast::<Tuple>() else {
        return vm.raise(Exc::TypeError, "state vector must be a tuple");
    };
    if state.len() != 625 {
        return vm.raise(Exc::ValueError, "state vector is the wrong size");
    }
    let words =
        state.items().iter().map(|word| Ok(vm.to_i64(word)? as u32)).collect::<PyResult<Vec<u32>>>()?;
    match MersenneTwister::from_state(&words) {
        Some(twister) => *args.this::<RandomObject>().twister.borrow_mut() = twister,
        None => return vm.raise(Exc::ValueError, "invalid state"),
    }
    Ok(Value::NONE)
}

/// More random bits than this are refused as too much memory.
const MAX_BITS: i64 = 1 << 34;

fn getrandbits(vm: &Vm, args: Args<'_>) -> PyResult {
    let bits = vm.to_i64(args.value(1))?;
    if bits < 0 {
        return vm.raise(Exc::ValueError, "Cannot convert negative int");
    }
    if bits > MAX_BITS {
        return vm.raise_bare(Exc::MemoryError);
    }
    let words = args.this::<RandomObject>().twister.borrow_mut().bits(bits as usize);
    Ok(match words.as_slice() {
        [] => Value::small(0),
        &[word] => Value::small(word.into()),
        _ => int::new_big(BigUint::new(words).into()),
    })
}
