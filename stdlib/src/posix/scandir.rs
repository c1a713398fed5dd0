//! `os.scandir` and the entries it gives.

use std::cell::RefCell;

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload, Visitor};
use ouro_runtime::host::DirectoryEntry;
use ouro_runtime::objects::generic_alias;
use ouro_runtime::objects::int;
use ouro_runtime::{Args, Exc, GetSet, NativeClass, NativeFn, PyResult, Value, Vm};

use super::files::status_value;
use super::path::{OR_FD_OR_NONE, PathArg, Target};
use crate::os_path;

pub const CLASSES: [NativeClass; 2] =
    [NativeClass::of::<ScandirIterator>(&ITERATOR), NativeClass::of::<DirEntry>(&ENTRY)];

/// `os.scandir(path)`. The folder is read at once; so there is no descriptor to close.
pub fn scandir(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "scandir", "path", OR_FD_OR_NONE)?;
    vm.audit("os.scandir", || vec![path.given.clone()])?;
    let mut entries = path.os(vm, vm.host.list_directory(path.target()))?;
    entries.reverse();
    let body = ScandirIterator {
        entries: RefCell::new(entries),
        folder: path.target.clone(),
        is_bytes: path.is_bytes,
    };
    Ok(heap::alloc(&vm.class_of::<ScandirIterator>(), body).into())
}

struct ScandirIterator {
    /// Entries to come, the next one last.
    entries: RefCell<Vec<DirectoryEntry>>,
    folder: Target,
    is_bytes: bool,
}

impl Payload for ScandirIterator {
    const ACYCLIC: bool = true;

