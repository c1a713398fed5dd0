//! What is outside of this process: whether anybody but its own threads can make a descriptor ready. Virtual time asks; a wait for something
//! outside takes real time.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::net::IpAddr;
use std::sync::PoisonError;

use super::{Host, check};

/// Of a TCP connection: the other side has not answered yet. See `enum` in `linux/tcp_states.h`.
const TCP_SYN_SENT: u8 = 2;

/// Depth of event polls that are polled themselves; the system allows five.
const MOST_NESTED: u32 = 5;

impl Host {
    /// Whether somebody outside can make the descriptor ready: a child, the other end of a pipe or connection that is not in this process,
    /// a terminal. A listening socket is not counted: its clients may be in this process or not come at all.
    pub fn is_outside(&self, descriptor: i32) -> bool {
        self.is_outside_at(descriptor, 0)
    }

    fn is_outside_at(&self, descriptor: i32, depth: u32) -> bool {
        let Some(status) = status(descriptor) else { return false };
        let kind = status.st_mode & libc::S_IFMT;
        if kind != libc::S_IFSOCK && kind != libc::S_IFIFO {
            return match kind {
                libc::S_IFREG | libc::S_IFDIR => false,
                libc::S_IFCHR | libc::S_IFBLK => true,
                _ => self.is_special_outside(descriptor, depth),
            };
        }
        if kind == libc::S_IFIFO {
            // Who was forked may have the other end, too.
            return has_children() || !has_other_end(descriptor, &status);
        }
        // Children that are given sockets of ours are no matter but for local ones.
        let domain = self.socket_option_int(descriptor, libc::SOL_SOCKET, libc::SO_DOMAIN);
        let Some(clock) = self.virtual_clock().filter(|_| !matches!(domain, Ok(libc::AF_UNIX))) else {
            return self.is_socket_outside(descriptor);
        };
        let known = || clock.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if known().get(&descriptor) == Some(&status.st_ino) {
            return false;
        }
        let is_outside = self.is_socket_outside(descriptor);
        if !is_outside {
            known().insert(descriptor, status.st_ino);
        }
        is_outside
    }

    /// Of descriptors without a file: event polls stand for what they look at; what counts events is the process's own.
    fn is_special_outside(&self, descriptor: i32, depth: u32) -> bool {
        let Ok(link) = std::fs::read_link(format!("/proc/self/fd/{descriptor}")) else { return true };
        match link.to_str() {
            Some("anon_inode:[eventfd]") => false,
            Some("anon_inode:[eventpoll]") if depth < MOST_NESTED => {
                let information = std::fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}"));
                let information = information.unwrap_or_default();
                let watched = information.lines().filter_map(|line| {
                    line.strip_prefix("tfd:")?.split_whitespace().next()?.parse::<i32>().ok()
                });
                let mut watched = watched;
                watched.any(|watched| self.is_outside_at(watched, depth + 1))
            }
            _ => true,
        }
    }

    fn is_socket_outside(&self, descriptor: i32) -> bool {
        let option = |name| self.socket_option_int(descriptor, libc::SOL_SOCKET, name).unwrap_or(0);
        if option(libc::SO_ACCEPTCONN) != 0 {
            return false;
        }
        match option(libc::SO_DOMAIN) {
            libc::AF_UNIX => {
                // SAFETY: no memory is touched.
                let own = unsafe { libc::getpid() };
                match peer_process(descriptor) {
                    // Nobody is connected.
                    Some(0) | None => false,
                    // A child may have been given the other end.
                    Some(peer) => peer != own || has_children(),
                }
            }
            libc::AF_INET | libc::AF_INET6 => {
                let Ok(peer) = self.peer_address(descriptor) else {
                    return option(libc::SO_TYPE) == libc::SOCK_STREAM && is_connecting(descriptor);
                };
                let (peer, own) = (endpoint(peer.bytes()), self.local_endpoint(descriptor));
                let (Some((peer, port)), Some((own, _))) = (peer, own) else { return true };
                let is_here = peer.is_loopback() || peer == own;
                !(is_here && self.own_ports(descriptor).contains(&port))
            }
            _ => true,
        }
    }

    fn local_endpoint(&self, descriptor: i32) -> Option<(IpAddr, u16)> {
        endpoint(self.local_address(descriptor).ok()?.bytes())
    }

    /// Ports of this process's sockets, but for one.
    fn own_ports(&self, except: i32) -> Vec<u16> {
        let others = own_descriptors().into_iter().filter(|&other| other != except);
        others.filter_map(|other| Some(self.local_endpoint(other)?.1)).collect()
    }
}

fn status(descriptor: i32) -> Option<libc::stat> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: there is room for the result.
    check(unsafe { libc::fstat(descriptor, status.as_mut_ptr()) }).ok()?;
    // SAFETY: the call succeeded, so it was written.
    Some(unsafe { status.assume_init() })
}

fn own_descriptors() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// Whether this process has the other end of a pipe open.
fn has_other_end(descriptor: i32, of: &libc::stat) -> bool {
    // SAFETY: no memory is touched.
    let access = |descriptor| unsafe { libc::fcntl(descriptor, libc::F_GETFL) } & libc::O_ACCMODE;
    let own = access(descriptor);
    own_descriptors().into_iter().any(|other| {
        other != descriptor
            && access(other) != own
            && status(other).is_some_and(|status| (status.st_dev, status.st_ino) == (of.st_dev, of.st_ino))
    })
}

/// The process that connected a local socket or made the pair; 0 if it is not connected.
fn peer_process(descriptor: i32) -> Option<i32> {
    let mut credentials = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut len = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: there is room for the result, and for its length.
    check(unsafe {
        libc::getsockopt(
            descriptor,
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut credentials).cast(),
            &raw mut len,
        )
    })
    .ok()?;
    Some(credentials.pid)
}

/// Whether this process has children that it has not waited for.
fn has_children() -> bool {
    // SAFETY: a zeroed siginfo is valid, and one is written.
    let mut information: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: as above.
    unsafe { libc::waitid(libc::P_ALL, 0, &raw mut information, options) == 0 }
}

fn is_connecting(descriptor: i32) -> bool {
    let mut state = [0u8; 1];
    let mut len = state.len() as libc::socklen_t;
    // SAFETY: there is room for one byte, the first field of the information, and for its length.
    let result = check(unsafe {
        libc::getsockopt(
            descriptor,
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            state.as_mut_ptr().cast(),
            &raw mut len,
        )
    });
    result.is_ok() && state[0] == TCP_SYN_SENT
}

/// Address and port of a socket address as the system has it.
fn endpoint(bytes: &[u8]) -> Option<(IpAddr, u16)> {
    let family = i32::from(u16::from_ne_bytes(*bytes.first_chunk()?));
    let port = u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
    let address = match family {
        libc::AF_INET => IpAddr::from(*bytes.get(4..)?.first_chunk::<4>()?),
        libc::AF_INET6 => IpAddr::from(*bytes.get(8..)?.first_chunk::<16>()?).to_canonical(),
        _ => return None,
    };
    Some((address, port))
}
