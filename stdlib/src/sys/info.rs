//! The named tuples of `sys`.

use ouro_runtime::objects::simple_namespace;
use ouro_runtime::vm::hooks::Hooks;
use ouro_runtime::{Gc, PyResult, Value, Vm, objects::module::Module};

use crate::struct_sequence::{StructSequence, fields};

/// The version of Python that programs see.
pub const VERSION: (i64, i64, i64) = (3, 14, 0);
pub const COPYRIGHT: &str =
    "Copyright (c) the Ouro authors.\nThe Python language: Copyright (c) 2001 Python Software Foundation.";
const HEX_VERSION: i64 = VERSION.0 << 24 | VERSION.1 << 16 | VERSION.2 << 8 | 0xf0;

pub static FLAGS: StructSequence = StructSequence::new(
    "sys",
    "flags",
    "Flags provided through command line arguments or environment vars.",
    &fields([
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
        "gil",
        "thread_inherit_context",
        "context_aware_warnings",
    ]),
    18,
    21,
)
.closed();

pub static VERSION_INFO: StructSequence = StructSequence::new(
    "sys",
    "version_info",
    "Version information as a named tuple.",
    &fields(["major", "minor", "micro", "releaselevel", "serial"]),
    5,
    5,
)
.closed();

pub static FLOAT_INFO: StructSequence = StructSequence::new(
    "sys",
    "float_info",
    "A named tuple holding information about the float type.",
    &fields([
        "max",
        "max_exp",
        "max_10_exp",
        "min",
        "min_exp",
        "min_10_exp",
        "dig",
        "mant_dig",
        "epsilon",
        "radix",
        "rounds",
    ]),
    11,
    11,
);

pub static INT_INFO: StructSequence = StructSequence::new(
    "sys",
    "int_info",
    "A named tuple that holds information about Python's internal representation of integers.",
    &fields(["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"]),
    4,
    4,
);

pub static HASH_INFO: StructSequence = StructSequence::new(
    "sys",
    "hash_info",
    "A named tuple providing parameters used for computing hashes.",
    &fields(["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"]),
    9,
    9,
);

pub static THREAD_INFO: StructSequence = StructSequence::new(
    "sys",
    "thread_info",
    "A named tuple holding information about the thread implementation.",
    &fields(["name", "lock", "version"]),
    3,
    3,
);

pub static UNRAISABLE_HOOK_ARGS: StructSequence = StructSequence::new(
    "sys",
    "UnraisableHookArgs",
    "Type used to pass arguments to sys.unraisablehook.",
    &fields(["exc_type", "exc_value", "exc_traceback", "err_msg", "object"]),
    5,
    5,
);

pub static ASYNCGEN_HOOKS: StructSequence = StructSequence::new(
    "builtins",
    "asyncgen_hooks",
    "A named tuple containing information about asynchronous generators hooks.",
    &fields(["firstiter", "finalizer"]),
    2,
    2,
);

fn ints(values: &[i64]) -> Vec<Value> {
    values.iter().map(|&value| Value::int(value)).collect()
}

/// Puts everything that never changes into the module.
pub fn fill(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let (major, minor, micro) = VERSION;
    let version = vec![major.into(), minor.into(), micro.into(), "final".into(), Value::small(0)];
    let version_info = VERSION_INFO.make(vm, version)?;
    module.set(vm, "version_info", version_info.clone());
    module.set(vm, "hexversion", Value::int(HEX_VERSION));
    let text = format!("{major}.{minor}.{micro} (Ouro {}) [Rust]", env!("CARGO_PKG_VERSION"));
    module.set(vm, "version", text.as_str());
    module.set(vm, "api_version", Value::int(1013));
    module.set(vm, "copyright", COPYRIGHT);
    let implementation = simple_namespace::new(
        vm,
        [
            (vm.intern("name"), "ouro".into()),
            (vm.intern("cache_tag"), "ouro-314".into()),
            (vm.intern("version"), version_info),
            (vm.intern("hexversion"), Value::int(HEX_VERSION)),
            (vm.intern("_multiarch"), format!("{}-linux-gnu", std::env::consts::ARCH).as_str().into()),
            (vm.intern("supports_isolated_interpreters"), Value::FALSE),
        ],
    )?;
    module.set(vm, "implementation", implementation);
    let options = &vm.options;
    let flag = |set: bool| Value::small(set.into());
    let mut flags = vec![
        Value::small(options.debug.into()),
        flag(options.inspect),
        flag(options.interactive),
        Value::small(options.optimize.into()),
        flag(options.dont_write_bytecode),
        flag(options.no_user_site),
        flag(options.no_site),
        flag(options.ignore_environment),
        Value::small(options.verbose.into()),
        Value::small(options.bytes_warning.into()),
        flag(options.quiet),
        // Hashes are not randomised: the order of sets of strings is the same in every run.
        flag(false),
        flag(options.isolated),
        options.dev_mode.into(),
        flag(options.utf8_mode),
        flag(options.warn_default_encoding),
        options.safe_path.into(),
        options.int_max_str_digits.into(),
    ];
    flags.extend(ints(&[1, 0, 0]));
    module.set(vm, "flags", FLAGS.make(vm, flags)?);
    let float_info = vec![
        f64::MAX.into(),
        Value::int(f64::MAX_EXP.into()),
        Value::int(f64::MAX_10_EXP.into()),
        f64::MIN_POSITIVE.into(),
        Value::int(f64::MIN_EXP.into()),
        Value::int(f64::MIN_10_EXP.into()),
        Value::int(f64::DIGITS.into()),
        Value::int(f64::MANTISSA_DIGITS.into()),
        f64::EPSILON.into(),
        Value::int(f64::RADIX.into()),
        Value::int(1),
    ];
    module.set(vm, "float_info", FLOAT_INFO.make(vm, float_info)?);
    module.set(vm, "float_repr_style", "short");
    module.set(vm, "int_info", INT_INFO.make(vm, ints(&[30, 4, 4300, 640]))?);
    let mut hash_info = ints(&[64, (1 << 61) - 1, 314_159, 0, 1_000_003]);
    hash_info.push("rapidhash".into());
    hash_info.extend(ints(&[64, 0, 0]));
    module.set(vm, "hash_info", HASH_INFO.make(vm, hash_info)?);
    let thread_info = vec!["pthread".into(), "mutex+cond".into(), Value::NONE];
    module.set(vm, "thread_info", THREAD_INFO.make(vm, thread_info)?);
    vm.state::<Hooks>().unraisable_args.replace(Some(UNRAISABLE_HOOK_ARGS.class(vm)?.to_value()));
    Ok(())
}
