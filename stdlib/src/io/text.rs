//! `TextIOWrapper`: characters over a stream of bytes.
//!
//! Reading keeps one decoded chunk (`decoded`, read up to `used`) and what is needed to find the byte position of a character in it
//! (`snapshot`). Writing collects encoded bytes in `pending`. No cell is borrowed while the buffer below, which may be Python code, runs.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, Type, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::text::codecs::{self, Codec};
use ouro_runtime::text::wtf8;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::buffered;
use super::decoder::{Decoder, Encoder, State};
use super::file::{self, STREAM_FLAGS};
use super::newlines::Newlines;
use super::text_position as position;
use super::{
    call, call_bool, class, close_over, closed_error, is_closed, optional_text, size_argument, unsupported,
};

/// Bytes read at once, and bytes that may wait to be written.
const CHUNK_SIZE: usize = 8192;

pub struct TextIoWrapper {
    pub(super) buffer: RefCell<Option<Value>>,
    pub(super) ready: Cell<bool>,
    encoding: RefCell<String>,
    errors: RefCell<String>,
    pub(super) codec: Cell<Option<Codec>>,
    /// Line ends: as given, and what follows from it.
    newline: RefCell<Option<String>>,
    universal: Cell<bool>,
    translate: Cell<bool>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    pub(super) seekable: Cell<bool>,
    pub(super) telling: Cell<bool>,
    has_read1: Cell<bool>,
    finalizing: Cell<bool>,
    chunk_size: Cell<usize>,
    pub(super) decoder: RefCell<Option<Decoder>>,
    pub(super) encoder: RefCell<Option<Encoder>>,
    pub(super) decoded: RefCell<Vec<u8>>,
    pub(super) used: Cell<usize>,
    /// The decoder's state before the chunk, and the bytes it was fed since.
    pub(super) snapshot: RefCell<Option<(u64, Vec<u8>)>>,
    pub(super) pending: RefCell<Vec<u8>>,
    /// Bytes of input per byte of text, to guess positions.
    ratio: Cell<f64>,
}

/// Python decoders and encoders hang from this object but cannot reach back to it.
impl Payload for TextIoWrapper {
    ouro_runtime::trace_fields!(
        buffer;
        skip ready, encoding, errors, codec, newline, universal, translate, line_buffering, write_through, seekable, telling,
        has_read1, finalizing, chunk_size, decoder, encoder, decoded, used, snapshot, pending, ratio
    );

    fn clear(&self) {
        drop(self.buffer.take());
    }
}

