//! `resource`: what this process and its children used, and may use.

use ouro_runtime::host::ResourceUsage;
use ouro_runtime::objects::int;
use ouro_runtime::{Exc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::int32;
use crate::struct_sequence::{StructSequence, fields};

pub static MODULE: NativeModule = NativeModule {
    name: "resource",
    functions: &[
        NativeFn::new("getrusage(who, /)", |vm, args| {
            let who = int32(vm, args.value(0))?;
            match vm.host.resource_usage(who) {
                Ok(usage) => usage_value(vm, &usage),
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                    vm.raise(Exc::ValueError, "invalid who parameter")
                }
                Err(error) => vm.raise_os_error(&error, None),
            }
        }),
        NativeFn::new("getrlimit(resource, /)", |vm, args| {
            let resource = resource(vm, args.value(0))?;
            limits(vm, vm.host.resource_limit(0, resource, None))
        }),
        NativeFn::new("prlimit(pid, resource, limits=None, /)", |vm, args| {
            let pid = int32(vm, args.value(0))?;
            let resource = resource(vm, args.value(1))?;
            let given = args.get(2).filter(|given| !given.is_none());
            vm.audit("resource.prlimit", || {
                vec![args.value(0).clone(), args.value(1).clone(), given.cloned().unwrap_or(Value::NONE)]
            })?;
            let new = given.map(|given| pair(vm, given)).transpose()?;
            limits(vm, vm.host.resource_limit(pid, resource, new))
        }),
        NativeFn::new("setrlimit(resource, limits, /)", |vm, args| {
            let resource = resource(vm, args.value(0))?;
            vm.audit("resource.setrlimit", || vec![args.value(0).clone(), args.value(1).clone()])?;
            let new = pair(vm, args.value(1))?;
            match vm.host.resource_limit(0, resource, Some(new)) {
                Ok(_) => Ok(Value::NONE),
                Err(error) => failed(vm, &error),
            }
        }),
        NativeFn::new("getpagesize()", |vm, _| {
            let size = crate::errors::os(vm, vm.host.system_limit(libc::_SC_PAGESIZE))?;
            Ok(Value::int(size.unwrap_or(-1)))
        }),
    ],
    init: Some(|vm, module| {
        for &(name, number) in NUMBERS {
            module.set(vm, name, Value::int(number));
        }
        module.set(vm, "error", vm.types.exception(Exc::OSError));
        module.set(vm, "struct_rusage", STRUCT_RUSAGE.class(vm)?);
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

static NUMBERS: &[(&str, i64)] = &[
    ("RLIMIT_AS", libc::RLIMIT_AS as i64),
    ("RLIMIT_CORE", libc::RLIMIT_CORE as i64),
    ("RLIMIT_CPU", libc::RLIMIT_CPU as i64),
    ("RLIMIT_DATA", libc::RLIMIT_DATA as i64),
    ("RLIMIT_FSIZE", libc::RLIMIT_FSIZE as i64),
    ("RLIMIT_MEMLOCK", libc::RLIMIT_MEMLOCK as i64),
    ("RLIMIT_MSGQUEUE", libc::RLIMIT_MSGQUEUE as i64),
    ("RLIMIT_NICE", libc::RLIMIT_NICE as i64),
    ("RLIMIT_NOFILE", libc::RLIMIT_NOFILE as i64),
    ("RLIMIT_NPROC", libc::RLIMIT_NPROC as i64),
    ("RLIMIT_OFILE", libc::RLIMIT_NOFILE as i64),
    ("RLIMIT_RSS", libc::RLIMIT_RSS as i64),
    ("RLIMIT_RTPRIO", libc::RLIMIT_RTPRIO as i64),
    ("RLIMIT_RTTIME", libc::RLIMIT_RTTIME as i64),
    ("RLIMIT_SIGPENDING", libc::RLIMIT_SIGPENDING as i64),
    ("RLIMIT_STACK", libc::RLIMIT_STACK as i64),
    ("RLIM_INFINITY", -1),
    ("RUSAGE_CHILDREN", -1),
    ("RUSAGE_SELF", 0),
    ("RUSAGE_THREAD", 1),
];

/// One more than the highest number of a resource.
const N_RESOURCES: i32 = 16;

static STRUCT_RUSAGE: StructSequence = StructSequence::new(
    "resource",
    "struct_rusage",
    "struct_rusage: Result from getrusage.",
    &fields([
        "ru_utime",
        "ru_stime",
        "ru_maxrss",
        "ru_ixrss",
        "ru_idrss",
        "ru_isrss",
        "ru_minflt",
        "ru_majflt",
        "ru_nswap",
        "ru_inblock",
        "ru_oublock",
        "ru_msgsnd",
        "ru_msgrcv",
        "ru_nsignals",
        "ru_nvcsw",
        "ru_nivcsw",
    ]),
    16,
    16,
);

/// A `struct_rusage`.
pub fn usage_value(vm: &Vm, usage: &ResourceUsage) -> PyResult {
    let times = [usage.user_time, usage.system_time].map(Value::float);
    STRUCT_RUSAGE.make(vm, times.into_iter().chain(usage.counters.map(Value::int)).collect())
}

fn resource(vm: &Vm, value: &Value) -> PyResult<i32> {
    let number = int32(vm, value)?;
    if !(0..N_RESOURCES).contains(&number) {
        return vm.raise(Exc::ValueError, "invalid resource specified");
    }
    Ok(number)
}

/// What the system's limit means to Python: no limit is -1.
fn limits(vm: &Vm, limits: std::io::Result<(u64, u64)>) -> PyResult {
    match limits {
        Ok((soft, hard)) => {
            let value = |limit: u64| match i64::try_from(limit) {
                Ok(limit) => Value::int(limit),
                Err(_) if limit == u64::MAX => Value::small(-1),
                Err(_) => int::new_big(limit.into()),
            };
            Ok(vm.tuple(&[value(soft), value(hard)]))
        }
        Err(error) => failed(vm, &error),
    }
}

fn failed(vm: &Vm, error: &std::io::Error) -> PyResult {
    match error.raw_os_error() {
        Some(libc::EINVAL) => vm.raise(Exc::ValueError, "current limit exceeds maximum limit"),
        Some(libc::EPERM) => vm.raise(Exc::ValueError, "not allowed to raise maximum limit"),
        _ => vm.raise_os_error(error, None),
    }
}

fn pair(vm: &Vm, value: &Value) -> PyResult<(u64, u64)> {
    if !vm.is_iterable(value) {
        return vm.raise_type_of("'{}' object is not iterable", value);
    }
    let items = vm.collect(value)?;
    let [soft, hard] = items.as_slice() else {
        return vm.raise(Exc::ValueError, "expected a tuple of 2 integers");
    };
    Ok((limit(vm, soft)?, limit(vm, hard)?))
}

fn limit(vm: &Vm, value: &Value) -> PyResult<u64> {
    let index = vm.index(value)?;
    if int::as_i64(&index) == Some(-1) {
        return Ok(u64::MAX);
    }
    let number = int::as_big(&index).expect("index gives an int");
    match u64::try_from(&number) {
        Ok(number) => Ok(number),
        Err(_) if number.sign() == num_bigint::Sign::Minus => {
            vm.raise(Exc::ValueError, "Cannot convert negative int")
        }
        Err(_) => vm.raise(Exc::OverflowError, "Python int too large to convert to C rlim_t"),
    }
}
