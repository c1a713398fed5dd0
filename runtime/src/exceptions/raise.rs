//! Raising from native code.

use crate::PyResult;
use crate::exceptions::Exc;
use crate::heap::Gc;
use crate::objects::exception::Exception;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::text::{ErrorKind, TextError, TextResult};
use crate::value::Value;
use crate::vm::Vm;

/// Marks that an exception is on its way; the exception itself is in the [`Vm`]. Must be returned, or taken with [`Vm::take_raised`].
#[derive(Debug)]
#[must_use]
pub struct Raised(());

impl Vm {
    /// Raises a builtin exception with a message: `return vm.raise(Exc::TypeError, format!(..))`.
    #[cold]
    #[inline(never)]
    pub fn raise<T>(&self, exc: Exc, message: impl Into<String>) -> PyResult<T> {
        let message: String = message.into();
        Err(self.raised_with(exc, &[message.into()]))
    }

    /// Raises a builtin exception without arguments.
    #[cold]
    pub fn raise_bare<T>(&self, exc: Exc) -> PyResult<T> {
        Err(self.raised_with(exc, &[]))
    }

    /// Raises a builtin exception with these arguments.
    #[cold]
    #[inline(never)]
    pub fn raise_args<T>(&self, exc: Exc, args: &[Value]) -> PyResult<T> {
        Err(self.raised_with(exc, args))
    }

    fn raised_with(&self, exc: Exc, args: &[Value]) -> Raised {
        self.set_raised(Exception::new(self, exc, args))
    }

    /// Raises an exception object; an exception being handled becomes its context.
    #[cold]
    pub fn raise_value<T>(&self, exception: Gc<Exception>) -> PyResult<T> {
        Err(self.set_raised(exception))
    }

    /// Puts an exception on its way, with the handled one as its context.
    pub fn set_raised(&self, exception: Gc<Exception>) -> Raised {
        self.chain_context(&exception);
        self.raised.replace(Some(exception));
        Raised(())
    }

    /// Puts an exception on its way again, as it is.
    pub fn reraise(&self, exception: Gc<Exception>) -> Raised {
        self.raised.replace(Some(exception));
        Raised(())
    }

    /// Catches: the exception that `raised` stands for.
    pub fn take_raised(&self, raised: Raised) -> Gc<Exception> {
        let Raised(()) = raised;
        self.raised.take().expect("a Raised marker stands for an exception in the Vm")
    }

    /// Whether the exception on its way is an instance of `exc`; it stays on its way.
    pub fn raised_is(&self, _raised: &Raised, exc: Exc) -> bool {
        let current = self.raised.take();
        let matches =
            current.as_ref().is_some_and(|e| e.header().ty().is_subclass(self.types.exception(exc)));
        self.raised.replace(current);
        matches
    }

