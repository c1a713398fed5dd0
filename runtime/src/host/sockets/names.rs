//! Names and numbers of hosts, services, protocols and interfaces, as the C library finds them.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;

use super::{Host, SocketAddress};

/// One answer of [`Host::resolve`].
#[derive(Clone)]
pub struct AddressInfo {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    /// Empty without `AI_CANONNAME`.
    pub canonical_name: Vec<u8>,
    pub address: SocketAddress,
}

/// Why a name was not found: a code such as `EAI_NONAME`, and its text. `EAI_SYSTEM` comes with an error of the system.
#[derive(Debug)]
pub struct GaiError {
    pub code: i32,
    pub message: String,
    pub system: Option<io::Error>,
}

impl GaiError {
    pub fn of(code: i32) -> GaiError {
        let system = (code == libc::EAI_SYSTEM).then(io::Error::last_os_error);
        // SAFETY: the library gives a text that lives as long as the process.
        let message = unsafe { text_of(libc::gai_strerror(code)) };
        GaiError { code, message: String::from_utf8_lossy(&message).into_owned(), system }
    }
}

/// What the library knows of a host.
pub struct HostEntry {
    pub name: Vec<u8>,
    pub aliases: Vec<Vec<u8>>,
    pub family: i32,
    /// As bytes, 4 or 16.
    pub addresses: Vec<Vec<u8>>,
}

/// Why a host was not found: the number of an `herror`, and its text.
#[derive(Debug)]
pub struct HostLookup {
    pub code: i32,
    pub message: String,
}

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        result: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const c_void,
        address_len: libc::socklen_t,
        family: c_int,
        result: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn inet_aton(text: *const c_char, address: *mut u32) -> c_int;
    fn inet_pton(family: c_int, text: *const c_char, address: *mut c_void) -> c_int;
    fn inet_ntop(
        family: c_int,
        address: *const c_void,
        text: *mut c_char,
        len: libc::socklen_t,
    ) -> *const c_char;
    fn hstrerror(code: c_int) -> *const c_char;
}

/// Copies a text of the library; empty for null.
///
/// # Safety
/// Null, or a C string.
unsafe fn text_of(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller says so.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// A name for the library, cut at a NUL.
fn c_name(name: &[u8]) -> CString {
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    CString::new(&name[..end]).unwrap_or_default()
}

fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}

/// Copies a list of pointers that ends with null.
///
/// # Safety
/// The list is one, and each pointer is good for `read`.
unsafe fn list_of(list: *mut *mut c_char, read: impl Fn(*const c_char) -> Vec<u8>) -> Vec<Vec<u8>> {
    let mut items = Vec::new();
    if list.is_null() {
        return items;
    }
    for at in 0.. {
        // SAFETY: no element before this one was the null that ends the list.
        let item = unsafe { *list.add(at) };
        if item.is_null() {
            break;
        }
        items.push(read(item));
    }
    items
}

/// Largest buffer for what the library knows of a host.
const MAX_HOST_BUFFER: usize = 1 << 20;

/// Looks a host up with buffers of growing size.
fn host_entry(
    mut call: impl FnMut(*mut libc::hostent, *mut c_char, usize, *mut *mut libc::hostent, *mut c_int) -> c_int,
) -> Result<HostEntry, HostLookup> {
    let mut size = 16 * 1024;
    loop {
        let mut buffer: Vec<u64> = vec![0; size / size_of::<u64>()];
        // SAFETY: a zeroed hostent has null pointers and numbers.
        let mut entry: libc::hostent = unsafe { std::mem::zeroed() };
        let (mut found, mut error) = (std::ptr::null_mut(), 0);
        let result = call(&raw mut entry, buffer.as_mut_ptr().cast(), size, &raw mut found, &raw mut error);
        if result == libc::ERANGE && size < MAX_HOST_BUFFER {
            size *= 4;
            continue;
        }
        if found.is_null() {
            // SAFETY: the library gives a text that lives as long as the process.
            let message = unsafe { text_of(hstrerror(error)) };
            let message = String::from_utf8_lossy(&message).into_owned();
            return Err(HostLookup { code: error, message });
        }
        let len = entry.h_length as usize;
        // SAFETY: the library filled the entry; what it points to lies in the buffer.
        return Ok(unsafe {
            HostEntry {
                name: text_of(entry.h_name),
                aliases: list_of(entry.h_aliases, |text| text_of(text)),
                family: entry.h_addrtype,
                addresses: list_of(entry.h_addr_list, |address| {
                    std::slice::from_raw_parts(address.cast::<u8>(), len).to_vec()
                }),
            }
        });
    }
}

