//! Running generators and coroutines: resuming, suspending, delegating, throwing.
//!
//! While a chain runs, `Vm::root` is its root. A generator that awaits another one links that one's frame to its own and jumps
//! there; nothing is on the native stack. Suspending stores the leaf in the root, so that resuming is one jump at any depth.
//! What is not a generator (futures, Python iterators) is a *foreign* delegate: it waits in the register of the delegating
//! instruction and is asked again on every resumption.

use ouro_lang::code::{Instruction, Opcode, flags};

use super::Vm;
pub(crate) use super::dispatch::Outcome;
use super::dispatch::Step;
use super::frame::{Frame, Link};
use crate::class::{UnaryFn, special};
use crate::heap::{Gc, Kind};
use crate::objects::async_generator::AsyncStep;
use crate::objects::code::CallKind;
use crate::objects::exception::Exception;
use crate::objects::generator::{Generator, State, generator_at};
use crate::tasks::future::core_of;
use crate::tasks::future_type::future_await;
use crate::tasks::native_coroutine::{NativeCoroutine, NativeStep};
use crate::value::Value;
use crate::{Exc, PyResult};

/// What a suspended generator is woken with.
pub enum Wake {
    Send(Value),
    Throw(Gc<Exception>),
}

impl Vm {
    /// Resumes a generator, coroutine or async generator from native code until it yields, returns or raises.
    pub(crate) fn resume(&self, generator: &Gc<Generator>, wake: Wake) -> PyResult<Outcome> {
        let generator = generator.clone();
        let saved = (self.frame.get(), self.ip.get(), self.heap_frame_top.get());
        let is_thrown = matches!(wake, Wake::Throw(_));
        let result = match self.enter_generator(&generator, wake, Link::Native, saved.1) {
            Ok(Step::Go(frame, ip)) => match self.check_native_depth("") {
                Ok(()) => self.run(frame, ip, None),
                Err(raised) => {
                    self.frame.set(frame);
                    self.ip.set(ip);
                    self.run(frame, ip, Some(raised))
                }
            },
            Ok(Step::Exit(outcome)) => Ok(outcome),
            // Raised inside the chain (the Vm's frame is its leaf), or refused before anything was entered.
            Err(raised) if self.frame.get() != saved.0 => {
                self.run(self.frame.get(), self.ip.get(), Some(raised))
            }
            Err(raised) => Err(raised),
        };
        self.frame.set(saved.0);
        self.ip.set(saved.1);
        self.heap_frame_top.set(saved.2);
        if is_thrown && matches!(result, Ok(Outcome::Yielded(_))) {
            self.unmark_throw(&generator);
        }
        // Only lent: the caller holds it.
        generator.give_back();
        result
    }

    /// Makes `generator` the running root. On `Ok(Go)` the caller goes on at its leaf; on an error raised inside the chain the Vm's frame
    /// is the leaf.
    pub(super) fn enter_generator(
        &self,
        generator: &Generator,
        wake: Wake,
        link: Link,
        return_address: *mut Instruction,
    ) -> PyResult<Step> {
        match generator.state.get() {
            State::Running if !self.detach(generator) => {
                return self.raise(Exc::ValueError, format!("{} already executing", generator.kind_name()));
            }
            State::Finished => {
                return match wake {
                    Wake::Throw(exception) => Err(self.reraise(exception)),
                    Wake::Send(_) => Ok(Step::Exit(Outcome::Returned(Value::NONE))),
                };
            }
            State::Created => {
                if let Wake::Send(value) = &wake {
                    if !value.is_none() {
                        let name = generator.kind_name();
                        return self.raise(
                            Exc::TypeError,
                            format!("can't send non-None value to a just-started {name}"),
                        );
                    }
                }
            }
            State::Suspended | State::Running => {}
        }
        let resumer = self.frame.get();
        let depth = self.depth.get();
        let chain_depth = generator.depth.get();
        if depth + chain_depth > self.recursion_limit.get() {
            let raised = self.recursion_error();
            self.abandon_unstarted(generator);
            raised?;
        }
        // SAFETY: the leaf of a suspended chain lives: the registers of the chain own it.
        let leaf = unsafe { generator.leaf_ptr().as_ref() }.unwrap_or(generator);
        let created = generator.state.replace(State::Running) == State::Created;
        generator.depth.set(depth);
        self.depth.set(depth + chain_depth);
        if !resumer.is_none() && self.stack.holds(resumer.0) {
            self.heap_frame_top.set(resumer.top());
        } else if resumer.is_none() {
            self.heap_frame_top.set(self.stack.start());
        }
        let frame = generator.frame();
        frame.set_caller(resumer, link);
        frame.set_return_address(return_address);
        generator.set_outer_root(self.root.replace(generator));
        self.swap_handled_in(generator);
        let leaf_frame = leaf.frame();
        self.frame.set(leaf_frame);
        self.ip.set(leaf.ip());
        if created {
            self.mark_started(generator);
            return match wake {
                Wake::Send(_) => Ok(Step::Go(frame, leaf.ip())),
                Wake::Throw(exception) => Err(self.reraise(exception)),
            };
        }
        if matches!(wake, Wake::Throw(_)) {
            self.mark_throw(generator, leaf);
        }
        self.wake_leaf(leaf, wake)
    }

