//! Calls: binding arguments in place, pushing frames, and native code calling Python.
//!
//! Arguments are bound where they lie: at the registers of the frame to be. Positional ones come first, then the values of the
//! keyword ones.

use ouro_lang::code::{Instruction, flags};
use smallvec::SmallVec;

use super::Vm;
use super::dispatch::Outcome;
use super::frame::{Frame, HEADER_WORDS, Link};
use crate::heap::Gc;
use crate::native::Args;
use crate::objects::code::{CallKind, Code};
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::generator::Generator;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult};

type Values = SmallVec<[Value; 8]>;

impl Vm {
    /// The first free word above the running frame.
    #[inline(always)]
    pub(crate) fn free_top(&self) -> *mut Value {
        let frame = self.frame.get();
        if self.stack.holds(frame.0) { frame.top() } else { self.heap_frame_top.get() }
    }

    /// Spreads arguments over `function`'s parameters: registers `base[..]` on success.
    ///
    /// `base[..n_args]` hold the arguments, the last `kw_names.len()` of them by keyword. On error they are dropped.
    #[inline]
    pub(crate) fn bind(
        &self,
        function: &Function,
        code: &Code,
        base: *mut Value,
        n_args: usize,
        kw_names: &[Value],
    ) -> PyResult<()> {
        if kw_names.is_empty() && code.simple_arity as usize == n_args {
            return Ok(());
        }
        self.bind_slow(function, code, base, n_args, kw_names)
    }

    #[inline(never)]
    fn bind_slow(
        &self,
        function: &Function,
        code: &Code,
        base: *mut Value,
        n_args: usize,
        kw_names: &[Value],
    ) -> PyResult<()> {
        let frame = Frame(base);
        let object = &*code.object;
        let n_positional = object.n_positional as usize;
        let n_given = n_args - kw_names.len();
        if kw_names.is_empty() && code.simple_arity as usize == n_positional && n_given < n_positional {
            // The most usual case: trailing defaults.
            let defaults = function.defaults.borrow();
            if let Some(defaults) = &*defaults {
                let first_default = n_positional.saturating_sub(defaults.len());
                if n_given >= first_default && defaults.len() <= n_positional {
                    for at in n_given..n_positional {
                        // SAFETY: words above the arguments own nothing.
                        unsafe {
                            std::ptr::write(frame.register(at), defaults.items()[at - first_default].clone())
                        };
                    }
                    return Ok(());
                }
            }
        }
        let n_direct = n_given.min(n_positional);
        let take = |at: usize| std::mem::replace(frame.register(at), Value::UNBOUND);
        let (mut by_keyword, mut surplus) = (Values::new(), Values::new());
        (n_given..n_args).for_each(|at| by_keyword.push(take(at)));
        (n_direct..n_given).for_each(|at| surplus.push(take(at)));
        let n_bound = bound_registers(code);
        frame.unbind_locals(n_args, n_bound);
        // SAFETY: the parameters' registers: arguments, and those just unbound. Nothing else looks at them before the frame is entered.
        let bound = unsafe { std::slice::from_raw_parts_mut(base, n_bound) };
        let named = object.n_positional as usize + object.n_keyword_only as usize;
        let extra = code.has_flag(flags::VARKEYWORDS).then(Dict::new);
        if !kw_names.is_empty() {
            self.bind_keywords(function, code, bound, extra.as_ref(), kw_names, by_keyword)?;
        }
        let has_varargs = code.has_flag(flags::VARARGS);
        if n_given > n_positional && !has_varargs {
            return self.too_many_positional(function, code, n_given, &bound[..named]);
        }
        if n_direct < n_positional {
            self.fill_defaults(function, code, bound, n_direct)?;
        }
        if object.n_keyword_only > 0 {
            self.fill_keyword_defaults(function, code, &mut bound[..named])?;
        }
        if has_varargs {
            bound[named] = Tuple::new(surplus).into();
        }
        if let Some(extra) = extra {
            bound[n_bound - 1] = extra.into();
        }
        Ok(())
    }

