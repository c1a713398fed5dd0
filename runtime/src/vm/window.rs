//! Call instructions: what a call window's callee is decides what happens.

use ouro_lang::code::{Instruction, KILL_B, Opcode};
use smallvec::SmallVec;

use super::Vm;
use super::call::bound_registers;
use super::dispatch::Called;
use super::frame::{Frame, HEADER_WORDS, Link};
use super::globals::{may_specialize, note_miss, specialize};
use crate::class::Type;
use crate::class::instance::Instance;
use crate::class::new_object::Bindable;
use crate::exceptions::Raised;
use crate::heap::Gc;
use crate::native::{Args, NativeFunction, Role};
use crate::objects::code::{CallKind, Code};
use crate::objects::dict::Dict;
use crate::objects::dict::update::function_text;
use crate::objects::function::{BoundMethod, Function};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult};

/// Words of cache after Call and CallMethod.
const CALL_CACHE: usize = 2;

impl Vm {
    #[cold]
    pub(crate) fn stack_exhausted(&self) -> Raised {
        match self.raise::<()>(Exc::RecursionError, "maximum recursion depth exceeded") {
            Err(raised) => raised,
            Ok(()) => unreachable!("raise raises"),
        }
    }

    /// Call: callee in `r[window]`, `n` positional arguments.
    #[inline(never)]
    pub(crate) fn call_window(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        ip: *mut Instruction,
    ) -> PyResult<Called> {
        let callee: &Value = frame.register(window);
        if let Some(function) = callee.downcast::<Function>() {
            if may_specialize(ip) {
                let kinds = [Opcode::CallPython, Opcode::CallFromGenerator, Opcode::CallForGenerator];
                specialize_python(function, frame, n, ip, kinds);
            }
        } else if let Some(native) = callee.downcast::<NativeFunction>() {
            if may_specialize(ip) && native.role == Role::Function {
                specialize_native(native, n, ip, Opcode::CallNative);
            }
        } else if let Some(class) = callee.downcast::<Type>() {
            if let Some(done) = self.call_usual_class(frame, window, n, class) {
                return Ok(done);
            }
            if may_specialize(ip) {
                self.specialize_class(frame, window, class, n, ip);
            }
        }
        // SAFETY: the cache words lie inside the code.
        let next = unsafe { ip.add(CALL_CACHE) };
        self.call_general(frame, window, n, &[], next)
    }

    /// Makes the call of a class direct: of `range` in a `for` statement, of a builtin class whose `__new__` takes `n` arguments as they
    /// are, of a Python class with an `__init__`.
    fn specialize_class(
        &self,
        frame: Frame,
        window: usize,
        class: &Gc<Type>,
        n: usize,
        ip: *mut Instruction,
    ) {
        if class.is(self.types.range()) {
            // SAFETY: an instruction follows the cache words.
            let next = unsafe { *ip.add(CALL_CACHE) };
            let dies = next.x() & KILL_B != 0 || next.a() == next.b();
            if next.op() == Opcode::GetIter && next.b() as usize == window && dies {
                let first = window + HEADER_WORDS;
                if (first..first + n).all(|at| frame.register(at).is_small_int()) {
                    return specialize(ip, Opcode::CallRange, class.as_value().bits(), 0);
                }
            }
        }
        let direct = |new: &Bindable| {
            // Without an `__init__`, and never to be changed.
            !class.is_heap_type() && class.slots().init.is_none() && new.signature.accepts_count(n + 1)
        };
        if let Some(new) = self.native_constructor(class).filter(direct) {
            let function = std::ptr::from_ref(new.function) as u64;
            return specialize(ip, Opcode::CallType, class.as_value().bits(), function);
        }
        if !frame.code().is_generator_like() {
            let init = self.plain_constructor(class);
            if let Some(init) = init.filter(|init| init.current_code().plain_arity as usize == n + 1) {
                let version = class.version();
                if version != 0 {
                    return specialize(ip, Opcode::CallInit, version as u64, init.as_value().bits());
                }
            }
        }
        note_miss(ip);
    }

