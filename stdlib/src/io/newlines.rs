//! Universal newlines, and the class `IncrementalNewlineDecoder`.

use std::cell::RefCell;

use ouro_runtime::class::{Type, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, GetSet, NativeFn, PyResult, Value, Vm};

const CR: u8 = 1;
const LF: u8 = 2;
const CRLF: u8 = 4;

/// Sees line ends in pieces of text, perhaps makes them all `\n`.
#[derive(Clone, Debug, Default)]
pub struct Newlines {
    pub translate: bool,
    /// A `\r` at the end of the last piece, held back since a `\n` may follow.
    pub pending_cr: bool,
    seen: u8,
}

impl Newlines {
    pub fn new(translate: bool) -> Newlines {
        Newlines { translate, ..Newlines::default() }
    }

    /// The next piece of text, with what was held back before and without what is held back now.
    pub fn feed(&mut self, mut text: Vec<u8>, is_final: bool) -> Vec<u8> {
        if self.pending_cr && (is_final || !text.is_empty()) {
            text.insert(0, b'\r');
            self.pending_cr = false;
        }
        if !is_final && text.last() == Some(&b'\r') {
            text.pop();
            self.pending_cr = true;
        }
        if memchr::memchr(b'\r', &text).is_none() {
            if self.seen & LF == 0 && memchr::memchr(b'\n', &text).is_some() {
                self.seen |= LF;
            }
            return text;
        }
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let next = memchr::memchr2(b'\r', b'\n', &text[at..]).map_or(text.len(), |n| at + n);
            out.extend_from_slice(&text[at..next]);
            let Some(&end) = text.get(next) else { break };
            let (kind, length) = match (end, text.get(next + 1)) {
                (b'\n', _) => (LF, 1),
                (_, Some(b'\n')) => (CRLF, 2),
                _ => (CR, 1),
            };
            self.seen |= kind;
            if self.translate {
                out.push(b'\n');
            } else {
                out.extend_from_slice(&text[next..next + length]);
            }
            at = next + length;
        }
        out
    }

    pub fn reset(&mut self) {
        self.seen = 0;
        self.pending_cr = false;
    }

    /// The `newlines` attribute: None, one kind, or a tuple.
    pub fn value(&self, vm: &Vm) -> Value {
        let kinds: Vec<Value> = [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")]
            .into_iter()
            .filter(|(bit, _)| self.seen & bit != 0)
            .map(|(_, text)| text.into())
            .collect();
        match &kinds[..] {
            [] => Value::NONE,
            [one] => one.clone(),
            _ => vm.tuple(&kinds),
        }
    }
}

/// The Python class: a decoder (None for text) and its newlines.
pub struct NewlineDecoder {
    decoder: RefCell<Option<Value>>,
    newlines: RefCell<Option<Newlines>>,
}

impl Payload for NewlineDecoder {
    ouro_runtime::trace_fields!(decoder; skip newlines);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "IncrementalNewlineDecoder",
    module: "_io",
    doc: "Codec used when reading a file in universal newlines mode.",
    new: Some(NativeFn::new("IncrementalNewlineDecoder", |_, args| {
        let body = NewlineDecoder { decoder: RefCell::new(None), newlines: RefCell::new(None) };
        Ok(heap::alloc_for(args.this::<Type>(), body).into())
    })),
    init: Some(NativeFn::new("IncrementalNewlineDecoder($self, decoder, translate, errors='strict')", init)),
    methods: &[
        NativeFn::new("decode($self, /, input, final=False)", decode),
        NativeFn::new("getstate($self, /)", getstate),
        NativeFn::new("setstate($self, state, /)", setstate),
        NativeFn::new("reset($self, /)", reset),
    ],
    getset: &[GetSet::read_only("newlines", |vm, value| {
        let this: &ouro_runtime::Gc<NewlineDecoder> =
            value.downcast().expect("slots see instances of their class");
        this.ready(vm)?;
        Ok(this.newlines.borrow().as_ref().map_or(Value::NONE, |newlines| newlines.value(vm)))
    })],
    ..TypeSpec::DEFAULT
};

