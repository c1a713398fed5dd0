//! What the members of a chain handle, and chains that fall apart.
//!
//! `Generator::handled` means: of a root that is suspended, the innermost exception being handled in its chain; of one that runs, what its
//! resumer handles; of any other member, what its awaiter handles, `None` if that is whatever the chain's resumer handles.

use super::Vm;
use super::frame::{Frame, Link};
use crate::exceptions::Raised;
use crate::heap::Gc;
use crate::objects::async_generator::AsyncStep;
use crate::objects::exception::Exception;
use crate::objects::generator::{Generator, State, generator_at};
use crate::value::Value;

impl Vm {
    /// Makes a suspended root and its chain independent again: the child becomes the root of the rest.
    pub(crate) fn unlink_chain(&self, generator: &Generator) {
        let leaf = generator.leaf_ptr();
        let Some(delegate) = self.delegate_of(generator) else { return };
        let child = match delegate.into_gc::<Generator>() {
            Ok(child) => child,
            Err(delegate) => {
                let Some(step) = delegate.downcast::<AsyncStep>() else { return };
                step.generator.clone()
            }
        };
        split_handled(generator, &child, leaf);
        child.set_leaf_ptr(if std::ptr::eq(leaf, &raw const *child) { std::ptr::null() } else { leaf });
        child.depth.set(generator.depth.get().saturating_sub(1).max(1));
        child.state.set(State::Suspended);
        generator.set_leaf_ptr(std::ptr::null());
        generator.depth.set(1);
    }

    /// Makes a generator that is awaited in a suspended chain the root of the rest of it, so that it can be driven by itself: its awaiter
    /// links it again when that is woken. False if it runs.
    #[cold]
    pub(crate) fn detach(&self, generator: &Generator) -> bool {
        let mut root = generator;
        let mut n_above = 0;
        // In a chain that runs the root does, too.
        while root.state.get() == State::Running {
            match awaiter_of(root) {
                Some(awaiter) => root = awaiter,
                None => return false,
            }
            n_above += 1;
        }
        let Some(awaiter) = awaiter_of(generator).filter(|_| root.state.get() == State::Suspended) else {
            return false;
        };
        let leaf = root.leaf_ptr();
        root.set_leaf_ptr(if std::ptr::eq(root, awaiter) { std::ptr::null() } else { awaiter });
        split_handled(root, generator, leaf);
        let depth = root.depth.replace(n_above);
        generator.depth.set(depth.saturating_sub(n_above).max(1));
        generator.state.set(State::Suspended);
        generator.set_leaf_ptr(if std::ptr::eq(leaf, generator) { std::ptr::null() } else { leaf });
        true
    }

    pub(super) fn swap_handled_in(&self, generator: &Generator) {
        let outer = self.handled.take();
        let own = generator.take_handled();
        if outer.is_some() || own.is_some() {
            let now = own.or_else(|| outer.clone());
            let _none = self.handled.replace(now);
            let _none = generator.replace_handled(outer);
        }
    }

    pub(super) fn swap_handled_out(&self, generator: &Generator) {
        let now = self.handled.take();
        let outer = generator.take_handled();
        let own = unless_outer(now, &outer);
        let _none = self.handled.replace(outer);
        let _none = generator.replace_handled(own);
    }

    /// PushExc: what was handled before, as PopExc wants it back. Inside a chain, what its resumer handles is kept as "unbound", since
    /// the resumer may be another one by then.
    pub(crate) fn push_handled(&self, frame: Frame, exception: &Value) -> Value {
        let new = exception.downcast::<Exception>().cloned();
        let previous = self.handled.replace(new);
        if !self.stack.holds(frame.0) {
            match (&previous, &self.handled_outside(frame)) {
                (Some(previous), Some(outer)) if previous.is(outer) => return Value::UNBOUND,
                (None, None) => return Value::UNBOUND,
                _ => {}
            }
        }
        previous.map_or(Value::NONE, Value::from)
    }

    pub(crate) fn pop_handled(&self, frame: Frame, previous: Value) {
        let previous = if previous.is_unbound() {
            // Outside generators nothing is kept unbound.
            if self.stack.holds(frame.0) { None } else { self.handled_outside(frame) }
        } else {
            previous.into_gc::<Exception>().ok()
        };
        let old = self.handled.replace(previous);
        drop(old);
    }

    /// Whether no exception is being handled, neither by the running code nor by the suspended generator.
    pub(super) fn handles_nothing(&self, generator: &Generator) -> bool {
        self.handled.borrow().is_none() && generator.handled().is_none()
    }

    /// What is handled outside of `frame`, a frame of the running chain.
    pub(crate) fn handled_outside(&self, mut frame: Frame) -> Option<Gc<Exception>> {
        while matches!(frame.link(), Link::AsyncStep | Link::Await) {
            // SAFETY: only generators' frames are linked so.
            let own = unsafe { generator_at(frame) }.handled();
            if own.is_some() {
                return own;
            }
            // An awaiter may have been linked to another one since.
            frame = frame.caller();
        }
        // SAFETY: the root of a running chain lives.
        let root = unsafe { self.root.get().as_ref() };
        root.and_then(|root| root.handled())
    }

