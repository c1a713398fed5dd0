//! `TypeVar`, `ParamSpec` and `TypeVarTuple`, with bounds and defaults that are evaluated when first asked for (PEP 695, 696, 749).

use std::cell::{Cell, RefCell};

use crate::class::descriptors::{equality, read_only};
use crate::class::{BinaryOp, Slots, TypeSpec, special, type_flags};
use crate::heap::{self, Gc, Payload};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::generic_alias::type_repr;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::union::{call_typing, or_checked};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// Something that is known, or computed by a function when first asked for.
#[derive(Default)]
pub struct Lazy {
    value: RefCell<Option<Value>>,
    evaluate: RefCell<Option<Value>>,
}

impl heap::Trace for Lazy {
    fn trace_value(&self, visit: heap::Visitor<'_>) {
        self.value.trace_value(visit);
        self.evaluate.trace_value(visit);
    }
}

impl Lazy {
    fn known(value: Option<Value>) -> Lazy {
        Lazy { value: RefCell::new(value), evaluate: RefCell::new(None) }
    }

    pub fn computed(function: Option<Value>) -> Lazy {
        Lazy { value: RefCell::new(None), evaluate: RefCell::new(function) }
    }

    fn is_set(&self) -> bool {
        self.value.borrow().is_some() || self.evaluate.borrow().is_some()
    }

    fn get(&self, vm: &Vm) -> PyResult<Option<Value>> {
        if let Some(value) = self.value.borrow().clone() {
            return Ok(Some(value));
        }
        let evaluate = self.evaluate.borrow().clone();
        let Some(evaluate) = evaluate else { return Ok(None) };
        let value = vm.call(&evaluate, &[Value::small(1)])?;
        self.value.replace(Some(value.clone()));
        Ok(Some(value))
    }

    /// The function that computes it: the one given, or one that gives the known value.
    pub fn evaluator(&self, vm: &Vm) -> Value {
        if let Some(evaluate) = self.evaluate.borrow().clone() {
            return evaluate;
        }
        match self.value.borrow().clone() {
            Some(value) => const_evaluator(vm, value),
            None => Value::NONE,
        }
    }

    fn clear(&self) {
        let _dropped = (self.value.take(), self.evaluate.take());
    }
}

/// All three kinds; the class says which it is.
pub struct TypeParameter {
    name: Gc<Str>,
    bound: Lazy,
    constraints: Lazy,
    pub default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: Cell<bool>,
    /// Attributes: `__module__`, and whatever is set.
    pub dict: RefCell<Option<Value>>,
}

impl Payload for TypeParameter {
    crate::trace_fields!(name, bound, constraints, default, dict; skip covariant, contravariant, infer_variance);

    fn clear(&self) {
        self.bound.clear();
        self.constraints.clear();
        self.default.clear();
        drop(self.dict.take());
    }
}

fn this(value: &Value) -> &Gc<TypeParameter> {
    value.downcast().expect("slots see instances of their class")
}

/// Which class of parameter to make.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    TypeVar,
    ParamSpec,
    TypeVarTuple,
}

/// A parameter of a type parameter list: `[T]`, `[T: bound]`, `[T: (constraints)]`, `[**P]`, `[*Ts]`. The functions compute bound and
/// constraints.
pub fn from_syntax(
    vm: &Vm,
    kind: ParameterKind,
    name: &Gc<Str>,
    bound: Option<Value>,
    constraints: Option<Value>,
) -> Value {
    let class = match kind {
        ParameterKind::TypeVar => vm.types.type_var(),
        ParameterKind::ParamSpec => vm.types.param_spec(),
        ParameterKind::TypeVarTuple => vm.types.type_var_tuple(),
    };
    let body = TypeParameter {
        name: name.clone(),
        bound: Lazy::computed(bound),
        constraints: Lazy::computed(constraints),
        default: Lazy::default(),
        covariant: false,
        contravariant: false,
        infer_variance: Cell::new(true),
        dict: RefCell::new(None),
    };
    heap::alloc(class, body).into()
}

/// Sets the function that computes a parameter's default.
pub fn set_default(vm: &Vm, parameter: &Value, evaluate: Value) -> PyResult {
    match parameter.downcast::<TypeParameter>() {
        Some(this) => {
            drop(this.default.evaluate.replace(Some(evaluate)));
            Ok(parameter.clone())
        }
        None => vm.raise_type_of("Expected a type param, got {}", parameter),
    }
}