    /// CallMethod: as Call; `r[window+4]` unbound means that there is no receiver and arguments begin one later.
    #[inline(never)]
    pub(crate) fn call_method_window(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        ip: *mut Instruction,
    ) -> PyResult<Called> {
        // SAFETY: as in `call_window`.
        let next = unsafe { ip.add(CALL_CACHE) };
        let first = window + HEADER_WORDS;
        if frame.register(first).is_unbound() {
            let callee: &Value = frame.register(window);
            if let Some(native) = callee.downcast::<NativeFunction>() {
                if may_specialize(ip) && native.role == Role::Function {
                    specialize_native(native, n - 1, ip, Opcode::CallFreeNative);
                }
            }
            for at in first..first + n - 1 {
                let value = std::mem::replace(frame.register(at + 1), Value::UNBOUND);
                // SAFETY: the target is unbound.
                unsafe { std::ptr::write(frame.register(at), value) };
            }
            return self.call_general(frame, window, n - 1, &[], next);
        }
        if may_specialize(ip) {
            let callee: &Value = frame.register(window);
            if let Some(function) = callee.downcast::<Function>() {
                let kinds = [
                    Opcode::CallMethodPython,
                    Opcode::CallMethodFromGenerator,
                    Opcode::CallMethodForGenerator,
                ];
                specialize_python(function, frame, n, ip, kinds);
            } else if let Some(native) = callee.downcast::<NativeFunction>() {
                let receiver: &Value = frame.register(first);
                if native.role == Role::Method && self.method_is_exact(native, receiver) {
                    specialize_native(native, n, ip, Opcode::CallMethodNative);
                }
            }
        }
        self.call_general(frame, window, n, &[], next)
    }

    /// Whether the specialised call may skip checking the receiver: LoadMethod found the method on the receiver's class.
    fn method_is_exact(&self, native: &NativeFunction, receiver: &Value) -> bool {
        native.class.as_ref().is_some_and(|class| self.is_instance_of(receiver, class))
    }

    /// CallKw and CallMethodKw.
    #[inline(never)]
    pub(crate) fn call_kw_window(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        names: usize,
        method: bool,
        ip: *mut Instruction,
    ) -> PyResult<Called> {
        let names = frame.code().constants()[names].clone();
        let names = names.downcast::<Tuple>().map(|names| names.items()).unwrap_or_default();
        let first = window + HEADER_WORDS;
        let mut n = n;
        if method && frame.register(first).is_unbound() {
            for at in first..first + n - 1 {
                let value = std::mem::replace(frame.register(at + 1), Value::UNBOUND);
                // SAFETY: the target is unbound.
                unsafe { std::ptr::write(frame.register(at), value) };
            }
            n -= 1;
        }
        self.call_general(frame, window, n, names, ip)
    }