    fn trace(&self, _: Visitor<'_>) {}
}

static ITERATOR: TypeSpec = TypeSpec {
    name: "ScandirIterator",
    module: "posix",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__enter__($self, /)", |_, args| Ok(args.value(0).clone())),
        NativeFn::new("__exit__($self, /, *exc_info)", close),
        NativeFn::new("close($self, /)", close),
    ],
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn close(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<ScandirIterator>().entries.borrow_mut().clear();
    Ok(Value::NONE)
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let Some(iterator) = value.downcast::<ScandirIterator>() else { return Ok(None) };
    let Some(entry) = iterator.entries.borrow_mut().pop() else { return Ok(None) };
    let name = os_path::name_value(vm, &entry.name, iterator.is_bytes)?;
    let (path, folder_fd) = match &iterator.folder {
        Target::Path(folder) => {
            let mut path = folder.clone();
            if !path.ends_with(b"/") {
                path.push(b'/');
            }
            path.extend_from_slice(&entry.name);
            (path, None)
        }
        Target::Fd(fd) => (entry.name.clone(), Some(*fd)),
    };
    let shown = os_path::name_value(vm, &path, iterator.is_bytes)?;
    let body = DirEntry {
        name,
        path: shown,
        bytes: path,
        folder_fd,
        inode: entry.inode,
        file_type: entry.file_type,
        status: RefCell::new(None),
        link_status: RefCell::new(None),
    };
    Ok(Some(heap::alloc(&vm.class_of::<DirEntry>(), body).into()))
}

/// `os.DirEntry`: what the folder said of an entry, and what was asked since.
struct DirEntry {
    name: Value,
    path: Value,
    bytes: Vec<u8>,
    /// The folder's descriptor, if it was given by one.
    folder_fd: Option<i32>,
    inode: u64,
    file_type: Option<u32>,
    /// Results of `stat`, following links or not.
    status: RefCell<Option<Value>>,
    link_status: RefCell<Option<Value>>,
}

impl Payload for DirEntry {
    ouro_runtime::trace_fields!(name, path, status, link_status; skip bytes, folder_fd, inode, file_type);
}

static ENTRY: TypeSpec = TypeSpec {
    name: "DirEntry",
    module: "posix",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("is_dir($self, /, *, follow_symlinks=True)", |vm, args| {
            has_type(vm, args, libc::S_IFDIR)
        })
        .doc("Return True if the entry is a directory; cached per entry."),
        NativeFn::new("is_file($self, /, *, follow_symlinks=True)", |vm, args| {
            has_type(vm, args, libc::S_IFREG)
        })
        .doc("Return True if the entry is a file; cached per entry."),
        NativeFn::new("is_symlink($self, /)", |vm, args| {
            let entry = args.this::<DirEntry>();
            Ok(match entry.file_type {
                Some(file_type) => file_type == libc::S_IFLNK,
                None => entry.mode(vm, false)?.is_some_and(|mode| mode & libc::S_IFMT == libc::S_IFLNK),
            }
            .into())
        })
        .doc("Return True if the entry is a symbolic link; cached per entry."),
        NativeFn::new("is_junction($self, /)", |_, _| Ok(Value::FALSE))
            .doc("Return True if the entry is a junction; cached per entry."),
        NativeFn::new("stat($self, /, *, follow_symlinks=True)", |vm, args| {
            let follow = args.get(1).map_or(Ok(true), |follow| vm.truth(follow))?;
            args.this::<DirEntry>().status(vm, follow)
        })
        .doc("Return stat_result object for the entry; cached per entry."),
        NativeFn::new("inode($self, /)", |_, args| Ok(int::new_u64(args.this::<DirEntry>().inode)))
            .doc("Return inode of the entry; cached per entry."),
        NativeFn::new("__fspath__($self, /)", |_, args| Ok(args.this::<DirEntry>().path.clone()))
            .doc("Returns the path for the entry."),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    getset: &[
        GetSet {
            doc: "the entry's base filename, relative to scandir() \"path\" argument",
            ..GetSet::read_only("name", |_, value| Ok(field(value, |entry| entry.name.clone())))
        },
        GetSet {
            doc: "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)",
            ..GetSet::read_only("path", |_, value| Ok(field(value, |entry| entry.path.clone())))
        },
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let name = field(value, |entry| entry.name.clone());
            Ok(format!("<DirEntry {}>", vm.repr_text(&name)?).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn field(value: &Value, get: impl Fn(&DirEntry) -> Value) -> Value {
    value.downcast::<DirEntry>().map_or(Value::NONE, |entry| get(entry))
}

impl DirEntry {
    fn is_link(&self) -> bool {
        self.file_type.is_none_or(|file_type| file_type == libc::S_IFLNK)
    }

    fn status(&self, vm: &Vm, follow: bool) -> PyResult {
        let cell = if follow && self.is_link() { &self.status } else { &self.link_status };
        if let Some(known) = cell.borrow().clone() {
            return Ok(known);
        }
        match vm.host.status(&self.bytes, self.folder_fd, follow && self.is_link()) {
            Ok(status) => {
                let made = status_value(vm, status)?;
                cell.replace(Some(made.clone()));
                Ok(made)
            }
            Err(error) => vm.raise_os_error(&error, Some(&self.path)),
        }
    }

    /// The mode, `None` if there is no such file (any more).
    fn mode(&self, vm: &Vm, follow: bool) -> PyResult<Option<u32>> {
        let status = self.status(vm, follow);
        let Some(status) = vm.catch(status, Exc::FileNotFoundError)? else { return Ok(None) };
        let mode = vm.get_attr_named(&status, "st_mode")?;
        Ok(Some(vm.to_i64(&mode)? as u32))
    }
}

fn has_type(vm: &Vm, args: Args<'_>, wanted: u32) -> PyResult {
    let entry = args.this::<DirEntry>();
    let follow = args.get(1).map_or(Ok(true), |follow| vm.truth(follow))?;
    let found = match entry.file_type {
        Some(file_type) if !(follow && file_type == libc::S_IFLNK) => file_type == wanted,
        _ => entry.mode(vm, follow)?.is_some_and(|mode| mode & libc::S_IFMT == wanted),
    };
    Ok(found.into())
}