impl NewlineDecoder {
    fn ready(&self, vm: &Vm) -> PyResult<()> {
        if self.newlines.borrow().is_none() {
            return vm.raise(Exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
        }
        Ok(())
    }
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<NewlineDecoder>();
    let translate = vm.truth(args.value(2))?;
    if let Some(errors) = args.get(3) {
        vm.c_str_argument(errors, "IncrementalNewlineDecoder", "argument 'errors'").map(drop)?;
    }
    drop(this.decoder.replace(args.get_not_none(1).cloned()));
    this.newlines.replace(Some(Newlines::new(translate)));
    Ok(Value::NONE)
}

fn decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<NewlineDecoder>();
    this.ready(vm)?;
    let is_final = args.get(2).map_or(Ok(false), |last| vm.truth(last))?;
    let decoder = this.decoder.borrow().clone();
    let text = match decoder {
        Some(decoder) => {
            vm.call_method(&decoder, &vm.names.decode, &[args.value(1).clone(), Value::bool(is_final)])?
        }
        None => args.value(1).clone(),
    };
    let Some(text) = text.downcast::<Str>() else {
        return vm.raise_type_of("decoder should return a string result, not '{}'", &text);
    };
    let mut newlines = this.newlines.borrow_mut();
    let out = newlines.as_mut().map(|newlines| newlines.feed(text.as_bytes().to_vec(), is_final));
    Ok(Str::shared(&out.unwrap_or_default()).into())
}

fn getstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<NewlineDecoder>();
    this.ready(vm)?;
    let decoder = this.decoder.borrow().clone();
    let (buffer, flag) = match decoder {
        Some(decoder) => {
            let state = vm.call_method_named(&decoder, "getstate", &[])?;
            match state.downcast::<Tuple>().map(|tuple| tuple.items()) {
                Some([buffer, flag]) => (buffer.clone(), vm.to_i64(flag)?),
                _ => return vm.raise(Exc::TypeError, "illegal decoder state"),
            }
        }
        None => (Bytes::new(b"").into(), 0),
    };
    let pending = this.newlines.borrow().as_ref().is_some_and(|newlines| newlines.pending_cr);
    Ok(vm.tuple(&[buffer, Value::int(flag << 1 | pending as i64)]))
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<NewlineDecoder>();
    this.ready(vm)?;
    let Some([buffer, flag]) = args.value(1).downcast::<Tuple>().map(|tuple| tuple.items()) else {
        return vm.raise(Exc::TypeError, "state argument must be a tuple");
    };
    let flag = vm.to_i64(flag)?;
    if let Some(newlines) = this.newlines.borrow_mut().as_mut() {
        newlines.pending_cr = flag & 1 != 0;
    }
    let decoder = this.decoder.borrow().clone();
    match decoder {
        Some(decoder) => {
            let state = vm.tuple(&[buffer.clone(), Value::int(flag >> 1)]);
            vm.call_method_named(&decoder, "setstate", &[state])
        }
        None => Ok(Value::NONE),
    }
}

fn reset(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<NewlineDecoder>();
    this.ready(vm)?;
    if let Some(newlines) = this.newlines.borrow_mut().as_mut() {
        newlines.reset();
    }
    let decoder = this.decoder.borrow().clone();
    match decoder {
        Some(decoder) => super::call(vm, &decoder, "reset"),
        None => Ok(Value::NONE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_back_carriage_returns() {
        let mut newlines = Newlines::new(true);
        assert_eq!(newlines.feed(b"a\r".to_vec(), false), b"a");
        assert_eq!(newlines.feed(b"\nb\rc".to_vec(), false), b"\nb\nc");
        assert_eq!(newlines.feed(b"\r".to_vec(), true), b"\n");
        assert_eq!(newlines.seen, CR | CRLF);
        let mut plain = Newlines::new(false);
        assert_eq!(plain.feed(b"a\r".to_vec(), false), b"a");
        assert_eq!(plain.feed(b"".to_vec(), false), b"");
        assert_eq!(plain.feed(b"".to_vec(), true), b"\r");
    }
}
