//! Reads pickles: a loop over instructions with a stack of its own.

use std::cell::Cell;
use std::collections::HashMap;

use num_bigint::BigInt;
use ouro_runtime::class::Type;
use ouro_runtime::objects::bytearray::ByteArray;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::set::Set;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::text::{int_text, wtf8};
use ouro_runtime::{Args, Exc, Gc, PyResult, Value, Vm};

use super::input::Input;
use super::opcodes::*;
use super::reduce::renamed;
use super::{of_module, unpickling_error};

/// Memo entries so far beyond the others are kept in a table.
const GAP: usize = 1 << 16;

/// Numbered values.
#[derive(Default)]
pub struct Memo {
    near: Vec<Option<Value>>,
    far: HashMap<usize, Value>,
    count: usize,
}

impl ouro_runtime::heap::Trace for Memo {
    fn trace_value(&self, visit: ouro_runtime::heap::Visitor<'_>) {
        self.near.trace_value(visit);
        self.far.values().for_each(visit);
    }
}

impl Memo {
    fn get(&self, index: usize) -> Option<&Value> {
        self.near.get(index).and_then(Option::as_ref).or_else(|| self.far.get(&index))
    }

    pub fn put(&mut self, index: usize, value: Value) {
        if self.get(index).is_none() {
            self.count += 1;
        }
        if index < self.near.len() {
            self.near[index] = Some(value);
        } else if index < self.near.len() + GAP {
            self.near.resize(index, None);
            self.near.push(Some(value));
        } else {
            self.far.insert(index, value);
        }
    }

    pub fn entries(&self) -> Vec<(usize, Value)> {
        let near = self.near.iter().enumerate().filter_map(|(index, value)| Some((index, value.clone()?)));
        let mut entries: Vec<_> =
            near.chain(self.far.iter().map(|(index, value)| (*index, value.clone()))).collect();
        entries.sort_by_key(|entry| entry.0);
        entries
    }
}

/// How to read; the same for all pickles of an `Unpickler`.
#[derive(Clone)]
pub struct Settings {
    pub fix_imports: bool,
    pub encoding: String,
    pub errors: String,
    /// An iterator of buffers.
    pub buffers: Option<Value>,
}

/// One run.
pub struct Loader<'a> {
    pub vm: &'a Vm,
    pub input: Input<'a>,
    pub settings: Settings,
    /// A function in the place of the search for globals.
    pub find_class: Option<Value>,
    pub persistent_load: Option<Value>,
    pub memo: Memo,
    pub protocol: u8,
    /// Told which protocol the pickle has.
    pub watched_protocol: Option<&'a Cell<u8>>,
    stack: Vec<Value>,
    marks: Vec<usize>,
}

impl<'a> Loader<'a> {
    pub fn new(vm: &'a Vm, input: Input<'a>, settings: Settings) -> Loader<'a> {
        Loader {
            vm,
            input,
            settings,
            find_class: None,
            persistent_load: None,
            memo: Memo::default(),
            protocol: 0,
            watched_protocol: None,
            stack: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Where the items of the present mark begin.
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow<T>(&self) -> PyResult<T> {
        let message =
            if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(self.vm, message)
    }

    #[inline]
    fn pop(&mut self) -> PyResult {
        if self.stack.len() <= self.fence() {
            return self.underflow();
        }
        Ok(self.stack.pop().expect("longer than the fence"))
    }

    fn top(&self) -> PyResult<&Value> {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.fence() => Ok(top),
            _ => self.underflow(),
        }
    }

    fn pop_mark(&mut self) -> PyResult<usize> {
        match self.marks.pop() {
            Some(mark) => Ok(mark),
            None => unpickling_error(self.vm, "could not find MARK"),
        }
    }

    fn pop_to_mark(&mut self) -> PyResult<Vec<Value>> {
        let mark = self.pop_mark()?;
        Ok(self.stack.split_off(mark))
    }

    fn set_protocol(&mut self, protocol: u8) {
        self.protocol = protocol;
        if let Some(watched) = self.watched_protocol {
            watched.set(protocol);
        }
    }

