//! `seek` and `tell` of text streams.
//!
//! A position is a byte offset plus, where the decoder cannot simply start there, its state: what it must be fed and how many characters
//! of the result lie before. All of it is packed into one integer, 64 bits for each part.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use ouro_runtime::class::CompareOp;
use ouro_runtime::objects::int;
use ouro_runtime::text::wtf8;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::buffered;
use super::decoder::{Decoder, State};
use super::text::{TextIoWrapper, this};
use super::{call, unsupported};

/// A position, taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cookie {
    start: u64,
    flags: u64,
    bytes_to_feed: u64,
    chars_to_skip: u64,
    at_end: bool,
}

impl Cookie {
    fn pack(self) -> Value {
        let parts = [self.at_end as u64, self.chars_to_skip, self.bytes_to_feed, self.flags, self.start];
        let whole = parts.iter().fold(BigInt::from(0), |whole, &part| (whole << 64) + part);
        int::new_big(whole)
    }

    fn unpack(whole: BigInt) -> Cookie {
        let mask = BigInt::from(u64::MAX);
        let part = |n: u32| ((&whole >> (64 * n)) & &mask).to_u64().unwrap_or(0);
        Cookie {
            start: part(0),
            flags: part(1),
            bytes_to_feed: part(2),
            chars_to_skip: part(3),
            at_end: part(4) != 0,
        }
    }
}

fn tell_below(vm: &Vm, buffer: &Value) -> PyResult<i64> {
    match buffered::exact(buffer) {
        Some(buffer) => buffer.tell(vm),
        None => {
            let position = call(vm, buffer, "tell")?;
            vm.to_i64(&position)
        }
    }
}

fn seek_below(vm: &Vm, buffer: &Value, target: &Value, whence: i64) -> PyResult {
    vm.call_method_named(buffer, "seek", &[target.clone(), Value::small(whence)])
}

/// `tell()`.
pub fn tell(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let buffer = this.open_buffer(vm)?;
    if !this.seekable.get() {
        return unsupported(vm, "underlying stream is not seekable");
    }
    if !this.telling.get() {
        return vm.raise(Exc::OSError, "telling position disabled by next() call");
    }
    this.flush_pending(vm)?;
    call(vm, args.value(0), "flush")?;
    let position = tell_below(vm, &buffer)?;
    let snapshot = this.snapshot.borrow().clone();
    let (Some((flags, input)), true) = (snapshot, this.decoder.borrow().is_some()) else {
        return Ok(position.into());
    };
    let mut cookie =
        Cookie { start: (position - input.len() as i64).max(0) as u64, flags, ..Cookie::default() };
    let used = this.decoded.borrow()[..this.used.get()].to_vec();
    if used.is_empty() {
        return Ok(cookie.pack());
    }
    let wanted = wtf8::count(&used);
    this.with_decoder(vm, |decoder| {
        let saved = decoder.state(vm)?;
        let saved_newlines = decoder.newlines.clone();
        let result = find_position(vm, decoder, &mut cookie, &input, wanted);
        decoder.set_state(vm, &saved)?;
        decoder.newlines = saved_newlines;
        result
    })?;
    Ok(cookie.pack())
}

/// Feeds a decoder byte by byte until `wanted` characters have come out, and notes the last place where it held nothing back.
fn find_position(
    vm: &Vm,
    decoder: &mut Decoder,
    cookie: &mut Cookie,
    input: &[u8],
    wanted: usize,
) -> PyResult<()> {
    decoder.set_state(vm, &State { pending: Vec::new(), flags: cookie.flags })?;
    let (start, start_flags) = (cookie.start, cookie.flags);
    let mut n_chars = 0;
    // Characters up to the safe place, and bytes up to it.
    let (mut safe_chars, mut safe_bytes, mut safe_flags) = (0, 0, start_flags);
    let mut fed = 0;
    while n_chars < wanted && fed < input.len() {
        // Long stretches of ASCII without carriage returns count themselves.
        let rest = &input[fed..];
        let plain =
            rest.iter().take(wanted - n_chars).take_while(|&&byte| byte < 0x80 && byte != b'\r').count();
        if plain > 1 && decoder.is_plain_utf8() {
            n_chars += plain;
            fed += plain;
        } else {
            n_chars += wtf8::count(&decoder.decode(vm, &rest[..1], false)?);
            fed += 1;
        }
        let state = decoder.state(vm)?;
        if state.pending.is_empty() && n_chars <= wanted {
            (safe_chars, safe_bytes, safe_flags) = (n_chars, fed, state.flags);
        }
    }
    cookie.at_end = false;
    if n_chars < wanted {
        n_chars += wtf8::count(&decoder.decode(vm, b"", true)?);
        cookie.at_end = true;
        if n_chars < wanted {
            return vm.raise(Exc::OSError, "can't reconstruct logical file position");
        }
    }
    cookie.start = start + safe_bytes as u64;
    cookie.flags = safe_flags;
    cookie.chars_to_skip = (wanted - safe_chars) as u64;
    cookie.bytes_to_feed = if cookie.chars_to_skip > 0 { (fed - safe_bytes) as u64 } else { 0 };
    cookie.at_end &= cookie.chars_to_skip > 0;
    Ok(())
}