    /// The generator has begun: a finaliser is needed only if leaving it early could run a handler.
    #[inline]
    pub(crate) fn mark_started(&self, generator: &Generator) {
        let has_handlers = generator.frame().code().has_handlers();
        let has_hook = generator.kind == CallKind::AsyncGenerator
            && generator.rare.borrow().as_ref().is_some_and(|rare| rare.finalizer.is_some());
        generator.header().set_wants_finalizer(has_handlers || has_hook);
    }

    /// Hands `wake` to the instruction at which the leaf was suspended.
    pub(crate) fn wake_leaf(&self, leaf: &Generator, wake: Wake) -> PyResult<Step> {
        let (frame, ip) = (leaf.frame(), leaf.ip());
        // SAFETY: `ip` points past the instruction that suspended.
        let word = unsafe { *ip.sub(1) };
        match word.op() {
            Opcode::YieldFrom | Opcode::Await => match wake {
                Wake::Send(value) => self.step_foreign(frame, ip, word, value),
                Wake::Throw(exception) => self.throw_foreign(frame, ip, word, exception),
            },
            _ => match wake {
                Wake::Send(value) => {
                    let old = std::mem::replace(frame.register(word.a() as usize), value);
                    drop(old);
                    Ok(Step::Go(frame, ip))
                }
                Wake::Throw(exception) => Err(self.raise_thrown(frame, exception)),
            },
        }
    }

    /// Suspends the running chain at its leaf `frame`, to go on at `ip`, and hands `value` to whoever resumed the root.
    #[inline(never)]
    pub(crate) fn suspend(&self, frame: Frame, ip: *mut Instruction, value: Value) -> PyResult<Step> {
        // SAFETY: only generators' code suspends.
        let leaf = unsafe { generator_at(frame) };
        leaf.set_ip(ip);
        // SAFETY: the root of a running chain lives: its resumer holds it.
        let root = unsafe { &*self.root.get() };
        // The rest of the chain stays `Running`, so that nobody drives a part of it unawares: see `detach`.
        root.state.set(State::Suspended);
        let base_depth = root.depth.get();
        root.depth.set(self.depth.get() - base_depth);
        self.depth.set(base_depth);
        self.root.set(root.outer_root());
        root.set_leaf_ptr(if std::ptr::eq(root, leaf) { std::ptr::null() } else { leaf });
        self.swap_handled_out(root);
        let root_frame = root.frame();
        let caller = root_frame.caller();
        match root_frame.link() {
            Link::ForIter => {
                let address = root_frame.return_address();
                // SAFETY: the `for` instruction precedes it.
                let word = unsafe { *address.sub(1) };
                let old = std::mem::replace(caller.register(word.a() as usize), value);
                self.frame.set(caller);
                self.ip.set(address);
                drop(old);
                Ok(Step::Go(caller, address))
            }
            _ => Ok(Step::Exit(Outcome::Yielded(value))),
        }
    }