    /// Puts the values of keyword arguments into their parameters, or into `**` parameter `extra`.
    fn bind_keywords(
        &self,
        function: &Function,
        code: &Code,
        bound: &mut [Value],
        extra: Option<&Gc<Dict>>,
        kw_names: &[Value],
        values: Values,
    ) -> PyResult<()> {
        let object = &*code.object;
        let mut positional_only_by_keyword: Vec<String> = Vec::new();
        for (name, value) in kw_names.iter().zip(values) {
            let Some(text) = name.downcast::<Str>() else {
                return self.raise(
                    Exc::TypeError,
                    format!("{}() keywords must be strings", function.qualname.borrow()),
                );
            };
            let names = code.parameter_names();
            let parameter = names.iter().position(|name| name.is(text));
            let parameter =
                parameter.or_else(|| names.iter().position(|name| name.as_bytes() == text.as_bytes()));
            match parameter {
                Some(at) if at >= object.n_positional_only as usize => {
                    if !bound[at].is_unbound() {
                        let name = function.qualname.borrow();
                        return self.raise(
                            Exc::TypeError,
                            format!("{name}() got multiple values for argument '{text}'"),
                        );
                    }
                    bound[at] = value;
                }
                found => match extra {
                    Some(extra) => drop(extra.insert_str(text, value)),
                    None if found.is_some() => positional_only_by_keyword.push(text.to_string()),
                    None => {
                        let any_positional_only = kw_names.iter().any(|name| {
                            object.locals[..object.n_positional_only as usize]
                                .iter()
                                .any(|local| name.downcast::<Str>().is_some_and(|n| n == &**local))
                        });
                        if !any_positional_only {
                            return self.unexpected_keyword(function, code, text);
                        }
                    }
                },
            }
        }
        if positional_only_by_keyword.is_empty() {
            return Ok(());
        }
        let name = function.qualname.borrow();
        self.raise(
            Exc::TypeError,
            format!(
                "{name}() got some positional-only arguments passed as keyword arguments: '{}'",
                positional_only_by_keyword.join(", ")
            ),
        )
    }

    fn fill_defaults(
        &self,
        function: &Function,
        code: &Code,
        bound: &mut [Value],
        n_direct: usize,
    ) -> PyResult<()> {
        let n_positional = code.object.n_positional as usize;
        let defaults = function.defaults.borrow();
        let defaults = defaults.as_ref().map(|defaults| defaults.items()).unwrap_or_default();
        let first_default = n_positional.saturating_sub(defaults.len());
        let mut any_missing = false;
        for at in n_direct..n_positional {
            if bound[at].is_unbound() {
                if at >= first_default {
                    bound[at] =
                        defaults[at - first_default + defaults.len().saturating_sub(n_positional)].clone();
                } else {
                    any_missing = true;
                }
            }
        }
        if !any_missing {
            return Ok(());
        }
        let missing: Vec<&str> = (0..n_positional)
            .filter(|&at| bound[at].is_unbound())
            .map(|at| &*code.object.locals[at])
            .collect();
        self.require_none_missing(function, &missing, "positional")
    }

