//! `posix`: what `os` has of the system.

mod children;
mod constants;
mod descriptors;
mod files;
pub mod forking;
pub mod ids;
pub mod path;
mod process;
mod scandir;
mod terminals;
mod transfer;

pub use path::fileno;

use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "posix",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    functions: &FUNCTIONS,
    classes: &scandir::CLASSES,
    init: Some(init),
};

const N_FUNCTIONS: usize = {
    let (mut n, mut group) = (1, 0);
    while group < GROUPS.len() {
        n += GROUPS[group].len();
        group += 1;
    }
    n
};

const GROUPS: &[&[NativeFn]] = &[
    files::FUNCTIONS,
    descriptors::FUNCTIONS,
    process::FUNCTIONS,
    children::FUNCTIONS,
    forking::FUNCTIONS,
    ids::FUNCTIONS,
    terminals::FUNCTIONS,
    transfer::FUNCTIONS,
];

static FUNCTIONS: [NativeFn; N_FUNCTIONS] = {
    let mut all = [NativeFn::new("scandir(path=None)", scandir::scandir)
        .doc("Return an iterator of DirEntry objects for given path."); N_FUNCTIONS];
    let (mut at, mut group) = (1, 0);
    while group < GROUPS.len() {
        let mut index = 0;
        while index < GROUPS[group].len() {
            all[at] = GROUPS[group][index];
            at += 1;
            index += 1;
        }
        group += 1;
    }
    all
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    for &(name, number) in constants::NUMBERS
        .iter()
        .chain(constants::OTHER_NUMBERS)
        .chain(children::NUMBERS)
        .chain(transfer::NUMBERS)
    {
        module.set(vm, name, Value::int(number));
    }
    module.set(vm, "environ", process::environment(vm)?);
    module.set(vm, "error", vm.types.exception(Exc::OSError));
    module.set(vm, "stat_result", files::STAT_RESULT.class(vm)?);
    module.set(vm, "statvfs_result", files::STATVFS_RESULT.class(vm)?);
    module.set(vm, "terminal_size", descriptors::TERMINAL_SIZE.class(vm)?);
    module.set(vm, "uname_result", process::UNAME_RESULT.class(vm)?);
    module.set(vm, "times_result", process::TIMES_RESULT.class(vm)?);
    module.set(vm, "waitid_result", children::WAITID_RESULT.class(vm)?);
    module.set(vm, "sched_param", process::SCHED_PARAM.class(vm)?);
    for (name, names) in [
        ("sysconf_names", constants::SYSCONF_NAMES),
        ("pathconf_names", constants::PATHCONF_NAMES),
        ("confstr_names", constants::CONFSTR_NAMES),
    ] {
        module.set(vm, name, process::names_dict(vm, names));
    }
    // Facts that `os` would ask of the configuration.
    let have =
        ["HAVE_FACCESSAT", "HAVE_FCHMOD", "HAVE_FCHOWN", "HAVE_FDOPENDIR", "HAVE_FSTATAT", "HAVE_FUTIMENS"];
    module.set(vm, "_have_functions", List::new(have.iter().map(|&name| name.into()).collect()));
    drop(module.namespace().remove_str(&vm.intern("ScandirIterator")));
    Ok(())
}