    /// The running root is finished: what was before it is current again.
    pub(crate) fn leave_root(&self, generator: &Generator) {
        self.root.set(generator.outer_root());
        let outer = generator.take_handled();
        let _old = self.handled.replace(outer);
    }

    /// Return from a generator's frame.
    pub(crate) fn finish_generator(&self, frame: Frame, result: Value) -> PyResult<Step> {
        // SAFETY: frames that are not on the stack are generators'.
        let generator = unsafe { generator_at(frame) };
        let (link, caller, address) = (frame.link(), frame.caller(), frame.return_address());
        generator.header().set_wants_finalizer(false);
        if matches!(link, Link::Await | Link::AsyncStep) {
            self.pass_throw(frame);
        }
        self.close_frame(generator);
        match link {
            Link::ForIter => {
                self.leave_root(generator);
                // SAFETY: the `for` instruction precedes the address.
                let word = unsafe { *address.sub(1) };
                self.frame.set(caller);
                self.ip.set(address);
                drop(std::mem::replace(caller.register(word.b() as usize), Value::UNBOUND));
                // SAFETY: verified jump.
                Ok(Step::Go(caller, unsafe { address.offset(word.c() as i16 as isize) }))
            }
            Link::Await => {
                self.frame.set(caller);
                self.ip.set(address);
                self.deliver_delegated(caller, address, result);
                Ok(Step::Go(caller, address))
            }
            Link::AsyncStep => self.async_step_returned(generator, caller, address),
            _ => {
                self.leave_root(generator);
                Ok(Step::Exit(Outcome::Returned(result)))
            }
        }
    }

    /// The delegate of the instruction before `ip` is done: drops it and stores its result.
    pub(crate) fn deliver_delegated(&self, frame: Frame, ip: *mut Instruction, result: Value) {
        // SAFETY: the delegating instruction precedes `ip`.
        let word = unsafe { *ip.sub(1) };
        let delegate = std::mem::replace(frame.register(word.b() as usize), Value::UNBOUND);
        let old = std::mem::replace(frame.register(word.a() as usize), result);
        drop(delegate);
        drop(old);
    }

    /// YieldFrom: `r[register]` is any iterable.
    #[inline(never)]
    pub(crate) fn yield_from(&self, frame: Frame, ip: *mut Instruction, register: usize) -> PyResult<Step> {
        let source: &Value = frame.register(register);
        match source.downcast::<Generator>() {
            Some(generator) if generator.kind == CallKind::Generator => {
                return self.link_child(frame, ip, generator, Wake::Send(Value::NONE));
            }
            Some(generator) if generator.kind == CallKind::Coroutine => {
                let code = frame.code();
                if code.call_kind != CallKind::Coroutine && !code.has_flag(flags::ITERABLE_COROUTINE) {
                    return self.raise(
                        Exc::TypeError,
                        "cannot 'yield from' a coroutine object in a non-coroutine generator",
                    );
                }
                return self.link_child(frame, ip, generator, Wake::Send(Value::NONE));
            }
            _ => {}
        }
        if source.downcast::<NativeCoroutine>().is_some() {
            let code = frame.code();
            if code.call_kind != CallKind::Coroutine && !code.has_flag(flags::ITERABLE_COROUTINE) {
                return self.raise(
                    Exc::TypeError,
                    "cannot 'yield from' a coroutine object in a non-coroutine generator",
                );
            }
            let iterator = self.awaitable_iterator(source, 0)?;
            return self.delegate_to(frame, ip, register, iterator);
        }
        let iterator = self.iter(source)?;
        self.delegate_to(frame, ip, register, iterator)
    }

