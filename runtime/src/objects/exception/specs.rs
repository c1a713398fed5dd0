//! Descriptions of all builtin exception classes, by [`Exc`], and their making.

use super::{Exception, base, group, os_error, simple, syntax_error, unicode_error};
use crate::class::{Type, TypeSpec, build, type_flags};
use crate::exceptions::{BUILTIN_EXCEPTIONS, Exc};
use crate::heap::PayloadVtable;
use crate::native::NativeFn;
use crate::{Gc, Vm};

const N: usize = BUILTIN_EXCEPTIONS.len();

static SPECS: [TypeSpec; N] = {
    const EMPTY: TypeSpec = TypeSpec::DEFAULT;
    let mut specs = [EMPTY; N];
    let mut at = 0;
    while at < N {
        specs[at] = describe(Exc::ALL[at]);
        specs[at].name = BUILTIN_EXCEPTIONS[at].name;
        if has_own_new(Exc::ALL[at]) {
            specs[at].new = Some(NativeFn::new(BUILTIN_EXCEPTIONS[at].name, base::new));
        }
        specs[at].flags = type_flags::BASE_TYPE | type_flags::HAS_DICT;
        at += 1;
    }
    specs
};

/// Whether `__new__` is in the class's own dict though it does what the base's does.
const fn has_own_new(exc: Exc) -> bool {
    let spec = &BUILTIN_EXCEPTIONS[exc as usize];
    let unicode = matches!(
        exc,
        Exc::UnicodeDecodeError | Exc::UnicodeEncodeError | Exc::UnicodeTranslateError | Exc::BaseException
    );
    unicode || spec.fields.is_empty() && !matches!(exc, Exc::KeyError)
}

/// What is particular about a class: its doc, and what its file defines.
const fn describe(exc: Exc) -> TypeSpec {
    let own = match exc {
        Exc::BaseException => return base::SPEC,
        Exc::BaseExceptionGroup => group::BASE,
        Exc::SystemExit => simple::SYSTEM_EXIT,
        Exc::StopIteration => simple::STOP_ITERATION,
        Exc::AttributeError => simple::ATTRIBUTE_ERROR,
        Exc::ImportError => simple::IMPORT_ERROR,
        Exc::KeyError => simple::KEY_ERROR,
        Exc::NameError => simple::NAME_ERROR,
        Exc::OSError => os_error::SPEC,
        Exc::SyntaxError => syntax_error::SPEC,
        Exc::UnicodeDecodeError => unicode_error::DECODE,
        Exc::UnicodeEncodeError => unicode_error::ENCODE,
        Exc::UnicodeTranslateError => unicode_error::TRANSLATE,
        _ => TypeSpec::DEFAULT,
    };
    TypeSpec { doc: doc(exc), ..own }
}

