//! `gc`: the cycle collector from outside. There are no generations: numbers of generations are accepted, and mean all objects.

use std::cell::{Cell, RefCell};

use ouro_runtime::heap::inspect;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "gc",
    doc: "This module provides access to the garbage collector for reference cycles.",
    functions: &[
        NativeFn::new("enable()", |vm, _| {
            vm.heap.collector.set_enabled(true);
            Ok(Value::NONE)
        })
        .doc("Enable automatic garbage collection."),
        NativeFn::new("disable()", |vm, _| {
            vm.heap.collector.set_enabled(false);
            Ok(Value::NONE)
        })
        .doc("Disable automatic garbage collection."),
        NativeFn::new("isenabled()", |vm, _| Ok(vm.heap.collector.is_enabled().into()))
            .doc("Returns true if automatic garbage collection is enabled."),
        NativeFn::new("set_debug(flags, /)", set_debug).doc("Set the garbage collection debugging flags."),
        NativeFn::new("get_debug()", |vm, _| Ok(Value::int(vm.state::<State>().debug.get().into())))
            .doc("Get the garbage collection debugging flags."),
        NativeFn::new("get_count()", get_count).doc("Return a three-tuple of the current collection counts."),
        NativeFn::new("set_threshold", set_threshold)
            .doc("Set the collection thresholds (the collection frequency)."),
        NativeFn::new("get_threshold()", get_threshold).doc("Return the current collection thresholds."),
        NativeFn::new("collect(generation=2)", collect).doc("Run the garbage collector."),
        NativeFn::new("get_objects(generation=None)", get_objects)
            .doc("Return a list of objects tracked by the collector (excluding the list returned)."),
        NativeFn::new("get_stats()", get_stats)
            .doc("Return a list of dictionaries containing per-generation statistics."),
        NativeFn::new("is_tracked(obj, /)", |_, args| Ok(inspect::is_tracked(args.value(0)).into()))
            .doc("Returns true if the object is tracked by the garbage collector."),
        NativeFn::new("is_finalized(obj, /)", |_, args| {
            Ok(args.value(0).header().is_some_and(|header| header.is_finalized()).into())
        })
        .doc("Returns true if the object has been already finalized by the GC."),
        NativeFn::new("get_referrers(*objs)", get_referrers)
            .doc("Return the list of objects that directly refer to any of 'objs'."),
        NativeFn::new("get_referents(*objs)", get_referents)
            .doc("Return the list of objects that are directly referred to by 'objs'."),
        NativeFn::new("freeze()", |vm, _| {
            let n = all_objects(vm).len();
            vm.state::<State>().frozen.set(n);
            Ok(Value::NONE)
        })
        .doc("Freeze all current tracked objects and ignore them for future collections."),
        NativeFn::new("unfreeze()", |vm, _| {
            vm.state::<State>().frozen.set(0);
            Ok(Value::NONE)
        })
        .doc("Unfreeze all objects in the permanent generation."),
        NativeFn::new("get_freeze_count()", |vm, _| Ok(vm.state::<State>().frozen.get().into()))
            .doc("Return the number of objects in the permanent generation."),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

/// Settings programs may read back. The collector paces itself, so the thresholds change nothing; freezing is of no use to it, as it
/// never looks at objects that nothing was dropped from.
struct State {
    debug: Cell<i32>,
    thresholds: RefCell<[i64; 3]>,
    frozen: Cell<usize>,
}

impl Default for State {
    fn default() -> State {
        State { debug: Cell::new(0), thresholds: RefCell::new([2000, 10, 10]), frozen: Cell::new(0) }
    }
}

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    for name in ["garbage", "callbacks"] {
        module.set(vm, name, List::new(Vec::new()));
    }
    let flags = [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ];
    for (name, flag) in flags {
        module.set(vm, name, Value::small(flag));
    }
    Ok(())
}

fn set_debug(vm: &Vm, args: Args<'_>) -> PyResult {
    let flags = vm.c_int_argument(args.value(0))?;
    if flags != 0 {
        return vm.raise(Exc::NotImplementedError, "gc.set_debug() with flags is not supported");
    }
    vm.state::<State>().debug.set(flags);
    Ok(Value::NONE)
}

fn get_count(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(vm.tuple(&[vm.heap.collector.n_candidates().into(), Value::small(0), Value::small(0)]))
}