    /// Await: `r[register]` is any awaitable.
    #[inline(never)]
    pub(crate) fn await_value(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        register: usize,
        role: usize,
    ) -> PyResult<Step> {
        let awaitable: &Value = frame.register(register);
        if let Some(generator) = awaitable.downcast::<Generator>() {
            let awaits = generator.kind == CallKind::Coroutine
                || generator.kind == CallKind::Generator
                    && generator.frame().code().has_flag(flags::ITERABLE_COROUTINE);
            if awaits {
                // The register keeps it alive until it is done: no count is touched.
                if generator.kind == CallKind::Coroutine && generator.state.get() != State::Created {
                    self.check_awaitable_again(generator)?;
                }
                return self.link_child(frame, ip, generator, Wake::Send(Value::NONE));
            }
        }
        if let Some(step) = awaitable.downcast::<AsyncStep>() {
            if step.can_link(self) {
                let step = step.clone();
                return self.link_async_step(frame, ip, &step);
            }
        }
        if self.is_native_awaitable(awaitable) {
            if awaitable.downcast::<NativeCoroutine>().is_some_and(|coroutine| coroutine.is_suspended()) {
                return self.raise(Exc::RuntimeError, "coroutine is being awaited already");
            }
            return self.step_native(frame, ip, register, Wake::Send(Value::NONE));
        }
        let iterator = match self.awaitable_iterator(awaitable, role) {
            Ok(iterator) => iterator,
            Err(raised) if role == 3 => return self.refuse_next(awaitable, raised),
            Err(raised) => return Err(raised),
        };
        self.delegate_to(frame, ip, register, iterator)
    }

    /// `__anext__` of an `async for` gave what cannot be awaited, because of `raised`.
    #[cold]
    fn refuse_next(&self, awaitable: &Value, raised: crate::Raised) -> PyResult<Step> {
        let cause = self.take_raised(raised);
        let name = self.type_name(awaitable);
        let message = format!("'async for' received an invalid object from __anext__: {name}");
        let error = Exception::new(self, Exc::TypeError, &[message.into()]);
        error.set_cause(Some(cause.to_value()));
        let raised = self.set_raised(error.clone());
        error.set_context(Some(cause));
        Err(raised)
    }

    /// Whether the VM waits for it itself: a native coroutine, or a future whose `__await__` is the native one.
    #[inline]
    fn is_native_awaitable(&self, value: &Value) -> bool {
        match value.kind() {
            Some(Kind::NativeCoroutine) => true,
            Some(Kind::Future | Kind::Task | Kind::Gathering) => {
                let native: UnaryFn = future_await;
                self.type_of(value).slots().await_.is_some_and(|slot| std::ptr::fn_addr_eq(slot, native))
            }
            _ => false,
        }
    }

    /// Goes on with the native awaitable in `r[register]`, the delegate of the instruction before `ip`.
    fn step_native(&self, frame: Frame, ip: *mut Instruction, register: usize, wake: Wake) -> PyResult<Step> {
        self.frame.set(frame);
        self.ip.set(ip);
        let delegate: &Value = frame.register(register);
        let value = if let Some(core) = core_of(delegate) {
            match wake {
                Wake::Throw(exception) => return Err(self.raise_thrown(frame, exception)),
                Wake::Send(_) if core.is_done() => self.future_result(core)?,
                Wake::Send(_) => {
                    if core.blocking.replace(true) {
                        return self.raise(Exc::RuntimeError, "await wasn't used with future");
                    }
                    return self.suspend(frame, ip, delegate.clone());
                }
            }
        } else {
            let coroutine = delegate.downcast::<NativeCoroutine>().expect("checked by the caller");
            let step = match wake {
                Wake::Throw(_) => {
                    let outside = self.handled.take();
                    let step = self.drive_native(coroutine, wake, self.may_park());
                    let _none = self.handled.replace(outside);
                    step.map_err(|raised| self.raise_thrown(frame, self.take_raised(raised)))
                }
                wake => self.drive_native(coroutine, wake, self.may_park()),
            };
            match step? {
                NativeStep::Parked => {
                    self.share_sleep(frame.register(register));
                    return self.suspend(frame, ip, Value::UNBOUND);
                }
                NativeStep::Yielded(value) => return self.suspend(frame, ip, value),
                NativeStep::Returned(value) => value,
            }
        };
        self.deliver_delegated(frame, ip, value);
        Ok(Step::Go(frame, ip))
    }

    #[cold]
    fn check_awaitable_again(&self, generator: &Generator) -> PyResult<()> {
        match generator.state.get() {
            State::Finished => self.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine"),
            // One that runs right now is found out when it is resumed.
            State::Running if self.is_executing(generator) => Ok(()),
            state
                if state == State::Running
                    || !generator.leaf_ptr().is_null()
                    || self.delegate_of(generator).is_some() =>
            {
                self.raise(Exc::RuntimeError, "coroutine is being awaited already")
            }
            _ => Ok(()),
        }
    }

