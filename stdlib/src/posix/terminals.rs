//! Pseudo-terminals, and the processes in front of a terminal.

use ouro_runtime::{NativeFn, Value};

use super::path::fileno;
use crate::convert::int32;
use crate::errors::os;
use crate::os_path;

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("openpty()", |vm, _| {
        let (controller, terminal) = os(vm, vm.host.open_terminal_pair())?;
        Ok(vm.tuple(&[Value::small(controller.into()), Value::small(terminal.into())]))
    })
    .doc("Open a pseudo-terminal.\n\nReturn a tuple of (master_fd, slave_fd) containing open file descriptors\nfor both the master and slave ends."),
    NativeFn::new("posix_openpt(oflag, /)", |vm, args| {
        let flags = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.open_pseudo_terminal(flags | libc::O_CLOEXEC))?.into()))
    })
    .doc("Open and return a file descriptor for a master pseudo-terminal device."),
    NativeFn::new("grantpt(fd, /)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        os(vm, vm.host.grant_pseudo_terminal(fd))?;
        Ok(Value::NONE)
    })
    .doc("Grant access to the slave pseudo-terminal device."),
    NativeFn::new("unlockpt(fd, /)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        os(vm, vm.host.unlock_pseudo_terminal(fd))?;
        Ok(Value::NONE)
    })
    .doc("Unlock a pseudo-terminal master/slave pair."),
    NativeFn::new("ptsname(fd, /)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        let name = os(vm, vm.host.pseudo_terminal_name(fd))?;
        Ok(os_path::decode(vm, &name)?.into())
    })
    .doc("Return the name of the slave pseudo-terminal device."),
    NativeFn::new("login_tty(fd, /)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        os(vm, vm.host.log_in_terminal(fd))?;
        Ok(Value::NONE)
    })
    .doc("Prepare the tty of which fd is a file descriptor for a new login session."),
    NativeFn::new("tcgetpgrp(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.foreground_group(fd))?.into()))
    })
    .doc("Return the process group associated with the terminal specified by fd."),
    NativeFn::new("tcsetpgrp(fd, pgid, /)", |vm, args| {
        let (fd, group) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        os(vm, vm.host.set_foreground_group(fd, group))?;
        Ok(Value::NONE)
    })
    .doc("Set the process group associated with the terminal specified by fd."),
];
