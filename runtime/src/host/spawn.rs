//! Starting programs in child processes, step by step as `_posixsubprocess.fork_exec` promises.
//!
//! A child that runs no Python before its program borrows this process's memory until then (`clone` with CLONE_VM and CLONE_VFORK, on a
//! stack of its own), so that a big process starts one as fast as a small one. What holds then:
//! - The calling thread sleeps until the child has its program or is gone; the child alone touches the plan and its stack.
//! - All that needs memory is prepared before. The child makes system calls only, none of which takes a lock, and cannot panic.
//! - All signals are blocked on both sides until the child has put every handler back to the default: none of ours runs in the child.
//!
//! A child that changes its user must not share memory with one that has other rights, and one that runs Python needs its own: both fork.

#![allow(unsafe_code)]

use std::ffi::{CString, c_int, c_void};
use std::io;

use super::{Host, N_SIGNALS};

/// Descriptors of a child's standard streams and of the report about its start; -1 for none. The parent's ends are closed in the child.
#[derive(Clone, Copy, Debug)]
pub struct ChildStreams {
    pub stdin: i32,
    pub stdout: i32,
    pub stderr: i32,
    /// The parent's ends: of stdin, stdout, stderr and of the report.
    pub parent_ends: [i32; 4],
    /// What fails in the child is written here, as `OSError:` and an errno in hexadecimal, `:` and at what.
    pub report: i32,
}

/// A program to start.
#[derive(Clone, Debug)]
pub struct SpawnPlan {
    pub arguments: Vec<Vec<u8>>,
    /// Tried in order until one can be run.
    pub executables: Vec<Vec<u8>>,
    /// `NAME=value`; `None` for this process's environment.
    pub environment: Option<Vec<Vec<u8>>>,
    pub working_directory: Option<Vec<u8>>,
    pub streams: ChildStreams,
    /// Whether descriptors above 2 are closed, but for those kept.
    pub close_fds: bool,
    /// Ascending; made inheritable, but for the report's.
    pub kept_fds: Vec<i32>,
    /// Whether signals that Python ignores do again what they do by default.
    pub restore_signals: bool,
    pub new_session: bool,
    pub process_group: Option<i32>,
    pub gid: Option<u32>,
    pub groups: Option<Vec<u32>>,
    pub uid: Option<u32>,
    pub umask: Option<u32>,
}

/// Python code that a child runs before its program.
pub trait ChildCode {
    /// The child has begun.
    fn begun(&mut self);
    /// All is set up; false if it failed.
    fn before_program(&mut self) -> bool;
}

/// Signals that Python ignores from its start.
pub const IGNORED_SIGNALS: [i32; 2] = [libc::SIGPIPE, libc::SIGXFSZ];

/// Room for the calls of the C library that a child makes, of which none is deep: in words of 16 bytes.
const CHILD_STACK_WORDS: usize = 64 * 1024 / 16;

/// A plan in the system's own terms.
struct Prepared<'a> {
    plan: &'a SpawnPlan,
    arguments: Vec<*const libc::c_char>,
    environment: Option<Vec<*const libc::c_char>>,
    executables: Vec<CString>,
    working_directory: Option<CString>,
    /// To be put back before the program, with handlers taken away; `None` if signals are as they should be.
    signal_mask: Option<libc::sigset_t>,
}

/// What failed in a child.
struct Failure {
    errno: c_int,
    at: &'static [u8],
}

const BEFORE_PROGRAM: &[u8] = b"noexec";

fn errno() -> c_int {
    // SAFETY: errno is this thread's.
    unsafe { *libc::__errno_location() }
}

/// The result of a call made in a child.
fn done(result: c_int) -> Result<c_int, Failure> {
    if result == -1 { Err(Failure { errno: errno(), at: BEFORE_PROGRAM }) } else { Ok(result) }
}

fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

