//! Threads of one interpreter. One at a time runs Python: the one that holds the interpreter lock.
//!
//! What belongs to a thread (its register stack, the running frame, the exception on its way, its task) lies in fields of the [`Vm`] while it
//! holds the lock, so that a program with one thread pays nothing, and in the thread's record while it does not: who gives the lock up or
//! gets it swaps the two. All else of the Vm belongs to whoever holds the lock.
//!
//! A thread gives the lock up around what may block ([`Vm::blocking`]), and between two instructions when another has waited for a switch
//! interval (`Vm::attend_checked`). Both are points at which any Python code could have run, as finalisers do; what native code must not
//! keep across one, it must not keep across the other.
//!
//! While no second thread exists nothing of this happens: the lock is simply held.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::Vm;
use super::frame::Frame;
use super::interpreter_lock::InterpreterLock;
use super::stack::RegisterStack;
use crate::host::{Host, Identity};
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::objects::generator::Generator;
use crate::objects::str::Str;
use crate::tasks::context::Context;
use crate::value::Value;
use crate::{Exc, Gc, PyResult};

/// What belongs to a thread, while it does not hold the lock. Otherwise it is blank.
struct ThreadState {
    raised: Cell<Option<Gc<Exception>>>,
    handled: RefCell<Option<Gc<Exception>>>,
    stack: RegisterStack,
    frame: Cell<Frame>,
    ip: Cell<*mut ouro_lang::code::Instruction>,
    heap_frame_top: Cell<*mut Value>,
    root: Cell<*const Generator>,
    drain: Cell<Option<std::ptr::NonNull<super::drain::Drain<'static>>>>,
    depth: Cell<u32>,
    attending: Cell<u32>,
    reraising: Cell<bool>,
    stop_value: Cell<Value>,
    origin_tracking_depth: Cell<u32>,
    initializing: RefCell<Vec<Gc<Str>>>,
    imports_machinery: Cell<bool>,
    stack_limit: Cell<usize>,
    context: RefCell<Option<Gc<Context>>>,
    running_loop: RefCell<Option<Value>>,
    current_tasks: RefCell<Vec<(Value, Value)>>,
    chain: Cell<*const Generator>,
}

impl ThreadState {
    fn new(stack: RegisterStack) -> ThreadState {
        ThreadState {
            raised: Cell::new(None),
            handled: RefCell::new(None),
            frame: Cell::new(Frame::NONE),
            ip: Cell::new(std::ptr::null_mut()),
            heap_frame_top: Cell::new(stack.start()),
            stack,
            root: Cell::new(std::ptr::null()),
            drain: Cell::new(None),
            depth: Cell::new(0),
            attending: Cell::new(0),
            reraising: Cell::new(false),
            stop_value: Cell::new(Value::NONE),
            origin_tracking_depth: Cell::new(0),
            initializing: RefCell::default(),
            imports_machinery: Cell::new(false),
            stack_limit: Cell::new(0),
            context: RefCell::default(),
            running_loop: RefCell::default(),
            current_tasks: RefCell::default(),
            chain: Cell::new(std::ptr::null()),
        }
    }

    /// Exchanges it with what the Vm has.
    fn swap(&self, vm: &Vm) {
        self.raised.swap(&vm.raised);
        self.handled.swap(&vm.handled);
        self.stack.swap(&vm.stack);
        self.frame.swap(&vm.frame);
        self.ip.swap(&vm.ip);
        self.heap_frame_top.swap(&vm.heap_frame_top);
        self.root.swap(&vm.root);
        self.drain.swap(&vm.drain);
        self.depth.swap(&vm.depth);
        self.attending.swap(&vm.attending);
        self.reraising.swap(&vm.reraising);
        self.stop_value.swap(&vm.stop_value);
        self.origin_tracking_depth.swap(&vm.origin_tracking_depth);
        self.initializing.swap(&vm.initializing);
        self.imports_machinery.swap(&vm.imports_machinery);
        self.stack_limit.swap(&vm.stack_limit);
        self.context.swap(&vm.tasks.context);
        self.running_loop.swap(&vm.tasks.running_loop);
        self.current_tasks.swap(&vm.tasks.current);
        self.chain.swap(&vm.tasks.chain);
    }
}

/// One thread that runs, or is going to run, Python.
pub struct Thread {
    /// `pthread_self()` of it: what Python calls the identity of a thread.
    pub ident: Cell<u64>,
    /// Signal handlers run on this one.
    is_main: Cell<bool>,
    state: ThreadState,
    /// What modules keep per thread, by their own numbers.
    data: RefCell<HashMap<u64, Gc<Dict>, rapidhash::fast::RandomState>>,
}

