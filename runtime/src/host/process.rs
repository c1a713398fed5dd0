//! This process: environment, identity, randomness, signals sent, exit.

#![allow(unsafe_code)]

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::{Host, check};

/// Names of the system.
#[derive(Clone, Debug)]
pub struct Uname {
    pub system: String,
    pub node: String,
    pub release: String,
    pub version: String,
    pub machine: String,
}

/// A number the system knows this process or its user by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    Process,
    Parent,
    Group,
    User,
    EffectiveUser,
    UserGroup,
    EffectiveGroup,
    Thread,
    /// What the C library knows the thread by.
    ThreadHandle,
}

/// What `waitpid` gave.
#[derive(Clone, Copy, Debug)]
pub struct WaitStatus {
    pub pid: i32,
    pub status: i32,
}

impl Host {
    /// Names the calling thread in the system's lists; the name is cut to what fits.
    pub fn set_thread_name(&self, name: &[u8]) {
        /// With the zero at its end.
        const SIZE: usize = 16;
        let mut text = [0u8; SIZE];
        let n = name.len().min(SIZE - 1);
        text[..n].copy_from_slice(&name[..n]);
        // SAFETY: a C string is read.
        unsafe { libc::pthread_setname_np(libc::pthread_self(), text.as_ptr().cast()) };
    }