    /// `awaitable.__await__()`, checked.
    pub(crate) fn awaitable_iterator(&self, awaitable: &Value, role: usize) -> PyResult {
        let Some(slot) = self.type_of(awaitable).slots().await_ else {
            let name = self.type_name(awaitable);
            let message = match role {
                1 => format!(
                    "'async with' received an object from __aenter__ that does not implement __await__: {name}"
                ),
                2 => format!(
                    "'async with' received an object from __aexit__ that does not implement __await__: {name}"
                ),
                _ => format!("'{name}' object can't be awaited"),
            };
            return self.raise(Exc::TypeError, message);
        };
        let iterator = slot(self, awaitable)?;
        if let Some(generator) = iterator.downcast::<Generator>() {
            if generator.kind == CallKind::Coroutine
                || generator.frame().code().has_flag(flags::ITERABLE_COROUTINE)
            {
                return self.raise(Exc::TypeError, "__await__() returned a coroutine");
            }
        }
        if self.type_of(&iterator).slots().next.is_none() {
            return self.raise_type_of("__await__() returned non-iterator of type '{}'", &iterator);
        }
        Ok(iterator)
    }

    /// Goes on with an iterator as the delegate of the instruction before `ip`.
    fn delegate_to(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        register: usize,
        iterator: Value,
    ) -> PyResult<Step> {
        let generator = iterator
            .downcast::<Generator>()
            .filter(|generator| generator.kind != CallKind::AsyncGenerator)
            .cloned();
        let old = std::mem::replace(frame.register(register), iterator);
        self.discard(old);
        if let Some(generator) = generator {
            return self.link_child(frame, ip, &generator, Wake::Send(Value::NONE));
        }
        // SAFETY: the delegating instruction precedes `ip`.
        let word = unsafe { *ip.sub(1) };
        self.step_foreign(frame, ip, word, Value::NONE)
    }

    /// A generator that could not be entered for want of depth has had its turn, as if it had raised at its beginning.
    #[cold]
    fn abandon_unstarted(&self, generator: &Generator) {
        if generator.state.get() == State::Created {
            generator.header().set_wants_finalizer(false);
            generator.state.set(State::Finished);
            generator.frame().sweep(generator.n_registers());
        }
    }

    /// Links `child` below the running frame and jumps to its leaf. Only one that was linked before can be woken with anything but None.
    fn link_child(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        child: &Gc<Generator>,
        wake: Wake,
    ) -> PyResult<Step> {
        match child.state.get() {
            State::Finished => {
                if child.kind == CallKind::Coroutine {
                    return self.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine");
                }
                self.deliver_delegated(frame, ip, Value::NONE);
                return Ok(Step::Go(frame, ip));
            }
            State::Running if !self.detach(child) => {
                return self.raise(Exc::ValueError, format!("{} already executing", child.kind_name()));
            }
            State::Created | State::Suspended | State::Running => {}
        }
        let depth = self.depth.get() + child.depth.get();
        if depth > self.recursion_limit.get() {
            let raised = self.recursion_error();
            self.abandon_unstarted(child);
            raised?;
        }
        self.depth.set(depth);
        // SAFETY: only generators' code delegates.
        unsafe { generator_at(frame) }.set_ip(ip);
        let child_frame = child.frame();
        child_frame.set_caller(frame, Link::Await);
        child_frame.set_return_address(ip);
        // SAFETY: as in `enter_generator`.
        let leaf = unsafe { child.leaf_ptr().as_ref() }.unwrap_or(child);
        child.set_leaf_ptr(std::ptr::null());
        self.swap_handled_below(child);
        let created = child.state.replace(State::Running) == State::Created;
        self.frame.set(leaf.frame());
        self.ip.set(leaf.ip());
        if created {
            self.mark_started(child);
            return Ok(Step::Go(child_frame, child.ip()));
        }
        self.wake_leaf(leaf, wake)
    }

