//! This process, its environment, and others as far as signals and waiting go.

use ouro_runtime::host::{Identity, SessionId};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::set::Set;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

use super::constants::{CONFSTR_NAMES, SYSCONF_NAMES};
use super::path::{OR_FD, PATHS, PathArg};
use crate::convert::{int32, int64};
use crate::errors::{os, os_retried};
use crate::os_path::{self, Path};
use crate::struct_sequence::{REPLACE, StructSequence, fields};

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("getpid()", |vm, _| id(vm, Identity::Process)).doc("Return the current process id."),
    NativeFn::new("getppid()", |vm, _| id(vm, Identity::Parent)).doc("Return the parent's process id."),
    NativeFn::new("getpgrp()", |vm, _| id(vm, Identity::Group)).doc("Return the current process group id."),
    NativeFn::new("getuid()", |vm, _| id(vm, Identity::User)).doc("Return the current process's user id."),
    NativeFn::new("geteuid()", |vm, _| id(vm, Identity::EffectiveUser))
        .doc("Return the current process's effective user id."),
    NativeFn::new("getgid()", |vm, _| id(vm, Identity::UserGroup))
        .doc("Return the current process's group id."),
    NativeFn::new("getegid()", |vm, _| id(vm, Identity::EffectiveGroup))
        .doc("Return the current process's effective group id."),
    NativeFn::new("getresuid()", |vm, _| saved_ids(vm, false))
        .doc("Return a tuple of the current process's real, effective, and saved user ids."),
    NativeFn::new("getresgid()", |vm, _| saved_ids(vm, true))
        .doc("Return a tuple of the current process's real, effective, and saved group ids."),
    NativeFn::new("getgroups()", |vm, _| {
        let groups = os(vm, vm.host.groups())?;
        Ok(List::new(groups.into_iter().map(|group| Value::int(group.into())).collect()).into())
    })
    .doc("Return list of supplemental group IDs for the process."),
    NativeFn::new("getlogin()", |vm, _| {
        let name = os(vm, vm.host.login_name())?;
        Ok(os_path::decode(vm, &name)?.into())
    })
    .doc("Return the actual login name."),
    NativeFn::new("getpgid(pid)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.session_id(SessionId::Group, pid))?.into()))
    })
    .doc("Call the system call getpgid(), and return the result."),
    NativeFn::new("getsid(pid, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.session_id(SessionId::Session, pid))?.into()))
    })
    .doc("Call the system call getsid(pid) and return the result."),
    NativeFn::new("setpgid(pid, pgrp, /)", |vm, args| {
        let (pid, group) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        os(vm, vm.host.set_group(pid, group))?;
        Ok(Value::NONE)
    })
    .doc("Call the system call setpgid(pid, pgrp)."),
    NativeFn::new("setpgrp()", |vm, _| {
        os(vm, vm.host.set_group(0, 0))?;
        Ok(Value::NONE)
    })
    .doc("Make the current process the leader of its process group."),
    NativeFn::new("setsid()", |vm, _| {
        os(vm, vm.host.start_session())?;
        Ok(Value::NONE)
    })
    .doc("Call the system call setsid()."),
    NativeFn::new("kill(pid, signal, /)", |vm, args| {
        let (pid, signal) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        os(vm, vm.host.kill(pid, signal))?;
        vm.check_signals()?;
        Ok(Value::NONE)
    })
    .doc("Kill a process with a signal."),
    NativeFn::new("killpg(pgid, signal, /)", |vm, args| {
        let (group, signal) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        os(vm, vm.host.kill_group(group, signal))?;
        vm.check_signals()?;
        Ok(Value::NONE)
    })
    .doc("Kill a process group with a signal."),
    NativeFn::new("wait()", |vm, _| wait(vm, -1, 0)).doc("Wait for completion of a child process."),
    NativeFn::new("waitpid(pid, options, /)", |vm, args| {
        let (pid, options) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        wait(vm, pid, options)
    })
    .doc("Wait for completion of a given child process."),
    NativeFn::new("WIFEXITED(status)", |vm, args| status_flag(vm, args, |status| libc::WIFEXITED(status)))
        .doc("Return True if the process returning status exited via the exit() system call."),
    NativeFn::new("WEXITSTATUS(status)", |vm, args| {
        status_number(vm, args, |status| libc::WEXITSTATUS(status))
    })
    .doc("Return the process return code from status."),
    NativeFn::new("WIFSIGNALED(status)", |vm, args| {
        status_flag(vm, args, |status| libc::WIFSIGNALED(status))
    })
    .doc("Return True if the process returning status was terminated by a signal."),
    NativeFn::new("WTERMSIG(status)", |vm, args| status_number(vm, args, |status| libc::WTERMSIG(status)))
        .doc("Return the signal that terminated the process that provided the status value."),
    NativeFn::new("WIFSTOPPED(status)", |vm, args| status_flag(vm, args, |status| libc::WIFSTOPPED(status)))
        .doc("Return True if the process returning status was stopped."),
    NativeFn::new("WSTOPSIG(status)", |vm, args| status_number(vm, args, |status| libc::WSTOPSIG(status)))
        .doc("Return the signal that stopped the process that provided the status value."),
    NativeFn::new("WIFCONTINUED(status)", |vm, args| {
        status_flag(vm, args, |status| libc::WIFCONTINUED(status))
    })
    .doc("Return True if a particular process was continued from a job control stop."),
    NativeFn::new("WCOREDUMP(status, /)", |vm, args| status_flag(vm, args, |status| libc::WCOREDUMP(status)))
        .doc("Return True if the process returning status was dumped to a core file."),
    NativeFn::new("waitstatus_to_exitcode(status)", waitstatus_to_exitcode)
        .doc("Convert a wait status to an exit code."),
    NativeFn::new("system(command)", |vm, args| {
        let command = Path::from_value(vm, args.value(0))?;
        vm.audit("os.system", || vec![command.given.clone()])?;
        Ok(Value::small(os(vm, vm.blocking(|host| host.run_shell(&command.bytes)))?.into()))
    })
    .doc("Execute the command in a subshell."),
    NativeFn::new("execv(path, argv, /)", |vm, args| exec(vm, args, "execv"))
        .doc("Execute an executable path with arguments, replacing current process."),
    NativeFn::new("execve(path, argv, env)", |vm, args| exec(vm, args, "execve"))
        .doc("Execute an executable path with arguments, replacing current process."),
    NativeFn::new("_exit(status)", |vm, args| {
        let status = int32(vm, args.value(0))?;
        vm.host.exit_now(status)
    })
    .doc("Exit to the system with specified status, without normal exit processing."),
    NativeFn::new("abort()", |vm, _| vm.host.abort()).doc("Abort the interpreter immediately."),
    NativeFn::new("_create_environ()", |vm, _| environment(vm)).doc("Create the environment dictionary."),
    NativeFn::new("putenv(name, value, /)", putenv).doc("Change or add an environment variable."),
    NativeFn::new("unsetenv(name, /)", unsetenv).doc("Delete an environment variable."),
    NativeFn::new("strerror(code, /)", |vm, args| {
        let code = int32(vm, args.value(0))?;
        Ok(vm.host.error_text(code).as_str().into())
    })
    .doc("Translate an error code to a message string."),
    NativeFn::new("urandom(size, /)", |vm, args| random(vm, args.value(0)))
        .doc("Return a bytes object containing random bytes suitable for cryptographic use."),
    NativeFn::new("getrandom(size, flags=0)", |vm, args| {
        args.get(1).map_or(Ok(0), |flags| int32(vm, flags))?;
        if int64(vm, args.value(0), "ssize_t")? < 0 {
            return vm.raise_os_error(&std::io::Error::from_raw_os_error(libc::EINVAL), None);
        }
        random(vm, args.value(0))
    })
    .doc("Obtain a series of random bytes."),
    NativeFn::new("cpu_count()", |vm, _| Ok(vm.host.processors().0.into()))
        .doc("Return the number of logical CPUs in the system."),
    NativeFn::new("uname()", uname).doc("Return an object identifying the current operating system."),
    NativeFn::new("times()", |vm, _| {
        let times = os(vm, vm.host.cpu_times())?;
        TIMES_RESULT.make(vm, times.map(Value::float).to_vec())
    })
    .doc("Return a collection containing process timing information."),
    NativeFn::new("getloadavg()", |vm, _| match vm.host.load_averages() {
        Some(loads) => Ok(vm.tuple(&loads.map(Value::float))),
        None => vm.raise(Exc::OSError, "Load averages are unobtainable"),
    })
    .doc("Return average recent system load information."),
    NativeFn::new("sysconf(name, /)", |vm, args| {
        let name = name_number(vm, args.value(0), SYSCONF_NAMES)?;
        Ok(Value::int(os(vm, vm.host.system_limit(name))?.unwrap_or(-1)))
    })
    .doc("Return an integer-valued system configuration variable."),
    NativeFn::new("confstr(name, /)", |vm, args| {
        let name = name_number(vm, args.value(0), CONFSTR_NAMES)?;
        Ok(match os(vm, vm.host.system_text(name))? {
            Some(text) => os_path::decode(vm, &text)?.into(),
            None => Value::NONE,
        })
    })
    .doc("Return a string-valued system configuration variable."),
    NativeFn::new("pathconf(path, name)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "pathconf", "path", OR_FD)?;
        let name = name_number(vm, args.value(1), super::constants::PATHCONF_NAMES)?;
        Ok(Value::int(path.os(vm, vm.host.path_limit(path.target(), name))?.unwrap_or(-1)))
    })
    .doc("Return the configuration limit name for the file or directory path."),
    NativeFn::new("fpathconf(fd, name, /)", |vm, args| {
        let fd = super::path::fileno(vm, args.value(0))?;
        let name = name_number(vm, args.value(1), super::constants::PATHCONF_NAMES)?;
        Ok(Value::int(os(vm, vm.host.path_limit(Err(fd), name))?.unwrap_or(-1)))
    })
    .doc("Return the configuration limit name for the file descriptor fd."),
    NativeFn::new("ctermid()", |_, _| Ok("/dev/tty".into()))
        .doc("Return the name of the controlling terminal for this process."),
    NativeFn::new("nice(increment, /)", |vm, args| {
        let increment = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.be_nice(increment))?.into()))
    })
    .doc("Add increment to the priority of process and return the new priority."),
    NativeFn::new("getpriority(which, who)", |vm, args| {
        let (which, who) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        Ok(Value::small(os(vm, vm.host.priority(which, who))?.into()))
    })
    .doc("Return program scheduling priority."),
    NativeFn::new("setpriority(which, who, priority)", |vm, args| {
        let (which, who) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        let priority = int32(vm, args.value(2))?;
        os(vm, vm.host.set_priority(which, who, priority))?;
        Ok(Value::NONE)
    })
    .doc("Set program scheduling priority."),
    NativeFn::new("sched_yield()", |vm, _| {
        os(vm, vm.host.yield_processor())?;
        Ok(Value::NONE)
    })
    .doc("Voluntarily relinquish the CPU."),
    NativeFn::new("sched_get_priority_min(policy)", |vm, args| {
        let policy = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.priority_range(policy))?.0.into()))
    })
    .doc("Get the minimum scheduling priority for policy."),
    NativeFn::new("sched_get_priority_max(policy)", |vm, args| {
        let policy = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.priority_range(policy))?.1.into()))
    })
    .doc("Get the maximum scheduling priority for policy."),
    NativeFn::new("sched_getscheduler(pid, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.scheduler(pid))?.into()))
    })
    .doc("Get the scheduling policy for the process identified by pid."),
    NativeFn::new("sched_setscheduler(pid, policy, param, /)", |vm, args| {
        let (pid, policy) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        let priority = sched_priority(vm, args.value(2))?;
        os(vm, vm.host.set_scheduler(pid, policy, priority))?;
        Ok(Value::NONE)
    })
    .doc("Set the scheduling policy for the process identified by pid."),
    NativeFn::new("sched_getparam(pid, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        SCHED_PARAM.make(vm, vec![Value::small(os(vm, vm.host.scheduling_priority(pid))?.into())])
    })
    .doc("Returns scheduling parameters for the process identified by pid."),
    NativeFn::new("sched_setparam(pid, param, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        let priority = sched_priority(vm, args.value(1))?;
        os(vm, vm.host.set_scheduling_priority(pid, priority))?;
        Ok(Value::NONE)
    })
    .doc("Set scheduling parameters for the process identified by pid."),
    NativeFn::new("sched_rr_get_interval(pid, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        Ok(Value::float(os(vm, vm.host.round_robin_interval(pid))?))
    })
    .doc("Return the round-robin quantum for the process identified by pid, in seconds."),
    NativeFn::new("sched_getaffinity(pid, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        let cpus = os(vm, vm.host.affinity(pid))?;
        let cpus: Vec<Value> = cpus.into_iter().map(Value::from).collect();
        Ok(Set::from_slice(vm, &cpus)?.into())
    })
    .doc("Return the affinity of the process identified by pid (or the current process if zero)."),
    NativeFn::new("sched_setaffinity(pid, mask, /)", |vm, args| {
        let pid = int32(vm, args.value(0))?;
        let mut cpus = Vec::new();
        for cpu in vm.collect(args.value(1))? {
            let number = int64(vm, &cpu, "long")?;
            match usize::try_from(number) {
                Ok(number) => cpus.push(number),
                Err(_) => return vm.raise(Exc::ValueError, "negative CPU number"),
            }
        }
        os(vm, vm.host.set_affinity(pid, &cpus))?;
        Ok(Value::NONE)
    })
    .doc("Set the CPU affinity of the process identified by pid to mask."),
    NativeFn::new("_inputhook()", |_, _| Ok(Value::small(0)))
        .doc("Calls PyOS_CallInputHook droppong the GIL first"),
    NativeFn::new("_is_inputhook_installed()", |_, _| Ok(Value::FALSE))
        .doc("Checks if PyOS_CallInputHook is set"),
];