/// `seek(cookie, whence)`.
pub fn seek(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let whence = args.get(2).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let buffer = this.open_buffer(vm)?;
    if !this.seekable.get() {
        return unsupported(vm, "underlying stream is not seekable");
    }
    let mut target = args.value(1).clone();
    let zero = Value::small(0);
    match whence {
        0 => {}
        1 => {
            if !vm.compare_bool(&target, &zero, CompareOp::Eq)? {
                return unsupported(vm, "can't do nonzero cur-relative seeks");
            }
            call(vm, args.value(0), "flush")?;
            target = call(vm, args.value(0), "tell")?;
        }
        2 => {
            if !vm.compare_bool(&target, &zero, CompareOp::Eq)? {
                return unsupported(vm, "can't do nonzero end-relative seeks");
            }
            call(vm, args.value(0), "flush")?;
            this.forget_decoded();
            if this.decoder.borrow().is_some() {
                this.with_decoder(vm, |decoder| decoder.reset(vm))?;
            }
            let position = seek_below(vm, &buffer, &zero, 2)?;
            reset_encoder(vm, this, vm.compare_bool(&position, &zero, CompareOp::Eq)?)?;
            return Ok(position);
        }
        _ => {
            let message = format!("invalid whence ({whence}, should be 0, 1 or 2)");
            return vm.raise(Exc::ValueError, message);
        }
    }
    if vm.compare_bool(&target, &zero, CompareOp::Lt)? {
        let shown = vm.repr_text(&target)?;
        return vm.raise(Exc::ValueError, format!("negative seek position {shown}"));
    }
    call(vm, args.value(0), "flush")?;
    let index = vm.index(&target)?;
    let cookie = Cookie::unpack(int::as_big(&index).unwrap_or_default());
    seek_below(vm, &buffer, &int::new_u64(cookie.start), 0)?;
    this.forget_decoded();
    if this.decoder.borrow().is_some() {
        this.with_decoder(vm, |decoder| {
            if cookie.start == 0 && cookie.flags == 0 {
                decoder.reset(vm)
            } else {
                decoder.set_state(vm, &State { pending: Vec::new(), flags: cookie.flags })
            }
        })?;
    }
    if cookie.chars_to_skip > 0 {
        let fed = vm.call_method(&buffer, &vm.names.read, &[int::new_u64(cookie.bytes_to_feed)])?;
        let input = vm.copy_bytes(&fed)?.unwrap_or_default();
        let text = this.with_decoder(vm, |decoder| decoder.decode(vm, &input, cookie.at_end))?;
        this.snapshot.replace(Some((cookie.flags, input)));
        let skip = cookie.chars_to_skip as usize;
        if wtf8::count(&text) < skip {
            return vm.raise(Exc::OSError, "can't restore logical file position");
        }
        let used = wtf8::byte_offset(&text, false, skip);
        this.set_decoded(text);
        this.used.set(used);
    } else {
        this.snapshot.replace(Some((cookie.flags, Vec::new())));
    }
    reset_encoder(vm, this, cookie.start == 0 && cookie.flags == 0)?;
    Ok(target)
}

/// Marks are written again only at the very beginning.
fn reset_encoder(vm: &Vm, this: &TextIoWrapper, at_start: bool) -> PyResult<()> {
    let encoder = this.encoder.take();
    let Some(mut encoder) = encoder else { return Ok(()) };
    let result = if at_start { encoder.reset(vm, this.codec.get()) } else { encoder.skip_mark(vm) };
    this.encoder.replace(Some(encoder));
    result
}
