//! The one table of builtin classes: description, payload and base. Bases come before what derives from them.

use super::*;
use crate::class::descriptors::{self, GetSetDescriptor, Member, MethodWrapper, SlotWrapper};
use crate::class::instance::Instance;
use crate::class::{Type, TypeSpec, type_object};
use crate::heap::PayloadVtable;
use crate::native::NativeFunction;
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
pub static BUILTINS: &[Builtin] = &[
    builtin::<Instance>(BuiltinType::Object, &object::TYPE, BuiltinType::Object),
    builtin::<Type>(BuiltinType::Type, &type_object::TYPE, BuiltinType::Object),
    builtin::<NativeFunction>(BuiltinType::NativeFunction, &descriptors::BUILTIN_FUNCTION, BuiltinType::Object),
    builtin::<NativeFunction>(BuiltinType::MethodDescriptor, &descriptors::METHOD_DESCRIPTOR, BuiltinType::Object),
    builtin::<NativeFunction>(
        BuiltinType::ClassMethodDescriptor,
        &descriptors::CLASS_METHOD_DESCRIPTOR,
        BuiltinType::Object,
    ),
    builtin::<GetSetDescriptor>(BuiltinType::GetSetDescriptor, &descriptors::GETSET, BuiltinType::Object),
    builtin::<Member>(BuiltinType::MemberDescriptor, &descriptors::MEMBER, BuiltinType::Object),
    builtin::<SlotWrapper>(BuiltinType::SlotWrapper, &descriptors::SLOT_WRAPPER, BuiltinType::Object),
    builtin::<MethodWrapper>(BuiltinType::MethodWrapper, &descriptors::METHOD_WRAPPER, BuiltinType::Object),
    builtin::<static_method::StaticMethod>(BuiltinType::StaticMethod, &static_method::STATIC, BuiltinType::Object),
    builtin::<static_method::ClassMethod>(BuiltinType::ClassMethod, &static_method::CLASS, BuiltinType::Object),
    builtin::<property::Property>(BuiltinType::Property, &property::TYPE, BuiltinType::Object),
    builtin::<mapping_proxy::MappingProxy>(BuiltinType::MappingProxy, &mapping_proxy::TYPE, BuiltinType::Object),
    builtin::<int::BoxedInt>(BuiltinType::Int, &int::TYPE, BuiltinType::Object),
    builtin::<bool::Bool>(BuiltinType::Bool, &bool::TYPE, BuiltinType::Int),
    builtin::<float::BoxedFloat>(BuiltinType::Float, &float::TYPE, BuiltinType::Object),
    builtin::<complex::Complex>(BuiltinType::Complex, &complex::TYPE, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::NoneType, &none::NONE_TYPE, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::Ellipsis, &none::ELLIPSIS, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::NotImplementedType, &none::NOT_IMPLEMENTED_TYPE, BuiltinType::Object),
    builtin::<cell::CellObject>(BuiltinType::Cell, &cell::TYPE, BuiltinType::Object),
];