/// Arguments of the constructor.
#[derive(Default)]
pub struct Options {
    pub encoding: Option<String>,
    pub errors: Option<String>,
    pub newline: Option<String>,
    pub line_buffering: bool,
    pub write_through: bool,
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "TextIOWrapper",
    module: "_io",
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("TextIOWrapper", |_, args| Ok(TextIoWrapper::empty(args.this::<Type>()).into()))),
    init: Some(NativeFn::new(
        "TextIOWrapper($self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
        init,
    )),
    methods: &[
        NativeFn::new("detach($self, /)", detach),
        NativeFn::new(
            "reconfigure($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
            reconfigure,
        )
        .doc("Reconfigure the text stream with new parameters."),
        NativeFn::new("write($self, text, /)", write),
        NativeFn::new("read($self, size=-1, /)", read),
        NativeFn::new("readline($self, size=-1, /)", readline),
        NativeFn::new("flush($self, /)", flush),
        NativeFn::new("close($self, /)", close),
        NativeFn::new("fileno($self, /)", |vm, args| call(vm, &this(args).buffer_value(vm)?, "fileno")),
        NativeFn::new("seekable($self, /)", |vm, args| call(vm, &this(args).buffer_value(vm)?, "seekable")),
        NativeFn::new("readable($self, /)", |vm, args| call(vm, &this(args).buffer_value(vm)?, "readable")),
        NativeFn::new("writable($self, /)", |vm, args| call(vm, &this(args).buffer_value(vm)?, "writable")),
        NativeFn::new("isatty($self, /)", |vm, args| call(vm, &this(args).buffer_value(vm)?, "isatty")),
        NativeFn::new("seek($self, cookie, whence=0, /)", position::seek)
            .doc("Set the stream position, and return the new stream position."),
        NativeFn::new("tell($self, /)", position::tell).doc("Return the stream position as an opaque number."),
        NativeFn::new("truncate($self, pos=None, /)", truncate),
        NativeFn::new("__getstate__($self, /)", super::open::no_pickle),
    ],
    getset: &[
        GetSet::read_only("buffer", |vm, value| of(value).buffer_value(vm)),
        GetSet::read_only("encoding", |vm, value| {
            of(value).check_ready(vm)?;
            Ok(of(value).encoding.borrow().as_str().into())
        }),
        GetSet::read_only("errors", |vm, value| {
            of(value).check_ready(vm)?;
            Ok(of(value).errors.borrow().as_str().into())
        }),
        GetSet::read_only("line_buffering", |_, value| Ok(of(value).line_buffering.get().into())),
        GetSet::read_only("write_through", |_, value| Ok(of(value).write_through.get().into())),
        GetSet::read_only("name", |vm, value| vm.get_attr(&of(value).buffer_value(vm)?, &vm.names.name)),
        GetSet::read_only("closed", |vm, value| vm.get_attr_named(&of(value).buffer_value(vm)?, "closed")),
        GetSet::read_only("newlines", |vm, value| {
            of(value).buffer_value(vm)?;
            let decoder = of(value).decoder.borrow();
            let newlines = decoder.as_ref().and_then(|decoder| decoder.newlines.as_ref());
            Ok(newlines.map_or(Value::NONE, |newlines| newlines.value(vm)))
        }),
        GetSet::new(
            "_CHUNK_SIZE",
            |vm, value| {
                of(value).buffer_value(vm)?;
                Ok(of(value).chunk_size.get().into())
            },
            |vm, value, new| {
                let Some(new) = new else {
                    return vm.raise(Exc::AttributeError, "cannot delete attribute");
                };
                let n = vm.to_i64(new)?;
                if n <= 0 {
                    return vm.raise(Exc::ValueError, "a strictly positive integer is required");
                }
                of(value).chunk_size.set(n as usize);
                Ok(())
            },
        ),
        GetSet::new(
            "_finalizing",
            |_, value| Ok(of(value).finalizing.get().into()),
            |vm, value, new| {
                of(value).finalizing.set(new.map_or(Ok(false), |new| vm.truth(new))?);
                Ok(())
            },
        ),
    ],
    slots: Slots { repr: Some(repr), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub(super) fn of(value: &Value) -> &Gc<TextIoWrapper> {
    value.downcast().expect("slots see instances of their class")
}

pub(super) fn this<'a>(args: Args<'a>) -> &'a Gc<TextIoWrapper> {
    args.this::<TextIoWrapper>()
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = |at: usize, name: &str| -> PyResult<Option<String>> {
        let text = optional_text(vm, args.get(at), "TextIOWrapper", name)?;
        Ok(text.map(|text| text.to_string_lossy().into_owned()))
    };
    let options = Options {
        encoding: text(2, "encoding")?,
        errors: text(3, "errors")?,
        newline: text(4, "newline")?,
        line_buffering: args.get(5).map_or(Ok(false), |on| vm.truth(on))?,
        write_through: args.get(6).map_or(Ok(false), |on| vm.truth(on))?,
    };
    this(args).set_up(vm, args.value(1), options)?;
    Ok(Value::NONE)
}

fn check_newline(vm: &Vm, newline: Option<&str>) -> PyResult<()> {
    match newline {
        None | Some("" | "\n" | "\r" | "\r\n") => Ok(()),
        Some(other) => vm.raise(Exc::ValueError, format!("illegal newline value: {other}")),
    }
}