fn c_strings(parts: &[Vec<u8>]) -> io::Result<Vec<CString>> {
    parts.iter().map(|part| c_string(part)).collect()
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

impl Host {
    /// Starts a program and gives the id of its process. What fails in the child goes to the report.
    pub fn spawn(&self, plan: &SpawnPlan, code: Option<&mut dyn ChildCode>) -> io::Result<i32> {
        let arguments = c_strings(&plan.arguments)?;
        let environment = plan.environment.as_deref().map(c_strings).transpose()?;
        let mut prepared = Prepared {
            plan,
            arguments: pointers(&arguments),
            environment: environment.as_deref().map(pointers),
            executables: c_strings(&plan.executables)?,
            working_directory: plan.working_directory.as_deref().map(c_string).transpose()?,
            signal_mask: None,
        };
        if let Some(code) = code {
            // SAFETY: the child goes on with this thread alone; its memory is its own.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                code.begun();
                run_child(&prepared, Some(code));
            }
            return if pid == -1 { Err(io::Error::last_os_error()) } else { Ok(pid) };
        }
        let changes_user = plan.uid.is_some() || plan.gid.is_some() || plan.groups.is_some();
        // SAFETY: zeroed sets are written, then read.
        let old_mask = unsafe {
            let (mut all, mut old): (libc::sigset_t, libc::sigset_t) =
                (std::mem::zeroed(), std::mem::zeroed());
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut old);
            old
        };
        prepared.signal_mask = Some(old_mask);
        let pid = if changes_user { fork_child(&prepared) } else { borrow_memory(&prepared) };
        let error = io::Error::last_os_error();
        // SAFETY: the set was written above.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const old_mask, std::ptr::null_mut()) };
        if pid == -1 { Err(error) } else { Ok(pid) }
    }

    /// Makes this process two; 0 in the child, which goes on with the calling thread alone.
    pub fn fork(&self) -> io::Result<i32> {
        // SAFETY: the child's memory is its own; the threads it lacks are those of other interpreters, or wait for this one.
        let pid = unsafe { libc::fork() };
        if pid == -1 { Err(io::Error::last_os_error()) } else { Ok(pid) }
    }
}

fn fork_child(prepared: &Prepared<'_>) -> c_int {
    // SAFETY: the child makes system calls only, then runs its program or ends.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        run_child(prepared, None);
    }
    pid
}

/// Starts a child in this process's memory; returns when it has its program or is gone.
fn borrow_memory(prepared: &Prepared<'_>) -> c_int {
    extern "C" fn child(prepared: *mut c_void) -> c_int {
        // SAFETY: `borrow_memory` passes a plan that lives until the child is gone from this memory.
        run_child(unsafe { &*prepared.cast::<Prepared<'_>>() }, None)
    }
    let mut stack: Vec<u128> = Vec::with_capacity(CHILD_STACK_WORDS);
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: the stack's end is within its allocation and aligned to 16. CLONE_VFORK keeps this thread, and with it stack and plan, until
    // the child uses this memory no more. The child does what the module's header says.
    unsafe {
        let top = stack.as_mut_ptr().add(CHILD_STACK_WORDS);
        libc::clone(child, top.cast(), flags, std::ptr::from_ref(prepared).cast_mut().cast())
    }
}

/// The whole life of a child up to its program.
fn run_child(prepared: &Prepared<'_>, code: Option<&mut dyn ChildCode>) -> ! {
    let Err(failure) = start_program(prepared, code);
    report(prepared.plan.streams.report, &failure);
    // SAFETY: nothing runs afterwards.
    unsafe { libc::_exit(255) }
}

fn report(fd: c_int, failure: &Failure) {
    let send = |bytes: &[u8]| {
        // SAFETY: the bytes are readable for their length. There is nobody to tell that nobody can be told.
        while unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) } == -1 && errno() == libc::EINTR {
        }
    };
    if failure.errno == 0 {
        send(b"SubprocessError:0:");
    } else {
        let mut digits = [0u8; 8];
        let mut used = 0;
        let mut rest = failure.errno as u32;
        for digit in digits.iter_mut().rev() {
            if rest == 0 {
                break;
            }
            // Never absent; indexing would be able to panic.
            *digit = b"0123456789abcdef".get((rest & 15) as usize).copied().unwrap_or(b'0');
            rest >>= 4;
            used += 1;
        }
        send(b"OSError:");
        send(digits.split_at(8_usize.saturating_sub(used)).1);
        send(b":");
    }
    send(failure.at);
}

