//! Sorting: the adaptive, stable merge sort of CPython's `Objects/listsort.txt`.
//!
//! Comparisons happen in the same order as in CPython, since classes with an odd `__lt__` (and NaN) show it. What is sorted is a
//! permutation of positions: keys stay where they are, Python code that runs meanwhile finds the list empty, and an exception leaves
//! a permutation of the items. Keys that need no Python code to compare are sorted without the protocol, see `plain_sort`.

use super::List;
use super::plain_sort::{sort_alike, sort_numbers};
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

/// Runs shorter than about this are made longer by insertion.
const MAX_MINRUN: usize = 64;
/// Wins in a row after which a merge searches instead of comparing one by one.
const MIN_GALLOP: usize = 7;

/// `list.sort(key=key, reverse=reverse)`.
///
/// # Errors
/// What the key function and comparisons raise; ValueError "list modified during sort". The list then still has all its items.
pub fn sort_list(vm: &Vm, list: &Gc<List>, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    let mut items = std::mem::take(&mut *list.items.borrow_mut());
    let result = sort_values(vm, &mut items, key, reverse);
    let meanwhile = list.items.replace(items);
    let modified = meanwhile.capacity() != 0;
    drop(meanwhile);
    result?;
    if modified {
        return vm.raise(Exc::ValueError, "list modified during sort");
    }
    Ok(())
}

/// Sorts values that nobody else can see, stably.
///
/// # Errors
/// As [`sort_list`]; `items` is then some permutation of what it was.
pub fn sort_values(vm: &Vm, items: &mut Vec<Value>, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    let keys = match key {
        Some(function) => {
            let mut keys = Vec::with_capacity(items.len());
            for item in items.iter() {
                keys.push(vm.call(function, std::slice::from_ref(item))?);
            }
            Some(keys)
        }
        None => None,
    };
    if items.len() < 2 {
        return Ok(());
    }
    if u32::try_from(items.len()).is_err() {
        return vm.raise_bare(Exc::MemoryError);
    }
    if keys.is_none() && sort_numbers(items, reverse) {
        return Ok(());
    }
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    if reverse {
        order.reverse();
    }
    let by = keys.as_deref().unwrap_or(items);
    let result = if sort_alike(by, &mut order) {
        Ok(())
    } else {
        sort_order(&mut order, &mut |a, b| vm.less_than(&by[a as usize], &by[b as usize]))
    };
    if reverse {
        order.reverse();
    }
    let mut sorted: Vec<Value> = Vec::with_capacity(items.len());
    sorted.extend(order.iter().map(|&at| std::mem::take(&mut items[at as usize])));
    *items = sorted;
    result
}

/// Whether the first position's key is less than the second's.
type Less<'a> = &'a mut dyn FnMut(u32, u32) -> PyResult<bool>;

/// A sorted stretch, and the depth in the merge tree of the boundary to the next one.
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

struct Merger<'a> {
    a: &'a mut [u32],
    less: Less<'a>,
    runs: Vec<Run>,
    min_gallop: usize,
    scratch: Vec<u32>,
}

/// Sorts positions by `less`.
pub fn sort_order(order: &mut [u32], less: Less<'_>) -> PyResult<()> {
    let n = order.len();
    if n < 2 {
        return Ok(());
    }
    let minrun = min_run(n);
    let mut merger = Merger { a: order, less, runs: Vec::new(), min_gallop: MIN_GALLOP, scratch: Vec::new() };
    let mut at = 0;
    while at < n {
        let left = n - at;
        let mut len = merger.count_run(at, left)?;
        if len < minrun {
            let forced = left.min(minrun);
            merger.insertion_sort(at, forced, len)?;
            len = forced;
        }
        merger.new_run(len, n)?;
        merger.runs.push(Run { start: at, len, power: 0 });
        at += len;
    }
    merger.collapse_all()
}