fn set_threshold(vm: &Vm, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "gc.set_threshold")?;
    if args.values.is_empty() || args.values.len() > 3 {
        return vm.raise(Exc::TypeError, "gc.set_threshold requires 1 to 3 arguments");
    }
    let state = vm.state::<State>();
    let mut thresholds = *state.thresholds.borrow();
    for (slot, value) in thresholds.iter_mut().zip(args.values) {
        *slot = vm.c_int_argument(value)?.into();
    }
    state.thresholds.replace(thresholds);
    // A threshold of zero switches automatic collections off.
    vm.heap.collector.set_enabled(thresholds[0] != 0);
    Ok(Value::NONE)
}

fn get_threshold(vm: &Vm, _: Args<'_>) -> PyResult {
    let thresholds = *vm.state::<State>().thresholds.borrow();
    Ok(vm.tuple(&thresholds.map(Value::int)))
}

/// Calls the functions in `gc.callbacks`; what they raise is reported.
fn call_back(vm: &Vm, phase: &str, generation: i64, collected: usize) -> PyResult<()> {
    let Some(module) = vm.modules.get_str(&vm.intern("gc")) else { return Ok(()) };
    let Some(callbacks) = vm.get_attr_opt(&module, &vm.intern("callbacks"))? else { return Ok(()) };
    let Some(callbacks) = callbacks.downcast::<List>() else { return Ok(()) };
    for callback in callbacks.snapshot() {
        let info = Dict::new();
        for (name, value) in [
            ("generation", Value::int(generation)),
            ("collected", collected.into()),
            ("uncollectable", Value::small(0)),
        ] {
            drop(info.insert_str(&vm.intern(name), value));
        }
        let result = vm.call(&callback, &[phase.into(), info.into()]);
        vm.report_unraisable(result, &callback);
    }
    Ok(())
}

fn collect(vm: &Vm, args: Args<'_>) -> PyResult {
    let generation = args.get(0).map_or(Ok(2), |generation| vm.c_int_argument(generation))?;
    if !(0..3).contains(&generation) {
        return vm.raise(Exc::ValueError, "invalid generation");
    }
    call_back(vm, "start", generation.into(), 0)?;
    let found = vm.collect_garbage();
    call_back(vm, "stop", generation.into(), found)?;
    Ok(found.into())
}

/// Everything tracked that modules, running frames and the collector's candidates lead to.
fn all_objects(vm: &Vm) -> Vec<Value> {
    let mut roots = vec![vm.modules.to_value()];
    let mut frame = vm.current_frame();
    while !frame.is_none() {
        roots.push(vm.frame_object(frame).to_value());
        frame = frame.caller();
    }
    roots.extend(vm.heap.collector.candidates());
    inspect::reachable(roots)
}

fn get_objects(vm: &Vm, args: Args<'_>) -> PyResult {
    if let Some(generation) = args.get_not_none(0) {
        let generation = vm.to_i64(generation)?;
        if generation >= 3 {
            return vm.raise(
                Exc::ValueError,
                "generation parameter must be less than the number of available generations (3)",
            );
        }
        if generation < 0 {
            return vm.raise(Exc::ValueError, "generation parameter cannot be negative");
        }
    }
    Ok(List::new(all_objects(vm)).into())
}

fn get_stats(vm: &Vm, _: Args<'_>) -> PyResult {
    let collector = &vm.heap.collector;
    let row = |collections: usize, collected: usize| -> Value {
        let row = Dict::new();
        for (name, n) in [("collections", collections), ("collected", collected), ("uncollectable", 0)] {
            drop(row.insert_str(&vm.intern(name), n.into()));
        }
        row.into()
    };
    let rows = vec![row(0, 0), row(0, 0), row(collector.collections.get(), collector.collected.get())];
    Ok(List::new(rows).into())
}

fn get_referrers(vm: &Vm, args: Args<'_>) -> PyResult {
    let targets: Vec<u64> = args.rest().iter().map(Value::id).collect();
    let mut found = Vec::new();
    for object in all_objects(vm) {
        if inspect::referents(&object).iter().any(|child| targets.contains(&child.id())) {
            found.push(object);
        }
    }
    Ok(List::new(found).into())
}

fn get_referents(_vm: &Vm, args: Args<'_>) -> PyResult {
    let tracked = args.rest().iter().filter(|object| {
        inspect::is_tracked(object) || object.downcast::<ouro_runtime::objects::tuple::Tuple>().is_some()
    });
    Ok(List::new(tracked.flat_map(inspect::referents).collect()).into())
}
