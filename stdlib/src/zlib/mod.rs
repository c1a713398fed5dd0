//! `zlib`: compression by deflate (RFC 1950 to 1952), checksums.
//!
//! The work is zlib-rs's; here are the arguments, the buffers and the words of CPython's errors. Copies of objects in the
//! middle of a stream are left out, as zlib-rs keeps its states to itself.

mod compressor;
mod decompressor;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};
use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use crate::convert::{big, int32, int64};
use crate::errors;
use compressor::Compressor;
use decompressor::Decompressor;

pub static MODULE: NativeModule = NativeModule {
    name: "zlib",
    doc: "Compression in the formats of zlib and gzip.",
    functions: &[
        NativeFn::new("adler32(data, value=1, /)", adler32).doc("The Adler-32 checksum of data."),
        NativeFn::new("compress(data, /, level=-1, wbits=15)", compressor::compress)
            .doc("The bytes of data, compressed."),
        NativeFn::new(
            "compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=None)",
            compressor::compressobj,
        )
        .doc("A compressor that takes its data in pieces."),
        NativeFn::new("crc32(data, value=0, /)", crc32).doc("The CRC-32 checksum of data."),
        NativeFn::new("decompress(data, /, wbits=15, bufsize=16384)", decompress)
            .doc("The bytes that data was compressed from."),
        NativeFn::new("decompressobj(wbits=15, zdict=b'')", decompressor::decompressobj)
            .doc("A decompressor that takes its data in pieces."),
    ],
    classes: &[
        NativeClass::of::<Compressor>(&compressor::TYPE),
        NativeClass::of::<Decompressor>(&decompressor::TYPE),
    ],
    init: Some(init),
};

/// The format that this stands for; zlib's own number is in its header file, not in its library.
const VERSION: &str = "1.3.1";

const CONSTANTS: &[(&str, i32)] = &[
    ("DEFLATED", 8),
    ("DEF_BUF_SIZE", 16384),
    ("DEF_MEM_LEVEL", 8),
    ("MAX_WBITS", 15),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_BEST_SPEED", 1),
    ("Z_BLOCK", 5),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_FILTERED", 1),
    ("Z_FINISH", 4),
    ("Z_FIXED", 4),
    ("Z_FULL_FLUSH", 3),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_NO_COMPRESSION", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_RLE", 3),
    ("Z_SYNC_FLUSH", 2),
    ("Z_TREES", 6),
];

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    errors::define(vm, module, "zlib", "error", vm.types.exception(Exc::Exception))?;
    for &(name, value) in CONSTANTS {
        module.set(vm, name, Value::small(value.into()));
    }
    module.set(vm, "ZLIB_VERSION", Value::from(VERSION));
    module.set(vm, "ZLIB_RUNTIME_VERSION", Value::from(VERSION));
    module.set(vm, "__version__", Value::from("1.0"));
    Ok(())
}

/// How an operation failed.
enum Failure {
    /// A number of zlib's, and what its stream says about it.
    Error(i32, Option<&'static str>),
    Memory,
}

const NEEDS_DICTIONARY: i32 = 2;
const STREAM_ERROR: i32 = -2;
const DATA_ERROR: i32 = -3;
const BUFFER_ERROR: i32 = -5;

fn raise_failure<T>(vm: &Vm, failure: &Failure, doing: &str) -> PyResult<T> {
    let Failure::Error(number, told) = *failure else { return vm.raise_args(Exc::MemoryError, &[]) };
    let told = match number {
        BUFFER_ERROR => Some("incomplete or truncated stream"),
        STREAM_ERROR => Some("inconsistent stream state"),
        DATA_ERROR => Some(told.unwrap_or("invalid input data")),
        _ => told,
    };
    let colon = if told.is_some() { ": " } else { "" };
    errors::raise(
        vm,
        "zlib",
        "error",
        format!("Error {number} while {doing}{colon}{}", told.unwrap_or_default()),
    )
}

fn error<T>(vm: &Vm, message: &str) -> PyResult<T> {
    errors::raise(vm, "zlib", "error", message)
}

/// Bytes that grow as they are needed, up to a limit.
struct Output {
    bytes: Vec<u8>,
    n_filled: usize,
    limit: usize,
}

impl Output {
    fn new(initial: usize, limit: usize) -> Result<Output, Failure> {
        let mut bytes = Vec::new();
        let initial = initial.clamp(1, limit.max(1));
        bytes.try_reserve_exact(initial).map_err(|_| Failure::Memory)?;
        bytes.resize(initial, 0);
        Ok(Output { bytes, n_filled: 0, limit })
    }

