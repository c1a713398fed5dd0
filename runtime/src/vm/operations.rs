//! Instructions that build, unpack, format and raise: everything the dispatch loop does not do inline.

use super::Vm;
use super::frame::{Frame, HEADER_WORDS};
use crate::class::{CompareOp, Type};
use crate::exceptions::Raised;
use crate::heap::Gc;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::dict::update::{merge_display, merge_keywords};
use crate::objects::exception::{Exception, group};
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::set::Set;
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::clamp_index;
use crate::value::Value;
use crate::{Exc, PyResult};

impl Vm {
    /// The truth of `a op b`, strings and numbers first.
    #[inline(never)]
    pub(crate) fn compare_truth_slow(&self, a: &Value, b: &Value, op: CompareOp) -> PyResult<bool> {
        if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            return Ok(match op {
                CompareOp::Eq => x == y,
                CompareOp::Ne => x != y,
                // UTF-8 orders as code points do.
                _ => op.holds(x.as_bytes().cmp(y.as_bytes())),
            });
        }
        self.compare_bool(a, b, op)
    }

    /// Whether `left + right` may grow `left`: strings, and nobody but the asking register holds `left`.
    #[inline]
    pub(crate) fn can_append(&self, left: &Value, right: &Value) -> bool {
        match (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) {
            (Some(left), Some(right)) => left.can_grow(right),
            _ => false,
        }
    }

    /// `left + right`, see [`Vm::can_append`].
    #[inline(never)]
    pub(crate) fn append_str(&self, left: Value, right: &Value) -> Value {
        match (left.into_gc::<Str>(), right.downcast::<Str>()) {
            (Ok(left), Some(right)) => left.grown(right).into(),
            _ => unreachable!("both are strings"),
        }
    }

    /// `container[key]` for the usual builtins, then the protocol.
    #[inline(never)]
    pub(crate) fn get_item_fast(&self, container: &Value, key: &Value) -> PyResult {
        if let Some(dict) = container.downcast_exact::<Dict>() {
            return match dict.get(self, key)? {
                Some(found) => Ok(found),
                None => self.raise_key_error(key),
            };
        }
        if let Some(n) = key.as_small_int() {
            if let Some(tuple) = container.downcast_exact::<Tuple>() {
                if let Some(at) = clamp_index(n, tuple.len()) {
                    return Ok(tuple.items()[at].clone());
                }
            } else if let Some(text) = container.downcast_exact::<Str>() {
                if let Some(at) = clamp_index(n, text.len()) {
                    return Ok(self.character(text.code_point(at)).into());
                }
            }
        }
        self.get_item(container, key)
    }

    /// `container[key] = value` for the usual builtins, then the protocol.
    #[inline(never)]
    pub(crate) fn set_item_fast(&self, container: &Value, key: &Value, value: &Value) -> PyResult<()> {
        if let Some(dict) = container.downcast_exact::<Dict>() {
            let old = dict.insert(self, key.clone(), value.clone())?;
            drop(old);
            return Ok(());
        }
        self.set_item(container, key, value)
    }

    pub(crate) fn get_slice(&self, container: &Value, start: Value, stop: Value) -> PyResult {
        if let Some(text) = container.downcast_exact::<Str>() {
            let slice = Slice { start, stop, step: Value::NONE };
            let bounds = self.slice_bounds(&slice, text.len())?;
            let range = bounds.as_range();
            return Ok(text.slice(range.start, range.end).into());
        }
        if let Some(list) = container.downcast_exact::<List>() {
            let slice = Slice { start, stop, step: Value::NONE };
            let bounds = self.slice_bounds(&slice, list.len())?;
            let items = list.items.borrow().get(bounds.as_range()).map(<[Value]>::to_vec);
            return Ok(List::new(items.unwrap_or_default()).into());
        }
        let slice: Value = Slice::new(start, stop, Value::NONE).into();
        self.get_item(container, &slice)
    }

    /// `r[base]` the global `super`, `r[base+1]` the class, `r[at]` the object: the super object, or `None` when `super` is the
    /// builtin and found `name` as a plain method, which is then in `r[base]`.
    fn super_object(&self, frame: Frame, base: usize, at: usize) -> PyResult {
        let callee = frame.register(base).clone();
        let class = std::mem::replace(frame.register(base + 1), Value::UNBOUND);
        let object = frame.register(at).clone();
        if callee.is(self.types.super_().as_value()) {
            return self.call(&callee, &[class, object]);
        }
        // Somebody's own `super`: called without arguments, as the source says.
        self.call(&callee, &[])
    }

    pub(crate) fn get_super_attr(&self, frame: Frame, base: usize, name: &Gc<Str>) -> PyResult<()> {
        let object = self.super_object(frame, base, base + 2)?;
        let attribute = self.get_attr(&object, name)?;
        let receiver = std::mem::replace(frame.register(base + 2), Value::UNBOUND);
        drop(receiver);
        let old = std::mem::replace(frame.register(base), attribute);
        drop(old);
        Ok(())
    }

    pub(crate) fn load_super_method(&self, frame: Frame, window: usize, name: &Gc<Str>) -> PyResult<()> {
        let at = window + HEADER_WORDS;
        let receiver: &Value = frame.register(at);
        let is_builtin = frame.register(window).is(self.types.super_().as_value());
        if let (true, Some(class)) = (is_builtin, frame.register(window + 1).downcast::<Type>()) {
            // An instance method found along the MRO needs neither super object nor bound method.
            let receiver_class = self.type_of(receiver);
            if receiver.downcast::<Type>().is_none() && receiver_class.is_subclass(class) {
                if let Some(found) = receiver_class.lookup_after(class, name) {
                    if self.type_of(&found).has_flag(crate::class::type_flags::METHOD_DESCRIPTOR) {
                        *frame.register(window) = found;
                        drop(std::mem::replace(frame.register(window + 1), Value::UNBOUND));
                        return Ok(());
                    }
                }
            }
        }
        let object = self.super_object(frame, window, at)?;
        let attribute = self.get_attr(&object, name)?;
        drop(std::mem::replace(frame.register(at), Value::UNBOUND));
        drop(std::mem::replace(frame.register(window), attribute));
        Ok(())
    }

    /// LoadSpecial: methods of the context manager protocol.
    pub(crate) fn load_special(&self, frame: Frame, window: usize, which: usize) -> PyResult<()> {
        let names = &self.names;
        let name = [&names.__enter__, &names.__exit__, &names.__aenter__, &names.__aexit__][which];
        let at = window + HEADER_WORDS;
        let receiver: &Value = frame.register(at);
        let class = self.type_of(receiver).clone();
        let Some(found) = class.lookup_in_use(name) else {
            return self.raise_no_context_manager(&class, which);
        };
        if self.type_of(&found).has_flag(crate::class::type_flags::METHOD_DESCRIPTOR) {
            drop(std::mem::replace(frame.register(window), found));
            return Ok(());
        }
        let method = match self.type_of(&found).slots().descr_get {
            Some(get) => get(self, &found, Some(receiver), &class)?,
            None => found,
        };
        drop(std::mem::replace(frame.register(at), Value::UNBOUND));
        drop(std::mem::replace(frame.register(window), method));
        Ok(())
    }

    #[cold]
    fn raise_no_context_manager(&self, class: &Gc<Type>, which: usize) -> PyResult<()> {
        let (kind, other_kind, enter, exit, other_enter, other_exit, with) = if which < 2 {
            (
                "context manager",
                "asynchronous context manager",
                "__enter__",
                "__exit__",
                "__aenter__",
                "__aexit__",
                "async with",
            )
        } else {
            (
                "asynchronous context manager",
                "context manager",
                "__aenter__",
                "__aexit__",
                "__enter__",
                "__exit__",
                "with",
            )
        };
        let missing = if which.is_multiple_of(2) { enter } else { exit };
        let name = class.short_qualified_name(self);
        let mut message =
            format!("'{name}' object does not support the {kind} protocol (missed {missing} method)");
        let has = |name: &str| class.lookup(&self.intern(name)).is_some();
        if has(other_enter) && has(other_exit) {
            message.push_str(&format!(
                " but it supports the {other_kind} protocol. Did you mean to use '{with}'?"
            ));
        }
        self.raise(Exc::TypeError, message)
    }

    #[inline(never)]
    pub(crate) fn unpack_sequence(
        &self,
        frame: Frame,
        first: usize,
        source: &Value,
        n: usize,
    ) -> PyResult<()> {
        let store = |at: usize, value: Value| drop(std::mem::replace(frame.register(first + at), value));
        if let Some(tuple) = source.downcast_exact::<Tuple>() {
            if tuple.len() == n {
                for (at, item) in tuple.items().iter().enumerate() {
                    let old = std::mem::replace(frame.register(first + at), item.clone());
                    if old.is_object() {
                        drop(old);
                    } else {
                        std::mem::forget(old);
                    }
                }
                return Ok(());
            }
            return self.raise_unpack_count(n, tuple.len(), true);
        }
        if let Some(list) = source.downcast_exact::<List>() {
            if list.len() == n {
                let items = list.snapshot();
                items.into_iter().enumerate().for_each(|(at, item)| store(at, item));
                return Ok(());
            }
            return self.raise_unpack_count(n, list.len(), true);
        }
        let iterator = self.iterator_to_unpack(source)?;
        for at in 0..n {
            match self.next(&iterator)? {
                Some(item) => store(at, item),
                None => return self.raise_unpack_count(n, at, false),
            }
        }
        if self.next(&iterator)?.is_none() {
            return Ok(());
        }
        // Sized sources say how many there were.
        let known = source.downcast_exact::<Dict>().map(|dict| dict.len());
        match known {
            Some(len) => self.raise_unpack_count(n, len, true),
            None => self.raise(Exc::ValueError, format!("too many values to unpack (expected {n})")),
        }
    }

    #[cold]
    fn raise_unpack_count<T>(&self, expected: usize, got: usize, exact: bool) -> PyResult<T> {
        if got > expected && exact {
            return self.raise(
                Exc::ValueError,
                format!("too many values to unpack (expected {expected}, got {got})"),
            );
        }
        self.raise(Exc::ValueError, format!("not enough values to unpack (expected {expected}, got {got})"))
    }

    fn iterator_to_unpack(&self, source: &Value) -> PyResult {
        if !self.is_iterable(source) {
            return self.raise_type_of("cannot unpack non-iterable {} object", source);
        }
        self.iter(source)
    }

    pub(crate) fn unpack_ex(
        &self,
        frame: Frame,
        first: usize,
        source: &Value,
        before: usize,
        after: usize,
    ) -> PyResult<()> {
        let iterator = self.iterator_to_unpack(source)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&iterator)? {
            items.push(item);
        }
        if items.len() < before + after {
            let (expected, got) = (before + after, items.len());
            return self.raise(
                Exc::ValueError,
                format!("not enough values to unpack (expected at least {expected}, got {got})"),
            );
        }
        let store = |at: usize, value: Value| drop(std::mem::replace(frame.register(first + at), value));
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        items.into_iter().enumerate().for_each(|(at, item)| store(at, item));
        store(before, List::new(middle).into());
        tail.into_iter().enumerate().for_each(|(at, item)| store(before + 1 + at, item));
        Ok(())
    }

    pub(crate) fn build_set(&self, frame: Frame, first: usize, n: usize) -> PyResult {
        let set = Set::for_class(self.types.set());
        for at in first..first + n {
            let item = std::mem::replace(frame.register(at), Value::UNBOUND);
            set.add(self, item)?;
        }
        Ok(set.into())
    }

    pub(crate) fn build_map(&self, frame: Frame, first: usize, n: usize) -> PyResult {
        let dict = Dict::new();
        for pair in 0..n {
            let key = std::mem::replace(frame.register(first + 2 * pair), Value::UNBOUND);
            let value = std::mem::replace(frame.register(first + 2 * pair + 1), Value::UNBOUND);
            drop(dict.insert(self, key, value)?);
        }
        Ok(dict.into())
    }

    pub(crate) fn build_string(&self, frame: Frame, first: usize, n: usize) -> Value {
        // SAFETY: `n` registers side by side.
        let parts = unsafe { std::slice::from_raw_parts(frame.register(first), n) };
        let text = Str::join(&[], parts);
        for at in first..first + n {
            drop(std::mem::replace(frame.register(at), Value::UNBOUND));
        }
        text.into()
    }

    /// `star`: words the TypeError for `f(*x)` and `[*x]`.
    pub(crate) fn list_extend(&self, list: &Value, iterable: &Value, star: bool) -> PyResult<()> {
        if !self.is_iterable(iterable) && star {
            return self.raise_type_of("Value after * must be an iterable, not {}", iterable);
        }
        match list.downcast::<List>() {
            Some(list) => list.extend(self, iterable),
            None => Ok(()),
        }
    }

    pub(crate) fn set_add(&self, set: &Value, item: &Value) -> PyResult<()> {
        match set.downcast::<Set>() {
            Some(set) => set.add(self, item.clone()).map(drop),
            None => Ok(()),
        }
    }

    pub(crate) fn set_update(&self, set: &Value, iterable: &Value) -> PyResult<()> {
        match set.downcast::<Set>() {
            Some(set) => crate::objects::set::update(self, set, iterable),
            None => Ok(()),
        }
    }

    pub(crate) fn map_add(&self, dict: &Value, key: &Value, value: &Value) -> PyResult<()> {
        match dict.downcast::<Dict>() {
            Some(dict) => dict.insert(self, key.clone(), value.clone()).map(drop),
            None => Ok(()),
        }
    }

    /// Calls `f` with every key and value of a mapping: an exact dict's entries, else through `keys()`.
    pub(crate) fn for_each_pair(
        &self,
        mapping: &Value,
        mut f: impl FnMut(Value, Value) -> PyResult<()>,
    ) -> PyResult<()> {
        if let Some(dict) = mapping.downcast_exact::<Dict>() {
            return dict.snapshot().into_iter().try_for_each(|(key, value)| f(key, value));
        }
        let keys = self.call_method(mapping, &self.names.keys, &[])?;
        self.for_each(&keys, |key| {
            let value = self.get_item(mapping, &key)?;
            f(key, value)
        })
    }

    /// `{**mapping}`.
    pub(crate) fn map_update(&self, dict: &Value, mapping: &Value) -> PyResult<()> {
        match dict.downcast::<Dict>() {
            Some(dict) => merge_display(self, dict, mapping),
            None => Ok(()),
        }
    }

    /// `f(**mapping)`.
    pub(crate) fn map_merge(&self, dict: &Value, mapping: &Value, callee: &Value) -> PyResult<()> {
        match dict.downcast::<Dict>() {
            Some(dict) => merge_keywords(self, dict, mapping, callee),
            None => Ok(()),
        }
    }

    pub(crate) fn convert_value(&self, value: &Value, conversion: usize) -> PyResult {
        match conversion {
            1 => self.str(value).map(Value::from),
            2 => self.repr(value).map(Value::from),
            _ => {
                let repr = self.repr(value)?;
                if repr.is_ascii() {
                    return Ok(repr.into());
                }
                Ok(Str::new(&crate::text::escape::escape_non_ascii(repr.as_bytes())).into())
            }
        }
    }

    pub(crate) fn format_with(&self, value: &Value, spec: &Value) -> PyResult {
        let spec = self.expect_str(spec, "format() argument 2 must be str, not {}")?;
        self.format(value, spec).map(Value::from)
    }

    pub(crate) fn make_function(&self, frame: Frame, at: usize, constant: usize, parts: usize) -> Value {
        let code = frame.code().constants()[constant]
            .downcast::<Code>()
            .expect("MakeFunction names a code constant");
        let take = |bit: usize| {
            if parts & (1 << bit) != 0 {
                std::mem::replace(frame.register(at + 1 + bit), Value::UNBOUND)
            } else {
                Value::UNBOUND
            }
        };
        let (defaults, keyword_defaults, annotate, closure) = (take(0), take(1), take(2), take(3));
        let parent = frame.function();
        let function = Function::new(
            self,
            code.clone(),
            parent.globals.clone(),
            parent.builtins.clone(),
            closure.into_gc::<Tuple>().ok(),
        );
        if let Ok(defaults) = defaults.into_gc::<Tuple>() {
            let _none = function.defaults.replace(Some(defaults));
        }
        if let Ok(defaults) = keyword_defaults.into_gc::<Dict>() {
            let _none = function.kwdefaults.replace(Some(defaults));
        }
        if !annotate.is_unbound() {
            function.rare_mut(|rare| rare.annotate = Some(annotate));
        }
        function.into()
    }

    /// `raise value [from cause]`.
    #[cold]
    #[inline(never)]
    pub(crate) fn raise_statement(&self, value: Value, cause: Option<Value>) -> Raised {
        match self.try_raise_statement(value, cause) {
            Ok(exception) => self.set_raised(exception),
            Err(raised) => raised,
        }
    }

    fn try_raise_statement(&self, value: Value, cause: Option<Value>) -> PyResult<Gc<Exception>> {
        let exception = self.exception_from(&value, "exceptions must derive from BaseException")?;
        if let Some(cause) = cause {
            let cause = if cause.is_none() {
                None
            } else {
                Some(self.exception_from(&cause, "exception causes must derive from BaseException")?)
            };
            let _old = exception.cause.replace(cause.map(Value::from));
            exception.suppress_context.set(true);
        }
        Ok(exception)
    }

    /// An exception instance from an instance or class.
    pub fn exception_from(&self, value: &Value, otherwise: &str) -> PyResult<Gc<Exception>> {
        if let Some(exception) = value.downcast::<Exception>() {
            return Ok(exception.clone());
        }
        let base = self.types.exception(Exc::BaseException);
        if let Some(class) = value.downcast::<Type>().filter(|class| class.is_subclass(base)) {
            let instance = self.call(value, &[])?;
            return match instance.into_gc::<Exception>() {
                Ok(exception) => Ok(exception),
                Err(other) => {
                    let message = format!(
                        "calling {} should have returned an instance of BaseException, not {}",
                        self.repr_text(class.as_value())?,
                        self.repr_text(self.type_of(&other).as_value())?
                    );
                    self.raise(Exc::TypeError, message)
                }
            };
        }
        self.raise(Exc::TypeError, otherwise)
    }

    #[cold]
    pub(crate) fn raise_current(&self) -> Raised {
        match self.handled_exception() {
            Some(exception) => {
                self.reraising.set(true);
                self.reraise(exception)
            }
            None => match self.raise::<()>(Exc::RuntimeError, "No active exception to reraise") {
                Err(raised) => raised,
                Ok(()) => unreachable!("raise raises"),
            },
        }
    }

    #[cold]
    pub(crate) fn reraise_value(&self, value: Value) -> Raised {
        match value.into_gc::<Exception>() {
            Ok(exception) => {
                self.reraising.set(true);
                self.reraise(exception)
            }
            Err(other) => self.raise_statement(other, None),
        }
    }

    /// `except class`: whether the exception matches.
    pub(crate) fn match_exception(&self, exception: &Value, class: &Value) -> PyResult<bool> {
        let base = self.types.exception(Exc::BaseException);
        let is_exception_class =
            |value: &Value| value.downcast::<Type>().is_some_and(|class| class.is_subclass(base));
        let valid = match class.downcast::<Tuple>() {
            Some(classes) => classes.items().iter().all(is_exception_class),
            None => is_exception_class(class),
        };
        if !valid {
            return self.raise(
                Exc::TypeError,
                "catching classes that do not inherit from BaseException is not allowed",
            );
        }
        let own = self.type_of(exception);
        let matches = |class: &Value| class.downcast::<Type>().is_some_and(|class| own.is_subclass(class));
        Ok(match class.downcast::<Tuple>() {
            Some(classes) => classes.items().iter().any(matches),
            None => matches(class),
        })
    }

    /// `except* class`: the matching part and the rest, None where empty.
    pub(crate) fn match_exception_star(&self, exception: &Value, class: &Value) -> PyResult<(Value, Value)> {
        let Some(original) = exception.downcast::<Exception>() else { return Ok((Value::NONE, Value::NONE)) };
        self.match_exception(exception, class)?;
        let group = self.types.exception(Exc::BaseExceptionGroup);
        let is_group_class =
            |value: &Value| value.downcast::<Type>().is_some_and(|class| class.is_subclass(group));
        let any_group = match class.downcast::<Tuple>() {
            Some(classes) => classes.items().iter().any(is_group_class),
            None => is_group_class(class),
        };
        if any_group {
            return self.raise(
                Exc::TypeError,
                "catching ExceptionGroup with except* is not allowed. Use except instead.",
            );
        }
        let (matching, rest) = group::match_handler(self, original, class)?;
        if let Some(wrapper) = matching.as_ref().filter(|matching| !matching.is(original) && rest.is_none()) {
            if !group::is_group(original) {
                let frame = self.current_frame();
                self.add_traceback(wrapper, frame, self.frame_position(frame));
            }
        }
        if matching.is_some() {
            // The handler sees only its part.
            let _whole = self.handled.replace(matching.clone());
        }
        let or_none = |part: Option<Gc<Exception>>| part.map_or(Value::NONE, Value::from);
        Ok((or_none(matching), or_none(rest)))
    }

    /// The end of `except*`: what is left to raise, or None.
    pub(crate) fn prepare_reraise_star(&self, raised: &Value, original: &Value) -> PyResult {
        let exceptions = raised.downcast::<List>().map(|list| list.snapshot()).unwrap_or_default();
        let Some(original) = original.downcast::<Exception>() else { return Ok(Value::NONE) };
        Ok(group::combine_raised(self, original, &exceptions)?.map_or(Value::NONE, Value::from))
    }
}