/// What is common to the constructors.
struct Common {
    name: Gc<Str>,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

fn common(vm: &Vm, function: &str, args: Args<'_>, first_flag: Option<usize>) -> PyResult<Common> {
    let name = args.value(1);
    let Some(name) = name.downcast::<Str>() else {
        let got = vm.type_name(name);
        return vm.raise(Exc::TypeError, format!("{function}() argument 'name' must be str, not {got}"));
    };
    let flag = |at: usize| match first_flag.and_then(|first| args.get(first + at)) {
        Some(flag) => vm.truth(flag),
        None => Ok(false),
    };
    let (covariant, contravariant, infer_variance) = (flag(0)?, flag(1)?, flag(2)?);
    if covariant && contravariant {
        return vm.raise(Exc::ValueError, "Bivariant types are not supported.");
    }
    if infer_variance && (covariant || contravariant) {
        return vm.raise(Exc::ValueError, "Variance cannot be specified with infer_variance.");
    }
    Ok(Common { name: name.clone(), covariant, contravariant, infer_variance })
}

fn make(
    vm: &Vm,
    class: &Gc<crate::class::Type>,
    common: Common,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
) -> PyResult {
    let body = TypeParameter {
        name: common.name,
        bound,
        constraints,
        default,
        covariant: common.covariant,
        contravariant: common.contravariant,
        infer_variance: Cell::new(common.infer_variance),
        dict: RefCell::new(None),
    };
    let made: Value = heap::alloc(class, body).into();
    if let Some(module) = vm.caller_globals().and_then(|globals| globals.get_str(&vm.names.__name__)) {
        vm.set_instance_attribute(&made, &vm.names.__module__, Some(&module))?;
    }
    Ok(made)
}

/// A bound as given to the constructor, `None` for none.
fn checked_bound(vm: &Vm, bound: Option<&Value>) -> PyResult<Lazy> {
    Ok(Lazy::known(match bound.filter(|bound| !bound.is_none()) {
        None => None,
        Some(bound) => {
            Some(call_typing(vm, "_type_check", &[bound.clone(), "Bound must be a type.".into()])?)
        }
    }))
}

/// A default as given to the constructor.
fn given_default(vm: &Vm, default: Option<&Value>) -> Lazy {
    Lazy::known(default.filter(|default| !default.is(&no_default(vm))).cloned())
}

fn new_type_var(vm: &Vm, args: Args<'_>) -> PyResult {
    let common = common(vm, "typevar", args, Some(4))?;
    let constraints = args.rest();
    if constraints.len() == 1 {
        return vm.raise(Exc::TypeError, "A single constraint is not allowed");
    }
    let bound = checked_bound(vm, args.get(2))?;
    if !constraints.is_empty() && bound.is_set() {
        return vm.raise(Exc::TypeError, "Constraints cannot be combined with bound=...");
    }
    let constraints = if constraints.is_empty() {
        Lazy::default()
    } else {
        let mut checked = Vec::with_capacity(constraints.len());
        for constraint in constraints {
            let message = "TypeVar(name, constraint, ...): constraints must be types.".into();
            checked.push(call_typing(vm, "_type_check", &[constraint.clone(), message])?);
        }
        Lazy::known(Some(vm.tuple(&checked)))
    };
    make(vm, vm.types.type_var(), common, bound, constraints, given_default(vm, args.get(3)))
}

fn new_param_spec(vm: &Vm, args: Args<'_>) -> PyResult {
    let common = common(vm, "paramspec", args, Some(4))?;
    let bound = checked_bound(vm, args.get(2))?;
    make(vm, vm.types.param_spec(), common, bound, Lazy::default(), given_default(vm, args.get(3)))
}

fn new_type_var_tuple(vm: &Vm, args: Args<'_>) -> PyResult {
    let common = common(vm, "typevartuple", args, None)?;
    let default = given_default(vm, args.get(2));
    make(vm, vm.types.type_var_tuple(), common, Lazy::default(), Lazy::default(), default)
}

fn get_name(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).name.to_value())
}

fn get_bound(vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).bound.get(vm)?.unwrap_or(Value::NONE))
}

fn get_default(vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).default.get(vm)?.unwrap_or_else(|| no_default(vm)))
}

fn evaluate_default(vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).default.evaluator(vm))
}

fn has_default(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<TypeParameter>().default.is_set().into())
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<TypeParameter>().name.to_value())
}

