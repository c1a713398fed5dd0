//! The class `str`: its description, constructor and slots.

use super::{Str, decode_code_point, format, iterator, methods, percent};
use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, type_flags};
use crate::objects::slice::Slice;
use crate::protocol::{SliceBounds, clamp_index};
use crate::text::{escape, str_search, wtf8};
use crate::value::Value;
use crate::{Args, Exc, Gc, NativeFn, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "str",
    doc: "Text: an immutable sequence of Unicode code points.\n\nstr(object='') gives the text of an object; with an encoding or error handler \
          it decodes a bytes-like object.",
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("str", new)),
    methods: methods::METHODS,
    static_methods: methods::STATIC_METHODS,
    slots: Slots {
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iterator::iter),
        len: Some(len),
        get_item: Some(get_item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        binary: BINARY,
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

const BINARY: [Option<BinaryFn>; N_BINARY] = {
    let mut table: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    table[BinaryOp::Mod as usize] = Some(percent::str_modulo);
    table
};

/// `self` of a slot.
#[inline]
fn this(value: &Value) -> &Gc<Str> {
    value.downcast().expect("slots see instances of their class")
}

/// `str(object='', encoding='utf-8', errors='strict')`.
fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    const NAMES: [&str; 3] = ["object", "encoding", "errors"];
    let cls = args.this::<Type>();
    let given = args.skip_first();
    crate::native::binding::check_positional_count(vm, "str", given.len(), 0, 3)?;
    let mut bound = [given.get(0), given.get(1), given.get(2)];
    for (name, value) in args.keywords() {
        let Some(at) = NAMES.iter().position(|known| name.as_bytes() == known.as_bytes()) else {
            return vm.raise(Exc::TypeError, format!("str() got an unexpected keyword argument '{name}'"));
        };
        if bound[at].is_some() {
            let position = at + 1;
            return vm.raise(
                Exc::TypeError,
                format!("argument for str() given by name ('{name}') and position ({position})"),
            );
        }
        bound[at] = Some(value);
    }
    let [object, encoding, errors] = bound;
    let text = match (object, encoding, errors) {
        (None, _, _) => {
            for (argument, name) in [(encoding, "encoding"), (errors, "errors")] {
                if let Some(value) = argument {
                    vm.str_argument(value, "str", &format!("argument '{name}'"))?;
                }
            }
            vm.empty_str.clone()
        }
        (Some(object), None, None) => vm.str(object)?,
        (Some(object), encoding, errors) => decode_object(vm, object, encoding, errors)?,
    };
    if !cls.is_heap_type() {
        return Ok(text.into());
    }
    Ok(Str::for_class(cls, text.as_bytes()).into())
}

fn decode_object(
    vm: &Vm,
    object: &Value,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<Gc<Str>> {
    let encoding = match encoding {
        Some(value) => vm.c_str_argument(value, "str", "argument 'encoding'")?,
        None => "utf-8",
    };
    let errors = match errors {
        Some(value) => vm.c_str_argument(value, "str", "argument 'errors'")?,
        None => "strict",
    };
    if object.downcast::<Str>().is_some() {
        return vm.raise(Exc::TypeError, "decoding str is not supported");
    }
    if let Some(bytes) = object.downcast::<crate::objects::bytes::Bytes>() {
        return vm.decode_bytes(bytes.as_slice(), encoding, errors);
    }
    let Some(bytes) = vm.borrow_bytes(object)? else {
        return vm.raise_type_of("decoding to str: need a bytes-like object, {} found", object);
    };
    let bytes = bytes.to_vec();
    vm.decode_bytes(&bytes, encoding, errors)
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let text = this(value);
    vm.check_text_size(text.as_bytes().len().checked_mul(4))?;
    Ok(Str::new(&escape::repr_str(text.as_bytes())).into())
}

fn str(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).exact().into())
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    Ok(this(value).hash_value() as i64)
}

/// Order of bytes is order of code points in WTF-8.
fn compare(_vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<Str>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let a = this(a);
    Ok(match op {
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        _ => op.holds(a.as_bytes().cmp(b.as_bytes())),
    }
    .into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).len())
}

fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    match item.downcast::<Str>() {
        Some(item) => Ok(str_search::find(this(value).as_bytes(), item.as_bytes()).is_some()),
        None => vm.raise_type_of("'in <string>' requires string as left operand, not {}", item),
    }
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let text = this(value);
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = vm.slice_bounds(slice, text.len())?;
        return Ok(get_slice(vm, text, bounds).into());
    }
    let n = match index.as_small_int() {
        Some(n) => n,
        None if vm.has_index(index) => vm.index_i64(index, Exc::IndexError)?,
        None => return vm.raise_type_of("string indices must be integers, not '{}'", index),
    };
    match clamp_index(n, text.len()) {
        Some(at) => Ok(Str::from_code_point(text.code_point(at)).into()),
        None => vm.raise(Exc::IndexError, "string index out of range"),
    }
}