    /// CallEx: arguments tuple in `r[window+4]`, keyword dict in `r[window+5]` if `has_keywords`.
    #[inline(never)]
    pub(crate) fn call_ex_window(
        &self,
        frame: Frame,
        window: usize,
        has_keywords: bool,
        ip: *mut Instruction,
    ) -> PyResult<Called> {
        let first = window + HEADER_WORDS;
        let positional = std::mem::replace(frame.register(first), Value::UNBOUND);
        let keywords = if has_keywords {
            std::mem::replace(frame.register(first + 1), Value::UNBOUND)
        } else {
            Value::UNBOUND
        };
        let mut values: SmallVec<[Value; 8]> = match positional.downcast::<Tuple>() {
            Some(tuple) => SmallVec::from(tuple.items()),
            // A sole `*x` comes as it is.
            None if self.is_iterable(&positional) => self.collect(&positional)?.into(),
            None => {
                let function = function_text(self, frame.register(window));
                let class = self.type_name(&positional);
                let message = format!("{function} argument after * must be an iterable, not {class}");
                return self.raise(Exc::TypeError, message);
            }
        };
        let mut names: SmallVec<[Value; 8]> = SmallVec::new();
        if let Some(dict) = keywords.downcast::<Dict>() {
            let mut position = 0;
            while let Some((next, name, value)) = dict.next(position) {
                if name.downcast::<Str>().is_none() {
                    return self.raise(Exc::TypeError, "keywords must be strings");
                }
                names.push(name);
                values.push(value);
                position = next;
            }
        }
        let callee: &Value = frame.register(window);
        let plain = callee.downcast::<Function>().filter(|_| !frame.code().is_generator_like());
        if let Some(function) = plain {
            // The arguments go where a frame would have them, if there is room above.
            // SAFETY: pointer arithmetic inside the reservation, checked before use.
            let top = unsafe { frame.0.add(first + values.len() + 1) };
            if !self.stack.ensure(top) {
                return Err(self.stack_exhausted());
            }
            let n = values.len();
            // Room beyond the caller's registers is free stack: the window is its last live one.
            for (at, value) in values.into_iter().enumerate() {
                // SAFETY: as above; these words own nothing.
                unsafe { std::ptr::write(frame.register(first + at), value) };
            }
            let function = function.clone();
            return self.call_python(frame, window, n, &names, &function, ip);
        }
        let callee = callee.clone();
        let n_positional = values.len() - names.len();
        let mut kw_names: SmallVec<[Gc<Str>; 8]> = SmallVec::new();
        for name in &names {
            match name.downcast::<Str>() {
                Some(name) => kw_names.push(self.intern_str(name)),
                None => return self.raise(Exc::TypeError, "keywords must be strings"),
            }
        }
        let args = Args::with_keywords(&values[..n_positional], &kw_names, &values[n_positional..]);
        let result = self.call_args(&callee, args)?;
        drop(values);
        let old = std::mem::replace(frame.register(window), result);
        self.discard(old);
        Ok(Called::Done)
    }

    /// Any callee, arguments in the window, the last of them by keyword. `next` is where to go on.
    #[inline(never)]
    pub(crate) fn call_general(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        kw_names: &[Value],
        next: *mut Instruction,
    ) -> PyResult<Called> {
        let first = window + HEADER_WORDS;
        let callee: &Value = frame.register(window);
        if let Some(function) = callee.downcast::<Function>() {
            return self.call_python(frame, window, n, kw_names, function, next);
        }
        if let Some(method) = callee.downcast::<BoundMethod>() {
            // Only a Python function gains from having its receiver put in front.
            if method.function.downcast::<Function>().is_some() && !frame.code().is_generator_like() {
                let method = method.clone();
                self.make_room(frame, first, n, 1)?;
                // SAFETY: the word was vacated.
                unsafe { std::ptr::write(frame.register(first), method.receiver.clone()) };
                *frame.register(window) = method.function.clone();
                let function = method.function.downcast::<Function>().expect("checked above").clone();
                drop(method);
                return self.call_python(frame, window, n + 1, kw_names, &function, next);
            }
        }
        if let Some(class) = callee.downcast::<Type>() {
            if let Some(init) = self.plain_constructor(class) {
                let class = class.clone();
                if init.code.borrow().call_kind != CallKind::Plain {
                    // `async def __init__` and such: let the general path word the error.
                    return self.construct_natively(frame, window, n, kw_names);
                }
                return self.construct(frame, window, n, kw_names, Instance::new(&class).into(), &init);
            }
            if kw_names.is_empty() {
                if let Some(new) = self.native_constructor(class) {
                    let class = class.clone();
                    return self.call_native_class(frame, window, n, &class, new);
                }
            }
        }
        let mut names: SmallVec<[Gc<Str>; 4]> = SmallVec::new();
        for name in kw_names {
            names.extend(name.downcast::<Str>().cloned());
        }
        let callee = frame.register(window).clone();
        let n_positional = n - kw_names.len();
        // SAFETY: the arguments lie side by side in the window, which the call does not move.
        let values = unsafe { std::slice::from_raw_parts(frame.0.add(first), n) };
        let args = Args::with_keywords(&values[..n_positional], &names, &values[n_positional..]);
        let result = self.call_args(&callee, args)?;
        drop(callee);
        for at in first..first + n {
            let old = std::mem::replace(frame.register(at), Value::UNBOUND);
            self.discard(old);
        }
        let old = std::mem::replace(frame.register(window), result);
        self.discard(old);
        Ok(Called::Done)
    }

