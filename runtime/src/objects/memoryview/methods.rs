//! The class `memoryview`, its methods and attributes.

use super::item::{is_byte_code, native_code, unpack};
use super::{Layout, MemoryView, access, iterator, packed_strides, this};
use crate::class::{CompareOp, Slots, TypeSpec};
use crate::objects::bytes::{self, Bytes};
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::buffer::Lent;
use crate::text::bytes_text;
use crate::value::Value;
use crate::{Args, Exc, GetSet, NativeFn, PyResult, Vm};

/// As many as `PyBUF_MAX_NDIM`.
const MAX_DIMENSIONS: usize = 64;

pub static TYPE: TypeSpec = TypeSpec {
    name: "memoryview",
    doc: "Create a new memoryview object which references the given object.",
    flags: crate::class::type_flags::SEQUENCE | crate::class::type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("memoryview($type, object)", new)),
    methods: &[
        NativeFn::new("__buffer__($self, flags, /)", dunder_buffer)
            .doc("Return a buffer object that exposes the underlying memory of the object."),
        NativeFn::new("__release_buffer__($self, buffer, /)", release_buffer)
            .doc("Release the buffer object that exposes the underlying memory of the object."),
        NativeFn::new("__enter__($self, /)", enter),
        NativeFn::new("__exit__($self, /, *exc_info)", exit),
        NativeFn::new("cast($self, /, format, shape=<unrepresentable>)", cast)
            .doc("Cast a memoryview to a new format or shape."),
        NativeFn::new("count($self, value, /)", count).doc("Count the number of occurrences of a value."),
        NativeFn::new("hex", hex).doc("Return the data in the buffer as a str of hexadecimal numbers."),
        NativeFn::new("index($self, value, start=0, stop=sys.maxsize, /)", index)
            .doc("Return the index of the first occurrence of a value."),
        NativeFn::new("release($self, /)", release)
            .doc("Release the underlying buffer exposed by the memoryview object."),
        NativeFn::new("tobytes($self, /, order='C')", tobytes)
            .doc("Return the data in the buffer as a byte string."),
        NativeFn::new("tolist($self, /)", tolist).doc("Return the data in the buffer as a list of elements."),
        NativeFn::new("toreadonly($self, /)", toreadonly).doc("Return a readonly version of the memoryview."),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", crate::objects::generic_alias::class_getitem)
            .doc("See PEP 585"),
        NativeFn::new("_from_flags($type, object, flags)", from_flags)
            .doc("Create a new memoryview object which references the given object."),
    ],
    getset: &[
        GetSet { doc: "The underlying object of the memoryview.", ..GetSet::read_only("obj", get_obj) },
        GetSet {
            doc: "The amount of space in bytes that the array would use in a contiguous representation.",
            ..GetSet::read_only("nbytes", get_nbytes)
        },
        GetSet {
            doc: "A bool indicating whether the memory is read only.",
            ..GetSet::read_only("readonly", get_readonly)
        },
        GetSet {
            doc: "The size in bytes of each element of the memoryview.",
            ..GetSet::read_only("itemsize", get_itemsize)
        },
        GetSet {
            doc: "A string containing the format (in struct module style) for each element in the view.",
            ..GetSet::read_only("format", get_format)
        },
        GetSet {
            doc: "An integer indicating how many dimensions of a multi-dimensional array the memory represents.",
            ..GetSet::read_only("ndim", get_ndim)
        },
        GetSet {
            doc: "A tuple of ndim integers giving the shape of the memory as an N-dimensional array.",
            ..GetSet::read_only("shape", get_shape)
        },
        GetSet {
            doc: "A tuple of ndim integers giving the size in bytes to access each element for each dimension of the array.",
            ..GetSet::read_only("strides", get_strides)
        },
        GetSet {
            doc: "A tuple of integers used internally for PIL-style arrays.",
            ..GetSet::read_only("suboffsets", get_suboffsets)
        },
        GetSet {
            doc: "A bool indicating whether the memory is C contiguous.",
            ..GetSet::read_only("c_contiguous", get_c_contiguous)
        },
        GetSet {
            doc: "A bool indicating whether the memory is Fortran contiguous.",
            ..GetSet::read_only("f_contiguous", get_f_contiguous)
        },
        GetSet {
            doc: "A bool indicating whether the memory is contiguous.",
            ..GetSet::read_only("contiguous", get_contiguous)
        },
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iterator::iter),
        len: Some(len),
        get_item: Some(access::get_item),
        set_item: Some(access::set_item),
        buffer: Some(lend),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    MemoryView::of(vm, args.value(1))
}

