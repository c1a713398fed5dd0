//! Writes objects of builtin types; `reduce.rs` has the rest.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use ouro_runtime::heap::{Trace, Visitor};
use ouro_runtime::objects::bytearray::ByteArray;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::int::BoxedInt;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::set::Set;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::objects::{float, int};
use ouro_runtime::text::wtf8;
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

use super::opcodes::*;
use super::{class_text, of_module, pickling_error};

/// How many items go between a mark and the instruction that takes them.
pub const BATCH: usize = 1000;
const FRAME_HEADER: usize = 9;
const FRAME_SIZE_MIN: usize = 4;
const FRAME_SIZE_TARGET: usize = 64 << 10;

/// What has been written, by identity. The objects are kept, so that no other can come to lie at the same place.
#[derive(Default)]
pub struct Memo {
    pub indexes: HashMap<u64, u32>,
    pub kept: Vec<Value>,
}

impl Trace for Memo {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.kept.trace_value(visit);
    }
}

/// Settings and state of a pickler. Python code that runs meanwhile may look at them, so nothing stays borrowed.
#[derive(Default)]
pub struct Core {
    pub protocol: Cell<u8>,
    pub binary: Cell<bool>,
    pub fast: Cell<bool>,
    pub fix_imports: Cell<bool>,
    pub framing: Cell<bool>,
    pub frame_start: Cell<Option<usize>>,
    pub out: RefCell<Vec<u8>>,
    pub memo: RefCell<Memo>,
    pub write: RefCell<Option<Value>>,
    pub buffer_callback: RefCell<Option<Value>>,
    pub dispatch_table: RefCell<Option<Value>>,
}

impl Trace for Core {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.memo.trace_value(visit);
        self.write.trace_value(visit);
        self.buffer_callback.trace_value(visit);
        self.dispatch_table.trace_value(visit);
    }
}

impl Core {
    /// Checks the arguments that `dump`, `dumps` and `Pickler` share.
    pub fn configure(
        &self,
        vm: &Vm,
        protocol: Option<&Value>,
        fix_imports: Option<&Value>,
        buffer_callback: Option<&Value>,
    ) -> PyResult<()> {
        let protocol = match protocol {
            None => i64::from(DEFAULT_PROTOCOL),
            Some(protocol) => match vm.index_i64(protocol, Exc::OverflowError)? {
                negative if negative < 0 => i64::from(HIGHEST_PROTOCOL),
                protocol => protocol,
            },
        };
        if protocol > i64::from(HIGHEST_PROTOCOL) {
            return vm.raise(Exc::ValueError, format!("pickle protocol must be <= {HIGHEST_PROTOCOL}"));
        }
        let fix_imports = fix_imports.map_or(Ok(true), |fix| vm.truth(fix))?;
        if buffer_callback.is_some() && protocol < 5 {
            return vm.raise(Exc::ValueError, "buffer_callback needs protocol >= 5");
        }
        self.protocol.set(protocol as u8);
        self.binary.set(protocol > 0);
        self.fix_imports.set(fix_imports && protocol < 3);
        *self.buffer_callback.borrow_mut() = buffer_callback.cloned();
        Ok(())
    }
}

/// One run over an object.
pub struct Saver<'a> {
    pub vm: &'a Vm,
    pub core: &'a Core,
    pub persistent_id: Option<Value>,
    pub reducer_override: Option<Value>,
}

