//! `termios`: settings of terminals.

use ouro_runtime::host::TerminalSettings;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::{Args, Exc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::{int32, int64};
use crate::posix::path::fileno;

pub static MODULE: NativeModule = NativeModule {
    name: "termios",
    doc: "This module provides an interface to the Posix calls for tty I/O control.\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control.\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
    functions: &[
        NativeFn::new("tcgetattr(fd, /)", tcgetattr).doc("Get the tty attributes for file descriptor fd."),
        NativeFn::new("tcsetattr(fd, when, attributes, /)", tcsetattr)
            .doc("Set the tty attributes for file descriptor fd."),
        NativeFn::new("tcsendbreak(fd, duration, /)", |vm, args| {
            let (fd, duration) = (fileno(vm, args.value(0))?, int32(vm, args.value(1))?);
            done(vm, vm.host.send_break(fd, duration))
        })
        .doc("Send a break on file descriptor fd."),
        NativeFn::new("tcdrain(fd, /)", |vm, args| {
            let fd = fileno(vm, args.value(0))?;
            done(vm, vm.host.drain_terminal(fd))
        })
        .doc("Wait until all output written to file descriptor fd has been transmitted."),
        NativeFn::new("tcflush(fd, queue, /)", |vm, args| {
            let (fd, queue) = (fileno(vm, args.value(0))?, int32(vm, args.value(1))?);
            done(vm, vm.host.flush_terminal(fd, queue))
        })
        .doc("Discard queued data on file descriptor fd."),
        NativeFn::new("tcflow(fd, action, /)", |vm, args| {
            let (fd, action) = (fileno(vm, args.value(0))?, int32(vm, args.value(1))?);
            done(vm, vm.host.control_flow(fd, action))
        })
        .doc("Suspend or resume input or output on file descriptor fd."),
        NativeFn::new("tcgetwinsize(fd, /)", |vm, args| {
            let fd = fileno(vm, args.value(0))?;
            let (columns, lines) = failing(vm, vm.host.terminal_size(fd))?;
            Ok(vm.tuple(&[Value::small(lines.into()), Value::small(columns.into())]))
        })
        .doc("Get the tty winsize for file descriptor fd."),
        NativeFn::new("tcsetwinsize(fd, winsize, /)", |vm, args| {
            let fd = fileno(vm, args.value(0))?;
            let size = vm.is_iterable(args.value(1)).then(|| vm.collect(args.value(1))).transpose()?;
            let Some([lines, columns]) = size.as_deref() else {
                return vm.raise(Exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
            };
            let size = |value: &Value| -> PyResult<u16> {
                match u16::try_from(int64(vm, value, "long")?) {
                    Ok(size) => Ok(size),
                    Err(_) => vm.raise(Exc::OverflowError, "winsize value(s) out of range."),
                }
            };
            let (lines, columns) = (size(lines)?, size(columns)?);
            done(vm, vm.host.set_terminal_size(fd, columns, lines))
        })
        .doc("Set the tty winsize for file descriptor fd."),
    ],
    init: Some(|vm, module| {
        for &(name, number) in NUMBERS.iter().chain(OTHER_NUMBERS) {
            module.set(vm, name, Value::int(number));
        }
        crate::errors::define(vm, module, "termios", "error", vm.types.exception(Exc::Exception))
    }),
    ..NativeModule::DEFAULT
};

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static NUMBERS: &[(&str, i64)] = numbers! {
    B0 B1000000 B110 B115200 B1152000 B1200 B134 B150 B1500000 B1800 B19200 B200 B2000000 B230400 B2400 B2500000 B300
    B3000000 B3500000 B38400 B4000000 B460800 B4800 B50 B500000 B57600 B576000 B600 B75 B921600 B9600 BRKINT BS0 BS1
    BSDLY CBAUD CBAUDEX CIBAUD CLOCAL CR0 CR1 CR2 CR3 CRDLY CREAD CRTSCTS CS5 CS6 CS7 CS8 CSIZE CSTOPB ECHO ECHOCTL
    ECHOE ECHOK ECHOKE ECHONL ECHOPRT EXTA EXTB EXTPROC FF0 FF1 FFDLY FIOASYNC FIOCLEX FIONBIO FIONCLEX FIONREAD FLUSHO
    HUPCL ICANON ICRNL IEXTEN IGNBRK IGNCR IGNPAR IMAXBEL INLCR INPCK ISIG ISTRIP IUTF8 IXANY IXOFF IXON NCCS NL0 NL1
    NLDLY NOFLSH OCRNL OFDEL OFILL OLCUC ONLCR ONLRET ONOCR OPOST PARENB PARMRK PARODD PENDIN TAB0 TAB1 TAB2 TAB3
    TABDLY TCGETS TCIFLUSH TCIOFF TCIOFLUSH TCION TCOFLUSH TCOOFF TCOON TCSADRAIN TCSAFLUSH TCSANOW TCSBRK TCSBRKP
    TCSETS TCSETSF TCSETSW TCXONC TCFLSH TIOCCONS TIOCEXCL TIOCGETD TIOCGLCKTRMIOS TIOCGPGRP TIOCGSERIAL TIOCGSOFTCAR
    TIOCGWINSZ TIOCINQ TIOCLINUX TIOCMBIC TIOCMBIS TIOCMGET TIOCMIWAIT TIOCMSET TIOCM_CAR TIOCM_CD TIOCM_CTS TIOCM_DSR
    TIOCM_DTR TIOCM_LE TIOCM_RI TIOCM_RNG TIOCM_RTS TIOCM_SR TIOCM_ST TIOCNOTTY TIOCNXCL TIOCOUTQ TIOCPKT TIOCSCTTY
    TIOCSERCONFIG TIOCSERGETLSR TIOCSERGETMULTI TIOCSERGSTRUCT TIOCSERGWILD TIOCSERSETMULTI TIOCSERSWILD TIOCSETD
    TIOCSLCKTRMIOS TIOCSPGRP TIOCSSERIAL TIOCSSOFTCAR TIOCSTI TIOCSWINSZ TIOCGICOUNT TOSTOP VDISCARD VEOF VEOL VEOL2
    VERASE VINTR VKILL VLNEXT VMIN VQUIT VREPRINT VSTART VSTOP VSUSP VSWTC VT0 VT1 VTDLY VTIME VWERASE XTABS
};

/// Those that the C library's bindings name otherwise, or not at all.
static OTHER_NUMBERS: &[(&str, i64)] = &[
    ("B14400", 14_400),
    ("B28800", 28_800),
    ("B7200", 7_200),
    ("B76800", 76_800),
    ("CDSUSP", 25),
    ("CEOF", 4),
    ("CEOL", 0),
    ("CEOT", 4),
    ("CERASE", 127),
    ("CFLUSH", 15),
    ("CINTR", 3),
    ("CKILL", 21),
    ("CLNEXT", 22),
    ("CQUIT", 28),
    ("CRPRNT", 18),
    ("CSTART", 17),
    ("CSTOP", 19),
    ("CSUSP", 26),
    ("CWERASE", 23),
    ("IBSHIFT", 16),
    ("IOCSIZE_MASK", 0x3fff_0000),
    ("IOCSIZE_SHIFT", 16),
    ("IUCLC", 512),
    ("N_MOUSE", 2),
    ("N_PPP", 3),
    ("N_SLIP", 1),
    ("N_STRIP", 4),
    ("N_TTY", 0),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_DOSTOP", 32),
    ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_NOSTOP", 16),
    ("TIOCPKT_START", 8),
    ("TIOCPKT_STOP", 4),
    ("TIOCSER_TEMT", 1),
    ("VSWTCH", 7),
    ("XCASE", 4),
    ("_POSIX_VDISABLE", 0),
];

/// Raises `termios.error` for what the system refused.
fn failing<T>(vm: &Vm, result: std::io::Result<T>) -> PyResult<T> {
    let error = match result {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let module = vm.import_module("termios")?;
    let class = vm.get_attr_named(&module, "error")?;
    let text = ouro_runtime::exceptions::os_error_text(&error);
    let arguments = [Value::small(error.raw_os_error().unwrap_or(0).into()), text.as_str().into()];
    match vm.call(&class, &arguments)?.into_gc() {
        Ok(exception) => vm.raise_value(exception),
        Err(_) => vm.raise_os_error(&error, None),
    }
}

fn done(vm: &Vm, result: std::io::Result<()>) -> PyResult {
    failing(vm, result)?;
    Ok(Value::NONE)
}

fn tcgetattr(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = fileno(vm, args.value(0))?;
    let settings = failing(vm, vm.host.terminal_settings(fd))?;
    let mut characters: Vec<Value> =
        settings.characters.iter().map(|&byte| Bytes::new(&[byte]).into()).collect();
    if settings.flags[3] & libc::ICANON == 0 {
        // Then these two are numbers.
        for index in [libc::VMIN, libc::VTIME] {
            characters[index] = Value::small(settings.characters[index].into());
        }
    }
    let mut items: Vec<Value> =
        settings.flags.iter().chain(&settings.speeds).map(|&number| Value::int(number.into())).collect();
    items.push(List::new(characters).into());
    Ok(List::new(items).into())
}

fn tcsetattr(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = fileno(vm, args.value(0))?;
    let when = int32(vm, args.value(1))?;
    let given = args.value(2).downcast::<List>().map(|list| vm.collect(list.as_value())).transpose()?;
    let Some([input, output, control, local, input_speed, output_speed, characters]) = given.as_deref()
    else {
        return vm.raise(Exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    };
    let number = |value: &Value| -> PyResult<u32> { Ok(int64(vm, value, "unsigned long")? as u32) };
    let mut settings: TerminalSettings = failing(vm, vm.host.terminal_settings(fd))?;
    settings.flags = [number(input)?, number(output)?, number(control)?, number(local)?];
    settings.speeds = [number(input_speed)?, number(output_speed)?];
    let characters = match characters.downcast::<List>() {
        Some(list) => vm.collect(list.as_value())?,
        None => Vec::new(),
    };
    if characters.len() != settings.characters.len() {
        let n = settings.characters.len();
        return vm.raise(Exc::TypeError, format!("tcsetattr: attributes[6] must be {n} element list"));
    }
    for (target, given) in settings.characters.iter_mut().zip(&characters) {
        *target = match given.downcast::<Bytes>().map(|bytes| bytes.as_slice()) {
            Some(&[byte]) => byte,
            None if int::is_int(given) => int64(vm, given, "long")? as u8,
            _ => {
                let message = "tcsetattr: elements of attributes must be characters or integers";
                return vm.raise(Exc::TypeError, message);
            }
        };
    }
    done(vm, vm.host.set_terminal_settings(fd, when, &settings))
}
