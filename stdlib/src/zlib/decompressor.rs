//! `Decompress`, which takes its data in pieces.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::{Args, Exc, GetSet, NativeFn, PyResult, Vm};
use zlib_rs::{Inflate, InflateError, InflateFlush};

use super::{
    BUFFER_ERROR, DATA_ERROR, Failure, NEEDS_DICTIONARY, Output, STREAM_ERROR, can_read, inflate_step,
    new_inflate, raise_failure,
};
use crate::convert::{int32, int64};

/// A stream that is being read.
pub struct Decompressor {
    /// `None` after `flush()` at the end of the stream.
    inflate: RefCell<Option<Inflate>>,
    /// What was behind the end of the stream.
    unused: RefCell<Vec<u8>>,
    /// Input for which there was no room.
    tail: RefCell<Vec<u8>>,
    is_at_end: Cell<bool>,
    dictionary: Vec<u8>,
}

impl Payload for Decompressor {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Decompress",
    module: "zlib",
    flags: type_flags::NO_NEW | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    methods: &[
        NativeFn::new("copy($self, /)", copy),
        NativeFn::new("__copy__($self, /)", copy),
        NativeFn::new("__deepcopy__($self, memo, /)", copy),
        NativeFn::new("decompress($self, data, /, max_length=0)", decompress_piece)
            .doc("Takes more data, returns at most max_length bytes of what it means; the input left is unconsumed_tail."),
        NativeFn::new("flush($self, length=16384, /)", flush).doc("All that is left."),
    ],
    getset: &[
        GetSet::read_only("eof", |_, value| Ok(this::<Decompressor>(value).is_at_end.get().into())),
        GetSet::read_only("unconsumed_tail", |_, value| {
            Ok(Bytes::from_vec(this::<Decompressor>(value).tail.borrow().clone()).into())
        }),
        GetSet::read_only("unused_data", |_, value| {
            Ok(Bytes::from_vec(this::<Decompressor>(value).unused.borrow().clone()).into())
        }),
    ],
    ..TypeSpec::DEFAULT
};

pub fn decompressobj(vm: &Vm, args: Args<'_>) -> PyResult {
    let window_bits = args.get(0).map_or(Ok(15), |bits| int32(vm, bits))?;
    let dictionary = match args.get(1) {
        Some(value) => vm.bytes_argument(value)?.to_vec(),
        None => Vec::new(),
    };
    if !can_read(window_bits) {
        return vm.raise(Exc::ValueError, "Invalid initialization option");
    }
    let mut inflate = new_inflate(window_bits);
    if window_bits < 0 && !dictionary.is_empty() {
        // A bare stream cannot ask for it.
        set_dictionary(vm, &mut inflate, &dictionary)?;
    }
    let decompressor = Decompressor {
        inflate: RefCell::new(Some(inflate)),
        unused: RefCell::default(),
        tail: RefCell::default(),
        is_at_end: Cell::new(false),
        dictionary,
    };
    Ok(heap::alloc_for(&vm.class_of::<Decompressor>(), decompressor).into())
}

fn set_dictionary(vm: &Vm, inflate: &mut Inflate, dictionary: &[u8]) -> PyResult<()> {
    match try_dictionary(inflate, dictionary) {
        Ok(()) => Ok(()),
        Err(failure) => raise_failure(vm, &failure, "setting zdict"),
    }
}

fn try_dictionary(inflate: &mut Inflate, dictionary: &[u8]) -> Result<(), Failure> {
    match inflate.set_dictionary(dictionary) {
        Ok(_) => Ok(()),
        Err(InflateError::DataError) => Err(Failure::Error(DATA_ERROR, None)),
        Err(_) => Err(Failure::Error(STREAM_ERROR, None)),
    }
}

