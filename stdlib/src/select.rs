//! `select`: waiting until descriptors are ready.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::host::{EpollEntry, PollDescriptor, SELECT_LIMIT, SelectSets};
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::errors::{os, os_retried};
use crate::posix::fileno;
use crate::time::convert::{Round, scaled_ns};

pub static MODULE: NativeModule = NativeModule {
    name: "select",
    doc: "Waiting until files are ready to be read from or written to.",
    functions: &[
        NativeFn::new("select(rlist, wlist, xlist, timeout=None, /)", select)
            .doc("Wait until one or more file descriptors are ready for some kind of I/O."),
        NativeFn::new("poll()", |vm, _| Ok(heap::alloc(&vm.class_of::<Poll>(), Poll::default()).into()))
            .doc("Returns a polling object."),
    ],
    classes: &[NativeClass::of::<Poll>(&POLL), NativeClass::of::<Epoll>(&EPOLL)],
    init: Some(init),
};

static NUMBERS: &[(&str, u32)] = &[
    ("EPOLLERR", 8),
    ("EPOLLET", 1 << 31),
    ("EPOLLEXCLUSIVE", 1 << 28),
    ("EPOLLHUP", 16),
    ("EPOLLIN", 1),
    ("EPOLLMSG", 1024),
    ("EPOLLONESHOT", 1 << 30),
    ("EPOLLOUT", 4),
    ("EPOLLPRI", 2),
    ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192),
    ("EPOLLRDNORM", 64),
    ("EPOLLWAKEUP", 1 << 29),
    ("EPOLLWRBAND", 512),
    ("EPOLLWRNORM", 256),
    ("EPOLL_CLOEXEC", libc::EPOLL_CLOEXEC as u32),
    ("PIPE_BUF", 4096),
    ("POLLERR", 8),
    ("POLLHUP", 16),
    ("POLLIN", 1),
    ("POLLMSG", 1024),
    ("POLLNVAL", 32),
    ("POLLOUT", 4),
    ("POLLPRI", 2),
    ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192),
    ("POLLRDNORM", 64),
    ("POLLWRBAND", 512),
    ("POLLWRNORM", 256),
];

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "error", vm.types.exception(Exc::OSError).clone());
    for &(name, number) in NUMBERS {
        module.set(vm, name, Value::small(number.into()));
    }
    Ok(())
}

/// How much time there is to wait.
struct Limit {
    /// On the monotonic clock; `None` for ever.
    deadline: Option<i64>,
    /// Where time is virtual it need not stand meanwhile.
    is_idle: bool,
}

impl Limit {
    const NOW: Limit = Limit { deadline: Some(i64::MIN), is_idle: false };

    fn new(vm: &Vm, timeout_ns: Option<i64>) -> Limit {
        let deadline = timeout_ns.map(|timeout| match timeout {
            // No clock is asked by those that only look.
            0 => i64::MIN,
            timeout => vm.host.monotonic().saturating_add(timeout),
        });
        Limit { deadline, is_idle: false }
    }

    /// Nanoseconds that are left.
    fn left(&self, vm: &Vm) -> Option<i64> {
        match self.deadline {
            None => None,
            Some(i64::MIN) => Some(0),
            Some(deadline) => Some((deadline - vm.host.monotonic()).max(0)),
        }
    }

    /// Milliseconds that are left, rounded up; -1 for ever.
    fn left_ms(&self, vm: &Vm) -> i32 {
        self.left(vm).map_or(-1, crate::socket::milliseconds)
    }

    /// Calls until it is done; signal handlers run in between. `asked` are the descriptors that it waits for.
    fn repeat<T>(
        &self,
        vm: &Vm,
        asked: impl FnOnce() -> Vec<PollDescriptor>,
        mut call: impl FnMut(&Limit) -> std::io::Result<T>,
    ) -> PyResult<T> {
        let mut limit = self;
        if let Some(clock) = vm.host.virtual_clock().filter(|_| self.deadline != Limit::NOW.deadline) {
            let asked = asked();
            os_retried(vm, || vm.host.await_descriptors(clock, &asked, self.deadline, self.is_idle))?;
            limit = &Limit::NOW;
        }
        loop {
            match vm.blocking(|_| call(limit)) {
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => vm.check_signals()?,
                Err(error) if error.kind() == std::io::ErrorKind::OutOfMemory => {
                    return vm.raise_bare(Exc::MemoryError);
                }
                result => return os(vm, result),
            }
        }
    }
}

/// A timeout argument in nanoseconds; `None` for none. `message` is what is said of what is no number.
fn timeout(vm: &Vm, value: Option<&Value>, unit_ns: i64, message: &str) -> PyResult<Option<i64>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let timeout = scaled_ns(vm, value, Round::Timeout, unit_ns);
    match vm.catch(timeout, Exc::TypeError)? {
        Some(timeout) => Ok(Some(timeout)),
        None => vm.raise(Exc::TypeError, message),
    }
}

