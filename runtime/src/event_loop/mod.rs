//! The event loop: ready queue, timers, poller.
//!
//! One turn polls, moves due timers to the ready queue, then runs exactly what the queue held at that moment, first in, first out, or in an
//! order that is drawn (`order.rs`).

pub mod handle;
mod loop_type;
pub mod offload;
mod order;
mod poller;
mod ready;
mod run;
pub mod stuck;
mod timers;
mod virtual_wait;
pub mod watch;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub use loop_type::{TYPE, deque};
use poller::{Poller, PollerFace};

use crate::heap::{Kind, Payload};
use crate::host::ClockKind;
use crate::objects::float;
use crate::{Exc, Gc, PyResult, Value, Vm};

/// The native part of a loop object; `asyncio.BaseEventLoop` derives from its class.
pub struct EventLoop {
    /// See `ready.rs` for what the words mean.
    ready: RefCell<VecDeque<Value>>,
    n_ready: Cell<usize>,
    /// Who draws the order of a turn's entries; nobody, mostly.
    order: RefCell<Option<order::Order>>,
    has_order: Cell<bool>,
    drawn: RefCell<order::Drawn>,
    pub timers: RefCell<timers::Timers>,
    poller: RefCell<Option<Poller>>,
    /// Kept apart, so that it can be used while the poller waits.
    poller_face: RefCell<Option<PollerFace>>,
    watchers: RefCell<watch::Watchers>,
    /// `wait(timeout)` of a loop that was given a selector: it waits, and schedules what is ready.
    own_wait: RefCell<Option<Value>>,
    offloaded: offload::Offloaded,
    pub task_factory: RefCell<Option<Value>>,
    pub debug: Cell<bool>,
    running: Cell<bool>,
    stopping: Cell<bool>,
    closed: Cell<bool>,
    /// Methods that a Python subclass has replaced, so that native shortcuts would go unseen.
    overrides: Cell<Overrides>,
    /// Time of a loop whose clock is its own: see [`run::run_in_chosen_order`].
    own_time_ns: Cell<Option<i64>>,
}

/// See [`EventLoop`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides {
    call_soon: bool,
    /// `call_later`, `call_at` or `time`.
    timers: bool,
    time: bool,
    create_task: bool,
    call_at: bool,
    /// `_run_once`.
    run_once: bool,
}

impl Payload for EventLoop {
    const KIND: Kind = Kind::EventLoop;
    crate::trace_fields!(
        ready, order, drawn, timers, task_factory, watchers, own_wait, offloaded;
        skip n_ready, has_order, poller, poller_face, debug, running, stopping, closed, overrides,
        own_time_ns
    );

    fn clear(&self) {
        self.n_ready.set(0);
        let ready = std::mem::take(&mut *self.ready.borrow_mut());
        let drawn = self.drawn.take();
        let timers = self.timers.borrow_mut().drain();
        let watched = self.watchers.borrow_mut().take_all();
        drop((
            ready,
            drawn,
            self.set_order(None),
            timers,
            watched,
            self.task_factory.take(),
            self.own_wait.take(),
            self.offloaded.forget(),
        ));
    }
}

impl EventLoop {
    /// Ends the run after this turn.
    pub(crate) fn stop(&self) {
        self.stopping.set(true);
    }

    fn new(vm: &Vm) -> EventLoop {
        let order = order::Order::of_new_loop(vm);
        EventLoop {
            ready: RefCell::default(),
            n_ready: Cell::new(0),
            has_order: Cell::new(order.is_some()),
            order: RefCell::new(order),
            drawn: RefCell::default(),
            timers: RefCell::default(),
            poller: RefCell::new(None),
            poller_face: RefCell::new(None),
            watchers: RefCell::default(),
            own_wait: RefCell::new(None),
            offloaded: offload::Offloaded::default(),
            task_factory: RefCell::new(None),
            debug: Cell::new(false),
            running: Cell::new(false),
            stopping: Cell::new(false),
            closed: Cell::new(false),
            overrides: Cell::default(),
            own_time_ns: Cell::new(None),
        }
    }

    /// The native loop, where what is scheduled on it may go straight to its ready queue and timers.
    #[inline]
    pub fn direct_of(value: &Value) -> Option<&Gc<EventLoop>> {
        value.downcast::<EventLoop>().filter(|this| {
            let overrides = this.overrides.get();
            !overrides.call_soon && !overrides.timers
        })
    }

    /// The native loop, where `create_task` would make a plain task.
    #[inline]
    pub fn plain_of(value: &Value) -> Option<&Gc<EventLoop>> {
        value
            .downcast::<EventLoop>()
            .filter(|this| !this.overrides.get().create_task && this.task_factory.borrow().is_none())
    }

    /// # Errors
    /// RuntimeError if the loop is closed.
    #[inline]
    pub fn check_open(&self, vm: &Vm) -> PyResult<()> {
        if self.closed.get() {
            return vm.raise(Exc::RuntimeError, "Event loop is closed");
        }
        Ok(())
    }

    /// Calls `use_it` with the face of the poller, which is made when first needed.
    fn with_poller<R>(&self, vm: &Vm, use_it: impl FnOnce(&PollerFace) -> R) -> PyResult<R> {
        if self.poller_face.borrow().is_none() {
            match Poller::new() {
                Ok((poller, face)) => {
                    *self.poller.borrow_mut() = Some(poller);
                    *self.poller_face.borrow_mut() = Some(face);
                }
                Err(error) => return vm.raise_os_error(&error, None),
            }
        }
        let face = self.poller_face.borrow();
        Ok(use_it(face.as_ref().expect("made above")))
    }

    /// `time()` of a loop that does not replace it, in seconds.
    #[inline]
    pub fn now(&self, vm: &Vm) -> f64 {
        let now = self.own_time_ns.get().unwrap_or_else(|| vm.host.clock(ClockKind::Monotonic).unwrap_or(0));
        now as f64 / 1e9
    }

    /// `self.time()`, as it gives it.
    fn time_value(this: &Gc<EventLoop>, vm: &Vm) -> PyResult {
        if this.overrides.get().time {
            return vm.call_method_named(this.as_value(), "time", &[]);
        }
        Ok(Value::float(this.now(vm)))
    }

    /// `self.time()`.
    fn time(this: &Gc<EventLoop>, vm: &Vm) -> PyResult<f64> {
        if this.overrides.get().time {
            let time = vm.call_method_named(this.as_value(), "time", &[])?;
            return float::as_double(vm, &time);
        }
        Ok(this.now(vm))
    }
}
