//! The order in which the entries of a turn run: first in, first out, unless it is drawn, by a generator (`--seed`) or by a callable that
//! tests try every order with. Both draw the same way: one entry at a time, each of those that are left.
//!
//! What belongs together stays in order under a seed: the callbacks of one future, and calls of one protocol and its transport, which
//! rely on it. Tests of every order know no such rule.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};

use super::EventLoop;
use super::handle::Handle;
use super::ready::{CALL, N_WORDS_MOST, NATIVE, Ready, n_words};
use crate::heap::{Trace, Visitor};
use crate::objects::function::BoundMethod;
use crate::seeded::{Generator, Seeds};
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
        (self.group_of, self.groups) = (Vec::new(), Vec::new());
    }

    /// Gives entries with the same key one group; those without are groups of their own.
    fn group(&mut self, key: impl Fn(&[Value]) -> Option<Value>) {
        let mut by_key: HashMap<u64, usize, rapidhash::fast::RandomState> = HashMap::default();
        for (index, entry) in self.entries.iter().enumerate() {
            let next = self.groups.len();
            let group = key(entry).map_or(next, |key| *by_key.entry(key.bits()).or_insert(next));
            if group == next {
                self.groups.push(VecDeque::new());
            }
            self.groups[group].push_back(index);
            self.group_of.push(group);
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
            drawn.group(|entry| belongs_to(vm, entry));
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
        let mut number = 0;
        if n_left > 1 {
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
        let entry = self.drawn.borrow_mut().take(number);
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

/// What an entry must stay in order with the other entries of.
fn belongs_to(vm: &Vm, entry: &[Value]) -> Option<Value> {
    match entry {
        [tag, _, future] if tag.as_small_int() >= Some(NATIVE) => Some(future.clone()),
        [tag, _, future, _] if tag.as_small_int() == Some(CALL) => Some(future.clone()),
        [handle] => {
            let callback = handle.downcast::<Handle>()?.callback.get();
            let receiver = callback.downcast::<BoundMethod>()?.receiver.clone();
            let is_a = |module: &str, class: &str| {
                let module = vm.modules.get_str(&vm.intern(module))?;
                let class = vm.get_attr_opt(&module, &vm.intern(class)).ok()??;
                vm.is_instance_of(&receiver, class.downcast()?).then_some(())
            };
            if is_a("asyncio.transports", "BaseTransport").is_some() {
                let protocol = vm.get_attr_opt(&receiver, &vm.intern("_protocol")).ok().flatten();
                return Some(protocol.unwrap_or(receiver));
            }
            is_a("asyncio.protocols", "BaseProtocol").map(|()| receiver)
        }
        _ => None,
    }
}

/// Runs turns in the order that `choose` gives until the loop is stopped, see `run::run_in_chosen_order`.
pub(super) fn with_order<R>(this: &Gc<EventLoop>, choose: &Value, run: impl FnOnce() -> R) -> R {
    let outer = this.set_order(Some(Order::Chosen(choose.clone())));
    let result = run();
    drop(this.set_order(outer));
    result
}
