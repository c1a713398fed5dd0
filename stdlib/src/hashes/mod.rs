//! `_hashlib`: the digests behind `hashlib`, and keys derived with them.

mod state;

use std::cell::RefCell;

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::int64;
use state::{Blake2, State};

pub static MODULE: NativeModule = NativeModule {
    name: "_hashlib",
    doc: "Digests of bytes.",
    functions: &[
        NativeFn::new(
            "blake2(name, data, digest_size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node, /)",
            blake2,
        )
        .doc("A BLAKE2 digest; all arguments have been checked."),
        NativeFn::new("new(name, data=b'', /)", new).doc("A digest by its name, None if there is none of that name."),
        NativeFn::new("pbkdf2(name, password, salt, iterations, dklen, /)", pbkdf2)
            .doc("A key derived from a password; None if there is no digest of that name."),
    ],
    classes: &[NativeClass::of::<Hash>(&TYPE)],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "HASH", vm.class_of::<Hash>().to_value());
    Ok(())
}

/// A digest in the making.
pub struct Hash(RefCell<State>);

impl Payload for Hash {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "HASH",
    module: "_hashlib",
    flags: type_flags::NO_NEW | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    methods: &[
        NativeFn::new("copy($self, /)", |vm, args| {
            let copy = args.this::<Hash>().0.borrow().clone();
            Ok(wrapped(vm, copy))
        })
        .doc("Another one that has seen the same data."),
        NativeFn::new("digest($self, length=None)", digest).doc("The digest of the data so far, as bytes."),
        NativeFn::new("hexdigest($self, length=None)", hexdigest)
            .doc("The digest of the data so far, as hexadecimal digits."),
        NativeFn::new("update($self, data, /)", update).doc("Takes in more data."),
    ],
    getset: &[
        GetSet::read_only("block_size", |_, value| Ok(this::<Hash>(value).0.borrow().block_size().into())),
        GetSet::read_only("digest_size", |_, value| Ok(this::<Hash>(value).0.borrow().digest_size().into())),
        GetSet::read_only("name", |_, value| Ok(this::<Hash>(value).0.borrow().name().into())),
    ],
    ..TypeSpec::DEFAULT
};

fn wrapped(vm: &Vm, state: State) -> Value {
    heap::alloc_for(&vm.class_of::<Hash>(), Hash(RefCell::new(state))).into()
}

/// The bytes of `value`, in `hashlib`'s words if it has none.
fn with_data<T>(vm: &Vm, value: &Value, use_it: impl FnOnce(&[u8]) -> T) -> PyResult<T> {
    if value.downcast::<Str>().is_some() {
        return vm.raise(Exc::TypeError, "Strings must be encoded before hashing");
    }
    match vm.borrow_bytes(value)? {
        Some(bytes) => Ok(use_it(&bytes)),
        None => vm.raise(Exc::TypeError, "object supporting the buffer API required"),
    }
}

fn state_argument(vm: &Vm, args: Args<'_>) -> PyResult<Option<State>> {
    match args.value(0).downcast::<Str>() {
        Some(name) => Ok(State::by_name(name.as_str().unwrap_or_default())),
        None => vm.raise_type_of("name must be a string, not {}", args.value(0)),
    }
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(mut state) = state_argument(vm, args)? else { return Ok(Value::NONE) };
    if let Some(data) = args.get(1) {
        with_data(vm, data, |bytes| state.update(bytes))?;
    }
    Ok(wrapped(vm, state))
}

fn blake2(vm: &Vm, args: Args<'_>) -> PyResult {
    let is_b = args.value(0).downcast::<Str>().is_some_and(|name| name.as_str() == Some("blake2b"));
    let number = |index: usize| int64(vm, args.value(index), "long");
    let settings = Blake2 {
        digest_size: number(2)? as usize,
        key: vm.bytes_argument(args.value(3))?.to_vec(),
        salt: vm.bytes_argument(args.value(4))?.to_vec(),
        person: vm.bytes_argument(args.value(5))?.to_vec(),
        fanout: number(6)? as u8,
        depth: number(7)? as u8,
        leaf_size: number(8)? as u32,
        // All 64 bits count, so it comes as what Python's unsigned number is in a signed one.
        node_offset: number(9)? as u64,
        node_depth: number(10)? as u8,
        inner_size: number(11)? as usize,
        last_node: vm.truth(args.value(12))?,
    };
    let Some(mut state) = settings.state(is_b) else {
        return vm.raise(Exc::ValueError, "parameters that BLAKE2 does not have");
    };
    with_data(vm, args.value(1), |bytes| state.update(bytes))?;
    Ok(wrapped(vm, state))
}

fn update(vm: &Vm, args: Args<'_>) -> PyResult {
    let hash = args.this::<Hash>();
    with_data(vm, args.value(1), |bytes| hash.0.borrow_mut().update(bytes))?;
    Ok(Value::NONE)
}

/// Digests of chosen length are at most this long: what CPython allows.
const MAX_DIGEST_BYTES: i64 = 1 << 29;

fn finished(vm: &Vm, args: Args<'_>, name: &str) -> PyResult<Vec<u8>> {
    let state = args.this::<Hash>().0.borrow().clone();
    let length = args.get(1).filter(|length| !length.is_none());
    if !state.is_extendable() {
        if length.is_some() {
            return vm.raise(Exc::TypeError, format!("HASH.{name}() takes no arguments (1 given)"));
        }
        return Ok(state.finish(0));
    }
    let Some(length) = length else {
        return vm.raise(Exc::TypeError, format!("{name}() missing required argument 'length' (pos 1)"));
    };
    match int64(vm, length, "ssize_t")? {
        length @ 0..MAX_DIGEST_BYTES => Ok(state.finish(length as usize)),
        ..0 => vm.raise(Exc::ValueError, "length must be non-negative"),
        _ => vm.raise(Exc::OverflowError, "digest length is too large"),
    }
}

fn digest(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Bytes::from_vec(finished(vm, args, "digest")?).into())
}

fn hexdigest(vm: &Vm, args: Args<'_>) -> PyResult {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = finished(vm, args, "hexdigest")?;
    let hex: String = digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| DIGITS[digit as usize] as char)
        .collect();
    Ok(hex.into())
}

fn pbkdf2(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(state) = state_argument(vm, args)? else { return Ok(Value::NONE) };
    let password = vm.bytes_argument(args.value(1))?.to_vec();
    let salt = vm.bytes_argument(args.value(2))?.to_vec();
    let (iterations, length) = (int64(vm, args.value(3), "long")?, int64(vm, args.value(4), "long")?);
    let mut out = Vec::new();
    if out.try_reserve_exact(length.max(0) as usize).is_err() {
        return vm.raise_args(Exc::MemoryError, &[]);
    }
    let keyed = state::Keyed::new(&state, &password);
    for number in 1_u32.. {
        if out.len() >= length.max(0) as usize {
            break;
        }
        let mut block = keyed.digest(&[&salt, &number.to_be_bytes()]);
        let mut last = block.clone();
        for round in 1..iterations {
            if round % 4096 == 0 {
                vm.check_signals()?;
            }
            last = keyed.digest(&[&last]);
            for (byte, more) in block.iter_mut().zip(&last) {
                *byte ^= more;
            }
        }
        out.extend_from_slice(&block);
    }
    out.truncate(length.max(0) as usize);
    Ok(Bytes::from_vec(out).into())
}
