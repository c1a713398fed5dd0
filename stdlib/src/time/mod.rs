//! `time`: clocks, sleep and the calendar.

pub mod convert;
mod fields;

use ouro_runtime::host::ClockKind;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::simple_namespace;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use convert::{Round, duration_ns, seconds};

macro_rules! clock_pair {
    ($name:literal, $name_ns:literal, $doc:literal, $doc_ns:literal, $kind:expr) => {
        [
            NativeFn::new($name, |vm, _| Ok(seconds(read(vm, $kind)?))).doc($doc),
            NativeFn::new($name_ns, |vm, _| Ok(Value::int(read(vm, $kind)?))).doc($doc_ns),
        ]
    };
}

const TIME: [NativeFn; 2] = clock_pair!(
    "time()",
    "time_ns()",
    "Return the current time in seconds since the Epoch.",
    "Return the current time in nanoseconds since the Epoch.",
    ClockKind::Wall
);
const MONOTONIC: [NativeFn; 2] = clock_pair!(
    "monotonic()",
    "monotonic_ns()",
    "Monotonic clock, cannot go backward.",
    "Monotonic clock, cannot go backward, as nanoseconds.",
    ClockKind::Monotonic
);
const PERF_COUNTER: [NativeFn; 2] = clock_pair!(
    "perf_counter()",
    "perf_counter_ns()",
    "Performance counter for benchmarking.",
    "Performance counter for benchmarking as nanoseconds.",
    ClockKind::Monotonic
);
const PROCESS_TIME: [NativeFn; 2] = clock_pair!(
    "process_time()",
    "process_time_ns()",
    "Process time for profiling: sum of the kernel and user-space CPU time.",
    "Process time for profiling as nanoseconds: sum of the kernel and user-space CPU time.",
    ClockKind::Process
);
const THREAD_TIME: [NativeFn; 2] = clock_pair!(
    "thread_time()",
    "thread_time_ns()",
    "Thread time for profiling: sum of the kernel and user-space CPU time.",
    "Thread time for profiling as nanoseconds: sum of the kernel and user-space CPU time.",
    ClockKind::Thread
);