fn mro_entries(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.type_of(args.value(0)).name_text();
    vm.raise(Exc::TypeError, format!("Cannot subclass an instance of {name}"))
}

const NAME: GetSet = GetSet::new("__name__", get_name, read_only);
const BOUND: GetSet = GetSet::read_only("__bound__", get_bound);
const DEFAULT: GetSet = GetSet::read_only("__default__", get_default);
const EVALUATE_DEFAULT: GetSet = GetSet::read_only("evaluate_default", evaluate_default);
const COVARIANT: GetSet =
    GetSet::new("__covariant__", |_, value| Ok(this(value).covariant.into()), read_only);
const CONTRAVARIANT: GetSet =
    GetSet::new("__contravariant__", |_, value| Ok(this(value).contravariant.into()), read_only);
const INFER_VARIANCE: GetSet =
    GetSet::new("__infer_variance__", |_, value| Ok(this(value).infer_variance.get().into()), read_only);

const HAS_DEFAULT: NativeFn = NativeFn::new("has_default($self, /)", has_default);
const REDUCE: NativeFn = NativeFn::new("__reduce__($self, /)", reduce);
const MRO_ENTRIES: NativeFn = NativeFn::new("__mro_entries__($self, bases, /)", mro_entries);

const OR: [Option<crate::class::BinaryFn>; crate::class::N_BINARY] = {
    let mut binary = Slots::NONE.binary;
    binary[BinaryOp::Or as usize] = Some(or_checked);
    binary
};

/// "~T", "+T", "-T", or the bare name where the variance is inferred.
fn repr_with_variance(_vm: &Vm, value: &Value) -> PyResult {
    let this = this(value);
    let sign = match () {
        _ if this.infer_variance.get() => "",
        _ if this.covariant => "+",
        _ if this.contravariant => "-",
        _ => "~",
    };
    Ok(format!("{sign}{}", this.name).into())
}

