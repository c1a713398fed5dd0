//! Interned names the runtime itself uses, made once per interpreter: `vm.names.__init__`.

#![allow(non_snake_case)]

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use crate::heap::Gc;
use crate::objects::str::Str;

/// An interned string, equal to its bytes.
struct Interned(Gc<Str>);

impl Borrow<[u8]> for Interned {
    fn borrow(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Hash for Interned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl PartialEq for Interned {
    fn eq(&self, other: &Interned) -> bool {
        self.0.as_bytes() == other.0.as_bytes()
    }
}

impl Eq for Interned {}

/// All interned strings of an interpreter, by their bytes.
pub struct Interner {
    table: RefCell<HashSet<Interned, rapidhash::fast::RandomState>>,
}

/// Room for what start-up interns.
const N_EXPECTED: usize = 1500;

impl Default for Interner {
    fn default() -> Interner {
        Interner { table: RefCell::new(HashSet::with_capacity_and_hasher(N_EXPECTED, Default::default())) }
    }
}

impl Interner {
    /// The one interned string with these bytes.
    pub fn intern(&self, bytes: &[u8]) -> Gc<Str> {
        if let Some(found) = self.table.borrow().get(bytes) {
            return found.0.clone();
        }
        let text = Str::from_wtf8(bytes);
        text.mark_interned();
        self.table.borrow_mut().insert(Interned(text.clone()));
        text
    }

    /// Number of interned strings.
    pub fn len(&self) -> usize {
        self.table.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The interned string equal to `text`, which becomes it if there is none yet.
    pub fn intern_str(&self, text: &Gc<Str>) -> Gc<Str> {
        if text.is_interned() {
            return text.clone();
        }
        if !text.header().is_exact() {
            return self.intern(text.as_bytes());
        }
        let mut table = self.table.borrow_mut();
        if let Some(found) = table.get(text.as_bytes()) {
            return found.0.clone();
        }
        text.mark_interned();
        table.insert(Interned(text.clone()));
        text.clone()
    }
}

macro_rules! define_names {
    ($($name:ident)*) => {
        /// See the module.
        pub struct Names { $(pub $name: Gc<Str>,)* }
        impl Names {
            pub fn new(interner: &Interner) -> Names {
                Names { $($name: interner.intern(stringify!($name).as_bytes()),)* }
            }
        }
    };
}

define_names! {
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotate_func__ __annotations__
    __annotations_cache__ __args__ __await__ __bases__ __bool__ __build_class__ __builtins__ __bytes__ __call__ __cause__ __ceil__ __class__
    __class_getitem__ __classcell__ __classdict__ __classdictcell__ __closure__ __code__ __complex__ __contains__ __context__ __copy__ __debug__
    __deepcopy__ __defaults__ __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__
    __eq__ __exit__ __file__ __firstlineno__ __float__ __floor__ __floordiv__ __format__ __fspath__ __func__ __future__ __ge__ __get__ __getattr__
    __getattribute__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __globals__ __gt__ __hash__ __iadd__ __iand__ __ifloordiv__
    __ilshift__ __imatmul__ __imod__ __import__ __imul__ __index__ __init__ __init_subclass__ __instancecheck__ __int__
    __invert__ __ior__ __ipow__ __irshift__ __isabstractmethod__ __isub__ __iter__ __itruediv__ __ixor__ __kwdefaults__ __le__
    __len__ __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__ __metaclass__ __missing__ __mod__ __module__ __mro__
    __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__ __next__ __notes__ __objclass__ __or__ __orig_class__ __origin__ __package__
    __parameters__ __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ __repr__
    __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__
    __rsub__ __rtruediv__ __rxor__ __self__ __set__ __set_name__ __setattr__ __setitem__ __setstate__ __sizeof__ __slots__ __spec__ __static_attributes__
    __str__ __sub__ __subclasscheck__ __subclasses__ __subclasshook__ __suppress_context__ __text_signature__ __traceback__ __truediv__ __trunc__
    __type_params__ __typing_subst__ __unpacked__ __weakref__ __wrapped__ __xor__ __abstractmethods__ __buffer__ __release_buffer__
    _fields _asyncio_future_blocking slow_callback_duration _initializing _uninitialized_submodules
    append args builtins clear close co_flags copy decode encode end exceptions extend fget fileno file filename flush get items join key keys
    metaclass mro msg name obj path pop print_file_and_line print read readline real imag replace reset return_value send sep setdefault strip
    sys stdin stdout stderr throw update value values write numerator denominator default maxsize modules meta_path path_hooks encoding errors
    displayhook excepthook unraisablehook breakpointhook lineno offset text end_lineno end_offset start reason errno strerror object
    fromlist globals locals level asyncio conjugate __static__ __lambda__ cancel result done tb_next add_note warn warnings
    __conditional_annotations__ __firstiter__ __interned__ name_from code message
}