    /// Moves `n` arguments at `first` up by `by` words.
    fn make_room(&self, frame: Frame, first: usize, n: usize, by: usize) -> PyResult<()> {
        // SAFETY: checked before use.
        if !self.stack.ensure(unsafe { frame.0.add(first + n + by) }) {
            return Err(self.stack_exhausted());
        }
        for at in (first..first + n).rev() {
            let value = std::mem::replace(frame.register(at), Value::UNBOUND);
            // SAFETY: vacated by the step before, or free stack above the last live window.
            unsafe { std::ptr::write(frame.register(at + by), value) };
        }
        Ok(())
    }

    /// Binds the window's arguments to a Python function, perhaps where it lies in the window, and pushes its frame, or makes its generator.
    fn call_python(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        kw_names: &[Value],
        function: &Gc<Function>,
        next: *mut Instruction,
    ) -> PyResult<Called> {
        let code = function.current_code();
        let heap_caller = frame.code().is_generator_like();
        // A generator's registers are inside its object: the callee's frame goes on the stack.
        let base = if heap_caller {
            // SAFETY: inside the reservation, checked below.
            let base = unsafe { self.heap_frame_top.get().add(HEADER_WORDS) };
            // SAFETY: as above.
            if !self.stack.ensure(unsafe { base.add(n.max(code.n_registers as usize)) }) {
                return Err(self.stack_exhausted());
            }
            for at in 0..n {
                let value = std::mem::replace(frame.register(window + HEADER_WORDS + at), Value::UNBOUND);
                // SAFETY: free stack.
                unsafe { std::ptr::write(base.add(at), value) };
            }
            base
        } else {
            // SAFETY: inside the caller's registers.
            unsafe { frame.0.add(window + HEADER_WORDS) }
        };
        let callee = Frame(base);
        // SAFETY: as above.
        if !self.stack.ensure(unsafe { base.add(n.max(code.n_registers as usize)) }) {
            return Err(self.stack_exhausted());
        }
        let bound = match self.bind(function, code, base, n, kw_names) {
            Ok(()) if code.call_kind == CallKind::Plain => self.enter_frame(),
            bound => bound,
        };
        if let Err(raised) = bound {
            callee.sweep(n.max(bound_registers(code)));
            return Err(raised);
        }
        if heap_caller {
            let function = std::mem::replace(frame.register(window), Value::UNBOUND);
            // SAFETY: free stack.
            unsafe { std::ptr::write(callee.function_slot(), function) };
        }
        if code.call_kind != CallKind::Plain {
            let generator = self.take_generator(callee, code);
            *frame.register(window) = generator;
            return Ok(Called::Done);
        }
        callee.unbind_locals(bound_registers(code), code.n_locals as usize);
        if heap_caller {
            callee.write_header(self.instruction_address(), frame, Link::FromHeap, code);
        } else {
            callee.write_header(next, frame, Link::Call, code);
        }
        Ok(Called::Enter(callee, code.entry()))
    }

