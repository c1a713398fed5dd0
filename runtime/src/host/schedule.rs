//! Scheduling, sessions and groups of processes, and programs that take this one's place.

#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;

use super::{Host, check};

/// Ids that processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionId {
    Group,
    Session,
}

/// For calls that may give -1 without an error.
fn check_errno(call: impl FnOnce() -> i32) -> io::Result<i32> {
    // SAFETY: errno is this thread's.
    unsafe { *libc::__errno_location() = 0 };
    let result = call();
    let error = io::Error::last_os_error();
    if result == -1 && error.raw_os_error() != Some(0) { Err(error) } else { Ok(result) }
}

fn c_strings(parts: &[Vec<u8>]) -> io::Result<Vec<CString>> {
    let parts = parts.iter().map(|part| CString::new(part.as_slice()));
    parts.collect::<Result<_, _>>().map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

impl Host {
    pub fn yield_processor(&self) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::sched_yield() }).map(drop)
    }

    /// Lets a process run on these processors only; 0 is this one.
    pub fn set_affinity(&self, pid: i32, cpus: &[usize]) -> io::Result<()> {
        // SAFETY: a zeroed set is an empty one.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        for &cpu in cpus {
            if cpu >= libc::CPU_SETSIZE as usize {
                return Err(io::Error::from_raw_os_error(libc::EINVAL));
            }
            // SAFETY: the index is within the set.
            unsafe { libc::CPU_SET(cpu, &mut set) };
        }
        // SAFETY: one set of its size is read.
        check(unsafe { libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &raw const set) }).map(drop)
    }

    pub fn scheduler(&self, pid: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::sched_getscheduler(pid) })
    }

    pub fn set_scheduler(&self, pid: i32, policy: i32, priority: i32) -> io::Result<()> {
        let parameters = libc::sched_param { sched_priority: priority };
        // SAFETY: one parameter is read.
        check(unsafe { libc::sched_setscheduler(pid, policy, &raw const parameters) }).map(drop)
    }

    pub fn scheduling_priority(&self, pid: i32) -> io::Result<i32> {
        let mut parameters = libc::sched_param { sched_priority: 0 };
        // SAFETY: one parameter is written.
        check(unsafe { libc::sched_getparam(pid, &raw mut parameters) })?;
        Ok(parameters.sched_priority)
    }

    pub fn set_scheduling_priority(&self, pid: i32, priority: i32) -> io::Result<()> {
        let parameters = libc::sched_param { sched_priority: priority };
        // SAFETY: one parameter is read.
        check(unsafe { libc::sched_setparam(pid, &raw const parameters) }).map(drop)
    }

    /// The lowest and the highest priority of a policy.
    pub fn priority_range(&self, policy: i32) -> io::Result<(i32, i32)> {
        // SAFETY: no memory is touched.
        unsafe {
            Ok((check(libc::sched_get_priority_min(policy))?, check(libc::sched_get_priority_max(policy))?))
        }
    }

    /// Seconds of a round-robin turn.
    pub fn round_robin_interval(&self, pid: i32) -> io::Result<f64> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: one timespec is written.
        check(unsafe { libc::sched_rr_get_interval(pid, &raw mut time) })?;
        Ok(time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64)
    }

    /// Raises the nice value and gives the new one.
    pub fn be_nice(&self, increment: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check_errno(|| unsafe { libc::nice(increment) })
    }

    pub fn priority(&self, which: i32, who: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check_errno(|| unsafe { libc::getpriority(which as _, who as libc::id_t) })
    }

    pub fn set_priority(&self, which: i32, who: i32, priority: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::setpriority(which as _, who as libc::id_t, priority) }).map(drop)
    }

    /// The group or session of a process; 0 is this one.
    pub fn session_id(&self, what: SessionId, pid: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe {
            match what {
                SessionId::Group => libc::getpgid(pid),
                SessionId::Session => libc::getsid(pid),
            }
        })
    }

    pub fn set_group(&self, pid: i32, group: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::setpgid(pid, group) }).map(drop)
    }

    pub fn start_session(&self) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::setsid() })
    }

    /// Sends a signal to a group of processes.
    pub fn kill_group(&self, group: i32, signal: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::killpg(group, signal) }).map(drop)
    }

    /// Real, effective and saved ids of the user, or of the group.
    pub fn saved_ids(&self, of_group: bool) -> io::Result<[u32; 3]> {
        let mut ids = [0; 3];
        let [real, effective, saved] = &mut ids;
        // SAFETY: three numbers are written.
        check(unsafe {
            if of_group {
                libc::getresgid(real, effective, saved)
            } else {
                libc::getresuid(real, effective, saved)
            }
        })?;
        Ok(ids)
    }

    /// Groups the process belongs to besides its own.
    pub fn groups(&self) -> io::Result<Vec<u32>> {
        // SAFETY: with a length of 0 nothing is written.
        let n = check(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
        let mut groups = vec![0; n as usize];
        // SAFETY: as many numbers are written as there is room for.
        let n = check(unsafe { libc::getgroups(n, groups.as_mut_ptr()) })?;
        groups.truncate(n as usize);
        Ok(groups)
    }

    /// Runs a command with the shell and gives its wait status.
    pub fn run_shell(&self, command: &[u8]) -> io::Result<i32> {
        let command = CString::new(command).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
        // SAFETY: the command is a C string that lives through the call.
        check(unsafe { libc::system(command.as_ptr()) })
    }

    /// Puts another program in this one's place, named by its path or a descriptor; returns only if that fails. Without an environment it
    /// inherits this one's.
    pub fn replace_program(
        &self,
        program: Result<&[u8], i32>,
        arguments: &[Vec<u8>],
        environment: Option<&[Vec<u8>]>,
    ) -> io::Error {
        let prepared = || -> io::Result<_> {
            let path = program.map(|path| c_strings(&[path.to_vec()]));
            let path = path.map_or_else(|fd| Ok(Err(fd)), |path| path.map(Ok))?;
            Ok((path, c_strings(arguments)?, environment.map(c_strings).transpose()?))
        };
        let (program, arguments, environment) = match prepared() {
            Ok(prepared) => prepared,
            Err(error) => return error,
        };
        let argument_pointers = pointers(&arguments);
        // SAFETY: path and both null-terminated arrays of C strings live through the call.
        unsafe {
            match (&program, &environment) {
                (Ok(path), Some(environment)) => {
                    libc::execve(path[0].as_ptr(), argument_pointers.as_ptr(), pointers(environment).as_ptr())
                }
                (Ok(path), None) => libc::execv(path[0].as_ptr(), argument_pointers.as_ptr()),
                (Err(fd), Some(environment)) => {
                    libc::fexecve(*fd, argument_pointers.as_ptr(), pointers(environment).as_ptr())
                }
                (Err(_), None) => return io::Error::from_raw_os_error(libc::EINVAL),
            }
        };
        io::Error::last_os_error()
    }

    /// Ends the process with SIGABRT.
    pub fn abort(&self) -> ! {
        std::process::abort()
    }
}
