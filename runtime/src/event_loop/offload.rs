//! Blocking system calls of the loop (names to addresses) on threads that know no Python: a small pool, whose threads end when idle.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::EventLoop;
use crate::heap::{Trace, Visitor};
use crate::host;
use crate::tasks::future::{Future, new_future};
use crate::{Gc, PyResult, Vm};

/// As many as a CPython program has for the same calls at most.
const MOST_THREADS: usize = 32;
const IDLE_TIME: Duration = Duration::from_secs(5);

/// What a job found, as what makes a value of it on the loop's thread.
type Reply = Box<dyn FnOnce(&Vm) -> PyResult + Send>;
type Job = Box<dyn FnOnce() + Send>;

/// A loop's calls under way: their futures, and the replies that came.
#[derive(Default)]
pub struct Offloaded {
    pending: RefCell<Vec<(u64, Gc<Future>)>>,
    last_id: Cell<u64>,
    replies: Arc<Mutex<Vec<(u64, Reply)>>>,
}

impl Trace for Offloaded {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.pending.borrow().iter().for_each(|(_, future)| future.trace_value(visit));
    }
}

impl Offloaded {
    pub fn is_empty(&self) -> bool {
        self.pending.borrow().is_empty()
    }

    /// Some call has ended and its future is not complete yet.
    pub fn has_replies(&self) -> bool {
        !self.is_empty() && !locked(&self.replies).is_empty()
    }

    /// The futures, which nobody will complete any more.
    pub fn forget(&self) -> Vec<(u64, Gc<Future>)> {
        self.pending.take()
    }
}

/// Threads that wait for jobs, and the jobs that wait for threads.
#[derive(Default)]
struct Pool {
    state: Mutex<PoolState>,
    came: Condvar,
}

#[derive(Default)]
struct PoolState {
    jobs: VecDeque<Job>,
    n_idle: usize,
    n_threads: usize,
}

/// The interpreter's pool.
#[derive(Default)]
struct SharedPool(RefCell<Arc<Pool>>);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A job that panicked has left nothing half done under the lock.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// # Errors
    /// If the system refuses a thread and there is none.
    fn submit(self: &Arc<Pool>, job: Job) -> std::io::Result<()> {
        let mut state = locked(&self.state);
        state.jobs.push_back(job);
        if state.n_idle < state.jobs.len() && state.n_threads < MOST_THREADS {
            let pool = self.clone();
            match std::thread::Builder::new().name("ouro-blocking".into()).spawn(move || pool.serve()) {
                Ok(_) => state.n_threads += 1,
                Err(error) if state.n_threads == 0 => {
                    state.jobs.pop_back();
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        drop(state);
        self.came.notify_one();
        Ok(())
    }

    fn serve(&self) {
        host::block_signals();
        let mut state = locked(&self.state);
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = locked(&self.state);
                continue;
            }
            state.n_idle += 1;
            let (back, timeout) =
                self.came.wait_timeout(state, IDLE_TIME).unwrap_or_else(PoisonError::into_inner);
            state = back;
            state.n_idle -= 1;
            if timeout.timed_out() && state.jobs.is_empty() {
                state.n_threads -= 1;
                return;
            }
        }
    }
}

/// To be called in a process that was made by `fork`: the threads of the pool are its parent's.
pub fn forget_threads(vm: &Vm) {
    let old = vm.state::<SharedPool>().0.take();
    // A thread of the parent's may have held its lock.
    std::mem::forget(old);
}

impl EventLoop {
    /// Has `call` run on another thread, and gives a future of what its reply makes.
    ///
    /// # Errors
    /// RuntimeError if the loop is closed; OSError if there can be no thread.
    pub fn offload<R>(
        this: &Gc<EventLoop>,
        vm: &Vm,
        call: impl FnOnce() -> R + Send + 'static,
    ) -> PyResult<Gc<Future>>
    where
        R: FnOnce(&Vm) -> PyResult + Send + 'static,
    {
        this.check_open(vm)?;
        let waker = this.with_poller(vm, super::PollerFace::waker)?;
        let future = new_future(vm, this.as_value())?;
        let offloaded = &this.offloaded;
        let id = offloaded.last_id.get() + 1;
        offloaded.last_id.set(id);
        let replies = offloaded.replies.clone();
        let job = move || {
            let reply = call();
            locked(&replies).push((id, Box::new(reply)));
            // The loop is gone if this fails.
            let _ = waker.wake();
        };
        if let Err(error) = vm.state::<SharedPool>().0.borrow().submit(Box::new(job)) {
            return vm.raise_os_error(&error, None);
        }
        offloaded.pending.borrow_mut().push((id, future.clone()));
        Ok(future)
    }

    /// Completes the futures of calls that have ended.
    pub(super) fn finish_offloaded(&self, vm: &Vm) -> PyResult<()> {
        let replies = std::mem::take(&mut *locked(&self.offloaded.replies));
        for (id, reply) in replies {
            let index = self.offloaded.pending.borrow().iter().position(|(pending, _)| *pending == id);
            let Some(index) = index else { continue };
            let (_, future) = self.offloaded.pending.borrow_mut().swap_remove(index);
            if future.core.is_done() {
                continue;
            }
            match reply(vm) {
                Ok(value) => vm.complete_future(future.as_value(), &future.core, value)?,
                Err(raised) => {
                    let exception = vm.take_raised(raised);
                    vm.fail_future(future.as_value(), &future.core, exception)?;
                }
            }
        }
        Ok(())
    }
}
