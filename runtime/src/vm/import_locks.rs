//! Who imports what: a thread that wants a module which another is importing waits until that is done, so that it never sees half a module.
//! Where threads would wait for each other in a circle, one goes on with what there is, as CPython's import does.

use std::cell::RefCell;
use std::sync::Arc;

use super::Vm;
use crate::host::{Identity, Parker};
use crate::objects::str::Str;
use crate::{Gc, PyResult};

struct UnderWay {
    name: Gc<Str>,
    /// Identity of the importing thread.
    thread: i64,
    waiting: Vec<Arc<Parker>>,
}

/// See the module.
#[derive(Default)]
pub struct ImportLocks {
    under_way: RefCell<Vec<UnderWay>>,
    /// Threads that wait, and for what.
    waiters: RefCell<Vec<(i64, Gc<Str>)>>,
}

impl ImportLocks {
    /// The thread, other than `me`, that imports a module.
    fn importer(&self, name: &Gc<Str>, me: i64) -> Option<i64> {
        let under_way = self.under_way.borrow();
        under_way
            .iter()
            .find(|import| import.name == *name && import.thread != me)
            .map(|import| import.thread)
    }

    /// Whether `thread` waits, through others perhaps, for what `me` imports.
    fn waits_for(&self, mut thread: i64, me: i64) -> bool {
        let waiters = self.waiters.borrow();
        for _ in 0..=waiters.len() {
            let Some((_, name)) = waiters.iter().find(|(waiter, _)| *waiter == thread) else { return false };
            match self.importer(name, thread) {
                Some(next) if next == me => return true,
                Some(next) => thread = next,
                None => return false,
            }
        }
        true
    }
}

impl Vm {
    /// Does `import`, for which others wait who want the same module.
    pub(super) fn locked_import<R>(&self, name: &Gc<Str>, import: impl FnOnce() -> R) -> R {
        let thread = self.host.identity(Identity::ThreadHandle);
        let locks = &self.import_locks.under_way;
        locks.borrow_mut().push(UnderWay { name: name.clone(), thread, waiting: Vec::new() });
        let result = import();
        let ended = {
            let mut under_way = locks.borrow_mut();
            let at = under_way.iter().rposition(|import| import.thread == thread && import.name == *name);
            at.map(|at| under_way.remove(at))
        };
        ended.iter().flat_map(|import| &import.waiting).for_each(|parker| parker.unpark());
        result
    }

    /// Waits until no other thread imports a module.
    ///
    /// # Errors
    /// What signal handlers raise.
    pub(super) fn await_import(&self, name: &Gc<Str>) -> PyResult<()> {
        let me = self.host.identity(Identity::ThreadHandle);
        let locks = &self.import_locks;
        loop {
            match locks.importer(name, me) {
                Some(importer) if !locks.waits_for(importer, me) => {}
                _ => return Ok(()),
            }
            let parker = Arc::new(Parker::default());
            for import in locks.under_way.borrow_mut().iter_mut().filter(|import| import.name == *name) {
                import.waiting.push(parker.clone());
            }
            locks.waiters.borrow_mut().push((me, name.clone()));
            // Woken or interrupted: looked at again in either case.
            let _ = self.blocking(|host| host.park(&parker, None));
            locks.waiters.borrow_mut().retain(|(waiter, _)| *waiter != me);
            self.check_signals()?;
        }
    }

    /// In a process made by `fork`: imports of other threads will never end.
    pub(super) fn forget_imports_of_others(&self) {
        let me = self.host.identity(Identity::ThreadHandle);
        self.import_locks.under_way.borrow_mut().retain(|import| import.thread == me);
        self.import_locks.waiters.borrow_mut().clear();
    }
}