    /// Raises an exception thrown into the generator whose frame this is: only what it handles itself becomes the context, not what is
    /// handled outside.
    pub(crate) fn raise_thrown(&self, frame: Frame, exception: Gc<Exception>) -> Raised {
        let handled = self.handled.borrow().clone();
        if let Some(handled) = unless_outer(handled, &self.handled_outside(frame)) {
            self.set_context(&exception, handled);
        }
        self.reraise(exception)
    }

    /// An exception is about to be thrown into the leaf of the running chain: its awaiters see it as thrown into them, too, unless the
    /// chain is suspended before. That makes a difference only where one of them handles something.
    pub(super) fn mark_throw(&self, root: &Generator, leaf: &Generator) {
        let handled = self.handled.borrow().clone();
        let matters = !std::ptr::eq(root, leaf) && unless_outer(handled, &root.handled()).is_some();
        if matters {
            leaf.frame().mark_thrown_through(true);
        }
    }

    /// The chain is suspended, or has ended.
    pub(super) fn unmark_throw(&self, root: &Generator) {
        // SAFETY: the leaf of a suspended chain lives.
        let mut member = unsafe { root.leaf_ptr().as_ref() };
        while let Some(generator) = member {
            generator.frame().mark_thrown_through(false);
            member = awaiter_of(generator);
        }
    }

    /// A frame through which something was thrown is left: what comes next is thrown into its awaiter.
    pub(super) fn pass_throw(&self, frame: Frame) {
        let awaiter = frame.caller();
        if frame.is_thrown_through() && matches!(awaiter.link(), Link::AsyncStep | Link::Await) {
            awaiter.mark_thrown_through(true);
        }
    }

    /// The generator is linked: what it was handling is handled again.
    pub(super) fn swap_handled_below(&self, generator: &Generator) {
        let outer = self.handled.take();
        let own = generator.take_handled();
        if outer.is_none() && own.is_none() {
            return;
        }
        let _none = self.handled.replace(own.or_else(|| outer.clone()));
        // SAFETY: the root of a running chain lives.
        let root = unsafe { &*self.root.get() };
        let is_resumers = match (&outer, &root.handled()) {
            (Some(outer), Some(resumers)) => outer.is(resumers),
            (outer, _) => outer.is_none(),
        };
        let _none = generator.replace_handled(if is_resumers { None } else { outer });
    }

    /// The generator yields: what it handles is kept for the next step.
    pub(super) fn swap_handled_above(&self, generator: &Generator) {
        let outer = self.handled_outside(generator.frame());
        let _own = generator.take_handled();
        let now = self.handled.replace(outer.clone());
        let own = unless_outer(now, &outer);
        let _none = generator.replace_handled(own);
    }

    /// The generator has ended.
    pub(super) fn drop_handled(&self, generator: &Generator) {
        let outer = self.handled_outside(generator.frame());
        let _own = generator.take_handled();
        let _now = self.handled.replace(outer);
    }
}

/// What is handled now, if that is not merely what is handled outside.
fn unless_outer(now: Option<Gc<Exception>>, outer: &Option<Gc<Exception>>) -> Option<Gc<Exception>> {
    match (now, outer) {
        (Some(now), Some(outer)) if now.is(outer) => None,
        (now, _) => now,
    }
}

/// Who awaits a generator that is part of a chain and not its root.
fn awaiter_of(generator: &Generator) -> Option<&Generator> {
    match generator.frame().link() {
        // SAFETY: who is linked below another one's frame is owned by that.
        Link::Await | Link::AsyncStep => Some(unsafe { generator_at(generator.frame().caller()) }),
        _ => None,
    }
}

/// A suspended chain falls in two, at `child`: its root has kept the innermost exception being handled, the child what its awaiter handles.
fn split_handled(root: &Generator, child: &Generator, leaf: *const Generator) {
    let mut outer = child.take_handled();
    let mut above = child;
    while outer.is_none() {
        match awaiter_of(above).filter(|awaiter| !std::ptr::eq(*awaiter, root)) {
            Some(awaiter) => above = awaiter,
            None => break,
        }
        outer = above.handled();
    }
    // Below it nothing else has an awaiter that handled this.
    // SAFETY: the leaf of a suspended chain lives.
    let mut below = unsafe { leaf.as_ref() }.filter(|_| outer.is_some());
    while let Some(member) = below.filter(|member| !std::ptr::eq(*member, child)) {
        if matches!((member.handled(), &outer), (Some(own), Some(outer)) if own.is(outer)) {
            let _outer = member.take_handled();
        }
        below = awaiter_of(member);
    }
    let own = unless_outer(root.take_handled(), &outer);
    let _none = (root.replace_handled(outer), child.replace_handled(own));
}
