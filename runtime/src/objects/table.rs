//! The one table of builtin classes: description, payload and base. Bases come before what derives from them.

use super::*;
use crate::class::TypeSpec;
use crate::heap::PayloadVtable;
use crate::types::BuiltinType;

/// One builtin class.
pub struct Builtin {
    pub ty: BuiltinType,
    pub spec: &'static TypeSpec,
    pub vtable: &'static PayloadVtable,
    pub base: BuiltinType,
}

const fn builtin<T: crate::heap::Payload>(
    ty: BuiltinType,
    spec: &'static TypeSpec,
    base: BuiltinType,
) -> Builtin {
    Builtin { ty, spec, vtable: PayloadVtable::of::<T>(), base }
}

/// See the module. `object` and `type` are first; `object`'s base is not looked at.
pub static BUILTINS: &[Builtin] =
    &[
    builtin::<int::BoxedInt>(BuiltinType::Int, &int::TYPE, BuiltinType::Object),
    builtin::<bool::Bool>(BuiltinType::Bool, &bool::TYPE, BuiltinType::Int),
    builtin::<float::BoxedFloat>(BuiltinType::Float, &float::TYPE, BuiltinType::Object),
    builtin::<complex::Complex>(BuiltinType::Complex, &complex::TYPE, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::NoneType, &none::NONE_TYPE, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::Ellipsis, &none::ELLIPSIS, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::NotImplementedType, &none::NOT_IMPLEMENTED_TYPE, BuiltinType::Object),
    builtin::<cell::CellObject>(BuiltinType::Cell, &cell::TYPE, BuiltinType::Object),
];
