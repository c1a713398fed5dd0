//! The file system and file descriptors, through the C library.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::io;

use super::{Host, check};

/// What `stat` tells.
#[derive(Clone, Copy, Debug)]
pub struct FileStatus {
    pub mode: u32,
    pub inode: u64,
    pub device: u64,
    pub n_links: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: i64,
    /// Seconds and nanoseconds of access, modification and change.
    pub accessed: (i64, i64),
    pub modified: (i64, i64),
    pub changed: (i64, i64),
    pub block_size: i64,
    pub n_blocks: i64,
    pub special_device: u64,
}

impl FileStatus {
    fn of(raw: &libc::stat) -> FileStatus {
        FileStatus {
            mode: raw.st_mode,
            inode: raw.st_ino,
            device: raw.st_dev,
            n_links: raw.st_nlink,
            uid: raw.st_uid,
            gid: raw.st_gid,
            size: raw.st_size,
            accessed: (raw.st_atime, raw.st_atime_nsec),
            modified: (raw.st_mtime, raw.st_mtime_nsec),
            changed: (raw.st_ctime, raw.st_ctime_nsec),
            block_size: raw.st_blksize,
            n_blocks: raw.st_blocks,
            special_device: raw.st_rdev,
        }
    }

    pub fn is_dir(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }

    pub fn is_file(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFREG
    }

    pub fn is_symlink(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFLNK
    }
}

/// A time for `set_times`.
#[derive(Clone, Copy, Debug)]
pub enum FileTime {
    Now,
    At { seconds: i64, nanoseconds: i64 },
}

/// What a folder says about an entry.
#[derive(Clone, Debug)]
pub struct DirectoryEntry {
    pub name: Vec<u8>,
    pub inode: u64,
    /// The file type bits of a mode, if the folder knows them.
    pub file_type: Option<u32>,
}

/// What `statvfs` tells.
#[derive(Clone, Copy, Debug)]
pub struct FileSystemStatus {
    pub block_size: u64,
    pub fragment_size: u64,
    pub blocks: u64,
    pub free_blocks: u64,
    pub available_blocks: u64,
    pub files: u64,
    pub free_files: u64,
    pub available_files: u64,
    pub flags: u64,
    pub name_max: u64,
    pub id: u64,
}

