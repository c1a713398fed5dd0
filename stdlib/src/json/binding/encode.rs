//! Python values to JSON text.

use std::collections::HashSet;

use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::float::as_float;
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::text::small_int::Decimal;
use ouro_runtime::{Args, Exc, Gc, PyResult, Value, Vm};

use super::super::{push_float, push_quoted};

/// So many containers are searched one after the other.
const FEW: usize = 12;

/// Identities of the containers being written, the outermost first.
#[derive(Default)]
struct Open {
    few: Vec<u64>,
    /// What does not fit into `few`.
    many: HashSet<u64, rapidhash::fast::RandomState>,
}

impl Open {
    /// Whether the container was not open.
    fn enter(&mut self, id: u64) -> bool {
        if self.few.contains(&id) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(id);
            return true;
        }
        self.many.insert(id)
    }

    /// Leaves the container entered last.
    fn leave(&mut self, id: u64) {
        if self.many.is_empty() || !self.many.remove(&id) {
            self.few.pop();
        }
    }
}

/// How to encode, and the text so far.
struct Encoder<'a> {
    vm: &'a Vm,
    /// Called for what is no JSON type.
    default: &'a Value,
    ascii: bool,
    indent: Option<Gc<Str>>,
    key_separator: &'a Gc<Str>,
    item_separator: &'a Gc<Str>,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    /// The containers being written, if cycles are looked for.
    open: Option<Open>,
    out: Vec<u8>,
}