const fn doc(exc: Exc) -> &'static str {
    match exc {
        Exc::BaseException => "Common base class for all exceptions",
        Exc::ArithmeticError => "Base class for arithmetic errors.",
        Exc::AssertionError => "Assertion failed.",
        Exc::AttributeError => "Attribute not found.",
        Exc::BaseExceptionGroup => "A combination of multiple unrelated exceptions.",
        Exc::BlockingIOError => "I/O operation would block.",
        Exc::BrokenPipeError => "Broken pipe.",
        Exc::BufferError => "Buffer error.",
        Exc::BytesWarning => {
            "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str."
        }
        Exc::ChildProcessError => "Child process error.",
        Exc::ConnectionAbortedError => "Connection aborted.",
        Exc::ConnectionError => "Connection error.",
        Exc::ConnectionRefusedError => "Connection refused.",
        Exc::ConnectionResetError => "Connection reset.",
        Exc::DeprecationWarning => "Base class for warnings about deprecated features.",
        Exc::EOFError => "Read beyond end of file.",
        Exc::EncodingWarning => "Base class for warnings about encodings.",
        Exc::Exception => "Common base class for all non-exit exceptions.",
        Exc::FileExistsError => "File already exists.",
        Exc::FileNotFoundError => "File not found.",
        Exc::FloatingPointError => "Floating-point operation failed.",
        Exc::FutureWarning => {
            "Base class for warnings about constructs that will change semantically\nin the future."
        }
        Exc::GeneratorExit => "Request that a generator exit.",
        Exc::ImportError => "Import can't find module, or can't find name in module.",
        Exc::ImportWarning => "Base class for warnings about probable mistakes in module imports",
        Exc::IndentationError => "Improper indentation.",
        Exc::IndexError => "Sequence index out of range.",
        Exc::InterruptedError => "Interrupted by signal.",
        Exc::IsADirectoryError => "Operation doesn't work on directories.",
        Exc::KeyError => "Mapping key not found.",
        Exc::KeyboardInterrupt => "Program interrupted by user.",
        Exc::LookupError => "Base class for lookup errors.",
        Exc::MemoryError => "Out of memory.",
        Exc::ModuleNotFoundError => "Module not found.",
        Exc::NameError => "Name not found globally.",
        Exc::NotADirectoryError => "Operation only works on directories.",
        Exc::NotImplementedError => "Method or function hasn't been implemented yet.",
        Exc::OSError => "Base class for I/O related errors.",
        Exc::OverflowError => "Result too large to be represented.",
        Exc::PendingDeprecationWarning => {
            "Base class for warnings about features which will be deprecated\nin the future."
        }
        Exc::PermissionError => "Not enough permissions.",
        Exc::ProcessLookupError => "Process not found.",
        Exc::PythonFinalizationError => "Operation blocked during Python finalization.",
        Exc::RecursionError => "Recursion limit exceeded.",
        Exc::ReferenceError => "Weak ref proxy used after referent went away.",
        Exc::ResourceWarning => "Base class for warnings about resource usage.",
        Exc::RuntimeError => "Unspecified run-time error.",
        Exc::RuntimeWarning => "Base class for warnings about dubious runtime behavior.",
        Exc::StopAsyncIteration => "Signal the end from iterator.__anext__().",
        Exc::StopIteration => "Signal the end from iterator.__next__().",
        Exc::SyntaxError => "Invalid syntax.",
        Exc::SyntaxWarning => "Base class for warnings about dubious syntax.",
        Exc::SystemError => {
            "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version."
        }
        Exc::SystemExit => "Request to exit from the interpreter.",
        Exc::TabError => "Improper mixture of spaces and tabs.",
        Exc::TimeoutError => "Timeout expired.",
        Exc::TypeError => "Inappropriate argument type.",
        Exc::UnboundLocalError => "Local name referenced but not bound to a value.",
        Exc::UnicodeDecodeError => "Unicode decoding error.",
        Exc::UnicodeEncodeError => "Unicode encoding error.",
        Exc::UnicodeError => "Unicode related error.",
        Exc::UnicodeTranslateError => "Unicode translation error.",
        Exc::UnicodeWarning => {
            "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems."
        }
        Exc::UserWarning => "Base class for warnings generated by user code.",
        Exc::ValueError => "Inappropriate argument value (of correct type).",
        Exc::Warning => "Base class for warning categories.",
        Exc::ZeroDivisionError => "Second argument to a division or modulo operation was zero.",
        Exc::IncompleteInputError => "incomplete input.",
    }
}

/// The description of a class.
pub fn spec_of(exc: Exc) -> &'static TypeSpec {
    &SPECS[exc as usize]
}

/// Which builtin class an exception class is or derives from: of several, the one with most attributes of its own.
pub fn builtin_of(_vm: &Vm, class: &Gc<Type>) -> Exc {
    let mro = class.mro.borrow();
    let mut found: Option<Exc> = None;
    for exc in mro.iter().filter_map(|class| exc_of(class)) {
        if found.is_none_or(|best| exc.spec().fields.len() > best.spec().fields.len()) {
            found = Some(exc);
        }
    }
    found.unwrap_or(Exc::BaseException)
}

/// The place of a builtin class's description in the table; `ExceptionGroup` has none of its own.
fn exc_of(class: &Type) -> Option<Exc> {
    let spec = class.spec.filter(|_| !class.is_heap_type())?;
    let offset = (std::ptr::from_ref(spec) as usize).checked_sub(SPECS.as_ptr() as usize)?;
    Exc::ALL.get(offset / size_of::<TypeSpec>()).copied()
}

/// Makes all builtin exception classes; part of start-up, after `object`, `type` and the containers.
pub(crate) fn make_classes(vm: &Vm) {
    let vtable = PayloadVtable::of::<Exception>();
    let make = |spec: &'static TypeSpec, bases: &[Gc<Type>]| {
        build::new_builtin(vm, spec, vtable, bases).expect("builtin bases fit")
    };
    for &exc in Exc::ALL {
        let base = match exc.spec().base {
            Some(base) => vm.types.exception(base).clone(),
            None => vm.types.object().clone(),
        };
        vm.types.set_exception(exc, make(spec_of(exc), &[base]));
    }
    let bases = [Exc::BaseExceptionGroup, Exc::Exception].map(|base| vm.types.exception(base).clone());
    let class = make(&group::EXCEPTION_GROUP, &bases);
    assert!(vm.types.exception_group.set(class).is_ok(), "ExceptionGroup is made once");
}