/// Returns only if the program cannot be run.
fn start_program(
    prepared: &Prepared<'_>,
    code: Option<&mut dyn ChildCode>,
) -> Result<std::convert::Infallible, Failure> {
    let plan = prepared.plan;
    for &fd in plan.kept_fds.iter().filter(|&&fd| fd != plan.streams.report) {
        set_inheritable(fd, true)?;
    }
    set_streams(&plan.streams)?;
    if let Some(folder) = &prepared.working_directory {
        // SAFETY: the path is a C string of the plan.
        done(unsafe { libc::chdir(folder.as_ptr()) })
            .map_err(|failure| Failure { at: b"noexec:chdir", ..failure })?;
    }
    // SAFETY: these calls read numbers and sets of the plan, and change this process alone: the ids are set by bare system calls, as the C
    // library's functions would tell threads that this process has not.
    unsafe {
        if let Some(mask) = plan.umask {
            libc::umask(mask);
        }
        if plan.restore_signals {
            for signal in IGNORED_SIGNALS {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        if let Some(mask) = &prepared.signal_mask {
            drop_handlers();
            libc::pthread_sigmask(libc::SIG_SETMASK, mask, std::ptr::null_mut());
        }
        if plan.new_session {
            done(libc::setsid())?;
        }
        if let Some(group) = plan.process_group {
            done(libc::setpgid(0, group))?;
        }
        if let Some(groups) = &plan.groups {
            done(libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) as c_int)?;
        }
        if let Some(gid) = plan.gid {
            done(libc::syscall(libc::SYS_setregid, gid, gid) as c_int)?;
        }
        if let Some(uid) = plan.uid {
            done(libc::syscall(libc::SYS_setreuid, uid, uid) as c_int)?;
        }
    }
    if code.is_some_and(|code| !code.before_program()) {
        return Err(Failure { errno: 0, at: b"Exception occurred in preexec_fn." });
    }
    if plan.close_fds {
        close_others(&plan.kept_fds);
    }
    let mut first_error = 0;
    let mut last_error = libc::ENOENT;
    for executable in &prepared.executables {
        // SAFETY: path and both null-terminated arrays of C strings belong to the plan; without an environment the one of this process is
        // used, which nobody changes meanwhile.
        unsafe {
            match &prepared.environment {
                Some(environment) => {
                    libc::execve(executable.as_ptr(), prepared.arguments.as_ptr(), environment.as_ptr())
                }
                None => libc::execv(executable.as_ptr(), prepared.arguments.as_ptr()),
            }
        };
        last_error = errno();
        if last_error != libc::ENOENT && last_error != libc::ENOTDIR && first_error == 0 {
            first_error = last_error;
        }
    }
    Err(Failure { errno: if first_error == 0 { last_error } else { first_error }, at: b"" })
}

fn set_inheritable(fd: c_int, inheritable: bool) -> Result<(), Failure> {
    // SAFETY: no memory is touched.
    let flags = done(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    let wanted = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
    if wanted != flags {
        // SAFETY: as above.
        done(unsafe { libc::fcntl(fd, libc::F_SETFD, wanted) })?;
    }
    Ok(())
}

/// Closes the parent's ends and puts the child's to 0, 1 and 2.
fn set_streams(streams: &ChildStreams) -> Result<(), Failure> {
    for fd in streams.parent_ends {
        if fd != -1 {
            // SAFETY: no memory is touched; in the child these belong to nobody.
            done(unsafe { libc::close(fd) })?;
        }
    }
    let (mut stdout, mut stderr) = (streams.stdout, streams.stderr);
    // An end that lies where another stream goes to must get away first.
    if stdout == 0 {
        stdout = duplicate(stdout)?;
    }
    while stderr == 0 || stderr == 1 {
        stderr = duplicate(stderr)?;
    }
    for (fd, target) in [(streams.stdin, 0), (stdout, 1), (stderr, 2)] {
        if fd == target {
            set_inheritable(fd, true)?;
        } else if fd != -1 {
            // SAFETY: no memory is touched.
            done(unsafe { libc::dup2(fd, target) })?;
        }
    }
    Ok(())
}

/// A duplicate that the program will not have.
fn duplicate(fd: c_int) -> Result<c_int, Failure> {
    // SAFETY: no memory is touched.
    done(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })
}

/// Gives every signal that has a handler its default action.
///
/// # Safety
/// Only in a child, with all signals blocked.
unsafe fn drop_handlers() {
    for signal in 1..N_SIGNALS as c_int {
        // SAFETY: a zeroed sigaction is valid; one is written, then one read. Numbers that the C library keeps for itself are refused.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
                && action.sa_sigaction != libc::SIG_DFL
                && action.sa_sigaction != libc::SIG_IGN
            {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

/// Closes descriptors above 2 that are not kept.
fn close_others(kept: &[c_int]) {
    let mut low = 3;
    for &fd in kept.iter().filter(|&&fd| fd >= 3) {
        close_between(low, fd as u32);
        low = fd as u32 + 1;
    }
    close_between(low, u32::MAX);
}

/// Closes descriptors from `low` up to, not including, `end`.
fn close_between(low: u32, end: u32) {
    // SAFETY: no memory is touched; in the child these belong to nobody.
    if low >= end || unsafe { libc::close_range(low, end - 1, 0) } == 0 {
        return;
    }
    // Systems without that call: one by one, as far as there can be any.
    // SAFETY: as above.
    unsafe {
        let limit = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 20) as u32;
        for fd in low..end.min(limit) {
            libc::close(fd as c_int);
        }
    }
}
