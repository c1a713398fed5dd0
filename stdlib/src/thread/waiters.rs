//! Threads that wait for something which others, under the interpreter lock, make come true.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use ouro_runtime::host::Parker;
use ouro_runtime::{PyResult, Vm};

/// Threads that wait for something, first come first; each with how often the process had been forked when it began.
#[derive(Default)]
pub struct Waiters(RefCell<VecDeque<(u32, Arc<Parker>)>>);

impl Waiters {
    pub fn call_one(&self) {
        self.call(1);
    }

    pub fn call_all(&self) {
        self.call(usize::MAX);
    }

    /// Calls up to `n` threads. Those of a process that this one was forked from are passed over: nobody would come.
    fn call(&self, n: usize) {
        let mut waiting = self.0.borrow_mut();
        if waiting.is_empty() {
            return;
        }
        let threads = &Vm::current().threads;
        let present =
            std::iter::from_fn(|| waiting.pop_front()).filter(|(forks, _)| *forks == threads.n_forks());
        for (_, parker) in present.take(n) {
            threads.note_called();
            parker.unpark();
        }
    }

    /// Forgets all: they are threads of the process that this one was forked from.
    pub fn forget(&self) {
        self.0.borrow_mut().clear();
    }

    /// Waits until `take` succeeds, which is asked again whenever this was called: true, or until the time is over: false.
    ///
    /// # Errors
    /// What signal handlers raise.
    pub fn wait(&self, vm: &Vm, limit_ns: Option<i64>, mut take: impl FnMut() -> bool) -> PyResult<bool> {
        if take() {
            return Ok(true);
        }
        let deadline = limit_ns.map(|limit| vm.host.monotonic().saturating_add(limit));
        loop {
            if deadline.is_some_and(|deadline| vm.host.monotonic() >= deadline) {
                return Ok(false);
            }
            let parker = Arc::new(Parker::default());
            self.0.borrow_mut().push_back((vm.threads.n_forks(), parker.clone()));
            let woken = vm.blocking(|host| host.park(&parker, deadline));
            if parker.was_called() {
                vm.threads.note_awake();
            } else {
                self.0.borrow_mut().retain(|(_, other)| !Arc::ptr_eq(other, &parker));
            }
            if let Err(raised) = vm.check_signals() {
                if parker.was_called() {
                    // The call was for somebody who goes on.
                    self.call_one();
                }
                return Err(raised);
            }
            if take() {
                return Ok(true);
            }
            if matches!(woken, Ok(false)) {
                return Ok(false);
            }
        }
    }
}