/// A run length such that the number of runs is a power of two or slightly less.
fn min_run(mut n: usize) -> usize {
    let mut rest = 0;
    while n >= MAX_MINRUN {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// Depth of the boundary between two neighbouring runs in the ideal merge tree (Munro and Wild's powersort): the first bit in
/// which the runs' midpoints, as fractions of `n`, differ.
fn power(start: usize, first: usize, second: usize, n: usize) -> u32 {
    let (mut a, mut b) = (2 * start + first, 2 * start + 2 * first + second);
    let mut result = 0;
    loop {
        result += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return result;
        }
        a <<= 1;
        b <<= 1;
    }
}

impl Merger<'_> {
    fn less(&mut self, left: u32, right: u32) -> PyResult<bool> {
        (self.less)(left, right)
    }

    /// Length of the run that begins at `lo`; a descending one is turned round.
    fn count_run(&mut self, lo: usize, left: usize) -> PyResult<usize> {
        let mut n = 1;
        while n < left && !self.less(self.a[lo + n], self.a[lo + n - 1])? {
            n += 1;
        }
        if n == left {
            return Ok(n);
        }
        // What was seen does not descend. Unless all of it is equal, it is an ascending run that ends here.
        if n > 1 {
            if self.less(self.a[lo], self.a[lo + n - 1])? {
                return Ok(n);
            }
            self.a[lo..lo + n].reverse();
        }
        n += 1;
        // Equal items inside a descending run are turned round on their own, so that turning the whole keeps their order.
        let mut equal = 0;
        while n < left {
            if self.less(self.a[lo + n], self.a[lo + n - 1])? {
                if equal > 0 {
                    self.a[lo + n - equal - 1..lo + n].reverse();
                    equal = 0;
                }
            } else if self.less(self.a[lo + n - 1], self.a[lo + n])? {
                break;
            } else {
                equal += 1;
            }
            n += 1;
        }
        if equal > 0 {
            self.a[lo + n - equal - 1..lo + n].reverse();
        }
        self.a[lo..lo + n].reverse();
        while n < left && !self.less(self.a[lo + n], self.a[lo + n - 1])? {
            n += 1;
        }
        Ok(n)
    }

    /// Sorts `n` items from `lo` on, of which the first `sorted` are.
    fn insertion_sort(&mut self, lo: usize, n: usize, sorted: usize) -> PyResult<()> {
        for at in sorted.max(1)..n {
            let pivot = self.a[lo + at];
            let (mut left, mut right) = (0, at);
            while left < right {
                let middle = (left + right) >> 1;
                if self.less(pivot, self.a[lo + middle])? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.a[lo + left..=lo + at].rotate_right(1);
        }
        Ok(())
    }

    /// Merges what must be merged before a run of `len` follows the last one.
    fn new_run(&mut self, len: usize, n: usize) -> PyResult<()> {
        let Some(last) = self.runs.last() else { return Ok(()) };
        let power = power(last.start, last.len, len, n);
        while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
            self.merge_at(self.runs.len() - 2)?;
        }
        if let Some(last) = self.runs.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    fn collapse_all(&mut self) -> PyResult<()> {
        while self.runs.len() > 1 {
            let mut at = self.runs.len() - 2;
            if at > 0 && self.runs[at - 1].len < self.runs[at + 1].len {
                at -= 1;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    /// Merges runs `at` and `at + 1`.
    fn merge_at(&mut self, at: usize) -> PyResult<()> {
        let (mut start_a, mut n_a) = (self.runs[at].start, self.runs[at].len);
        let (start_b, n_b) = (self.runs[at + 1].start, self.runs[at + 1].len);
        self.runs[at].len = n_a + n_b;
        // The boundary behind the second run is now the one behind the merged run.
        let behind = self.runs.remove(at + 1);
        self.runs[at].power = behind.power;
        // Items of the first run that come before all of the second are in place already, and so at the other end.
        let skip = self.gallop_right(self.a[start_b], Part::Main(start_a, n_a), 0)?;
        start_a += skip;
        n_a -= skip;
        if n_a == 0 {
            return Ok(());
        }
        let n_b = self.gallop_left(self.a[start_a + n_a - 1], Part::Main(start_b, n_b), n_b - 1)?;
        if n_b == 0 {
            return Ok(());
        }
        if n_a <= n_b {
            self.merge_low(start_a, n_a, start_b, n_b)
        } else {
            self.merge_high(start_a, n_a, start_b, n_b)
        }
    }

    fn part(&self, part: Part, at: usize) -> u32 {
        match part {
            Part::Main(start, _) => self.a[start + at],
            Part::Scratch(start, _) => self.scratch[start + at],
        }
    }

    /// Where `key` belongs in a sorted part, before its equals; the search begins at `hint`.
    fn gallop_left(&mut self, key: u32, part: Part, hint: usize) -> PyResult<usize> {
        let n = part.len();
        let (mut last, mut offset) = (0, 1);
        let (mut low, mut high);
        if self.less(self.part(part, hint), key)? {
            let limit = n - hint;
            while offset < limit && self.less(self.part(part, hint + offset), key)? {
                last = offset;
                offset = offset * 2 + 1;
            }
            offset = offset.min(limit);
            low = hint + last + 1;
            high = hint + offset;
        } else {
            let limit = hint + 1;
            while offset < limit && !self.less(self.part(part, hint - offset), key)? {
                last = offset;
                offset = offset * 2 + 1;
            }
            offset = offset.min(limit);
            low = hint + 1 - offset;
            high = hint - last;
        }
        while low < high {
            let middle = low + ((high - low) >> 1);
            if self.less(self.part(part, middle), key)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(high)
    }

    /// As [`Merger::gallop_left`], behind the equals of `key`.
    fn gallop_right(&mut self, key: u32, part: Part, hint: usize) -> PyResult<usize> {
        let n = part.len();
        let (mut last, mut offset) = (0, 1);
        let (mut low, mut high);
        if self.less(key, self.part(part, hint))? {
            let limit = hint + 1;
            while offset < limit && self.less(key, self.part(part, hint - offset))? {
                last = offset;
                offset = offset * 2 + 1;
            }
            offset = offset.min(limit);
            low = hint + 1 - offset;
            high = hint - last;
        } else {
            let limit = n - hint;
            while offset < limit && !self.less(key, self.part(part, hint + offset))? {
                last = offset;
                offset = offset * 2 + 1;
            }
            offset = offset.min(limit);
            low = hint + last + 1;
            high = hint + offset;
        }
        while low < high {
            let middle = low + ((high - low) >> 1);
            if self.less(key, self.part(part, middle))? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(high)
    }

    /// Merges two neighbours, the first of which is the shorter, from the front.
    fn merge_low(&mut self, start_a: usize, n_a: usize, start_b: usize, n_b: usize) -> PyResult<()> {
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.a[start_a..start_a + n_a]);
        let mut state = Low { dest: start_a, a: 0, n_a, b: start_b, n_b };
        let result = self.merge_low_steps(&mut state);
        // Whatever stopped the merge, what is left of the first run fills the gap (at the end one item of it goes last).
        let Low { dest, a, n_a, b, n_b } = state;
        match result {
            Ok(true) => {
                self.a.copy_within(b..b + n_b, dest);
                self.a[dest + n_b] = self.scratch[a];
                Ok(())
            }
            other => {
                self.a[dest..dest + n_a].copy_from_slice(&self.scratch[a..a + n_a]);
                other.map(|_| ())
            }
        }
    }

    /// `Ok(true)` when one item of the first run is left, which goes behind the rest of the second.
    fn merge_low_steps(&mut self, s: &mut Low) -> PyResult<bool> {
        self.take_b_low(s);
        if s.n_b == 0 {
            return Ok(false);
        }
        if s.n_a == 1 {
            return Ok(true);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut count_a, mut count_b) = (0, 0);
            loop {
                if self.less(self.a[s.b], self.scratch[s.a])? {
                    self.take_b_low(s);
                    count_b += 1;
                    count_a = 0;
                    if s.n_b == 0 {
                        return Ok(false);
                    }
                    if count_b >= min_gallop {
                        break;
                    }
                } else {
                    self.take_a_low(s);
                    count_a += 1;
                    count_b = 0;
                    if s.n_a == 1 {
                        return Ok(true);
                    }
                    if count_a >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let k = self.gallop_right(self.a[s.b], Part::Scratch(s.a, s.n_a), 0)?;
                count_a = k;
                if k > 0 {
                    self.a[s.dest..s.dest + k].copy_from_slice(&self.scratch[s.a..s.a + k]);
                    (s.dest, s.a, s.n_a) = (s.dest + k, s.a + k, s.n_a - k);
                    if s.n_a == 1 {
                        return Ok(true);
                    }
                    // Only an inconsistent comparison can use the first run up here.
                    if s.n_a == 0 {
                        return Ok(false);
                    }
                }
                self.take_b_low(s);
                if s.n_b == 0 {
                    return Ok(false);
                }
                let k = self.gallop_left(self.scratch[s.a], Part::Main(s.b, s.n_b), 0)?;
                count_b = k;
                if k > 0 {
                    self.a.copy_within(s.b..s.b + k, s.dest);
                    (s.dest, s.b, s.n_b) = (s.dest + k, s.b + k, s.n_b - k);
                    if s.n_b == 0 {
                        return Ok(false);
                    }
                }
                self.take_a_low(s);
                if s.n_a == 1 {
                    return Ok(true);
                }
                if count_a < MIN_GALLOP && count_b < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    fn take_a_low(&mut self, s: &mut Low) {
        self.a[s.dest] = self.scratch[s.a];
        (s.dest, s.a, s.n_a) = (s.dest + 1, s.a + 1, s.n_a - 1);
    }

    fn take_b_low(&mut self, s: &mut Low) {
        self.a[s.dest] = self.a[s.b];
        (s.dest, s.b, s.n_b) = (s.dest + 1, s.b + 1, s.n_b - 1);
    }

    /// Merges two neighbours, the second of which is the shorter, from the end.
    fn merge_high(&mut self, start_a: usize, n_a: usize, start_b: usize, n_b: usize) -> PyResult<()> {
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.a[start_b..start_b + n_b]);
        let mut state = High { base_a: start_a, n_a, n_b };
        let result = self.merge_high_steps(&mut state);
        // Free places are `base_a + n_a ..` as many as are left of the second run.
        let High { base_a, n_a, n_b } = state;
        match result {
            Ok(true) => {
                self.a.copy_within(base_a..base_a + n_a, base_a + 1);
                self.a[base_a] = self.scratch[0];
                Ok(())
            }
            other => {
                let at = base_a + n_a;
                self.a[at..at + n_b].copy_from_slice(&self.scratch[..n_b]);
                other.map(|_| ())
            }
        }
    }

    /// `Ok(true)` when one item of the second run is left, which goes before the rest of the first.
    fn merge_high_steps(&mut self, s: &mut High) -> PyResult<bool> {
        self.take_a_high(s);
        if s.n_a == 0 {
            return Ok(false);
        }
        if s.n_b == 1 {
            return Ok(true);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut count_a, mut count_b) = (0, 0);
            loop {
                if self.less(self.scratch[s.n_b - 1], self.a[s.base_a + s.n_a - 1])? {
                    self.take_a_high(s);
                    count_a += 1;
                    count_b = 0;
                    if s.n_a == 0 {
                        return Ok(false);
                    }
                    if count_a >= min_gallop {
                        break;
                    }
                } else {
                    self.take_b_high(s);
                    count_b += 1;
                    count_a = 0;
                    if s.n_b == 1 {
                        return Ok(true);
                    }
                    if count_b >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let key = self.scratch[s.n_b - 1];
                let k = s.n_a - self.gallop_right(key, Part::Main(s.base_a, s.n_a), s.n_a - 1)?;
                count_a = k;
                if k > 0 {
                    let from = s.base_a + s.n_a - k;
                    self.a.copy_within(from..from + k, from + s.n_b);
                    s.n_a -= k;
                    if s.n_a == 0 {
                        return Ok(false);
                    }
                }
                self.take_b_high(s);
                if s.n_b == 1 {
                    return Ok(true);
                }
                let key = self.a[s.base_a + s.n_a - 1];
                let k = s.n_b - self.gallop_left(key, Part::Scratch(0, s.n_b), s.n_b - 1)?;
                count_b = k;
                if k > 0 {
                    let from = s.n_b - k;
                    let to = s.base_a + s.n_a + from;
                    self.a[to..to + k].copy_from_slice(&self.scratch[from..from + k]);
                    s.n_b -= k;
                    if s.n_b == 1 {
                        return Ok(true);
                    }
                    // Only an inconsistent comparison can use the second run up here.
                    if s.n_b == 0 {
                        return Ok(false);
                    }
                }
                self.take_a_high(s);
                if s.n_a == 0 {
                    return Ok(false);
                }
                if count_a < MIN_GALLOP && count_b < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    fn take_a_high(&mut self, s: &mut High) {
        s.n_a -= 1;
        self.a[s.base_a + s.n_a + s.n_b] = self.a[s.base_a + s.n_a];
    }

    fn take_b_high(&mut self, s: &mut High) {
        s.n_b -= 1;
        self.a[s.base_a + s.n_a + s.n_b] = self.scratch[s.n_b];
    }
}

/// A sorted stretch to search: start and length, in the array or in the scratch space.
#[derive(Clone, Copy)]
enum Part {
    Main(usize, usize),
    Scratch(usize, usize),
}

impl Part {
    fn len(self) -> usize {
        match self {
            Part::Main(_, n) | Part::Scratch(_, n) => n,
        }
    }
}

/// A merge from the front: the first run's rest is `scratch[a..a + n_a]`, the second's `a[b..b + n_b]`.
struct Low {
    dest: usize,
    a: usize,
    n_a: usize,
    b: usize,
    n_b: usize,
}

/// A merge from the end: the first run's rest is `a[base_a..base_a + n_a]`, the second's `scratch[..n_b]`.
struct High {
    base_a: usize,
    n_a: usize,
    n_b: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_stably_and_keeps_all() {
        let mut state = 1u64;
        let mut random = move |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        for round in 0..400 {
            let n = random(if round % 10 == 0 { 3000 } else { 150 }) as usize;
            let distinct = [2, 10, 1000, 1 << 30][round % 4];
            let mut keys: Vec<u64> = (0..n).map(|_| random(distinct)).collect();
            // Stretches in order, up and down, make the merges gallop.
            if round % 3 == 0 && n > 10 {
                let cut = random(n as u64) as usize;
                keys[..cut].sort_unstable();
                keys[cut..].sort_unstable_by(|a, b| b.cmp(a));
            }
            let mut order: Vec<u32> = (0..n as u32).collect();
            sort_order(&mut order, &mut |a, b| Ok(keys[a as usize] < keys[b as usize])).unwrap();
            let mut want: Vec<u32> = (0..n as u32).collect();
            want.sort_by_key(|&at| keys[at as usize]);
            assert_eq!(order, want, "round {round}");
            // A comparison without sense must not lose or double anything.
            let mut odd = 0;
            let mut order: Vec<u32> = (0..n as u32).collect();
            sort_order(&mut order, &mut |a, b| {
                odd = (odd * 31 + a as u64 + b as u64) % 1009;
                Ok(odd % 2 == 0)
            })
            .unwrap();
            order.sort_unstable();
            assert!(order.iter().copied().eq(0..n as u32));
        }
    }
}
