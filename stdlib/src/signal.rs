//! `_signal`: handlers of signals, and waiting for them. `signal.py` makes enums of the numbers.

use ouro_runtime::host::{N_SIGNALS, SignalAction};
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::set::Set;
use ouro_runtime::vm::signals::SignalHandlers;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::errors::os;
use crate::struct_sequence::{StructSequence, fields};
use crate::time::convert::{Round, duration_ns};

pub static MODULE: NativeModule = NativeModule {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.",
    functions: &[
        NativeFn::new("default_int_handler!(signalnum, frame, /)", default_int_handler)
            .doc("The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt."),
        NativeFn::new("alarm(seconds, /)", |vm, args| {
            let seconds = vm.c_int_argument(args.value(0))?;
            Ok(Value::int(vm.host.set_alarm(seconds as u32).into()))
        })
        .doc("Arrange for SIGALRM to arrive after the given number of seconds."),
        NativeFn::new("setitimer(which, seconds, interval=0.0, /)", setitimer)
            .doc("Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF)."),
        NativeFn::new("getitimer(which, /)", getitimer).doc("Returns current value of given itimer."),
        NativeFn::new("signal(signalnum, handler, /)", signal).doc("Set the action for the given signal."),
        NativeFn::new("raise_signal(signalnum, /)", |vm, args| {
            let number = vm.c_int_argument(args.value(0))?;
            os(vm, vm.host.raise_signal(number))?;
            vm.check_signals()?;
            Ok(Value::NONE)
        })
        .doc("Send a signal to the executing process."),
        NativeFn::new("strsignal(signalnum, /)", |vm, args| {
            let number = in_range(vm, args.value(0))?;
            Ok(vm.host.signal_text(number).map_or(Value::NONE, Value::from))
        })
        .doc("Return the system description of the given signal."),
        NativeFn::new("getsignal(signalnum, /)", |vm, args| {
            let number = in_range(vm, args.value(0))?;
            handler_of(vm, number)
        })
        .doc("Return the current action for the given signal."),
        NativeFn::new("set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)", set_wakeup_fd)
            .doc("Sets the fd to be written to (with the signal number) when a signal comes in."),
        NativeFn::new("siginterrupt(signalnum, flag, /)", |vm, args| {
            let number = in_range(vm, args.value(0))?;
            let interrupts = vm.c_int_argument(args.value(1))? != 0;
            os(vm, vm.host.set_signal_interrupts(number, interrupts))?;
            Ok(Value::NONE)
        })
        .doc("Change system call restart behaviour."),
        NativeFn::new("pause()", |vm, _| {
            vm.blocking(|host| host.pause());
            vm.check_signals()?;
            Ok(Value::NONE)
        })
        .doc("Wait until a signal arrives."),
        NativeFn::new("pthread_kill(thread_id, signalnum, /)", |vm, args| {
            let thread = vm.to_i64(args.value(0))?;
            let number = vm.c_int_argument(args.value(1))?;
            os(vm, vm.host.signal_thread(thread as u64, number))?;
            vm.check_signals()?;
            Ok(Value::NONE)
        })
        .doc("Send a signal to a thread."),
        NativeFn::new("pthread_sigmask(how, mask, /)", |vm, args| {
            let how = vm.c_int_argument(args.value(0))?;
            let mask = signal_set(vm, args.value(1))?;
            let old = os(vm, vm.host.change_signal_mask(how, &mask))?;
            vm.check_signals()?;
            numbers(vm, &old)
        })
        .doc("Fetch and/or change the signal mask of the calling thread."),
        NativeFn::new("sigpending()", |vm, _| {
            let pending = os(vm, vm.host.pending_signals())?;
            numbers(vm, &pending)
        })
        .doc("Examine pending signals."),
        NativeFn::new("sigwait(sigset, /)", |vm, args| {
            let set = signal_set(vm, args.value(0))?;
            Ok(Value::small(os(vm, vm.blocking(|host| host.wait_for_signal(&set)))?.into()))
        })
        .doc("Wait for a signal."),
        NativeFn::new("sigwaitinfo(sigset, /)", |vm, args| {
            let set = signal_set(vm, args.value(0))?;
            wait_for_info(vm, &set, None)
        })
        .doc("Wait synchronously until one of the signals in *sigset* is delivered."),
        NativeFn::new("sigtimedwait(sigset, timeout, /)", |vm, args| {
            let timeout = duration_ns(vm, args.value(1), Round::Timeout)?;
            if timeout < 0 {
                return vm.raise(Exc::ValueError, "timeout must be non-negative");
            }
            let set = signal_set(vm, args.value(0))?;
            wait_for_info(vm, &set, Some(timeout))
        })
        .doc("Like sigwaitinfo(), but with a timeout: returns None when it is over."),
        NativeFn::new("pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)", |vm, args| {
            let (pidfd, number) = (vm.c_int_argument(args.value(0))?, vm.c_int_argument(args.value(1))?);
            if args.get_not_none(2).is_some() {
                return vm.raise(Exc::TypeError, "siginfo must be None");
            }
            let flags = args.get(3).map_or(Ok(0), |flags| vm.c_int_argument(flags))?;
            os(vm, vm.host.signal_process(pidfd, number, flags as u32))?;
            vm.check_signals()?;
            Ok(Value::NONE)
        })
        .doc("Send a signal to a process referred to by a pid file descriptor."),
        NativeFn::new("valid_signals()", |vm, _| numbers(vm, &valid_signals(vm)))
            .doc("Return a set of valid signal numbers on this platform."),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

static STRUCT_SIGINFO: StructSequence = StructSequence::new(
    "signal",
    "struct_siginfo",
    "struct_siginfo: Result from sigwaitinfo or sigtimedwait.",
    &fields(["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"]),
    7,
    7,
);

macro_rules! signals {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
}

static SIGNALS: &[(&str, i32)] = signals! {
    SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGIOT SIGABRT SIGFPE SIGKILL SIGBUS SIGSEGV SIGSYS SIGPIPE SIGALRM SIGTERM SIGUSR1
    SIGUSR2 SIGCHLD SIGPWR SIGIO SIGURG SIGWINCH SIGPOLL SIGSTOP SIGTSTP SIGCONT SIGTTIN SIGTTOU SIGVTALRM SIGPROF SIGXCPU
    SIGXFSZ SIGSTKFLT
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    for &(name, number) in SIGNALS {
        module.set(vm, name, Value::small(number.into()));
    }
    let (min, max) = vm.host.real_time_signals();
    let others = [
        ("SIGCLD", libc::SIGCHLD),
        ("SIGRTMIN", min),
        ("SIGRTMAX", max),
        ("NSIG", N_SIGNALS as i32),
        ("SIG_DFL", 0),
        ("SIG_IGN", 1),
        ("SIG_BLOCK", libc::SIG_BLOCK),
        ("SIG_UNBLOCK", libc::SIG_UNBLOCK),
        ("SIG_SETMASK", libc::SIG_SETMASK),
        ("ITIMER_REAL", 0),
        ("ITIMER_VIRTUAL", 1),
        ("ITIMER_PROF", 2),
    ];
    for (name, number) in others {
        module.set(vm, name, Value::small(number.into()));
    }
    module.set(vm, "struct_siginfo", STRUCT_SIGINFO.class(vm)?);
    crate::errors::define(vm, module, "signal", "itimer_error", vm.types.exception(Exc::OSError))?;
    let error = module.namespace().remove_str(&vm.intern("itimer_error")).unwrap_or(Value::NONE);
    vm.set_attr(&error, &vm.names.__name__, Some(&"itimer_error".into()))?;
    module.set(vm, "ItimerError", error);
    Ok(())
}

/// A signal number.
fn in_range(vm: &Vm, value: &Value) -> PyResult<i32> {
    let number = vm.c_int_argument(value)?;
    if !(1..N_SIGNALS as i32).contains(&number) {
        return vm.raise(Exc::ValueError, "signal number out of range");
    }
    Ok(number)
}

fn default_int_handler(vm: &Vm, args: Args<'_>) -> PyResult {
    args.check_arity(vm, "default_int_handler", 2, 2)?;
    vm.c_int_argument(args.value(0))?;
    vm.raise_bare(Exc::KeyboardInterrupt)
}

/// The function that stands for Ctrl-C's own handler.
fn int_handler(vm: &Vm) -> PyResult {
    let module = vm.import_module("_signal")?;
    vm.get_attr_named(&module, "default_int_handler")
}

fn handler_of(vm: &Vm, number: i32) -> PyResult {
    let known = vm.state::<SignalHandlers>().handlers.borrow()[number as usize].clone();
    if let Some(known) = known {
        return Ok(known);
    }
    Ok(match vm.host.signal_action(number) {
        Ok(SignalAction::Default) => Value::small(0),
        Ok(SignalAction::Ignore) => Value::small(1),
        Ok(SignalAction::Note) if number == libc::SIGINT => return int_handler(vm),
        _ => Value::NONE,
    })
}

/// Handlers run on the main thread, so it alone sets them.
fn check_main_thread(vm: &Vm, function: &str) -> PyResult<()> {
    if vm.handles_signals_here() {
        return Ok(());
    }
    vm.raise(Exc::ValueError, format!("{function} only works in main thread of the main interpreter"))
}

fn signal(vm: &Vm, args: Args<'_>) -> PyResult {
    let number = vm.c_int_argument(args.value(0))?;
    let handler = args.value(1);
    let action = match handler.as_small_int() {
        Some(0) => SignalAction::Default,
        Some(1) => SignalAction::Ignore,
        _ if vm.is_callable(handler) => SignalAction::Note,
        _ if ouro_runtime::objects::int::is_int(handler)
            && vm.to_i64(handler).is_ok_and(|n| n == 0 || n == 1) =>
        {
            if vm.truth(handler)? {
                SignalAction::Ignore
            } else {
                SignalAction::Default
            }
        }
        _ => {
            return vm.raise(
                Exc::TypeError,
                "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
            );
        }
    };
    check_main_thread(vm, "signal")?;
    let number = in_range(vm, args.value(0)).and(Ok(number))?;
    vm.check_signals()?;
    let old = handler_of(vm, number)?;
    os(vm, vm.host.set_signal_action(number, action))?;
    let kept = (action == SignalAction::Note).then(|| handler.clone());
    let _old =
        std::mem::replace(&mut vm.state::<SignalHandlers>().handlers.borrow_mut()[number as usize], kept);
    Ok(old)
}

/// Seconds as microseconds, at least one for anything above zero.
fn microseconds(vm: &Vm, value: &Value) -> PyResult<i64> {
    Ok(duration_ns(vm, value, Round::Timeout)?.div_euclid(1000)
        + i64::from(duration_ns(vm, value, Round::Timeout)? % 1000 != 0))
}

fn timer(vm: &Vm, setting: std::io::Result<(i64, i64)>) -> PyResult {
    match setting {
        Ok((first, interval)) => {
            Ok(vm.tuple(&[Value::float(first as f64 / 1e6), Value::float(interval as f64 / 1e6)]))
        }
        Err(error) => {
            let module = vm.import_module("_signal")?;
            let class = vm.get_attr_named(&module, "ItimerError")?;
            let number = error.raw_os_error().unwrap_or(0);
            let text = ouro_runtime::exceptions::os_error_text(&error);
            match vm.call(&class, &[Value::small(number.into()), text.as_str().into()])?.into_gc() {
                Ok(exception) => vm.raise_value(exception),
                Err(_) => vm.raise_os_error(&error, None),
            }
        }
    }
}

fn setitimer(vm: &Vm, args: Args<'_>) -> PyResult {
    let which = vm.c_int_argument(args.value(0))?;
    let first = microseconds(vm, args.value(1))?;
    let interval = args.get(2).map_or(Ok(0), |interval| microseconds(vm, interval))?;
    timer(vm, vm.host.set_interval_timer(which, (first, interval)))
}

fn getitimer(vm: &Vm, args: Args<'_>) -> PyResult {
    let which = vm.c_int_argument(args.value(0))?;
    timer(vm, vm.host.interval_timer(which))
}

fn set_wakeup_fd(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = vm.c_int_argument(args.value(0))?;
    check_main_thread(vm, "set_wakeup_fd")?;
    if fd >= 0 {
        os(vm, vm.host.status_of_fd(fd))?;
        if os(vm, vm.host.is_blocking(fd))? {
            return vm.raise(Exc::ValueError, format!("the fd {fd} must be in non-blocking mode"));
        }
    }
    Ok(Value::small(vm.host.set_wakeup_fd(fd.max(-1)).into()))
}

/// The numbers in an iterable.
pub fn signal_set(vm: &Vm, value: &Value) -> PyResult<Vec<i32>> {
    let mut signals = Vec::new();
    for item in vm.collect(value)? {
        let number = vm.to_i64(&item)?;
        if !(1..N_SIGNALS as i64).contains(&number) {
            let last = N_SIGNALS - 1;
            return vm.raise(Exc::ValueError, format!("signal number {number} out of range [1; {last}]"));
        }
        signals.push(number as i32);
    }
    Ok(signals)
}

/// Waits for one of these signals: what came with it, or None when the time is over. Handlers of others are called meanwhile.
fn wait_for_info(vm: &Vm, signals: &[i32], timeout: Option<i64>) -> PyResult {
    let deadline = timeout.map(|timeout| vm.host.real_monotonic().saturating_add(timeout));
    loop {
        let left = deadline.map(|deadline| (deadline - vm.host.real_monotonic()).max(0));
        match vm.blocking(|host| host.wait_for_signal_info(signals, left)) {
            Ok(info) => {
                let numbers = [
                    info.signal as i64,
                    info.code as i64,
                    info.errno as i64,
                    info.pid as i64,
                    info.uid as i64,
                ];
                let numbers = numbers.into_iter().chain([info.status as i64, info.band]);
                return STRUCT_SIGINFO.make(vm, numbers.map(Value::int).collect());
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => vm.check_signals()?,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(Value::NONE),
            Err(error) => return vm.raise_os_error(&error, None),
        }
    }
}

fn numbers(vm: &Vm, signals: &[i32]) -> PyResult {
    let items: Vec<Value> = signals.iter().map(|&number| Value::small(number.into())).collect();
    Ok(Set::from_slice(vm, &items)?.into())
}

/// All but those the C library keeps for itself.
fn valid_signals(vm: &Vm) -> Vec<i32> {
    let (min, max) = vm.host.real_time_signals();
    (1..32).chain(min..=max).collect()
}
