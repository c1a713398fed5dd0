//! Clocks, local time and sleep.

#![allow(unsafe_code)]

use std::io;

use super::signals::HeldSignals;
use super::virtual_time::START_OF_DAY_NS;
use super::{Host, Parker, check};

/// Which clock is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// Since 1970, may be set.
    Wall,
    /// Never goes back.
    Monotonic,
    /// CPU time of the process.
    Process,
    /// CPU time of the calling thread.
    Thread,
    /// A clock of the system by its number.
    Number(i32),
}

impl ClockKind {
    fn number(self) -> i32 {
        match self {
            ClockKind::Wall => libc::CLOCK_REALTIME,
            ClockKind::Monotonic => libc::CLOCK_MONOTONIC,
            ClockKind::Process => libc::CLOCK_PROCESS_CPUTIME_ID,
            ClockKind::Thread => libc::CLOCK_THREAD_CPUTIME_ID,
            ClockKind::Number(number) => number,
        }
    }
}

/// Clocks that differ by where they begin.
enum Scale {
    Wall,
    Monotonic,
}

impl ClockKind {
    /// `None` for clocks that do not show time that passes.
    fn scale(self) -> Option<Scale> {
        match self.number() {
            libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE | libc::CLOCK_TAI => Some(Scale::Wall),
            libc::CLOCK_MONOTONIC
            | libc::CLOCK_MONOTONIC_COARSE
            | libc::CLOCK_MONOTONIC_RAW
            | libc::CLOCK_BOOTTIME => Some(Scale::Monotonic),
            _ => None,
        }
    }
}

/// A point in time broken into fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// The full year, such as 2026.
    pub year: i64,
    /// From 1.
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    /// Monday is 0.
    pub weekday: i32,
    /// From 1.
    pub day_of_year: i32,
    /// 1 in daylight saving time, 0 else, -1 if unknown.
    pub is_dst: i32,
    /// Seconds east of UTC, and the zone's name.
    pub utc_offset: i64,
    pub zone: String,
}

unsafe extern "C" {
    fn tzset();
}

fn nanoseconds(time: libc::timespec) -> i64 {
    time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec)
}

fn from_tm(raw: &libc::tm) -> LocalTime {
    let zone = if raw.tm_zone.is_null() {
        String::new()
    } else {
        // SAFETY: tm_zone points to a zone name that the C library keeps until tzset.
        unsafe { std::ffi::CStr::from_ptr(raw.tm_zone) }.to_string_lossy().into_owned()
    };
    LocalTime {
        year: raw.tm_year as i64 + 1900,
        month: raw.tm_mon + 1,
        day: raw.tm_mday,
        hour: raw.tm_hour,
        minute: raw.tm_min,
        second: raw.tm_sec,
        weekday: (raw.tm_wday + 6) % 7,
        day_of_year: raw.tm_yday + 1,
        is_dst: raw.tm_isdst,
        utc_offset: raw.tm_gmtoff,
        zone,
    }
}

/// Nanoseconds on a clock of the system.
pub(super) fn real_clock(kind: ClockKind) -> io::Result<i64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: one timespec is written.
    check(unsafe { libc::clock_gettime(kind.number(), &raw mut time) })?;
    Ok(nanoseconds(time))
}

impl Host {
    /// Nanoseconds on a clock.
    #[inline]
    pub fn clock(&self, kind: ClockKind) -> io::Result<i64> {
        let Some(clock) = self.virtual_clock() else { return real_clock(kind) };
        match kind.scale() {
            Some(Scale::Wall) => Ok(START_OF_DAY_NS.saturating_add(clock.now_ns())),
            Some(Scale::Monotonic) => Ok(clock.now_ns()),
            None => real_clock(kind),
        }
    }

    /// Nanoseconds of real time on the monotonic clock, for waits that stay real where time is virtual.
    pub fn real_monotonic(&self) -> i64 {
        real_clock(ClockKind::Monotonic).unwrap_or(0)
    }

    /// Nanoseconds of real time since 1970.
    pub fn real_now(&self) -> i64 {
        real_clock(ClockKind::Wall).unwrap_or(0)
    }

