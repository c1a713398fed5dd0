//! How records reach a connection and leave it: through two `MemoryBIO`s, or a socket's descriptor.

use std::cell::{Cell, RefCell};

use ouro_runtime::heap::weak::WeakRef;
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

use super::bio::Bio;
use super::errors::{Fault, line};
use crate::socket::attempt::wait_until;
use crate::socket::object::Socket;
use crate::thread::waiters::Waiters;

/// The ends of a connection: `incoming` and `outgoing`, or `socket`, a weak reference.
pub struct Transport {
    pub incoming: Option<Value>,
    pub outgoing: Option<Value>,
    pub socket: Option<Value>,
    /// The record that is coming in.
    pub partial: RefCell<Vec<u8>>,
    /// Records that the socket has not taken yet.
    unsent: RefCell<Vec<u8>>,
    n_sent: Cell<usize>,
    /// A thread is sending, and others wait for that.
    is_sending: Cell<bool>,
    senders: Waiters,
}

/// How long an operation may take, and where it says that it failed.
pub struct Operation {
    pub line: u32,
    pub fd: i32,
    /// In nanoseconds; below zero without limit, 0 not at all.
    timeout: i64,
    deadline: Option<i64>,
}

impl Operation {
    /// Waits until the descriptor is ready.
    fn wait(&mut self, vm: &Vm, events: i16) -> PyResult<()> {
        if self.timeout >= 0 {
            self.deadline.get_or_insert_with(|| vm.host.monotonic().saturating_add(self.timeout));
        }
        if wait_until(vm, self.fd, events, self.deadline)? {
            return Ok(());
        }
        let message = match self.line {
            line::HANDSHAKE => "_ssl.c:1112: The handshake operation timed out",
            line::WRITE => "The write operation timed out",
            _ => "The read operation timed out",
        };
        vm.raise(Exc::TimeoutError, message)
    }
}

impl Transport {
    pub fn of_bios(incoming: Value, outgoing: Value) -> Transport {
        Transport { incoming: Some(incoming), outgoing: Some(outgoing), ..Transport::of_socket(None) }
    }

    pub fn of_socket(socket: Option<Value>) -> Transport {
        Transport {
            incoming: None,
            outgoing: None,
            socket,
            partial: RefCell::default(),
            unsent: RefCell::default(),
            n_sent: Cell::new(0),
            is_sending: Cell::new(false),
            senders: Waiters::default(),
        }
    }

    /// The socket, while it lives.
    pub fn socket(&self) -> Option<Value> {
        self.socket.as_ref()?.downcast::<WeakRef>()?.target()
    }

    fn bio(end: &Option<Value>) -> Option<&Gc<Bio>> {
        end.as_ref()?.downcast::<Bio>()
    }

    /// Begins an operation.
    ///
    /// # Errors
    /// SSLError if the socket is gone.
    pub fn begin(&self, vm: &Vm, line: u32) -> PyResult<Operation> {
        if self.incoming.is_some() {
            return Ok(Operation { line, fd: -1, timeout: 0, deadline: None });
        }
        let socket = self.socket();
        match socket.as_ref().and_then(|socket| socket.downcast::<Socket>()) {
            Some(socket) if socket.fd.get() >= 0 => {
                Ok(Operation { line, fd: socket.fd.get(), timeout: socket.timeout.get(), deadline: None })
            }
            _ => {
                let text = "Underlying socket connection gone";
                let text = if socket.is_some() { "Underlying socket has been closed." } else { text };
                Fault::plain("SSLError", 0, text).raise(vm, line)
            }
        }
    }

    /// Reads until the record that comes in has `length` bytes; false at the end of the stream.
    ///
    /// # Errors
    /// SSLWantReadError, TimeoutError, what the system says, what signal handlers raise.
    pub fn fill(&self, vm: &Vm, operation: &mut Operation, length: usize) -> PyResult<bool> {
        loop {
            let missing = length.saturating_sub(self.partial.borrow().len());
            if missing == 0 {
                return Ok(true);
            }
            if let Some(bio) = Transport::bio(&self.incoming) {
                if bio.is_empty() {
                    if bio.eof.get() {
                        return Ok(false);
                    }
                    return Fault::want_read().raise(vm, operation.line);
                }
                self.partial.borrow_mut().extend(bio.take(missing));
                continue;
            }
            let mut buffer = vec![0; missing];
            match vm.blocking(|host| host.read(operation.fd, &mut buffer)) {
                Ok(0) => return Ok(false),
                Ok(n) => self.partial.borrow_mut().extend_from_slice(&buffer[..n]),
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => vm.check_signals()?,
                    Some(libc::EAGAIN) if operation.timeout == 0 => {
                        vm.descriptor_drained(operation.fd, ouro_runtime::event_loop::watch::Direction::Read);
                        return Fault::want_read().raise(vm, operation.line);
                    }
                    Some(libc::EAGAIN) => operation.wait(vm, libc::POLLIN)?,
                    _ => return vm.raise_os_error(&error, None),
                },
            }
        }
    }

    /// Takes records to be sent.
    pub fn put(&self, records: Vec<u8>) {
        if records.is_empty() {
            return;
        }
        if let Some(bio) = Transport::bio(&self.outgoing) {
            bio.put(&records);
        } else {
            self.unsent.borrow_mut().extend(records);
        }
    }

    pub fn has_unsent(&self) -> bool {
        !self.unsent.borrow().is_empty()
    }

    /// Sends what there is; as much as goes at once if `patient` is false.
    ///
    /// # Errors
    /// SSLWantWriteError, TimeoutError, what the system says, what signal handlers raise.
    pub fn flush(&self, vm: &Vm, operation: &mut Operation, patient: bool) -> PyResult<()> {
        while self.has_unsent() {
            // Records must not get between each other: who sends from another thread waits for its turn.
            self.senders.wait(vm, None, || !self.is_sending.replace(true))?;
            let unsent = self.unsent.take();
            let result = vm.blocking(|host| host.write(operation.fd, &unsent[self.n_sent.get()..]));
            let newer = self.unsent.replace(unsent);
            self.unsent.borrow_mut().extend(newer);
            self.is_sending.set(false);
            self.senders.call_one();
            match result {
                Ok(n) => {
                    let sent = self.n_sent.get() + n;
                    self.n_sent.set(sent);
                    if sent >= self.unsent.borrow().len() {
                        self.unsent.borrow_mut().clear();
                        self.n_sent.set(0);
                    }
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => vm.check_signals()?,
                    _ if !patient => return Ok(()),
                    Some(libc::EAGAIN) if operation.timeout == 0 => {
                        vm.descriptor_drained(
                            operation.fd,
                            ouro_runtime::event_loop::watch::Direction::Write,
                        );
                        return Fault::want_write().raise(vm, operation.line);
                    }
                    Some(libc::EAGAIN) => operation.wait(vm, libc::POLLOUT)?,
                    _ => return vm.raise_os_error(&error, None),
                },
            }
        }
        Ok(())
    }
}
