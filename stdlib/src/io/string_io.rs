//! `StringIO`: a stream over text in memory.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, Type, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::text::str_search::{self, Unit};
use ouro_runtime::text::wtf8;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::file::STREAM_FLAGS;
use super::newlines::Newlines;
use super::size_argument;

pub struct StringIo {
    content: RefCell<Content>,
    closed: Cell<bool>,
    ready: Cell<bool>,
}

#[derive(Default)]
struct Content {
    /// WTF-8.
    text: Vec<u8>,
    is_ascii: bool,
    /// Number of characters.
    len: usize,
    /// In characters; may lie behind the end.
    position: usize,
    /// Byte offset of the position, if it is within the text.
    offset: usize,
    newline: Option<String>,
    newlines: Option<Newlines>,
}

impl Payload for StringIo {
    ouro_runtime::trace_fields!(; skip content, closed, ready);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "StringIO",
    module: "_io",
    doc: "Text I/O implementation using an in-memory buffer.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("StringIO", new)),
    init: Some(NativeFn::new("StringIO($self, initial_value='', newline='\\n')", init)),
    methods: &[
        NativeFn::new("close($self, /)", close).doc("Close the IO object."),
        NativeFn::new("getvalue($self, /)", |vm, args| {
            Ok(Str::shared(&this(vm, args)?.content.borrow().text).into())
        })
        .doc("Retrieve the entire contents of the object."),
        NativeFn::new("read($self, size=-1, /)", read)
            .doc("Read at most size characters, returned as a string."),
        NativeFn::new("readline($self, size=-1, /)", readline).doc("Read until newline or EOF."),
        NativeFn::new("tell($self, /)", |vm, args| Ok(this(vm, args)?.content.borrow().position.into()))
            .doc("Tell the current file position."),
        NativeFn::new("truncate($self, pos=None, /)", truncate).doc("Truncate size to pos."),
        NativeFn::new("seek($self, pos, whence=0, /)", seek).doc("Change stream position."),
        NativeFn::new("write($self, s, /)", write).doc("Write string to file."),
        NativeFn::new("seekable($self, /)", yes).doc("Returns True if the IO object can be seeked."),
        NativeFn::new("readable($self, /)", yes).doc("Returns True if the IO object can be read."),
        NativeFn::new("writable($self, /)", yes).doc("Returns True if the IO object can be written."),
        NativeFn::new("__getstate__($self, /)", getstate),
        NativeFn::new("__setstate__($self, state, /)", setstate),
    ],
    getset: &[
        GetSet::read_only("closed", |_, value| Ok(of(value).closed.get().into())),
        GetSet::read_only("newlines", |vm, value| {
            check(vm, of(value))?;
            let content = of(value).content.borrow();
            Ok(content.newlines.as_ref().map_or(Value::NONE, |newlines| newlines.value(vm)))
        }),
        GetSet::read_only("line_buffering", |vm, value| {
            check(vm, of(value))?;
            Ok(Value::FALSE)
        }),
    ],
    slots: Slots { next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn of(value: &Value) -> &Gc<StringIo> {
    value.downcast().expect("slots see instances of their class")
}

fn check(vm: &Vm, this: &StringIo) -> PyResult<()> {
    if !this.ready.get() {
        return vm.raise(Exc::ValueError, "I/O operation on uninitialized object");
    }
    if this.closed.get() {
        return vm.raise(Exc::ValueError, "I/O operation on closed file");
    }
    Ok(())
}

/// `self`, open.
fn this<'a>(vm: &Vm, args: Args<'a>) -> PyResult<&'a Gc<StringIo>> {
    check(vm, args.this::<StringIo>())?;
    Ok(args.this::<StringIo>())
}

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    let body = StringIo { content: RefCell::default(), closed: Cell::new(false), ready: Cell::new(false) };
    Ok(heap::alloc_for(args.this::<Type>(), body).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<StringIo>();
    let newline = match args.get(2) {
        None => Some("\n".to_string()),
        Some(newline) if newline.is_none() => None,
        Some(newline) => match newline.downcast::<Str>() {
            Some(text) => {
                let newline = text.to_string_lossy().into_owned();
                if !matches!(newline.as_str(), "" | "\n" | "\r" | "\r\n") {
                    let shown = vm.repr_text(text.as_value())?;
                    return vm.raise(Exc::ValueError, format!("illegal newline value: {shown}"));
                }
                Some(newline)
            }
            None => return vm.raise_type_of("newline must be str or None, not {}", newline),
        },
    };
    let initial = match args.get_not_none(1) {
        Some(initial) => Some(vm.expect_str(initial, "initial_value must be str or None, not {}")?),
        None => None,
    };
    let newlines = match newline.as_deref() {
        None => Some(Newlines::new(true)),
        Some("") => Some(Newlines::new(false)),
        Some(_) => None,
    };
    *this.content.borrow_mut() = Content { is_ascii: true, newline, newlines, ..Content::default() };
    this.closed.set(false);
    this.ready.set(true);
    if let Some(initial) = initial {
        this.content.borrow_mut().write(vm, initial.as_bytes())?;
        this.content.borrow_mut().move_to(0);
    }
    Ok(Value::NONE)
}