fn get_slice(vm: &Vm, text: &Gc<Str>, bounds: SliceBounds) -> Gc<Str> {
    if bounds.len == 0 {
        return vm.empty_str.clone();
    }
    if bounds.step == 1 {
        let range = bounds.as_range();
        return text.slice(range.start, range.end);
    }
    let bytes = text.as_bytes();
    if text.is_ascii() {
        if bounds.len == 1 {
            return Str::from_code_point(bytes[bounds.start as usize].into());
        }
        if bounds.step == -1 {
            let end = bounds.start as usize + 1;
            return Str::from_ascii(bytes[end - bounds.len..end].iter().rev().copied());
        }
        let positions = (0..bounds.len).map(|at| bounds.start + at as i64 * bounds.step);
        return Str::from_ascii(positions.map(|at| bytes[at as usize]));
    }
    if bounds.step == -1 && bounds.len == text.len() {
        let mut out = Vec::with_capacity(bytes.len());
        wtf8::code_points(bytes).rev().for_each(|code| wtf8::push(&mut out, code));
        return Str::shared(&out);
    }
    let mut out = Vec::new();
    // One walk over the text, from the selected position that comes first.
    let lowest =
        if bounds.step > 0 { bounds.start } else { bounds.start + (bounds.len as i64 - 1) * bounds.step };
    let stride = bounds.step.unsigned_abs() as usize;
    let mut at = text.byte_offset(lowest as usize);
    let mut picked = Vec::with_capacity(bounds.len);
    while picked.len() < bounds.len {
        let (code, length) = decode_code_point(&bytes[at..]);
        picked.push(code);
        at += length;
        let mut skip = stride - 1;
        while skip > 0 && at < bytes.len() {
            at += decode_code_point(&bytes[at..]).1;
            skip -= 1;
        }
    }
    if bounds.step < 0 {
        picked.reverse();
    }
    picked.into_iter().for_each(|code| wtf8::push(&mut out, code));
    Str::shared(&out)
}

/// `a + b`.
pub fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let left = this(a);
    let Some(right) = b.downcast::<Str>() else {
        return vm.raise_type_of("can only concatenate str (not \"{}\") to str", b);
    };
    if right.is_empty() && left.header().is_exact() {
        return Ok(a.clone());
    }
    if left.is_empty() && right.header().is_exact() {
        return Ok(b.clone());
    }
    vm.check_text_size(left.as_bytes().len().checked_add(right.as_bytes().len()))?;
    Ok(Str::concat(left, right).into())
}

/// `text * count`.
pub fn repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let text = this(value);
    let times = vm.index_i64(count, Exc::OverflowError)?.max(0) as usize;
    if times == 0 || text.is_empty() {
        return Ok(vm.empty_str.to_value());
    }
    if times == 1 {
        return Ok(text.exact().into());
    }
    vm.check_text_size(text.as_bytes().len().checked_mul(times))?;
    Ok(Str::from_wtf8(&text.as_bytes().repeat(times)).into())
}

impl Vm {
    /// `ascii(value)`.
    pub fn ascii(&self, value: &Value) -> PyResult<Gc<Str>> {
        let repr = self.repr(value)?;
        if repr.is_ascii() {
            return Ok(repr);
        }
        Ok(Str::new(&escape::escape_non_ascii(repr.as_bytes())))
    }

    /// `''.join(...)` of pieces of text.
    pub fn join_text(&self, pieces: &[Gc<Str>]) -> PyResult<Gc<Str>> {
        let total = pieces.iter().try_fold(0usize, |sum, piece| sum.checked_add(piece.as_bytes().len()));
        self.check_text_size(total)?;
        let parts: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).collect();
        Ok(Str::concat_all(&parts))
    }

    /// `'{}'.format(value)` and the like for one conversion: `s`, `r`, `a` or none.
    pub fn convert_for_format(&self, value: &Value, conversion: u8) -> PyResult {
        Ok(match conversion {
            b'r' => self.repr(value)?.into(),
            b's' => self.str(value)?.into(),
            b'a' => self.ascii(value)?.into(),
            _ => value.clone(),
        })
    }

    /// `template.format(*args, **kwargs)`.
    pub fn format_template(&self, template: &Gc<Str>, args: Args<'_>) -> PyResult<Gc<Str>> {
        format::format_args(self, template, args)
    }
}
