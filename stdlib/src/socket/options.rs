//! `getsockopt` and `setsockopt`.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::object::Socket;
use super::{check_count, masked_u32, masked_u64};
use crate::errors::os;

/// Longest option that can be asked for.
const MAX_OPTION: i32 = 1024;

pub fn getsockopt(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "getsockopt", 2, 3)?;
    let socket = args.this::<Socket>();
    let (level, name) = (vm.c_int_argument(args.value(1))?, vm.c_int_argument(args.value(2))?);
    let len = args.get(3).map_or(Ok(0), |len| vm.c_int_argument(len))?;
    let fd = socket.fd.get();
    if len == 0 {
        if socket.family.get() == libc::AF_VSOCK {
            let mut value = [0; 8];
            os(vm, vm.host.socket_option(fd, level, name, &mut value))?;
            return Ok(ouro_runtime::objects::int::new_i128(u64::from_ne_bytes(value).into()));
        }
        return Ok(Value::small(os(vm, vm.host.socket_option_int(fd, level, name))?.into()));
    }
    if !(0..=MAX_OPTION).contains(&len) {
        return vm.raise(Exc::OSError, "getsockopt buflen out of range");
    }
    let mut value = vec![0; len as usize];
    let found = os(vm, vm.host.socket_option(fd, level, name, &mut value))?;
    value.truncate(found);
    Ok(Bytes::from_vec(value).into())
}

pub fn setsockopt(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    let n = args.len() - 1;
    let numbers = |up_to: usize| -> PyResult<Vec<i32>> {
        (1..=up_to).map(|at| vm.c_int_argument(args.value(at))).collect()
    };
    let fd = socket.fd.get();
    if n == 4 && args.value(3).is_none() {
        let found = numbers(2).and_then(|numbers| Ok((numbers, masked_u32(vm, args.value(4))?)));
        // What does not fit this form is told as not fitting the other.
        if let Some((numbers, len)) = vm.catch(found, Exc::Exception)? {
            os(vm, vm.host.set_socket_option_null(fd, numbers[0], numbers[1], len))?;
            return Ok(Value::NONE);
        }
    }
    check_count(vm, &args, 1, "setsockopt", 3, 3)?;
    if socket.family.get() == libc::AF_VSOCK {
        let found = numbers(2).and_then(|numbers| Ok((numbers, masked_u64(vm, args.value(3))?)));
        if let Some((numbers, value)) = vm.catch(found, Exc::Exception)? {
            os(vm, vm.host.set_socket_option(fd, numbers[0], numbers[1], &value.to_ne_bytes()))?;
            return Ok(Value::NONE);
        }
    }
    let found = numbers(3);
    if let Some(numbers) = vm.catch(found, Exc::Exception)? {
        os(vm, vm.host.set_socket_option(fd, numbers[0], numbers[1], &numbers[2].to_ne_bytes()))?;
        return Ok(Value::NONE);
    }
    let numbers = numbers(2)?;
    let value = vm.bytes_argument(args.value(3))?.to_vec();
    os(vm, vm.host.set_socket_option(fd, numbers[0], numbers[1], &value))?;
    Ok(Value::NONE)
}
