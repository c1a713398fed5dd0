//! Starting programs with `posix_spawn`, and waiting for children in all ways but `waitpid`.

use ouro_runtime::host::{FileAction, ResourceUsage, SpawnAttributes};
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::process::{environment_argument, program_arguments};
use crate::convert::{int32, int64};
use crate::errors::{os, os_retried};
use crate::os_path::Path;
use crate::struct_sequence::{StructSequence, fields};

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new(
        "posix_spawn(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), \
         setsigdef=(), scheduler=None)",
        |vm, args| spawn(vm, args, "posix_spawn"),
    )
    .doc("Execute the program specified by path in a new process."),
    NativeFn::new(
        "posix_spawnp(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), \
         setsigdef=(), scheduler=None)",
        |vm, args| spawn(vm, args, "posix_spawnp"),
    )
    .doc("Execute the program specified by path in a new process."),
    NativeFn::new("wait3(options)", |vm, args| {
        let options = int32(vm, args.value(0))?;
        wait_with_usage(vm, -1, options)
    })
    .doc("Wait for completion of a child process.\n\nReturns a tuple of information about the child process:\n  (pid, status, rusage)"),
    NativeFn::new("wait4(pid, options)", |vm, args| {
        let (pid, options) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        wait_with_usage(vm, pid, options)
    })
    .doc("Wait for completion of a specific child process.\n\nReturns a tuple of information about the child process:\n  (pid, status, rusage)"),
    NativeFn::new("waitid(idtype, id, options, /)", |vm, args| {
        let kind = int32(vm, args.value(0))?;
        let id = int64(vm, args.value(1), "long")?;
        let options = int32(vm, args.value(2))?;
        let state = os_retried(vm, || vm.host.wait_for_state(kind as u32, id as u32, options))?;
        let Some(state) = state else { return Ok(Value::NONE) };
        let items = [i64::from(state.pid), state.uid.into(), state.signal.into(), state.status.into(), state.code.into()];
        WAITID_RESULT.make(vm, items.map(Value::int).to_vec())
    })
    .doc("Returns the result of waiting for a process or processes."),
    NativeFn::new("pidfd_open(pid, flags=0)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        let flags = args.get(1).map_or(Ok(0), |flags| int64(vm, flags, "unsigned int"))?;
        Ok(Value::small(os(vm, vm.host.open_process(pid, flags as u32))?.into()))
    })
    .doc("Return a file descriptor referring to the process *pid*.\n\nThe descriptor can be used to perform process management without races and\nsignals."),
];

pub static NUMBERS: &[(&str, i64)] = &[
    ("PIDFD_NONBLOCK", libc::O_NONBLOCK as i64),
    ("POSIX_SPAWN_OPEN", OPEN as i64),
    ("POSIX_SPAWN_CLOSE", CLOSE as i64),
    ("POSIX_SPAWN_DUP2", DUPLICATE as i64),
    ("POSIX_SPAWN_CLOSEFROM", CLOSE_FROM as i64),
    ("SCHED_DEADLINE", 6),
    ("CLONE_FILES", libc::CLONE_FILES as i64),
    ("CLONE_FS", libc::CLONE_FS as i64),
    ("CLONE_NEWCGROUP", libc::CLONE_NEWCGROUP as i64),
    ("CLONE_NEWIPC", libc::CLONE_NEWIPC as i64),
    ("CLONE_NEWNET", libc::CLONE_NEWNET as i64),
    ("CLONE_NEWNS", libc::CLONE_NEWNS as i64),
    ("CLONE_NEWPID", libc::CLONE_NEWPID as i64),
    ("CLONE_NEWTIME", 0x80),
    ("CLONE_NEWUSER", libc::CLONE_NEWUSER as i64),
    ("CLONE_NEWUTS", libc::CLONE_NEWUTS as i64),
    ("CLONE_SIGHAND", libc::CLONE_SIGHAND as i64),
    ("CLONE_SYSVSEM", libc::CLONE_SYSVSEM as i64),
    ("CLONE_THREAD", libc::CLONE_THREAD as i64),
    ("CLONE_VM", libc::CLONE_VM as i64),
];

const OPEN: i32 = 0;
const CLOSE: i32 = 1;
const DUPLICATE: i32 = 2;
const CLOSE_FROM: i32 = 3;

pub static WAITID_RESULT: StructSequence = StructSequence::new(
    "posix",
    "waitid_result",
    "waitid_result: Result from waitid.",
    &fields(["si_pid", "si_uid", "si_signo", "si_status", "si_code"]),
    5,
    5,
);

fn wait_with_usage(vm: &Vm, pid: i32, options: i32) -> PyResult {
    let (status, mut usage) = os_retried(vm, || vm.host.wait_with_usage(pid, options))?;
    if status.pid == 0 {
        usage = ResourceUsage { user_time: 0.0, system_time: 0.0, counters: [0; 14] };
    }
    let usage = crate::resource::usage_value(vm, &usage)?;
    Ok(vm.tuple(&[Value::small(status.pid.into()), Value::small(status.status.into()), usage]))
}