pub static UNAME_RESULT: StructSequence = StructSequence::new(
    "posix",
    "uname_result",
    "uname_result: Result from os.uname().",
    &fields(["sysname", "nodename", "release", "version", "machine"]),
    5,
    5,
);

pub static TIMES_RESULT: StructSequence = StructSequence::new(
    "posix",
    "times_result",
    "times_result: Result from os.times().",
    &fields(["user", "system", "children_user", "children_system", "elapsed"]),
    5,
    5,
);

pub static SCHED_PARAM: StructSequence = StructSequence {
    spec: ouro_runtime::class::TypeSpec {
        new: Some(NativeFn::new("sched_param($type, /, sched_priority)", |_, args| {
            let class = args.this::<ouro_runtime::class::Type>();
            Ok(Tuple::for_class(class, std::iter::once(args.value(1).clone())).into())
        })),
        // Its class takes the field itself.
        methods: &[
            REPLACE,
            NativeFn::new("__reduce__($self, /)", |vm, args| {
                let items = args.value(0).downcast::<Tuple>().map(|tuple| tuple.items()).unwrap_or_default();
                Ok(vm.tuple(&[vm.type_of(args.value(0)).to_value(), vm.tuple(items)]))
            }),
        ],
        ..StructSequence::new(
            "posix",
            "sched_param",
            "Currently has only one field: sched_priority",
            &fields(["sched_priority"]),
            1,
            1,
        )
        .spec
    },
    ..StructSequence::new("posix", "sched_param", "", &fields(["sched_priority"]), 1, 1)
};