    /// Asks the foreign delegate of the instruction `word` (before `ip`) for its next value.
    fn step_foreign(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        word: Instruction,
        sent: Value,
    ) -> PyResult<Step> {
        self.frame.set(frame);
        self.ip.set(ip);
        if word.op() == Opcode::Await && self.is_native_awaitable(frame.register(word.b() as usize)) {
            return self.step_native(frame, ip, word.b() as usize, Wake::Send(sent));
        }
        let delegate = frame.register(word.b() as usize).clone();
        if let Some(child) = delegate.downcast::<Generator>().filter(|it| it.kind != CallKind::AsyncGenerator)
        {
            // Somebody has driven it since.
            self.check_native_depth("")?;
            return self.link_child(frame, ip, child, Wake::Send(sent));
        }
        let result = if sent.is_none() {
            self.next_or_value(&delegate)
        } else {
            let result = self.call_method_named(&delegate, "send", &[sent]);
            self.returned_or_yielded(result)
        };
        match result? {
            Outcome::Yielded(value) => self.suspend(frame, ip, value),
            Outcome::Returned(value) => {
                self.deliver_delegated(frame, ip, value);
                Ok(Step::Go(frame, ip))
            }
        }
    }

    /// `next(iterator)`: an item, or the value of its StopIteration.
    pub(crate) fn next_or_value(&self, iterator: &Value) -> PyResult<Outcome> {
        let result = match self.type_of(iterator).slots().next {
            // The exception that a Python class raises has the value.
            Some(next) if special::is_python_next(next) => {
                return self.returned_or_yielded(special::call_next(self, iterator));
            }
            Some(next) => next(self, iterator),
            None => return self.raise_type_of("'{}' object is not an iterator", iterator),
        };
        match result {
            Ok(Some(item)) => Ok(Outcome::Yielded(item)),
            Ok(None) => Ok(Outcome::Returned(self.take_stop_value())),
            Err(raised) => self.returned_or_yielded(Err(raised)),
        }
    }

    /// StopIteration as a return.
    pub(crate) fn returned_or_yielded(&self, result: PyResult) -> PyResult<Outcome> {
        match result {
            Ok(value) => Ok(Outcome::Yielded(value)),
            Err(raised) if self.raised_is(&raised, Exc::StopIteration) => {
                let exception = self.take_raised(raised);
                Ok(Outcome::Returned(exception.field(0).unwrap_or(Value::NONE)))
            }
            Err(raised) => Err(raised),
        }
    }

    /// The value an iterator's end carried, left by a `next` slot that returned `None`: see [`Vm::set_stop_value`].
    pub(crate) fn take_stop_value(&self) -> Value {
        let value = self.stop_value.replace(Value::NONE);
        if value.is_unbound() { Value::NONE } else { value }
    }

    /// A `next` slot that ends with a value other than None leaves it here, so that no StopIteration need be made.
    pub(crate) fn set_stop_value(&self, value: Value) {
        self.stop_value.set(value);
    }

    /// Throws into the foreign delegate of the instruction `word`.
    fn throw_foreign(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        word: Instruction,
        exception: Gc<Exception>,
    ) -> PyResult<Step> {
        self.frame.set(frame);
        self.ip.set(ip);
        let delegate = frame.register(word.b() as usize).clone();
        let exiting = exception.header().ty().is_subclass(self.types.exception(Exc::GeneratorExit));
        if exiting {
            let exception = match self.close_delegate(&delegate) {
                Ok(()) => exception,
                Err(raised) => self.take_raised(raised),
            };
            return Err(self.raise_thrown(frame, exception));
        }
        if word.op() == Opcode::Await && self.is_native_awaitable(&delegate) {
            return self.step_native(frame, ip, word.b() as usize, Wake::Throw(exception));
        }
        let Some(throw) = self.get_attr_opt(&delegate, &self.names.throw)? else {
            return Err(self.raise_thrown(frame, exception));
        };
        let result = self.call(&throw, &[exception.into()]);
        let outcome = self.returned_or_yielded(result);
        match outcome.map_err(|raised| self.raise_thrown(frame, self.take_raised(raised)))? {
            Outcome::Yielded(value) => self.suspend(frame, ip, value),
            Outcome::Returned(value) => {
                self.deliver_delegated(frame, ip, value);
                Ok(Step::Go(frame, ip))
            }
        }
    }