fn spawn(vm: &Vm, args: Args<'_>, function: &str) -> PyResult {
    let path = Path::from_value(vm, args.value(0))?;
    let argv = args.value(1);
    if argv.downcast::<Tuple>().is_none() && argv.downcast::<ouro_runtime::objects::list::List>().is_none() {
        return vm.raise(Exc::TypeError, format!("{function}: argv must be a tuple or list"));
    }
    if vm.len(argv)? == 0 {
        return vm.raise(Exc::ValueError, format!("{function}: argv must not be empty"));
    }
    let arguments = program_arguments(vm, argv, &format!("{function}: argv"))?;
    let environment = Some(args.value(2)).filter(|environment| !environment.is_none());
    let message = format!("{function}: environment must be a mapping object or None");
    let environment =
        environment.map(|environment| environment_argument(vm, environment, &message)).transpose()?;
    let given = |index: usize| args.get(index).filter(|value| !value.is_none());
    let actions = given(3).map_or(Ok(Vec::new()), |actions| file_actions(vm, actions))?;
    let attributes = SpawnAttributes {
        group: given(4).map(|group| int32(vm, group)).transpose()?,
        reset_ids: given(5).map_or(Ok(false), |flag| vm.truth(flag))?,
        new_session: given(6).map_or(Ok(false), |flag| vm.truth(flag))?,
        signal_mask: args.get(7).map(|signals| crate::signal::signal_set(vm, signals)).transpose()?,
        default_signals: args.get(8).map(|signals| crate::signal::signal_set(vm, signals)).transpose()?,
        scheduler: given(9).map(|scheduler| scheduler_argument(vm, scheduler, function)).transpose()?,
    };
    vm.audit("os.posix_spawn", || vec![path.given.clone(), argv.clone(), args.value(2).clone()])?;
    let is_searched = function == "posix_spawnp";
    let result = vm.host.posix_spawn(
        &path.bytes,
        is_searched,
        &arguments,
        environment.as_deref(),
        &actions,
        &attributes,
    );
    match result {
        Ok(pid) => Ok(Value::small(pid.into())),
        Err(error) => vm.raise_os_error(&error, Some(&path.given)),
    }
}

fn scheduler_argument(vm: &Vm, value: &Value, function: &str) -> PyResult<(Option<i32>, i32)> {
    let Some(tuple) = value.downcast::<Tuple>() else {
        return vm.raise(Exc::TypeError, format!("{function}: scheduler must be a tuple or None"));
    };
    let [policy, parameters] = tuple.items() else {
        return vm.raise(Exc::TypeError, "A scheduler tuple must have two elements");
    };
    let policy = Some(policy).filter(|policy| !policy.is_none());
    let policy = policy.map(|policy| int32(vm, policy)).transpose()?;
    Ok((policy, super::process::sched_priority(vm, parameters)?))
}

fn file_actions(vm: &Vm, value: &Value) -> PyResult<Vec<FileAction>> {
    if !vm.is_iterable(value) {
        return vm.raise(Exc::TypeError, "file_actions must be a sequence or None");
    }
    let mut actions = Vec::new();
    for item in vm.collect(value)? {
        let parts = item.downcast::<Tuple>().map(|tuple| tuple.items()).unwrap_or_default();
        let Some((kind, rest)) = parts.split_first() else {
            return vm.raise(Exc::TypeError, "Each file_actions element must be a non-empty tuple");
        };
        actions.push(match (int32(vm, kind)?, rest) {
            (OPEN, [fd, path, flags, mode]) => FileAction::Open {
                fd: int32(vm, fd)?,
                path: Path::from_value(vm, path)?.bytes,
                flags: int32(vm, flags)?,
                mode: int64(vm, mode, "unsigned long")? as u32,
            },
            (OPEN, _) => return vm.raise(Exc::TypeError, "A open file_action tuple must have 5 elements"),
            (CLOSE, [fd]) => FileAction::Close(int32(vm, fd)?),
            (CLOSE, _) => return vm.raise(Exc::TypeError, "A close file_action tuple must have 2 elements"),
            (DUPLICATE, [fd, target]) => {
                FileAction::Duplicate { fd: int32(vm, fd)?, target: int32(vm, target)? }
            }
            (DUPLICATE, _) => {
                return vm.raise(Exc::TypeError, "A dup2 file_action tuple must have 3 elements");
            }
            (CLOSE_FROM, [fd]) => FileAction::CloseFrom(int32(vm, fd)?),
            (CLOSE_FROM, _) => {
                return vm.raise(Exc::TypeError, "A closefrom file_action tuple must have 2 elements");
            }
            _ => return vm.raise(Exc::TypeError, "Unknown file_actions identifier"),
        });
    }
    Ok(actions)
}