    /// Room for more; false at the limit.
    fn grow(&mut self) -> Result<bool, Failure> {
        if self.n_filled < self.bytes.len() {
            return Ok(true);
        }
        if self.n_filled >= self.limit {
            return Ok(false);
        }
        let wanted = self.bytes.len().saturating_mul(2).min(self.limit);
        self.bytes.try_reserve_exact(wanted - self.bytes.len()).map_err(|_| Failure::Memory)?;
        self.bytes.resize(wanted, 0);
        Ok(true)
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.n_filled..]
    }

    fn finish(mut self) -> Value {
        self.bytes.truncate(self.n_filled);
        self.bytes.shrink_to_fit();
        Bytes::from_vec(self.bytes).into()
    }
}

/// Whether zlib reads streams of these window bits: 0, a size, raw below zero, gzip from 24, either from 40.
fn can_read(window_bits: i32) -> bool {
    matches!(window_bits, 0 | 8..=15 | -15..=-8 | 24..=31 | 40..=47)
}

fn new_inflate(window_bits: i32) -> Inflate {
    Inflate::new(window_bits >= 0, window_bits.unsigned_abs() as u8)
}

/// What one call of inflate came to.
struct Step {
    n_read: usize,
    is_end: bool,
    /// Nothing happened: it needs more input, or more room.
    is_stuck: bool,
}

/// Inflates once, as much as there are input and room for.
fn inflate_step(
    inflate: &mut Inflate,
    input: &[u8],
    output: &mut Output,
    flush: InflateFlush,
) -> Result<Step, Failure> {
    let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
    let result = inflate.decompress(input, output.room(), flush);
    let n_read = (inflate.total_in() - before_in) as usize;
    output.n_filled += (inflate.total_out() - before_out) as usize;
    match result {
        Ok(status) => {
            Ok(Step { n_read, is_end: status == Status::StreamEnd, is_stuck: status == Status::BufError })
        }
        Err(InflateError::NeedDict { .. }) => Err(Failure::Error(NEEDS_DICTIONARY, None)),
        Err(InflateError::StreamError) => Err(Failure::Error(STREAM_ERROR, None)),
        Err(InflateError::DataError) => Err(Failure::Error(DATA_ERROR, inflate.error_message())),
        Err(InflateError::MemError) => Err(Failure::Memory),
    }
}

fn decompress(vm: &Vm, args: Args<'_>) -> PyResult {
    let window_bits = args.get(1).map_or(Ok(15), |bits| int32(vm, bits))?;
    let size = args.get(2).map_or(Ok(16384), |size| int64(vm, size, "ssize_t"))?;
    let data = vm.bytes_argument(args.value(0))?;
    let Ok(size) = usize::try_from(size) else {
        return vm.raise(Exc::ValueError, "bufsize must be non-negative");
    };
    if !can_read(window_bits) {
        return raise_failure(vm, &Failure::Error(STREAM_ERROR, None), "preparing to decompress data");
    }
    match decompress_all(&data, window_bits, size) {
        Ok(output) => Ok(output.finish()),
        Err(failure) => raise_failure(vm, &failure, "decompressing data"),
    }
}

fn decompress_all(data: &[u8], window_bits: i32, size: usize) -> Result<Output, Failure> {
    let mut inflate = new_inflate(window_bits);
    let mut output = Output::new(size, usize::MAX)?;
    let mut rest = data;
    loop {
        let step = inflate_step(&mut inflate, rest, &mut output, InflateFlush::SyncFlush)?;
        rest = &rest[step.n_read..];
        if step.is_end {
            return Ok(output);
        }
        let is_full = output.n_filled == output.bytes.len();
        if (rest.is_empty() || step.is_stuck) && !is_full {
            return Err(Failure::Error(BUFFER_ERROR, None));
        }
        output.grow()?;
    }
}

/// The checksum a caller goes on from: the low 32 bits of an int.
fn checksum_argument(vm: &Vm, args: Args<'_>, default: u32) -> PyResult<u32> {
    let Some(value) = args.get(1) else { return Ok(default) };
    let masked = big(vm, value)? & BigInt::from(u32::MAX);
    Ok(masked.to_u32().expect("masked to 32 bits"))
}

fn adler32(vm: &Vm, args: Args<'_>) -> PyResult {
    let start = checksum_argument(vm, args, 1)?;
    let data = vm.bytes_argument(args.value(0))?;
    Ok(i64::from(zlib_rs::adler32::adler32(start, &data)).into())
}

fn crc32(vm: &Vm, args: Args<'_>) -> PyResult {
    let start = checksum_argument(vm, args, 0)?;
    let data = vm.bytes_argument(args.value(0))?;
    let mut hasher = crc32fast::Hasher::new_with_initial(start);
    hasher.update(&data);
    Ok(i64::from(hasher.finalize()).into())
}
