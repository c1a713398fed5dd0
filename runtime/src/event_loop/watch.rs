//! Descriptors a loop watches: `add_reader()` and `add_writer()`.
//!
//! asyncio promises levels: a callback is called in every turn in which its descriptor is ready. The poller reports edges. So what is
//! ready stays marked until something shows that it is used up: a short read or write, or the system's EAGAIN, which natives that read
//! and write tell ([`EventLoop::descriptor_drained`]). Where nobody told anything, one `poll(2)` for all of them asks the system before
//! the next wait.

use super::EventLoop;
use super::handle::Handle;
use super::poller::{Readiness, readiness};
use crate::heap::{Trace, Visitor};
use crate::host::PollDescriptor;
use crate::{Exc, Gc, PyResult, Value, Vm};

/// One direction of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Read,
    Write,
}

impl Direction {
    fn bit(self) -> Readiness {
        match self {
            Direction::Read => readiness::READ,
            Direction::Write => readiness::WRITE,
        }
    }

    /// The direction as modules of Python know it.
    pub(super) fn event(self) -> Value {
        Value::small(match self {
            Direction::Read => 1,
            Direction::Write => 2,
        })
    }

    fn ended_bit(self) -> Readiness {
        match self {
            Direction::Read => readiness::READ_ENDED,
            Direction::Write => readiness::WRITE_ENDED,
        }
    }
}

/// What a loop knows of one descriptor.
#[derive(Default)]
struct Watched {
    reader: Option<Gc<Handle>>,
    writer: Option<Gc<Handle>>,
    /// What the poller reports.
    registered: Readiness,
    /// What was reported and is not known to be used up.
    ready: Readiness,
    /// It is in [`Watchers::doubtful`].
    is_doubtful: bool,
}

impl Watched {
    fn handle(&mut self, direction: Direction) -> &mut Option<Gc<Handle>> {
        match direction {
            Direction::Read => &mut self.reader,
            Direction::Write => &mut self.writer,
        }
    }

    /// Directions somebody watches.
    fn interest(&self) -> Readiness {
        let bit = |handle: &Option<Gc<Handle>>, bit| if handle.is_some() { bit } else { 0 };
        bit(&self.reader, readiness::READ) | bit(&self.writer, readiness::WRITE)
    }
}

/// All descriptors a loop watches.
#[derive(Default)]
pub struct Watchers {
    by_descriptor: Vec<Watched>,
    /// Those marked as ready with somebody who watches: whether they still are is to be asked before the next wait.
    doubtful: Vec<i32>,
    n_handles: usize,
}

impl Trace for Watchers {
    fn trace_value(&self, visit: Visitor<'_>) {
        for watched in &self.by_descriptor {
            watched.reader.trace_value(visit);
            watched.writer.trace_value(visit);
        }
    }
}

impl Watchers {
    /// Whether anything is watched.
    pub fn is_empty(&self) -> bool {
        self.n_handles == 0
    }

    fn get_mut(&mut self, descriptor: i32) -> Option<&mut Watched> {
        self.by_descriptor.get_mut(usize::try_from(descriptor).ok()?)
    }

    fn doubt(&mut self, descriptor: i32) {
        if let Some(watched) = self.get_mut(descriptor) {
            if !std::mem::replace(&mut watched.is_doubtful, true) {
                self.doubtful.push(descriptor);
            }
        }
    }

    /// Marks what was found, and gives the handles to be run for it.
    fn note(&mut self, descriptor: i32, found: Readiness) -> [Option<Gc<Handle>>; 2] {
        let Some(watched) = self.get_mut(descriptor) else { return [None, None] };
        watched.ready |= found;
        let to_run = [
            watched.reader.clone().filter(|_| found & readiness::READ != 0),
            watched.writer.clone().filter(|_| found & readiness::WRITE != 0),
        ];
        if to_run.iter().any(Option::is_some) {
            self.doubt(descriptor);
        }
        to_run
    }