/// Codec information of an encoding that is not built in.
fn find_text_codec(vm: &Vm, encoding: &str) -> PyResult {
    let Some(info) = vm.find_codec(encoding)? else {
        if codecs::is_bytes_codec(encoding) {
            let message = format!("'{encoding}' is not a text encoding");
            return vm.raise(Exc::LookupError, message);
        }
        return vm.raise_text(codecs::unknown_encoding(encoding));
    };
    if let Some(flag) = vm.get_attr_opt(&info, &vm.intern("_is_text_encoding"))? {
        if !vm.truth(&flag)? {
            return vm.raise(Exc::LookupError, format!("'{encoding}' is not a text encoding"));
        }
    }
    Ok(info)
}

impl TextIoWrapper {
    fn empty(class: &Gc<Type>) -> Gc<TextIoWrapper> {
        let body = TextIoWrapper {
            buffer: RefCell::new(None),
            ready: Cell::new(false),
            encoding: RefCell::default(),
            errors: RefCell::default(),
            codec: Cell::new(None),
            newline: RefCell::default(),
            universal: Cell::new(true),
            translate: Cell::new(true),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            finalizing: Cell::new(false),
            chunk_size: Cell::new(CHUNK_SIZE),
            decoder: RefCell::default(),
            encoder: RefCell::default(),
            decoded: RefCell::default(),
            used: Cell::new(0),
            snapshot: RefCell::default(),
            pending: RefCell::default(),
            ratio: Cell::new(0.0),
        };
        heap::alloc_for(class, body)
    }

    /// A wrapper around `buffer`.
    pub fn make(vm: &Vm, buffer: &Value, options: Options) -> PyResult<Gc<TextIoWrapper>> {
        let object = TextIoWrapper::empty(&class(vm, "TextIOWrapper"));
        object.set_up(vm, buffer, options)?;
        Ok(object)
    }

    fn set_up(&self, vm: &Vm, buffer: &Value, options: Options) -> PyResult<()> {
        self.ready.set(false);
        check_newline(vm, options.newline.as_deref())?;
        let encoding = match options.encoding {
            Some(encoding) if encoding != "locale" => encoding,
            _ => "UTF-8".to_string(),
        };
        self.pending.borrow_mut().clear();
        self.forget_decoded();
        self.set_newline(options.newline);
        self.line_buffering.set(options.line_buffering);
        self.write_through.set(options.write_through);
        self.set_codec(vm, buffer, encoding, options.errors.unwrap_or_else(|| "strict".to_string()))?;
        drop(self.buffer.replace(Some(buffer.clone())));
        let seekable = match buffered::exact(buffer).and_then(|buffer| buffer.raw_file()) {
            Some(file) => file.is_seekable(vm)?,
            None => call_bool(vm, buffer, "seekable")?,
        };
        self.seekable.set(seekable);
        self.telling.set(seekable);
        self.has_read1.set(match buffered::exact(buffer) {
            Some(_) => true,
            None => vm.get_attr_opt(buffer, &vm.intern("read1"))?.is_some(),
        });
        self.skip_mark_if_not_at_start(vm, buffer)?;
        self.ready.set(true);
        Ok(())
    }

    fn set_newline(&self, newline: Option<String>) {
        self.universal.set(matches!(newline.as_deref(), None | Some("")));
        self.translate.set(newline.is_none());
        self.newline.replace(newline);
    }

