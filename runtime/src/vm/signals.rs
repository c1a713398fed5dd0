//! Python functions that signals call.

use std::cell::RefCell;

use super::Vm;
use crate::host::{self, SignalAction};
use crate::value::Value;
use crate::{Exc, PyResult};

/// What programs set with `signal.signal`, by number.
pub struct SignalHandlers {
    pub handlers: RefCell<Vec<Option<Value>>>,
}

impl Default for SignalHandlers {
    fn default() -> SignalHandlers {
        SignalHandlers { handlers: RefCell::new(vec![None; host::N_SIGNALS]) }
    }
}

impl Vm {
    /// This interpreter gets the process's signals; Ctrl-C becomes KeyboardInterrupt, unless it is ignored from outside.
    pub fn handle_signals(&self) {
        self.handles_signals.set(true);
        // SAFETY: the heap is part of the Vm, which stays where it is; dropping it ends the watch.
        unsafe { host::watch_signals(self.heap.attention.flag()) };
        host::handle_signals_here();
        // Writing to what nobody reads, and beyond the largest size of a file, fails with an error instead.
        for signal in host::IGNORED_SIGNALS {
            let _ = self.host.set_signal_action(signal, SignalAction::Ignore);
        }
        if self.host.signal_action(libc::SIGINT).is_ok_and(|action| action == SignalAction::Default) {
            // A system that refuses leaves Ctrl-C what it was.
            let _ = self.host.set_signal_action(libc::SIGINT, SignalAction::Note);
        }
    }

    /// Calls the handlers of signals that came.
    #[cold]
    #[inline(never)]
    pub(super) fn run_signal_handlers(&self) -> PyResult<()> {
        for signal in host::take_signals() {
            let state = self.state::<SignalHandlers>();
            let handler = state.handlers.borrow().get(signal as usize).cloned().flatten();
            match handler {
                Some(handler) if self.is_callable(&handler) => {
                    let frame = self.current_frame();
                    let frame =
                        if frame.is_none() { Value::NONE } else { self.frame_object(frame).to_value() };
                    self.call(&handler, &[Value::small(signal.into()), frame])?;
                }
                None if signal == libc::SIGINT => return self.raise_bare(Exc::KeyboardInterrupt),
                None if signal == libc::SIGWINCH => self.note_resized(),
                _ => {}
            }
        }
        Ok(())
    }
}