fn id(vm: &Vm, what: Identity) -> PyResult {
    Ok(Value::int(vm.host.identity(what)))
}

fn saved_ids(vm: &Vm, of_group: bool) -> PyResult {
    let ids = os(vm, vm.host.saved_ids(of_group))?;
    Ok(vm.tuple(&ids.map(|id| Value::int(id.into()))))
}

pub fn sched_priority(vm: &Vm, value: &Value) -> PyResult<i32> {
    let class = SCHED_PARAM.class(vm)?;
    match value.downcast::<Tuple>().filter(|_| vm.is_instance_of(value, &class)) {
        Some(tuple) => int32(vm, &tuple.items()[0]),
        None => vm.raise(Exc::TypeError, "must have a sched_param object"),
    }
}

fn wait(vm: &Vm, pid: i32, options: i32) -> PyResult {
    let result = os_retried(vm, || vm.host.wait_for(pid, options))?;
    Ok(vm.tuple(&[Value::small(result.pid.into()), Value::small(result.status.into())]))
}

fn status_flag(vm: &Vm, args: Args<'_>, test: fn(i32) -> bool) -> PyResult {
    Ok(test(int32(vm, args.value(0))?).into())
}

fn status_number(vm: &Vm, args: Args<'_>, part: fn(i32) -> i32) -> PyResult {
    Ok(Value::small(part(int32(vm, args.value(0))?).into()))
}