    /// Makes decoder and encoder, as far as the buffer can be read and written.
    fn set_codec(&self, vm: &Vm, buffer: &Value, encoding: String, errors: String) -> PyResult<()> {
        if encoding.contains('\0') {
            return vm.raise(Exc::ValueError, "embedded null character");
        }
        let codec = codecs::lookup(&encoding);
        let info = match codec {
            Some(_) => Value::NONE,
            None => find_text_codec(vm, &encoding)?,
        };
        let (can_read, can_write) = match buffered::exact(buffer) {
            Some(buffer) => (buffer.can_read(), buffer.can_write()),
            None => (call_bool(vm, buffer, "readable")?, call_bool(vm, buffer, "writable")?),
        };
        let decoder = if can_read {
            let mut decoder = match codec {
                Some(codec) => Decoder::native(codec, &errors),
                None => Decoder::python(vm.call_method_named(
                    &info,
                    "incrementaldecoder",
                    &[errors.as_str().into()],
                )?),
            };
            if self.universal.get() {
                decoder.newlines = Some(Newlines::new(self.translate.get()));
            }
            Some(decoder)
        } else {
            None
        };
        let encoder = if can_write {
            Some(match codec {
                Some(codec) => Encoder::Native { codec, errors: errors.clone() },
                None => Encoder::Python(vm.call_method_named(
                    &info,
                    "incrementalencoder",
                    &[errors.as_str().into()],
                )?),
            })
        } else {
            None
        };
        self.codec.set(codec);
        self.encoding.replace(encoding);
        self.errors.replace(errors);
        let _old = (self.decoder.replace(decoder), self.encoder.replace(encoder));
        Ok(())
    }