pub static TYPE_VAR: TypeSpec = TypeSpec {
    name: "TypeVar",
    module: "typing",
    doc: "Type variable.",
    flags: type_flags::HAS_DICT | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new(
        "typevar($type, name, *constraints, bound=None, default=typing.NoDefault, covariant=False, \
         contravariant=False, infer_variance=False)",
        new_type_var,
    )),
    methods: &[
        NativeFn::new("__typing_subst__($self, arg, /)", |vm, args| {
            call_typing(vm, "_typevar_subst", &[args.value(0).clone(), args.value(1).clone()])
        }),
        NativeFn::new("__typing_prepare_subst__($self, alias, args, /)", |vm, args| {
            prepare_type_var(vm, args.value(0), args.value(1), args.value(2))
        }),
        REDUCE,
        HAS_DEFAULT,
        MRO_ENTRIES,
    ],
    getset: &[
        NAME,
        BOUND,
        GetSet::read_only("__constraints__", |vm, value| {
            Ok(this(value).constraints.get(vm)?.unwrap_or_else(|| vm.tuple(&[])))
        }),
        DEFAULT,
        COVARIANT,
        CONTRAVARIANT,
        INFER_VARIANCE,
        GetSet::read_only("evaluate_bound", |vm, value| Ok(this(value).bound.evaluator(vm))),
        GetSet::read_only("evaluate_constraints", |vm, value| Ok(this(value).constraints.evaluator(vm))),
        EVALUATE_DEFAULT,
    ],
    slots: Slots { repr: Some(repr_with_variance), binary: OR, ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Adds the variable's default to subscripts that stop short of it.
fn prepare_type_var(vm: &Vm, value: &Value, alias: &Value, given: &Value) -> PyResult {
    let parameters = vm.get_attr(alias, &vm.names.__parameters__)?;
    let (Some(parameters), Some(items)) = (parameters.downcast::<Tuple>(), given.downcast::<Tuple>()) else {
        return Ok(given.clone());
    };
    let Some(at) = parameters.items().iter().position(|parameter| parameter.is(value)) else {
        return Ok(given.clone());
    };
    if at < items.len() {
        return Ok(given.clone());
    }
    if at == items.len() {
        if let Some(default) = this(value).default.get(vm)? {
            let mut items = items.items().to_vec();
            items.push(default);
            return Ok(vm.tuple(&items));
        }
    }
    let (shown, n_given) = (vm.repr_text(alias)?, items.len());
    vm.raise(
        Exc::TypeError,
        format!("Too few arguments for {shown}; actual {n_given}, expected at least {}", at + 1),
    )
}

pub static PARAM_SPEC: TypeSpec = TypeSpec {
    name: "ParamSpec",
    module: "typing",
    doc: "Parameter specification variable.",
    flags: type_flags::HAS_DICT | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new(
        "paramspec($type, name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, \
         infer_variance=False)",
        new_param_spec,
    )),
    methods: &[
        NativeFn::new("__typing_subst__($self, arg, /)", |vm, args| {
            call_typing(vm, "_paramspec_subst", &[args.value(0).clone(), args.value(1).clone()])
        }),
        NativeFn::new("__typing_prepare_subst__($self, alias, args, /)", |vm, args| {
            let [this, alias, given] = [0, 1, 2].map(|at| args.value(at).clone());
            call_typing(vm, "_paramspec_prepare_subst", &[this, alias, given])
        }),
        REDUCE,
        HAS_DEFAULT,
        MRO_ENTRIES,
    ],
    getset: &[
        NAME,
        BOUND,
        DEFAULT,
        COVARIANT,
        CONTRAVARIANT,
        INFER_VARIANCE,
        GetSet::read_only("args", |vm, value| {
            Ok(heap::alloc(vm.types.param_spec_args(), ParamSpecPart { origin: value.clone() }).into())
        }),
        GetSet::read_only("kwargs", |vm, value| {
            Ok(heap::alloc(vm.types.param_spec_kwargs(), ParamSpecPart { origin: value.clone() }).into())
        }),
        EVALUATE_DEFAULT,
    ],
    slots: Slots { repr: Some(repr_with_variance), binary: OR, ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static TYPE_VAR_TUPLE: TypeSpec = TypeSpec {
    name: "TypeVarTuple",
    module: "typing",
    doc: "Type variable tuple: stands for any number of types.",
    flags: type_flags::HAS_DICT | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("typevartuple($type, name, *, default=typing.NoDefault)", new_type_var_tuple)),
    methods: &[
        NativeFn::new("__typing_subst__($self, arg, /)", |vm, _| {
            vm.raise(Exc::TypeError, "Substitution of bare TypeVarTuple is not supported")
        }),
        NativeFn::new("__typing_prepare_subst__($self, alias, args, /)", |vm, args| {
            let [this, alias, given] = [0, 1, 2].map(|at| args.value(at).clone());
            call_typing(vm, "_typevartuple_prepare_subst", &[this, alias, given])
        }),
        REDUCE,
        HAS_DEFAULT,
        MRO_ENTRIES,
    ],
    getset: &[NAME, DEFAULT, EVALUATE_DEFAULT],
    slots: Slots {
        repr: Some(|_, value| Ok(this(value).name.to_value())),
        iter: Some(|vm, value| {
            let unpacked = unpack(vm, value)?;
            vm.iter(&vm.tuple(&[unpacked]))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// `typing.Unpack[value]`.
pub fn unpack(vm: &Vm, value: &Value) -> PyResult {
    let typing = crate::objects::reduce::import(vm, "typing")?;
    let unpack = vm.get_attr_named(&typing, "Unpack")?;
    vm.get_item(&unpack, value)
}

// --- P.args and P.kwargs

/// `P.args` or `P.kwargs`; the class says which.
pub struct ParamSpecPart {
    origin: Value,
}

impl Payload for ParamSpecPart {
    crate::trace_fields!(origin);
}

fn part(value: &Value) -> &Gc<ParamSpecPart> {
    value.downcast().expect("slots see instances of their class")
}

fn new_part(_vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast().expect("__new__ is called with a class");
    Ok(heap::alloc_for(class, ParamSpecPart { origin: args.value(1).clone() }).into())
}

fn repr_part(vm: &Vm, value: &Value, suffix: &str) -> PyResult {
    let origin = &part(value).origin;
    Ok(match origin.downcast::<TypeParameter>() {
        Some(origin) if vm.type_of(&part(value).origin).is(vm.types.param_spec()) => {
            format!("{}.{suffix}", origin.name)
        }
        _ => format!("{}.{suffix}", vm.repr_text(origin)?),
    }
    .into())
}

const PART_SLOTS: Slots = Slots {
    hash: Some(special::unhashable),
    compare: Some(|vm, a, b, op| {
        if !vm.type_of(a).is(vm.type_of(b)) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        match op {
            crate::class::CompareOp::Eq | crate::class::CompareOp::Ne => {
                Ok(equality(op, vm.eq(&part(a).origin, &part(b).origin)?))
            }
            _ => Ok(Value::NOT_IMPLEMENTED),
        }
    }),
    ..Slots::NONE
};

const PART_GETSET: &[GetSet] =
    &[GetSet::new("__origin__", |_, value| Ok(part(value).origin.clone()), read_only)];

pub static PARAM_SPEC_ARGS: TypeSpec = TypeSpec {
    name: "ParamSpecArgs",
    module: "typing",
    doc: "The args for a ParamSpec object.",
    flags: 0,
    new: Some(NativeFn::new("paramspecargs($type, origin)", new_part)),
    methods: &[MRO_ENTRIES],
    getset: PART_GETSET,
    slots: Slots { repr: Some(|vm, value| repr_part(vm, value, "args")), ..PART_SLOTS },
    ..TypeSpec::DEFAULT
};

pub static PARAM_SPEC_KWARGS: TypeSpec = TypeSpec {
    name: "ParamSpecKwargs",
    module: "typing",
    doc: "The kwargs for a ParamSpec object.",
    flags: 0,
    new: Some(NativeFn::new("paramspeckwargs($type, origin)", new_part)),
    methods: &[MRO_ENTRIES],
    getset: PART_GETSET,
    slots: Slots { repr: Some(|vm, value| repr_part(vm, value, "kwargs")), ..PART_SLOTS },
    ..TypeSpec::DEFAULT
};

// --- functions that give a known value

/// What `evaluate_bound` and the like are where the value was given at once.
pub struct ConstEvaluator {
    value: Value,
}

impl Payload for ConstEvaluator {
    crate::trace_fields!(value);
}

/// A function that gives `value`.
pub fn const_evaluator(vm: &Vm, value: Value) -> Value {
    heap::alloc(vm.types.const_evaluator(), ConstEvaluator { value }).into()
}

/// `annotationlib.Format.STRING`.
const FORMAT_STRING: i64 = 4;

pub static CONST_EVALUATOR: TypeSpec = TypeSpec {
    name: "_ConstEvaluator",
    module: "_typing",
    flags: type_flags::NO_NEW,
    slots: Slots {
        repr: Some(|vm, value| {
            let evaluator: &Gc<ConstEvaluator> =
                value.downcast().expect("slots see instances of their class");
            Ok(format!("<constevaluator {}>", vm.repr_text(&evaluator.value)?).into())
        }),
        call: Some(|vm, value, args| {
            args.no_keywords(vm, "constevaluator.__call__")?;
            let [format] = args.values else {
                let given = args.len();
                return vm.raise(
                    Exc::TypeError,
                    format!("constevaluator.__call__() takes exactly 1 argument ({given} given)"),
                );
            };
            let known =
                &value.downcast::<ConstEvaluator>().expect("slots see instances of their class").value;
            if vm.to_i64(format)? != FORMAT_STRING {
                return Ok(known.clone());
            }
            match known.downcast::<Tuple>() {
                Some(items) => {
                    let items = items.items().iter().map(|item| type_repr(vm, item));
                    Ok(format!("({})", items.collect::<PyResult<Vec<_>>>()?.join(", ")).into())
                }
                None => type_repr(vm, known).map(Value::from),
            }
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

// --- NoDefault

/// `typing.NoDefault`, the only instance of its class.
pub struct NoDefault;

impl Payload for NoDefault {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

/// The constant `typing.NoDefault`.
pub fn no_default(vm: &Vm) -> Value {
    vm.no_default.get_or_init(|| heap::alloc(vm.types.no_default_type(), NoDefault).into()).clone()
}

pub static NO_DEFAULT: TypeSpec = TypeSpec {
    name: "NoDefaultType",
    doc: "The type of the NoDefault singleton.",
    flags: 0,
    new: Some(NativeFn::new("NoDefaultType", |vm, args| {
        if args.len() > 1 || args.has_keywords() {
            return vm.raise(Exc::TypeError, "NoDefaultType takes no arguments");
        }
        Ok(no_default(vm))
    })),
    methods: &[NativeFn::new("__reduce__($self, /)", |_, _| Ok("NoDefault".into()))],
    slots: Slots { repr: Some(|_, _| Ok("typing.NoDefault".into())), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};
