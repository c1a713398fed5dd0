//! Calling classes whose instances native code makes, with the arguments left where they lie.
//!
//! `__new__` and `__init__` in Rust want the class or the instance in front of the arguments. The word there is the last one of the
//! call window's header, which owns nothing before the call: class and instance are put into it one after the other.

use super::Vm;
use super::dispatch::Called;
use super::frame::{Frame, HEADER_WORDS};
use crate::PyResult;
use crate::class::new_object::{self, Bindable, call_bound};
use crate::class::special::slot_functions;
use crate::class::{InitFn, NewFn, Type, type_flags};
use crate::heap::Gc;
use crate::native::Args;
use crate::objects::code::CallKind;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::set::Set;
use crate::value::Value;

/// The word in front of a window's arguments, while it holds a value.
struct Front(Frame, usize);

impl Front {
    /// `at` is the register before the first argument of a call window.
    fn new(frame: Frame, at: usize, value: Value) -> Front {
        // SAFETY: a header word of the window owns nothing before the call.
        unsafe { std::ptr::write(frame.register(at), value) };
        Front(frame, at)
    }

    /// Binds and calls with this word and the `n` after it.
    #[inline]
    fn call(&self, vm: &Vm, target: Bindable, n: usize) -> PyResult {
        // SAFETY: the word and the arguments lie side by side in the window, which the call does not move.
        let values = unsafe { std::slice::from_raw_parts(self.0.register(self.1), n + 1) };
        call_bound(vm, target, Args::positional(values))
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(std::mem::replace(self.0.register(self.1), Value::UNBOUND));
    }
}

impl Vm {
    /// The native `__new__` of a class that `type.__call__` itself calls.
    pub(super) fn native_constructor(&self, class: &Gc<Type>) -> Option<Bindable> {
        let native: NewFn = new_object::native_new;
        let is_native = class.slots().new.is_some_and(|new| std::ptr::fn_addr_eq(new, native));
        let may = is_native
            && class.header().ty().is(self.types.type_())
            && !class.is(self.types.type_())
            && !class.has_flag(type_flags::NO_NEW);
        if may { class.new_fn.get() } else { None }
    }

    /// The instance that a native `__new__` makes of the window's `n` arguments.
    pub(super) fn make_natively(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        class: &Gc<Type>,
        new: Bindable,
    ) -> PyResult {
        Front::new(frame, window + HEADER_WORDS - 1, class.to_value()).call(self, new, n)
    }

    /// `class(*arguments)` of the window, none by keyword, where `__new__` is native.
    #[inline(never)]
    pub(super) fn call_native_class(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        class: &Gc<Type>,
        new: Bindable,
    ) -> PyResult<Called> {
        self.check_native_depth("")?;
        let object = self.make_natively(frame, window, n, class, new)?;
        if let Some(init) = self.python_init(&object, class) {
            return self.construct(frame, window, n, &[], object, &init);
        }
        let own = self.type_of(&object);
        if own.is(class) || own.is_subclass(class) {
            if let Some(init) = own.slots().init {
                let native: InitFn = new_object::native_init;
                match own.init_fn.get() {
                    Some(target) if std::ptr::fn_addr_eq(init, native) => {
                        drop(
                            Front::new(frame, window + HEADER_WORDS - 1, object.clone())
                                .call(self, target, n)?,
                        );
                    }
                    _ => {
                        // SAFETY: the arguments lie side by side in the window, which the call does not move.
                        let values =
                            unsafe { std::slice::from_raw_parts(frame.register(window + HEADER_WORDS), n) };
                        init(self, &object, Args::positional(values))?;
                    }
                }
            }
        }
        self.close_window(frame, window, n, object);
        Ok(Called::Done)
    }

    /// The `__init__` in Python of a direct instance of `class`, if it has one and calling it is a plain call.
    fn python_init(&self, object: &Value, class: &Gc<Type>) -> Option<Gc<Function>> {
        let generic: InitFn = slot_functions::init;
        let is_python = class.slots().init.is_some_and(|init| std::ptr::fn_addr_eq(init, generic));
        if !is_python || !self.type_of(object).is(class) {
            return None;
        }
        let init = class.lookup_in_use(&self.names.__init__)?.into_gc::<Function>().ok()?;
        let is_plain = init.code.borrow().call_kind == CallKind::Plain;
        is_plain.then_some(init)
    }

    /// `type(x)`, `set()`, `list()` and `dict()`, which run no Python code.
    #[inline]
    pub(super) fn call_usual_class(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        class: &Gc<Type>,
    ) -> Option<Called> {
        let result: Value = match n {
            0 if class.is(self.types.set()) => Set::for_class(class).into(),
            0 if class.is(self.types.list()) => List::new(Vec::new()).into(),
            0 if class.is(self.types.dict()) => Dict::new().into(),
            1 if class.is(self.types.type_()) => {
                self.type_of(frame.register(window + HEADER_WORDS)).to_value()
            }
            _ => return None,
        };
        self.close_window(frame, window, n, result);
        Some(Called::Done)
    }

    /// Drops the window's arguments and puts the result of the call into its first register.
    #[inline]
    pub(super) fn close_window(&self, frame: Frame, window: usize, n: usize, result: Value) {
        for at in window + HEADER_WORDS..window + HEADER_WORDS + n {
            if frame.register(at).is_object() {
                self.discard(std::mem::replace(frame.register(at), Value::UNBOUND));
            }
        }
        let old = std::mem::replace(frame.register(window), result);
        self.discard(old);
    }
}