    /// `bound` are the positional and the keyword-only parameters.
    fn fill_keyword_defaults(&self, function: &Function, code: &Code, bound: &mut [Value]) -> PyResult<()> {
        let n_positional = code.object.n_positional as usize;
        let defaults = function.kwdefaults.borrow();
        let mut missing: Vec<&str> = Vec::new();
        for (at, value) in bound.iter_mut().enumerate().skip(n_positional) {
            if value.is_unbound() {
                match defaults.as_ref().and_then(|defaults| defaults.get_str(&code.parameter_names()[at])) {
                    Some(default) => *value = default,
                    None => missing.push(&code.object.locals[at]),
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        self.require_none_missing(function, &missing, "keyword-only")
    }

    #[cold]
    fn require_none_missing(&self, function: &Function, missing: &[&str], kind: &str) -> PyResult<()> {
        let quoted: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
        let list = match quoted.as_slice() {
            [] => return Ok(()),
            [one] => one.clone(),
            [a, b] => format!("{a} and {b}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        };
        let plural = if missing.len() == 1 { "" } else { "s" };
        let name = function.qualname.borrow();
        self.raise(
            Exc::TypeError,
            format!("{name}() missing {} required {kind} argument{plural}: {list}", missing.len()),
        )
    }

    #[cold]
    fn unexpected_keyword<T>(&self, function: &Function, code: &Code, keyword: &Gc<Str>) -> PyResult<T> {
        let object = &*code.object;
        let name = function.qualname.borrow();
        let candidates = &object.locals
            [object.n_positional_only as usize..(object.n_positional + object.n_keyword_only) as usize];
        let candidates: Vec<&[u8]> = candidates.iter().map(|candidate| candidate.as_bytes()).collect();
        let suggestion = crate::exceptions::suggestions::closest(&candidates, keyword.as_bytes());
        let suggestion = suggestion.map(String::from_utf8_lossy);
        let hint = suggestion.map(|found| format!(". Did you mean '{found}'?")).unwrap_or_default();
        self.raise(Exc::TypeError, format!("{name}() got an unexpected keyword argument '{keyword}'{hint}"))
    }

    #[cold]
    fn too_many_positional<T>(
        &self,
        function: &Function,
        code: &Code,
        n_given: usize,
        bound: &[Value],
    ) -> PyResult<T> {
        let n_positional = code.object.n_positional as usize;
        let n_defaults = function.defaults.borrow().as_ref().map_or(0, |defaults| defaults.len());
        let n_keyword_given = bound[n_positional..].iter().filter(|value| !value.is_unbound()).count();
        let name = function.qualname.borrow();
        let (takes, plural) = match n_defaults {
            0 => (n_positional.to_string(), n_positional != 1),
            n => (format!("from {} to {n_positional}", n_positional - n), true),
        };
        let plural = if plural { "s" } else { "" };
        let were = if n_given == 1 && n_keyword_given == 0 { "was" } else { "were" };
        let keyword_part = if n_keyword_given > 0 {
            let arguments = if n_given == 1 { "" } else { "s" };
            let keywords = if n_keyword_given == 1 { "" } else { "s" };
            format!(" positional argument{arguments} (and {n_keyword_given} keyword-only argument{keywords})")
        } else {
            String::new()
        };
        self.raise(
            Exc::TypeError,
            format!(
                "{name}() takes {takes} positional argument{plural} but {n_given}{keyword_part} {were} given"
            ),
        )
    }

    /// RecursionError when one more Python frame would be too many.
    #[inline(always)]
    pub(crate) fn enter_frame(&self) -> PyResult<()> {
        let depth = self.depth.get() + 1;
        if depth > self.recursion_limit.get() {
            return self.recursion_error();
        }
        self.depth.set(depth);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn recursion_error(&self) -> PyResult<()> {
        // A little head-room lets handlers of the error run.
        let limit = self.recursion_limit.get();
        self.recursion_limit.set(limit + 50);
        let raised = self.raise(Exc::RecursionError, "maximum recursion depth exceeded");
        self.recursion_limit.set(limit);
        raised
    }

    /// Calls a Python function from native code: runs it to its end, or makes its generator.
    pub fn call_function(&self, function: &Gc<Function>, args: Args<'_>) -> PyResult {
        let code = function.code.borrow().clone();
        let base = self.push_native_call(function, &code, args)?;
        if code.call_kind != CallKind::Plain {
            return Ok(self.take_generator(base, &code));
        }
        self.run_pushed(base, &code, bound_registers(&code))
    }

    /// Copies arguments above the running frame and binds them; the function waits in the frame's function slot.
    fn push_native_call(&self, function: &Gc<Function>, code: &Gc<Code>, args: Args<'_>) -> PyResult<Frame> {
        let n_args = args.values.len() + args.kw_values.len();
        // SAFETY: pointer arithmetic inside the reservation, checked by `ensure` before use.
        let base = unsafe { self.free_top().add(HEADER_WORDS) };
        let needed = n_args.max(code.n_registers as usize);
        // SAFETY: as above.
        if !self.stack.ensure(unsafe { base.add(needed) }) {
            return self.raise(Exc::RecursionError, "maximum recursion depth exceeded");
        }
        let frame = Frame(base);
        for (at, value) in args.values.iter().chain(args.kw_values).enumerate() {
            // SAFETY: unused stack owns nothing.
            unsafe { std::ptr::write(frame.register(at), value.clone()) };
        }
        let kw_names: SmallVec<[Value; 4]> = args.kw_names.iter().map(|name| name.to_value()).collect();
        if let Err(raised) = self.bind(function, code, base, n_args, &kw_names) {
            frame.sweep(needed);
            return Err(raised);
        }
        // SAFETY: the slot is unused stack, UNBOUND.
        unsafe { frame.function_slot().write(function.to_value()) };
        Ok(frame)
    }

    /// Moves bound arguments at `frame` into a new generator object.
    pub(crate) fn take_generator(&self, frame: Frame, code: &Code) -> Value {
        let function = frame.take_function();
        let n = bound_registers(code);
        let arguments = (0..n).map(|at| std::mem::replace(frame.register(at), Value::UNBOUND));
        let generator = Generator::new(self, function, arguments);
        self.note_coroutine(&generator);
        generator.into()
    }

    /// Runs a frame whose arguments are bound, from native code.
    fn run_pushed(&self, frame: Frame, code: &Code, n_bound: usize) -> PyResult {
        let caller = self.frame.get();
        if let Err(raised) = self.enter_frame() {
            frame.sweep(code.n_registers as usize);
            drop(frame.take_function());
            return Err(raised);
        }
        frame.unbind_locals(n_bound, code.n_locals as usize);
        frame.write_header(self.ip.get(), caller, Link::Native, code);
        self.run_native(frame, code.entry())
    }

    /// Runs a frame until it returns to native code.
    pub(crate) fn run_native(&self, frame: Frame, ip: *mut Instruction) -> PyResult {
        match self.run_nested(frame, ip)? {
            Outcome::Returned(value) => Ok(value),
            Outcome::Yielded(_) => unreachable!("only generators yield, and those are resumed by `resume`"),
        }
    }

    /// Enters the dispatch loop anew and restores the running frame after it.
    pub(crate) fn run_nested(&self, frame: Frame, ip: *mut Instruction) -> PyResult<Outcome> {
        let saved = (self.frame.get(), self.ip.get(), self.heap_frame_top.get());
        let result = match self.check_native_depth("") {
            Ok(()) => self.run(frame, ip, None),
            Err(raised) => self.run(frame, ip, Some(raised)),
        };
        self.frame.set(saved.0);
        self.ip.set(saved.1);
        self.heap_frame_top.set(saved.2);
        result
    }

    /// Runs code in a namespace: modules, `exec`, `eval`. `namespace` is `None` where it is the globals.
    pub fn run_code(
        &self,
        code: &Gc<Code>,
        globals: &Gc<Dict>,
        namespace: Option<Value>,
        closure: Option<Gc<Tuple>>,
    ) -> PyResult {
        let builtins = self.builtins_of(globals);
        let function = Function::new(self, code.clone(), globals.clone(), builtins, closure);
        let registers = namespace.unwrap_or(Value::UNBOUND);
        if code.call_kind != CallKind::Plain {
            return Ok(Generator::new(self, function.into(), std::iter::once(registers)).into());
        }
        // SAFETY: as in `push_native_call`.
        let base = unsafe { self.free_top().add(HEADER_WORDS) };
        // SAFETY: as above.
        if !self.stack.ensure(unsafe { base.add(code.n_registers as usize + 1) }) {
            return self.raise(Exc::RecursionError, "maximum recursion depth exceeded");
        }
        let frame = Frame(base);
        // SAFETY: unused stack owns nothing.
        unsafe { std::ptr::write(frame.register(0), registers) };
        // SAFETY: unused stack.
        unsafe { frame.function_slot().write(function.into()) };
        self.run_pushed(frame, code, 1)
    }

    /// The builtins that code with these globals sees: its `__builtins__`, else the interpreter's.
    pub(crate) fn builtins_of(&self, globals: &Gc<Dict>) -> Gc<Dict> {
        match globals.get_str(&self.names.__builtins__) {
            Some(found) => match found.downcast::<crate::objects::module::Module>() {
                Some(module) => module.namespace(),
                None => found.into_gc::<Dict>().unwrap_or_else(|_| self.builtins.clone()),
            },
            None => self.builtins.clone(),
        }
    }
}

/// Registers that arguments fill.
pub(crate) fn bound_registers(code: &Code) -> usize {
    let object = &*code.object;
    object.n_positional as usize
        + object.n_keyword_only as usize
        + code.has_flag(flags::VARARGS) as usize
        + code.has_flag(flags::VARKEYWORDS) as usize
}

/// The call slot of functions.
pub fn call_function_slot(vm: &Vm, callee: &Value, args: Args<'_>) -> PyResult {
    let function = callee.downcast::<Function>().expect("the slot of functions");
    vm.call_function(function, args)
}

/// The call slot of bound methods.
pub fn call_method_slot(vm: &Vm, callee: &Value, args: Args<'_>) -> PyResult {
    let method = callee.downcast::<crate::objects::function::BoundMethod>().expect("the slot of methods");
    args.prepend(&method.receiver, |args| vm.call_args(&method.function, args))
}
