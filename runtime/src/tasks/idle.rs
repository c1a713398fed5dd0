//! What a prompt wants to know while it waits and its loop runs: that a task failed, or that its terminal has another size.

use std::cell::{Cell, RefCell};

use super::task::Task;
use crate::event_loop::EventLoop;
use crate::host::SignalAction;
use crate::{Gc, Vm};

/// What came since a prompt waits.
pub struct News {
    event_loop: Gc<EventLoop>,
    failed: RefCell<Vec<Gc<Task>>>,
    resized: Cell<bool>,
}

/// Collects news until it is dropped; the loop stops for each.
pub struct Watch<'a>(&'a Vm);

impl Vm {
    /// Collects news for the prompt whose loop this is.
    #[must_use]
    pub fn watch_for_prompt(&self, event_loop: &Gc<EventLoop>) -> Watch<'_> {
        let news =
            News { event_loop: event_loop.clone(), failed: RefCell::default(), resized: Cell::new(false) };
        *self.tasks.news.borrow_mut() = Some(news);
        Watch(self)
    }

    /// Has the system tell of new sizes of the terminal, unless the program does something with that signal.
    pub fn watch_terminal_size(&self) {
        if self.host.signal_action(libc::SIGWINCH).is_ok_and(|action| action == SignalAction::Default) {
            // Without it the size is seen at the next key.
            let _ = self.host.set_signal_action(libc::SIGWINCH, SignalAction::Note);
        }
    }

    pub(super) fn note_failed(&self, task: &Gc<Task>) {
        if let Some(news) = &*self.tasks.news.borrow() {
            news.failed.borrow_mut().push(task.clone());
            news.event_loop.stop();
        }
    }

    pub(crate) fn note_resized(&self) {
        if let Some(news) = &*self.tasks.news.borrow() {
            news.resized.set(true);
            news.event_loop.stop();
        }
    }
}

impl Watch<'_> {
    fn of_news<R: Default>(&self, f: impl FnOnce(&News) -> R) -> R {
        self.0.tasks.news.borrow().as_ref().map(f).unwrap_or_default()
    }

    /// Whether the terminal may have another size than at the last call.
    pub fn take_resized(&self) -> bool {
        self.of_news(|news| news.resized.take())
    }

    /// Tasks that have failed since the last call.
    pub fn take_failed(&self) -> Vec<Gc<Task>> {
        self.of_news(|news| news.failed.take())
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let news = self.0.tasks.news.take();
        drop(news);
    }
}
