//! Descriptors of builtin classes: computed attributes, `__slots__` members, slot wrappers, and the three classes of native functions.

use super::special::{Special, WrapperFn};
use super::{CompareOp, Slots, Type, TypeSpec, special, type_flags};
use crate::class::instance::Instance;
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::binding::Signature;
use crate::native::{Args, GetSet, NativeFunction, Role};
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// `getset_descriptor`: a computed attribute of a builtin class.
pub struct GetSetDescriptor {
    pub getset: &'static GetSet,
    pub class: Gc<Type>,
}

impl Payload for GetSetDescriptor {
    crate::trace_fields!(class; skip getset);
}

/// `member_descriptor`: an entry of `__slots__`, or a read-only attribute of a builtin class (a field of a C struct, in CPython).
pub struct Member {
    pub name: Gc<Str>,
    pub class: Gc<Type>,
    pub source: MemberSource,
}

/// Where the value of a [`Member`] is.
#[derive(Clone, Copy)]
pub enum MemberSource {
    /// Which of the instance's member values it is.
    Slot(usize),
    Native(&'static GetSet),
}

impl Payload for Member {
    const KIND: Kind = Kind::Member;
    crate::trace_fields!(name, class; skip source);
}

/// `wrapper_descriptor`: a slot of a builtin class as a method.
pub struct SlotWrapper {
    pub special: &'static Special,
    pub wrap: WrapperFn,
    pub class: Gc<Type>,
}

impl Payload for SlotWrapper {
    crate::trace_fields!(class; skip special, wrap);
}

/// `method-wrapper`: a slot wrapper bound to an object.
pub struct MethodWrapper {
    pub wrapper: Gc<SlotWrapper>,
    pub receiver: Value,
}

impl Payload for MethodWrapper {
    crate::trace_fields!(wrapper, receiver);
}

pub fn new_getset(vm: &Vm, getset: &'static GetSet, class: &Gc<Type>) -> Value {
    let is_member = getset.set.is_some_and(|set| {
        std::ptr::fn_addr_eq(set, read_only as fn(&Vm, &Value, Option<&Value>) -> PyResult<()>)
    });
    if is_member {
        let source = MemberSource::Native(getset);
        let member = Member { name: vm.intern(getset.name), class: class.clone(), source };
        return heap::alloc(vm.types.member_descriptor(), member).into();
    }
    heap::alloc(vm.types.getset_descriptor(), GetSetDescriptor { getset, class: class.clone() }).into()
}

pub fn new_member(vm: &Vm, name: Gc<Str>, class: &Gc<Type>, index: usize) -> Value {
    let member = Member { name, class: class.clone(), source: MemberSource::Slot(index) };
    heap::alloc(vm.types.member_descriptor(), member).into()
}

pub fn new_static_method(vm: &Vm, function: Value) -> Value {
    crate::objects::static_method::new_static(vm, function)
}

fn this<T: Payload>(value: &Value) -> &Gc<T> {
    value.downcast().expect("slots see instances of their class")
}

/// "descriptor 'x' for 'C' objects doesn't apply to a 'D' object" unless `value` is an instance of `class`.
fn check_instance(vm: &Vm, name: &str, class: &Gc<Type>, value: &Value) -> PyResult<()> {
    // Native coroutines derive from `coroutine` without being made like one.
    let is_alike = value.kind() != Some(Kind::NativeCoroutine) || class.vtable().kind != Kind::Generator;
    if is_alike && vm.is_instance_of(value, class) {
        return Ok(());
    }
    let (class, got) = (class.display_name(), vm.type_name(value));
    vm.raise(
        Exc::TypeError,
        format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{got}' object"),
    )
}

/// Qualified name "C.x" of a descriptor.
fn qualified(class: &Gc<Type>, name: &str) -> Value {
    format!("{}.{name}", class.qualname.borrow()).into()
}

/// Setter of attributes that cannot be set.
pub fn read_only(vm: &Vm, _: &Value, _: Option<&Value>) -> PyResult<()> {
    vm.raise(Exc::AttributeError, "readonly attribute")
}

fn text_or_none(text: &'static str) -> Value {
    if text.is_empty() { Value::NONE } else { text.into() }
}

/// `getattr(owner, name)` as `__reduce__` of descriptors and bound natives gives it.
fn reduce_to_getattr(vm: &Vm, owner: Value, name: &str) -> PyResult {
    let Some(getattr) = vm.builtins.get_str(&vm.intern("getattr")) else {
        return vm.raise(Exc::NameError, "name 'getattr' is not defined");
    };
    Ok(vm.tuple(&[getattr, vm.tuple(&[owner, name.into()])]))
}

// --- getset_descriptor

pub static GETSET: TypeSpec = TypeSpec {
    name: "getset_descriptor",
    flags: type_flags::NO_NEW,
    getset: &[
        GetSet::read_only("__objclass__", |_, value| Ok(this::<GetSetDescriptor>(value).class.to_value())),
        GetSet::read_only("__name__", |vm, value| {
            Ok(vm.intern(this::<GetSetDescriptor>(value).getset.name).into())
        }),
        GetSet::read_only("__qualname__", |_, value| {
            let descriptor = this::<GetSetDescriptor>(value);
            Ok(qualified(&descriptor.class, descriptor.getset.name))
        }),
        GetSet::read_only("__doc__", |_, value| Ok(text_or_none(this::<GetSetDescriptor>(value).getset.doc))),
    ],
    slots: Slots {
        repr: Some(|_, value| {
            let descriptor = this::<GetSetDescriptor>(value);
            let (name, class) = (descriptor.getset.name, descriptor.class.display_name());
            Ok(format!("<attribute '{name}' of '{class}' objects>").into())
        }),
        descr_get: Some(|vm, value, instance, _| {
            let descriptor = this::<GetSetDescriptor>(value);
            let Some(instance) = instance else { return Ok(value.clone()) };
            check_instance(vm, descriptor.getset.name, &descriptor.class, instance)?;
            (descriptor.getset.get)(vm, instance)
        }),
        descr_set: Some(|vm, value, instance, new| {
            let descriptor = this::<GetSetDescriptor>(value);
            check_instance(vm, descriptor.getset.name, &descriptor.class, instance)?;
            match descriptor.getset.set {
                Some(set) => set(vm, instance, new),
                None => {
                    let (name, class) = (descriptor.getset.name, descriptor.class.display_name());
                    vm.raise(
                        Exc::AttributeError,
                        format!("attribute '{name}' of '{class}' objects is not writable"),
                    )
                }
            }
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

// --- member_descriptor

pub static MEMBER: TypeSpec = TypeSpec {
    name: "member_descriptor",
    flags: type_flags::NO_NEW,
    methods: &[crate::NativeFn::new("__reduce__($self, /)", |vm, args| {
        let member = args.this::<Member>();
        reduce_to_getattr(vm, member.class.to_value(), &member.name.to_string_lossy())
    })],
    getset: &[
        GetSet::read_only("__objclass__", |_, value| Ok(this::<Member>(value).class.to_value())),
        GetSet::read_only("__name__", |_, value| Ok(this::<Member>(value).name.to_value())),
        GetSet::read_only("__qualname__", |_, value| {
            let member = this::<Member>(value);
            Ok(qualified(&member.class, &member.name.to_string_lossy()))
        }),
        GetSet::read_only("__doc__", |_, value| {
            Ok(match this::<Member>(value).source {
                MemberSource::Native(getset) => text_or_none(getset.doc),
                MemberSource::Slot(_) => Value::NONE,
            })
        }),
    ],
    slots: Slots {
        repr: Some(|_, value| {
            let member = this::<Member>(value);
            Ok(format!("<member '{}' of '{}' objects>", member.name, member.class.display_name()).into())
        }),
        descr_get: Some(|vm, value, instance, _| {
            let member = this::<Member>(value);
            let Some(instance) = instance else { return Ok(value.clone()) };
            check_instance(vm, &member.name.to_string_lossy(), &member.class, instance)?;
            let index = match member.source {
                MemberSource::Slot(index) => index,
                MemberSource::Native(getset) => return (getset.get)(vm, instance),
            };
            match read_member(instance, index) {
                Some(found) => Ok(found),
                None => vm.raise_no_attribute(instance, &member.name),
            }
        }),
        descr_set: Some(|vm, value, instance, new| {
            let member = this::<Member>(value);
            check_instance(vm, &member.name.to_string_lossy(), &member.class, instance)?;
            let MemberSource::Slot(index) = member.source else { return read_only(vm, instance, new) };
            let old = write_member(instance, index, new.cloned().unwrap_or(Value::UNBOUND));
            if new.is_none() && old.is_none_or(|old| old.is_unbound()) {
                return vm.raise(Exc::AttributeError, member.name.to_string());
            }
            Ok(())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// Value of a `__slots__` member, `None` if unset.
pub fn read_member(instance: &Value, index: usize) -> Option<Value> {
    if let Some(instance) = instance.downcast::<Instance>() {
        return instance.member(index);
    }
    let slots = instance.header()?.extra()?.slots.borrow();
    slots.get(index).filter(|value| !value.is_unbound()).cloned()
}

/// Sets a member (unbound: deletes); gives the old value, `None` if there is no room for it.
fn write_member(instance: &Value, index: usize, new: Value) -> Option<Value> {
    if let Some(instance) = instance.downcast::<Instance>() {
        return Some(instance.set_member(index, new));
    }
    let mut slots = instance.header()?.extra()?.slots.borrow_mut();
    slots.get_mut(index).map(|slot| std::mem::replace(slot, new))
}

// --- wrapper_descriptor and method-wrapper

pub static SLOT_WRAPPER: TypeSpec = TypeSpec {
    name: "wrapper_descriptor",
    flags: type_flags::NO_NEW | type_flags::METHOD_DESCRIPTOR,
    methods: &[crate::NativeFn::new("__reduce__($self, /)", |vm, args| {
        let wrapper = args.this::<SlotWrapper>();
        reduce_to_getattr(vm, wrapper.class.to_value(), wrapper.special.text)
    })],
    getset: &[
        GetSet::read_only("__objclass__", |_, value| Ok(this::<SlotWrapper>(value).class.to_value())),
        GetSet::read_only("__name__", |vm, value| Ok(this::<SlotWrapper>(value).special.name(vm).to_value())),
        GetSet::read_only("__qualname__", |_, value| {
            let wrapper = this::<SlotWrapper>(value);
            Ok(qualified(&wrapper.class, wrapper.special.text))
        }),
        GetSet::read_only("__doc__", |_, value| Ok(text_or_none(this::<SlotWrapper>(value).special.doc))),
        GetSet::read_only("__text_signature__", |_, value| {
            let wrapper = this::<SlotWrapper>(value);
            // Constructors that stand for an `__init__` in Python.
            let init = wrapper.class.spec.and_then(|spec| spec.init);
            let init =
                init.filter(|init| wrapper.special.text == "__init__" && init.signature.contains("~("));
            match init.and_then(|init| Signature::text(init.signature)) {
                Some(text) => Ok(text.as_ref().into()),
                None => Ok(text_or_none(wrapper.special.signature)),
            }
        }),
    ],
    slots: Slots {
        repr: Some(|_, value| {
            let wrapper = this::<SlotWrapper>(value);
            let (name, class) = (wrapper.special.text, wrapper.class.display_name());
            Ok(format!("<slot wrapper '{name}' of '{class}' objects>").into())
        }),
        call: Some(call_slot_wrapper),
        descr_get: Some(|vm, value, instance, _| {
            let wrapper = this::<SlotWrapper>(value);
            let Some(instance) = instance else { return Ok(value.clone()) };
            check_instance(vm, wrapper.special.text, &wrapper.class, instance)?;
            let body = MethodWrapper { wrapper: wrapper.clone(), receiver: instance.clone() };
            Ok(heap::alloc(vm.types.method_wrapper(), body).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn call_slot_wrapper(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let wrapper = this::<SlotWrapper>(value);
    let name = wrapper.special.text;
    let Some(receiver) = args.values.first() else {
        let class = wrapper.class.display_name();
        return vm
            .raise(Exc::TypeError, format!("descriptor '{name}' of '{class}' object needs an argument"));
    };
    if !vm.is_instance_of(receiver, &wrapper.class) {
        let (class, got) = (wrapper.class.display_name(), vm.type_name(receiver));
        return vm.raise(
            Exc::TypeError,
            format!("descriptor '{name}' requires a '{class}' object but received a '{got}'"),
        );
    }
    (wrapper.wrap)(vm, wrapper.special, &wrapper.class, args)
}

pub static METHOD_WRAPPER: TypeSpec = TypeSpec {
    name: "method-wrapper",
    flags: type_flags::NO_NEW,
    methods: &[crate::NativeFn::new("__reduce__($self, /)", |vm, args| {
        let bound = args.this::<MethodWrapper>();
        reduce_to_getattr(vm, bound.receiver.clone(), bound.wrapper.special.text)
    })],
    getset: &[
        GetSet::read_only("__self__", |_, value| Ok(this::<MethodWrapper>(value).receiver.clone())),
        GetSet::read_only("__objclass__", |_, value| {
            Ok(this::<MethodWrapper>(value).wrapper.class.to_value())
        }),
        GetSet::read_only("__name__", |vm, value| {
            Ok(this::<MethodWrapper>(value).wrapper.special.name(vm).to_value())
        }),
        GetSet::read_only("__qualname__", |_, value| {
            let wrapper = &this::<MethodWrapper>(value).wrapper;
            Ok(qualified(&wrapper.class, wrapper.special.text))
        }),
        GetSet::read_only("__doc__", |_, value| {
            Ok(text_or_none(this::<MethodWrapper>(value).wrapper.special.doc))
        }),
        GetSet::read_only("__text_signature__", |_, value| {
            Ok(text_or_none(this::<MethodWrapper>(value).wrapper.special.signature))
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let bound = this::<MethodWrapper>(value);
            let (name, class) = (bound.wrapper.special.text, vm.type_name(&bound.receiver));
            let address = bound.receiver.id();
            Ok(format!("<method-wrapper '{name}' of {class} object at {address:#x}>").into())
        }),
        call: Some(|vm, value, args| {
            let bound = this::<MethodWrapper>(value);
            let wrapper = &bound.wrapper;
            args.prepend(&bound.receiver, |args| (wrapper.wrap)(vm, wrapper.special, &wrapper.class, args))
        }),
        hash: Some(|_, value| {
            let bound = this::<MethodWrapper>(value);
            Ok(special::mix_identities(bound.receiver.id(), bound.wrapper.as_value().id()))
        }),
        compare: Some(|_, a, b, op| {
            let (Some(a), Some(b)) = (a.downcast::<MethodWrapper>(), b.downcast::<MethodWrapper>()) else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            let same = a.wrapper.is(&b.wrapper) && a.receiver.is(&b.receiver);
            Ok(equality(op, same))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// The answer of classes that know only `==` and `!=`.
pub fn equality(op: CompareOp, same: bool) -> Value {
    match op {
        CompareOp::Eq => same.into(),
        CompareOp::Ne => (!same).into(),
        _ => Value::NOT_IMPLEMENTED,
    }
}

// --- builtin_function_or_method, method_descriptor, classmethod_descriptor

fn native(value: &Value) -> &Gc<NativeFunction> {
    this(value)
}

fn native_name(vm: &Vm, value: &Value) -> PyResult {
    Ok(vm.intern(native(value).function.name()).into())
}

fn native_doc(_vm: &Vm, value: &Value) -> PyResult {
    Ok(text_or_none(native(value).function.doc))
}

fn native_text_signature(_vm: &Vm, value: &Value) -> PyResult {
    let text = native(value).function.signature;
    Ok(Signature::text(text).map_or(Value::NONE, |text| text.as_ref().into()))
}

/// Class of a method descriptor.
fn owner(function: &Gc<NativeFunction>) -> &Gc<Type> {
    function.class.as_ref().expect("method descriptors name their class")
}

fn descriptor_qualname(_vm: &Vm, value: &Value) -> PyResult {
    let function = native(value);
    Ok(qualified(owner(function), function.function.name()))
}

const DESCRIPTOR_GETSET: &[GetSet] = &[
    GetSet::read_only("__objclass__", |_, value| Ok(owner(native(value)).to_value())),
    GetSet::read_only("__name__", native_name),
    GetSet::read_only("__qualname__", descriptor_qualname),
    GetSet::read_only("__doc__", native_doc),
    GetSet::read_only("__text_signature__", native_text_signature),
];

fn reduce_descriptor(vm: &Vm, args: Args<'_>) -> PyResult {
    let function = native(args.value(0));
    reduce_to_getattr(vm, owner(function).to_value(), function.function.name())
}

fn descriptor_repr(_vm: &Vm, value: &Value) -> PyResult {
    let function = native(value);
    let (name, class) = (function.function.name(), owner(function).display_name());
    Ok(format!("<method '{name}' of '{class}' objects>").into())
}

pub static METHOD_DESCRIPTOR: TypeSpec = TypeSpec {
    name: "method_descriptor",
    flags: type_flags::NO_NEW | type_flags::METHOD_DESCRIPTOR,
    methods: &[crate::NativeFn::new("__reduce__($self, /)", reduce_descriptor)],
    getset: DESCRIPTOR_GETSET,
    slots: Slots {
        repr: Some(descriptor_repr),
        call: Some(|vm, value, args| {
            let function = native(value);
            check_receiver(vm, function, args)?;
            function.call_unbound(vm, args)
        }),
        descr_get: Some(|vm, value, instance, _| {
            let function = native(value);
            let Some(instance) = instance else { return Ok(value.clone()) };
            check_instance(vm, function.function.name(), owner(function), instance)?;
            Ok(bind_native(vm, function, instance.clone()).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// What `list.append(x)` checks before the native code may rely on the class of its first argument.
#[inline]
pub fn check_receiver(vm: &Vm, function: &Gc<NativeFunction>, args: Args<'_>) -> PyResult<()> {
    let (class, name) = (owner(function), function.function.name());
    match args.values.first() {
        Some(receiver) => check_instance(vm, name, class, receiver),
        None => {
            let class = class.display_name();
            vm.raise(Exc::TypeError, format!("unbound method {class}.{name}() needs an argument"))
        }
    }
}

/// A native method joined to its receiver.
pub fn bind_native(vm: &Vm, function: &Gc<NativeFunction>, receiver: Value) -> Gc<NativeFunction> {
    let mut bound = NativeFunction::new(function.function, Role::Bound);
    bound.receiver = Some(receiver);
    bound.class = function.class.clone();
    heap::alloc(vm.types.builtin_function_or_method(), bound)
}

pub static CLASS_METHOD_DESCRIPTOR: TypeSpec = TypeSpec {
    name: "classmethod_descriptor",
    flags: type_flags::NO_NEW,
    getset: DESCRIPTOR_GETSET,
    slots: Slots {
        repr: Some(descriptor_repr),
        call: Some(|vm, value, args| {
            let function = native(value);
            let (name, class) = (function.function.name(), owner(function).display_name());
            let Some(receiver) = args.values.first() else {
                return vm.raise(
                    Exc::TypeError,
                    format!("descriptor '{name}' of '{class}' object needs an argument"),
                );
            };
            check_class_receiver(vm, function, receiver)?;
            function.call_unbound(vm, args)
        }),
        descr_get: Some(|vm, value, _, class| {
            let function = native(value);
            check_class_receiver(vm, function, class.as_value())?;
            Ok(bind_native(vm, function, class.to_value()).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn check_class_receiver(vm: &Vm, function: &Gc<NativeFunction>, receiver: &Value) -> PyResult<()> {
    let (class, name) = (owner(function), function.function.name());
    let Some(given) = receiver.downcast::<Type>() else {
        let (class, got) = (class.display_name(), vm.type_name(receiver));
        return vm.raise(
            Exc::TypeError,
            format!("descriptor '{name}' for type '{class}' needs a type, not a '{got}' as arg 2"),
        );
    };
    if given.is_subclass(class) {
        return Ok(());
    }
    let (class, got) = (class.display_name(), given.display_name());
    vm.raise(
        Exc::TypeError,
        format!("descriptor '{name}' requires a subtype of '{class}' but received '{got}'"),
    )
}

pub static BUILTIN_FUNCTION: TypeSpec = TypeSpec {
    name: "builtin_function_or_method",
    flags: type_flags::NO_NEW | type_flags::HAS_WEAKREF,
    methods: &[crate::NativeFn::new("__reduce__($self, /)", |vm, args| {
        let function = args.this::<NativeFunction>();
        match &function.receiver {
            Some(receiver) if receiver.downcast::<crate::objects::module::Module>().is_none() => {
                reduce_to_getattr(vm, receiver.clone(), function.function.name())
            }
            _ => Ok(function.function.name().into()),
        }
    })],
    getset: &[
        GetSet::read_only("__name__", native_name),
        GetSet::read_only("__qualname__", |vm, value| {
            let function = native(value);
            let name = function.function.name();
            Ok(match &function.receiver {
                Some(receiver) if receiver.downcast::<crate::objects::module::Module>().is_none() => {
                    match receiver.downcast::<Type>() {
                        Some(class) => qualified(class, name),
                        None => qualified(vm.type_of(receiver), name),
                    }
                }
                _ => name.into(),
            })
        }),
        GetSet::read_only("__doc__", native_doc),
        GetSet::read_only("__text_signature__", native_text_signature),
        GetSet::read_only("__self__", |vm, value| {
            let function = native(value);
            if let Some(receiver) = &function.receiver {
                return Ok(receiver.clone());
            }
            // A function of a module has the module, which is found by its name.
            let module = match &function.module_name {
                Some(name) => name.downcast::<Str>().and_then(|name| vm.modules.get_str(name)),
                None => None,
            };
            Ok(module.unwrap_or(Value::NONE))
        }),
        GetSet::read_only("__module__", |_, value| {
            Ok(native(value).module_name.clone().unwrap_or(Value::NONE))
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let function = native(value);
            let name = function.function.name();
            Ok(match &function.receiver {
                Some(receiver) if receiver.downcast::<crate::objects::module::Module>().is_none() => {
                    let (class, address) = (vm.type_name(receiver), receiver.id());
                    format!("<built-in method {name} of {class} object at {address:#x}>")
                }
                _ => format!("<built-in function {name}>"),
            }
            .into())
        }),
        call: Some(|vm, value, args| native(value).call(vm, args)),
        hash: Some(|_, value| {
            let function = native(value);
            let receiver = function.receiver.as_ref().map_or(0, Value::id);
            Ok(special::mix_identities(receiver, function.function as *const _ as u64))
        }),
        compare: Some(|_, a, b, op| {
            let (Some(a), Some(b)) = (a.downcast::<NativeFunction>(), b.downcast::<NativeFunction>()) else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            let same_receiver = match (&a.receiver, &b.receiver) {
                (Some(a), Some(b)) => a.is(b),
                (a, b) => a.is_none() && b.is_none(),
            };
            Ok(equality(op, same_receiver && std::ptr::eq(a.function, b.function)))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// The getter of exactly a `property`, for inline caches.
pub fn property_getter(value: &Value) -> Option<Value> {
    value.downcast_exact::<crate::objects::property::Property>()?.getter.borrow().clone()
}

/// The index of a `__slots__` member descriptor, for inline caches.
pub fn member_index(value: &Value) -> Option<usize> {
    match value.downcast::<Member>()?.source {
        MemberSource::Slot(index) => Some(index),
        MemberSource::Native(_) => None,
    }
}