    /// Takes the doubtful descriptors out: those whose marks still stand and matter to somebody.
    fn take_doubtful(&mut self) -> Vec<PollDescriptor> {
        let mut asked = Vec::new();
        for descriptor in std::mem::take(&mut self.doubtful) {
            let Some(watched) = self.get_mut(descriptor) else { continue };
            watched.is_doubtful = false;
            let marked = watched.ready & watched.interest();
            if marked != 0 {
                let (read, write) = (marked & readiness::READ != 0, marked & readiness::WRITE != 0);
                asked.push(PollDescriptor::new(descriptor, read, write));
            }
        }
        asked
    }

    /// Takes marks away, unless no read or write will ever wait again.
    fn drained(&mut self, descriptor: i32, direction: Direction) {
        if let Some(watched) = self.get_mut(descriptor) {
            if watched.ready & direction.ended_bit() == 0 {
                watched.ready &= !direction.bit();
            }
        }
    }

    fn remove(&mut self, descriptor: i32, direction: Direction) -> Option<(Gc<Handle>, bool)> {
        let watched = self.get_mut(descriptor)?;
        let handle = watched.handle(direction).take()?;
        let is_last = watched.interest() == 0;
        if is_last {
            (watched.registered, watched.ready) = (0, 0);
        }
        self.n_handles -= 1;
        Some((handle, is_last))
    }

    /// All handles, taken out.
    pub fn take_all(&mut self) -> Vec<Gc<Handle>> {
        let all = std::mem::take(self);
        all.by_descriptor.into_iter().flat_map(|watched| [watched.reader, watched.writer]).flatten().collect()
    }
}

/// The number of a descriptor, given as that or as an object with `fileno()`.
///
/// # Errors
/// ValueError in the words of `selectors`.
pub fn descriptor_of(vm: &Vm, value: &Value) -> PyResult<i32> {
    let number = if crate::objects::int::is_int(value) {
        vm.to_i64(value)?
    } else {
        match vm.call_method_named(value, "fileno", &[]).and_then(|number| vm.to_i64(&number)) {
            Ok(number) => number,
            Err(raised) => {
                let expected = [Exc::AttributeError, Exc::TypeError, Exc::ValueError];
                if !expected.into_iter().any(|class| vm.raised_is(&raised, class)) {
                    return Err(raised);
                }
                drop(vm.take_raised(raised));
                let text = vm.repr_text(value)?;
                return vm.raise(Exc::ValueError, format!("Invalid file object: {text}"));
            }
        }
    };
    match i32::try_from(number) {
        Ok(descriptor) if descriptor >= 0 => Ok(descriptor),
        _ => vm.raise(Exc::ValueError, format!("Invalid file descriptor: {number}")),
    }
}

impl EventLoop {
    /// Has `handle` run in every turn in which the descriptor is ready, instead of the handle before.
    ///
    /// # Errors
    /// RuntimeError if the loop is closed; OSError as the system says, for regular files among others.
    pub fn watch(&self, vm: &Vm, descriptor: i32, direction: Direction, handle: Gc<Handle>) -> PyResult<()> {
        self.check_open(vm)?;
        let index = descriptor as usize;
        let registered =
            self.watchers.borrow().by_descriptor.get(index).map_or(0, |watched| watched.registered);
        if registered & direction.bit() == 0 {
            let registered = self.with_poller(vm, |face| {
                face.register(descriptor, registered | direction.bit(), registered)
            })?;
            if let Err(error) = registered {
                return vm.raise_os_error(&error, None);
            }
        }
        let mut watchers = self.watchers.borrow_mut();
        if watchers.by_descriptor.len() <= index {
            watchers.by_descriptor.resize_with(index + 1, Watched::default);
        }
        let watched = &mut watchers.by_descriptor[index];
        watched.registered |= direction.bit();
        let is_marked = watched.ready & direction.bit() != 0;
        let old = watched.handle(direction).replace(handle);
        if is_marked {
            watchers.doubt(descriptor);
        }
        if old.is_none() {
            watchers.n_handles += 1;
        }
        drop(watchers);
        old.map_or(Ok(()), |old| old.cancel(vm, old.as_value()))
    }