/// A path for the C library. Callers refuse NUL bytes in better words.
fn c_path(path: &[u8]) -> io::Result<CString> {
    CString::new(path).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// As [`check`], with the call repeated while signals interrupt it.
fn uninterrupted<T: Copy + PartialEq + From<i8>>(mut call: impl FnMut() -> T) -> io::Result<T> {
    loop {
        match check(call()) {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            result => return result,
        }
    }
}

fn or_cwd(folder: Option<i32>) -> i32 {
    folder.unwrap_or(libc::AT_FDCWD)
}

impl Host {
    /// A new descriptor, closed in child processes. `folder` is a descriptor that relative paths start from.
    pub fn open(&self, path: &[u8], flags: i32, mode: u32, folder: Option<i32>) -> io::Result<i32> {
        let path = c_path(path)?;
        // SAFETY: the path is a C string that lives through the call.
        uninterrupted(|| unsafe {
            libc::openat(or_cwd(folder), path.as_ptr(), flags | libc::O_CLOEXEC, mode)
        })
    }

    pub fn close(&self, fd: i32) -> io::Result<()> {
        self.note_traffic();
        // SAFETY: closing a descriptor touches no memory of ours; whoever owns it calls this.
        match check(unsafe { libc::close(fd) }) {
            // The descriptor is gone all the same.
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => Ok(()),
            result => result.map(drop),
        }
    }

    /// Reads once; 0 at the end. Interruptions are reported.
    pub fn read(&self, fd: i32, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(clock) = self.virtual_clock().filter(|clock| !clock.is_alone()) {
            // SAFETY: no memory is touched.
            let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
            if flags >= 0 && flags & libc::O_NONBLOCK == 0 {
                // In the call itself nobody would know that the thread waits.
                let asked = [super::PollDescriptor::new(fd, true, false)];
                self.await_descriptors(clock, &asked, None, false)?;
            }
        }
        // SAFETY: the buffer is writable for its length.
        Ok(check(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })? as usize)
    }

    /// Writes once. Interruptions are reported.
    pub fn write(&self, fd: i32, bytes: &[u8]) -> io::Result<usize> {
        if let Some(result) = self.write_by_guard(fd, bytes) {
            return result;
        }
        // SAFETY: the bytes are readable for their length.
        Ok(check(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })? as usize)
    }

    pub fn read_at(&self, fd: i32, buffer: &mut [u8], offset: i64) -> io::Result<usize> {
        // SAFETY: the buffer is writable for its length.
        Ok(uninterrupted(|| unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset) })?
            as usize)
    }

    pub fn write_at(&self, fd: i32, bytes: &[u8], offset: i64) -> io::Result<usize> {
        // SAFETY: the bytes are readable for their length.
        Ok(uninterrupted(|| unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), bytes.len(), offset) })?
            as usize)
    }

    pub fn seek(&self, fd: i32, offset: i64, whence: i32) -> io::Result<i64> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::lseek(fd, offset, whence) })
    }

    pub fn truncate_fd(&self, fd: i32, size: i64) -> io::Result<()> {
        // SAFETY: no memory is touched.
        uninterrupted(|| unsafe { libc::ftruncate(fd, size) }).map(drop)
    }

    pub fn truncate(&self, path: &[u8], size: i64) -> io::Result<()> {
        let path = c_path(path)?;
        // SAFETY: the path is a C string that lives through the call.
        uninterrupted(|| unsafe { libc::truncate(path.as_ptr(), size) }).map(drop)
    }

    /// Writes what the system holds back; `data_only` leaves out what is not needed to read it.
    pub fn sync(&self, fd: i32, data_only: bool) -> io::Result<()> {
        // SAFETY: no memory is touched.
        uninterrupted(|| unsafe { if data_only { libc::fdatasync(fd) } else { libc::fsync(fd) } }).map(drop)
    }

    /// Writes everything the system holds back.
    pub fn sync_all(&self) {
        // SAFETY: no memory is touched.
        unsafe { libc::sync() }
    }

    /// Closes descriptors from `low` up to, not including, `high`.
    pub fn close_range(&self, low: i32, high: i32) {
        if low < high {
            // SAFETY: no memory is touched; whoever owns the descriptors calls this.
            unsafe { libc::close_range(low as u32, high as u32 - 1, 0) };
        }
    }

    pub fn is_terminal(&self, fd: i32) -> bool {
        // SAFETY: no memory is touched.
        unsafe { libc::isatty(fd) == 1 }
    }

    /// Columns and lines of a terminal.
    pub fn terminal_size(&self, fd: i32) -> io::Result<(u16, u16)> {
        let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: TIOCGWINSZ writes one winsize.
        check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) })?;
        Ok((size.ws_col, size.ws_row))
    }

    pub fn duplicate(&self, fd: i32, inheritable: bool) -> io::Result<i32> {
        let command = if inheritable { libc::F_DUPFD } else { libc::F_DUPFD_CLOEXEC };
        // SAFETY: no memory is touched.
        check(unsafe { libc::fcntl(fd, command, 0) })
    }

    pub fn duplicate_to(&self, fd: i32, target: i32, inheritable: bool) -> io::Result<i32> {
        let flags = if inheritable { 0 } else { libc::O_CLOEXEC };
        if fd == target {
            self.set_inheritable(fd, inheritable)?;
            return Ok(target);
        }
        // SAFETY: no memory is touched.
        uninterrupted(|| unsafe { libc::dup3(fd, target, flags) })
    }

    /// The reading and the writing end of a new pipe.
    pub fn pipe(&self, flags: i32) -> io::Result<(i32, i32)> {
        let mut ends = [0; 2];
        // SAFETY: two descriptors are written.
        check(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) })?;
        Ok((ends[0], ends[1]))
    }

    pub fn is_inheritable(&self, fd: i32) -> io::Result<bool> {
        // SAFETY: no memory is touched.
        Ok(check(unsafe { libc::fcntl(fd, libc::F_GETFD) })? & libc::FD_CLOEXEC == 0)
    }

    pub fn set_inheritable(&self, fd: i32, inheritable: bool) -> io::Result<()> {
        // SAFETY: no memory is touched.
        let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
        let flags = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
        // SAFETY: as above.
        check(unsafe { libc::fcntl(fd, libc::F_SETFD, flags) }).map(drop)
    }

    pub fn is_blocking(&self, fd: i32) -> io::Result<bool> {
        // SAFETY: no memory is touched.
        Ok(check(unsafe { libc::fcntl(fd, libc::F_GETFL) })? & libc::O_NONBLOCK == 0)
    }

    pub fn set_blocking(&self, fd: i32, blocking: bool) -> io::Result<()> {
        // SAFETY: no memory is touched.
        let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
        let flags = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
        // SAFETY: as above.
        check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags) }).map(drop)
    }

    pub fn status_of_fd(&self, fd: i32) -> io::Result<FileStatus> {
        let mut raw = std::mem::MaybeUninit::<libc::stat>::zeroed();
        // SAFETY: one stat is written; a zeroed one is valid as well.
        let raw = unsafe {
            check(libc::fstat(fd, raw.as_mut_ptr()))?;
            raw.assume_init()
        };
        Ok(FileStatus::of(&raw))
    }

    pub fn status(&self, path: &[u8], folder: Option<i32>, follow_links: bool) -> io::Result<FileStatus> {
        let path = c_path(path)?;
        let flags = if follow_links { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let mut raw = std::mem::MaybeUninit::<libc::stat>::zeroed();
        // SAFETY: the path is a C string, and one stat is written; a zeroed one is valid as well.
        let raw = unsafe {
            check(libc::fstatat(or_cwd(folder), path.as_ptr(), raw.as_mut_ptr(), flags))?;
            raw.assume_init()
        };
        Ok(FileStatus::of(&raw))
    }

    /// Status of the file system that holds a path, or a descriptor's file.
    pub fn file_system_status(&self, path: Result<&[u8], i32>) -> io::Result<FileSystemStatus> {
        let mut raw = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
        let result = match path {
            Ok(path) => {
                let path = c_path(path)?;
                // SAFETY: the path is a C string, and one statvfs is written.
                unsafe { libc::statvfs(path.as_ptr(), raw.as_mut_ptr()) }
            }
            // SAFETY: one statvfs is written.
            Err(fd) => unsafe { libc::fstatvfs(fd, raw.as_mut_ptr()) },
        };
        check(result)?;
        // SAFETY: written by the call that succeeded.
        let raw = unsafe { raw.assume_init() };
        Ok(FileSystemStatus {
            block_size: raw.f_bsize,
            fragment_size: raw.f_frsize,
            blocks: raw.f_blocks,
            free_blocks: raw.f_bfree,
            available_blocks: raw.f_bavail,
            files: raw.f_files,
            free_files: raw.f_ffree,
            available_files: raw.f_favail,
            flags: raw.f_flag,
            name_max: raw.f_namemax,
            id: raw.f_fsid,
        })
    }

    /// Entries of a folder without `.` and `..`, in the system's order.
    pub fn list_directory(&self, path: Result<&[u8], i32>) -> io::Result<Vec<DirectoryEntry>> {
        let stream = match path {
            Ok(path) => {
                let path = c_path(path)?;
                // SAFETY: the path is a C string that lives through the call.
                unsafe { libc::opendir(path.as_ptr()) }
            }
            Err(fd) => {
                // `closedir` closes the descriptor, which is the caller's: use another one.
                let own = self.duplicate(fd, false)?;
                // SAFETY: `own` is a descriptor nobody else uses.
                let stream = unsafe { libc::fdopendir(own) };
                if stream.is_null() {
                    let error = io::Error::last_os_error();
                    self.close(own)?;
                    return Err(error);
                }
                stream
            }
        };
        if stream.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut entries = Vec::new();
        let result = loop {
            // SAFETY: errno is this thread's; the stream is open until closedir below; an entry is read before the next call.
            unsafe {
                *libc::__errno_location() = 0;
                let entry = libc::readdir(stream);
                if entry.is_null() {
                    let error = io::Error::last_os_error();
                    break if error.raw_os_error() == Some(0) { Ok(()) } else { Err(error) };
                }
                let name = CStr::from_ptr((*entry).d_name.as_ptr()).to_bytes();
                if name == b"." || name == b".." {
                    continue;
                }
                let file_type = match (*entry).d_type {
                    libc::DT_DIR => Some(libc::S_IFDIR),
                    libc::DT_REG => Some(libc::S_IFREG),
                    libc::DT_LNK => Some(libc::S_IFLNK),
                    libc::DT_FIFO => Some(libc::S_IFIFO),
                    libc::DT_SOCK => Some(libc::S_IFSOCK),
                    libc::DT_CHR => Some(libc::S_IFCHR),
                    libc::DT_BLK => Some(libc::S_IFBLK),
                    _ => None,
                };
                let inode = (*entry).d_ino;
                entries.push(DirectoryEntry { name: name.to_vec(), inode, file_type });
            }
        };
        if let Err(fd) = path {
            // Duplicates share the position; leave it where it was found.
            let _ = self.seek(fd, 0, libc::SEEK_SET);
        }
        // SAFETY: the stream is open, and not used after this.
        unsafe { libc::closedir(stream) };
        result.map(|()| entries)
    }

    pub fn make_directory(&self, path: &[u8], mode: u32, folder: Option<i32>) -> io::Result<()> {
        let path = c_path(path)?;
        // SAFETY: the path is a C string that lives through the call.
        check(unsafe { libc::mkdirat(or_cwd(folder), path.as_ptr(), mode) }).map(drop)
    }

    pub fn make_fifo(&self, path: &[u8], mode: u32, folder: Option<i32>) -> io::Result<()> {
        let path = c_path(path)?;
        // SAFETY: the path is a C string that lives through the call.
        check(unsafe { libc::mkfifoat(or_cwd(folder), path.as_ptr(), mode) }).map(drop)
    }

    /// Removes a name: of a folder, or of anything else.
    pub fn remove(&self, path: &[u8], folder: Option<i32>, is_directory: bool) -> io::Result<()> {
        let path = c_path(path)?;
        let flags = if is_directory { libc::AT_REMOVEDIR } else { 0 };
        // SAFETY: the path is a C string that lives through the call.
        check(unsafe { libc::unlinkat(or_cwd(folder), path.as_ptr(), flags) }).map(drop)
    }

    pub fn rename(
        &self,
        from: &[u8],
        to: &[u8],
        from_folder: Option<i32>,
        to_folder: Option<i32>,
    ) -> io::Result<()> {
        let (from, to) = (c_path(from)?, c_path(to)?);
        // SAFETY: both paths are C strings that live through the call.
        check(unsafe { libc::renameat(or_cwd(from_folder), from.as_ptr(), or_cwd(to_folder), to.as_ptr()) })
            .map(drop)
    }

    pub fn link(
        &self,
        from: &[u8],
        to: &[u8],
        from_folder: Option<i32>,
        to_folder: Option<i32>,
        follow_links: bool,
    ) -> io::Result<()> {
        let (from, to) = (c_path(from)?, c_path(to)?);
        let flags = if follow_links { libc::AT_SYMLINK_FOLLOW } else { 0 };
        // SAFETY: both paths are C strings that live through the call.
        check(unsafe {
            libc::linkat(or_cwd(from_folder), from.as_ptr(), or_cwd(to_folder), to.as_ptr(), flags)
        })
        .map(drop)
    }

    pub fn make_symlink(&self, target: &[u8], path: &[u8], folder: Option<i32>) -> io::Result<()> {
        let (target, path) = (c_path(target)?, c_path(path)?);
        // SAFETY: both paths are C strings that live through the call.
        check(unsafe { libc::symlinkat(target.as_ptr(), or_cwd(folder), path.as_ptr()) }).map(drop)
    }

    pub fn read_link(&self, path: &[u8], folder: Option<i32>) -> io::Result<Vec<u8>> {
        let path = c_path(path)?;
        let mut target = vec![0; 4096];
        // SAFETY: the path is a C string, and the buffer is writable for its length.
        let length = check(unsafe {
            libc::readlinkat(or_cwd(folder), path.as_ptr(), target.as_mut_ptr().cast(), target.len())
        })?;
        target.truncate(length as usize);
        Ok(target)
    }

    /// Whether the process may do what `mode` says to a file.
    pub fn may_access(
        &self,
        path: &[u8],
        mode: i32,
        folder: Option<i32>,
        effective_ids: bool,
        follow_links: bool,
    ) -> io::Result<bool> {
        let path = c_path(path)?;
        let mut flags = if effective_ids { libc::AT_EACCESS } else { 0 };
        if !follow_links {
            flags |= libc::AT_SYMLINK_NOFOLLOW;
        }
        // SAFETY: the path is a C string that lives through the call.
        Ok(unsafe { libc::faccessat(or_cwd(folder), path.as_ptr(), mode, flags) } == 0)
    }

    pub fn set_mode(&self, path: Result<&[u8], i32>, mode: u32, folder: Option<i32>) -> io::Result<()> {
        match path {
            Ok(path) => {
                let path = c_path(path)?;
                // SAFETY: the path is a C string that lives through the call.
                check(unsafe { libc::fchmodat(or_cwd(folder), path.as_ptr(), mode, 0) }).map(drop)
            }
            // SAFETY: no memory is touched.
            Err(fd) => check(unsafe { libc::fchmod(fd, mode) }).map(drop),
        }
    }

    /// Owners of -1 stay as they are.
    pub fn set_owner(
        &self,
        path: Result<&[u8], i32>,
        uid: i64,
        gid: i64,
        folder: Option<i32>,
        follow_links: bool,
    ) -> io::Result<()> {
        let (uid, gid) = (uid as libc::uid_t, gid as libc::gid_t);
        match path {
            Ok(path) => {
                let path = c_path(path)?;
                let flags = if follow_links { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
                // SAFETY: the path is a C string that lives through the call.
                check(unsafe { libc::fchownat(or_cwd(folder), path.as_ptr(), uid, gid, flags) }).map(drop)
            }
            // SAFETY: no memory is touched.
            Err(fd) => check(unsafe { libc::fchown(fd, uid, gid) }).map(drop),
        }
    }

    /// Sets the times of access and modification.
    pub fn set_times(
        &self,
        path: Result<&[u8], i32>,
        times: [FileTime; 2],
        folder: Option<i32>,
        follow_links: bool,
    ) -> io::Result<()> {
        let times = times.map(|time| match time {
            FileTime::Now => libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_NOW },
            FileTime::At { seconds, nanoseconds } => libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds },
        });
        match path {
            Ok(path) => {
                let path = c_path(path)?;
                let flags = if follow_links { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
                // SAFETY: the path is a C string, and two times are read.
                check(unsafe { libc::utimensat(or_cwd(folder), path.as_ptr(), times.as_ptr(), flags) })
                    .map(drop)
            }
            // SAFETY: two times are read.
            Err(fd) => check(unsafe { libc::futimens(fd, times.as_ptr()) }).map(drop),
        }
    }

    /// The working folder.
    pub fn current_directory(&self) -> io::Result<Vec<u8>> {
        use std::os::unix::ffi::OsStringExt;
        Ok(std::env::current_dir()?.into_os_string().into_vec())
    }

    pub fn change_directory(&self, path: Result<&[u8], i32>) -> io::Result<()> {
        match path {
            Ok(path) => {
                let path = c_path(path)?;
                // SAFETY: the path is a C string that lives through the call.
                check(unsafe { libc::chdir(path.as_ptr()) }).map(drop)
            }
            // SAFETY: no memory is touched.
            Err(fd) => check(unsafe { libc::fchdir(fd) }).map(drop),
        }
    }

    /// Sets the mask of modes for new files and gives the old one.
    pub fn set_umask(&self, mask: u32) -> u32 {
        // SAFETY: no memory is touched, and it cannot fail.
        unsafe { libc::umask(mask) }
    }

    /// Locks or unlocks a file as `flock` does.
    pub fn lock_file(&self, fd: i32, operation: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        uninterrupted(|| unsafe { libc::flock(fd, operation) }).map(drop)
    }

    /// The path a terminal's descriptor has.
    pub fn terminal_name(&self, fd: i32) -> io::Result<Vec<u8>> {
        let mut name = vec![0u8; 256];
        // SAFETY: the buffer is writable for its length.
        let error = unsafe { libc::ttyname_r(fd, name.as_mut_ptr().cast(), name.len()) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
        name.truncate(end);
        Ok(name)
    }
}