impl Host {
    /// The addresses of a host and a service, as `getaddrinfo` finds them. May take long; any thread may call it.
    pub fn resolve(
        host: Option<&[u8]>,
        service: Option<&[u8]>,
        family: i32,
        kind: i32,
        protocol: i32,
        flags: i32,
    ) -> Result<Vec<AddressInfo>, GaiError> {
        let (host, service) = (host.map(c_name), service.map(c_name));
        // SAFETY: a zeroed addrinfo has null pointers and numbers.
        let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
        hints.ai_family = family;
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = flags;
        let mut first = std::ptr::null_mut();
        // SAFETY: names and hints live through the call; a list or null is written.
        let code = unsafe {
            libc::getaddrinfo(
                pointer(host.as_ref()),
                pointer(service.as_ref()),
                &raw const hints,
                &raw mut first,
            )
        };
        if code != 0 {
            return Err(GaiError::of(code));
        }
        let mut answers = Vec::new();
        let mut next: *const libc::addrinfo = first;
        // SAFETY: the list is the library's, ends with null, and is freed below, after everything was copied.
        while let Some(entry) = unsafe { next.as_ref() } {
            // SAFETY: as above; each address is as long as its entry says.
            let (address, name) = unsafe {
                let len = entry.ai_addrlen as usize;
                (std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), len), text_of(entry.ai_canonname))
            };
            if let Some(address) = SocketAddress::from_bytes(address) {
                answers.push(AddressInfo {
                    family: entry.ai_family,
                    kind: entry.ai_socktype,
                    protocol: entry.ai_protocol,
                    canonical_name: name,
                    address,
                });
            }
            next = entry.ai_next;
        }
        // SAFETY: the list came from getaddrinfo, and nothing of it is used any more.
        unsafe { libc::freeaddrinfo(first) };
        Ok(answers)
    }

    /// Names of the host and the service of an address, as `getnameinfo` finds them. May take long; any thread may call it.
    pub fn resolve_name(address: &SocketAddress, flags: i32) -> Result<(Vec<u8>, Vec<u8>), GaiError> {
        let (mut host, mut service) = ([0 as c_char; 1025], [0 as c_char; 32]);
        // SAFETY: the address is readable for its length, both names are writable for theirs.
        let code = unsafe {
            libc::getnameinfo(
                address.as_ptr(),
                address.len(),
                host.as_mut_ptr(),
                host.len() as libc::socklen_t,
                service.as_mut_ptr(),
                service.len() as libc::socklen_t,
                flags,
            )
        };
        if code != 0 {
            return Err(GaiError::of(code));
        }
        // SAFETY: the library ended both with NUL.
        Ok(unsafe { (text_of(host.as_ptr()), text_of(service.as_ptr())) })
    }

    /// What `gethostbyname` knows, IPv4 only.
    pub fn host_by_name(name: &[u8]) -> Result<HostEntry, HostLookup> {
        let name = c_name(name);
        // SAFETY: the name lives through the call; `host_entry` passes memory of the lengths it says.
        host_entry(|entry, buffer, len, found, error| unsafe {
            gethostbyname_r(name.as_ptr(), entry, buffer, len, found, error)
        })
    }

    /// What `gethostbyaddr` knows of 4 or 16 bytes.
    pub fn host_by_address(family: i32, address: &[u8]) -> Result<HostEntry, HostLookup> {
        let mut aligned = [0u32; 4];
        for (word, bytes) in aligned.iter_mut().zip(address.chunks(4)) {
            *word = bytes.try_into().map_or(0, u32::from_ne_bytes);
        }
        let address_len = address.len().min(size_of_val(&aligned)) as libc::socklen_t;
        // SAFETY: the address lives through the call and is as long as said; `host_entry` passes memory of the lengths it says.
        host_entry(|entry, buffer, len, found, error| unsafe {
            let address = aligned.as_ptr().cast();
            gethostbyaddr_r(address, address_len, family, entry, buffer, len, found, error)
        })
    }

    /// The port of a service.
    pub fn service_by_name(&self, name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
        let (name, protocol) = (c_name(name), protocol.map(c_name));
        // SAFETY: both names live through the call. The answer is read before anybody else can ask.
        unsafe {
            let entry = libc::getservbyname(name.as_ptr(), pointer(protocol.as_ref()));
            entry.as_ref().map(|entry| u16::from_be(entry.s_port as u16))
        }
    }

    /// The name of the service at a port.
    pub fn service_by_port(&self, port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
        let protocol = protocol.map(c_name);
        // SAFETY: as in `service_by_name`.
        unsafe {
            let entry = libc::getservbyport(port.to_be().into(), pointer(protocol.as_ref()));
            entry.as_ref().map(|entry| text_of(entry.s_name))
        }
    }

    /// The number of a protocol.
    pub fn protocol_by_name(&self, name: &[u8]) -> Option<i32> {
        let name = c_name(name);
        // SAFETY: as in `service_by_name`.
        unsafe { libc::getprotobyname(name.as_ptr()).as_ref().map(|entry| entry.p_proto) }
    }

    /// Numbers and names of the network interfaces.
    pub fn interfaces(&self) -> io::Result<Vec<(u32, Vec<u8>)>> {
        // SAFETY: the library gives a list that ends with index 0 and no name; it is copied, then freed.
        unsafe {
            let list = libc::if_nameindex();
            if list.is_null() {
                return Err(io::Error::last_os_error());
            }
            let mut found = Vec::new();
            let mut next = list;
            while (*next).if_index != 0 || !(*next).if_name.is_null() {
                found.push(((*next).if_index, text_of((*next).if_name)));
                next = next.add(1);
            }
            libc::if_freenameindex(list);
            Ok(found)
        }
    }

    pub fn interface_index(&self, name: &[u8]) -> io::Result<u32> {
        let name = c_name(name);
        // SAFETY: the name lives through the call.
        match unsafe { libc::if_nametoindex(name.as_ptr()) } {
            0 => Err(io::Error::last_os_error()),
            index => Ok(index),
        }
    }

    pub fn interface_name(&self, index: u32) -> io::Result<Vec<u8>> {
        let mut name = [0 as c_char; libc::IF_NAMESIZE];
        // SAFETY: the name has the length that the library wants.
        if unsafe { libc::if_indextoname(index, name.as_mut_ptr()) }.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the library ended it with NUL.
        Ok(unsafe { text_of(name.as_ptr()) })
    }

    /// An IPv4 address in any of its old spellings.
    pub fn ipv4_loosely(&self, text: &[u8]) -> Option<[u8; 4]> {
        let text = c_name(text);
        let mut address = 0;
        // SAFETY: the text lives through the call; four bytes are written.
        (unsafe { inet_aton(text.as_ptr(), &raw mut address) } != 0).then(|| address.to_ne_bytes())
    }

    /// An address of `AF_INET` or `AF_INET6` from its text: `Ok(None)` if it is none.
    pub fn address_from_text(family: i32, text: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let text = c_name(text);
        let mut address = [0u8; 16];
        // SAFETY: the text lives through the call; 4 or 16 bytes are written.
        match unsafe { inet_pton(family, text.as_ptr(), address.as_mut_ptr().cast()) } {
            -1 => Err(io::Error::last_os_error()),
            0 => Ok(None),
            _ => Ok(Some(address[..if family == libc::AF_INET { 4 } else { 16 }].to_vec())),
        }
    }

    /// The text of an address of 4 or 16 bytes.
    pub fn address_text(address: &[u8]) -> String {
        let mut aligned = [0u32; 4];
        for (word, bytes) in aligned.iter_mut().zip(address.chunks(4)) {
            *word = bytes.try_into().map_or(0, u32::from_ne_bytes);
        }
        let family = if address.len() == 4 { libc::AF_INET } else { libc::AF_INET6 };
        let mut text = [0 as c_char; 64];
        let len = text.len() as libc::socklen_t;
        // SAFETY: 4 or 16 bytes are read; the text has room for the longest address, and is ended with NUL.
        let text = unsafe {
            inet_ntop(family, aligned.as_ptr().cast(), text.as_mut_ptr(), len);
            text_of(text.as_ptr())
        };
        String::from_utf8_lossy(&text).into_owned()
    }
}
