//! The order in which the entries of a turn run: first in, first out, unless it is drawn, by a generator (`--seed`) or by a callable that
//! tests try every order with. Both draw the same way: one entry at a time, each of those that are left.
//!
//! Under a seed, what asyncio promises holds: callbacks of one future run in their order. And what asyncio does itself to bring about
//! input and output, in transports, protocols and the like, runs before what else is ready, in the usual order, on which it relies: a task
//! that is told that there is a connection finds it. Tests of every order know no such rules.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};

use super::EventLoop;
use super::handle::Handle;
use super::ready::{CALL, N_WORDS_MOST, NATIVE, Ready, n_words};
use crate::heap::{Trace, Visitor};
use crate::objects::function::BoundMethod;
use crate::objects::str::Str;
use crate::seeded::{Generator, Seeds};
use crate::tasks::task::{Task, Wait};
use crate::{Exc, Gc, PyResult, Value, Vm};

/// Who says which entry is next.
pub enum Order {
    Seeded(Generator),
    /// `choose(n)` gives a number below `n`.
    Chosen(Value),
}

impl Trace for Order {
    fn trace_value(&self, visit: Visitor<'_>) {
        if let Order::Chosen(choose) = self {
            visit(choose);
        }
    }
}

/// The entries of the turn under way that have not run, where their order is drawn.
#[derive(Default)]
pub struct Drawn {
    /// In the order of the queue; what has run is empty.
    entries: Vec<Vec<Value>>,
    n_left: usize,
    /// A Fenwick tree that counts entries that are left, for drawing the one with a number in few steps.
    tree: Vec<usize>,
    /// Under a seed: for each entry its group, and for each group its entries that are left.
    group_of: Vec<usize>,
    groups: Vec<VecDeque<usize>>,
    /// Entries that are not drawn: these are first.
    first: VecDeque<usize>,
}

impl Trace for Drawn {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.entries.iter().flatten().for_each(visit);
    }
}

impl Drawn {
    /// Adds to what is left.
    fn extend(&mut self, words: impl IntoIterator<Item = Value>) {
        self.entries.retain(|entry| !entry.is_empty());
        let mut words = words.into_iter();
        while let Some(first) = words.next() {
            let n_more = n_words(&first) - 1;
            let mut entry = Vec::with_capacity(N_WORDS_MOST);
            entry.push(first);
            entry.extend(words.by_ref().take(n_more));
            self.entries.push(entry);
        }
        self.n_left = self.entries.len();
        self.tree = (0..=self.n_left).map(|number| number & number.wrapping_neg()).collect();
        (self.group_of, self.groups, self.first) = Default::default();
    }

    /// Gives entries with the same key one group; those without are groups of their own. `is_first` says which are not drawn.
    fn group(&mut self, key: impl Fn(&[Value]) -> Option<Value>, is_first: impl Fn(&[Value]) -> bool) {
        let mut by_key: HashMap<u64, usize, rapidhash::fast::RandomState> = HashMap::default();
        for (index, entry) in self.entries.iter().enumerate() {
            let next = self.groups.len();
            let group = key(entry).map_or(next, |key| *by_key.entry(key.bits()).or_insert(next));
            if group == next {
                self.groups.push(VecDeque::new());
            }
            self.groups[group].push_back(index);
            self.group_of.push(group);
            if is_first(entry) {
                self.first.push_back(index);
            }
        }
    }

    /// Takes the entry with this number, of those that are left, or the first of its group.
    fn take(&mut self, number: usize) -> Vec<Value> {
        // The largest position with at most `number` entries before it.
        let (mut position, mut before) = (0, number);
        let mut step = self.entries.len().checked_ilog2().map_or(0, |bits| 1 << bits);
        while step > 0 {
            if position + step < self.tree.len() && self.tree[position + step] <= before {
                position += step;
                before -= self.tree[position];
            }
            step /= 2;
        }
        if let Some(&group) = self.group_of.get(position) {
            position = self.groups[group].pop_front().unwrap_or(position);
        }
        self.take_at(position)
    }

    fn take_at(&mut self, position: usize) -> Vec<Value> {
        let mut node = position + 1;
        while node < self.tree.len() {
            self.tree[node] -= 1;
            node += node & node.wrapping_neg();
        }
        self.n_left -= 1;
        std::mem::take(&mut self.entries[position])
    }

    /// The words of what is left, in the order of the queue.
    pub(super) fn words(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().flatten()
    }

    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Value> {
        std::mem::take(self).entries.into_iter().flatten()
    }
}

/// How many loops have been given an order.
#[derive(Default)]
struct Loops(Cell<u64>);

impl Order {
    /// That of a new loop: each has a generator of its own, so that what one does is no matter to another.
    pub fn of_new_loop(vm: &Vm) -> Option<Order> {
        let seed = vm.options.seed?;
        let number = vm.state::<Loops>().0.replace(vm.state::<Loops>().0.get() + 1);
        Some(Order::Seeded(Seeds::ORDER.generator(seed, number)))
    }
}

