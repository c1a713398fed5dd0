//! `combinations`, `combinations_with_replacement`, `permutations` and `product`.

use std::cell::RefCell;

use ouro_runtime::class::{Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::int;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::{class, same, this};

/// The most positions a selection can have; more could not be stored.
const MAX_POSITIONS: usize = 1 << 32;

/// How many items each selection has.
fn selection_size(vm: &Vm, value: &Value) -> PyResult<usize> {
    match usize::try_from(vm.to_i64(value)?) {
        Ok(size) => Ok(size),
        Err(_) => vm.raise(Exc::ValueError, "r must be non-negative"),
    }
}

/// Positions of the current selection; `None` before the first and after the last.
enum Selection {
    Start,
    At(Vec<usize>),
    End,
}

/// The items at some positions.
fn pick(pool: &[Value], positions: &[usize]) -> Value {
    Tuple::new(positions.iter().map(|&at| pool[at].clone())).into()
}

pub struct Combinations {
    pool: Vec<Value>,
    size: usize,
    selection: RefCell<Selection>,
}

impl Payload for Combinations {
    ouro_runtime::trace_fields!(pool; skip size, selection);
}

pub static COMBINATIONS: TypeSpec = TypeSpec {
    name: "combinations",
    module: "itertools",
    doc: "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> \
          (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
    new: Some(NativeFn::new("combinations($type, iterable, r)", combinations_new)),
    slots: Slots { iter: Some(same), next: Some(combinations_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn combinations_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let pool = vm.collect(args.value(1))?;
    let size = selection_size(vm, args.value(2))?;
    let selection = if size > pool.len() { Selection::End } else { Selection::Start };
    let body = Combinations { pool, size, selection: RefCell::new(selection) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn combinations_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Combinations>(value);
    let n = it.pool.len();
    let mut selection = it.selection.borrow_mut();
    match &mut *selection {
        Selection::End => return Ok(None),
        Selection::Start => *selection = Selection::At((0..it.size).collect()),
        Selection::At(positions) => {
            // The rightmost position that can still move.
            match (0..it.size).rev().find(|&i| positions[i] != i + n - it.size) {
                None => *selection = Selection::End,
                Some(i) => {
                    positions[i] += 1;
                    for j in i + 1..it.size {
                        positions[j] = positions[j - 1] + 1;
                    }
                }
            }
        }
    }
    Ok(match &*selection {
        Selection::At(positions) => Some(pick(&it.pool, positions)),
        _ => None,
    })
}

pub struct Replacements {
    pool: Vec<Value>,
    size: usize,
    selection: RefCell<Selection>,
}

impl Payload for Replacements {
    ouro_runtime::trace_fields!(pool; skip size, selection);
}

pub static REPLACEMENTS: TypeSpec = TypeSpec {
    name: "combinations_with_replacement",
    module: "itertools",
    doc: "Return successive r-length combinations of elements in the iterable allowing individual elements to have \
          successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), \
          ('B','B'), ('B','C'), ('C','C')",
    new: Some(NativeFn::new("combinations_with_replacement($type, iterable, r)", replacements_new)),
    slots: Slots { iter: Some(same), next: Some(replacements_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn replacements_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let pool = vm.collect(args.value(1))?;
    let size = selection_size(vm, args.value(2))?;
    if size > MAX_POSITIONS {
        return vm.raise_bare(Exc::MemoryError);
    }
    let selection = if pool.is_empty() && size > 0 { Selection::End } else { Selection::Start };
    let body = Replacements { pool, size, selection: RefCell::new(selection) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn replacements_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Replacements>(value);
    let n = it.pool.len();
    let mut selection = it.selection.borrow_mut();
    match &mut *selection {
        Selection::End => return Ok(None),
        Selection::Start => *selection = Selection::At(vec![0; it.size]),
        Selection::At(positions) => match (0..it.size).rev().find(|&i| positions[i] + 1 != n) {
            None => *selection = Selection::End,
            Some(i) => {
                let next = positions[i] + 1;
                positions[i..].fill(next);
            }
        },
    }
    Ok(match &*selection {
        Selection::At(positions) => Some(pick(&it.pool, positions)),
        _ => None,
    })
}

pub struct Permutations {
    pool: Vec<Value>,
    size: usize,
    /// All positions, of which the first `size` are the selection, and how often each of those may still move.
    selection: RefCell<Option<(Vec<usize>, Vec<usize>)>>,
    started: std::cell::Cell<bool>,
}

impl Payload for Permutations {
    ouro_runtime::trace_fields!(pool; skip size, selection, started);
}

pub static PERMUTATIONS: TypeSpec = TypeSpec {
    name: "permutations",
    module: "itertools",
    doc: "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> \
          (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
    new: Some(NativeFn::new("permutations($type, iterable, r=None)", permutations_new)),
    slots: Slots { iter: Some(same), next: Some(permutations_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn permutations_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let pool = vm.collect(args.value(1))?;
    let n = pool.len();
    let size = match args.get_not_none(2) {
        None => n,
        Some(value) if !int::is_int(value) => return vm.raise(Exc::TypeError, "Expected int as r"),
        Some(value) => selection_size(vm, value)?,
    };
    let selection = (size <= n).then(|| ((0..n).collect(), (n - size + 1..=n).rev().collect()));
    let body =
        Permutations { pool, size, selection: RefCell::new(selection), started: std::cell::Cell::new(false) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn permutations_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Permutations>(value);
    let n = it.pool.len();
    let mut selection = it.selection.borrow_mut();
    let Some((positions, cycles)) = &mut *selection else { return Ok(None) };
    if it.started.replace(true) {
        let mut moved = false;
        for i in (0..it.size).rev() {
            cycles[i] -= 1;
            if cycles[i] == 0 {
                positions[i..].rotate_left(1);
                cycles[i] = n - i;
            } else {
                positions.swap(i, n - cycles[i]);
                moved = true;
                break;
            }
        }
        if !moved {
            *selection = None;
            return Ok(None);
        }
    }
    Ok(Some(pick(&it.pool, &positions[..it.size])))
}

pub struct Product {
    pools: Vec<Vec<Value>>,
    selection: RefCell<Selection>,
}

impl Payload for Product {
    ouro_runtime::trace_fields!(pools; skip selection);
}

pub static PRODUCT: TypeSpec = TypeSpec {
    name: "product",
    module: "itertools",
    doc: "Cartesian product of input iterables.  Equivalent to nested for-loops.",
    new: Some(NativeFn::new("product($type, *iterables, repeat=1)", product_new)),
    slots: Slots { iter: Some(same), next: Some(product_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn product_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let repeat = args.get(1).map_or(Ok(1), |repeat| vm.to_i64(repeat))?;
    let Ok(repeat) = usize::try_from(repeat) else {
        return vm.raise(Exc::ValueError, "repeat argument cannot be negative");
    };
    let given = args.rest().len();
    if given.saturating_mul(repeat) > MAX_POSITIONS >> 8 {
        return vm.raise_bare(Exc::MemoryError);
    }
    let once = if repeat == 0 {
        Vec::new()
    } else {
        args.rest().iter().map(|iterable| vm.collect(iterable)).collect::<PyResult<Vec<_>>>()?
    };
    let pools: Vec<Vec<Value>> = (0..repeat).flat_map(|_| once.iter().cloned()).collect();
    let selection = if pools.iter().any(Vec::is_empty) { Selection::End } else { Selection::Start };
    Ok(heap::alloc_for(class(args.value(0)), Product { pools, selection: RefCell::new(selection) }).into())
}

fn product_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Product>(value);
    let mut selection = it.selection.borrow_mut();
    match &mut *selection {
        Selection::End => return Ok(None),
        Selection::Start => *selection = Selection::At(vec![0; it.pools.len()]),
        Selection::At(positions) => {
            let mut moved = false;
            for (position, pool) in positions.iter_mut().zip(&it.pools).rev() {
                *position += 1;
                if *position < pool.len() {
                    moved = true;
                    break;
                }
                *position = 0;
            }
            if !moved {
                *selection = Selection::End;
            }
        }
    }
    let Selection::At(positions) = &*selection else { return Ok(None) };
    let items: Vec<Value> = positions.iter().zip(&it.pools).map(|(&at, pool)| pool[at].clone()).collect();
    Ok(Some(Tuple::new(items).into()))
}