fn from_flags(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.c_int_argument(args.value(2))?;
    MemoryView::of(vm, args.value(1))
}

/// Not asked where the layout matters: those who know views look at them directly.
fn lend<'a>(vm: &Vm, value: &'a Value) -> PyResult<Lent<'a>> {
    let view = this(value);
    view.check(vm)?;
    view.lent(vm)
}

/// Ends the view, telling the Python class whose `__buffer__` it came from.
fn end(vm: &Vm, view: &MemoryView) -> PyResult<()> {
    if view.is_released() {
        return Ok(());
    }
    view.release();
    match &view.python {
        Some((owner, inner)) => vm.release_python_buffer(owner, inner),
        None => Ok(()),
    }
}

fn finalize(vm: &Vm, value: &Value) -> PyResult {
    end(vm, this(value))?;
    Ok(Value::NONE)
}

fn repr(_vm: &Vm, value: &Value) -> PyResult {
    let released = if this(value).is_released() { "released " } else { "" };
    Ok(format!("<{released}memory at {:#x}>", value.id()).into())
}

fn hash(vm: &Vm, value: &Value) -> PyResult<i64> {
    let view = this(value);
    if let Some(hash) = view.hash.get() {
        return Ok(hash as i64);
    }
    view.check(vm)?;
    if !view.layout.read_only {
        return vm.raise(Exc::ValueError, "cannot hash writable memoryview object");
    }
    if !native_code(&view.layout.format).is_some_and(|(code, _)| is_byte_code(code)) {
        return vm.raise(Exc::ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
    }
    vm.hash(&view.owner)?;
    let hash = crate::objects::str::hash_bytes(&view.to_vec(vm)?);
    view.hash.set(Some(hash));
    Ok(hash as i64)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let view = this(a);
    let equal = if view.is_released() {
        a.is(b)
    } else if !vm.has_buffer(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    } else if b.downcast::<MemoryView>().is_some_and(|other| other.is_released()) {
        a.is(b)
    } else {
        let other = MemoryView::of(vm, b)?;
        equal(vm, view, this(&other))?
    };
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn equal(vm: &Vm, a: &MemoryView, b: &MemoryView) -> PyResult<bool> {
    if a.layout.shape != b.layout.shape {
        return Ok(false);
    }
    let codes = (native_code(&a.layout.format), native_code(&b.layout.format));
    let (Some((code_a, size_a)), Some((code_b, size_b))) = codes else { return Ok(false) };
    let (bytes_a, bytes_b) = (a.to_vec(vm)?, b.to_vec(vm)?);
    if code_a == code_b && !matches!(code_a, b'e' | b'f' | b'd' | b'?') {
        return Ok(bytes_a == bytes_b);
    }
    for (x, y) in bytes_a.chunks_exact(size_a).zip(bytes_b.chunks_exact(size_b)) {
        if !vm.compare_bool(&unpack(code_a, x), &unpack(code_b, y), CompareOp::Eq)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn len(vm: &Vm, value: &Value) -> PyResult<usize> {
    let view = this(value);
    view.check(vm)?;
    match view.layout.shape.first() {
        Some(&n) => Ok(n),
        None => vm.raise(Exc::TypeError, "0-dim memory has no length"),
    }
}

fn dunder_buffer(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.index_clipped(args.value(1))?;
    MemoryView::of(vm, args.value(0))
}

fn release_buffer(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.value(1).downcast::<MemoryView>() {
        Some(view) => {
            view.release();
            Ok(Value::NONE)
        }
        None => vm.raise_type_of("expected a memoryview object", args.value(1)),
    }
}

fn enter(vm: &Vm, args: Args<'_>) -> PyResult {
    this(args.value(0)).check(vm)?;
    Ok(args.value(0).clone())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult {
    end(vm, this(args.value(0)))?;
    Ok(Value::NONE)
}

fn release(vm: &Vm, args: Args<'_>) -> PyResult {
    end(vm, this(args.value(0)))?;
    Ok(Value::NONE)
}

fn cast(vm: &Vm, args: Args<'_>) -> PyResult {
    let view = this(args.value(0));
    let format = vm.str_argument(args.value(1), "cast", "argument 'format'")?;
    view.check(vm)?;
    let layout = &view.layout;
    if !layout.is_c_contiguous() {
        return vm.raise(Exc::TypeError, "memoryview: casts are restricted to C-contiguous views");
    }
    let shape = args.get_not_none(2);
    if (shape.is_some() || layout.shape.len() != 1) && layout.shape.contains(&0) {
        return vm.raise(Exc::TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    }
    let dimensions = match shape {
        None => None,
        Some(shape) => {
            let items = match (shape.downcast::<Tuple>(), shape.downcast::<List>()) {
                (Some(tuple), _) => tuple.items().to_vec(),
                (_, Some(list)) => list.snapshot(),
                _ => return vm.raise(Exc::TypeError, "shape must be a list or a tuple"),
            };
            if items.len() > MAX_DIMENSIONS {
                let message = "memoryview: number of dimensions must not exceed 64";
                return vm.raise(Exc::ValueError, message);
            }
            if layout.shape.len() != 1 && items.len() != 1 {
                return vm.raise(Exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
            }
            Some(items)
        }
    };
    let format = format.to_string_lossy().into_owned();
    let native = "must be a native single character format prefixed with an optional '@'";
    let Some((code, item_size)) = native_code(&format) else {
        return vm.raise(Exc::ValueError, format!("memoryview: destination format {native}"));
    };
    let Some((old_code, _)) = native_code(&layout.format) else {
        return vm.raise(Exc::ValueError, format!("memoryview: source format {native}"));
    };
    if !is_byte_code(code) && !is_byte_code(old_code) {
        return vm.raise(Exc::TypeError, "memoryview: cannot cast between two non-byte formats");
    }
    let n_bytes = layout.n_bytes();
    if !n_bytes.is_multiple_of(item_size) {
        return vm.raise(Exc::TypeError, "memoryview: length is not a multiple of itemsize");
    }
    let shape = match dimensions {
        None => vec![n_bytes / item_size],
        Some(items) => {
            let shape = items.iter().map(|item| dimension(vm, item)).collect::<PyResult<Vec<usize>>>()?;
            let product = shape.iter().try_fold(1usize, |n, &dimension| n.checked_mul(dimension));
            let Some(product) = product.filter(|&n| n <= isize::MAX as usize) else {
                return vm.raise(Exc::ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
            };
            if product.checked_mul(item_size) != Some(n_bytes) {
                let message = "memoryview: product(shape) * itemsize != buffer size";
                return vm.raise(Exc::TypeError, message);
            }
            shape
        }
    };
    view.check(vm)?;
    let strides = packed_strides(&shape, item_size);
    view.derive(vm, Layout { format: format.into(), item_size, shape, strides, ..layout.clone() })
}

fn dimension(vm: &Vm, item: &Value) -> PyResult<usize> {
    if !crate::objects::int::is_int(item) {
        return vm.raise(Exc::TypeError, "memoryview.cast(): elements of shape must be integers");
    }
    match vm.to_i64(item)? {
        n if n > 0 => Ok(n as usize),
        _ => vm.raise(Exc::ValueError, "memoryview.cast(): elements of shape must be integers > 0"),
    }
}

/// A method that needs exactly one dimension.
fn check_flat(vm: &Vm, view: &MemoryView) -> PyResult<()> {
    view.check(vm)?;
    access::code(vm, view)?;
    match view.layout.shape.len() {
        0 => vm.raise(Exc::TypeError, "invalid lookup on 0-dim memory"),
        1 => Ok(()),
        _ => vm.raise(Exc::NotImplementedError, "multi-dimensional lookup is not implemented"),
    }
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let view = this(args.value(0));
    let iterator = vm.iter(args.value(0))?;
    let mut n = 0usize;
    while let Some(item) = vm.next(&iterator)? {
        n += vm.eq(&item, args.value(1))? as usize;
    }
    view.check(vm)?;
    Ok(n.into())
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let view = this(args.value(0));
    let (start, stop) = vm.search_range(args.get(2), args.get(3))?;
    check_flat(vm, view)?;
    let len = view.layout.shape[0] as i64;
    let clamp = |at: i64| if at < 0 { (at + len).max(0) } else { at.min(len) };
    for at in clamp(start)..clamp(stop) {
        view.check(vm)?;
        let item = access::item_at(vm, view, at as usize)?;
        if vm.eq(&item, args.value(1))? {
            return Ok(Value::int(at));
        }
    }
    vm.raise(Exc::ValueError, "memoryview.index(x): x not found")
}

fn hex(vm: &Vm, args: Args<'_>) -> PyResult {
    let (separator, group) = bytes::hex_arguments(vm, args)?;
    let view = this(args.value(0));
    view.check(vm)?;
    let text = bytes_text::hex(&view.to_vec(vm)?, separator, group);
    Ok(vm.text_result(text)?.into())
}

fn tobytes(vm: &Vm, args: Args<'_>) -> PyResult {
    let view = this(args.value(0));
    let order = match args.get_not_none(1) {
        None => b'C',
        Some(order) => {
            let order = match order.downcast::<Str>() {
                Some(order) => order,
                None => return vm.raise_bad_argument("tobytes", "argument 'order'", "str or None", order),
            };
            match order.as_bytes() {
                &[order @ (b'C' | b'F' | b'A')] => order,
                _ => return vm.raise(Exc::ValueError, "order must be 'C', 'F' or 'A'"),
            }
        }
    };
    view.check(vm)?;
    let fortran = order == b'F' || order == b'A' && view.layout.is_f_contiguous();
    if !fortran || view.layout.shape.len() < 2 {
        return Ok(Bytes::from_vec(view.to_vec(vm)?).into());
    }
    let mut reversed = view.layout.clone();
    reversed.shape.reverse();
    reversed.strides.reverse();
    let transposed = view.derive(vm, reversed)?;
    Ok(Bytes::from_vec(this(&transposed).to_vec(vm)?).into())
}

fn tolist(vm: &Vm, args: Args<'_>) -> PyResult {
    let view = this(args.value(0));
    view.check(vm)?;
    let code = access::code(vm, view)?;
    let bytes = view.to_vec(vm)?;
    let mut items = bytes.chunks_exact(view.layout.item_size).map(|item| unpack(code, item));
    Ok(nested(&view.layout.shape, &mut items))
}

/// Lists of lists in the given shape.
fn nested(shape: &[usize], items: &mut impl Iterator<Item = Value>) -> Value {
    match shape {
        [] => items.next().unwrap_or(Value::NONE),
        [n] => List::new(items.take(*n).collect()).into(),
        [n, rest @ ..] => List::new((0..*n).map(|_| nested(rest, items)).collect()).into(),
    }
}

fn toreadonly(vm: &Vm, args: Args<'_>) -> PyResult {
    let view = this(args.value(0));
    view.check(vm)?;
    view.derive(vm, Layout { read_only: true, ..view.layout.clone() })
}

macro_rules! attributes {
    ($($name:ident: $f:expr;)*) => {
        $(fn $name(vm: &Vm, value: &Value) -> PyResult {
            let view = this(value);
            view.check(vm)?;
            let get: fn(&Vm, &MemoryView) -> Value = $f;
            Ok(get(vm, view))
        })*
    };
}

attributes! {
    get_obj: |_, view| match &view.python {
        Some((object, _)) => object.clone(),
        None => view.owner.clone(),
    };
    get_nbytes: |_, view| view.n_bytes().into();
    get_readonly: |_, view| view.layout.read_only.into();
    get_itemsize: |_, view| view.layout.item_size.into();
    get_format: |_, view| (&*view.layout.format).into();
    get_ndim: |_, view| view.layout.shape.len().into();
    get_shape: |_, view| Tuple::new(view.layout.shape.iter().map(|&n| Value::from(n))).into();
    get_strides: |_, view| Tuple::new(view.layout.strides.iter().map(|&n| Value::int(n as i64))).into();
    get_suboffsets: |vm, _| vm.empty_tuple().into();
    get_c_contiguous: |_, view| view.layout.is_c_contiguous().into();
    get_f_contiguous: |_, view| view.layout.is_f_contiguous().into();
    get_contiguous: |_, view| (view.layout.is_c_contiguous() || view.layout.is_f_contiguous()).into();
}