    /// CallInit: makes an instance and pushes the frame of `init`, the Python `__init__` of the class in `r[window]`, for `n` positional
    /// arguments. The caller's frame is on the stack.
    #[inline(never)]
    pub(crate) fn call_init(&self, frame: Frame, window: usize, n: usize, init: &Value) -> PyResult<Called> {
        let class = frame.register(window).downcast::<Type>().expect("the cache is for a class");
        let init = init.downcast::<Function>().expect("the cache holds a function");
        let code = init.current_code();
        if code.plain_arity as usize != n + 1 || class.is_abstract() {
            let (class, init) = (class.clone(), init.clone());
            if code.call_kind != CallKind::Plain || class.is_abstract() {
                return self.construct_natively(frame, window, n, &[]);
            }
            return self.construct(frame, window, n, &[], Instance::new(&class).into(), &init);
        }
        let first = window + HEADER_WORDS;
        // As in `construct`: one word further up than a plain call.
        // SAFETY: inside the caller's registers, or checked by `ensure`.
        let callee = Frame(unsafe { frame.0.add(first + 1) });
        // SAFETY: pointer arithmetic inside the reservation, checked before use.
        if !self.stack.ensure(unsafe { callee.0.add(code.n_registers as usize) }) {
            return Err(self.stack_exhausted());
        }
        self.enter_frame()?;
        let instance: Value = Instance::new(class).into();
        for at in (0..n).rev() {
            // SAFETY: moves each argument up by two words, last first, so that none is overwritten; those vacated are written below or
            // own nothing afterwards: the callee's registers.
            unsafe { std::ptr::copy(frame.0.add(first + at), callee.0.add(at + 1), 1) };
        }
        // SAFETY: words of the window that own nothing any more.
        unsafe {
            std::ptr::write(callee.0, instance.clone());
            std::ptr::write(callee.function_slot(), init.to_value());
        }
        callee.unbind_locals(n + 1, code.n_locals as usize);
        callee.write_header(self.instruction_address(), frame, Link::Init, code);
        drop(std::mem::replace(frame.register(window), instance));
        Ok(Called::Enter(callee, code.entry()))
    }

    /// The Python `__init__` of a class whose instances are made by `object.__new__` and a plain `type.__call__`.
    fn plain_constructor(&self, class: &Gc<Type>) -> Option<Gc<Function>> {
        if !class.is_plain() || class.is_abstract() || !class.header().ty().is(self.types.type_()) {
            return None;
        }
        let object_new = self.types.object().slots().new?;
        if !class.slots().new.is_some_and(|new| std::ptr::fn_addr_eq(new, object_new)) {
            return None;
        }
        class.lookup(&self.names.__init__)?.into_gc::<Function>().ok()
    }

    /// Pushes the frame of a new instance's `__init__`, a plain function. The instance waits in `r[window]`.
    pub(super) fn construct(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        kw_names: &[Value],
        instance: Value,
        init: &Gc<Function>,
    ) -> PyResult<Called> {
        let code_ref = init.code.borrow().clone();
        let code: &Code = &code_ref;
        let first = window + HEADER_WORDS;
        // One word further up than a plain call: its function slot must not be `r[window]`, where the instance waits.
        let heap_caller = frame.code().is_generator_like();
        let base = if heap_caller {
            // SAFETY: inside the reservation, checked below.
            unsafe { self.heap_frame_top.get().add(HEADER_WORDS) }
        } else {
            // SAFETY: as above.
            unsafe { frame.0.add(first + 1) }
        };
        // SAFETY: as above.
        if !self.stack.ensure(unsafe { base.add((n + 1).max(code.n_registers as usize)) }) {
            return Err(self.stack_exhausted());
        }
        let callee = Frame(base);
        for at in (0..n).rev() {
            let value = std::mem::replace(frame.register(first + at), Value::UNBOUND);
            // SAFETY: two words further up (or on free stack): vacated by the step before, or free.
            unsafe { std::ptr::write(base.add(at + 1), value) };
        }
        // SAFETY: vacated.
        unsafe { std::ptr::write(base, instance.clone()) };
        let bound = match self.bind(init, code, base, n + 1, kw_names) {
            Ok(()) => self.enter_frame(),
            bound => bound,
        };
        if let Err(raised) = bound {
            callee.sweep((n + 1).max(bound_registers(code)));
            return Err(raised);
        }
        let old = std::mem::replace(frame.register(window), instance);
        drop(old);
        // SAFETY: a word of the window's header, which owns nothing.
        unsafe { std::ptr::write(callee.function_slot(), init.to_value()) };
        callee.unbind_locals(bound_registers(code), code.n_locals as usize);
        callee.write_header(self.instruction_address(), frame, Link::Init, code);
        Ok(Called::Enter(callee, code.entry()))
    }

