//! The classes `frame` and `traceback`.

use std::cell::{Cell, RefCell};

use crate::class::{Slots, TypeSpec, type_flags};
use crate::heap;
use crate::objects::cell::CellObject;
use crate::objects::code::CallKind;
use crate::objects::dict::Dict;
use crate::objects::generator::{Generator, State};
use crate::vm::frame::FrameObject;
use crate::vm::unwind::Traceback;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

pub static FRAME: TypeSpec = TypeSpec {
    name: "frame",
    flags: type_flags::NO_NEW,
    methods: &[NativeFn::new("clear($self, /)", clear_frame)],
    getset: &[
        GetSet::read_only("f_back", get_back),
        GetSet::read_only("f_code", |_, value| Ok(frame(value).code.to_value())),
        GetSet::read_only("f_globals", |_, value| Ok(frame(value).function.globals.to_value())),
        GetSet::read_only("f_builtins", |_, value| Ok(frame(value).function.builtins.to_value())),
        GetSet::read_only("f_locals", |vm, value| vm.frame_locals(frame(value))),
        GetSet::read_only("f_lasti", |vm, value| Ok(Value::small(2 * vm.frame_index(frame(value)) as i64))),
        GetSet::read_only("f_lineno", get_line),
        GetSet::read_only("f_generator", get_generator),
        GetSet::new("f_trace", get_trace, set_trace),
        GetSet::new(
            "f_trace_lines",
            |_, value| Ok(frame(value).trace_lines.get().into()),
            |vm, value, new| set_flag(vm, &frame(value).trace_lines, new),
        ),
        GetSet::new(
            "f_trace_opcodes",
            |_, value| Ok(frame(value).trace_opcodes.get().into()),
            |vm, value, new| set_flag(vm, &frame(value).trace_opcodes, new),
        ),
    ],
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static TRACEBACK: TypeSpec = TypeSpec {
    name: "traceback",
    flags: 0,
    new: Some(NativeFn::new("traceback($type, /, tb_next, tb_frame, tb_lasti, tb_lineno)", new_traceback)),
    getset: &[
        GetSet::new(
            "tb_next",
            |_, value| Ok(traceback(value).next.borrow().clone().unwrap_or(Value::NONE)),
            set_next,
        ),
        GetSet::read_only("tb_frame", |_, value| Ok(traceback(value).frame.to_value())),
        GetSet::read_only("tb_lasti", |_, value| Ok(Value::small(2 * traceback(value).index as i64))),
        GetSet::read_only("tb_lineno", |_, value| {
            let traceback = traceback(value);
            Ok(Value::int(traceback.line.get().unwrap_or_else(|| line_at(&traceback.frame, traceback.index))))
        }),
    ],
    slots: Slots::NONE,
    ..TypeSpec::DEFAULT
};

fn frame(value: &Value) -> &Gc<FrameObject> {
    value.downcast().expect("attributes see instances of their class")
}

fn traceback(value: &Value) -> &Gc<Traceback> {
    value.downcast().expect("attributes see instances of their class")
}

/// Line of the instruction word at `index`.
fn line_at(frame: &FrameObject, index: usize) -> i64 {
    let object = &frame.code.object;
    object.line_table.lookup(index).map_or(object.first_line, |position| position.line) as i64
}

impl Vm {
    /// The instruction word index where a frame stands, or stood when it ended.
    pub fn frame_index(&self, frame: &FrameObject) -> usize {
        match frame.frame.get() {
            live if live.is_none() => frame.last_index.get(),
            live => self.frame_position(live),
        }
    }

    /// `frame.f_locals`: for module and class code the namespace itself, for functions a fresh dict of what is bound.
    pub fn frame_locals(&self, frame: &FrameObject) -> PyResult {
        let object = &frame.code.object;
        let live = frame.frame.get();
        let optimized = frame.code.has_flag(ouro_lang::code::flags::OPTIMIZED);
        if !optimized && !live.is_none() {
            let namespace = live.register(0);
            return Ok(if namespace.is_unbound() {
                frame.function.globals.to_value()
            } else {
                namespace.clone()
            });
        }
        if !optimized {
            return Ok(frame.function.globals.to_value());
        }
        let locals = Dict::new();
        for (at, name) in object.locals.iter().enumerate() {
            let value = if live.is_none() {
                frame.locals.borrow().get(at).cloned().unwrap_or(Value::UNBOUND)
            } else {
                live.register(at).clone()
            };
            let value = match value.downcast::<CellObject>() {
                Some(cell) if object.cell_registers.contains(&(at as u16)) => {
                    cell.get().unwrap_or(Value::UNBOUND)
                }
                _ => value,
            };
            if !value.is_unbound() {
                drop(locals.insert_str(&self.intern(name), value));
            }
        }
        if let Some(closure) = &frame.function.closure {
            for (name, cell) in object.free_names.iter().zip(closure.items()) {
                if let Some(value) = cell.downcast::<CellObject>().and_then(|cell| cell.get()) {
                    drop(locals.insert_str(&self.intern(name), value));
                }
            }
        }
        Ok(locals.into())
    }
}

fn get_back(vm: &Vm, value: &Value) -> PyResult {
    let live = frame(value).frame.get();
    if live.is_none() {
        return Ok(Value::NONE);
    }
    if !vm.is_running_frame(live) {
        return Ok(Value::NONE);
    }
    let caller = live.caller();
    Ok(if caller.is_none() { Value::NONE } else { vm.frame_object(caller).into() })
}

fn get_line(vm: &Vm, value: &Value) -> PyResult {
    let frame = frame(value);
    Ok(Value::int(line_at(frame, vm.frame_index(frame))))
}

fn get_generator(vm: &Vm, value: &Value) -> PyResult {
    let live = frame(value).frame.get();
    if live.is_none() {
        return Ok(Value::NONE);
    }
    Ok(vm.generator_of(live).unwrap_or(Value::NONE))
}

fn get_trace(_vm: &Vm, value: &Value) -> PyResult {
    Ok(frame(value).trace.borrow().clone().unwrap_or(Value::NONE))
}

fn set_trace(_vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let _old = frame(value).trace.replace(new.filter(|new| !new.is_none()).cloned());
    Ok(())
}

fn set_flag(vm: &Vm, flag: &Cell<bool>, new: Option<&Value>) -> PyResult<()> {
    match new.and_then(Value::as_bool) {
        Some(on) => {
            flag.set(on);
            Ok(())
        }
        None => vm.raise(Exc::TypeError, "attribute value type must be bool"),
    }
}

/// `frame.clear()`: drops the locals of a frame that is not running.
fn clear_frame(vm: &Vm, args: Args<'_>) -> PyResult {
    let frame = args.this::<FrameObject>();
    let live = frame.frame.get();
    if !live.is_none() {
        if vm.is_running_frame(live) {
            return vm.raise(Exc::RuntimeError, "cannot clear an executing frame");
        }
        if let Some(generator) = vm.generator_of(live).and_then(|value| value.into_gc::<Generator>().ok()) {
            match generator.state.get() {
                State::Finished => {}
                // It is said that it was not awaited, which it still may be.
                State::Created if generator.kind == CallKind::Coroutine => {
                    vm.warn_or_report_unawaited(generator.as_value());
                    return Ok(Value::NONE);
                }
                // It never starts.
                State::Created => drop(vm.close_generator(&generator)?),
                _ => return vm.raise(Exc::RuntimeError, "cannot clear a suspended frame"),
            }
        }
    }
    drop(std::mem::take(&mut *frame.locals.borrow_mut()));
    Ok(Value::NONE)
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let frame = frame(value);
    let object = &frame.code.object;
    let line = line_at(frame, vm.frame_index(frame));
    let file = vm.repr_text(&frame.code.filename)?;
    Ok(format!("<frame at {:#x}, file {file}, line {line}, code {}>", value.id(), object.name).into())
}

fn new_traceback(vm: &Vm, args: Args<'_>) -> PyResult {
    let next = args.value(1);
    if !next.is_none() && next.downcast::<Traceback>().is_none() {
        return vm.raise_type_of("expected traceback object or None, got '{}'", next);
    }
    let Some(frame) = args.value(2).downcast::<FrameObject>() else {
        return vm.raise_type_of("traceback() argument 'tb_frame' must be frame, not {}", args.value(2));
    };
    let body = Traceback {
        frame: frame.clone(),
        index: (vm.to_i64(args.value(3))?.max(0) / 2) as usize,
        line: Cell::new(Some(vm.to_i64(args.value(4))?)),
        next: RefCell::new((!next.is_none()).then(|| next.clone())),
    };
    Ok(heap::alloc(vm.types.traceback(), body).into())
}

/// `tb_next` may be replaced, but not so that the chain closes.
fn set_next(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "can't delete tb_next attribute") };
    if !new.is_none() && new.downcast::<Traceback>().is_none() {
        return vm.raise_type_of("expected traceback object or None, got '{}'", new);
    }
    let mut walker = Some(new.clone());
    while let Some(entry) = walker.filter(|entry| !entry.is_none()) {
        if entry.is(value) {
            return vm.raise(Exc::ValueError, "traceback loop detected");
        }
        walker = traceback(&entry).next.borrow().clone();
    }
    let _old = traceback(value).next.replace((!new.is_none()).then(|| new.clone()));
    Ok(())
}