fn waitstatus_to_exitcode(vm: &Vm, args: Args<'_>) -> PyResult {
    let status = int32(vm, args.value(0))?;
    if libc::WIFEXITED(status) {
        return Ok(Value::small(libc::WEXITSTATUS(status).into()));
    }
    if libc::WIFSIGNALED(status) {
        return Ok(Value::small((-libc::WTERMSIG(status)).into()));
    }
    if libc::WIFSTOPPED(status) {
        let signal = libc::WSTOPSIG(status);
        return vm.raise(Exc::ValueError, format!("process stopped by delivery of signal {signal}"));
    }
    vm.raise(Exc::ValueError, format!("invalid wait status: {status}"))
}

/// Arguments of a program; `what` is how messages call them.
pub fn program_arguments(vm: &Vm, value: &Value, what: &str) -> PyResult<Vec<Vec<u8>>> {
    if value.downcast::<Tuple>().is_none() && value.downcast::<List>().is_none() {
        return vm.raise(Exc::TypeError, format!("{what} must be a tuple or list"));
    }
    let items = vm.collect(value)?;
    if items.is_empty() {
        return vm.raise(Exc::ValueError, format!("{what} must not be empty"));
    }
    let mut arguments = Vec::new();
    for item in &items {
        arguments.push(Path::from_value(vm, item)?.bytes);
    }
    if arguments[0].is_empty() {
        return vm.raise(Exc::ValueError, format!("{what} first element cannot be empty"));
    }
    Ok(arguments)
}