/// A timeout that the system takes in milliseconds; below zero is for ever.
fn timeout_ms(vm: &Vm, value: Option<&Value>, unit_ns: i64) -> PyResult<Option<i64>> {
    let timeout = timeout(vm, value, unit_ns, "timeout must be an integer or None")?;
    let max_ns = i64::from(i32::MAX) * 1_000_000;
    if timeout.is_some_and(|timeout| timeout > max_ns) {
        return vm.raise(Exc::OverflowError, "timeout is too large");
    }
    Ok(timeout.filter(|&timeout| timeout >= 0))
}

const MILLISECOND: i64 = 1_000_000;
const SECOND: i64 = 1_000_000_000;

fn select(vm: &Vm, args: Args<'_>) -> PyResult {
    let timeout = timeout(vm, args.get(3), SECOND, "timeout must be a float or None")?;
    if timeout.is_some_and(|timeout| timeout < 0) {
        return vm.raise(Exc::ValueError, "timeout must be non-negative");
    }
    let mut given: [Vec<(Value, i32)>; 3] = Default::default();
    for (at, list) in given.iter_mut().enumerate() {
        if !vm.is_iterable(args.value(at)) {
            return vm.raise(Exc::TypeError, "arguments 1-3 must be sequences");
        }
        for object in Items::of(vm, args.value(at))? {
            let fd = fileno(vm, &object)?;
            if fd >= SELECT_LIMIT {
                return vm.raise(Exc::ValueError, "filedescriptor out of range in select()");
            }
            if list.len() >= SELECT_LIMIT as usize {
                return vm.raise(Exc::ValueError, "too many file descriptors in select()");
            }
            list.push((object, fd));
        }
    }
    let asked = SelectSets(given.each_ref().map(|list| list.iter().map(|&(_, fd)| fd).collect()));
    let entries = || {
        let events = [libc::POLLIN, libc::POLLOUT, libc::POLLPRI];
        let of_list = |(list, events): (&Vec<(Value, i32)>, i16)| -> Vec<PollDescriptor> {
            list.iter().map(|&(_, fd)| PollDescriptor::with_events(fd, events)).collect()
        };
        given.iter().zip(events).flat_map(of_list).collect()
    };
    let ready = Limit::new(vm, timeout).repeat(vm, entries, |limit| {
        let mut sets = asked.clone();
        // Rounded up: nobody waits shorter than asked.
        let left_us = limit.left(vm).map(|left| left / 1000 + i64::from(left % 1000 != 0));
        vm.host.select(&mut sets, left_us)?;
        Ok(sets)
    })?;
    let mut results = Vec::new();
    for (list, mut ready) in given.into_iter().zip(ready.0) {
        ready.sort_unstable();
        let found = list.into_iter().filter(|(_, fd)| ready.binary_search(fd).is_ok());
        results.push(List::new(found.map(|(object, _)| object).collect()).into());
    }
    Ok(vm.tuple(&results))
}

/// The items of an argument; those of a list as they are when it is their turn, as `fileno()` may change it.
enum Items<'a> {
    List(&'a Gc<List>, usize),
    Other(std::vec::IntoIter<Value>),
}

impl<'a> Items<'a> {
    fn of(vm: &Vm, value: &'a Value) -> PyResult<Items<'a>> {
        Ok(match value.downcast::<List>() {
            Some(list) => Items::List(list, 0),
            None => Items::Other(vm.collect(value)?.into_iter()),
        })
    }
}

impl Iterator for Items<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        match self {
            Items::List(list, at) => {
                *at += 1;
                list.get(*at - 1)
            }
            Items::Other(items) => items.next(),
        }
    }
}

/// `select.poll()`.
#[derive(Default)]
struct Poll {
    /// In the order of their registration, each descriptor once.
    entries: RefCell<Vec<PollDescriptor>>,
    running: Cell<bool>,
}

impl Payload for Poll {
    ouro_runtime::trace_fields!(; skip entries, running);
}

static POLL: TypeSpec = TypeSpec {
    name: "poll",
    module: "select",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new(
            "register($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
            poll_register,
        )
        .doc("Register a file descriptor with the polling object."),
        NativeFn::new("modify($self, fd, eventmask, /)", poll_modify)
            .doc("Modify an already registered file descriptor."),
        NativeFn::new("unregister($self, fd, /)", poll_unregister)
            .doc("Remove a file descriptor being tracked by the polling object."),
        NativeFn::new("poll($self, timeout=None, /)", poll_poll)
            .doc("Polls the set of registered file descriptors."),
    ],
    ..TypeSpec::DEFAULT
};