    fn construct_natively(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        kw_names: &[Value],
    ) -> PyResult<Called> {
        let first = window + HEADER_WORDS;
        let names: SmallVec<[Gc<Str>; 4]> =
            kw_names.iter().filter_map(|name| name.downcast::<Str>().cloned()).collect();
        let callee = frame.register(window).clone();
        let values: SmallVec<[Value; 8]> =
            (first..first + n).map(|at| std::mem::replace(frame.register(at), Value::UNBOUND)).collect();
        let n_positional = n - names.len();
        let args = Args::with_keywords(&values[..n_positional], &names, &values[n_positional..]);
        let result = self.call_args(&callee, args)?;
        *frame.register(window) = result;
        Ok(Called::Done)
    }

    /// GetAttrProperty: pushes the getter's frame. The result goes to register `a` of the instruction.
    pub(crate) fn enter_getter(&self, frame: Frame, getter: Value, receiver: Value) -> PyResult<Called> {
        let function = getter.downcast::<Function>().expect("the cache holds a function");
        let code = function.current_code();
        // SAFETY: the caller's top is free stack; checked before use.
        let base = unsafe { frame.top().add(HEADER_WORDS) };
        // SAFETY: as above.
        if !self.stack.ensure(unsafe { base.add(code.n_registers as usize) }) {
            return Err(self.stack_exhausted());
        }
        self.enter_frame()?;
        let callee = Frame(base);
        callee.unbind_locals(1, code.n_locals as usize);
        callee.write_header(self.instruction_address(), frame, Link::FromHeap, code);
        let entry = code.entry();
        // SAFETY: free stack.
        unsafe {
            std::ptr::write(callee.register(0), receiver);
            std::ptr::write(callee.function_slot(), getter);
        }
        Ok(Called::Enter(callee, entry))
    }

    /// The running instruction, whose successor was saved just before a cold step.
    fn instruction_address(&self) -> *mut Instruction {
        // SAFETY: `ip` points past an instruction.
        unsafe { self.ip.get().sub(1) }
    }
}

/// Makes the call of a Python function with `n` arguments direct, in one of three ways: its frame is pushed from a function's frame, from
/// that of a generator, or a generator is made.
fn specialize_python(
    function: &Gc<Function>,
    frame: Frame,
    n: usize,
    ip: *mut Instruction,
    [called, from_generator, for_generator]: [Opcode; 3],
) {
    let code: &Code = function.current_code();
    if code.call_kind != CallKind::Plain {
        if code.simple_arity as usize == n {
            specialize(ip, for_generator, 0, 0);
        }
    } else if !frame.code().is_generator_like() {
        specialize(ip, called, 0, 0);
    } else if code.plain_arity as usize == n {
        specialize(ip, from_generator, 0, 0);
    }
}

/// Makes a call of a native function direct, if its signature takes `n` positional arguments as they are.
fn specialize_native(native: &NativeFunction, n: usize, ip: *mut Instruction, op: Opcode) {
    if native.signature().accepts_count(n) {
        specialize(ip, op, std::ptr::from_ref(native.function) as u64, 0);
    }
}
