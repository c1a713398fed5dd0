//! Sockets, through the C library: making them, joining them to addresses, and their options. `transfer` moves data, `names` knows hosts
//! and services, `wait` waits for descriptors.
//!
//! Addresses are bytes as the system lays them out; the module `_socket` knows what they mean. Interruptions by signals are reported.

#![allow(unsafe_code)]

mod names;
mod transfer;
mod wait;

use std::io;

use super::{Host, check};

pub use names::{AddressInfo, GaiError, HostEntry, HostLookup};
pub use transfer::{ControlMessage, MAX_TRANSFER, Message};
pub use wait::{EpollEntry, SELECT_LIMIT, SelectSets};

/// An address of a socket.
#[derive(Clone, Copy)]
pub struct SocketAddress {
    storage: libc::sockaddr_storage,
    len: usize,
}

impl SocketAddress {
    /// Room for the longest address of all.
    pub const MAX_SIZE: usize = size_of::<libc::sockaddr_storage>();

    /// No address, with room for one.
    pub fn empty() -> SocketAddress {
        // SAFETY: a zeroed sockaddr_storage is valid.
        SocketAddress { storage: unsafe { std::mem::zeroed() }, len: 0 }
    }

    /// An address of the system's layout; `None` if it is too long for one.
    pub fn from_bytes(bytes: &[u8]) -> Option<SocketAddress> {
        let mut address = SocketAddress::empty();
        address.room().get_mut(..bytes.len())?.copy_from_slice(bytes);
        address.len = bytes.len();
        Some(address)
    }

    fn room(&mut self) -> &mut [u8] {
        // SAFETY: sockaddr_storage is plain data without padding that could be uninitialised: it was zeroed.
        unsafe {
            std::slice::from_raw_parts_mut((&raw mut self.storage).cast::<u8>(), SocketAddress::MAX_SIZE)
        }
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: as in `room`; `len` never exceeds the size.
        unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), self.len) }
    }

    /// All that belongs to the storage, zero beyond the address.
    pub fn padded_bytes(&self) -> &[u8] {
        // SAFETY: as in `room`.
        unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), SocketAddress::MAX_SIZE) }
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn family(&self) -> i32 {
        self.storage.ss_family.into()
    }

    fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    fn len(&self) -> libc::socklen_t {
        self.len as libc::socklen_t
    }

    /// Has a call of the system write an address.
    fn filled(
        call: impl FnOnce(*mut libc::sockaddr, *mut libc::socklen_t) -> i32,
    ) -> io::Result<(i32, SocketAddress)> {
        let mut address = SocketAddress::empty();
        let mut len = SocketAddress::MAX_SIZE as libc::socklen_t;
        let result = check(call((&raw mut address.storage).cast(), &raw mut len))?;
        address.set_len(len);
        Ok((result, address))
    }

    /// The length that the system told, which is that of the whole address even where only a part was stored.
    fn set_len(&mut self, len: libc::socklen_t) {
        self.len = (len as usize).min(SocketAddress::MAX_SIZE);
    }
}

fn check_size(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

impl Host {
    /// A new socket, closed in child processes.
    pub fn socket(&self, family: i32, kind: i32, protocol: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) })
    }

    /// Two new sockets that are connected with each other.
    pub fn socket_pair(&self, family: i32, kind: i32, protocol: i32) -> io::Result<(i32, i32)> {
        let mut ends = [0; 2];
        // SAFETY: two descriptors are written.
        check(unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol, ends.as_mut_ptr()) })?;
        Ok((ends[0], ends[1]))
    }

    /// Whether calls give up at once where they would have to wait.
    pub fn set_nonblocking(&self, fd: i32, nonblocking: bool) -> io::Result<()> {
        let mut flag = i32::from(nonblocking);
        // SAFETY: FIONBIO reads one int.
        check(unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut flag) }).map(drop)
    }

    pub fn bind(&self, fd: i32, address: &SocketAddress) -> io::Result<()> {
        // SAFETY: the address is readable for its length.
        check(unsafe { libc::bind(fd, address.as_ptr(), address.len()) }).map(drop)
    }

    pub fn listen(&self, fd: i32, backlog: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::listen(fd, backlog) }).map(drop)
    }

    pub fn connect(&self, fd: i32, address: &SocketAddress) -> io::Result<()> {
        self.note_traffic();
        // SAFETY: the address is readable for its length.
        check(unsafe { libc::connect(fd, address.as_ptr(), address.len()) }).map(drop)
    }

    /// A descriptor for a connection that came, closed in child processes, and who connected.
    pub fn accept(&self, fd: i32) -> io::Result<(i32, SocketAddress)> {
        SocketAddress::filled(|address, len| {
            // SAFETY: `filled` passes room for an address and its length.
            unsafe { libc::accept4(fd, address, len, libc::SOCK_CLOEXEC) }
        })
    }

    pub fn local_address(&self, fd: i32) -> io::Result<SocketAddress> {
        // SAFETY: `filled` passes room for an address and its length.
        let filled = SocketAddress::filled(|address, len| unsafe { libc::getsockname(fd, address, len) });
        Ok(filled?.1)
    }

    pub fn peer_address(&self, fd: i32) -> io::Result<SocketAddress> {
        // SAFETY: `filled` passes room for an address and its length.
        let filled = SocketAddress::filled(|address, len| unsafe { libc::getpeername(fd, address, len) });
        Ok(filled?.1)
    }

    pub fn shut_down(&self, fd: i32, how: i32) -> io::Result<()> {
        self.note_traffic();
        // SAFETY: no memory is touched.
        check(unsafe { libc::shutdown(fd, how) }).map(drop)
    }

    /// An option of a socket, at most as long as `value`; how long it is.
    pub fn socket_option(&self, fd: i32, level: i32, name: i32, value: &mut [u8]) -> io::Result<usize> {
        let mut len = value.len() as libc::socklen_t;
        // SAFETY: the value is writable for the length that is passed with it.
        check(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
        Ok((len as usize).min(value.len()))
    }

    /// An option of a socket that is an int.
    pub fn socket_option_int(&self, fd: i32, level: i32, name: i32) -> io::Result<i32> {
        let mut value = [0; size_of::<i32>()];
        self.socket_option(fd, level, name, &mut value)?;
        Ok(i32::from_ne_bytes(value))
    }

    pub fn set_socket_option(&self, fd: i32, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
        let len = value.len() as libc::socklen_t;
        // SAFETY: the value is readable for its length.
        check(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), len) }).map(drop)
    }

    /// Sets an option to a null pointer with a length.
    pub fn set_socket_option_null(&self, fd: i32, level: i32, name: i32, len: u32) -> io::Result<()> {
        // SAFETY: the system reads nothing through a null pointer; it refuses it where it would.
        check(unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), len) }).map(drop)
    }

    pub fn set_host_name(&self, name: &[u8]) -> io::Result<()> {
        // SAFETY: the name is readable for its length.
        check(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(drop)
    }

    pub fn host_name(&self) -> io::Result<Vec<u8>> {
        let mut name = [0u8; 1024];
        // SAFETY: the name is writable for its length, but for the last byte, which stays NUL.
        check(unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) })?;
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(0);
        Ok(name[..end].to_vec())
    }
}