    /// The object of a pickle.
    pub fn load(&mut self) -> PyResult {
        self.stack.clear();
        self.marks.clear();
        self.set_protocol(0);
        let vm = self.vm;
        let mut until_check = 1 << 12;
        loop {
            until_check -= 1;
            if until_check == 0 {
                until_check = 1 << 12;
                vm.check_signals()?;
            }
            let Some(opcode) = self.input.opcode(vm)? else {
                return vm.raise(Exc::EOFError, "Ran out of input");
            };
            if opcode == STOP {
                self.input.finish(vm)?;
                return self.pop();
            }
            self.step(opcode)?;
        }
    }

    fn step(&mut self, opcode: u8) -> PyResult<()> {
        let vm = self.vm;
        let made: Value = match opcode {
            BININT1 => Value::small(self.input.array::<1>(vm)?[0].into()),
            BININT2 => Value::small(u16::from_le_bytes(self.input.array(vm)?).into()),
            BININT => Value::int(i32::from_le_bytes(self.input.array(vm)?).into()),
            NONE => Value::NONE,
            NEWTRUE => Value::TRUE,
            NEWFALSE => Value::FALSE,
            SHORT_BINUNICODE => {
                let length = self.input.array::<1>(vm)?[0].into();
                self.text(length)?
            }
            BINUNICODE => {
                let length = u32::from_le_bytes(self.input.array(vm)?) as usize;
                self.text(length)?
            }
            BINUNICODE8 => {
                let length = self.length8("BINUNICODE")?;
                self.text(length)?
            }
            MEMOIZE => {
                let (index, value) = (self.memo.count, self.top()?.clone());
                self.memo.put(index, value);
                return Ok(());
            }
            BINPUT => {
                let index = self.input.array::<1>(vm)?[0].into();
                return self.put(index);
            }
            LONG_BINPUT => {
                let index = u32::from_le_bytes(self.input.array(vm)?) as usize;
                return self.put(index);
            }
            PUT => {
                let index = self.line_int()?;
                return match usize::try_from(index) {
                    Ok(index) => self.put(index),
                    Err(_) if self.stack.len() <= self.fence() => self.underflow(),
                    Err(_) => vm.raise(Exc::ValueError, "negative PUT argument"),
                };
            }
            BINGET => {
                let index = self.input.array::<1>(vm)?[0].into();
                self.get(index)?
            }
            LONG_BINGET => {
                let index = u32::from_le_bytes(self.input.array(vm)?).into();
                self.get(index)?
            }
            GET => {
                let index = self.line_int()?;
                self.get(index)?
            }
            MARK => {
                self.marks.push(self.stack.len());
                return Ok(());
            }
            FRAME => {
                let length = u64::from_le_bytes(self.input.array(vm)?);
                let Some(length) =
                    usize::try_from(length).ok().filter(|&length| length <= isize::MAX as usize)
                else {
                    return vm.raise(
                        Exc::OverflowError,
                        format!("FRAME length exceeds system's maximum of {} bytes", isize::MAX),
                    );
                };
                return self.input.frame(vm, length);
            }
            EMPTY_TUPLE => vm.tuple(&[]),
            TUPLE1 | TUPLE2 | TUPLE3 => {
                let length = usize::from(opcode - TUPLE1) + 1;
                let Some(start) = self.stack.len().checked_sub(length).filter(|&start| start >= self.fence())
                else {
                    return self.underflow();
                };
                Tuple::new(self.stack.split_off(start)).into()
            }
            TUPLE => Tuple::new(self.pop_to_mark()?).into(),
            EMPTY_LIST => List::new(Vec::new()).into(),
            LIST => List::new(self.pop_to_mark()?).into(),
            EMPTY_DICT => Dict::new().into(),
            DICT => self.dict()?,
            EMPTY_SET => Set::new(vm).into(),
            FROZENSET => {
                let items: Value = List::new(self.pop_to_mark()?).into();
                vm.call(vm.types.frozenset().as_value(), &[items])?
            }
            APPEND => {
                let item = self.pop()?;
                let list = self.top()?.clone();
                return self.append(&list, vec![item]);
            }
            APPENDS => {
                let items = self.pop_to_mark()?;
                let list = self.top()?.clone();
                return self.append(&list, items);
            }
            SETITEM => {
                let value = self.pop()?;
                let key = self.pop()?;
                let target = self.top()?.clone();
                return self.set_items(&target, vec![key, value]);
            }
            SETITEMS => {
                let items = self.pop_to_mark()?;
                let target = self.top()?.clone();
                return self.set_items(&target, items);
            }
            ADDITEMS => {
                let items = self.pop_to_mark()?;
                let target = self.top()?.clone();
                return self.add_items(&target, items);
            }
            REDUCE => {
                let args = self.pop()?;
                let function = self.pop()?;
                let Some(args) = args.downcast::<Tuple>() else {
                    return vm.raise(Exc::TypeError, "argument list must be a tuple");
                };
                vm.call(&function, args.items())?
            }
            BUILD => return self.build(),
            NEWOBJ | NEWOBJ_EX => self.new_object(opcode == NEWOBJ_EX)?,
            STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                if name.downcast_exact::<Str>().is_none() || module.downcast_exact::<Str>().is_none() {
                    return unpickling_error(vm, "STACK_GLOBAL requires str");
                }
                self.find(&module, &name)?
            }
            GLOBAL => {
                let (module, name) = self.module_and_name()?;
                self.find(&module, &name)?
            }
            INST => {
                let args = self.pop_to_mark()?;
                let (module, name) = self.module_and_name()?;
                let class = self.find(&module, &name)?;
                self.instantiate(&class, &args)?
            }
            OBJ => {
                let args = self.pop_to_mark()?;
                let Some((class, args)) = args.split_first() else { return self.underflow() };
                self.instantiate(class, args)?
            }
            BINFLOAT => Value::float(f64::from_be_bytes(self.input.array(vm)?)),
            FLOAT => self.line_float()?,
            INT => match &*self.input.line(vm)? {
                b"00\n" => Value::FALSE,
                b"01\n" => Value::TRUE,
                line => match int_text::parse_bytes(trimmed(line), 10, 0) {
                    Ok(number) => int::new_parsed(number),
                    Err(_) => return vm.raise(Exc::ValueError, "could not convert string to int"),
                },
            },
            LONG => {
                let line = self.input.line(vm)?.into_owned();
                let digits = trimmed(&line);
                let digits = digits.strip_suffix(b"L").unwrap_or(digits);
                if digits.is_empty() && line.len() < 2 {
                    return unpickling_error(vm, "pickle data was truncated");
                }
                match int_text::parse_bytes(digits, 10, 0) {
                    Ok(number) => int::new_parsed(number),
                    Err(_) => return self.bad_int(&line),
                }
            }
            LONG1 => {
                let length = self.input.array::<1>(vm)?[0].into();
                self.long(length)?
            }
            LONG4 => {
                let length = i32::from_le_bytes(self.input.array(vm)?);
                let Ok(length) = usize::try_from(length) else {
                    return unpickling_error(vm, "LONG pickle has negative byte count");
                };
                self.long(length)?
            }
            SHORT_BINBYTES => {
                let length = self.input.array::<1>(vm)?[0].into();
                Bytes::new(self.input.take(vm, length)?).into()
            }
            BINBYTES => {
                let length = u32::from_le_bytes(self.input.array(vm)?) as usize;
                Bytes::new(self.input.take(vm, length)?).into()
            }
            BINBYTES8 => {
                let length = self.length8("BINBYTES")?;
                Bytes::new(self.input.take(vm, length)?).into()
            }
            BYTEARRAY8 => {
                let length = self.length8("BYTEARRAY8")?;
                ByteArray::new(self.input.take(vm, length)?.to_vec()).into()
            }
            SHORT_BINSTRING => {
                let length = self.input.array::<1>(vm)?[0].into();
                let data = self.input.take(vm, length)?.to_vec();
                self.string(&data)?
            }
            BINSTRING => {
                let Ok(length) = usize::try_from(i32::from_le_bytes(self.input.array(vm)?)) else {
                    return unpickling_error(vm, "BINSTRING pickle has negative byte count");
                };
                let data = self.input.take(vm, length)?.to_vec();
                self.string(&data)?
            }
            STRING => self.quoted()?,
            UNICODE => {
                let line = self.input.line(vm)?;
                let text = &line[..line.len() - 1];
                vm.decode_bytes(text, "raw_unicode_escape", "strict")?.into()
            }
            NEXT_BUFFER => self.next_buffer()?,
            READONLY_BUFFER => return self.make_read_only(),
            POP => {
                // A mark on top goes like an object.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                } else {
                    self.pop()?;
                }
                return Ok(());
            }
            POP_MARK => {
                self.pop_to_mark()?;
                return Ok(());
            }
            DUP => self.top()?.clone(),
            PERSID => {
                let line = self.input.line(vm)?.into_owned();
                let text = &line[..line.len() - 1];
                if !text.is_ascii() {
                    return unpickling_error(vm, "persistent IDs in protocol 0 must be ASCII strings");
                }
                self.persistent(Str::from_wtf8(text).into())?
            }
            BINPERSID => {
                let id = self.pop()?;
                self.persistent(id)?
            }
            EXT1 => {
                let code = self.input.array::<1>(vm)?[0].into();
                self.extension(code)?
            }
            EXT2 => {
                let code = u16::from_le_bytes(self.input.array(vm)?).into();
                self.extension(code)?
            }
            EXT4 => {
                let code = i32::from_le_bytes(self.input.array(vm)?).into();
                self.extension(code)?
            }
            PROTO => {
                let protocol = self.input.array::<1>(vm)?[0];
                if protocol > HIGHEST_PROTOCOL {
                    return vm.raise(Exc::ValueError, format!("unsupported pickle protocol: {protocol}"));
                }
                self.set_protocol(protocol);
                return Ok(());
            }
            _ => return self.bad_opcode(opcode),
        };
        self.stack.push(made);
        Ok(())
    }

    #[cold]
    fn bad_opcode<T>(&self, opcode: u8) -> PyResult<T> {
        let shown = match opcode {
            b' '..=b'~' if opcode != b'\'' && opcode != b'\\' => char::from(opcode).to_string(),
            _ => format!("\\x{opcode:02x}"),
        };
        unpickling_error(self.vm, format!("invalid load key, '{shown}'."))
    }

    fn length8(&mut self, what: &str) -> PyResult<usize> {
        let length = u64::from_le_bytes(self.input.array(self.vm)?);
        match usize::try_from(length) {
            Ok(length) if length <= isize::MAX as usize => Ok(length),
            _ => {
                let most = isize::MAX;
                self.vm.raise(
                    Exc::OverflowError,
                    format!("{what} exceeds system's maximum size of {most} bytes"),
                )
            }
        }
    }

    fn text(&mut self, length: usize) -> PyResult {
        let bytes = self.input.take(self.vm, length)?;
        if wtf8::as_str(bytes).is_some() {
            return Ok(Str::from_wtf8(bytes).into());
        }
        Ok(self.vm.decode_bytes(bytes, "utf-8", "surrogatepass")?.into())
    }

    fn put(&mut self, index: usize) -> PyResult<()> {
        let value = self.top()?.clone();
        self.memo.put(index, value);
        Ok(())
    }

    fn get(&self, index: i64) -> PyResult {
        match usize::try_from(index).ok().and_then(|index| self.memo.get(index)) {
            Some(value) => Ok(value.clone()),
            None => unpickling_error(self.vm, format!("Memo value not found at index {index}")),
        }
    }

    #[cold]
    fn bad_int<T>(&self, line: &[u8]) -> PyResult<T> {
        let shown = self.vm.repr_text(&String::from_utf8_lossy(line).as_ref().into())?;
        self.vm.raise(Exc::ValueError, format!("invalid literal for int() with base 10: {shown}"))
    }

    fn line_int(&mut self) -> PyResult<i64> {
        let line = self.input.line(self.vm)?.into_owned();
        if line.len() < 2 {
            return unpickling_error(self.vm, "pickle data was truncated");
        }
        let parsed = int_text::parse_bytes(trimmed(&line), 10, 0).ok().map(int::new_parsed);
        match parsed.as_ref().and_then(int::as_i64) {
            Some(number) => Ok(number),
            None => self.bad_int(&line),
        }
    }

    fn line_float(&mut self) -> PyResult {
        let vm = self.vm;
        let line = self.input.line(vm)?.into_owned();
        if line.len() < 2 {
            return unpickling_error(vm, "pickle data was truncated");
        }
        let text = String::from_utf8_lossy(&line[..line.len() - 1]).into_owned();
        let parsed = vm.call(vm.types.float().as_value(), &[text.as_str().into()]);
        match vm.catch(parsed, Exc::ValueError)? {
            Some(number) => Ok(number),
            // A number with more behind it is another case than no number at all.
            None if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => {
                vm.raise(Exc::ValueError, "could not convert string to float")
            }
            None => {
                let shown = String::from_utf8_lossy(&line).into_owned();
                vm.raise(Exc::ValueError, format!("could not convert string to float: '{shown}'"))
            }
        }
    }

    fn long(&mut self, length: usize) -> PyResult {
        let bytes = self.input.take(self.vm, length)?;
        if bytes.is_empty() {
            return Ok(Value::small(0));
        }
        Ok(int::new_big(BigInt::from_signed_bytes_le(bytes)))
    }

    /// A str of Python 2.
    fn string(&self, data: &[u8]) -> PyResult {
        if self.settings.encoding == "bytes" {
            return Ok(Bytes::new(data).into());
        }
        Ok(self.vm.decode_bytes(data, &self.settings.encoding, &self.settings.errors)?.into())
    }

    fn quoted(&mut self) -> PyResult {
        let vm = self.vm;
        let line = self.input.line(vm)?.into_owned();
        let text = line[..line.len() - 1].trim_ascii_end();
        let inner = match text {
            [first @ (b'"' | b'\''), inner @ .., last] if first == last => inner,
            _ => return unpickling_error(vm, "the STRING opcode argument must be quoted"),
        };
        let decode = of_module(vm, "codecs", "escape_decode")?;
        let decoded = vm.call(&decode, &[Bytes::new(inner).into()])?;
        let decoded = vm.unpack(&decoded, 2)?;
        let data = vm.copy_bytes(&decoded[0])?.unwrap_or_default();
        self.string(&data)
    }

    fn dict(&mut self) -> PyResult {
        let items = self.pop_to_mark()?;
        if !items.len().is_multiple_of(2) {
            return unpickling_error(self.vm, "odd number of items for DICT");
        }
        let dict = Dict::with_capacity(items.len() / 2);
        self.fill_dict(&dict, items)?;
        Ok(dict.into())
    }

    fn fill_dict(&self, dict: &Gc<Dict>, items: Vec<Value>) -> PyResult<()> {
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            match key.downcast_exact::<Str>() {
                Some(key) => drop(dict.insert_str(key, value)),
                None => drop(dict.insert(self.vm, key, value)?),
            }
        }
        Ok(())
    }

    fn append(&self, list: &Value, items: Vec<Value>) -> PyResult<()> {
        let vm = self.vm;
        if let Some(list) = list.downcast_exact::<List>() {
            items.into_iter().for_each(|item| list.push(item));
            return Ok(());
        }
        if items.is_empty() {
            return Ok(());
        }
        if let Some(extend) = vm.get_attr_opt(list, &vm.intern("extend"))? {
            return vm.call(&extend, &[List::new(items).into()]).map(drop);
        }
        let append = vm.get_attr_named(list, "append")?;
        for item in items {
            vm.call(&append, &[item])?;
        }
        Ok(())
    }

    fn set_items(&self, target: &Value, items: Vec<Value>) -> PyResult<()> {
        if !items.len().is_multiple_of(2) {
            return unpickling_error(self.vm, "odd number of items for SETITEMS");
        }
        if let Some(dict) = target.downcast_exact::<Dict>() {
            return self.fill_dict(dict, items);
        }
        items.chunks(2).try_for_each(|pair| self.vm.set_item(target, &pair[0], &pair[1]))
    }

    fn add_items(&self, target: &Value, items: Vec<Value>) -> PyResult<()> {
        let vm = self.vm;
        if items.is_empty() {
            return Ok(());
        }
        if vm.type_of(target).is(vm.types.set()) {
            let set = target.downcast::<Set>().expect("the class says so");
            return items.into_iter().try_for_each(|item| set.add(vm, item).map(drop));
        }
        let add = vm.get_attr_named(target, "add")?;
        items.into_iter().try_for_each(|item| vm.call(&add, &[item]).map(drop))
    }

    fn new_object(&mut self, with_keywords: bool) -> PyResult {
        let vm = self.vm;
        let name = if with_keywords { "NEWOBJ_EX" } else { "NEWOBJ" };
        let kwargs = if with_keywords { Some(self.pop()?) } else { None };
        let args = self.pop()?;
        let class = self.pop()?;
        let refuse = |which: &str, what: &str, found: &Value| {
            let found = vm.type_name(found);
            unpickling_error(vm, format!("{name} {which} argument must be a {what}, not {found}"))
        };
        let Some(class) = class.downcast::<Type>() else { return refuse("class", "type", &class) };
        let Some(new) = class.slots().new else {
            let class = class.display_name();
            return unpickling_error(vm, format!("{name} class argument '{class}' doesn't have __new__"));
        };
        let Some(args) = args.downcast::<Tuple>() else { return refuse("args", "tuple", &args) };
        let Some(kwargs) = kwargs else { return new(vm, class, Args::positional(args.items())) };
        let Some(kwargs) = kwargs.downcast::<Dict>() else { return refuse("kwargs", "dict", &kwargs) };
        let pairs = kwargs.snapshot();
        let names = pairs.iter().map(|(name, _)| vm.str(name)).collect::<PyResult<Vec<_>>>()?;
        let values: Vec<Value> = pairs.into_iter().map(|(_, value)| value).collect();
        new(vm, class, Args::with_keywords(args.items(), &names, &values))
    }

    fn instantiate(&self, class: &Value, args: &[Value]) -> PyResult {
        let vm = self.vm;
        if args.is_empty() && class.downcast::<Type>().is_some() {
            if vm.get_attr_opt(class, &vm.intern("__getinitargs__"))?.is_none() {
                return vm.call_method(class, &vm.names.__new__, std::slice::from_ref(class));
            }
        }
        vm.call(class, args)
    }

    fn build(&mut self) -> PyResult<()> {
        let vm = self.vm;
        let mut state = self.pop()?;
        let instance = self.top()?.clone();
        if let Some(setstate) = vm.get_attr_opt(&instance, &vm.intern("__setstate__"))? {
            return vm.call(&setstate, &[state]).map(drop);
        }
        let mut slots = Value::NONE;
        if let Some([first, second]) = state.downcast::<Tuple>().map(|pair| pair.items()) {
            slots = second.clone();
            state = first.clone();
        }
        if !state.is_none() {
            let Some(state) = state.downcast::<Dict>() else {
                return unpickling_error(vm, "state is not a dictionary");
            };
            let dict = if vm.has_instance_dict(&instance) {
                None
            } else {
                Some(vm.get_attr(&instance, &vm.names.__dict__)?)
            };
            for (key, value) in state.snapshot() {
                let name = key.downcast_exact::<Str>().map(|key| vm.intern_str(key));
                match (&dict, name) {
                    (None, Some(name)) => drop(vm.set_instance_attribute(&instance, &name, Some(&value))?),
                    (None, None) => {
                        let dict = vm.get_attr(&instance, &vm.names.__dict__)?;
                        vm.set_item(&dict, &key, &value)?;
                    }
                    (Some(dict), name) => vm.set_item(dict, &name.map_or(key, Value::from), &value)?,
                }
            }
        }
        if !slots.is_none() {
            let Some(slots) = slots.downcast::<Dict>() else {
                return unpickling_error(vm, "slot state is not a dictionary");
            };
            for (key, value) in slots.snapshot() {
                let key = vm.str(&key)?;
                vm.set_attr(&instance, &vm.intern_str(&key), Some(&value))?;
            }
        }
        Ok(())
    }

    fn module_and_name(&mut self) -> PyResult<(Value, Value)> {
        let vm = self.vm;
        let mut texts = [Value::NONE, Value::NONE];
        for text in &mut texts {
            let line = self.input.line(vm)?;
            if line.len() < 2 {
                return unpickling_error(vm, "pickle data was truncated");
            }
            *text = vm.decode_bytes(&line[..line.len() - 1], "utf-8", "strict")?.into();
        }
        let [module, name] = texts;
        Ok((module, name))
    }

    fn find(&self, module: &Value, name: &Value) -> PyResult {
        match &self.find_class {
            Some(function) => self.vm.call(function, &[module.clone(), name.clone()]),
            None => find_class(self.vm, module, name, self.protocol, self.settings.fix_imports),
        }
    }

    fn extension(&self, code: i64) -> PyResult {
        let vm = self.vm;
        if code <= 0 {
            return unpickling_error(vm, "EXT specifies code <= 0");
        }
        let key = Value::int(code);
        let table = |name: &str| -> PyResult<Option<Gc<Dict>>> {
            Ok(of_module(vm, "copyreg", name)?.into_gc::<Dict>().ok())
        };
        let cache = table("_extension_cache")?;
        if let Some(found) = cache.as_ref().map_or(Ok(None), |cache| cache.get(vm, &key))? {
            return Ok(found);
        }
        let pair = table("_inverted_registry")?.map_or(Ok(None), |registry| registry.get(vm, &key))?;
        let Some(pair) = pair else {
            return vm.raise(Exc::ValueError, format!("unregistered extension code {code}"));
        };
        let pair = vm.unpack(&pair, 2)?;
        let found = self.find(&pair[0], &pair[1])?;
        if let Some(cache) = cache {
            cache.insert(vm, key, found.clone())?;
        }
        Ok(found)
    }

    fn persistent(&self, id: Value) -> PyResult {
        match &self.persistent_load {
            Some(function) => self.vm.call(function, &[id]),
            None => raise_no_persistent_load(self.vm),
        }
    }

    fn next_buffer(&mut self) -> PyResult {
        let Some(buffers) = &self.settings.buffers else {
            return unpickling_error(
                self.vm,
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            );
        };
        match self.vm.next(buffers)? {
            Some(buffer) => Ok(buffer),
            None => unpickling_error(self.vm, "not enough out-of-band buffers"),
        }
    }

    fn make_read_only(&mut self) -> PyResult<()> {
        let vm = self.vm;
        let buffer = self.pop()?;
        let view = vm.call(vm.types.memoryview().as_value(), std::slice::from_ref(&buffer))?;
        let is_read_only = vm.truth(&vm.get_attr_named(&view, "readonly")?)?;
        let shown = if is_read_only { buffer } else { vm.call_method_named(&view, "toreadonly", &[])? };
        self.stack.push(shown);
        Ok(())
    }
}

