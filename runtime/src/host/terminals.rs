//! Terminals: pairs of pseudo-terminals, their settings and the processes in front.

#![allow(unsafe_code)]

use std::io;

use super::{Host, check};

/// Settings of a terminal: flags of input, output, control and local modes, speeds and special characters.
#[derive(Clone, Copy, Debug)]
pub struct TerminalSettings {
    pub flags: [u32; 4],
    /// Of input and output, as the system's constants.
    pub speeds: [u32; 2],
    pub characters: [u8; libc::NCCS],
}

/// Bits of the control flags that are the speed. The C library's functions for them have versioned names, which its static form lacks.
const SPEED_BITS: libc::tcflag_t = libc::CBAUD;
/// The C library's own mark in the input flags for an input speed of 0.
const INPUT_SPEED_IS_0: libc::tcflag_t = 0o20_000_000_000;

impl Host {
    /// A new pseudo-terminal's controlling side.
    pub fn open_pseudo_terminal(&self, flags: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::posix_openpt(flags) })
    }

    pub fn grant_pseudo_terminal(&self, fd: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::grantpt(fd) }).map(drop)
    }

    pub fn unlock_pseudo_terminal(&self, fd: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::unlockpt(fd) }).map(drop)
    }

    /// The path of a pseudo-terminal's other side.
    pub fn pseudo_terminal_name(&self, fd: i32) -> io::Result<Vec<u8>> {
        let mut name = vec![0u8; 256];
        // SAFETY: the buffer is writable for its length.
        let error = unsafe { libc::ptsname_r(fd, name.as_mut_ptr().cast(), name.len()) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
        name.truncate(end);
        Ok(name)
    }

    /// Both sides of a new pseudo-terminal, closed in child processes.
    pub fn open_terminal_pair(&self) -> io::Result<(i32, i32)> {
        let controller = self.open_pseudo_terminal(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC)?;
        let other = || {
            self.grant_pseudo_terminal(controller)?;
            self.unlock_pseudo_terminal(controller)?;
            let name = self.pseudo_terminal_name(controller)?;
            self.open(&name, libc::O_RDWR | libc::O_NOCTTY, 0, None)
        };
        match other() {
            Ok(other) => Ok((controller, other)),
            Err(error) => {
                self.close(controller)?;
                Err(error)
            }
        }
    }

    /// Makes a terminal the controlling one of a new session, and its standard streams.
    pub fn log_in_terminal(&self, fd: i32) -> io::Result<()> {
        self.start_session()?;
        // SAFETY: the request takes a number; no memory is touched.
        check(unsafe { libc::ioctl(fd, libc::TIOCSCTTY, 0) })?;
        for target in 0..3 {
            self.duplicate_to(fd, target, true)?;
        }
        if fd > 2 { self.close(fd) } else { Ok(()) }
    }

    pub fn foreground_group(&self, fd: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::tcgetpgrp(fd) })
    }

    pub fn set_foreground_group(&self, fd: i32, group: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::tcsetpgrp(fd, group) }).map(drop)
    }

    pub fn terminal_settings(&self, fd: i32) -> io::Result<TerminalSettings> {
        // SAFETY: a zeroed termios is valid, and one is written.
        let mut raw: libc::termios = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        check(unsafe { libc::tcgetattr(fd, &raw mut raw) })?;
        let speed = raw.c_cflag & SPEED_BITS;
        let speeds = [if raw.c_iflag & INPUT_SPEED_IS_0 != 0 { 0 } else { speed }, speed];
        let flags = [raw.c_iflag, raw.c_oflag, raw.c_cflag, raw.c_lflag];
        Ok(TerminalSettings { flags, speeds, characters: raw.c_cc })
    }

    pub fn set_terminal_settings(&self, fd: i32, when: i32, settings: &TerminalSettings) -> io::Result<()> {
        // SAFETY: a zeroed termios is valid, and one is written.
        let mut raw: libc::termios = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        check(unsafe { libc::tcgetattr(fd, &raw mut raw) })?;
        [raw.c_iflag, raw.c_oflag, raw.c_cflag, raw.c_lflag] = settings.flags;
        raw.c_cc = settings.characters;
        let [input, output] = settings.speeds;
        if [input, output].into_iter().any(|speed| speed & !SPEED_BITS != 0) {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // The system has one speed for both; an input speed of 0 is the one of output.
        if input == 0 {
            raw.c_iflag |= INPUT_SPEED_IS_0;
        } else {
            raw.c_iflag &= !INPUT_SPEED_IS_0;
        }
        raw.c_cflag = raw.c_cflag & !SPEED_BITS | output;
        // SAFETY: the settings are read.
        check(unsafe { libc::tcsetattr(fd, when, &raw const raw) }).map(drop)
    }

    /// Sends a break for so long.
    pub fn send_break(&self, fd: i32, duration: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::tcsendbreak(fd, duration) }).map(drop)
    }

    /// Waits until all output is sent. Interruptions are reported.
    pub fn drain_terminal(&self, fd: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::tcdrain(fd) }).map(drop)
    }

    /// Throws away what waits in a queue.
    pub fn flush_terminal(&self, fd: i32, queue: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::tcflush(fd, queue) }).map(drop)
    }

    /// Suspends or resumes input or output.
    pub fn control_flow(&self, fd: i32, action: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::tcflow(fd, action) }).map(drop)
    }

    /// Sets columns and lines of a terminal.
    pub fn set_terminal_size(&self, fd: i32, columns: u16, lines: u16) -> io::Result<()> {
        let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: TIOCGWINSZ writes one winsize, TIOCSWINSZ reads one.
        unsafe {
            check(libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size))?;
            (size.ws_col, size.ws_row) = (columns, lines);
            check(libc::ioctl(fd, libc::TIOCSWINSZ, &raw const size)).map(drop)
        }
    }
}
