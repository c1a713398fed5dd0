//! Children of this process after their start, `posix_spawn`, and what processes may use.

#![allow(unsafe_code)]

use std::ffi::{CString, c_int};
use std::io;

use super::signals::set_of;
use super::{Host, check, check_number};

/// What `getrusage` and `wait4` tell; times in seconds.
#[derive(Clone, Copy, Debug)]
pub struct ResourceUsage {
    pub user_time: f64,
    pub system_time: f64,
    /// From `ru_maxrss` to `ru_nivcsw`.
    pub counters: [i64; 14],
}

/// What `waitid` tells.
#[derive(Clone, Copy, Debug)]
pub struct ChildState {
    pub pid: i32,
    pub uid: u32,
    pub signal: i32,
    pub status: i32,
    pub code: i32,
}

/// What a child made by `posix_spawn` does with its descriptors.
#[derive(Clone, Debug)]
pub enum FileAction {
    Open { fd: i32, path: Vec<u8>, flags: i32, mode: u32 },
    Close(i32),
    Duplicate { fd: i32, target: i32 },
    CloseFrom(i32),
}

/// How a child made by `posix_spawn` differs from this process.
#[derive(Clone, Debug, Default)]
pub struct SpawnAttributes {
    pub group: Option<i32>,
    pub reset_ids: bool,
    pub new_session: bool,
    pub signal_mask: Option<Vec<i32>>,
    pub default_signals: Option<Vec<i32>>,
    /// Policy, or the one of this process, and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

/// Numbers of the user and group that processes act for.
#[derive(Clone, Copy, Debug)]
pub enum IdChange {
    User(u32),
    EffectiveUser(u32),
    Group(u32),
    EffectiveGroup(u32),
    Users(u32, u32),
    Groups(u32, u32),
    AllUsers([u32; 3]),
    AllGroups([u32; 3]),
}

fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

fn usage_of(raw: &libc::rusage) -> ResourceUsage {
    let seconds = |time: &libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    ResourceUsage {
        user_time: seconds(&raw.ru_utime),
        system_time: seconds(&raw.ru_stime),
        counters: [
            raw.ru_maxrss,
            raw.ru_ixrss,
            raw.ru_idrss,
            raw.ru_isrss,
            raw.ru_minflt,
            raw.ru_majflt,
            raw.ru_nswap,
            raw.ru_inblock,
            raw.ru_oublock,
            raw.ru_msgsnd,
            raw.ru_msgrcv,
            raw.ru_nsignals,
            raw.ru_nvcsw,
            raw.ru_nivcsw,
        ],
    }
}

impl Host {
    /// Waits for a child and tells what it used. Interruptions are reported.
    pub fn wait_with_usage(&self, pid: i32, options: i32) -> io::Result<(super::WaitStatus, ResourceUsage)> {
        let mut status = 0;
        // SAFETY: a zeroed rusage is valid; it and one status are written.
        let mut raw: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        let pid = check(unsafe { libc::wait4(pid, &raw mut status, options, &raw mut raw) })?;
        Ok((super::WaitStatus { pid, status }, usage_of(&raw)))
    }

    /// Waits for a change of a child; `None` if there was none. Interruptions are reported.
    pub fn wait_for_state(&self, kind: u32, id: u32, options: i32) -> io::Result<Option<ChildState>> {
        // SAFETY: a zeroed siginfo is valid, and one is written.
        let mut raw: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        check(unsafe { libc::waitid(kind as libc::idtype_t, id, &raw mut raw, options) })?;
        // SAFETY: waitid fills in these fields, or leaves them zero.
        let (pid, uid, status) = unsafe { (raw.si_pid(), raw.si_uid(), raw.si_status()) };
        Ok((pid != 0).then_some(ChildState { pid, uid, signal: raw.si_signo, status, code: raw.si_code }))
    }