impl Thread {
    /// The innermost Python frame of a thread that does not hold the lock.
    fn frame(&self) -> Frame {
        self.state.frame.get()
    }
}

/// The threads of an interpreter.
pub struct Threads {
    /// Another one after a `fork`: that of the parent may be in use for ever.
    lock: RefCell<Arc<InterpreterLock>>,
    /// Threads that exist or are being started.
    n: Cell<usize>,
    /// More than one: blocking calls give the lock up.
    several: Cell<bool>,
    /// The one that holds the lock.
    current: RefCell<Rc<Thread>>,
    all: RefCell<Vec<Rc<Thread>>>,
    /// Threads of the process that this one was forked from: their frames will never be left.
    lost: RefCell<Vec<Rc<Thread>>>,
    n_forks: Cell<u32>,
    /// Threads that were called out of their wait and have not got the lock since.
    n_called: Cell<usize>,
    /// Between any two instructions at which it can be, another thread is let run: for tests.
    always_switch: Cell<bool>,
}

impl Threads {
    /// With the calling thread as the main one.
    pub(super) fn new(host: &Host) -> Threads {
        let main = Rc::new(Thread {
            ident: Cell::new(host.identity(Identity::ThreadHandle) as u64),
            is_main: Cell::new(true),
            state: ThreadState::new(RegisterStack::blank()),
            data: RefCell::default(),
        });
        Threads {
            lock: RefCell::new(Arc::new(InterpreterLock::new())),
            n: Cell::new(1),
            several: Cell::new(false),
            current: RefCell::new(main.clone()),
            all: RefCell::new(vec![main]),
            lost: RefCell::default(),
            n_forks: Cell::new(0),
            n_called: Cell::new(0),
            always_switch: Cell::new(false),
        }
    }

    fn lock(&self) -> Arc<InterpreterLock> {
        self.lock.borrow().clone()
    }

    /// How often the process has been forked since the interpreter began.
    pub fn n_forks(&self) -> u32 {
        self.n_forks.get()
    }

    /// How many threads there are, those being started included.
    pub fn count(&self) -> usize {
        self.n.get()
    }

    /// Whether the calling thread is the one on which signal handlers run.
    pub fn on_main(&self) -> bool {
        !self.several.get() || self.current.borrow().is_main.get()
    }

    /// A thread was called that parks.
    pub fn note_called(&self) {
        self.n_called.set(self.n_called.get() + 1);
    }

    /// A thread that was called goes on.
    pub fn note_awake(&self) {
        self.n_called.set(self.n_called.get().saturating_sub(1));
    }

    /// Identity of the main thread.
    pub fn main_ident(&self) -> u64 {
        let all = self.all.borrow();
        all.iter().find(|thread| thread.is_main.get()).map_or(0, |thread| thread.ident.get())
    }

    /// `sys.setswitchinterval`.
    pub fn set_switch_interval(&self, interval: Duration) {
        self.lock.borrow().set_interval(interval);
    }

    pub fn switch_interval(&self) -> Duration {
        self.lock.borrow().interval()
    }
}

/// Gets the lock back when dropped, be it by a panic.
struct Released<'a> {
    vm: &'a Vm,
    lock: Arc<InterpreterLock>,
    thread: Rc<Thread>,
}

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.lock.acquire(self.vm.heap.attention.flag());
        self.vm.resume_thread(&self.thread);
    }
}

/// What crosses to a new thread together with the promise that one thread at a time uses it.
struct Carried<T>(T);

// SAFETY: made by `start_thread` under the interpreter lock, opened by the new thread when that has the lock.
unsafe impl<T> Send for Carried<T> {}

impl<T> Carried<T> {
    fn open(self) -> T {
        self.0
    }
}

impl Vm {
    /// Runs what may block while other threads run Python. `work` must not touch a value, nor anything of the Vm but the host.
    #[inline]
    pub fn blocking<R>(&self, work: impl FnOnce(&Host) -> R) -> R {
        if !self.threads.several.get() {
            return work(&self.host);
        }
        let _released = self.release_lock();
        work(&self.host)
    }

    /// Whether other threads may run during [`Vm::blocking`]: what it reads and writes must be out of their reach then.
    #[inline]
    pub fn has_threads(&self) -> bool {
        self.threads.several.get()
    }