/// Events of a poll object.
fn event_mask(vm: &Vm, value: Option<&Value>) -> PyResult<i16> {
    let Some(value) = value else { return Ok(libc::POLLIN | libc::POLLPRI | libc::POLLOUT) };
    let index = vm.index(value)?;
    if int::is_negative(&index) {
        return vm.raise(Exc::ValueError, "Cannot convert negative int");
    }
    match int::as_i64(&index).and_then(|mask| u16::try_from(mask).ok()) {
        Some(mask) => Ok(mask as i16),
        None => vm.raise(Exc::OverflowError, "Python int too large for C unsigned short"),
    }
}

impl Poll {
    fn position(&self, fd: i32) -> Option<usize> {
        self.entries.borrow().iter().position(|entry| entry.descriptor() == fd)
    }
}

fn poll_register(vm: &Vm, args: Args<'_>) -> PyResult {
    let (this, fd) = (args.this::<Poll>(), fileno(vm, args.value(1))?);
    let entry = PollDescriptor::with_events(fd, event_mask(vm, args.get(2))?);
    match this.position(fd) {
        Some(at) => this.entries.borrow_mut()[at] = entry,
        None => this.entries.borrow_mut().push(entry),
    }
    Ok(Value::NONE)
}

fn poll_modify(vm: &Vm, args: Args<'_>) -> PyResult {
    let (this, fd) = (args.this::<Poll>(), fileno(vm, args.value(1))?);
    let entry = PollDescriptor::with_events(fd, event_mask(vm, args.get(2))?);
    match this.position(fd) {
        Some(at) => this.entries.borrow_mut()[at] = entry,
        None => return vm.raise_os_error(&std::io::Error::from_raw_os_error(libc::ENOENT), None),
    }
    Ok(Value::NONE)
}

fn poll_unregister(vm: &Vm, args: Args<'_>) -> PyResult {
    let (this, fd) = (args.this::<Poll>(), fileno(vm, args.value(1))?);
    match this.position(fd) {
        Some(at) => this.entries.borrow_mut().remove(at),
        None => return vm.raise_key_error(&Value::small(fd.into())),
    };
    Ok(Value::NONE)
}

fn poll_poll(vm: &Vm, args: Args<'_>) -> PyResult {
    let timeout = timeout_ms(vm, args.get(1), MILLISECOND)?;
    poll_registered(vm, args.this::<Poll>(), timeout, false)
}

/// `poller.poll()`. `is_idle` says that the caller has nothing to do until then.
///
/// # Errors
/// TypeError if it is no such object, and as `poll()`.
pub fn poll_for_ever(vm: &Vm, poller: &Value, is_idle: bool) -> PyResult {
    match poller.downcast::<Poll>() {
        Some(this) => poll_registered(vm, this, None, is_idle),
        None => vm.raise_type_of("a poll object was expected, got {}", poller),
    }
}

fn poll_registered(vm: &Vm, this: &Gc<Poll>, timeout: Option<i64>, is_idle: bool) -> PyResult {
    if this.running.replace(true) {
        return vm.raise(Exc::RuntimeError, "concurrent poll() invocation");
    }
    // Signal handlers may change what is registered; that counts from the next call on.
    let mut entries = this.entries.borrow().clone();
    let asked = entries.clone();
    let limit = Limit { is_idle, ..Limit::new(vm, timeout) };
    let polled = limit.repeat(vm, || asked, |limit| vm.host.poll(&mut entries, limit.left_ms(vm)));
    this.running.set(false);
    polled?;
    let ready = entries.iter().filter(|entry| entry.events_found() != 0).map(|entry| {
        let found = entry.events_found() as u16;
        vm.tuple(&[Value::small(entry.descriptor().into()), Value::small(found.into())])
    });
    Ok(List::new(ready.collect()).into())
}

/// `select.epoll`.
struct Epoll {
    /// -1 while closed.
    fd: Cell<i32>,
}

impl Payload for Epoll {
    ouro_runtime::trace_fields!(; skip fd);
}

