//! The one table of builtin classes: description, payload and base. Bases come before what derives from them.

use super::*;
use crate::class::descriptors::{self, GetSetDescriptor, Member, MethodWrapper, SlotWrapper};
use crate::class::instance::Instance;
use crate::class::{Type, TypeSpec, type_object};
use crate::heap::PayloadVtable;
use crate::heap::weak::WeakRef;
use crate::native::NativeFunction;
use crate::tasks::context;
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
    builtin::<NativeFunction>(
        BuiltinType::NativeFunction,
        &descriptors::BUILTIN_FUNCTION,
        BuiltinType::Object,
    ),
    builtin::<NativeFunction>(
        BuiltinType::MethodDescriptor,
        &descriptors::METHOD_DESCRIPTOR,
        BuiltinType::Object,
    ),
    builtin::<NativeFunction>(
        BuiltinType::ClassMethodDescriptor,
        &descriptors::CLASS_METHOD_DESCRIPTOR,
        BuiltinType::Object,
    ),
    builtin::<GetSetDescriptor>(BuiltinType::GetSetDescriptor, &descriptors::GETSET, BuiltinType::Object),
    builtin::<Member>(BuiltinType::MemberDescriptor, &descriptors::MEMBER, BuiltinType::Object),
    builtin::<SlotWrapper>(BuiltinType::SlotWrapper, &descriptors::SLOT_WRAPPER, BuiltinType::Object),
    builtin::<MethodWrapper>(BuiltinType::MethodWrapper, &descriptors::METHOD_WRAPPER, BuiltinType::Object),
    builtin::<static_method::StaticMethod>(
        BuiltinType::StaticMethod,
        &static_method::STATIC,
        BuiltinType::Object,
    ),
    builtin::<static_method::ClassMethod>(
        BuiltinType::ClassMethod,
        &static_method::CLASS,
        BuiltinType::Object,
    ),
    builtin::<property::Property>(BuiltinType::Property, &property::TYPE, BuiltinType::Object),
    builtin::<module::Module>(BuiltinType::Module, &module_type::TYPE, BuiltinType::Object),
    builtin::<Instance>(BuiltinType::SimpleNamespace, &simple_namespace::TYPE, BuiltinType::Object),
    builtin::<WeakRef>(BuiltinType::WeakRef, &weak_reference::REFERENCE, BuiltinType::Object),
    builtin::<WeakRef>(BuiltinType::WeakProxy, &weak_reference::PROXY, BuiltinType::Object),
    builtin::<WeakRef>(BuiltinType::WeakCallableProxy, &weak_reference::CALLABLE_PROXY, BuiltinType::Object),
    builtin::<mapping_proxy::MappingProxy>(
        BuiltinType::MappingProxy,
        &mapping_proxy::TYPE,
        BuiltinType::Object,
    ),
    builtin::<int::BoxedInt>(BuiltinType::Int, &int::TYPE, BuiltinType::Object),
    builtin::<bool::Bool>(BuiltinType::Bool, &bool::TYPE, BuiltinType::Int),
    builtin::<float::BoxedFloat>(BuiltinType::Float, &float::TYPE, BuiltinType::Object),
    builtin::<complex::Complex>(BuiltinType::Complex, &complex::TYPE, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::NoneType, &none::NONE_TYPE, BuiltinType::Object),
    builtin::<none::Constant>(BuiltinType::Ellipsis, &none::ELLIPSIS, BuiltinType::Object),
    builtin::<none::Constant>(
        BuiltinType::NotImplementedType,
        &none::NOT_IMPLEMENTED_TYPE,
        BuiltinType::Object,
    ),
    builtin::<generator::Generator>(BuiltinType::Generator, &generator_types::GENERATOR, BuiltinType::Object),
    builtin::<generator::Generator>(BuiltinType::Coroutine, &generator_types::COROUTINE, BuiltinType::Object),
    builtin::<generator_types::CoroutineWrapper>(
        BuiltinType::CoroutineWrapper,
        &generator_types::COROUTINE_WRAPPER,
        BuiltinType::Object,
    ),
    builtin::<crate::vm::frame::FrameObject>(BuiltinType::Frame, &frame_types::FRAME, BuiltinType::Object),
    builtin::<crate::vm::unwind::Traceback>(
        BuiltinType::Traceback,
        &frame_types::TRACEBACK,
        BuiltinType::Object,
    ),
    builtin::<str::Str>(BuiltinType::Str, &str::TYPE, BuiltinType::Object),
    builtin::<str::StrIterator>(BuiltinType::StrIterator, &str::ITERATOR_TYPE, BuiltinType::Object),
    builtin::<str::StrIterator>(
        BuiltinType::StrAsciiIterator,
        &str::ASCII_ITERATOR_TYPE,
        BuiltinType::Object,
    ),
    builtin::<bytes::Bytes>(BuiltinType::Bytes, &bytes::TYPE, BuiltinType::Object),
    builtin::<bytes::BytesIterator>(BuiltinType::BytesIterator, &bytes::ITERATOR_TYPE, BuiltinType::Object),
    builtin::<bytes::BytesIterator>(
        BuiltinType::ByteArrayIterator,
        &bytes::BYTEARRAY_ITERATOR_TYPE,
        BuiltinType::Object,
    ),
    builtin::<bytearray::ByteArray>(BuiltinType::ByteArray, &bytearray::TYPE, BuiltinType::Object),
    builtin::<memoryview::MemoryView>(BuiltinType::MemoryView, &memoryview::TYPE, BuiltinType::Object),
    builtin::<memoryview::MemoryIterator>(
        BuiltinType::MemoryIterator,
        &memoryview::ITERATOR_TYPE,
        BuiltinType::Object,
    ),
    builtin::<cell::CellObject>(BuiltinType::Cell, &cell::TYPE, BuiltinType::Object),
    builtin::<tuple::Tuple>(BuiltinType::Tuple, &tuple::TYPE, BuiltinType::Object),
    builtin::<list::List>(BuiltinType::List, &list::TYPE, BuiltinType::Object),
    builtin::<dict::Dict>(BuiltinType::Dict, &dict::TYPE, BuiltinType::Object),
    builtin::<dict_views::DictKeys>(BuiltinType::DictKeys, &dict_views::KEYS, BuiltinType::Object),
    builtin::<dict_views::DictValues>(BuiltinType::DictValues, &dict_views::VALUES, BuiltinType::Object),
    builtin::<dict_views::DictItems>(BuiltinType::DictItems, &dict_views::ITEMS, BuiltinType::Object),
    builtin::<dict_views::DictIterator>(
        BuiltinType::DictKeyIterator,
        &dict_views::KEY_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<dict_views::DictIterator>(
        BuiltinType::DictValueIterator,
        &dict_views::VALUE_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<dict_views::DictIterator>(
        BuiltinType::DictItemIterator,
        &dict_views::ITEM_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<dict_views::DictIterator>(
        BuiltinType::DictReverseKeyIterator,
        &dict_views::REVERSE_KEY_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<dict_views::DictIterator>(
        BuiltinType::DictReverseValueIterator,
        &dict_views::REVERSE_VALUE_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<dict_views::DictIterator>(
        BuiltinType::DictReverseItemIterator,
        &dict_views::REVERSE_ITEM_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<set::Set>(BuiltinType::Set, &set::SET, BuiltinType::Object),
    builtin::<set::Set>(BuiltinType::FrozenSet, &set::FROZENSET, BuiltinType::Object),
    builtin::<set::SetIterator>(BuiltinType::SetIterator, &set::SET_ITERATOR, BuiltinType::Object),
    builtin::<iterators::ListIterator>(
        BuiltinType::ListIterator,
        &iterators::LIST_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<iterators::ListReverseIterator>(
        BuiltinType::ListReverseIterator,
        &iterators::LIST_REVERSE_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<iterators::TupleIterator>(
        BuiltinType::TupleIterator,
        &iterators::TUPLE_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<iterators::SequenceIterator>(
        BuiltinType::SequenceIterator,
        &iterators::SEQUENCE_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<iterators::CallableIterator>(
        BuiltinType::CallableIterator,
        &iterators::CALLABLE_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<slice::Slice>(BuiltinType::Slice, &slice::TYPE, BuiltinType::Object),
    builtin::<range::Range>(BuiltinType::Range, &range::TYPE, BuiltinType::Object),
    builtin::<range::RangeIterator>(BuiltinType::RangeIterator, &range::ITERATOR, BuiltinType::Object),
    builtin::<range::LongRangeIterator>(
        BuiltinType::LongRangeIterator,
        &range::LONG_ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<enumerate::Enumerate>(BuiltinType::Enumerate, &enumerate::TYPE, BuiltinType::Object),
    builtin::<zip::Zip>(BuiltinType::Zip, &zip::TYPE, BuiltinType::Object),
    builtin::<map::Map>(BuiltinType::Map, &map::TYPE, BuiltinType::Object),
    builtin::<filter::Filter>(BuiltinType::Filter, &filter::TYPE, BuiltinType::Object),
    builtin::<reversed::Reversed>(BuiltinType::Reversed, &reversed::TYPE, BuiltinType::Object),
    builtin::<dict::Dict>(BuiltinType::DefaultDict, &default_dict::TYPE, BuiltinType::Dict),
    builtin::<dict::Dict>(BuiltinType::OrderedDict, &ordered_dict::TYPE, BuiltinType::Dict),
    builtin::<dict_views::DictKeys>(BuiltinType::OrderedDictKeys, &ordered_dict::KEYS, BuiltinType::DictKeys),
    builtin::<dict_views::DictValues>(
        BuiltinType::OrderedDictValues,
        &ordered_dict::VALUES,
        BuiltinType::DictValues,
    ),
    builtin::<dict_views::DictItems>(
        BuiltinType::OrderedDictItems,
        &ordered_dict::ITEMS,
        BuiltinType::DictItems,
    ),
    builtin::<ordered_dict::OrderedDictIterator>(
        BuiltinType::OrderedDictIterator,
        &ordered_dict::ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<function::Function>(BuiltinType::Function, &function_type::FUNCTION, BuiltinType::Object),
    builtin::<function::BoundMethod>(BuiltinType::Method, &function_type::METHOD, BuiltinType::Object),
    builtin::<code::Code>(BuiltinType::Code, &code_type::TYPE, BuiltinType::Object),
    builtin::<super_type::Super>(BuiltinType::Super, &super_type::TYPE, BuiltinType::Object),
    builtin::<generic_alias::GenericAlias>(
        BuiltinType::GenericAlias,
        &generic_alias::TYPE,
        BuiltinType::Object,
    ),
    builtin::<generic_alias::AliasIterator>(
        BuiltinType::GenericAliasIterator,
        &generic_alias::ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<union::Union>(BuiltinType::UnionType, &union::TYPE, BuiltinType::Object),
    builtin::<type_parameter::TypeParameter>(
        BuiltinType::TypeVar,
        &type_parameter::TYPE_VAR,
        BuiltinType::Object,
    ),
    builtin::<type_parameter::TypeParameter>(
        BuiltinType::ParamSpec,
        &type_parameter::PARAM_SPEC,
        BuiltinType::Object,
    ),
    builtin::<type_parameter::TypeParameter>(
        BuiltinType::TypeVarTuple,
        &type_parameter::TYPE_VAR_TUPLE,
        BuiltinType::Object,
    ),
    builtin::<type_parameter::ParamSpecPart>(
        BuiltinType::ParamSpecArgs,
        &type_parameter::PARAM_SPEC_ARGS,
        BuiltinType::Object,
    ),
    builtin::<type_parameter::ParamSpecPart>(
        BuiltinType::ParamSpecKwargs,
        &type_parameter::PARAM_SPEC_KWARGS,
        BuiltinType::Object,
    ),
    builtin::<type_parameter::ConstEvaluator>(
        BuiltinType::ConstEvaluator,
        &type_parameter::CONST_EVALUATOR,
        BuiltinType::Object,
    ),
    builtin::<type_parameter::NoDefault>(
        BuiltinType::NoDefaultType,
        &type_parameter::NO_DEFAULT,
        BuiltinType::Object,
    ),
    builtin::<type_alias::TypeAlias>(BuiltinType::TypeAliasType, &type_alias::TYPE, BuiltinType::Object),
    builtin::<Instance>(BuiltinType::Generic, &type_alias::GENERIC, BuiltinType::Object),
    builtin::<template::Template>(BuiltinType::Template, &template::TEMPLATE, BuiltinType::Object),
    builtin::<template::TemplateIterator>(
        BuiltinType::TemplateIterator,
        &template::ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<template::Interpolation>(
        BuiltinType::Interpolation,
        &template::INTERPOLATION,
        BuiltinType::Object,
    ),
    builtin::<generator::Generator>(
        BuiltinType::AsyncGenerator,
        &async_generator::ASYNC_GENERATOR,
        BuiltinType::Object,
    ),
    builtin::<async_generator::AsyncStep>(
        BuiltinType::AsyncGenAsend,
        &async_generator::ASEND,
        BuiltinType::Object,
    ),
    builtin::<async_generator::AsyncStep>(
        BuiltinType::AsyncGenAthrow,
        &async_generator::ATHROW,
        BuiltinType::Object,
    ),
    builtin::<async_generator::WrappedValue>(
        BuiltinType::AsyncGenWrapped,
        &async_generator::WRAPPED,
        BuiltinType::Object,
    ),
    builtin::<anext_awaitable::AnextAwaitable>(
        BuiltinType::AnextAwaitable,
        &anext_awaitable::TYPE,
        BuiltinType::Object,
    ),
    builtin::<context::Context>(BuiltinType::Context, &context::CONTEXT, BuiltinType::Object),
    builtin::<context::ContextVar>(BuiltinType::ContextVar, &context::VARIABLE, BuiltinType::Object),
    builtin::<context::Token>(BuiltinType::ContextToken, &context::TOKEN, BuiltinType::Object),
    builtin::<context::Missing>(BuiltinType::ContextTokenMissing, &context::MISSING, BuiltinType::Object),
    builtin::<crate::tasks::ContextNode>(BuiltinType::ContextNode, &context::NODE, BuiltinType::Object),
    builtin::<context::ContextIterator>(BuiltinType::ContextKeys, &context::KEYS, BuiltinType::Object),
    builtin::<context::ContextIterator>(BuiltinType::ContextValues, &context::VALUES, BuiltinType::Object),
    builtin::<context::ContextIterator>(BuiltinType::ContextItems, &context::ITEMS, BuiltinType::Object),
    builtin::<crate::tasks::future::Future>(
        BuiltinType::Future,
        &crate::tasks::future_type::TYPE,
        BuiltinType::Object,
    ),
    builtin::<crate::tasks::task::Task>(
        BuiltinType::Task,
        &crate::tasks::task_type::TYPE,
        BuiltinType::Future,
    ),
    builtin::<crate::tasks::gather::Gathering>(
        BuiltinType::Gathering,
        &crate::tasks::gather::TYPE,
        BuiltinType::Future,
    ),
    builtin::<crate::tasks::future_type::FutureIter>(
        BuiltinType::FutureIter,
        &crate::tasks::future_type::ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<crate::tasks::native_coroutine::NativeCoroutine>(
        BuiltinType::NativeCoroutine,
        &crate::tasks::native_coroutine::TYPE,
        BuiltinType::Coroutine,
    ),
    builtin::<crate::tasks::native_coroutine::NativeIterator>(
        BuiltinType::NativeIterator,
        &crate::tasks::native_coroutine::ITERATOR,
        BuiltinType::Object,
    ),
    builtin::<crate::tasks::step::TaskCallable>(
        BuiltinType::TaskStep,
        &crate::tasks::step::TASK_STEP,
        BuiltinType::Object,
    ),
    builtin::<crate::tasks::step::NativeCallable>(
        BuiltinType::NativeCallback,
        &crate::tasks::step::NATIVE_CALLBACK,
        BuiltinType::Object,
    ),
    builtin::<crate::event_loop::EventLoop>(
        BuiltinType::EventLoop,
        &crate::event_loop::TYPE,
        BuiltinType::Object,
    ),
    builtin::<crate::event_loop::handle::Handle>(
        BuiltinType::Handle,
        &crate::event_loop::handle::HANDLE,
        BuiltinType::Object,
    ),
    builtin::<crate::event_loop::handle::Handle>(
        BuiltinType::TimerHandle,
        &crate::event_loop::handle::TIMER_HANDLE,
        BuiltinType::Handle,
    ),
    builtin::<crate::tasks::locks::Lock>(BuiltinType::Lock, &crate::tasks::locks::LOCK, BuiltinType::Object),
    builtin::<crate::tasks::locks::Event>(
        BuiltinType::Event,
        &crate::tasks::locks::EVENT,
        BuiltinType::Object,
    ),
    builtin::<crate::tasks::locks::Semaphore>(
        BuiltinType::Semaphore,
        &crate::tasks::locks::SEMAPHORE,
        BuiltinType::Object,
    ),
    builtin::<crate::tasks::queue::Queue>(
        BuiltinType::Queue,
        &crate::tasks::queue::TYPE,
        BuiltinType::Object,
    ),
];