    pub(crate) fn close_delegate(&self, delegate: &Value) -> PyResult<()> {
        if let Some(generator) =
            delegate.downcast::<Generator>().filter(|g| g.kind != CallKind::AsyncGenerator)
        {
            return self.close_generator(generator).map(drop);
        }
        if let Some(coroutine) = delegate.downcast::<NativeCoroutine>() {
            return self.close_native(coroutine);
        }
        if core_of(delegate).is_some() {
            return Ok(());
        }
        match self.get_attr_opt(delegate, &self.names.close) {
            Ok(Some(close)) => drop(self.call(&close, &[])?),
            Ok(None) => {}
            // As in CPython, whether there is a `close` at all is not worth an exception.
            Err(raised) => {
                let exception = self.take_raised(raised);
                crate::exceptions::unraisable_doing(self, &exception, "closing generator", delegate);
            }
        }
        Ok(())
    }

    /// What a suspended generator awaits or delegates to.
    pub fn delegate_of(&self, generator: &Generator) -> Option<Value> {
        if generator.state.get() == State::Finished || generator.state.get() == State::Created {
            return None;
        }
        // SAFETY: `ip` points past an instruction.
        let word = unsafe { *generator.ip().sub(1) };
        match word.op() {
            Opcode::YieldFrom | Opcode::Await => {
                let delegate = generator.frame().register(word.b() as usize);
                if word.op() == Opcode::Await {
                    self.show_step(generator, delegate);
                }
                (!delegate.is_unbound()).then(|| delegate.clone())
            }
            _ => None,
        }
    }

    /// `generator.throw(exception)`.
    pub(crate) fn throw(&self, generator: &Gc<Generator>, exception: Gc<Exception>) -> PyResult<Outcome> {
        let exiting = exception.header().ty().is_subclass(self.types.exception(Exc::GeneratorExit));
        if exiting && generator.state.get() == State::Running {
            self.detach(generator);
        }
        if exiting && generator.state.get() == State::Suspended {
            // The delegate is closed first, then the exception is raised in this very generator.
            if let Some(delegate) = self.delegate_of(generator) {
                let linked = !generator.leaf_ptr().is_null();
                if linked || delegate.kind() == Some(Kind::Generator) {
                    if linked {
                        self.unlink_chain(generator);
                    }
                    let closed = self.close_delegate(&delegate);
                    let exception = match closed {
                        Ok(()) => exception,
                        Err(raised) => self.take_raised(raised),
                    };
                    self.clear_delegate(generator);
                    return self.resume(generator, Wake::Throw(exception));
                }
            }
        }
        self.resume(generator, Wake::Throw(exception))
    }

    /// Drops a closed delegate so that the next wake-up is raised in the generator itself.
    fn clear_delegate(&self, generator: &Generator) {
        // SAFETY: `ip` points past an instruction.
        let word = unsafe { *generator.ip().sub(1) };
        drop(std::mem::replace(generator.frame().register(word.b() as usize), Value::NONE));
    }

    /// `generator.close()`: the value it returned, None usually.
    pub(crate) fn close_generator(&self, generator: &Gc<Generator>) -> PyResult {
        match generator.state.get() {
            State::Finished => return Ok(Value::NONE),
            State::Created => {
                generator.header().set_wants_finalizer(false);
                generator.state.set(State::Finished);
                generator.frame().sweep(generator.n_registers());
                generator.let_go();
                return Ok(Value::NONE);
            }
            _ => {}
        }
        if self.ends_unhandled(generator) {
            generator.header().set_wants_finalizer(false);
            generator.state.set(State::Finished);
            let frame = generator.frame();
            if frame.has_frame_object() {
                self.detach_frame_object(frame, self.suspended_position(frame, generator.ip()));
            }
            frame.sweep(generator.n_registers());
            generator.let_go();
            let _handled = generator.take_handled();
            return Ok(Value::NONE);
        }
        let exit = Exception::new(self, Exc::GeneratorExit, &[]);
        match self.throw(generator, exit) {
            Ok(Outcome::Yielded(_)) => {
                self.raise(Exc::RuntimeError, format!("{} ignored GeneratorExit", generator.kind_name()))
            }
            // Nobody awaits this: its end is an error, as in CPython.
            Ok(Outcome::Returned(_)) if generator.kind == CallKind::AsyncGenerator => {
                self.raise_bare(Exc::StopAsyncIteration)
            }
            Ok(Outcome::Returned(value)) => Ok(value),
            Err(raised)
                if self.raised_is(&raised, Exc::GeneratorExit)
                    || self.raised_is(&raised, Exc::StopIteration) =>
            {
                let exception = self.take_raised(raised);
                match exception.base {
                    Exc::StopIteration => Ok(exception.field(0).unwrap_or(Value::NONE)),
                    _ => Ok(Value::NONE),
                }
            }
            Err(raised) => Err(raised),
        }
    }