pub static MODULE: NativeModule = NativeModule {
    name: "time",
    doc: "This module provides various functions to manipulate time values.",
    functions: &[
        TIME[0],
        TIME[1],
        MONOTONIC[0],
        MONOTONIC[1],
        PERF_COUNTER[0],
        PERF_COUNTER[1],
        PROCESS_TIME[0],
        PROCESS_TIME[1],
        THREAD_TIME[0],
        THREAD_TIME[1],
        NativeFn::new("clock_gettime(clk_id, /)", |vm, args| Ok(seconds(read(vm, clock_argument(vm, args)?)?)))
            .doc("Return the time of the specified clock clk_id as a float."),
        NativeFn::new("clock_gettime_ns(clk_id, /)", |vm, args| {
            Ok(Value::int(read(vm, clock_argument(vm, args)?)?))
        })
        .doc("Return the time of the specified clock clk_id as nanoseconds (int)."),
        NativeFn::new("clock_settime(clk_id, time, /)", |vm, args| {
            let ns = duration_ns(vm, args.value(1), Round::Floor)?;
            set(vm, args, ns)
        })
        .doc("Set the time of the specified clock clk_id."),
        NativeFn::new("clock_settime_ns(clk_id, time, /)", |vm, args| {
            let ns = vm.to_i64(args.value(1))?;
            set(vm, args, ns)
        })
        .doc("Set the time of the specified clock clk_id with nanoseconds."),
        NativeFn::new("clock_getres(clk_id, /)", clock_getres)
            .doc("Return the resolution (precision) of the specified clock clk_id."),
        NativeFn::new("get_clock_info(name, /)", get_clock_info).doc("Get information of the specified clock."),
        NativeFn::new("sleep(seconds, /)", sleep)
            .doc("Delay execution for a given number of seconds.  The argument may be\na floating-point number for subsecond precision."),
        NativeFn::new("gmtime(seconds=None, /)", fields::gmtime)
            .doc("Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a.\nGMT).  When 'seconds' is not passed in, convert the current time instead."),
        NativeFn::new("localtime(seconds=None, /)", fields::localtime)
            .doc("Convert seconds since the Epoch to a time tuple expressing local time.\nWhen 'seconds' is not passed in, convert the current time instead."),
        NativeFn::new("asctime(tuple=<unrepresentable>, /)", fields::asctime)
            .doc("Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'."),
        NativeFn::new("ctime(seconds=None, /)", fields::ctime)
            .doc("Convert a time in seconds since the Epoch to a string in local time."),
        NativeFn::new("mktime(tuple, /)", fields::mktime).doc("Convert a time tuple in local time to seconds since the Epoch."),
        NativeFn::new("strftime(format, tuple=<unrepresentable>, /)", fields::strftime)
            .doc("Convert a time tuple to a string according to a format specification."),
        NativeFn::new("strptime!(string, format=<unrepresentable>, /)", fields::strptime)
            .doc("Parse a string to a time tuple according to a format specification."),
        NativeFn::new("tzset()", |vm, _| {
            vm.host.reset_time_zone();
            set_zone(vm)?;
            Ok(Value::NONE)
        })
        .doc("Initialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ']."),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let clocks = [
        ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
        ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
        ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
        ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
        ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
        ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
        ("CLOCK_TAI", libc::CLOCK_TAI),
    ];
    for (name, number) in clocks {
        module.set(vm, name, Value::small(number.into()));
    }
    module.set(vm, "_STRUCT_TM_ITEMS", Value::small(11));
    module.set(vm, "struct_time", fields::STRUCT_TIME.class(vm)?);
    zone_into(vm, module);
    Ok(())
}

/// `tzname` and its like: the zone's names and offsets in the middle of winter and of summer.
fn zone_into(vm: &Vm, module: &Gc<Module>) {
    const YEAR: i64 = 31_556_952;
    let start = vm.host.now().div_euclid(1_000_000_000) / YEAR * YEAR;
    let zone_at = |time: i64| {
        let fields = vm.host.local_time(time).unwrap_or_default();
        (fields.utc_offset, if fields.zone.is_empty() { "   ".to_string() } else { fields.zone })
    };
    let (january, july) = (zone_at(start), zone_at(start + YEAR / 2));
    // South of the equator January is summer.
    let (standard, summer) = if january.0 <= july.0 { (january, july) } else { (july, january) };
    module.set(vm, "timezone", Value::int(-standard.0));
    module.set(vm, "altzone", Value::int(-summer.0));
    module.set(vm, "daylight", Value::small((standard.0 != summer.0).into()));
    module.set(vm, "tzname", vm.tuple(&[standard.1.as_str().into(), summer.1.as_str().into()]));
}

fn set_zone(vm: &Vm) -> PyResult<()> {
    if let Some(module) = vm.modules.get_str(&vm.intern("time")) {
        if let Some(module) = module.downcast::<Module>() {
            zone_into(vm, module);
        }
    }
    Ok(())
}

fn read(vm: &Vm, clock: ClockKind) -> PyResult<i64> {
    match vm.host.clock(clock) {
        Ok(ns) => Ok(ns),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn clock_argument(vm: &Vm, args: Args<'_>) -> PyResult<ClockKind> {
    Ok(ClockKind::Number(vm.c_int_argument(args.value(0))?))
}

fn set(vm: &Vm, args: Args<'_>, ns: i64) -> PyResult {
    match vm.host.set_clock(clock_argument(vm, args)?, ns) {
        Ok(()) => Ok(Value::NONE),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn clock_getres(vm: &Vm, args: Args<'_>) -> PyResult {
    match vm.host.clock_resolution(clock_argument(vm, args)?) {
        Ok(ns) => Ok(seconds(ns)),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn get_clock_info(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.str_argument(args.value(0), "get_clock_info", "argument 1")?;
    let (kind, function) = match name.as_bytes() {
        b"time" => (ClockKind::Wall, "CLOCK_REALTIME"),
        b"monotonic" | b"perf_counter" => (ClockKind::Monotonic, "CLOCK_MONOTONIC"),
        b"process_time" => (ClockKind::Process, "CLOCK_PROCESS_CPUTIME_ID"),
        b"thread_time" => (ClockKind::Thread, "CLOCK_THREAD_CPUTIME_ID"),
        _ => return vm.raise(Exc::ValueError, "unknown clock"),
    };
    let resolution = vm.host.clock_resolution(kind).unwrap_or(1);
    let is_wall = kind == ClockKind::Wall;
    simple_namespace::new(
        vm,
        [
            (vm.intern("implementation"), format!("clock_gettime({function})").into()),
            (vm.intern("monotonic"), (!is_wall).into()),
            (vm.intern("adjustable"), is_wall.into()),
            (vm.intern("resolution"), seconds(resolution)),
        ],
    )
}

fn sleep(vm: &Vm, args: Args<'_>) -> PyResult {
    let length = duration_ns(vm, args.value(0), Round::Timeout)?;
    if length < 0 {
        return vm.raise(Exc::ValueError, "sleep length must be non-negative");
    }
    vm.audit("time.sleep", || vec![args.value(0).clone()])?;
    let deadline = vm.host.monotonic().saturating_add(length);
    loop {
        match vm.blocking(|host| host.sleep_until(deadline)) {
            Ok(()) => return Ok(Value::NONE),
            // Handlers may raise; else the rest is slept.
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => vm.check_signals()?,
            Err(error) => return vm.raise_os_error(&error, None),
        }
    }
}
