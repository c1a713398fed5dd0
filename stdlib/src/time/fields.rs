//! Times as fields: `struct_time`, calendars, and their text.

use ouro_runtime::host::LocalTime;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::convert::timestamp_s;
use crate::struct_sequence::{StructSequence, fields};

pub static STRUCT_TIME: StructSequence = StructSequence::new(
    "time",
    "struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().",
    &fields([
        "tm_year",
        "tm_mon",
        "tm_mday",
        "tm_hour",
        "tm_min",
        "tm_sec",
        "tm_wday",
        "tm_yday",
        "tm_isdst",
        "tm_zone",
        "tm_gmtoff",
    ]),
    9,
    11,
);

fn struct_time(vm: &Vm, time: &LocalTime) -> PyResult {
    let small = |n: i32| Value::small(n.into());
    let values = vec![
        Value::int(time.year),
        small(time.month),
        small(time.day),
        small(time.hour),
        small(time.minute),
        small(time.second),
        small(time.weekday),
        small(time.day_of_year),
        small(time.is_dst),
        time.zone.as_str().into(),
        Value::int(time.utc_offset),
    ];
    STRUCT_TIME.make(vm, values)
}

/// Fields of the time an optional argument gives, else of now.
fn broken_down(vm: &Vm, seconds: Option<&Value>, local: bool) -> PyResult<LocalTime> {
    let seconds = match seconds.filter(|seconds| !seconds.is_none()) {
        Some(seconds) => timestamp_s(vm, seconds)?,
        None => vm.host.now().div_euclid(1_000_000_000),
    };
    let time = if local { vm.host.local_time(seconds) } else { vm.host.utc_time(seconds) };
    match time {
        Ok(time) => Ok(time),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

pub fn gmtime(vm: &Vm, args: Args<'_>) -> PyResult {
    let time = broken_down(vm, args.get(0), false)?;
    struct_time(vm, &time)
}

pub fn localtime(vm: &Vm, args: Args<'_>) -> PyResult {
    let time = broken_down(vm, args.get(0), true)?;
    struct_time(vm, &time)
}

/// Fields of a tuple argument.
fn from_tuple(vm: &Vm, value: &Value, function: &str) -> PyResult<LocalTime> {
    let Some(tuple) = value.downcast::<Tuple>() else {
        return vm.raise(Exc::TypeError, "Tuple or struct_time argument required");
    };
    let items = tuple.items();
    if items.len() != 9 {
        return vm.raise(Exc::TypeError, format!("{function}(): illegal time tuple argument"));
    }
    let mut numbers = [0; 9];
    for (number, item) in numbers.iter_mut().zip(items) {
        *number = vm.c_int_argument(item)?;
    }
    let [year, month, day, hour, minute, second, weekday, day_of_year, is_dst] = numbers;
    if i64::from(year) - 1900 < i64::from(i32::MIN) {
        return vm.raise(Exc::OverflowError, "year out of range");
    }
    // Zone and offset come along where the argument has them.
    let zone = vm.get_attr_opt(value, &vm.intern("tm_zone"))?;
    let offset = vm.get_attr_opt(value, &vm.intern("tm_gmtoff"))?;
    Ok(LocalTime {
        year: year.into(),
        month,
        day,
        hour,
        minute,
        second,
        weekday,
        day_of_year,
        is_dst,
        utc_offset: offset.filter(|offset| !offset.is_none()).map_or(Ok(0), |offset| vm.to_i64(&offset))?,
        zone: match zone.as_ref().and_then(|zone| zone.downcast::<Str>()) {
            Some(zone) => zone.to_string_lossy().into_owned(),
            None => String::new(),
        },
    })
}

/// Checks what text needs; zeros for month, day and day of the year count as 1.
fn checked(vm: &Vm, mut time: LocalTime) -> PyResult<LocalTime> {
    let checks = [
        (time.month == 0 || (1..=12).contains(&time.month), "month out of range"),
        (time.day == 0 || (1..=31).contains(&time.day), "day of month out of range"),
        ((0..=23).contains(&time.hour), "hour out of range"),
        ((0..=59).contains(&time.minute), "minute out of range"),
        ((0..=61).contains(&time.second), "seconds out of range"),
        (time.weekday >= -1, "day of week out of range"),
        (time.day_of_year == 0 || (1..=366).contains(&time.day_of_year), "day of year out of range"),
    ];
    for (fine, message) in checks {
        if !fine {
            return vm.raise(Exc::ValueError, message);
        }
    }
    time.month = time.month.max(1);
    time.day = time.day.max(1);
    time.day_of_year = time.day_of_year.max(1);
    time.weekday = time.weekday.rem_euclid(7);
    Ok(time)
}

/// Fields for text: of a tuple argument, else of now.
fn for_text(vm: &Vm, value: Option<&Value>, function: &str) -> PyResult<LocalTime> {
    let Some(value) = value else { return broken_down(vm, None, true) };
    let time = from_tuple(vm, value, function)?;
    checked(vm, time)
}

pub fn mktime(vm: &Vm, args: Args<'_>) -> PyResult {
    let time = from_tuple(vm, args.value(0), "mktime")?;
    match vm.host.make_time(&time) {
        Some(seconds) => Ok(Value::float(seconds as f64)),
        None => vm.raise(Exc::OverflowError, "mktime argument out of range"),
    }
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn shown(time: &LocalTime) -> Value {
    let (day, month) = (DAYS[time.weekday as usize % 7], MONTHS[(time.month as usize).clamp(1, 12) - 1]);
    let LocalTime { year, day: date, hour, minute, second, .. } = time;
    format!("{day} {month} {date:2} {hour:02}:{minute:02}:{second:02} {year}").into()
}

pub fn asctime(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(shown(&for_text(vm, args.get(0), "asctime")?))
}

pub fn ctime(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(shown(&broken_down(vm, args.get(0), true)?))
}

pub fn strftime(vm: &Vm, args: Args<'_>) -> PyResult {
    let format = vm.str_argument(args.value(0), "strftime", "argument 1")?;
    let mut time = for_text(vm, args.get(1), "strftime")?;
    // Only asctime knows daylight saving beyond yes, no and unknown.
    time.is_dst = time.is_dst.clamp(-1, 1);
    let mut out = Vec::new();
    // The C library stops at NUL, and takes only bytes it knows: such pieces go around it.
    for (at, piece) in format.as_bytes().split(|&byte| byte == 0).enumerate() {
        if at > 0 {
            out.push(0);
        }
        let mut rest = piece;
        while !rest.is_empty() {
            let (plain, directives) =
                rest.split_at(rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len()));
            out.extend_from_slice(plain);
            let end = directives.iter().position(|byte| !byte.is_ascii()).unwrap_or(directives.len());
            let (directives, after) = directives.split_at(end);
            match vm.host.format_time(&time, directives) {
                Some(text) => out.extend_from_slice(&text),
                None => return vm.raise_bare(Exc::MemoryError),
            }
            // A percent sign before a character beyond ASCII stands for itself, like that character.
            let plain = after.iter().position(|&byte| byte == b'%').unwrap_or(after.len());
            out.extend_from_slice(&after[..plain]);
            rest = &after[plain..];
        }
    }
    Ok(Str::from_wtf8(&out).into())
}

/// Through the Python module, as it works with regular expressions.
pub fn strptime(vm: &Vm, args: Args<'_>) -> PyResult {
    let module = vm.import_module("_strptime")?;
    let function = vm.get_attr_named(&module, "_strptime_time")?;
    vm.call_args(&function, Args::with_keywords(args.values, args.kw_names, args.kw_values))
}