    /// What is appended to a file has no byte order mark in front.
    fn skip_mark_if_not_at_start(&self, vm: &Vm, buffer: &Value) -> PyResult<()> {
        let marked = match self.encoder.borrow().as_ref() {
            Some(Encoder::Native { codec, .. }) => {
                matches!(codec, Codec::Utf8Sig | Codec::Utf16(_) | Codec::Utf32(_))
            }
            Some(Encoder::Python(_)) => true,
            None => false,
        };
        if marked && self.seekable.get() {
            let position = call(vm, buffer, "tell")?;
            if vm.truth(&position)? {
                let encoder = self.encoder.take();
                if let Some(mut encoder) = encoder {
                    let skipped = encoder.skip_mark(vm);
                    self.encoder.replace(Some(encoder));
                    skipped?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn check_ready(&self, vm: &Vm) -> PyResult<()> {
        if !self.ready.get() {
            return vm.raise(Exc::ValueError, "I/O operation on uninitialized object");
        }
        Ok(())
    }

    /// The stream below.
    pub(super) fn buffer_value(&self, vm: &Vm) -> PyResult {
        self.check_ready(vm)?;
        match self.buffer.borrow().clone() {
            Some(buffer) => Ok(buffer),
            None => vm.raise(Exc::ValueError, "underlying buffer has been detached"),
        }
    }

    /// The stream below, open.
    pub(super) fn open_buffer(&self, vm: &Vm) -> PyResult {
        let buffer = self.buffer_value(vm)?;
        let closed = match buffered::exact(&buffer).and_then(|buffer| buffer.raw_file()) {
            Some(file) => file.fd.get() < 0,
            None => is_closed(vm, &buffer)?,
        };
        if closed { closed_error(vm) } else { Ok(buffer) }
    }

    pub(super) fn forget_decoded(&self) {
        self.decoded.borrow_mut().clear();
        self.used.set(0);
        self.snapshot.replace(None);
    }

    /// Sets the decoded chunk.
    pub(super) fn set_decoded(&self, text: Vec<u8>) {
        self.decoded.replace(text);
        self.used.set(0);
    }

    /// Up to `n` characters of what is decoded already.
    fn take_decoded(&self, n: Option<usize>) -> Vec<u8> {
        let decoded = self.decoded.borrow();
        let rest = &decoded[self.used.get()..];
        let piece = match n {
            Some(n) => &rest[..wtf8::byte_offset(rest, false, n)],
            None => rest,
        };
        self.used.set(self.used.get() + piece.len());
        piece.to_vec()
    }

    /// Runs `f` with the decoder, which is out of reach meanwhile.
    pub(super) fn with_decoder<R>(
        &self,
        vm: &Vm,
        f: impl FnOnce(&mut Decoder) -> PyResult<R>,
    ) -> PyResult<R> {
        let decoder = self.decoder.take();
        let Some(mut decoder) = decoder else { return unsupported(vm, "not readable") };
        let result = f(&mut decoder);
        self.decoder.replace(Some(decoder));
        result
    }

    /// Reads and decodes one chunk, behind what is decoded already. False at the end.
    pub(super) fn read_chunk(&self, vm: &Vm, buffer: &Value, hint: usize) -> PyResult<bool> {
        if self.decoder.borrow().is_none() {
            return unsupported(vm, "not readable");
        }
        let before = match self.telling.get() {
            true => Some(self.with_decoder(vm, |decoder| decoder.state(vm))?),
            false => None,
        };
        let mut wanted = self.chunk_size.get();
        if hint > 0 && self.ratio.get() > 0.0 {
            wanted = wanted.max((hint as f64 * self.ratio.get()) as usize);
        }
        let input = match buffered::exact(buffer) {
            Some(buffer) => buffer.read_chunk(vm, wanted)?.unwrap_or_default(),
            None => {
                let method = if self.has_read1.get() { "read1" } else { "read" };
                let input = vm.call_method_named(buffer, method, &[wanted.into()])?;
                match vm.borrow_bytes(&input)? {
                    Some(input) => input.to_vec(),
                    None => {
                        let found = vm.type_name(&input);
                        let message = format!(
                            "underlying {method}() should have returned a bytes-like object, not '{found}'"
                        );
                        return vm.raise(Exc::TypeError, message);
                    }
                }
            }
        };
        let at_end = input.is_empty();
        let text = self.with_decoder(vm, |decoder| decoder.decode(vm, &input, at_end))?;
        self.ratio.set(if text.is_empty() { 0.0 } else { input.len() as f64 / text.len() as f64 });
        let got = !text.is_empty();
        self.set_decoded(text);
        if let Some(State { mut pending, flags }) = before {
            pending.extend_from_slice(&input);
            self.snapshot.replace(Some((flags, pending)));
        }
        Ok(!at_end || got)
    }

    /// Everything up to the end.
    pub fn read_all(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        let buffer = self.open_buffer(vm)?;
        if self.decoder.borrow().is_none() {
            return unsupported(vm, "not readable");
        }
        self.flush_pending(vm)?;
        let bytes = match buffered::exact(&buffer) {
            Some(buffer) => buffer.read_rest(vm)?.unwrap_or_default(),
            None => {
                let bytes = vm.call_method(&buffer, &vm.names.read, &[])?;
                if bytes.is_none() {
                    Vec::new()
                } else if bytes.downcast::<Str>().is_some() {
                    return vm.raise(Exc::TypeError, "can't concat str to bytes");
                } else {
                    match vm.copy_bytes(&bytes)? {
                        Some(bytes) => bytes,
                        None => {
                            let found = vm.type_name(&bytes);
                            let message = format!(
                                "underlying read() should have returned a bytes-like object, not '{found}'"
                            );
                            return vm.raise(Exc::TypeError, message);
                        }
                    }
                }
            }
        };
        let text = self.with_decoder(vm, |decoder| decoder.decode(vm, &bytes, true))?;
        let mut out = self.take_decoded(None);
        self.forget_decoded();
        if out.is_empty() {
            return Ok(text);
        }
        out.extend_from_slice(&text);
        Ok(out)
    }

    fn read_some(&self, vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
        let buffer = self.open_buffer(vm)?;
        if self.decoder.borrow().is_none() {
            return unsupported(vm, "not readable");
        }
        self.flush_pending(vm)?;
        let mut out = self.take_decoded(Some(n));
        let mut left = n - wtf8::count(&out);
        while left > 0 && self.read_chunk(vm, &buffer, left)? {
            let piece = self.take_decoded(Some(left));
            left -= wtf8::count(&piece);
            out.extend_from_slice(&piece);
        }
        Ok(out)
    }

    /// Where the first line end in `text` is: its first byte and the byte behind it. With `\r` of universal newlines at the very end, the
    /// decoder has held it back, so that `\r\n` is never cut.
    fn find_line_end(&self, text: &[u8]) -> Option<(usize, usize)> {
        if self.translate.get() {
            return memchr::memchr(b'\n', text).map(|at| (at, at + 1));
        }
        if self.universal.get() {
            let at = memchr::memchr2(b'\n', b'\r', text)?;
            let length = if text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
            return Some((at, at + length));
        }
        let newline = self.newline.borrow();
        let end = newline.as_deref().unwrap_or("\n").as_bytes();
        memchr::memmem::find(text, end).map(|at| (at, at + end.len()))
    }

    /// The next line with its end; `limit` in characters cuts it. Empty at the end.
    pub fn read_line(&self, vm: &Vm, limit: Option<usize>) -> PyResult<Vec<u8>> {
        {
            // The usual case: the whole line is decoded already.
            let decoded = self.decoded.borrow();
            let rest = &decoded[self.used.get()..];
            if let (None, true, true, Some((_, end))) =
                (limit, self.ready.get(), self.pending.borrow().is_empty(), self.find_line_end(rest))
            {
                self.used.set(self.used.get() + end);
                let line = rest[..end].to_vec();
                drop(decoded);
                self.open_buffer(vm)?;
                return Ok(line);
            }
        }
        let buffer = self.open_buffer(vm)?;
        self.flush_pending(vm)?;
        let mut line: Vec<u8> = Vec::new();
        let mut searched = 0;
        loop {
            let exhausted = self.used.get() >= self.decoded.borrow().len();
            if exhausted {
                let more = self.read_chunk(vm, &buffer, 0)?;
                if !more && self.used.get() >= self.decoded.borrow().len() {
                    self.forget_decoded();
                    break;
                }
                if self.decoded.borrow().is_empty() {
                    continue;
                }
            }
            // A line end of two characters may lie across two chunks.
            let start = line.len();
            line.extend_from_slice(&self.decoded.borrow()[self.used.get()..]);
            let chunk = line.len() - start;
            let from = searched.min(start.saturating_sub(1));
            let mut end = self.find_line_end(&line[from..]).map(|(_, end)| from + end);
            if let Some(limit) = limit {
                let cut = wtf8::byte_offset(&line, false, limit);
                if cut < line.len() || end.is_none() && wtf8::count(&line) >= limit {
                    end = Some(end.map_or(cut, |end| end.min(cut)));
                }
            }
            match end {
                Some(end) => {
                    self.used.set(self.used.get() + end.saturating_sub(start));
                    line.truncate(end);
                    break;
                }
                None => {
                    self.used.set(self.used.get() + chunk);
                    searched = line.len();
                }
            }
        }
        Ok(line)
    }

    /// Hands what was written to the stream below.
    pub(super) fn flush_pending(&self, vm: &Vm) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let buffer = self.buffer_value(vm)?;
        let bytes = self.pending.take();
        let result = write_below(vm, &buffer, &bytes);
        // Keep the memory for what comes.
        let mut pending = self.pending.borrow_mut();
        if pending.is_empty() && bytes.capacity() <= 4 * CHUNK_SIZE {
            let mut bytes = bytes;
            bytes.clear();
            *pending = bytes;
        }
        result
    }

    /// Writes text.
    pub fn write_text(&self, vm: &Vm, text: &[u8]) -> PyResult<()> {
        let buffer = self.open_buffer(vm)?;
        if self.encoder.borrow().is_none() {
            return unsupported(vm, "not writable");
        }
        let line_buffering = self.line_buffering.get();
        let newline = self.newline.borrow().clone();
        let write_newline = newline.as_deref().filter(|newline| matches!(*newline, "\r" | "\r\n"));
        let has_newline =
            (line_buffering || write_newline.is_some()) && memchr::memchr(b'\n', text).is_some();
        let translated;
        let text = match write_newline {
            Some(newline) if has_newline => {
                translated = ouro_runtime::text::str_search::replace(
                    text,
                    b"\n",
                    newline.as_bytes(),
                    -1,
                    ouro_runtime::text::str_search::Unit::Bytes,
                );
                vm.text_result(translated)?.unwrap_or_default()
            }
            _ => {
                self.push_encoded(vm, text)?;
                Vec::new()
            }
        };
        if !text.is_empty() {
            self.push_encoded(vm, &text)?;
        }
        let flush_text = self.write_through.get();
        let flush_all = line_buffering && (has_newline || memchr::memchr(b'\r', &text).is_some());
        if self.pending.borrow().len() >= self.chunk_size.get() || flush_text || flush_all {
            self.flush_pending(vm)?;
        }
        if flush_all {
            flush_below(vm, &buffer)?;
        }
        // Where one cannot seek, what was read ahead has nothing to do with where is written, and stays to be read.
        if self.snapshot.borrow().is_some() {
            self.forget_decoded();
        }
        if self.decoder.borrow().is_some() {
            self.with_decoder(vm, |decoder| decoder.reset(vm))?;
        }
        Ok(())
    }

    fn push_encoded(&self, vm: &Vm, text: &[u8]) -> PyResult<()> {
        let is_utf8 = self.encoder.borrow().as_ref().is_some_and(Encoder::is_utf8);
        if is_utf8 && !wtf8::has_surrogates(text) {
            self.pending.borrow_mut().extend_from_slice(text);
            return Ok(());
        }
        let encoder = self.encoder.take();
        let Some(mut encoder) = encoder else { return unsupported(vm, "not writable") };
        let bytes = encoder.encode(vm, &Str::shared(text));
        self.encoder.replace(Some(encoder));
        self.pending.borrow_mut().extend_from_slice(&bytes?);
        Ok(())
    }

    pub(super) fn flush_all(&self, vm: &Vm) -> PyResult<()> {
        let buffer = self.open_buffer(vm)?;
        self.telling.set(self.seekable.get());
        self.flush_pending(vm)?;
        flush_below(vm, &buffer)
    }
}

fn write_below(vm: &Vm, buffer: &Value, bytes: &[u8]) -> PyResult<()> {
    match buffered::exact(buffer) {
        Some(buffer) => buffer.write_bytes(vm, bytes),
        None => vm.call_method(buffer, &vm.names.write, &[Bytes::new(bytes).into()]).map(drop),
    }
}

fn flush_below(vm: &Vm, buffer: &Value) -> PyResult<()> {
    match buffered::exact(buffer) {
        Some(inner) if inner.raw_file().is_some() && !inner.can_read() => inner.flush_pending(vm),
        _ => vm.call_method(buffer, &vm.names.flush, &[]).map(drop),
    }
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let Some(text) = args.value(1).downcast::<Str>() else {
        return vm.raise_bad_argument("write", "argument", "str", args.value(1));
    };
    this.check_ready(vm)?;
    this.write_text(vm, text.as_bytes())?;
    Ok(text.len().into())
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let size = size_argument(vm, args.get(1))?;
    let text = match usize::try_from(size) {
        Ok(n) => this.read_some(vm, n)?,
        Err(_) => this.read_all(vm)?,
    };
    Ok(Str::shared(&text).into())
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult {
    let limit = args.get(1).map_or(Ok(-1), |limit| vm.to_i64(limit))?;
    Ok(Str::shared(&this(args).read_line(vm, usize::try_from(limit).ok())?).into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let this = of(value);
    this.buffer_value(vm)?;
    this.telling.set(false);
    let line: Value = if value.downcast_exact::<TextIoWrapper>().is_some() {
        let line = this.read_line(vm, None)?;
        if line.is_empty() { vm.empty_str.to_value() } else { Str::from_wtf8(&line).into() }
    } else {
        let line = call(vm, value, "readline")?;
        if line.downcast::<Str>().is_none() {
            let found = vm.type_name(&line);
            let message = format!("readline() should have returned a str object, not '{found}'");
            return vm.raise(Exc::OSError, message);
        }
        line
    };
    if vm.len(&line)? == 0 {
        this.snapshot.replace(None);
        this.telling.set(this.seekable.get());
        return Ok(None);
    }
    Ok(Some(line))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult {
    this(args).flush_all(vm)?;
    Ok(Value::NONE)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let buffer = this.buffer_value(vm)?;
    let flush = || this.flush_all(vm);
    let closed = close_over::<TextIoWrapper>(vm, args.value(0), &buffer, this.finalizing.get(), flush)?;
    Ok(closed.unwrap_or(Value::NONE))
}

fn detach(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let buffer = this.buffer_value(vm)?;
    if is_closed(vm, &buffer)? {
        return closed_error(vm);
    }
    call(vm, args.value(0), "flush")?;
    drop(this.buffer.take());
    Ok(buffer)
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let buffer = this.buffer_value(vm)?;
    call(vm, args.value(0), "flush")?;
    let position = args.get(1).cloned().unwrap_or(Value::NONE);
    vm.call_method_named(&buffer, "truncate", &[position])
}

fn reconfigure(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let encoding = optional_text(vm, args.get(1), "reconfigure", "encoding")?;
    let errors = optional_text(vm, args.get(2), "reconfigure", "errors")?;
    let newline_given = args.get(3).is_some();
    let newline = optional_text(vm, args.get(3), "reconfigure", "newline")?;
    let newline = newline.map(|text| text.to_string_lossy().into_owned());
    let buffer = this.buffer_value(vm)?;
    // Giving None as newline means something, where leaving it out does not.
    let changes_codec = encoding.is_some() || errors.is_some() || newline_given;
    let has_read = this.snapshot.borrow().is_some() || !this.decoded.borrow().is_empty();
    if has_read && changes_codec {
        return unsupported(
            vm,
            "It is not possible to set the encoding or newline of stream after the first read",
        );
    }
    check_newline(vm, newline.as_deref())?;
    let flag = |at: usize, old: bool| match args.get_not_none(at) {
        Some(value) => vm.truth(value),
        None => Ok(old),
    };
    let line_buffering = flag(4, this.line_buffering.get())?;
    let write_through = flag(5, this.write_through.get())?;
    call(vm, args.value(0), "flush")?;
    if changes_codec {
        let errors = match (errors, encoding) {
            (Some(errors), _) => errors.to_string_lossy().into_owned(),
            (None, Some(_)) => "strict".to_string(),
            (None, None) => this.errors.borrow().clone(),
        };
        let encoding = match encoding {
            Some(encoding) if *encoding == *"locale" => "UTF-8".to_string(),
            Some(encoding) => encoding.to_string_lossy().into_owned(),
            None => this.encoding.borrow().clone(),
        };
        if newline_given {
            this.set_newline(newline);
        }
        this.set_codec(vm, &buffer, encoding, errors)?;
        this.skip_mark_if_not_at_start(vm, &buffer)?;
    }
    this.line_buffering.set(line_buffering);
    this.write_through.set(write_through);
    Ok(Value::NONE)
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let this = of(value);
    this.check_ready(vm)?;
    let mut out = "<_io.TextIOWrapper".to_string();
    if let Some(name) = file::shown_name(vm, value)? {
        out += &format!(" name={name}");
    }
    let mode = vm.get_attr_opt(value, &vm.intern("mode"));
    if let Some(mode) = vm.catch(mode, Exc::ValueError)?.flatten() {
        out += &format!(" mode={}", vm.repr_text(&mode)?);
    }
    out += &format!(" encoding='{}'>", this.encoding.borrow());
    Ok(out.into())
}

/// Text for a file from `print`; `false` if the file is none of ours, whose `write` must be called.
pub fn print_to(vm: &Vm, file: &Value, text: &[u8]) -> PyResult<bool> {
    match file.downcast_exact::<TextIoWrapper>() {
        Some(this) if this.ready.get() => {
            this.write_text(vm, text)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
