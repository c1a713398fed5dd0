//! The builtin classes of an interpreter: `vm.types.list()`, `vm.types.exception(Exc::TypeError)`.

use std::cell::OnceCell;

use crate::class::Type;
use crate::exceptions::Exc;
use crate::heap::Gc;

macro_rules! define_builtin_types {
    ($($name:ident $get:ident,)*) => {
        /// Classes the runtime itself refers to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum BuiltinType { $($name),* }

        impl BuiltinType {
            pub const ALL: &'static [BuiltinType] = &[$(BuiltinType::$name),*];
        }

        impl Types {
            $(#[inline(always)] pub fn $get(&self) -> &Gc<Type> { self.get(BuiltinType::$name) })*
        }
    };
}

define_builtin_types! {
    Object object, Type type_, Int int, Bool bool, Float float, Complex complex, Str str, Bytes bytes, ByteArray bytearray,
    MemoryView memoryview, Tuple tuple, List list, Dict dict, DictKeys dict_keys, DictValues dict_values, DictItems dict_items,
    DictKeyIterator dict_keyiterator, DictValueIterator dict_valueiterator, DictItemIterator dict_itemiterator,
    DictReverseKeyIterator dict_reversekeyiterator, DictReverseValueIterator dict_reversevalueiterator, DictReverseItemIterator dict_reverseitemiterator,
    DefaultDict default_dict, OrderedDict ordered_dict, OrderedDictKeys odict_keys, OrderedDictValues odict_values, OrderedDictItems odict_items, OrderedDictIterator odict_iterator,
    Set set, FrozenSet frozenset, SetIterator set_iterator, Range range, RangeIterator range_iterator, LongRangeIterator longrange_iterator, Slice slice,
    ListIterator list_iterator, ListReverseIterator list_reverseiterator, TupleIterator tuple_iterator, StrIterator str_iterator, StrAsciiIterator str_ascii_iterator,
    BytesIterator bytes_iterator, ByteArrayIterator bytearray_iterator, MemoryIterator memory_iterator,
    SequenceIterator sequence_iterator, CallableIterator callable_iterator,
    Enumerate enumerate, Zip zip, Map map, Filter filter, Reversed reversed,
    NoneType none_type, NotImplementedType not_implemented_type, Ellipsis ellipsis,
    Function function, NativeFunction builtin_function_or_method, MethodDescriptor method_descriptor, ClassMethodDescriptor classmethod_descriptor,
    SlotWrapper wrapper_descriptor, MethodWrapper method_wrapper, GetSetDescriptor getset_descriptor, MemberDescriptor member_descriptor,
    Method method, Property property, StaticMethod staticmethod, ClassMethod classmethod, Super super_,
    Module module, Code code, Frame frame, Traceback traceback, Cell cell, SimpleNamespace simple_namespace, MappingProxy mappingproxy,
    FrameLocalsProxy frame_locals_proxy, Generator generator, Coroutine coroutine, CoroutineWrapper coroutine_wrapper, AsyncGenerator async_generator,
    AsyncGenAsend async_generator_asend, AsyncGenAthrow async_generator_athrow, AsyncGenWrapped async_generator_wrapped, AnextAwaitable anext_awaitable,
    GenericAlias generic_alias, UnionType union_type, TypeVar type_var, ParamSpec param_spec, ParamSpecArgs param_spec_args, ParamSpecKwargs param_spec_kwargs,
    TypeVarTuple type_var_tuple, TypeAliasType type_alias_type, Generic generic, NoDefaultType no_default_type,
    GenericAliasIterator generic_alias_iterator, ConstEvaluator const_evaluator,
    Template template, TemplateIterator template_iterator, Interpolation interpolation,
    WeakRef weakref_ref, WeakProxy weakref_proxy, WeakCallableProxy weakref_callable_proxy,
    Future future, Task task, Gathering gathering_future, FutureIter future_iter, NativeCoroutine native_coroutine, NativeIterator native_coroutine_iterator,
    TaskStep task_step, NativeCallback native_callback, EventLoop event_loop, Handle handle, TimerHandle timer_handle,
    Lock asyncio_lock, Event asyncio_event, Semaphore asyncio_semaphore, Queue asyncio_queue,
    Context context, ContextVar context_var, ContextToken context_token, ContextTokenMissing context_token_missing, ContextNode context_node,
    ContextKeys context_keys, ContextValues context_values, ContextItems context_items,
}

/// See the module. Filled during start-up, complete afterwards.
pub struct Types {
    builtin: Vec<OnceCell<Gc<Type>>>,
    exceptions: Vec<OnceCell<Gc<Type>>>,
    /// `ExceptionGroup`, the one builtin exception with two bases.
    pub exception_group: OnceCell<Gc<Type>>,
}

impl Types {
    pub fn new() -> Types {
        Types {
            builtin: BuiltinType::ALL.iter().map(|_| OnceCell::new()).collect(),
            exceptions: Exc::ALL.iter().map(|_| OnceCell::new()).collect(),
            exception_group: OnceCell::new(),
        }
    }

    /// # Panics
    /// During start-up, before the class is made.
    #[inline(always)]
    pub fn get(&self, ty: BuiltinType) -> &Gc<Type> {
        self.builtin[ty as usize].get().expect("builtin classes are made at start-up")
    }

    /// Whether the class has been made yet.
    pub fn is_ready(&self, ty: BuiltinType) -> bool {
        self.builtin[ty as usize].get().is_some()
    }

    #[inline]
    pub fn exception(&self, exc: Exc) -> &Gc<Type> {
        self.exceptions[exc as usize].get().expect("exception classes are made at start-up")
    }

    pub(crate) fn fill(&self, ty: BuiltinType, class: Gc<Type>) {
        assert!(self.builtin[ty as usize].set(class).is_ok(), "{ty:?} is made once");
    }

    pub(crate) fn set_exception(&self, exc: Exc, class: Gc<Type>) {
        assert!(self.exceptions[exc as usize].set(class).is_ok(), "{exc:?} is made once");
    }
}

impl Default for Types {
    fn default() -> Self {
        Types::new()
    }
}