/// What went wrong, and while doing what.
type Problem = (Failure, &'static str);

impl Decompressor {
    /// Inflates `data` until there is no input or `limit` is reached; keeps what is left of `data`.
    fn run(&self, data: &[u8], initial: usize, limit: usize, flush: InflateFlush) -> Result<Output, Problem> {
        let doing = |failure| {
            (failure, if flush == InflateFlush::Finish { "flushing" } else { "decompressing data" })
        };
        let mut inflate = self.inflate.borrow_mut();
        let Some(inflate) = inflate.as_mut() else { return Err(doing(Failure::Error(STREAM_ERROR, None))) };
        let mut output = Output::new(initial, limit).map_err(doing)?;
        let mut rest = data;
        if self.is_at_end.get() {
            self.unused.borrow_mut().extend_from_slice(rest);
            return Ok(output);
        }
        loop {
            let step = match inflate_step(inflate, rest, &mut output, flush) {
                Err(Failure::Error(NEEDS_DICTIONARY, _)) if !self.dictionary.is_empty() => {
                    // What was read up to here was the header: it has been taken in.
                    rest = &rest[rest.len() - self.unread(inflate, data, rest)..];
                    try_dictionary(inflate, &self.dictionary)
                        .map_err(|failure| (failure, "setting zdict"))?;
                    continue;
                }
                result => result.map_err(doing)?,
            };
            rest = &rest[step.n_read..];
            if step.is_end {
                self.is_at_end.set(true);
                self.unused.borrow_mut().extend_from_slice(rest);
                self.tail.borrow_mut().clear();
                return Ok(output);
            }
            let is_full = output.n_filled == output.bytes.len();
            if !is_full && (rest.is_empty() || step.is_stuck) || !output.grow().map_err(doing)? {
                break;
            }
        }
        *self.tail.borrow_mut() = rest.to_vec();
        Ok(output)
    }

    /// How many bytes at the end of `data` inflate has not read when it asks for a dictionary: a zlib header is six bytes.
    fn unread(&self, inflate: &Inflate, data: &[u8], rest: &[u8]) -> usize {
        let n_read = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
        data.len().saturating_sub(n_read).min(rest.len())
    }
}

fn decompress_piece(vm: &Vm, args: Args<'_>) -> PyResult {
    let limit = args.get(2).map_or(Ok(0), |length| int64(vm, length, "ssize_t"))?;
    let data = vm.bytes_argument(args.value(1))?;
    let limit = match usize::try_from(limit) {
        Ok(0) => usize::MAX,
        Ok(limit) => limit,
        Err(_) => return vm.raise(Exc::ValueError, "max_length must be non-negative"),
    };
    match args.this::<Decompressor>().run(&data, 16384, limit, InflateFlush::SyncFlush) {
        Ok(output) => Ok(output.finish()),
        Err((failure, doing)) => raise_failure(vm, &failure, doing),
    }
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult {
    let length = args.get(1).map_or(Ok(16384), |length| int64(vm, length, "ssize_t"))?;
    let Ok(length @ 1..) = usize::try_from(length) else {
        return vm.raise(Exc::ValueError, "length must be greater than zero");
    };
    let decompressor = args.this::<Decompressor>();
    if decompressor.inflate.borrow().is_none() {
        return Ok(Bytes::from_vec(Vec::new()).into());
    }
    let tail = std::mem::take(&mut *decompressor.tail.borrow_mut());
    let result = decompressor.run(&tail, length.min(1 << 20), usize::MAX, InflateFlush::Finish);
    if decompressor.is_at_end.get() {
        *decompressor.inflate.borrow_mut() = None;
    }
    match result {
        Ok(output) => Ok(output.finish()),
        Err((Failure::Error(BUFFER_ERROR, _), _)) => Ok(Bytes::from_vec(Vec::new()).into()),
        Err((failure, doing)) => raise_failure(vm, &failure, doing),
    }
}

fn copy(vm: &Vm, _args: Args<'_>) -> PyResult {
    vm.raise(Exc::NotImplementedError, "copies of a zlib.Decompress object")
}