    /// Whether it stands at a `yield` outside of all blocks, so that closing it runs nothing.
    fn ends_unhandled(&self, generator: &Generator) -> bool {
        let ip = generator.ip();
        // SAFETY: `ip` points past the instruction that suspended.
        let word = unsafe { *ip.sub(1) };
        if generator.state.get() != State::Suspended
            || !generator.leaf_ptr().is_null()
            || !matches!(word.op(), Opcode::Yield | Opcode::AsyncYield)
        {
            return false;
        }
        let frame = generator.frame();
        let index = self.suspended_position(frame, ip);
        let table = &frame.code().object.exception_table;
        !table.iter().any(|entry| (entry.start as usize..entry.end as usize).contains(&index))
    }

    /// Whether the generator's frame is on the chain of running frames.
    pub fn is_executing(&self, generator: &Generator) -> bool {
        let target = generator.frame();
        let mut frame = self.frame.get();
        while !frame.is_none() {
            if frame == target {
                return true;
            }
            frame = frame.caller();
        }
        false
    }

    pub(crate) fn get_aiter(&self, value: &Value) -> PyResult {
        let Some(slot) = self.type_of(value).slots().aiter else {
            return self.raise_type_of("'async for' requires an object with __aiter__ method, got {}", value);
        };
        let iterator = slot(self, value)?;
        if self.type_of(&iterator).slots().anext.is_none() {
            return self.raise_type_of(
                "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                &iterator,
            );
        }
        Ok(iterator)
    }

    pub(crate) fn get_anext(&self, iterator: &Value) -> PyResult {
        match self.type_of(iterator).slots().anext {
            Some(slot) => slot(self, iterator),
            None => {
                self.raise_type_of("'async for' requires an iterator with __anext__ method, got {}", iterator)
            }
        }
    }

    pub(crate) fn end_async_for(&self, exception: Value) -> PyResult<()> {
        match exception.into_gc::<Exception>() {
            Ok(exception)
                if exception.header().ty().is_subclass(self.types.exception(Exc::StopAsyncIteration)) =>
            {
                Ok(())
            }
            Ok(exception) => {
                self.reraising.set(true);
                Err(self.reraise(exception))
            }
            Err(_) => Ok(()),
        }
    }

    /// A coroutine was made: remembers where, if asked to (`sys.set_coroutine_origin_tracking_depth`).
    pub(crate) fn note_coroutine(&self, generator: &Gc<Generator>) {
        let depth = self.origin_tracking_depth.get();
        if depth > 0 && generator.kind == CallKind::Coroutine {
            let origin = self.call_origin(depth);
            generator.rare_mut(|rare| rare.origin = Some(origin));
        }
    }

    /// The innermost `depth` call sites as (filename, line, function) tuples.
    fn call_origin(&self, depth: u32) -> Value {
        let mut frame = self.frame.get();
        let mut sites = Vec::new();
        while !frame.is_none() && sites.len() < depth as usize {
            let code = frame.code();
            let line =
                code.object.line_table.lookup(self.frame_position(frame)).map_or(0, |position| position.line);
            sites.push(self.tuple(&[
                code.filename.clone(),
                Value::small(line as i64),
                self.intern(&code.object.name).into(),
            ]));
            frame = frame.caller();
        }
        self.tuple(&sites)
    }
}
