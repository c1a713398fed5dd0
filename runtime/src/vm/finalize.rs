//! What runs between instructions: finalisers, weak-reference callbacks, due collections.

use super::Vm;
use crate::PyResult;
use crate::heap::{Kind, Pending};
use crate::objects::code::CallKind;
use crate::objects::generator::{Generator, State, async_flags};
use crate::value::Value;

impl Vm {
    /// Serves everything that waits; never raises.
    #[cold]
    #[inline(never)]
    pub(crate) fn attend(&self) {
        /// Finalisers that drop the next link of a chain each must not use up the native stack, however high the recursion limit:
        /// the outer call serves what they leave.
        const MAX_NESTED: u32 = 10_000;
        if self.attending.get() >= MAX_NESTED {
            return;
        }
        self.attending.set(self.attending.get() + 1);
        loop {
            self.heap.attention.set(false);
            if self.heap.collector.due.get() {
                self.heap.collector.collect(&self.heap);
            }
            let waiting = self.heap.take_pending();
            if waiting.is_empty() {
                break;
            }
            // An exception on its way must not be seen, or replaced, by what runs now.
            let in_flight = self.raised.take();
            for pending in waiting {
                match pending {
                    Pending::Finalize(object) => self.finalize(object),
                    Pending::Close(delegate) => {
                        let result = self.close_delegate(&delegate).map(|()| Value::NONE);
                        self.report_unraisable(result, &delegate);
                    }
                    Pending::WeakCallback { reference, callback } => {
                        let result = self.call(&callback, &[reference]);
                        self.report_unraisable(result, &callback);
                    }
                }
            }
            self.raised.set(in_flight);
        }
        self.attending.set(self.attending.get() - 1);
        // Handlers may raise, which only `attend_checked` lets them.
        if crate::host::has_signals() || self.switch_is_due() {
            self.heap.attention.set(true);
        }
    }

    /// `gc.collect()`: a whole collection with what finalisers leave behind; the number of unreachable objects found.
    pub fn collect_garbage(&self) -> usize {
        /// Finalisers that make new garbage each time must not keep this going.
        const MAX_ROUNDS: usize = 8;
        let mut found = 0;
        for _ in 0..MAX_ROUNDS {
            found = self.heap.collector.collect(&self.heap);
            let finalizing = self.heap.has_finalizers();
            self.attend();
            if !finalizing {
                break;
            }
        }
        found
    }

    /// As [`Vm::attend`], and raises what a signal handler raises.
    #[cold]
    #[inline(never)]
    pub(crate) fn attend_checked(&self) -> PyResult<()> {
        self.attend();
        self.switch_if_wanted();
        self.check_signals()
    }

    /// Runs an object's finaliser; the object is released when this returns, unless it was brought back.
    fn finalize(&self, object: Value) {
        if let Some(generator) = object.downcast::<Generator>() {
            match (generator.kind, generator.state.get()) {
                (CallKind::Coroutine, State::Created) => self.warn_never_awaited(generator),
                (CallKind::Generator | CallKind::Coroutine, State::Suspended | State::Running) => {
                    let generator = generator.clone();
                    let result = self.close_generator(&generator);
                    self.report_unraisable(result, &object);
                }
                (CallKind::AsyncGenerator, State::Created | State::Suspended | State::Running) => {
                    self.finalize_async_generator(&object)
                }
                _ => {}
            }
            return;
        }
        debug_assert_ne!(object.kind(), Some(Kind::Dead));
        if let Some(slot) = self.type_of(&object).slots().finalize {
            let result = slot(self, &object);
            self.report_unraisable(result, &object);
        }
    }

    /// An async generator is handed to the hook of the loop that iterated it, or closed as a generator would be.
    fn finalize_async_generator(&self, object: &Value) {
        let Some(generator) = object.downcast::<Generator>() else { return };
        let hook = generator.rare.borrow().as_ref().and_then(|rare| rare.finalizer.clone());
        match hook {
            Some(hook) if !generator.has_async_flag(async_flags::CLOSED) => {
                if let Err(raised) = self.call(&hook, std::slice::from_ref(object)) {
                    let exception = self.take_raised(raised);
                    crate::exceptions::unraisable_doing(self, &exception, "finalizing generator", object);
                }
            }
            _ => {
                let generator = generator.clone();
                let result = self.close_generator(&generator);
                self.report_unraisable(result, object);
            }
        }
    }

    /// RuntimeWarning: coroutine '...' was never awaited.
    fn warn_never_awaited(&self, generator: &crate::Gc<Generator>) {
        generator.state.set(State::Finished);
        self.warn_or_report_unawaited(generator.as_value());
        // Afterwards, so that coroutines among its arguments are reported after it.
        generator.frame().sweep(generator.n_registers());
        generator.let_go();
    }

    /// RuntimeWarning: coroutine '...' was never awaited; what comes of that where warnings are errors is reported.
    pub(crate) fn warn_or_report_unawaited(&self, coroutine: &Value) {
        if let Err(raised) = self.warn_unawaited_coroutine(coroutine) {
            let exception = self.take_raised(raised);
            crate::exceptions::unraisable_doing(self, &exception, "finalizing coroutine", coroutine);
        }
    }

    /// "Exception ignored in": an error with nobody to raise it to goes to `sys.unraisablehook`.
    pub fn report_unraisable(&self, result: PyResult, source: &Value) {
        if let Err(raised) = result {
            let exception = self.take_raised(raised);
            crate::exceptions::unraisable(self, &exception, source);
        }
    }
}
