//! `errno`: names of the system's error numbers.

use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Gc, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "errno",
    doc: "This module makes available standard errno system symbols.\n\nThe value of each symbol is the corresponding integer value.",
    init: Some(init),
    ..NativeModule::DEFAULT
};

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
}

/// Where two names share a number, the later one is what `errorcode` has.
static ERRORS: &[(&str, i32)] = numbers! {
    ENODEV ENOCSI EHOSTUNREACH ENOMSG EUCLEAN EL2NSYNC EL2HLT ENODATA ENOTBLK ENOSYS EPIPE EINVAL EOVERFLOW EADV EINTR EUSERS
    ENOTEMPTY ENOBUFS EPROTO EREMOTE ENAVAIL ECHILD ELOOP EXDEV E2BIG ESRCH EMSGSIZE EAFNOSUPPORT EBADR EHOSTDOWN EPFNOSUPPORT
    ENOPROTOOPT EBUSY EWOULDBLOCK EAGAIN EBADFD EDOTDOT EISCONN ENOTCONN ESHUTDOWN ELIBMAX EBADF ENOSR ETIME EMULTIHOP EFBIG
    EADDRINUSE EHWPOISON EADDRNOTAVAIL ELIBBAD EDESTADDRREQ ENOTSUP EOPNOTSUPP ENOTSOCK EL3HLT ENOTNAM EBADRQC EKEYEXPIRED
    EKEYREJECTED EKEYREVOKED EMEDIUMTYPE ENOMEDIUM ENOKEY ENOTRECOVERABLE EOWNERDEAD ERFKILL EILSEQ ECHRNG EDQUOT EREMCHG
    ELIBACC EPERM EXFULL EACCES EISNAM EMFILE EMLINK ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOANO ENODEV ENOENT
    ENOEXEC ENOLCK ENOLINK ENOMEM ENONET ENOPKG ENOSPC ENOSTR ENOTDIR ENOTTY ENOTUNIQ ENXIO EPROTONOSUPPORT EPROTOTYPE ERANGE
    ERESTART EROFS ESOCKTNOSUPPORT ESPIPE ESRMNT ESTALE ESTRPIPE ETIMEDOUT ETOOMANYREFS ETXTBSY EUNATCH EALREADY EBADE EBADMSG
    EBADSLT EBFONT ECANCELED ECOMM ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDEADLOCK EDOM EEXIST EFAULT EIDRM EINPROGRESS
    EIO EISDIR EL3RST ELIBEXEC ELIBSCN ELNRNG EREMOTEIO
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let codes = Dict::new();
    for &(name, number) in ERRORS {
        module.set(vm, name, Value::small(number.into()));
        codes.insert(vm, Value::small(number.into()), vm.intern(name).into())?;
    }
    module.set(vm, "errorcode", codes);
    Ok(())
}