fn exec(vm: &Vm, args: Args<'_>, function: &str) -> PyResult {
    crate::interpreters::check_main(vm, "exec")?;
    let takes = if function == "execve" { OR_FD } else { PATHS };
    let path = PathArg::new(vm, args.get(0), function, "path", takes)?;
    let what = if function == "execve" { "execve: argv" } else { "execv() arg 2" };
    let arguments = program_arguments(vm, args.value(1), what)?;
    let message = "execve: environment must be a mapping object";
    let environment = args.get(2).map(|mapping| environment_argument(vm, mapping, message)).transpose()?;
    vm.audit("os.exec", || {
        vec![path.given.clone(), args.value(1).clone(), args.get(2).cloned().unwrap_or(Value::NONE)]
    })?;
    let error = vm.host.replace_program(path.target(), &arguments, environment.as_deref());
    let name = (function == "execve").then_some(&path.given);
    vm.raise_os_error(&error, name)
}

/// A program's environment as `NAME=value`; `message` is for what is no mapping.
pub fn environment_argument(vm: &Vm, mapping: &Value, message: &str) -> PyResult<Vec<Vec<u8>>> {
    if vm.type_of(mapping).slots().get_item.is_none() || vm.get_attr_opt(mapping, &vm.names.keys)?.is_none() {
        return vm.raise(Exc::TypeError, message);
    }
    let mut variables = Vec::new();
    for pair in vm.collect(&vm.call_method(mapping, &vm.names.items, &[])?)? {
        let pair = vm.unpack(&pair, 2)?;
        let (name, value) = (Path::from_value(vm, &pair[0])?, Path::from_value(vm, &pair[1])?);
        if name.bytes.is_empty() || name.bytes[1..].contains(&b'=') {
            return vm.raise(Exc::ValueError, "illegal environment variable name");
        }
        variables.push([name.bytes.as_slice(), b"=", &value.bytes].concat());
    }
    Ok(variables)
}