    /// Puts the thread's state away. The lock is still held.
    fn suspend_thread(&self) -> Released<'_> {
        let thread = self.threads.current.borrow().clone();
        thread.state.swap(self);
        Released { vm: self, lock: self.threads.lock(), thread }
    }

    fn resume_thread(&self, thread: &Rc<Thread>) {
        thread.state.swap(self);
        *self.threads.current.borrow_mut() = thread.clone();
        if self.threads.always_switch.get() || self.interrupts.is_wanted() {
            self.heap.attention.set(true);
        }
    }

    #[cold]
    fn release_lock(&self) -> Released<'_> {
        let released = self.suspend_thread();
        released.lock.release();
        released
    }

    /// Lets another thread run if one has waited long enough. Called between instructions.
    #[inline]
    pub(super) fn switch_if_wanted(&self) {
        if self.switch_is_due() {
            self.switch_thread();
        }
    }

    #[cold]
    fn switch_thread(&self) {
        let released = self.suspend_thread();
        released.lock.give_way(Duration::ZERO);
        drop(released);
    }

    /// Lets threads that this one called run first, as they would if it had to wait now. Called between turns of an event loop: else a busy
    /// loop would go on for a switch interval with what it asked another thread for, and the order would be left to chance.
    #[inline]
    pub(crate) fn let_called_run(&self) {
        if self.threads.several.get() && self.threads.n_called.get() > 0 {
            self.give_called_time();
        }
    }

    #[cold]
    fn give_called_time(&self) {
        let released = self.suspend_thread();
        // It comes in some ten microseconds, if the machine has a core for it.
        released.lock.give_way(self.threads.switch_interval());
        drop(released);
    }

    /// Whether [`Vm::switch_if_wanted`] has something to do.
    pub(super) fn switch_is_due(&self) -> bool {
        self.threads.several.get()
            && (self.threads.lock.borrow().is_wanted() || self.threads.always_switch.get())
    }

    /// For tests: threads take turns at every chance.
    pub fn always_switch(&self) {
        self.threads.always_switch.set(true);
    }

    /// Starts a thread of this interpreter that runs `body` under the lock, and gives its identity. `body` reports what it raises itself.
    ///
    /// # Errors
    /// If the system refuses it.
    pub fn start_thread(
        &self,
        stack_size_bytes: usize,
        body: impl FnOnce(&Vm) + 'static,
    ) -> std::io::Result<u64> {
        use std::os::unix::thread::JoinHandleExt;
        let thread = Rc::new(Thread {
            ident: Cell::new(0),
            is_main: Cell::new(false),
            state: ThreadState::new(RegisterStack::reserve()?),
            data: RefCell::default(),
        });
        let carried = Carried((std::ptr::from_ref(self), thread, Box::new(body) as Box<dyn FnOnce(&Vm)>));
        let lock = self.threads.lock();
        if self.threads.n.get() == 1 {
            self.host.expect_threads();
        }
        let attention = Carried(std::ptr::from_ref(self.heap.attention.flag()));
        self.threads.n.set(self.threads.n.get() + 1);
        self.threads.several.set(true);
        let number = self.host.virtual_clock().map_or(0, |clock| clock.thread_begins());
        let main = move || {
            crate::host::be_thread(number);
            let attention = attention.open();
            // SAFETY: the Vm is not dropped while it has threads (`Vm::close_threads`).
            lock.acquire(unsafe { &*attention });
            let (vm, thread, body) = carried.open();
            // SAFETY: as above; it stays in place, being boxed.
            let vm = unsafe { &*vm };
            vm.begin_thread(&thread, stack_size_bytes);
            body(vm);
            vm.end_thread(thread);
        };
        match std::thread::Builder::new().stack_size(stack_size_bytes).spawn(main) {
            Ok(handle) => Ok(handle.as_pthread_t()),
            Err(error) => {
                self.forget_one();
                Err(error)
            }
        }
    }

    fn begin_thread(&self, thread: &Rc<Thread>, stack_size_bytes: usize) {
        // SAFETY: see `start_thread`; this thread holds the lock.
        unsafe { self.enter() };
        self.resume_thread(thread);
        self.set_stack_size(stack_size_bytes);
        thread.ident.set(self.host.identity(Identity::ThreadHandle) as u64);
        self.threads.all.borrow_mut().push(thread.clone());
    }

    fn end_thread(&self, thread: Rc<Thread>) {
        // What its context held may have finalisers.
        drop((self.tasks.context.take(), self.handled.take(), self.tasks.running_loop.take()));
        self.attend();
        self.threads.all.borrow_mut().retain(|other| !Rc::ptr_eq(other, &thread));
        thread.state.swap(self);
        drop(thread);
        self.forget_one();
        let lock = self.threads.lock();
        lock.release();
    }

    fn forget_one(&self) {
        self.threads.n.set(self.threads.n.get() - 1);
        self.threads.several.set(self.threads.n.get() > 1);
        if let Some(clock) = self.host.virtual_clock() {
            clock.thread_ended();
        }
    }

    /// The interpreter ends: other threads never run Python again. They may still use the Vm's memory.
    pub fn close_threads(&self) {
        if self.handles_signals.get() {
            crate::host::leave_signals();
        }
        self.threads.lock.borrow().close();
        self.threads.several.set(false);
    }

    /// In a process made by `fork`: the calling thread is the only one.
    pub fn forget_threads(&self) {
        let threads = &self.threads;
        let me = threads.current.borrow().clone();
        me.is_main.set(true);
        if self.handles_signals.get() {
            crate::host::handle_signals_here();
        }
        let mut all = threads.all.borrow_mut();
        threads.lost.borrow_mut().extend(all.extract_if(.., |thread| !Rc::ptr_eq(thread, &me)));
        threads.n.set(1);
        threads.several.set(false);
        threads.n_called.set(0);
        threads.n_forks.set(threads.n_forks.get() + 1);
        if let Some(clock) = self.host.virtual_clock() {
            clock.forget_others();
        }
        // Another thread may have been about to look at it, and its memory is the parent's, too.
        std::mem::forget(threads.lock.replace(Arc::new(InterpreterLock::new())));
        self.forget_imports_of_others();
    }

    /// Identity and innermost frame of every thread that runs Python.
    pub fn thread_frames(&self) -> Vec<(u64, Frame)> {
        let current = self.threads.current.borrow().clone();
        let all = self.threads.all.borrow();
        all.iter()
            .map(|thread| {
                let is_me = Rc::ptr_eq(thread, &current);
                (thread.ident.get(), if is_me { self.frame.get() } else { thread.frame() })
            })
            .filter(|(_, frame)| !frame.is_none())
            .collect()
    }

    /// Identity and handled exception of every thread that runs Python.
    pub fn thread_exceptions(&self) -> Vec<(u64, Option<Gc<Exception>>)> {
        let current = self.threads.current.borrow().clone();
        let all = self.threads.all.borrow();
        all.iter()
            .map(|thread| {
                let is_me = Rc::ptr_eq(thread, &current);
                let handled = if is_me { &self.handled } else { &thread.state.handled };
                (thread.ident.get(), handled.borrow().clone())
            })
            .collect()
    }

    /// The thread, other than the calling one, on whose stack a frame lies.
    fn other_thread_of(&self, frame: Frame) -> Option<Rc<Thread>> {
        let has = |thread: &&Rc<Thread>| thread.state.stack.has(frame.0);
        let all = self.threads.all.borrow();
        all.iter().find(has).or(self.threads.lost.borrow().iter().find(has)).cloned()
    }

    /// Innermost frame and next instruction of the thread on whose stack a frame lies; of this one for a frame on no stack.
    pub(crate) fn thread_of_frame(&self, frame: Frame) -> (Frame, *mut ouro_lang::code::Instruction) {
        let other = if self.stack.holds(frame.0) { None } else { self.other_thread_of(frame) };
        match other {
            Some(thread) => (thread.state.frame.get(), thread.state.ip.get()),
            None => (self.frame.get(), self.ip.get()),
        }
    }

    /// Whether a frame lies on the stack of any thread; otherwise it is a generator's.
    pub(crate) fn is_on_a_stack(&self, frame: Frame) -> bool {
        self.stack.holds(frame.0) || self.other_thread_of(frame).is_some()
    }

    /// What the calling thread has under a number.
    pub fn thread_data(&self, number: u64) -> Option<Gc<Dict>> {
        self.threads.current.borrow().data.borrow().get(&number).cloned()
    }

    pub fn set_thread_data(&self, number: u64, data: Gc<Dict>) {
        let current = self.threads.current.borrow().clone();
        let _old = current.data.borrow_mut().insert(number, data);
    }

    /// Takes what any thread has under a number.
    pub fn drop_thread_data(&self, number: u64) {
        let all = self.threads.all.borrow().clone();
        let _dropped: Vec<_> =
            all.iter().filter_map(|thread| thread.data.borrow_mut().remove(&number)).collect();
    }

    /// Takes all that the calling thread has.
    pub fn drop_all_thread_data(&self) {
        let current = self.threads.current.borrow().clone();
        drop(current.data.take());
        // Finalisers run on this thread still. What they make anew goes with the thread.
        self.attend();
    }

    /// Whether handlers of the process's signals run on the calling thread.
    pub fn handles_signals_here(&self) -> bool {
        self.handles_signals.get() && self.threads.on_main()
    }

    /// Raises KeyboardInterrupt and what other signal handlers raise, on the main thread.
    pub(super) fn check_signals_here(&self) -> PyResult<()> {
        if !self.threads.on_main() {
            return Ok(());
        }
        if self.interrupts.take() {
            return self.raise_bare(Exc::KeyboardInterrupt);
        }
        if self.handles_signals.get() { self.run_signal_handlers() } else { Ok(()) }
    }
}
