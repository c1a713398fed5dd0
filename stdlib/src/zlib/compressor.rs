//! `compress()`, and `Compress`, which takes its data in pieces.

use std::cell::RefCell;

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Vm};
use zlib_rs::{Deflate, DeflateConfig, DeflateError, DeflateFlush, Method, Status, Strategy};

use super::{Failure, Output, STREAM_ERROR, error, raise_failure};
use crate::convert::int32;

/// A stream that is being compressed; `None` once it has been finished.
pub struct Compressor(RefCell<Option<Deflate>>);

impl Payload for Compressor {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Compress",
    module: "zlib",
    flags: type_flags::NO_NEW | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    methods: &[
        NativeFn::new("compress($self, data, /)", compress_piece)
            .doc("Takes more data, returns what of it is compressed so far."),
        NativeFn::new("copy($self, /)", copy),
        NativeFn::new("__copy__($self, /)", copy),
        NativeFn::new("__deepcopy__($self, memo, /)", copy),
        NativeFn::new("flush($self, mode=4, /)", flush)
            .doc("The rest of the compressed data; the stream has then ended, unless mode says otherwise."),
    ],
    ..TypeSpec::DEFAULT
};

/// A state for these settings, or nothing if zlib knows none.
fn new_deflate(level: i32, window_bits: i32, mem_level: i32, strategy: i32) -> Option<Deflate> {
    let strategy = Strategy::try_from(strategy).ok()?;
    let is_known = (-1..=9).contains(&level)
        && matches!(window_bits, 8..=15 | -15..=-9 | 25..=31)
        && (1..=9).contains(&mem_level);
    let config = DeflateConfig { level, method: Method::Deflated, window_bits, mem_level, strategy };
    is_known.then(|| Deflate::new_with_config(config))
}

/// Compresses `input` whole, then does what `flush` says.
fn run(deflate: &mut Deflate, mut input: &[u8], flush: DeflateFlush) -> Result<Output, Failure> {
    let mut output = Output::new(1024.max(input.len() / 4).min(1 << 20), usize::MAX)?;
    loop {
        let (before_in, before_out) = (deflate.total_in(), deflate.total_out());
        let result = deflate.compress(input, output.room(), flush);
        input = &input[(deflate.total_in() - before_in) as usize..];
        output.n_filled += (deflate.total_out() - before_out) as usize;
        match result {
            Ok(Status::StreamEnd) => return Ok(output),
            // Room is left, so there was no more to write.
            Ok(_) if input.is_empty() && output.n_filled < output.bytes.len() => return Ok(output),
            Ok(_) => drop(output.grow()?),
            Err(DeflateError::MemError) => return Err(Failure::Memory),
            Err(DeflateError::StreamError | DeflateError::DataError) => {
                return Err(Failure::Error(STREAM_ERROR, None));
            }
        }
    }
}

pub fn compress(vm: &Vm, args: Args<'_>) -> PyResult {
    let level = args.get(1).map_or(Ok(-1), |level| int32(vm, level))?;
    let window_bits = args.get(2).map_or(Ok(15), |bits| int32(vm, bits))?;
    let data = vm.bytes_argument(args.value(0))?;
    let Some(mut deflate) = new_deflate(level, window_bits, 8, 0) else {
        return error(vm, "Bad compression level");
    };
    match run(&mut deflate, &data, DeflateFlush::Finish) {
        Ok(output) => Ok(output.finish()),
        Err(failure) => raise_failure(vm, &failure, "compressing data"),
    }
}

pub fn compressobj(vm: &Vm, args: Args<'_>) -> PyResult {
    let number = |index: usize, default| args.get(index).map_or(Ok(default), |value| int32(vm, value));
    let (level, method, window_bits) = (number(0, -1)?, number(1, 8)?, number(2, 15)?);
    let (mem_level, strategy) = (number(3, 8)?, number(4, 0)?);
    let deflate = if method == 8 { new_deflate(level, window_bits, mem_level, strategy) } else { None };
    let Some(mut deflate) = deflate else {
        return vm.raise(Exc::ValueError, "Invalid initialization option");
    };
    if let Some(dictionary) = args.get(5).filter(|value| !value.is_none()) {
        let dictionary = vm.bytes_argument(dictionary)?;
        if deflate.set_dictionary(&dictionary).is_err() {
            return vm.raise(Exc::ValueError, "Invalid dictionary");
        }
    }
    let compressor = Compressor(RefCell::new(Some(deflate)));
    Ok(heap::alloc_for(&vm.class_of::<Compressor>(), compressor).into())
}

fn compress_piece(vm: &Vm, args: Args<'_>) -> PyResult {
    let data = vm.bytes_argument(args.value(1))?;
    let result = match args.this::<Compressor>().0.borrow_mut().as_mut() {
        Some(deflate) => run(deflate, &data, DeflateFlush::NoFlush),
        None => Err(Failure::Error(STREAM_ERROR, None)),
    };
    match result {
        Ok(output) => Ok(output.finish()),
        Err(failure) => raise_failure(vm, &failure, "compressing data"),
    }
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult {
    let mode = args.get(1).map_or(Ok(4), |mode| int32(vm, mode))?;
    let flush = match mode {
        0 => return Ok(Bytes::from_vec(Vec::new()).into()),
        1 => Some(DeflateFlush::PartialFlush),
        2 => Some(DeflateFlush::SyncFlush),
        3 => Some(DeflateFlush::FullFlush),
        4 => Some(DeflateFlush::Finish),
        5 => Some(DeflateFlush::Block),
        _ => None,
    };
    let mut deflate = args.this::<Compressor>().0.borrow_mut();
    let result = match (deflate.as_mut(), flush) {
        (Some(deflate), Some(flush)) => run(deflate, b"", flush),
        _ => Err(Failure::Error(STREAM_ERROR, None)),
    };
    if mode == 4 && result.is_ok() {
        *deflate = None;
    }
    drop(deflate);
    match result {
        Ok(output) => Ok(output.finish()),
        Err(failure) => raise_failure(vm, &failure, "flushing"),
    }
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.this::<Compressor>().0.borrow().is_none() {
        return vm.raise(Exc::ValueError, "Inconsistent stream state");
    }
    vm.raise(Exc::NotImplementedError, "copies of a zlib.Compress object")
}