impl Content {
    fn move_to(&mut self, position: usize) {
        self.position = position;
        if position <= self.len {
            self.offset = wtf8::byte_offset(&self.text, self.is_ascii, position);
        }
    }

    fn write(&mut self, vm: &Vm, text: &[u8]) -> PyResult<()> {
        let translated;
        let mut text = text;
        if let Some(newlines) = &mut self.newlines {
            translated = newlines.feed(text.to_vec(), true);
            text = &translated;
        }
        let replaced;
        if let Some(newline @ ("\r" | "\r\n")) = self.newline.as_deref() {
            let result = str_search::replace(text, b"\n", newline.as_bytes(), -1, Unit::Bytes);
            if let Some(result) = vm.text_result(result)? {
                replaced = result;
                text = &replaced;
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        let text_is_ascii = text.is_ascii();
        let n = wtf8::len(text, text_is_ascii);
        if self.position > self.len {
            // CPython fills the gap with NULs.
            let gap = self.position - self.len;
            vm.check_text_size(self.text.len().checked_add(gap))?;
            self.text.resize(self.text.len() + gap, 0);
            self.len = self.position;
            self.offset = self.text.len();
        }
        if self.position == self.len {
            if self.text.try_reserve(text.len()).is_err() {
                return vm.raise_bare(Exc::MemoryError);
            }
            self.text.extend_from_slice(text);
            self.len += n;
            self.is_ascii &= text_is_ascii;
        } else {
            let end_position = (self.position + n).min(self.len);
            let end = wtf8::byte_offset(&self.text, self.is_ascii, end_position);
            self.text.splice(self.offset..end, text.iter().copied());
            self.len = self.len.max(self.position + n);
            self.is_ascii &= text_is_ascii;
        }
        self.position += n;
        self.offset += text.len();
        Ok(())
    }

    /// Up to `n` characters from the position on.
    fn take(&mut self, n: Option<usize>) -> Vec<u8> {
        if self.position >= self.len {
            return Vec::new();
        }
        let rest = &self.text[self.offset..];
        let piece = match n {
            Some(n) => &rest[..wtf8::byte_offset(rest, self.is_ascii, n)],
            None => rest,
        };
        self.position += wtf8::len(piece, self.is_ascii);
        self.offset += piece.len();
        piece.to_vec()
    }

    fn line(&mut self, limit: Option<usize>) -> Vec<u8> {
        if self.position >= self.len {
            return Vec::new();
        }
        let rest = &self.text[self.offset..];
        let end = match &self.newlines {
            Some(newlines) if !newlines.translate => memchr::memchr2(b'\r', b'\n', rest).map(|at| {
                if rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 }
            }),
            Some(_) => memchr::memchr(b'\n', rest).map(|at| at + 1),
            None => {
                let newline = self.newline.as_deref().unwrap_or("\n").as_bytes();
                memchr::memmem::find(rest, newline).map(|at| at + newline.len())
            }
        };
        let line = &rest[..end.unwrap_or(rest.len())];
        let n = wtf8::len(line, self.is_ascii);
        let n = limit.map_or(n, |limit| n.min(limit));
        self.take(Some(n))
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<StringIo>();
    this.closed.set(true);
    *this.content.borrow_mut() = Content { is_ascii: true, ..Content::default() };
    super::base::close(vm, args)
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = size_argument(vm, args.get(1))?;
    let text = this(vm, args)?.content.borrow_mut().take(usize::try_from(size).ok());
    Ok(Str::shared(&text).into())
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = size_argument(vm, args.get(1))?;
    let line = this(vm, args)?.content.borrow_mut().line(usize::try_from(size).ok());
    Ok(Str::shared(&line).into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    check(vm, of(value))?;
    if value.downcast_exact::<StringIo>().is_none() {
        let line = super::call(vm, value, "readline")?;
        if line.downcast::<Str>().is_none() {
            let found = vm.type_name(&line);
            let message = format!("readline() should have returned a str object, not '{found}'");
            return vm.raise(Exc::OSError, message);
        }
        return Ok(if vm.len(&line)? == 0 { None } else { Some(line) });
    }
    let line = of(value).content.borrow_mut().line(None);
    Ok((!line.is_empty()).then(|| Str::shared(&line).into()))
}

fn yes(vm: &Vm, args: Args<'_>) -> PyResult {
    this(vm, args)?;
    Ok(Value::TRUE)
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    check_ready(vm, args)?;
    let Some(text) = args.value(1).downcast::<Str>() else {
        return vm.raise_type_of("string argument expected, got '{}'", args.value(1));
    };
    this(vm, args)?.content.borrow_mut().write(vm, text.as_bytes())?;
    Ok(text.len().into())
}

fn check_ready(vm: &Vm, args: Args<'_>) -> PyResult<()> {
    if !args.this::<StringIo>().ready.get() {
        return vm.raise(Exc::ValueError, "I/O operation on uninitialized object");
    }
    Ok(())
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult {
    let position = vm.to_i64(args.value(1))?;
    let whence = args.get(2).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let this = this(vm, args)?;
    match whence {
        0 if position < 0 => {
            return vm.raise(Exc::ValueError, format!("Negative seek position {position}"));
        }
        0 => this.content.borrow_mut().move_to(position as usize),
        1 | 2 if position != 0 => {
            return vm.raise(Exc::OSError, "Can't do nonzero cur-relative seeks");
        }
        1 => {}
        2 => {
            let len = this.content.borrow().len;
            this.content.borrow_mut().move_to(len);
        }
        _ => {
            let message = format!("Invalid whence ({whence}, should be 0, 1 or 2)");
            return vm.raise(Exc::ValueError, message);
        }
    }
    Ok(this.content.borrow().position.into())
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let size = match args.get_not_none(1) {
        Some(size) => vm.to_i64(size)?,
        None => this.content.borrow().position as i64,
    };
    if size < 0 {
        return vm.raise(Exc::ValueError, format!("Negative size value {size}"));
    }
    let mut content = this.content.borrow_mut();
    if (size as usize) < content.len {
        let end = wtf8::byte_offset(&content.text, content.is_ascii, size as usize);
        content.text.truncate(end);
        content.len = size as usize;
    }
    Ok(size.into())
}

fn getstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let content = this.content.borrow();
    let newline = content.newline.as_deref().map_or(Value::NONE, Value::from);
    let dict = match vm.instance_dict(args.value(0)) {
        Some(dict) if !dict.is_empty() => dict.copy().into(),
        _ => Value::NONE,
    };
    Ok(vm.tuple(&[Str::shared(&content.text).into(), newline, content.position.into(), dict]))
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let state = args.value(1);
    let items = state.downcast::<Tuple>().map(|tuple| tuple.items()).filter(|items| items.len() >= 4);
    let Some([initial, newline, position, dict, ..]) = items else {
        let (class, found) = (vm.type_name(args.value(0)), vm.type_name(state));
        let message = format!("{class}.__setstate__ argument should be 4-tuple, got {found}");
        return vm.raise(Exc::TypeError, message);
    };
    init(vm, Args::positional(&[args.value(0).clone(), initial.clone(), newline.clone()]))?;
    let this = args.this::<StringIo>();
    // The text is taken as it is, without translation of line ends.
    if let Some(text) = initial.downcast::<Str>() {
        let mut content = this.content.borrow_mut();
        content.text = text.as_bytes().to_vec();
        content.is_ascii = text.is_ascii();
        content.len = text.len();
    }
    if !vm.has_index(position) {
        let found = vm.type_name(position);
        let message = format!("third item of state must be an integer, got {found}");
        return vm.raise(Exc::TypeError, message);
    }
    let position = vm.to_i64(position)?;
    if position < 0 {
        return vm.raise(Exc::ValueError, "position value cannot be negative");
    }
    this.content.borrow_mut().move_to(position as usize);
    restore_dict(vm, args.value(0), dict, "fourth")
}

/// Puts the attributes of a pickled stream back.
pub fn restore_dict(vm: &Vm, value: &Value, dict: &Value, which: &str) -> PyResult {
    if dict.is_none() {
        return Ok(Value::NONE);
    }
    let Some(saved) = dict.downcast::<Dict>() else {
        let message = format!("{which} item of state should be a dict, got a {{}}");
        return vm.raise_type_of(&message, dict);
    };
    if let Some(own) = vm.instance_dict(value) {
        for (key, item) in saved.snapshot() {
            own.insert(vm, key, item)?;
        }
    }
    Ok(Value::NONE)
}