    /// The environment variables, in the system's order.
    pub fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec())).collect()
    }

    /// The command line of the process, its own name first.
    pub fn arguments(&self) -> Vec<Vec<u8>> {
        std::env::args_os().map(OsStringExt::into_vec).collect()
    }

    /// The path of the running program.
    pub fn executable(&self) -> io::Result<Vec<u8>> {
        Ok(std::env::current_exe()?.into_os_string().into_vec())
    }

    pub fn variable(&self, name: &str) -> Option<Vec<u8>> {
        std::env::var_os(name).map(OsStringExt::into_vec)
    }

    /// Sets a variable. Neither part holds NUL, and the name neither is empty nor holds `=`.
    pub fn set_variable(&self, name: &[u8], value: &[u8]) {
        let (name, value) = (OsString::from_vec(name.to_vec()), std::ffi::OsStr::from_bytes(value));
        // SAFETY: the environment is read and written under the interpreter's lock only.
        unsafe { std::env::set_var(name, value) }
    }

    pub fn unset_variable(&self, name: &[u8]) {
        // SAFETY: as in `set_variable`.
        unsafe { std::env::remove_var(std::ffi::OsStr::from_bytes(name)) }
    }

    pub fn identity(&self, what: Identity) -> i64 {
        // SAFETY: none of these calls can fail or touch memory.
        unsafe {
            match what {
                Identity::Process => libc::getpid() as i64,
                Identity::Parent => libc::getppid() as i64,
                Identity::Group => libc::getpgrp() as i64,
                Identity::User => libc::getuid() as i64,
                Identity::EffectiveUser => libc::geteuid() as i64,
                Identity::UserGroup => libc::getgid() as i64,
                Identity::EffectiveGroup => libc::getegid() as i64,
                Identity::Thread => libc::gettid() as i64,
                Identity::ThreadHandle => libc::pthread_self() as i64,
            }
        }
    }

    /// Fills a buffer with random bytes fit for secrets.
    pub fn random_bytes(&self, buffer: &mut [u8]) -> io::Result<()> {
        let mut filled = 0;
        while filled < buffer.len() {
            let rest = &mut buffer[filled..];
            // SAFETY: the buffer is writable for its length.
            let n = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
            if n >= 0 {
                filled += n as usize;
                continue;
            }
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EINTR) {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Processors of the machine, and those this process may use.
    pub fn processors(&self) -> (usize, usize) {
        // SAFETY: no memory is touched.
        let all = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }.max(1) as usize;
        (all, self.affinity(0).map_or(all, |cpus| cpus.len()))
    }

    /// Threads of this process are going to wait for each other.
    pub fn expect_threads(&self) {
        super::patience::set_processors(self.processors().1);
    }

    /// The processors a process may run on; 0 is this one.
    pub fn affinity(&self, pid: i32) -> io::Result<Vec<usize>> {
        // SAFETY: a zeroed set is an empty one, and the call writes one of its size.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        check(unsafe { libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &raw mut set) })?;
        // SAFETY: the indexes are within the set.
        Ok((0..libc::CPU_SETSIZE as usize).filter(|&cpu| unsafe { libc::CPU_ISSET(cpu, &set) }).collect())
    }

    pub fn uname(&self) -> io::Result<Uname> {
        // SAFETY: a zeroed utsname is valid, and one is written.
        let mut raw: libc::utsname = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        check(unsafe { libc::uname(&raw mut raw) })?;
        let text = |field: &[libc::c_char]| -> String {
            let bytes: Vec<u8> = field.iter().take_while(|&&c| c != 0).map(|&c| c as u8).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ok(Uname {
            system: text(&raw.sysname),
            node: text(&raw.nodename),
            release: text(&raw.release),
            version: text(&raw.version),
            machine: text(&raw.machine),
        })
    }

    /// Sends a signal; 0 only asks whether the process exists.
    pub fn kill(&self, pid: i32, signal: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::kill(pid, signal) }).map(drop)
    }

    /// Waits for a child. Interruptions are reported.
    pub fn wait_for(&self, pid: i32, options: i32) -> io::Result<WaitStatus> {
        let mut status = 0;
        // SAFETY: one status is written.
        let pid = check(unsafe { libc::waitpid(pid, &raw mut status, options) })?;
        Ok(WaitStatus { pid, status })
    }

    /// Ends the process at once, without clean-up.
    pub fn exit_now(&self, status: i32) -> ! {
        // SAFETY: nothing runs afterwards.
        unsafe { libc::_exit(status) }
    }

    /// A value of `sysconf`; `None` if the system sets no limit.
    pub fn system_limit(&self, name: i32) -> io::Result<Option<i64>> {
        // SAFETY: errno is this thread's; no other memory is touched.
        let value = unsafe {
            *libc::__errno_location() = 0;
            libc::sysconf(name)
        };
        let error = io::Error::last_os_error();
        match (value, error.raw_os_error()) {
            (-1, Some(0)) => Ok(None),
            (-1, _) => Err(error),
            (value, _) => Ok(Some(value)),
        }
    }

    /// A value of `confstr`; `None` if the system has none.
    pub fn system_text(&self, name: i32) -> io::Result<Option<Vec<u8>>> {
        let mut text = vec![0u8; 1024];
        // SAFETY: errno is this thread's, and the buffer is writable for its length.
        let length = unsafe {
            *libc::__errno_location() = 0;
            libc::confstr(name, text.as_mut_ptr().cast(), text.len())
        };
        if length == 0 {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
        }
        text.truncate(length.min(text.len()) - 1);
        Ok(Some(text))
    }

    /// A value of `pathconf`; `None` if the system sets no limit.
    pub fn path_limit(&self, path: Result<&[u8], i32>, name: i32) -> io::Result<Option<i64>> {
        let path = match path {
            Ok(path) => {
                Ok(std::ffi::CString::new(path).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?)
            }
            Err(fd) => Err(fd),
        };
        // SAFETY: errno is this thread's, and the path a C string that lives through the call.
        let value = unsafe {
            *libc::__errno_location() = 0;
            match &path {
                Ok(path) => libc::pathconf(path.as_ptr(), name),
                Err(fd) => libc::fpathconf(*fd, name),
            }
        };
        let error = io::Error::last_os_error();
        match (value, error.raw_os_error()) {
            (-1, Some(0)) => Ok(None),
            (-1, _) => Err(error),
            (value, _) => Ok(Some(value)),
        }
    }

    /// User and system CPU time of this process and of its children, and elapsed time, in seconds.
    pub fn cpu_times(&self) -> io::Result<[f64; 5]> {
        // SAFETY: a zeroed tms is valid, and one is written.
        let mut raw: libc::tms = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        let elapsed = unsafe { libc::times(&raw mut raw) };
        if elapsed == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: no memory is touched.
        let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
        let times = [raw.tms_utime, raw.tms_stime, raw.tms_cutime, raw.tms_cstime, elapsed];
        Ok(times.map(|time| time as f64 / ticks))
    }

    /// Averages of runnable processes over 1, 5 and 15 minutes.
    pub fn load_averages(&self) -> Option<[f64; 3]> {
        let mut loads = [0.0; 3];
        // SAFETY: three numbers are written.
        (unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } == 3).then_some(loads)
    }

    /// The text for an error number.
    pub fn error_text(&self, errno: i32) -> String {
        crate::exceptions::os_error_text(&io::Error::from_raw_os_error(errno))
    }

    /// The login name of the controlling terminal's user.
    pub fn login_name(&self) -> io::Result<Vec<u8>> {
        // SAFETY: the name lies in memory of the C library until the next call, which the interpreter's lock keeps away.
        unsafe {
            let name = libc::getlogin();
            if name.is_null() {
                return Err(io::Error::last_os_error());
            }
            Ok(std::ffi::CStr::from_ptr(name).to_bytes().to_vec())
        }
    }
}