    /// Nanoseconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock(ClockKind::Wall).unwrap_or(0)
    }

    /// Nanoseconds on the monotonic clock.
    pub fn monotonic(&self) -> i64 {
        self.clock(ClockKind::Monotonic).unwrap_or(0)
    }

    /// The smallest step of a clock in nanoseconds.
    pub fn clock_resolution(&self, kind: ClockKind) -> io::Result<i64> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: one timespec is written.
        check(unsafe { libc::clock_getres(kind.number(), &raw mut time) })?;
        Ok(nanoseconds(time))
    }

    /// Sets a clock. Nobody may set one that is virtual.
    pub fn set_clock(&self, kind: ClockKind, nanoseconds: i64) -> io::Result<()> {
        if self.virtual_clock().is_some() && kind.scale().is_some() {
            return Err(io::Error::from_raw_os_error(libc::EPERM));
        }
        let time = libc::timespec {
            tv_sec: nanoseconds.div_euclid(1_000_000_000),
            tv_nsec: nanoseconds.rem_euclid(1_000_000_000),
        };
        // SAFETY: one timespec is read.
        check(unsafe { libc::clock_settime(kind.number(), &raw const time) }).map(drop)
    }

    /// Sleeps until a point on the monotonic clock. `Err` of kind Interrupted if a signal came first.
    pub fn sleep_until(&self, deadline: i64) -> io::Result<()> {
        if let Some(clock) = self.virtual_clock() {
            if deadline <= clock.now_ns() {
                return Ok(());
            }
            return self.park(&Parker::default(), Some(deadline)).map(drop);
        }
        HeldSignals::hold().wait(deadline.saturating_sub(self.monotonic()).max(0))
    }

    /// Fields of a time in the local zone.
    pub fn local_time(&self, seconds: i64) -> io::Result<LocalTime> {
        // SAFETY: a zeroed tm is valid, and one is written.
        let mut raw: libc::tm = unsafe { std::mem::zeroed() };
        // SAFETY: as above; one time is read.
        if unsafe { libc::localtime_r(&raw const seconds, &raw mut raw) }.is_null() {
            return Err(io::Error::last_os_error());
        }
        Ok(from_tm(&raw))
    }

    /// Fields of a time in UTC.
    pub fn utc_time(&self, seconds: i64) -> io::Result<LocalTime> {
        // SAFETY: a zeroed tm is valid, and one is written.
        let mut raw: libc::tm = unsafe { std::mem::zeroed() };
        // SAFETY: as above; one time is read.
        if unsafe { libc::gmtime_r(&raw const seconds, &raw mut raw) }.is_null() {
            return Err(io::Error::last_os_error());
        }
        Ok(from_tm(&raw))
    }

    /// Seconds since 1970 of local fields, which may be out of range; `None` if there is no such time.
    pub fn make_time(&self, time: &LocalTime) -> Option<i64> {
        // SAFETY: a zeroed tm is valid.
        let mut raw: libc::tm = unsafe { std::mem::zeroed() };
        raw.tm_year = i32::try_from(time.year - 1900).ok()?;
        raw.tm_mon = time.month - 1;
        raw.tm_mday = time.day;
        raw.tm_hour = time.hour;
        raw.tm_min = time.minute;
        raw.tm_sec = time.second;
        raw.tm_isdst = time.is_dst;
        raw.tm_wday = -1;
        // SAFETY: one tm is read and normalised.
        let seconds = unsafe { libc::mktime(&raw mut raw) };
        // -1 is an error only if the fields were not made whole.
        if seconds == -1 && raw.tm_wday == -1 { None } else { Some(seconds) }
    }

    /// Text for fields, all in their ranges, as the C library's `strftime` makes it. The format is ASCII without NUL.
    pub fn format_time(&self, time: &LocalTime, format: &[u8]) -> Option<Vec<u8>> {
        // The blank keeps an empty result from looking like a failure.
        let format = std::ffi::CString::new([format, b" "].concat()).ok()?;
        let zone = std::ffi::CString::new(time.zone.as_str()).ok()?;
        // SAFETY: a zeroed tm is valid.
        let mut raw: libc::tm = unsafe { std::mem::zeroed() };
        raw.tm_year = i32::try_from(time.year - 1900).ok()?;
        raw.tm_mon = time.month - 1;
        raw.tm_mday = time.day;
        raw.tm_hour = time.hour;
        raw.tm_min = time.minute;
        raw.tm_sec = time.second;
        raw.tm_wday = (time.weekday + 1) % 7;
        raw.tm_yday = time.day_of_year - 1;
        raw.tm_isdst = time.is_dst;
        raw.tm_gmtoff = time.utc_offset;
        if !time.zone.is_empty() {
            raw.tm_zone = zone.as_ptr();
        }
        let mut out = vec![0u8; 256 + format.as_bytes().len()];
        loop {
            // SAFETY: the buffer is writable for its length; format and tm, with the zone it points to, live through the call.
            let n = unsafe {
                libc::strftime(out.as_mut_ptr().cast(), out.len(), format.as_ptr(), &raw const raw)
            };
            if n > 0 {
                out.truncate(n - 1);
                return Some(out);
            }
            // Widths in the format can ask for any length.
            if out.len() >= 1 << 24 {
                return None;
            }
            out.resize(out.len() * 8, 0);
        }
    }

    /// Reads the `TZ` variable again.
    pub fn reset_time_zone(&self) {
        // SAFETY: called under the interpreter's lock, as all uses of the environment are.
        unsafe { tzset() }
    }
}
