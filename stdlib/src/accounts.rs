//! `pwd` and `grp`: the users and groups that `/etc/passwd` and `/etc/group` list.
//!
//! Other sources that a C library may know (LDAP, systemd) are not asked: a statically linked one could not.

use std::path::Path as FilePath;

use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::os_path;
use crate::posix::ids;
use crate::struct_sequence::{StructSequence, fields};

pub static PASSWORDS: NativeModule = NativeModule {
    name: "pwd",
    doc: "This module provides access to the Unix password database.\nIt is available on all Unix versions.",
    functions: &[
        NativeFn::new("getpwuid(uidobj, /)", |vm, args| {
            let wanted = id(vm, args.value(0), ids::uid)?;
            let users = users(vm)?;
            match users.iter().find(|user| wanted == Some(user.uid)) {
                Some(user) => user.value(vm),
                None => not_found(vm, "getpwuid(): uid not found", wanted.map(|uid| uid.to_string())),
            }
        })
        .doc("Return the password database entry for the given numeric user ID."),
        NativeFn::new("getpwnam(name, /)", |vm, args| {
            let name = name(vm, args.value(0), "getpwnam() argument")?;
            let users = users(vm)?;
            match users.iter().find(|user| user.name == name) {
                Some(user) => user.value(vm),
                None => not_found(
                    vm,
                    "getpwnam(): name not found",
                    Some(vm.repr_text(args.value(0))?.to_string()),
                ),
            }
        })
        .doc("Return the password database entry for the given user name."),
        NativeFn::new("getpwall()", |vm, _| {
            let users = users(vm)?.iter().map(|user| user.value(vm)).collect::<PyResult<_>>()?;
            Ok(List::new(users).into())
        })
        .doc("Return a list of all available password database entries, in arbitrary order."),
    ],
    init: Some(|vm, module| {
        module.set(vm, "struct_passwd", STRUCT_PASSWD.class(vm)?);
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

pub static GROUPS: NativeModule = NativeModule {
    name: "grp",
    doc: "Access to the Unix group database.",
    functions: &[
        NativeFn::new("getgrgid(id)", |vm, args| {
            let wanted = ids::gid(vm, args.value(0))?;
            match groups(vm)?.iter().find(|group| group.gid == wanted) {
                Some(group) => group.value(vm),
                None => not_found(vm, "getgrgid(): gid not found", Some(wanted.to_string())),
            }
        })
        .doc("Return the group database entry for the given numeric group ID."),
        NativeFn::new("getgrnam(name)", |vm, args| {
            let name = name(vm, args.value(0), "getgrnam() argument 'name'")?;
            match groups(vm)?.iter().find(|group| group.name == name) {
                Some(group) => group.value(vm),
                None => not_found(
                    vm,
                    "getgrnam(): name not found",
                    Some(vm.repr_text(args.value(0))?.to_string()),
                ),
            }
        })
        .doc("Return the group database entry for the given group name."),
        NativeFn::new("getgrall()", |vm, _| {
            let groups = groups(vm)?.iter().map(|group| group.value(vm)).collect::<PyResult<_>>()?;
            Ok(List::new(groups).into())
        })
        .doc("Return a list of all available group entries, in arbitrary order."),
    ],
    init: Some(|vm, module| {
        module.set(vm, "struct_group", STRUCT_GROUP.class(vm)?);
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

static STRUCT_PASSWD: StructSequence = StructSequence::new(
    "pwd",
    "struct_passwd",
    "pwd.struct_passwd: Results from getpw*() routines.",
    &fields(["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"]),
    7,
    7,
);

static STRUCT_GROUP: StructSequence = StructSequence::new(
    "grp",
    "struct_group",
    "grp.struct_group: Results from getgr*() routines.",
    &fields(["gr_name", "gr_passwd", "gr_gid", "gr_mem"]),
    4,
    4,
);

/// A line of `/etc/passwd`.
struct User {
    name: Vec<u8>,
    password: Vec<u8>,
    uid: u32,
    gid: u32,
    comment: Vec<u8>,
    home: Vec<u8>,
    shell: Vec<u8>,
}

/// A line of `/etc/group`.
pub struct Group {
    pub name: Vec<u8>,
    password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

impl User {
    fn value(&self, vm: &Vm) -> PyResult {
        let text = |bytes: &[u8]| -> PyResult { Ok(os_path::decode(vm, bytes)?.into()) };
        let items = vec![
            text(&self.name)?,
            text(&self.password)?,
            Value::int(self.uid.into()),
            Value::int(self.gid.into()),
            text(&self.comment)?,
            text(&self.home)?,
            text(&self.shell)?,
        ];
        STRUCT_PASSWD.make(vm, items)
    }
}

impl Group {
    fn value(&self, vm: &Vm) -> PyResult {
        let text = |bytes: &[u8]| -> PyResult { Ok(os_path::decode(vm, bytes)?.into()) };
        let members = self.members.iter().map(|member| text(member)).collect::<PyResult<_>>()?;
        let gid = Value::int(self.gid.into());
        STRUCT_GROUP.make(vm, vec![text(&self.name)?, text(&self.password)?, gid, List::new(members).into()])
    }
}

fn not_found<T>(vm: &Vm, message: &str, what: Option<String>) -> PyResult<T> {
    let text = what.map_or(message.to_string(), |what| format!("{message}: {what}"));
    vm.raise(Exc::KeyError, text)
}

/// A number; `None` if no account can have it.
fn id(vm: &Vm, value: &Value, convert: fn(&Vm, &Value) -> PyResult<u32>) -> PyResult<Option<u32>> {
    if int::is_int(value) && int::as_i64(value).is_none_or(|n| n != -1 && u32::try_from(n).is_err()) {
        return Ok(None);
    }
    convert(vm, value).map(Some)
}

fn name(vm: &Vm, value: &Value, what: &str) -> PyResult<Vec<u8>> {
    let Some(text) = value.downcast::<Str>() else {
        let class = vm.type_name(value);
        return vm.raise(Exc::TypeError, format!("{what} must be str, not {class}"));
    };
    let text: &Gc<Str> = text;
    let bytes = os_path::encode(vm, text)?;
    if bytes.contains(&0) {
        return vm.raise(Exc::ValueError, "embedded null byte");
    }
    Ok(bytes)
}

/// The fields of each line; a file that is missing has none.
fn entries(vm: &Vm, path: &str) -> PyResult<Vec<Vec<Vec<u8>>>> {
    let text = match vm.host.read_file(FilePath::new(path)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return vm.raise_os_error(&error, None),
    };
    let lines = text.split(|&byte| byte == b'\n');
    Ok(lines
        .filter(|line| !line.is_empty() && line[0] != b'#')
        .map(|line| line.split(|&byte| byte == b':').map(<[u8]>::to_vec).collect())
        .collect())
}

fn number(field: &[u8]) -> Option<u32> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

fn users(vm: &Vm) -> PyResult<Vec<User>> {
    let read = |fields: Vec<Vec<u8>>| {
        let [name, password, uid, gid, comment, home, shell] = <[Vec<u8>; 7]>::try_from(fields).ok()?;
        Some(User { name, password, uid: number(&uid)?, gid: number(&gid)?, comment, home, shell })
    };
    Ok(entries(vm, "/etc/passwd")?.into_iter().filter_map(read).collect())
}

/// All groups.
pub fn groups(vm: &Vm) -> PyResult<Vec<Group>> {
    let read = |fields: Vec<Vec<u8>>| {
        let [name, password, gid, members] = <[Vec<u8>; 4]>::try_from(fields).ok()?;
        let members = members.split(|&byte| byte == b',').filter(|member| !member.is_empty());
        Some(Group { name, password, gid: number(&gid)?, members: members.map(<[u8]>::to_vec).collect() })
    };
    Ok(entries(vm, "/etc/group")?.into_iter().filter_map(read).collect())
}
