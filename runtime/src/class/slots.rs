//! Type slots: what an operation means for instances of a class, as plain function pointers.
//!
//! A builtin class fills its slots in its [`TypeSpec`](super::TypeSpec); a Python class gets, for each special method
//! it defines or inherits, a slot function that calls it (see [`super::special`]).

use crate::PyResult;
use crate::class::Type;
use crate::heap::Gc;
use crate::native::Args;
use crate::objects::str::Str;
use crate::value::Value;
use crate::vm::Vm;

/// The six rich comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    /// The operator with its operands exchanged: `a < b` is `b > a`.
    pub const fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Eq => CompareOp::Eq,
            CompareOp::Ne => CompareOp::Ne,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
        }
    }

    pub const fn symbol(self) -> &'static str {
        match self {
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Eq => "==",
            CompareOp::Ne => "!=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }

    /// Whether the operator holds for operands that order this way.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

/// The binary arithmetic operators, in the order of the slot arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    DivMod,
    Pow,
    MatMul,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

/// Number of [`BinaryOp`]s.
pub const N_BINARY: usize = 14;

impl BinaryOp {
    pub const ALL: [BinaryOp; N_BINARY] = [
        BinaryOp::Add,
        BinaryOp::Sub,
        BinaryOp::Mul,
        BinaryOp::TrueDiv,
        BinaryOp::FloorDiv,
        BinaryOp::Mod,
        BinaryOp::DivMod,
        BinaryOp::Pow,
        BinaryOp::MatMul,
        BinaryOp::LShift,
        BinaryOp::RShift,
        BinaryOp::And,
        BinaryOp::Or,
        BinaryOp::Xor,
    ];

    /// As error messages show it: "unsupported operand type(s) for +".
    pub const fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::TrueDiv => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::DivMod => "divmod()",
            BinaryOp::Pow => "** or pow()",
            BinaryOp::MatMul => "@",
            BinaryOp::LShift => "<<",
            BinaryOp::RShift => ">>",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
        }
    }
}

pub type UnaryFn = fn(&Vm, &Value) -> PyResult;
/// Called with the operands in source order, whichever of them the slot belongs to. May return NotImplemented.
pub type BinaryFn = fn(&Vm, &Value, &Value) -> PyResult;
/// `pow(a, b, modulus)`; the modulus is None for the operator.
pub type TernaryFn = fn(&Vm, &Value, &Value, &Value) -> PyResult;
/// Called with the slot's owner first. May return NotImplemented.
pub type CompareFn = fn(&Vm, &Value, &Value, CompareOp) -> PyResult;
pub type HashFn = fn(&Vm, &Value) -> PyResult<i64>;
pub type LenFn = fn(&Vm, &Value) -> PyResult<usize>;
pub type BoolFn = fn(&Vm, &Value) -> PyResult<bool>;
pub type ContainsFn = fn(&Vm, &Value, &Value) -> PyResult<bool>;
/// Deletes where the value is `None`.
pub type SetItemFn = fn(&Vm, &Value, &Value, Option<&Value>) -> PyResult<()>;
pub type GetAttrFn = fn(&Vm, &Value, &Gc<Str>) -> PyResult;
/// Deletes where the value is `None`.
pub type SetAttrFn = fn(&Vm, &Value, &Gc<Str>, Option<&Value>) -> PyResult<()>;
/// The next item, or `None` at the end.
pub type NextFn = fn(&Vm, &Value) -> PyResult<Option<Value>>;
/// Arguments: descriptor, instance (`None` for access through the class), class.
pub type DescrGetFn = fn(&Vm, &Value, Option<&Value>, &Gc<Type>) -> PyResult;
/// Arguments: descriptor, instance, value (deletes where `None`).
pub type DescrSetFn = fn(&Vm, &Value, &Value, Option<&Value>) -> PyResult<()>;
pub type CallFn = fn(&Vm, &Value, Args<'_>) -> PyResult;
pub type NewFn = fn(&Vm, &Gc<Type>, Args<'_>) -> PyResult;
pub type InitFn = fn(&Vm, &Value, Args<'_>) -> PyResult<()>;

macro_rules! define_slots {
    ($($(#[doc = $doc:literal])* $name:ident: $ty:ty,)*) => {
        /// All slots of a class. An empty one is inherited when the class is made ready.
        #[derive(Clone, Copy)]
        pub struct Slots {
            $($(#[doc = $doc])* pub $name: Option<$ty>,)*
            /// By [`BinaryOp`].
            pub binary: [Option<BinaryFn>; N_BINARY],
            /// Augmented assignment, by [`BinaryOp`].
            pub inplace: [Option<BinaryFn>; N_BINARY],
        }

        impl Slots {
            pub const NONE: Slots =
                Slots { $($name: None,)* binary: [None; N_BINARY], inplace: [None; N_BINARY] };

            /// Fills what is empty from a base class.
            pub fn inherit(&mut self, base: &Slots) {
                // Equality and hash go together: a class that defines one does not inherit the other.
                if self.hash.is_none() && self.compare.is_none() {
                    self.hash = base.hash;
                    self.compare = base.compare;
                }
                // So do the ways to read and to write attributes of descriptors.
                $(if self.$name.is_none() && !matches!(stringify!($name), "hash" | "compare") {
                    self.$name = base.$name;
                })*
                for op in 0..N_BINARY {
                    self.binary[op] = self.binary[op].or(base.binary[op]);
                    self.inplace[op] = self.inplace[op].or(base.inplace[op]);
                }
            }
        }
    };
}

define_slots! {
    new: NewFn,
    init: InitFn,
    call: CallFn,
    repr: UnaryFn,
    str: UnaryFn,
    /// A class that is unhashable has [`super::special::unhashable`] here.
    hash: HashFn,
    compare: CompareFn,
    get_attr: GetAttrFn,
    set_attr: SetAttrFn,
    descr_get: DescrGetFn,
    descr_set: DescrSetFn,
    iter: UnaryFn,
    next: NextFn,
    len: LenFn,
    get_item: BinaryFn,
    set_item: SetItemFn,
    contains: ContainsFn,
    /// `sequence + sequence`, tried after both operands' `add`.
    concat: BinaryFn,
    inplace_concat: BinaryFn,
    /// `sequence * integer` (second argument anything with `__index__`), tried after both operands' `mul`.
    repeat: BinaryFn,
    inplace_repeat: BinaryFn,
    /// Three-argument pow.
    pow: TernaryFn,
    inplace_pow: BinaryFn,
    neg: UnaryFn,
    pos: UnaryFn,
    abs: UnaryFn,
    invert: UnaryFn,
    bool: BoolFn,
    int: UnaryFn,
    float: UnaryFn,
    index: UnaryFn,
    /// `__await__`.
    await_: UnaryFn,
    aiter: UnaryFn,
    anext: UnaryFn,
    /// `__del__`, and the clean-up of native payloads that wants to run Python code.
    finalize: UnaryFn,
    /// Lends the object's memory; see [`crate::protocol::buffer`].
    buffer: crate::protocol::buffer::BufferFn,
}
