//! `operator`: the operators as functions, and callables that fetch attributes, items and method results.

mod callables;

use ouro_runtime::class::build::native_function;
use ouro_runtime::class::{BinaryOp, CompareOp};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "operator",
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the \
          intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    // The functions are those of `_operator`, added below.
    functions: &[],
    classes: &[
        NativeClass::of::<callables::AttrGetter>(&callables::ATTR_GETTER),
        NativeClass::of::<callables::ItemGetter>(&callables::ITEM_GETTER),
        NativeClass::of::<callables::MethodCaller>(&callables::METHOD_CALLER),
    ],
    init: Some(init),
};

/// The same functions under the name that the `operator` of CPython takes them from.
pub static PRIVATE_MODULE: NativeModule =
    NativeModule { name: "_operator", doc: MODULE.doc, init: Some(init_private), ..NativeModule::DEFAULT };

static FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("abs(a, /)", |vm, args| vm.absolute(args.value(0))).doc("Same as abs(a)."),
    NativeFn::new("add(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Add)).doc("Same as a + b."),
    NativeFn::new("and_(a, b, /)", |vm, args| binary(vm, args, BinaryOp::And)).doc("Same as a & b."),
    NativeFn::new("call", call).doc("Same as obj(*args, **kwargs)."),
    NativeFn::new("concat(a, b, /)", concat).doc("Same as a + b, for a and b sequences."),
    NativeFn::new("contains(a, b, /)", contains).doc("Same as b in a (note reversed operands)."),
    NativeFn::new("countOf(a, b, /)", count_of)
        .doc("Return the number of items in a which are, or which equal, b."),
    NativeFn::new("delitem(a, b, /)", delitem).doc("Same as del a[b]."),
    NativeFn::new("eq(a, b, /)", |vm, args| compare(vm, args, CompareOp::Eq)).doc("Same as a == b."),
    NativeFn::new("floordiv(a, b, /)", |vm, args| binary(vm, args, BinaryOp::FloorDiv))
        .doc("Same as a // b."),
    NativeFn::new("ge(a, b, /)", |vm, args| compare(vm, args, CompareOp::Ge)).doc("Same as a >= b."),
    NativeFn::new("getitem(a, b, /)", |vm, args| vm.get_item(args.value(0), args.value(1)))
        .doc("Same as a[b]."),
    NativeFn::new("gt(a, b, /)", |vm, args| compare(vm, args, CompareOp::Gt)).doc("Same as a > b."),
    NativeFn::new("iadd(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Add)).doc("Same as a += b."),
    NativeFn::new("iand(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::And)).doc("Same as a &= b."),
    NativeFn::new("iconcat(a, b, /)", iconcat).doc("Same as a += b, for a and b sequences."),
    NativeFn::new("ifloordiv(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::FloorDiv))
        .doc("Same as a //= b."),
    NativeFn::new("ilshift(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::LShift)).doc("Same as a <<= b."),
    NativeFn::new("imatmul(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::MatMul)).doc("Same as a @= b."),
    NativeFn::new("imod(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Mod)).doc("Same as a %= b."),
    NativeFn::new("imul(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Mul)).doc("Same as a *= b."),
    NativeFn::new("index(a, /)", |vm, args| vm.index(args.value(0))).doc("Same as a.__index__()"),
    NativeFn::new("indexOf(a, b, /)", index_of).doc("Return the first index of b in a."),
    NativeFn::new("inv(a, /)", |vm, args| vm.invert(args.value(0))).doc("Same as ~a."),
    NativeFn::new("invert(a, /)", |vm, args| vm.invert(args.value(0))).doc("Same as ~a."),
    NativeFn::new("ior(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Or)).doc("Same as a |= b."),
    NativeFn::new("ipow(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Pow)).doc("Same as a **= b."),
    NativeFn::new("irshift(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::RShift)).doc("Same as a >>= b."),
    NativeFn::new("is_(a, b, /)", |_, args| Ok(Value::bool(args.value(0).is(args.value(1)))))
        .doc("Same as a is b."),
    NativeFn::new("is_none(a, /)", |_, args| Ok(Value::bool(args.value(0).is_none())))
        .doc("Same as a is None."),
    NativeFn::new("is_not(a, b, /)", |_, args| Ok(Value::bool(!args.value(0).is(args.value(1)))))
        .doc("Same as a is not b."),
    NativeFn::new("is_not_none(a, /)", |_, args| Ok(Value::bool(!args.value(0).is_none())))
        .doc("Same as a is not None."),
    NativeFn::new("isub(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Sub)).doc("Same as a -= b."),
    NativeFn::new("itruediv(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::TrueDiv))
        .doc("Same as a /= b."),
    NativeFn::new("ixor(a, b, /)", |vm, args| inplace(vm, args, BinaryOp::Xor)).doc("Same as a ^= b."),
    NativeFn::new("le(a, b, /)", |vm, args| compare(vm, args, CompareOp::Le)).doc("Same as a <= b."),
    NativeFn::new("length_hint(obj, default=0, /)", length_hint)
        .doc("Return an estimate of the number of items in obj."),
    NativeFn::new("lshift(a, b, /)", |vm, args| binary(vm, args, BinaryOp::LShift)).doc("Same as a << b."),
    NativeFn::new("lt(a, b, /)", |vm, args| compare(vm, args, CompareOp::Lt)).doc("Same as a < b."),
    NativeFn::new("matmul(a, b, /)", |vm, args| binary(vm, args, BinaryOp::MatMul)).doc("Same as a @ b."),
    NativeFn::new("mod(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Mod)).doc("Same as a % b."),
    NativeFn::new("mul(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Mul)).doc("Same as a * b."),
    NativeFn::new("ne(a, b, /)", |vm, args| compare(vm, args, CompareOp::Ne)).doc("Same as a != b."),
    NativeFn::new("neg(a, /)", |vm, args| vm.negative(args.value(0))).doc("Same as -a."),
    NativeFn::new("not_(a, /)", |vm, args| Ok(Value::bool(!vm.truth(args.value(0))?))).doc("Same as not a."),
    NativeFn::new("or_(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Or)).doc("Same as a | b."),
    NativeFn::new("pos(a, /)", |vm, args| vm.positive(args.value(0))).doc("Same as +a."),
    NativeFn::new("pow(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Pow)).doc("Same as a ** b."),
    NativeFn::new("rshift(a, b, /)", |vm, args| binary(vm, args, BinaryOp::RShift)).doc("Same as a >> b."),
    NativeFn::new("setitem(a, b, c, /)", setitem).doc("Same as a[b] = c."),
    NativeFn::new("sub(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Sub)).doc("Same as a - b."),
    NativeFn::new("truediv(a, b, /)", |vm, args| binary(vm, args, BinaryOp::TrueDiv)).doc("Same as a / b."),
    NativeFn::new("truth(a, /)", |vm, args| Ok(Value::bool(vm.truth(args.value(0))?)))
        .doc("Return True if a is true, False otherwise."),
    NativeFn::new("xor(a, b, /)", |vm, args| binary(vm, args, BinaryOp::Xor)).doc("Same as a ^ b."),
    NativeFn::new("_compare_digest(a, b, /)", compare_digest),
];

/// Functions that also have the name of their special method.
const WITH_SPECIAL_NAME: &[&str] = &[
    "abs",
    "add",
    "and_",
    "call",
    "concat",
    "contains",
    "delitem",
    "eq",
    "floordiv",
    "ge",
    "getitem",
    "gt",
    "iadd",
    "iand",
    "iconcat",
    "ifloordiv",
    "ilshift",
    "imatmul",
    "imod",
    "imul",
    "index",
    "inv",
    "invert",
    "ior",
    "ipow",
    "irshift",
    "isub",
    "itruediv",
    "ixor",
    "le",
    "lshift",
    "lt",
    "matmul",
    "mod",
    "mul",
    "ne",
    "neg",
    "not_",
    "or_",
    "pos",
    "pow",
    "rshift",
    "setitem",
    "sub",
    "truediv",
    "xor",
];

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let mut all: Vec<&str> =
        FUNCTIONS.iter().map(NativeFn::name).filter(|name| !name.starts_with('_')).collect();
    all.extend(["attrgetter", "itemgetter", "methodcaller"]);
    all.sort_unstable();
    for function in FUNCTIONS {
        let name = function.name();
        module.set(vm, name, native_function(vm, function, Some("_operator".into())));
    }
    for name in WITH_SPECIAL_NAME {
        let function = module.get(vm, name).expect("the module's own function");
        module.set(vm, &format!("__{}__", name.trim_end_matches('_')), function);
    }
    let all = all.into_iter().map(Value::from).collect();
    module.set(vm, "__all__", Value::from(ouro_runtime::objects::list::List::new(all)));
    Ok(())
}

/// Everything exists once, in the public module.
fn init_private(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let public = ouro_runtime::objects::reduce::import(vm, "operator")?;
    let functions = FUNCTIONS.iter().map(NativeFn::name);
    for name in functions.chain(["attrgetter", "itemgetter", "methodcaller"]) {
        module.set(vm, name, vm.get_attr_named(&public, name)?);
    }
    Ok(())
}

fn binary(vm: &Vm, args: Args<'_>, op: BinaryOp) -> PyResult {
    vm.binary(op, args.value(0), args.value(1))
}

fn inplace(vm: &Vm, args: Args<'_>, op: BinaryOp) -> PyResult {
    vm.inplace(op, args.value(0), args.value(1))
}

fn compare(vm: &Vm, args: Args<'_>, op: CompareOp) -> PyResult {
    vm.compare(args.value(0), args.value(1), op)
}

fn call(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.values.is_empty() {
        return vm.raise(Exc::TypeError, "call expected at least 1 argument, got 0");
    }
    vm.call_args(args.value(0), args.skip_first())
}

/// # Errors
/// TypeError unless `a` is a sequence.
fn check_sequence(vm: &Vm, a: &Value) -> PyResult<()> {
    let is_sequence = vm.type_of(a).slots().get_item.is_some() && a.downcast::<Dict>().is_none();
    if is_sequence { Ok(()) } else { vm.raise_type_of("'{}' object can't be concatenated", a) }
}

fn concat(vm: &Vm, args: Args<'_>) -> PyResult {
    check_sequence(vm, args.value(0))?;
    binary(vm, args, BinaryOp::Add)
}

fn iconcat(vm: &Vm, args: Args<'_>) -> PyResult {
    check_sequence(vm, args.value(0))?;
    inplace(vm, args, BinaryOp::Add)
}

fn contains(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::bool(vm.contains(args.value(0), args.value(1))?))
}

/// The iterator of an argument that is searched.
fn searched(vm: &Vm, value: &Value) -> PyResult {
    if !vm.is_iterable(value) {
        return vm.raise_type_of("argument of type '{}' is not iterable", value);
    }
    vm.iter(value)
}

fn count_of(vm: &Vm, args: Args<'_>) -> PyResult {
    let iterator = searched(vm, args.value(0))?;
    let mut count = 0_usize;
    while let Some(item) = vm.next(&iterator)? {
        count += usize::from(vm.eq(&item, args.value(1))?);
    }
    Ok(count.into())
}

fn index_of(vm: &Vm, args: Args<'_>) -> PyResult {
    let iterator = searched(vm, args.value(0))?;
    let mut index = 0_usize;
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, args.value(1))? {
            return Ok(index.into());
        }
        index += 1;
    }
    vm.raise(Exc::ValueError, "sequence.index(x): x not in sequence")
}

fn setitem(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.set_item(args.value(0), args.value(1), args.value(2))?;
    Ok(Value::NONE)
}

fn delitem(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.del_item(args.value(0), args.value(1))?;
    Ok(Value::NONE)
}

fn length_hint(vm: &Vm, args: Args<'_>) -> PyResult {
    let default = args.get(1).map_or(Ok(0), |default| vm.to_i64(default))?;
    Ok(match usize::try_from(default) {
        Ok(default) => vm.length_hint(args.value(0), default)?.into(),
        // A negative default comes back only if nothing is known.
        Err(_) => match vm.length_hint(args.value(0), usize::MAX >> 1)? {
            hint if hint == usize::MAX >> 1 => Value::int(default),
            hint => hint.into(),
        },
    })
}

/// Compares in a time that does not depend on where the two differ.
fn compare_digest(vm: &Vm, args: Args<'_>) -> PyResult {
    let (a, b) = (args.value(0), args.value(1));
    let same = |a: &[u8], b: &[u8]| {
        let difference = a.iter().zip(b).fold(0_u8, |difference, (a, b)| difference | (a ^ b));
        Ok(Value::bool(a.len() == b.len() && std::hint::black_box(difference) == 0))
    };
    if let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        if !a.is_ascii() || !b.is_ascii() {
            return vm.raise(Exc::TypeError, "comparing strings with non-ASCII characters is not supported");
        }
        return same(a.as_bytes(), b.as_bytes());
    }
    match (vm.borrow_bytes(a)?, vm.borrow_bytes(b)?) {
        (Some(a), Some(b)) => same(&a, &b),
        _ => {
            let (a, b) = (vm.type_name(a), vm.type_name(b));
            let message = format!("unsupported operand types(s) or combination of types: '{a}' and '{b}'");
            vm.raise(Exc::TypeError, message)
        }
    }
}