pub fn raise_no_persistent_load<T>(vm: &Vm) -> PyResult<T> {
    unpickling_error(
        vm,
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

/// A line without white space around.
fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_ascii()
}

/// What a module has under a name.
pub fn find_class(vm: &Vm, module: &Value, name: &Value, protocol: u8, fix_imports: bool) -> PyResult {
    let (mut module, mut name) = (module.clone(), name.clone());
    if protocol < 3 && fix_imports {
        if let Some(new) = renamed(vm, "NAME_MAPPING", &vm.tuple(&[module.clone(), name.clone()]))? {
            let new = vm.unpack(&new, 2)?;
            (module, name) = (new[0].clone(), new[1].clone());
        } else if let Some(new) = renamed(vm, "IMPORT_MAPPING", &module)? {
            module = new;
        }
    }
    let (module_text, name_text) = (vm.str_text(&module)?, vm.str_text(&name)?);
    let found = vm.import_module(&module_text)?;
    if protocol < 4 || !name_text.contains('.') {
        return vm.get_attr_named(&found, &name_text);
    }
    let mut found = found;
    for part in name_text.split('.') {
        found = match vm.get_attr_named(&found, part) {
            Ok(next) => next,
            Err(raised) if vm.raised_is(&raised, Exc::AttributeError) => {
                let cause = vm.take_raised(raised);
                let (path, module) = (vm.repr_text(&name)?, vm.repr_text(&module)?);
                let result =
                    vm.raise(Exc::AttributeError, format!("Can't resolve path {path} on module {module}"));
                return result.map_err(|raised| {
                    let exception = vm.take_raised(raised);
                    exception.set_context(Some(cause));
                    vm.reraise(exception)
                });
            }
            Err(raised) => return Err(raised),
        };
    }
    Ok(found)
}