    /// A descriptor that can be read from when a process has ended; closed in child processes.
    pub fn open_process(&self, pid: i32, flags: u32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) } as c_int)
    }

    /// Starts a program as `posix_spawn` does, or `posix_spawnp` if it is to be looked for.
    pub fn posix_spawn(
        &self,
        path: &[u8],
        is_searched: bool,
        arguments: &[Vec<u8>],
        environment: Option<&[Vec<u8>]>,
        actions: &[FileAction],
        attributes: &SpawnAttributes,
    ) -> io::Result<i32> {
        let path = c_string(path)?;
        let strings =
            |parts: &[Vec<u8>]| parts.iter().map(|part| c_string(part)).collect::<io::Result<Vec<_>>>();
        let (arguments, environment) = (strings(arguments)?, environment.map(strings).transpose()?);
        let pointers = |strings: &[CString]| -> Vec<*mut libc::c_char> {
            strings.iter().map(|text| text.as_ptr().cast_mut()).chain([std::ptr::null_mut()]).collect()
        };
        let argument_pointers = pointers(&arguments);
        let environment_pointers = match &environment {
            Some(environment) => pointers(environment),
            None => {
                let own = self.environment();
                let own: Vec<Vec<u8>> =
                    own.iter().map(|(name, value)| [name, value].map(Vec::as_slice).join(&b'=')).collect();
                return self.posix_spawn(
                    path.as_bytes(),
                    is_searched,
                    &arguments.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>(),
                    Some(&own),
                    actions,
                    attributes,
                );
            }
        };
        let prepared_actions = Actions::new(actions)?;
        let prepared_attributes = Attributes::new(attributes)?;
        let mut pid = 0;
        let spawn = if is_searched { libc::posix_spawnp } else { libc::posix_spawn };
        // SAFETY: path and both null-terminated arrays of C strings live through the call, as do the actions and attributes, which were
        // initialised; one pid is written.
        check_number(unsafe {
            spawn(
                &raw mut pid,
                path.as_ptr(),
                &raw const prepared_actions.raw,
                &raw const prepared_attributes.0,
                argument_pointers.as_ptr(),
                environment_pointers.as_ptr(),
            )
        })?;
        Ok(pid)
    }

    pub fn change_ids(&self, change: IdChange) -> io::Result<()> {
        // SAFETY: no memory is touched; the C library tells all threads.
        check(unsafe {
            match change {
                IdChange::User(uid) => libc::setuid(uid),
                IdChange::EffectiveUser(uid) => libc::seteuid(uid),
                IdChange::Group(gid) => libc::setgid(gid),
                IdChange::EffectiveGroup(gid) => libc::setegid(gid),
                IdChange::Users(real, effective) => libc::setreuid(real, effective),
                IdChange::Groups(real, effective) => libc::setregid(real, effective),
                IdChange::AllUsers([real, effective, saved]) => libc::setresuid(real, effective, saved),
                IdChange::AllGroups([real, effective, saved]) => libc::setresgid(real, effective, saved),
            }
        })
        .map(drop)
    }

    /// Sets the groups the process belongs to besides its own.
    pub fn set_groups(&self, groups: &[u32]) -> io::Result<()> {
        // SAFETY: as many numbers are read as there are.
        check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) }).map(drop)
    }

    pub fn resource_usage(&self, who: i32) -> io::Result<ResourceUsage> {
        // SAFETY: a zeroed rusage is valid, and one is written.
        let mut raw: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        check(unsafe { libc::getrusage(who, &raw mut raw) })?;
        Ok(usage_of(&raw))
    }

    /// Soft and hard limit of a process (0 is this one), and new ones to set.
    pub fn resource_limit(&self, pid: i32, resource: i32, new: Option<(u64, u64)>) -> io::Result<(u64, u64)> {
        let new = new.map(|(soft, hard)| libc::rlimit64 { rlim_cur: soft, rlim_max: hard });
        let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let mut old = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: one limit is read, if there is one, and one written.
        check(unsafe { libc::prlimit64(pid, resource as _, new, &raw mut old) })?;
        Ok((old.rlim_cur, old.rlim_max))
    }

    /// Makes a folder the root of all paths.
    pub fn change_root(&self, path: &[u8]) -> io::Result<()> {
        let path = c_string(path)?;
        // SAFETY: the path is a C string that lives through the call.
        check(unsafe { libc::chroot(path.as_ptr()) }).map(drop)
    }

    /// Leaves what `flags` says is shared with other processes.
    pub fn unshare(&self, flags: i32) -> io::Result<()> {
        // SAFETY: memory stays shared among threads: the system refuses to part them.
        check(unsafe { libc::unshare(flags) }).map(drop)
    }

    pub fn enter_namespace(&self, fd: i32, kind: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::setns(fd, kind) }).map(drop)
    }
}

