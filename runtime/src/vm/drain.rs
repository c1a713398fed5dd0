//! Generators that native code drains (`sum`, `list`, `any`): every item goes to a [`Sink`] right at the `yield`, and the generator runs
//! on, as long as the sink needs no Python code to take it.

#![allow(unsafe_code)]

use std::ops::ControlFlow;
use std::ptr::NonNull;

use super::Vm;
use super::dispatch::Outcome;
use super::frame::Frame;
use super::generator::Wake;
use crate::PyResult;
use crate::heap::Gc;
use crate::objects::code::CallKind;
use crate::objects::generator::{Generator, generator_at};
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// Where the items of an iterable go.
pub trait Sink {
    /// Takes the item if that needs neither Python code nor an error; gives it back if it does.
    fn take(&mut self, item: Value) -> Option<Value>;

    /// Takes an item that [`Sink::take`] gave back; `Break` wants no more.
    ///
    /// # Errors
    /// Whatever ends the iteration.
    fn take_slowly(&mut self, vm: &Vm, item: Value) -> PyResult<ControlFlow<()>>;
}

/// The innermost drain that runs; on the native stack.
pub(crate) struct Drain<'a> {
    generator: *const Generator,
    sink: &'a mut dyn Sink,
}

impl Vm {
    /// Gives `sink` all items, one after the other. Exact lists and tuples are walked in place, seeing changes as they happen.
    ///
    /// # Errors
    /// The iterable's and the sink's.
    pub fn pour<S: Sink>(&self, iterable: &Value, sink: &mut S) -> PyResult<()> {
        let add = |sink: &mut S, item| match sink.take(item) {
            None => Ok(ControlFlow::Continue(())),
            Some(item) => sink.take_slowly(self, item),
        };
        if let Some(list) = iterable.downcast_exact::<List>() {
            let mut at = 0;
            while let Some(item) = list.get(at) {
                if add(sink, item)?.is_break() {
                    break;
                }
                at += 1;
            }
            return Ok(());
        }
        if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            for item in tuple.items() {
                if add(sink, item.clone())?.is_break() {
                    break;
                }
            }
            return Ok(());
        }
        if let Some(generator) = iterable.downcast::<Generator>() {
            if generator.kind == CallKind::Generator {
                while let Some(item) = self.drain(generator, sink)? {
                    if sink.take_slowly(self, item)?.is_break() {
                        break;
                    }
                }
                return Ok(());
            }
        }
        let iterator = self.iter(iterable)?;
        while let Some(item) = self.next(&iterator)? {
            if add(sink, item)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Runs a generator until its end or until it yields what the sink does not take at once.
    fn drain(&self, generator: &Gc<Generator>, sink: &mut dyn Sink) -> PyResult<Option<Value>> {
        if generator.is_finished() {
            return Ok(None);
        }
        let mut drain = Drain { generator: &raw const **generator, sink };
        let outer = self.drain.replace(Some(NonNull::from(&mut drain).cast()));
        let result = self.resume(generator, Wake::Send(Value::NONE));
        self.drain.set(outer);
        match result? {
            Outcome::Yielded(item) => Ok(Some(item)),
            Outcome::Returned(_) => Ok(None),
        }
    }

    /// At a `yield` of `frame`: gives the item to the sink that drains this generator. `Some` is an item that is to be yielded as usual.
    #[inline]
    pub(crate) fn yield_to_sink(&self, frame: Frame, item: Value) -> Option<Value> {
        let Some(mut drain) = self.drain.get() else { return Some(item) };
        // SAFETY: `drain` is set while its referent is on the native stack below, in `Vm::drain`; nothing else refers to it.
        let drain = unsafe { drain.as_mut() };
        // SAFETY: only generators' code yields.
        if !std::ptr::eq(drain.generator, unsafe { generator_at(frame) }) {
            return Some(item);
        }
        drain.sink.take(item)
    }
}
