//! Users and groups that this process acts for.

use ouro_runtime::host::IdChange;
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use crate::accounts;
use crate::errors::os;
use crate::os_path::Path;

macro_rules! id_function {
    ($signature:literal, $doc:literal, $one:ident, $kind:ident) => {
        NativeFn::new($signature, |vm, args| {
            let id = $one(vm, args.value(0))?;
            changed(vm, IdChange::$kind(id))
        })
        .doc($doc)
    };
}

macro_rules! pair_function {
    ($signature:literal, $doc:literal, $one:ident, $kind:ident) => {
        NativeFn::new($signature, |vm, args| {
            let (real, effective) = ($one(vm, args.value(0))?, $one(vm, args.value(1))?);
            changed(vm, IdChange::$kind(real, effective))
        })
        .doc($doc)
    };
}

macro_rules! triple_function {
    ($signature:literal, $doc:literal, $one:ident, $kind:ident) => {
        NativeFn::new($signature, |vm, args| {
            let ids = [$one(vm, args.value(0))?, $one(vm, args.value(1))?, $one(vm, args.value(2))?];
            changed(vm, IdChange::$kind(ids))
        })
        .doc($doc)
    };
}

pub const FUNCTIONS: &[NativeFn] = &[
    id_function!("setuid(uid, /)", "Set the current process's user id.", uid, User),
    id_function!("seteuid(euid, /)", "Set the current process's effective user id.", uid, EffectiveUser),
    id_function!("setgid(gid, /)", "Set the current process's group id.", gid, Group),
    id_function!("setegid(egid, /)", "Set the current process's effective group id.", gid, EffectiveGroup),
    pair_function!(
        "setreuid(ruid, euid, /)",
        "Set the current process's real and effective user ids.",
        uid,
        Users
    ),
    pair_function!(
        "setregid(rgid, egid, /)",
        "Set the current process's real and effective group ids.",
        gid,
        Groups
    ),
    triple_function!(
        "setresuid(ruid, euid, suid, /)",
        "Set the current process's real, effective, and saved user ids.",
        uid,
        AllUsers
    ),
    triple_function!(
        "setresgid(rgid, egid, sgid, /)",
        "Set the current process's real, effective, and saved group ids.",
        gid,
        AllGroups
    ),
    NativeFn::new("setgroups(groups, /)", setgroups).doc("Set the groups of the current process to list."),
    NativeFn::new("initgroups(username, gid, /)", |vm, args| {
        let groups = groups_of(vm, args)?;
        os(vm, vm.host.set_groups(&groups))?;
        Ok(Value::NONE)
    })
    .doc("Initialize the group access list."),
    NativeFn::new("getgrouplist(user, group, /)", |vm, args| {
        let groups = groups_of(vm, args)?;
        Ok(List::new(groups.into_iter().map(|gid| Value::int(gid.into())).collect()).into())
    })
    .doc("Returns a list of groups to which a user belongs."),
];

fn changed(vm: &Vm, change: IdChange) -> PyResult {
    os(vm, vm.host.change_ids(change))?;
    Ok(Value::NONE)
}

/// A user's number; -1 for "as it is".
pub fn uid(vm: &Vm, value: &Value) -> PyResult<u32> {
    id(vm, value, "uid")
}

/// A group's number; -1 for "as it is".
pub fn gid(vm: &Vm, value: &Value) -> PyResult<u32> {
    id(vm, value, "gid")
}

fn id(vm: &Vm, value: &Value, what: &str) -> PyResult<u32> {
    if !int::is_int(value) && !vm.has_index(value) {
        let class = vm.type_name(value);
        return vm.raise(Exc::TypeError, format!("{what} should be integer, not {class}"));
    }
    let index = vm.index(value)?;
    match int::as_i64(&index) {
        Some(-1) => Ok(u32::MAX),
        Some(number) if u32::try_from(number).is_ok() => Ok(number as u32),
        Some(_) => vm.raise(Exc::OverflowError, format!("{what} is less than minimum")),
        None if int::as_big(&index).is_some_and(|n| n.sign() == num_bigint::Sign::Minus) => {
            vm.raise(Exc::OverflowError, format!("{what} is less than minimum"))
        }
        None => vm.raise(Exc::OverflowError, format!("{what} is greater than maximum")),
    }
}

fn setgroups(vm: &Vm, args: Args<'_>) -> PyResult {
    if !vm.is_iterable(args.value(0)) {
        return vm.raise(Exc::TypeError, "setgroups argument must be a sequence");
    }
    let items = vm.collect(args.value(0))?;
    if items.len() > 65_536 {
        return vm.raise(Exc::ValueError, "too many groups");
    }
    let mut groups = Vec::with_capacity(items.len());
    for item in &items {
        if !int::is_int(item) {
            return vm.raise(Exc::TypeError, "groups must be integers");
        }
        groups.push(gid(vm, item)?);
    }
    os(vm, vm.host.set_groups(&groups))?;
    Ok(Value::NONE)
}

/// A user's groups, the one given first.
fn groups_of(vm: &Vm, args: Args<'_>) -> PyResult<Vec<u32>> {
    let user = Path::from_value(vm, args.value(0))?;
    let first = gid(vm, args.value(1))?;
    let mut groups = vec![first];
    for group in accounts::groups(vm)? {
        if group.gid != first && group.members.contains(&user.bytes) {
            groups.push(group.gid);
        }
    }
    Ok(groups)
}