/// File actions for `posix_spawn`, and the paths they name.
struct Actions {
    raw: libc::posix_spawn_file_actions_t,
    _paths: Vec<CString>,
}

unsafe extern "C" {
    /// Not in the `libc` crate; since glibc 2.34 and musl 1.2.4.
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        from: c_int,
    ) -> c_int;
}

impl Actions {
    fn new(actions: &[FileAction]) -> io::Result<Actions> {
        // SAFETY: written by the call that follows.
        let mut made = Actions { raw: unsafe { std::mem::zeroed() }, _paths: Vec::new() };
        let raw = &raw mut made.raw;
        // SAFETY: initialises what `raw` points to.
        check_number(unsafe { libc::posix_spawn_file_actions_init(raw) })?;
        for action in actions {
            // SAFETY: `raw` is initialised; paths are C strings that live as long as it does.
            check_number(unsafe {
                match action {
                    FileAction::Open { fd, path, flags, mode } => {
                        let path = c_string(path)?;
                        let error =
                            libc::posix_spawn_file_actions_addopen(raw, *fd, path.as_ptr(), *flags, *mode);
                        made._paths.push(path);
                        error
                    }
                    FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(raw, *fd),
                    FileAction::Duplicate { fd, target } => {
                        libc::posix_spawn_file_actions_adddup2(raw, *fd, *target)
                    }
                    FileAction::CloseFrom(fd) => posix_spawn_file_actions_addclosefrom_np(raw, *fd),
                }
            })?;
        }
        Ok(made)
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.raw) };
    }
}

struct Attributes(libc::posix_spawnattr_t);

/// glibc's and musl's.
const POSIX_SPAWN_SETSID: i32 = 0x80;

impl Attributes {
    fn new(wanted: &SpawnAttributes) -> io::Result<Attributes> {
        // SAFETY: written by the call that follows.
        let mut made = Attributes(unsafe { std::mem::zeroed() });
        let raw = &raw mut made.0;
        let mut flags = 0;
        // SAFETY: the first call initialises what `raw` points to, the others change it, reading sets and a number.
        unsafe {
            check_number(libc::posix_spawnattr_init(raw))?;
            if let Some(group) = wanted.group {
                check_number(libc::posix_spawnattr_setpgroup(raw, group))?;
                flags |= libc::POSIX_SPAWN_SETPGROUP;
            }
            if wanted.reset_ids {
                flags |= libc::POSIX_SPAWN_RESETIDS;
            }
            if wanted.new_session {
                flags |= POSIX_SPAWN_SETSID;
            }
            if let Some(signals) = &wanted.signal_mask {
                check_number(libc::posix_spawnattr_setsigmask(raw, &set_of(signals)))?;
                flags |= libc::POSIX_SPAWN_SETSIGMASK;
            }
            if let Some(signals) = &wanted.default_signals {
                check_number(libc::posix_spawnattr_setsigdefault(raw, &set_of(signals)))?;
                flags |= libc::POSIX_SPAWN_SETSIGDEF;
            }
            if let Some((policy, priority)) = wanted.scheduler {
                if let Some(policy) = policy {
                    check_number(libc::posix_spawnattr_setschedpolicy(raw, policy))?;
                    flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                }
                let parameters = libc::sched_param { sched_priority: priority };
                check_number(libc::posix_spawnattr_setschedparam(raw, &raw const parameters))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            }
            check_number(libc::posix_spawnattr_setflags(raw, flags as i16))?;
        }
        Ok(made)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}