impl EventLoop {
    /// Whether the order of a turn's entries is drawn.
    #[inline]
    pub(super) fn is_order_drawn(&self) -> bool {
        self.has_order.get()
    }

    pub(super) fn set_order(&self, order: Option<Order>) -> Option<Order> {
        self.has_order.set(order.is_some());
        self.order.replace(order)
    }

    /// A turn begins: what the queue holds now is to be drawn from. Gives the count of it.
    pub(super) fn begin_drawing(&self, vm: &Vm) -> usize {
        let words = std::mem::take(&mut *self.ready.borrow_mut());
        let mut drawn = self.drawn.borrow_mut();
        drawn.extend(words);
        if matches!(&*self.order.borrow(), Some(Order::Seeded(_))) {
            drawn.group(future_of, |entry| is_machinery(vm, entry));
        }
        drawn.n_left
    }

    /// Takes the entry that is drawn next; `None` if there is none left, as after a nested run.
    ///
    /// # Errors
    /// What the callable raises; ValueError if it gives no number of an entry.
    pub(super) fn draw(&self, vm: &Vm) -> PyResult<Option<Ready>> {
        let n_left = self.drawn.borrow().n_left;
        if n_left == 0 {
            return Ok(None);
        }
        let first = self.drawn.borrow_mut().first.pop_front();
        let mut number = 0;
        if n_left > 1 && first.is_none() {
            let choose = match &mut *self.order.borrow_mut() {
                Some(Order::Seeded(generator)) => {
                    number = generator.below(n_left as u64) as usize;
                    None
                }
                Some(Order::Chosen(choose)) => Some(choose.clone()),
                None => None,
            };
            if let Some(choose) = choose {
                let chosen = vm.call(&choose, &[Value::from(n_left)])?;
                match chosen.as_small_int().and_then(|number| usize::try_from(number).ok()) {
                    Some(chosen) if chosen < n_left => number = chosen,
                    _ => return vm.raise(Exc::ValueError, "there is no such entry in the ready queue"),
                }
            }
        }
        let mut drawn = self.drawn.borrow_mut();
        let entry = if let Some(first) = first { drawn.take_at(first) } else { drawn.take(number) };
        drop(drawn);
        let mut ready = self.ready.borrow_mut();
        entry.into_iter().rev().for_each(|word| ready.push_front(word));
        drop(ready);
        Ok(self.pop())
    }

    /// A turn ends, maybe by an exception: what was not run is first in the next.
    pub(super) fn end_drawing(&self) {
        let left: Vec<Value> = self.drawn.borrow_mut().take_all().collect();
        let mut ready = self.ready.borrow_mut();
        left.into_iter().rev().for_each(|word| ready.push_front(word));
    }
}

/// The future whose callback an entry is: tasks that it wakes are among its callbacks.
fn future_of(entry: &[Value]) -> Option<Value> {
    match entry {
        [tag, _, future] if tag.as_small_int() >= Some(NATIVE) => Some(future.clone()),
        [tag, _, future, _] if tag.as_small_int() == Some(CALL) => Some(future.clone()),
        [target] => match &*target.downcast::<Task>()?.wait.borrow() {
            Wait::Future(future) => Some(future.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Modules of asyncio whose callbacks bring about no input or output: they are drawn as those of a program.
const NO_MACHINERY: [&[u8]; 3] = [b"asyncio.futures", b"asyncio.tasks", b"asyncio.timeouts"];

/// Whether an entry is a call of asyncio's own code for input and output, or of a protocol.
fn is_machinery(vm: &Vm, entry: &[Value]) -> bool {
    let [handle] = entry else { return false };
    let Some(callback) = handle.downcast::<Handle>().map(|handle| handle.callback.get()) else {
        return false;
    };
    let method = callback.downcast::<BoundMethod>();
    let function = method.map_or(&callback, |method| &method.function);
    let module = vm.get_attr_opt(function, &vm.intern("__module__")).ok().flatten();
    if let Some(module) = module.as_ref().and_then(|module| module.downcast::<Str>()) {
        if module.as_bytes().starts_with(b"asyncio.") {
            return !NO_MACHINERY.contains(&module.as_bytes());
        }
    }
    let Some(method) = method else { return false };
    let protocols = vm.modules.get_str(&vm.intern("asyncio.protocols"));
    let class = protocols.and_then(|module| vm.get_attr_opt(&module, &vm.intern("BaseProtocol")).ok()?);
    class
        .is_some_and(|class| class.downcast().is_some_and(|class| vm.is_instance_of(&method.receiver, class)))
}

/// Runs turns in the order that `choose` gives until the loop is stopped, see `run::run_in_chosen_order`.
pub(super) fn with_order<R>(this: &Gc<EventLoop>, choose: &Value, run: impl FnOnce() -> R) -> R {
    let outer = this.set_order(Some(Order::Chosen(choose.clone())));
    let result = run();
    drop(this.set_order(outer));
    result
}