impl Saver<'_> {
    /// A whole pickle.
    pub fn dump(&self, object: &Value) -> PyResult<()> {
        let core = self.core;
        core.out.borrow_mut().clear();
        core.frame_start.set(None);
        core.framing.set(false);
        if self.protocol() >= 2 {
            self.put(&[PROTO, self.protocol()]);
            core.framing.set(self.protocol() >= 4);
        }
        let result = self.save(object, false);
        if result.is_ok() {
            self.put(&[STOP]);
            self.commit_frame();
        }
        core.framing.set(false);
        result
    }

    pub fn protocol(&self) -> u8 {
        self.core.protocol.get()
    }

    pub fn binary(&self) -> bool {
        self.core.binary.get()
    }

    pub fn put(&self, bytes: &[u8]) {
        let mut out = self.core.out.borrow_mut();
        if self.core.framing.get() && self.core.frame_start.get().is_none() {
            self.core.frame_start.set(Some(out.len()));
            out.extend_from_slice(&[0; FRAME_HEADER]);
        }
        out.extend_from_slice(bytes);
    }

    fn put_sized(&self, opcode: u8, size: &[u8], data: &[u8]) -> PyResult<()> {
        let large = data.len() >= FRAME_SIZE_TARGET;
        let framing = self.core.framing.get();
        if large {
            self.commit_frame();
            self.core.framing.set(false);
        }
        self.put(&[opcode]);
        self.put(size);
        let write = self.core.write.borrow().clone().filter(|_| large);
        let result = match write {
            // Straight to the file, without a copy behind what is gathered.
            Some(write) => {
                self.flush().and_then(|()| self.vm.call(&write, &[Bytes::new(data).into()])).map(drop)
            }
            None => {
                self.put(data);
                Ok(())
            }
        };
        self.core.framing.set(framing);
        result
    }

    /// Ends the frame under way; one that is too small goes without a header.
    fn commit_frame(&self) {
        if !self.core.framing.get() {
            return;
        }
        let Some(start) = self.core.frame_start.take() else { return };
        let mut out = self.core.out.borrow_mut();
        let length = out.len() - start - FRAME_HEADER;
        if length >= FRAME_SIZE_MIN {
            out[start] = FRAME;
            out[start + 1..start + FRAME_HEADER].copy_from_slice(&(length as u64).to_le_bytes());
        } else {
            out.drain(start..start + FRAME_HEADER);
        }
    }

    /// Between two objects: a frame that is full ends, and goes to the file.
    fn boundary(&self) -> PyResult<()> {
        let Some(start) = self.core.frame_start.get().filter(|_| self.core.framing.get()) else {
            return Ok(());
        };
        let length = self.core.out.borrow().len() - start - FRAME_HEADER;
        if length < FRAME_SIZE_TARGET {
            return Ok(());
        }
        self.commit_frame();
        self.flush()
    }

    /// Gives what there is to the file, if there is one.
    pub fn flush(&self) -> PyResult<()> {
        let Some(write) = self.core.write.borrow().clone() else { return Ok(()) };
        let bytes = std::mem::take(&mut *self.core.out.borrow_mut());
        self.vm.call(&write, &[Bytes::from_vec(bytes).into()]).map(drop)
    }

    /// Adds a note to the exception of a failed step.
    pub fn noted<T>(&self, result: PyResult<T>, note: impl FnOnce() -> PyResult<String>) -> PyResult<T> {
        result.map_err(|raised| {
            let exception: Gc<Exception> = self.vm.take_raised(raised);
            if let Ok(note) = note() {
                let added = self.vm.call_method_named(exception.as_value(), "add_note", &[note.into()]);
                drop(added.map_err(|raised| self.vm.take_raised(raised)));
            }
            self.vm.reraise(exception)
        })
    }

    pub fn save(&self, object: &Value, is_persistent_id: bool) -> PyResult<()> {
        let vm = self.vm;
        vm.check_native_depth(" while pickling an object")?;
        self.boundary()?;
        if !is_persistent_id {
            if let Some(function) = &self.persistent_id {
                let id = vm.call(function, std::slice::from_ref(object))?;
                if !id.is_none() {
                    return self.save_persistent_id(&id);
                }
            }
        }
        if let Some(n) = object.as_small_int() {
            self.save_i64(n);
            return Ok(());
        }
        if object.is_none() {
            self.put(&[NONE]);
            return Ok(());
        }
        if object.is(&Value::TRUE) || object.is(&Value::FALSE) {
            self.save_bool(object.is(&Value::TRUE));
            return Ok(());
        }
        if let Some(float) = object.as_exact_float() {
            return self.save_float(object, float);
        }
        if let Some(float) = object.downcast_exact::<float::BoxedFloat>() {
            return self.save_float(object, float.get());
        }
        if object.downcast_exact::<BoxedInt>().is_some() {
            return self.save_big(object);
        }
        let known = self.core.memo.borrow().indexes.get(&object.id()).copied();
        if let Some(index) = known {
            self.put_get(index);
            return Ok(());
        }
        if let Some(text) = object.downcast_exact::<Str>() {
            return self.save_str(object, text);
        }
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return self.save_tuple(object, tuple);
        }
        if let Some(dict) = object.downcast_exact::<Dict>() {
            return self.save_dict(object, dict);
        }
        if let Some(list) = object.downcast_exact::<List>() {
            return self.save_list(object, list);
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return self.save_bytes(object, bytes);
        }
        let class = vm.type_of(object);
        if class.is(vm.types.set()) {
            return self.save_set(object);
        }
        if class.is(vm.types.frozenset()) {
            return self.save_frozenset(object);
        }
        if let Some(array) = object.downcast_exact::<ByteArray>() {
            return self.save_bytearray(object, array);
        }
        self.save_other(object)
    }

    fn save_persistent_id(&self, id: &Value) -> PyResult<()> {
        if self.binary() {
            self.save(id, true)?;
            self.put(&[BINPERSID]);
            return Ok(());
        }
        let text = self.vm.str(id)?;
        if !text.is_ascii() {
            return pickling_error(self.vm, "persistent IDs in protocol 0 must be ASCII strings");
        }
        self.put(&[PERSID]);
        self.put(text.as_bytes());
        self.put(b"\n");
        Ok(())
    }

    fn save_bool(&self, truth: bool) {
        match (self.protocol() >= 2, truth) {
            (true, true) => self.put(&[NEWTRUE]),
            (true, false) => self.put(&[NEWFALSE]),
            (false, true) => self.put(b"I01\n"),
            (false, false) => self.put(b"I00\n"),
        }
    }

    fn save_i64(&self, n: i64) {
        let Ok(short) = i32::try_from(n) else {
            if self.protocol() >= 2 {
                let bytes = n.to_le_bytes();
                // As few bytes as keep the sign.
                let sign = if n < 0 { 0xff } else { 0 };
                let mut length = 8;
                while length > 1 && bytes[length - 1] == sign && (bytes[length - 2] & 0x80 != 0) == (n < 0) {
                    length -= 1;
                }
                self.put(&[LONG1, length as u8]);
                self.put(&bytes[..length]);
            } else {
                self.put(format!("L{n}L\n").as_bytes());
            }
            return;
        };
        if !self.binary() {
            self.put(format!("I{n}\n").as_bytes());
        } else if let Ok(byte) = u8::try_from(short) {
            self.put(&[BININT1, byte]);
        } else if let Ok(pair) = u16::try_from(short) {
            let [low, high] = pair.to_le_bytes();
            self.put(&[BININT2, low, high]);
        } else {
            self.put(&[BININT]);
            self.put(&short.to_le_bytes());
        }
    }

    fn save_big(&self, object: &Value) -> PyResult<()> {
        if self.protocol() < 2 {
            let text = self.vm.repr_text(object)?;
            self.put(format!("L{text}L\n").as_bytes());
            return Ok(());
        }
        let bytes = int::as_big(object).expect("the caller has seen an int").to_signed_bytes_le();
        match (u8::try_from(bytes.len()), i32::try_from(bytes.len())) {
            (Ok(length), _) => self.put(&[LONG1, length]),
            (_, Ok(length)) => {
                self.put(&[LONG4]);
                self.put(&length.to_le_bytes());
            }
            _ => return self.vm.raise(Exc::OverflowError, "int too large to pickle"),
        }
        self.put(&bytes);
        Ok(())
    }

    fn save_float(&self, object: &Value, float: f64) -> PyResult<()> {
        if self.binary() {
            self.put(&[BINFLOAT]);
            self.put(&float.to_be_bytes());
        } else {
            let text = self.vm.repr_text(object)?;
            self.put(format!("F{text}\n").as_bytes());
        }
        Ok(())
    }

    /// Writes bytes or text with the shortest instruction for their length.
    fn put_data(
        &self,
        short: Option<u8>,
        long: u8,
        longest: Option<u8>,
        what: &str,
        data: &[u8],
    ) -> PyResult<()> {
        if let (Some(short), Ok(length)) = (short, u8::try_from(data.len())) {
            return self.put_sized(short, &[length], data);
        }
        if let Ok(length) = u32::try_from(data.len()) {
            return self.put_sized(long, &length.to_le_bytes(), data);
        }
        match longest {
            Some(longest) => self.put_sized(longest, &(data.len() as u64).to_le_bytes(), data),
            None => self.vm.raise(Exc::OverflowError, format!("cannot serialize a {what} larger than 4 GiB")),
        }
    }

    fn save_bytes(&self, object: &Value, bytes: &Gc<Bytes>) -> PyResult<()> {
        let vm = self.vm;
        if self.protocol() < 3 {
            let reduced = if bytes.as_slice().is_empty() {
                vm.tuple(&[vm.types.bytes().to_value(), vm.tuple(&[])])
            } else {
                let encode = of_module(vm, "codecs", "encode")?;
                let text: String = bytes.as_slice().iter().map(|&byte| char::from(byte)).collect();
                vm.tuple(&[encode, vm.tuple(&[text.into(), "latin1".into()])])
            };
            return self.save_reduced(&reduced, Some(object));
        }
        let longest = (self.protocol() >= 4).then_some(BINBYTES8);
        self.put_data(Some(SHORT_BINBYTES), BINBYTES, longest, "bytes object", bytes.as_slice())?;
        self.memoize(object);
        Ok(())
    }

    fn save_bytearray(&self, object: &Value, array: &Gc<ByteArray>) -> PyResult<()> {
        let vm = self.vm;
        let content = array.storage.to_vec();
        if self.protocol() < 5 {
            let class = vm.types.bytearray().to_value();
            let args =
                if content.is_empty() { vm.tuple(&[]) } else { vm.tuple(&[Bytes::from_vec(content).into()]) };
            return self.save_reduced(&vm.tuple(&[class, args]), Some(object));
        }
        self.put_sized(BYTEARRAY8, &(content.len() as u64).to_le_bytes(), &content)?;
        self.memoize(object);
        Ok(())
    }

    /// The content of a `PickleBuffer`, here or given to the callback.
    pub fn save_buffer(&self, object: &Value) -> PyResult<()> {
        let vm = self.vm;
        if self.protocol() < 5 {
            return pickling_error(vm, "PickleBuffer can only be pickled with protocol >= 5");
        }
        let view = vm.call_method_named(object, "raw", &[])?;
        let read_only = vm.truth(&vm.get_attr_named(&view, "readonly")?)?;
        let callback = self.core.buffer_callback.borrow().clone();
        let in_band = match callback {
            Some(callback) => vm.truth(&vm.call(&callback, std::slice::from_ref(object))?)?,
            None => true,
        };
        if !in_band {
            self.put(&[NEXT_BUFFER]);
            if read_only {
                self.put(&[READONLY_BUFFER]);
            }
            return Ok(());
        }
        let content = vm.copy_bytes(&view)?.unwrap_or_default();
        if read_only {
            let longest = Some(BINBYTES8);
            self.put_data(Some(SHORT_BINBYTES), BINBYTES, longest, "bytes object", &content)?;
        } else {
            self.put_sized(BYTEARRAY8, &(content.len() as u64).to_le_bytes(), &content)?;
        }
        self.memoize(object);
        Ok(())
    }

    fn save_str(&self, object: &Value, text: &Gc<Str>) -> PyResult<()> {
        if self.binary() {
            let is_new = self.protocol() >= 4;
            let (short, longest) = (is_new.then_some(SHORT_BINUNICODE), is_new.then_some(BINUNICODE8));
            self.put_data(short, BINUNICODE, longest, "string", text.as_bytes())?;
        } else {
            self.put(&[UNICODE]);
            self.put(&raw_unicode_escape(text));
            self.put(b"\n");
        }
        self.memoize(object);
        Ok(())
    }

    pub fn memoize(&self, object: &Value) {
        if self.core.fast.get() {
            return;
        }
        let index = {
            let mut memo = self.core.memo.borrow_mut();
            let index = memo.kept.len() as u32;
            memo.indexes.insert(object.id(), index);
            memo.kept.push(object.clone());
            index
        };
        if self.protocol() >= 4 {
            self.put(&[MEMOIZE]);
        } else {
            self.put_index(index, PUT, BINPUT, LONG_BINPUT);
        }
    }

    pub fn memo_index(&self, object: &Value) -> Option<u32> {
        self.core.memo.borrow().indexes.get(&object.id()).copied()
    }

    pub fn put_get(&self, index: u32) {
        self.put_index(index, GET, BINGET, LONG_BINGET);
    }

    fn put_index(&self, index: u32, text: u8, short: u8, long: u8) {
        if !self.binary() {
            self.put(&[text]);
            self.put(format!("{index}\n").as_bytes());
        } else if let Ok(index) = u8::try_from(index) {
            self.put(&[short, index]);
        } else {
            self.put(&[long]);
            self.put(&index.to_le_bytes());
        }
    }

    fn save_tuple(&self, object: &Value, tuple: &Gc<Tuple>) -> PyResult<()> {
        let items = tuple.items();
        if items.is_empty() {
            self.put(if self.binary() { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] });
            return Ok(());
        }
        let is_short = items.len() <= 3 && self.protocol() >= 2;
        if !is_short {
            self.put(&[MARK]);
        }
        for (number, item) in items.iter().enumerate() {
            self.noted(self.save(item, false), || self.item_note(object, number))?;
        }
        // Saving the items may have saved the tuple: it contains itself.
        if let Some(index) = self.memo_index(object) {
            if is_short {
                self.put(&[POP; 3][..items.len()]);
            } else if self.binary() {
                self.put(&[POP_MARK]);
            } else {
                self.put(&vec![POP; items.len() + 1]);
            }
            self.put_get(index);
            return Ok(());
        }
        self.put(&[if is_short { [TUPLE1, TUPLE2, TUPLE3][items.len() - 1] } else { TUPLE }]);
        self.memoize(object);
        Ok(())
    }

    pub fn item_note(&self, object: &Value, number: usize) -> PyResult<String> {
        Ok(format!("when serializing {} item {number}", class_text(self.vm, object)))
    }

    fn key_note(&self, object: &Value, key: &Value) -> PyResult<String> {
        Ok(format!("when serializing {} item {}", class_text(self.vm, object), self.vm.repr_text(key)?))
    }

    fn save_list(&self, object: &Value, list: &Gc<List>) -> PyResult<()> {
        self.put(if self.binary() { &[EMPTY_LIST] } else { &[MARK, LIST] });
        self.memoize(object);
        if self.protocol() == 0 || list.len() == 1 {
            let mut number = 0;
            while let Some(item) = list.get(number) {
                self.noted(self.save(&item, false), || self.item_note(object, number))?;
                self.put(&[APPEND]);
                number += 1;
            }
            return Ok(());
        }
        let mut number = 0;
        while number < list.len() {
            self.put(&[MARK]);
            let end = number + BATCH;
            while let Some(item) = list.get(number).filter(|_| number < end) {
                self.noted(self.save(&item, false), || self.item_note(object, number))?;
                number += 1;
            }
            self.put(&[APPENDS]);
        }
        Ok(())
    }

    fn save_dict(&self, object: &Value, dict: &Gc<Dict>) -> PyResult<()> {
        self.put(if self.binary() { &[EMPTY_DICT] } else { &[MARK, DICT] });
        self.memoize(object);
        let size = dict.len();
        let mut position = 0;
        let mut done = 0;
        while done < size {
            let is_single = self.protocol() == 0 || size == 1;
            if !is_single {
                self.put(&[MARK]);
            }
            let end = done + if is_single { 1 } else { BATCH };
            while done < end {
                let Some((next, key, value)) = dict.next(position) else { break };
                position = next;
                self.save(&key, false)?;
                self.noted(self.save(&value, false), || self.key_note(object, &key))?;
                done += 1;
            }
            self.put(&[if is_single { SETITEM } else { SETITEMS }]);
            if dict.len() != size {
                return self.vm.raise(Exc::RuntimeError, "dictionary changed size during iteration");
            }
            if done < end {
                return Ok(());
            }
        }
        // A full last batch is followed by an empty one.
        if size > 0 && size.is_multiple_of(BATCH) && self.protocol() > 0 {
            self.put(&[MARK, SETITEMS]);
        }
        Ok(())
    }

    /// The items that an iterator of pairs gives, as items of a dict.
    pub fn save_pairs(&self, iterator: &Value, object: &Value) -> PyResult<()> {
        let vm = self.vm;
        let next = || -> PyResult<Option<(Value, Value)>> {
            let Some(pair) = vm.next(iterator)? else { return Ok(None) };
            match pair.downcast::<Tuple>().map(|pair| pair.items()) {
                Some([key, value]) => Ok(Some((key.clone(), value.clone()))),
                _ => vm.raise(Exc::TypeError, "dict items iterator must return 2-tuples"),
            }
        };
        let save = |(key, value): (Value, Value)| -> PyResult<()> {
            self.save(&key, false)?;
            self.noted(self.save(&value, false), || self.key_note(object, &key))
        };
        self.save_batches(next, save, SETITEM, SETITEMS)
    }

    /// The items that an iterator gives, as items of a list.
    pub fn save_items(&self, iterator: &Value, object: &Value) -> PyResult<()> {
        let number = Cell::new(0);
        let save = |item: Value| -> PyResult<()> {
            self.noted(self.save(&item, false), || self.item_note(object, number.get()))?;
            number.set(number.get() + 1);
            Ok(())
        };
        self.save_batches(|| self.vm.next(iterator), save, APPEND, APPENDS)
    }

    fn save_batches<T>(
        &self,
        next: impl Fn() -> PyResult<Option<T>>,
        save: impl Fn(T) -> PyResult<()>,
        one: u8,
        many: u8,
    ) -> PyResult<()> {
        loop {
            let Some(first) = next()? else { return Ok(()) };
            if self.protocol() == 0 {
                save(first)?;
                self.put(&[one]);
                continue;
            }
            // One item alone needs no mark.
            let Some(mut item) = next()? else {
                save(first)?;
                self.put(&[one]);
                return Ok(());
            };
            self.put(&[MARK]);
            save(first)?;
            let mut count = 1;
            let ended = loop {
                save(item)?;
                count += 1;
                if count == BATCH {
                    break false;
                }
                match next()? {
                    Some(following) => item = following,
                    None => break true,
                }
            };
            self.put(&[many]);
            if ended {
                return Ok(());
            }
        }
    }

    fn save_set(&self, object: &Value) -> PyResult<()> {
        let set = object.downcast::<Set>().expect("the class says so").clone();
        if self.protocol() < 4 {
            return self.save_set_by_list(object, &set);
        }
        self.put(&[EMPTY_SET]);
        self.memoize(object);
        let items = set.snapshot();
        for batch in items.chunks(BATCH) {
            self.put(&[MARK]);
            for item in batch {
                self.noted(self.save(item, false), || self.element_note(object))?;
                if set.len() != items.len() {
                    return self.vm.raise(Exc::RuntimeError, "set changed size during iteration");
                }
            }
            self.put(&[ADDITEMS]);
        }
        // A full last batch is followed by an empty one.
        if !items.is_empty() && items.len().is_multiple_of(BATCH) {
            self.put(&[MARK, ADDITEMS]);
        }
        Ok(())
    }

    fn element_note(&self, object: &Value) -> PyResult<String> {
        Ok(format!("when serializing {} element", class_text(self.vm, object)))
    }

    fn save_set_by_list(&self, object: &Value, set: &Gc<Set>) -> PyResult<()> {
        let vm = self.vm;
        let class = vm.type_of(object).to_value();
        let reduced = vm.tuple(&[class, vm.tuple(&[List::new(set.snapshot()).into()])]);
        self.save_reduced(&reduced, Some(object))
    }

    fn save_frozenset(&self, object: &Value) -> PyResult<()> {
        let set = object.downcast::<Set>().expect("the class says so").clone();
        if self.protocol() < 4 {
            return self.save_set_by_list(object, &set);
        }
        self.put(&[MARK]);
        for item in set.snapshot() {
            self.noted(self.save(&item, false), || self.element_note(object))?;
        }
        if let Some(index) = self.memo_index(object) {
            self.put(&[POP_MARK]);
            self.put_get(index);
            return Ok(());
        }
        self.put(&[FROZENSET]);
        self.memoize(object);
        Ok(())
    }
}

/// Text for protocol 0: what would end the line or be taken for an escape, and all beyond Latin-1, is escaped.
fn raw_unicode_escape(text: &Gc<Str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.as_bytes().len());
    for code in wtf8::code_points(text.as_bytes()) {
        match code {
            0 | 0x0a | 0x0d | 0x1a | 0x5c | 0x100..=0xffff => out.extend(format!("\\u{code:04x}").bytes()),
            0x10000.. => out.extend(format!("\\U{code:08x}").bytes()),
            _ => out.push(code as u8),
        }
    }
    out
}
