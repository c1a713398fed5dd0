//! `_posixsubprocess`: the one function with which `subprocess` starts programs.

use ouro_runtime::host::{ChildCode, ChildStreams, SpawnPlan};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::int32;
use crate::errors::os;
use crate::os_path::Path;
use crate::posix::{forking, ids};

pub static MODULE: NativeModule = NativeModule {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: &[NativeFn::new(
        "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, \
         errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
        fork_exec,
    )
    .doc("Spawn a fresh new child process.\n\nDescriptors are set up in the child as asked for, then the first of the executables that can be\nrun takes its place. preexec_fn, if given, is called there before. What fails in the child is\nwritten to errpipe_write. Returns the child's process id.")],
    ..NativeModule::DEFAULT
};

/// Most groups a child may be given.
const MAX_GROUPS: usize = 65_536;

/// `preexec_fn`, in the child.
struct Preparation<'a> {
    vm: &'a Vm,
    function: &'a Value,
}

impl ChildCode for Preparation<'_> {
    fn begun(&mut self) {
        forking::after_in_child(self.vm);
    }

    fn before_program(&mut self) -> bool {
        match self.vm.call(self.function, &[]) {
            Ok(_) => true,
            Err(raised) => {
                drop(self.vm.take_raised(raised));
                false
            }
        }
    }
}

fn fork_exec(vm: &Vm, args: Args<'_>) -> PyResult {
    let number = |index: usize| int32(vm, args.value(index));
    let optional = |index: usize| Some(args.value(index)).filter(|value| !value.is_none());
    let close_fds = vm.truth(args.value(2))?;
    let Some(kept) = args.value(3).downcast::<Tuple>() else {
        let class = vm.type_name(args.value(3));
        return vm.raise(Exc::TypeError, format!("fork_exec() argument 4 must be tuple, not {class}"));
    };
    let streams = ChildStreams {
        stdin: number(6)?,
        stdout: number(9)?,
        stderr: number(11)?,
        parent_ends: [number(7)?, number(8)?, number(10)?, number(12)?],
        report: number(13)?,
    };
    let restore_signals = vm.truth(args.value(14))?;
    let new_session = vm.truth(args.value(15))?;
    let group = number(16)?;
    let umask = number(20)?;
    if close_fds && streams.report < 3 {
        return vm.raise(Exc::ValueError, "errpipe_write must be >= 3");
    }
    let kept_fds = kept_descriptors(vm, kept.items())?;
    let function = optional(21);
    if function.is_some() && crate::sys::is_finalizing(vm) {
        return vm.raise(Exc::PythonFinalizationError, "preexec_fn not supported at interpreter shutdown");
    }
    let executables = byte_strings(vm, args.value(1))?;
    let arguments = program_arguments(vm, args.value(0))?;
    let environment = optional(5).map(|list| byte_strings(vm, list)).transpose()?;
    let working_directory = optional(4).map(|path| Ok(Path::from_value(vm, path)?.bytes)).transpose()?;
    let groups = optional(18).map(|groups| extra_groups(vm, groups)).transpose()?;
    // As for the system's calls, -1 changes nothing.
    let changed = |id: u32| (id != u32::MAX).then_some(id);
    let gid = optional(17).map(|gid| ids::gid(vm, gid)).transpose()?.and_then(changed);
    let uid = optional(19).map(|uid| ids::uid(vm, uid)).transpose()?.and_then(changed);
    let plan = SpawnPlan {
        arguments,
        executables,
        environment,
        working_directory,
        streams,
        close_fds,
        kept_fds,
        restore_signals,
        new_session,
        process_group: (group >= 0).then_some(group),
        gid,
        groups,
        uid,
        umask: u32::try_from(umask).ok(),
    };
    let Some(function) = function else {
        return Ok(Value::small(os(vm, vm.host.spawn(&plan, None))?.into()));
    };
    forking::before(vm);
    let mut code = Preparation { vm, function };
    let pid = vm.host.spawn(&plan, Some(&mut code));
    forking::after_in_parent(vm);
    Ok(Value::small(os(vm, pid)?.into()))
}

/// `pass_fds`: descriptors in ascending order.
fn kept_descriptors(vm: &Vm, items: &[Value]) -> PyResult<Vec<i32>> {
    let mut kept: Vec<i32> = Vec::with_capacity(items.len());
    for item in items {
        let fd = item.as_small_int().and_then(|fd| i32::try_from(fd).ok()).filter(|&fd| fd >= 0);
        match fd.filter(|&fd| kept.last().is_none_or(|&last| last < fd)) {
            Some(fd) => kept.push(fd),
            None => return vm.raise(Exc::ValueError, "bad value(s) in fds_to_keep"),
        }
    }
    Ok(kept)
}

/// A sequence of bytes.
fn byte_strings(vm: &Vm, value: &Value) -> PyResult<Vec<Vec<u8>>> {
    vm.len(value)?;
    let mut strings = Vec::new();
    for item in vm.collect(value)? {
        let Some(bytes) = item.downcast::<Bytes>() else {
            return vm.raise_type_of("expected bytes, {} found", &item);
        };
        if bytes.as_slice().contains(&0) {
            return vm.raise(Exc::ValueError, "embedded null byte");
        }
        strings.push(bytes.as_slice().to_vec());
    }
    Ok(strings)
}

fn program_arguments(vm: &Vm, value: &Value) -> PyResult<Vec<Vec<u8>>> {
    if !vm.is_iterable(value) {
        return vm.raise(Exc::TypeError, "argv must be a tuple");
    }
    vm.collect(value)?.iter().map(|item| Ok(Path::from_value(vm, item)?.bytes)).collect()
}

fn extra_groups(vm: &Vm, value: &Value) -> PyResult<Vec<u32>> {
    let Some(list) = value.downcast::<List>() else {
        return vm.raise(Exc::TypeError, "setgroups argument must be a list");
    };
    let items = vm.collect(list.as_value())?;
    if items.len() > MAX_GROUPS {
        return vm.raise(Exc::ValueError, "too many extra_groups");
    }
    let mut groups = Vec::with_capacity(items.len());
    for item in &items {
        if !ouro_runtime::objects::int::is_int(item) {
            return vm.raise(Exc::TypeError, "extra_groups must be integers");
        }
        match ids::gid(vm, item) {
            Ok(gid) => groups.push(gid),
            Err(raised) => {
                drop(vm.take_raised(raised));
                return vm.raise(Exc::ValueError, "invalid group id");
            }
        }
    }
    Ok(groups)
}