    /// Ends [`EventLoop::watch`]; false if nobody watched.
    pub fn unwatch(&self, vm: &Vm, descriptor: i32, direction: Direction) -> PyResult<bool> {
        let removed = self.watchers.borrow_mut().remove(descriptor, direction);
        let Some((handle, is_last)) = removed else { return Ok(false) };
        if is_last {
            if let Some(face) = &*self.poller_face.borrow() {
                face.deregister(descriptor);
            }
        }
        handle.cancel(vm, handle.as_value())?;
        Ok(true)
    }

    /// For each descriptor that is watched a tuple of its number and its two handles, or None for one that is not there.
    pub(super) fn watched_descriptors(&self, vm: &Vm) -> Vec<Value> {
        let watchers = self.watchers.borrow();
        let value =
            |handle: &Option<Gc<Handle>>| handle.as_ref().map_or(Value::NONE, |handle| handle.to_value());
        (0..)
            .zip(&watchers.by_descriptor)
            .filter(|(_, watched)| watched.interest() != 0)
            .map(|(number, watched)| {
                vm.tuple(&[Value::small(number), value(&watched.reader), value(&watched.writer)])
            })
            .collect()
    }

    /// The descriptors that are watched.
    pub(super) fn watched_numbers(&self) -> Vec<i32> {
        let watchers = self.watchers.borrow();
        let watched = (0..).zip(&watchers.by_descriptor).filter(|(_, watched)| watched.interest() != 0);
        watched.map(|(number, _)| number).collect()
    }

    /// A read gave less than there was room for, or a write took less than it was given, or the system said EAGAIN.
    pub fn descriptor_drained(&self, descriptor: i32, direction: Direction) {
        self.watchers.borrow_mut().drained(descriptor, direction);
    }

    /// Schedules the handles of descriptors that were ready before and still are.
    pub(super) fn run_doubtful(&self, vm: &Vm) -> PyResult<()> {
        let mut asked = self.watchers.borrow_mut().take_doubtful();
        if asked.is_empty() {
            return Ok(());
        }
        // Who closed a descriptor that is watched hears of it by being called.
        if let Err(error) = vm.host.poll_now(&mut asked) {
            return vm.raise_os_error(&error, None);
        }
        for answer in asked {
            let mut found = 0;
            for (direction, is_ready) in
                [(Direction::Read, answer.reads()), (Direction::Write, answer.writes())]
            {
                match is_ready {
                    Some(true) => found |= direction.bit(),
                    Some(false) => self.watchers.borrow_mut().drained(answer.descriptor(), direction),
                    // Nobody asked: what is marked may still hold when somebody does.
                    None => {}
                }
            }
            self.run_ready(vm, answer.descriptor(), found)?;
        }
        Ok(())
    }

    /// Schedules the handles of a descriptor that is ready.
    pub(super) fn run_ready(&self, vm: &Vm, descriptor: i32, found: Readiness) -> PyResult<()> {
        let to_run = self.watchers.borrow_mut().note(descriptor, found);
        for handle in to_run.into_iter().flatten() {
            self.push_handle(vm, &handle)?;
        }
        Ok(())
    }
}

impl Vm {
    /// Tells the running loop what [`EventLoop::descriptor_drained`] says.
    pub fn descriptor_drained(&self, descriptor: i32, direction: Direction) {
        if let Some(event_loop) = &*self.tasks.running_loop.borrow() {
            if let Some(event_loop) = event_loop.downcast::<EventLoop>() {
                event_loop.descriptor_drained(descriptor, direction);
            }
        }
    }
}