pub fn encode(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = |index: usize| vm.expect_str(args.value(index), "separators must be strings, not {}");
    let indent = match args.get_not_none(3) {
        None => None,
        Some(value) => Some(match value.downcast::<Str>() {
            Some(text) => text.clone(),
            None => Str::new(&" ".repeat(vm.index_clipped(value)?.clamp(0, 1 << 16) as usize)),
        }),
    };
    let mut encoder = Encoder {
        vm,
        default: args.value(1),
        ascii: vm.truth(args.value(2))?,
        indent,
        key_separator: text(4)?,
        item_separator: text(5)?,
        sort_keys: vm.truth(args.value(6))?,
        skip_keys: vm.truth(args.value(7))?,
        allow_nan: vm.truth(args.value(8))?,
        open: if vm.truth(args.value(9))? { Some(Open::default()) } else { None },
        out: Vec::new(),
    };
    encoder.value(args.value(0), 0)?;
    Ok(Str::from_wtf8(&encoder.out).into())
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value, level: usize) -> PyResult<()> {
        if let Some(text) = value.downcast::<Str>() {
            push_quoted(&mut self.out, text.as_bytes(), self.ascii);
            return Ok(());
        }
        if value.is_none() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        if let Some(truth) = value.as_bool() {
            self.out.extend_from_slice(if truth { b"true" } else { b"false" });
            return Ok(());
        }
        if let Some(number) = value.as_small_int() {
            self.out.extend_from_slice(Decimal::new(number).as_bytes());
            return Ok(());
        }
        if int::is_int(value) {
            let digits = self.int_text(value)?;
            self.out.extend_from_slice(digits.as_bytes());
            return Ok(());
        }
        if let Some(number) = as_float(value) {
            return self.float(number);
        }
        self.vm.check_native_depth(" while encoding a JSON object")?;
        if let Some(list) = value.downcast::<List>() {
            return self.enclosed(value, |this| this.array(value, |index| list.get(index), level));
        }
        if let Some(tuple) = value.downcast::<Tuple>() {
            let items = tuple.items();
            return self.enclosed(value, |this| this.array(value, |index| items.get(index).cloned(), level));
        }
        if let Some(dict) = value.downcast::<Dict>() {
            return self.enclosed(value, |this| this.object(value, dict, level));
        }
        self.enclosed(value, |this| {
            let replaced = this.vm.call(this.default, std::slice::from_ref(value))?;
            let result = this.value(&replaced, level);
            this.note(result, || format!("when serializing {} object", this_class(this.vm, value)))
        })
    }

    /// Writes a container, watching for cycles through it.
    fn enclosed(&mut self, value: &Value, write: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        if let Some(open) = &mut self.open
            && !open.enter(value.id())
        {
            return self.vm.raise(Exc::ValueError, "Circular reference detected");
        }
        let result = write(self);
        if let Some(open) = &mut self.open {
            open.leave(value.id());
        }
        result
    }

    fn float(&mut self, number: f64) -> PyResult<()> {
        if !number.is_finite() && !self.allow_nan {
            let shown = ouro_runtime::text::float_repr::repr(number);
            let message = format!("Out of range float values are not JSON compliant: {shown}");
            return self.vm.raise(Exc::ValueError, message);
        }
        push_float(&mut self.out, number);
        Ok(())
    }

    /// `int.__repr__`, whatever a subclass says.
    fn int_text(&self, value: &Value) -> PyResult<Gc<Str>> {
        self.vm.repr(&int::exact(value))
    }

    fn new_line(&mut self, level: usize) {
        if let Some(indent) = &self.indent {
            self.out.push(b'\n');
            (0..level).for_each(|_| self.out.extend_from_slice(indent.as_bytes()));
        }
    }

    /// `item` gives the items one after the other; a list may change while its items are written.
    fn array(&mut self, array: &Value, item: impl Fn(usize) -> Option<Value>, level: usize) -> PyResult<()> {
        self.out.push(b'[');
        let mut index = 0;
        while let Some(item) = item(index) {
            if index > 0 {
                self.out.extend_from_slice(self.item_separator.as_bytes());
            }
            self.new_line(level + 1);
            let result = self.value(&item, level + 1);
            self.note(result, || format!("when serializing {} item {index}", this_class(self.vm, array)))?;
            index += 1;
        }
        if index > 0 {
            self.new_line(level);
        }
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self, object: &Value, dict: &Gc<Dict>, level: usize) -> PyResult<()> {
        if dict.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        self.out.push(b'{');
        let start = self.out.len();
        if dict.header().is_exact() && !self.sort_keys {
            let mut position = 0;
            while let Some((next, key, value)) = dict.next(position) {
                self.member(object, &key, &value, start, level)?;
                position = next;
            }
        } else {
            let mut items = if dict.header().is_exact() { dict.snapshot() } else { self.items(object)? };
            if self.sort_keys {
                items = self.sorted(items)?;
            }
            for (key, value) in &items {
                self.member(object, key, value, start, level)?;
            }
        }
        if self.out.len() > start {
            self.new_line(level);
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes a member of the object whose members begin at `start`, unless its key is one to skip.
    fn member(
        &mut self,
        object: &Value,
        key: &Value,
        value: &Value,
        start: usize,
        level: usize,
    ) -> PyResult<()> {
        // A skipped key must leave no separator, so the key's text is made first.
        let made = match key.downcast::<Str>() {
            Some(_) => Vec::new(),
            None => match self.key_text(key)? {
                Some(text) => text,
                None => return Ok(()),
            },
        };
        if self.out.len() > start {
            self.out.extend_from_slice(self.item_separator.as_bytes());
        }
        self.new_line(level + 1);
        let text = key.downcast::<Str>().map_or(made.as_slice(), |text| text.as_bytes());
        push_quoted(&mut self.out, text, self.ascii);
        self.out.extend_from_slice(self.key_separator.as_bytes());
        let result = self.value(value, level + 1);
        self.note(result, || {
            format!("when serializing {} item {}", this_class(self.vm, object), self.shown(key))
        })
    }

    /// What the `items` method of a dict subclass gives.
    fn items(&self, object: &Value) -> PyResult<Vec<(Value, Value)>> {
        let items = self.vm.call_method_named(object, "items", &[])?;
        let mut pairs = Vec::new();
        self.vm.for_each(&items, |item| {
            match item.downcast::<Tuple>().map(|pair| pair.items()) {
                Some([key, value]) => pairs.push((key.clone(), value.clone())),
                _ => return self.vm.raise(Exc::ValueError, "items must return 2-tuples"),
            }
            Ok(())
        })?;
        Ok(pairs)
    }

    fn sorted(&self, mut items: Vec<(Value, Value)>) -> PyResult<Vec<(Value, Value)>> {
        fn text(item: &(Value, Value)) -> Option<&Gc<Str>> {
            item.0.downcast_exact::<Str>()
        }
        if items.iter().all(|item| text(item).is_some()) {
            // The order of WTF-8 is that of its code points.
            items.sort_by(|a, b| match (text(a), text(b)) {
                (Some(a), Some(b)) => a.as_bytes().cmp(b.as_bytes()),
                _ => std::cmp::Ordering::Equal,
            });
            return Ok(items);
        }
        let pairs = items.into_iter().map(|(key, value)| self.vm.tuple(&[key, value])).collect();
        let list = List::new(pairs);
        self.vm.call_method_named(list.as_value(), "sort", &[])?;
        let unpack = |pair: Value| {
            let pair = pair.downcast::<Tuple>().expect("a list of tuples stays one");
            (pair.items()[0].clone(), pair.items()[1].clone())
        };
        Ok(list.snapshot().into_iter().map(unpack).collect())
    }

    /// The text of a key that is no string, `None` for one to skip.
    fn key_text(&mut self, key: &Value) -> PyResult<Option<Vec<u8>>> {
        if let Some(number) = as_float(key) {
            let start = self.out.len();
            self.float(number)?;
            return Ok(Some(self.out.split_off(start)));
        }
        if key.is_none() {
            return Ok(Some(b"null".to_vec()));
        }
        if let Some(truth) = key.as_bool() {
            return Ok(Some(if truth { b"true".to_vec() } else { b"false".to_vec() }));
        }
        if int::is_int(key) {
            return Ok(Some(self.int_text(key)?.as_bytes().to_vec()));
        }
        if self.skip_keys {
            return Ok(None);
        }
        self.vm.raise_type_of("keys must be str, int, float, bool or None, not {}", key)
    }

    /// `repr` for a note, or nothing if that fails.
    fn shown(&self, value: &Value) -> String {
        match self.vm.repr(value) {
            Ok(text) => text.to_string_lossy().into_owned(),
            Err(raised) => {
                drop(self.vm.take_raised(raised));
                String::new()
            }
        }
    }

    /// Adds a note to an exception on its way.
    fn note(&self, result: PyResult<()>, text: impl FnOnce() -> String) -> PyResult<()> {
        let Err(raised) = result else { return Ok(()) };
        let exception = self.vm.take_raised(raised);
        match self.vm.call_method(exception.as_value(), &self.vm.names.add_note, &[text().into()]) {
            Ok(_) => Err(self.vm.reraise(exception)),
            Err(raised) => Err(raised),
        }
    }
}

fn this_class(vm: &Vm, value: &Value) -> String {
    vm.type_of(value).qualified_name(vm)
}
