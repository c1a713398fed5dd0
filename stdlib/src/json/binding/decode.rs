//! JSON text to Python values.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::vec::Drain;

use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, PyResult, Raised, Value, Vm};

use super::super::{Builder, Options, ScanError, scan};

/// Nesting beyond this is refused; CPython gives up at about the same depth, with its stack.
const MAX_DEPTH: usize = 50_000;

/// A key of objects, found by its bytes.
#[derive(PartialEq)]
struct Key(Gc<Str>);

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Makes Python values, through the hooks where given.
struct Values<'a> {
    vm: &'a Vm,
    object_hook: Option<&'a Value>,
    object_pairs_hook: Option<&'a Value>,
    parse_float: Option<&'a Value>,
    parse_int: Option<&'a Value>,
    parse_constant: Option<&'a Value>,
    /// Keys met so far, so that equal ones are one object.
    keys: HashSet<Key, rapidhash::fast::RandomState>,
}

impl<'a> Values<'a> {
    /// The hooks from argument `first` on; None leaves one out.
    fn new(vm: &'a Vm, args: &Args<'a>, first: usize) -> Self {
        Values {
            vm,
            object_hook: args.get_not_none(first),
            object_pairs_hook: args.get_not_none(first + 1),
            parse_float: args.get_not_none(first + 2),
            parse_int: args.get_not_none(first + 3),
            parse_constant: args.get_not_none(first + 4),
            keys: HashSet::default(),
        }
    }
}

impl Builder for Values<'_> {
    type Value = Value;
    type Error = Raised;

    fn null(&mut self) -> Value {
        Value::NONE
    }

    fn boolean(&mut self, truth: bool) -> Value {
        Value::bool(truth)
    }

    fn string(&mut self, text: &[u8]) -> PyResult {
        Ok(Str::shared(text).into())
    }

    fn integer(&mut self, digits: &str) -> PyResult {
        if let Some(hook) = self.parse_int {
            return self.vm.call(hook, &[digits.into()]);
        }
        match digits.parse::<i64>() {
            Ok(number) => Ok(Value::int(number)),
            Err(_) => self.vm.call(self.vm.types.int().as_value(), &[digits.into()]),
        }
    }

    fn float(&mut self, text: &str) -> PyResult {
        if let Some(hook) = self.parse_float {
            return self.vm.call(hook, &[text.into()]);
        }
        match text.parse::<f64>() {
            Ok(number) => Ok(Value::float(number)),
            Err(_) => self.vm.call(self.vm.types.float().as_value(), &[text.into()]),
        }
    }

    fn constant(&mut self, name: &str) -> PyResult {
        if let Some(hook) = self.parse_constant {
            return self.vm.call(hook, &[name.into()]);
        }
        Ok(Value::float(match name {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            _ => f64::NEG_INFINITY,
        }))
    }

    fn array(&mut self, items: Drain<'_, Value>) -> PyResult {
        Ok(List::new(items.collect()).into())
    }

    fn object(&mut self, items: Drain<'_, (Value, Value)>) -> PyResult {
        if let Some(hook) = self.object_pairs_hook {
            let pairs = items.map(|(key, value)| self.vm.tuple(&[key, value])).collect();
            return self.vm.call(hook, &[List::new(pairs).into()]);
        }
        let dict = Dict::with_capacity(items.len());
        for (key, value) in items {
            if let Some(key) = key.downcast::<Str>() {
                drop(dict.insert_str(key, value));
            }
        }
        match self.object_hook {
            Some(hook) => self.vm.call(hook, &[dict.into()]),
            None => Ok(dict.into()),
        }
    }

    fn key(&mut self, text: &[u8]) -> PyResult {
        if let Some(known) = self.keys.get(text) {
            return Ok(known.0.to_value());
        }
        let key = Str::shared(text);
        self.keys.insert(Key(key.clone()));
        Ok(key.into())
    }

    fn too_deep(&mut self) -> Raised {
        let message = "maximum recursion depth exceeded while decoding a JSON array from a unicode string";
        match self.vm.raise::<()>(Exc::RecursionError, message) {
            Err(raised) => raised,
            Ok(()) => unreachable!("raise always raises"),
        }
    }
}

/// A value that begins at a byte offset, and the offset after it.
fn scan_value(
    vm: &Vm,
    text: &Gc<Str>,
    at: usize,
    strict: bool,
    values: &mut Values<'_>,
) -> PyResult<Result<(Value, usize), usize>> {
    let options = Options { strict, max_depth: MAX_DEPTH };
    match scan(text.as_bytes(), at, options, values) {
        Ok(found) => Ok(Ok(found)),
        Err(ScanError::NoValue(at)) => Ok(Err(at)),
        Err(ScanError::Decode(message, at)) => super::raise_decode(vm, message, text, at),
        Err(ScanError::Builder(raised)) => Err(raised),
    }
}

fn skip_space(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The one value of a whole text.
pub fn decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.expect_str(args.value(0), "first argument must be a string, not {}")?;
    let strict = vm.truth(args.value(1))?;
    let mut values = Values::new(vm, &args, 2);
    let start = skip_space(text.as_bytes(), 0);
    match scan_value(vm, text, start, strict, &mut values)? {
        Ok((value, end)) => {
            let end = skip_space(text.as_bytes(), end);
            if end < text.as_bytes().len() {
                return super::raise_decode(vm, "Extra data", text, end);
            }
            Ok(value)
        }
        Err(at) => super::raise_decode(vm, "Expecting value", text, at),
    }
}

/// The value at an index and the index after it; StopIteration with the index where none begins.
pub fn scan_at(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.expect_str(args.value(0), "first argument must be a string, not {}")?;
    let index = vm.to_i64(args.value(1))?;
    let strict = vm.truth(args.value(2))?;
    let Ok(index) = usize::try_from(index) else {
        return vm.raise(Exc::ValueError, "idx cannot be negative");
    };
    if index > text.len() {
        return vm.raise_stop_iteration(index.into());
    }
    let mut values = Values::new(vm, &args, 3);
    match scan_value(vm, text, text.byte_offset(index), strict, &mut values)? {
        Ok((value, end)) => Ok(vm.tuple(&[value, text.char_index(end).into()])),
        Err(at) => vm.raise_stop_iteration(text.char_index(at).into()),
    }
}
