//! `_bisect`: binary search in sorted sequences, and insertion that keeps them sorted.

use ouro_runtime::objects::list::List;
use ouro_runtime::{Args, Exc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_bisect",
    doc: "Bisection algorithms.",
    functions: &[
        NativeFn::new("bisect_right(a, x, lo=0, hi=None, *, key=None)", |vm, args| {
            bisect(vm, args, Side::Right)
        })
        .doc("Return the index where to insert item x in list a, after items equal to it."),
        NativeFn::new("insort_right(a, x, lo=0, hi=None, *, key=None)", |vm, args| {
            insort(vm, args, Side::Right)
        })
        .doc("Insert item x in list a, after items equal to it."),
        NativeFn::new("bisect_left(a, x, lo=0, hi=None, *, key=None)", |vm, args| {
            bisect(vm, args, Side::Left)
        })
        .doc("Return the index where to insert item x in list a, before items equal to it."),
        NativeFn::new("insort_left(a, x, lo=0, hi=None, *, key=None)", |vm, args| {
            insort(vm, args, Side::Left)
        })
        .doc("Insert item x in list a, before items equal to it."),
    ],
    ..NativeModule::DEFAULT
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Where `x` belongs in the sequence, argument 0, between the bounds that arguments 2 and 3 give.
fn search(vm: &Vm, args: Args<'_>, x: &Value, side: Side) -> PyResult<i64> {
    let sequence = args.value(0);
    let mut low = args.get(2).map_or(Ok(0), |lo| vm.to_i64(lo))?;
    let high = match args.get_not_none(3) {
        None => None,
        Some(hi) if vm.has_index(hi) => Some(vm.to_i64(hi)?).filter(|&hi| hi != -1),
        Some(hi) => return vm.raise_type_of("argument should be integer or None, not '{}'", hi),
    };
    if low < 0 {
        return vm.raise(Exc::ValueError, "lo must be non-negative");
    }
    let mut high = match high {
        Some(high) => high,
        None => vm.len(sequence)? as i64,
    };
    let key = args.get_not_none(4);
    while low < high {
        let middle = ((low as u64 + high as u64) / 2) as i64;
        let mut item = vm.get_item(sequence, &Value::int(middle))?;
        if let Some(key) = key {
            item = vm.call(key, &[item])?;
        }
        let goes_left = match side {
            Side::Right => vm.less_than(x, &item)?,
            Side::Left => !vm.less_than(&item, x)?,
        };
        if goes_left {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

fn bisect(vm: &Vm, args: Args<'_>, side: Side) -> PyResult {
    Ok(Value::int(search(vm, args, args.value(1), side)?))
}

fn insort(vm: &Vm, args: Args<'_>, side: Side) -> PyResult {
    let x = args.value(1);
    let at = match args.get_not_none(4) {
        Some(key) => search(vm, args, &vm.call(key, std::slice::from_ref(x))?, side)?,
        None => search(vm, args, x, side)?,
    };
    match args.value(0).downcast_exact::<List>() {
        Some(list) => {
            let mut items = list.items.borrow_mut();
            let at = (at as usize).min(items.len());
            items.insert(at, x.clone());
        }
        None => drop(vm.call_method_named(args.value(0), "insert", &[Value::int(at), x.clone()])?),
    }
    Ok(Value::NONE)
}