/// The environment as a dict of bytes.
pub fn environment(vm: &Vm) -> PyResult {
    let dict = Dict::new();
    for (name, value) in vm.host.environment() {
        dict.insert(vm, Bytes::from_vec(name).into(), Bytes::from_vec(value).into())?;
    }
    Ok(dict.into())
}

fn putenv(vm: &Vm, args: Args<'_>) -> PyResult {
    let (name, value) = (Path::from_value(vm, args.value(0))?, Path::from_value(vm, args.value(1))?);
    if name.bytes.contains(&b'=') {
        return vm.raise(Exc::ValueError, "illegal environment variable name");
    }
    if name.bytes.is_empty() {
        return vm.raise_os_error(&std::io::Error::from_raw_os_error(libc::EINVAL), None);
    }
    vm.audit("os.putenv", || vec![name.given.clone(), value.given.clone()])?;
    vm.host.set_variable(&name.bytes, &value.bytes);
    Ok(Value::NONE)
}

fn unsetenv(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = Path::from_value(vm, args.value(0))?;
    if name.bytes.is_empty() || name.bytes.contains(&b'=') {
        return vm.raise_os_error(&std::io::Error::from_raw_os_error(libc::EINVAL), None);
    }
    vm.audit("os.unsetenv", || vec![name.given.clone()])?;
    vm.host.unset_variable(&name.bytes);
    Ok(Value::NONE)
}

fn random(vm: &Vm, size: &Value) -> PyResult {
    let size = int64(vm, size, "ssize_t")?;
    if size < 0 {
        return vm.raise(Exc::ValueError, "negative argument not allowed");
    }
    let size = vm.check_text_size(usize::try_from(size).ok())?;
    let mut buffer = vec![0; size];
    os(vm, vm.host.random_bytes(&mut buffer))?;
    Ok(Bytes::from_vec(buffer).into())
}

fn uname(vm: &Vm, _: Args<'_>) -> PyResult {
    let names = os(vm, vm.host.uname())?;
    let parts = [names.system, names.node, names.release, names.version, names.machine];
    UNAME_RESULT.make(vm, parts.iter().map(|part| part.as_str().into()).collect())
}

/// The number of a configuration name.
fn name_number(vm: &Vm, value: &Value, names: &[(&str, i32)]) -> PyResult<i32> {
    if let Some(name) = value.downcast::<Str>() {
        return match names.iter().find(|(known, _)| known.as_bytes() == name.as_bytes()) {
            Some((_, number)) => Ok(*number),
            None => vm.raise(Exc::ValueError, "unrecognized configuration name"),
        };
    }
    if !int::is_int(value) && !vm.has_index(value) {
        return vm.raise(Exc::TypeError, "configuration names must be strings or integers");
    }
    int32(vm, value)
}

/// `sysconf_names` and its like.
pub fn names_dict(vm: &Vm, names: &[(&str, i32)]) -> Gc<Dict> {
    let dict = Dict::new();
    for &(name, number) in names {
        drop(dict.insert_str(&vm.intern(name), Value::small(number.into())));
    }
    dict
}