static EPOLL: TypeSpec = TypeSpec {
    name: "epoll",
    module: "select",
    doc: "select.epoll(sizehint=-1, flags=0)\n\nAn object that watches many descriptors at little cost.",
    flags: 0,
    new: Some(NativeFn::new("epoll($type, sizehint=-1, flags=0)", epoll_new)),
    methods: &[
        NativeFn::new("close($self, /)", |vm, args| {
            let fd = args.this::<Epoll>().fd.replace(-1);
            if fd >= 0 {
                os(vm, vm.host.close(fd))?;
            }
            Ok(Value::NONE)
        })
        .doc("Close the epoll control file descriptor."),
        NativeFn::new("fileno($self, /)", |vm, args| Ok(Value::small(open_epoll(vm, &args)?.into())))
            .doc("Return the epoll control file descriptor."),
        NativeFn::new("modify($self, /, fd, eventmask)", |vm, args| control(vm, args, libc::EPOLL_CTL_MOD))
            .doc("Modify event mask for a registered file descriptor."),
        NativeFn::new(
            "register($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
            |vm, args| control(vm, args, libc::EPOLL_CTL_ADD),
        )
        .doc("Registers a new fd or raises an OSError if the fd is already registered."),
        NativeFn::new("unregister($self, /, fd)", |vm, args| control(vm, args, libc::EPOLL_CTL_DEL))
            .doc("Remove a registered file descriptor from the epoll object."),
        NativeFn::new("poll($self, /, timeout=None, maxevents=-1)", epoll_poll)
            .doc("Wait for events on the epoll file descriptor."),
        NativeFn::new("__enter__($self, /)", |vm, args| {
            open_epoll(vm, &args)?;
            Ok(args.value(0).clone())
        }),
        NativeFn::new("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)", |vm, args| {
            vm.call_method_named(args.value(0), "close", &[])
        }),
    ],
    class_methods: &[NativeFn::new("fromfd($type, fd, /)", |vm, args| {
        let fd = crate::convert::int32(vm, args.value(1))?;
        Ok(heap::alloc(&vm.class_of::<Epoll>(), Epoll { fd: Cell::new(fd) }).into())
    })
    .doc("Create an epoll object from a given control fd.")],
    getset: &[GetSet {
        doc: "True if the epoll handler is closed",
        ..GetSet::read_only("closed", |_, value| Ok((epoll(value).fd.get() < 0).into()))
    }],
    slots: Slots { finalize: Some(finalize), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn epoll(value: &Value) -> &Gc<Epoll> {
    value.downcast().expect("slots see instances of their class")
}

fn finalize(vm: &Vm, value: &Value) -> PyResult {
    let fd = epoll(value).fd.replace(-1);
    if fd >= 0 {
        // There is nobody to tell of an error.
        let _ = vm.host.close(fd);
    }
    Ok(Value::NONE)
}

fn epoll_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let size_hint = args.get(1).map_or(Ok(-1), |hint| crate::convert::int32(vm, hint))?;
    let flags = args.get(2).map_or(Ok(0), |flags| crate::convert::int32(vm, flags))?;
    if size_hint != -1 && size_hint <= 0 {
        return vm.raise(Exc::ValueError, "negative sizehint");
    }
    if flags != 0 && flags != libc::EPOLL_CLOEXEC {
        return vm.raise(Exc::OSError, "invalid flags");
    }
    let fd = os(vm, vm.host.epoll_create(flags | libc::EPOLL_CLOEXEC))?;
    Ok(heap::alloc(&vm.class_of::<Epoll>(), Epoll { fd: Cell::new(fd) }).into())
}

fn open_epoll(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    match args.this::<Epoll>().fd.get() {
        fd if fd >= 0 => Ok(fd),
        _ => vm.raise(Exc::ValueError, "I/O operation on closed epoll object"),
    }
}

/// Adds, changes or removes a descriptor.
fn control(vm: &Vm, args: Args<'_>, operation: i32) -> PyResult {
    let fd = fileno(vm, args.value(1))?;
    let events = match args.get(2) {
        Some(events) => crate::socket::masked_u32(vm, events)?,
        None => (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32,
    };
    let epoll = open_epoll(vm, &args)?;
    let entry = EpollEntry { events, data: fd as u64 };
    os(vm, vm.host.epoll_control(epoll, operation, fd, Some(entry)))?;
    Ok(Value::NONE)
}

fn epoll_poll(vm: &Vm, args: Args<'_>) -> PyResult {
    /// Events that one call gives, unless told otherwise.
    const MAX_EVENTS: i32 = libc::FD_SETSIZE as i32 - 1;
    let max = args.get(2).map_or(Ok(-1), |max| crate::convert::int32(vm, max))?;
    let fd = open_epoll(vm, &args)?;
    let timeout = timeout_ms(vm, args.get(1), SECOND)?;
    let max = match max {
        -1 => MAX_EVENTS,
        max if max < 1 => {
            return vm.raise(Exc::ValueError, format!("maxevents must be greater than 0, got {max}"));
        }
        max => max,
    };
    // More than the system takes is more than there is memory for.
    if max as usize >= i32::MAX as usize / 12 {
        return vm.raise_bare(Exc::MemoryError);
    }
    let limit = Limit::new(vm, timeout);
    let asked = || vec![PollDescriptor::with_events(fd, libc::POLLIN)];
    let ready = limit.repeat(vm, asked, |limit| vm.host.epoll_wait(fd, max as usize, limit.left_ms(vm)))?;
    let ready = ready
        .iter()
        .map(|entry| vm.tuple(&[Value::small(entry.data as i32 as i64), Value::small(entry.events.into())]));
    Ok(List::new(ready.collect()).into())
}