    /// Swallows an exception of class `exc`: `Ok(None)` in its place, others pass.
    pub fn catch<T>(&self, result: PyResult<T>, exc: Exc) -> PyResult<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(raised) if self.raised_is(&raised, exc) => {
                drop(self.take_raised(raised));
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    /// Makes the exception being handled the context of one about to be raised, breaking a cycle that would close.
    fn chain_context(&self, exception: &Gc<Exception>) {
        if let Some(handled) = self.handled_exception() {
            self.set_context(exception, handled);
        }
    }

    pub(crate) fn set_context(&self, exception: &Gc<Exception>, handled: Gc<Exception>) {
        if handled.is(exception) {
            return;
        }
        // Cut the chain where it already leads back to the new exception. Floyd's two walkers guard against older cycles.
        let (mut walker, mut slow, mut step) = (handled.clone(), handled.clone(), false);
        while let Some(next) = walker.context() {
            if next.is(exception) {
                walker.set_context(None);
                break;
            }
            walker = next;
            if step {
                match slow.context() {
                    Some(next) => slow = next,
                    None => break,
                }
                if slow.is(&walker) {
                    break;
                }
            }
            step = !step;
        }
        exception.set_context(Some(handled));
    }

    /// KeyError with the key as its argument.
    #[cold]
    pub fn raise_key_error<T>(&self, key: &Value) -> PyResult<T> {
        self.raise_args(Exc::KeyError, std::slice::from_ref(key))
    }

    /// StopIteration with a return value.
    #[cold]
    pub fn raise_stop_iteration<T>(&self, value: Value) -> PyResult<T> {
        if value.is_none() {
            return self.raise_bare(Exc::StopIteration);
        }
        // The one argument is the value even if it is a tuple.
        let exception = Exception::new(self, Exc::StopIteration, &[value]);
        Err(self.set_raised(exception))
    }

    /// TypeError made of a value's class name: `message` has one `{}` for it.
    #[cold]
    #[inline(never)]
    pub fn raise_type_of<T>(&self, message: &str, value: &Value) -> PyResult<T> {
        self.raise(Exc::TypeError, message.replacen("{}", &self.type_name(value), 1))
    }

    /// The OSError subclass for `error`, with CPython's arguments (errno, strerror, filename).
    #[cold]
    pub fn raise_os_error<T>(&self, error: &std::io::Error, filename: Option<&Value>) -> PyResult<T> {
        let code = error.raw_os_error().unwrap_or(0);
        let mut args = vec![Value::small(code as i64), Value::from(os_error_text(error).as_str())];
        args.extend(filename.cloned());
        let class = self.types.exception(os_error_class(code)).clone();
        let exception = self.call(class.as_value(), &args)?;
        match exception.into_gc::<Exception>() {
            Ok(exception) => Err(self.set_raised(exception)),
            Err(_) => self.raise(Exc::SystemError, "an OSError class made no exception"),
        }
    }

    /// Raises what a text engine found wrong.
    #[cold]
    #[inline(never)]
    pub fn raise_text<T>(&self, error: TextError) -> PyResult<T> {
        let exc = match error.kind {
            ErrorKind::Value => Exc::ValueError,
            ErrorKind::Type => Exc::TypeError,
            ErrorKind::Overflow => Exc::OverflowError,
            ErrorKind::Memory => Exc::MemoryError,
            ErrorKind::Index => Exc::IndexError,
            ErrorKind::Key => Exc::KeyError,
            ErrorKind::Lookup => Exc::LookupError,
        };
        if error.message.is_empty() && exc == Exc::MemoryError {
            return self.raise_bare(exc);
        }
        self.raise_args(exc, &[Str::from_wtf8(&error.message).into()])
    }

    /// The result of a text engine, its error raised.
    #[inline]
    pub fn text_result<T>(&self, result: TextResult<T>) -> PyResult<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => self.raise_text(error),
        }
    }

    /// Issues a warning through `warnings.warn`; an error if the filters make it one. `stack_level` 1 is the innermost Python frame.
    #[cold]
    pub fn warn(&self, category: Exc, message: &str, stack_level: i64) -> PyResult<()> {
        let class = self.types.exception(category).to_value();
        self.call_warnings(&self.names.warn, &[message.into(), class, Value::small(stack_level)])
    }

    /// As [`Vm::warn`], about an object.
    #[cold]
    pub fn warn_with_source(
        &self,
        category: Exc,
        message: &str,
        stack_level: i64,
        source: &Value,
    ) -> PyResult<()> {
        let class = self.types.exception(category).to_value();
        let args = [message.into(), class, Value::small(stack_level), source.clone()];
        self.call_warnings(&self.names.warn, &args)
    }

    /// Warns that a coroutine was dropped that had never been awaited.
    #[cold]
    pub fn warn_unawaited_coroutine(&self, coroutine: &Value) -> PyResult<()> {
        let name = self.intern("_warn_unawaited_coroutine");
        self.call_warnings(&name, std::slice::from_ref(coroutine))
    }

    /// Issues a warning about a place in source code.
    #[cold]
    pub fn warn_explicit(&self, category: Exc, message: &str, filename: &str, line: u32) -> PyResult<()> {
        let class = self.types.exception(category).to_value();
        let name = self.intern("warn_explicit");
        self.call_warnings(&name, &[message.into(), class, filename.into(), Value::small(line as i64)])
    }

    fn call_warnings(&self, function: &Gc<Str>, args: &[Value]) -> PyResult<()> {
        let name = &self.names.warnings;
        let module = match self.modules.get_str(name) {
            Some(module) => module,
            None => {
                // Before there are imports, there is nobody to warn.
                let Some(import) = self.builtins.get_str(&self.names.__import__) else { return Ok(()) };
                self.call(&import, &[name.to_value()])?
            }
        };
        self.call_method(&module, function, args).map(drop)
    }

    /// A tuple of values.
    pub fn tuple(&self, items: &[Value]) -> Value {
        Tuple::from_slice(items).into()
    }
}

/// What `os.strerror` says, without Rust's suffix.
pub fn os_error_text(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

/// PEP 3151: the class an errno raises.
pub fn os_error_class(errno: i32) -> Exc {
    match errno {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => Exc::BlockingIOError,
        libc::ECHILD => Exc::ChildProcessError,
        libc::EPIPE | libc::ESHUTDOWN => Exc::BrokenPipeError,
        libc::ECONNABORTED => Exc::ConnectionAbortedError,
        libc::ECONNREFUSED => Exc::ConnectionRefusedError,
        libc::ECONNRESET => Exc::ConnectionResetError,
        libc::EEXIST => Exc::FileExistsError,
        libc::ENOENT => Exc::FileNotFoundError,
        libc::EINTR => Exc::InterruptedError,
        libc::EISDIR => Exc::IsADirectoryError,
        libc::ENOTDIR => Exc::NotADirectoryError,
        libc::EACCES | libc::EPERM => Exc::PermissionError,
        libc::ESRCH => Exc::ProcessLookupError,
        libc::ETIMEDOUT => Exc::TimeoutError,
        _ => Exc::OSError,
    }
}
