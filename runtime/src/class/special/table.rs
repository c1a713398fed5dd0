//! The table of special methods. Where two slots share a name (`__add__`: number and sequence), the numeric one comes first.

use super::wrappers as w;
use super::{SlotId, Special, WrapperFn};
use crate::class::BinaryOp;

const NONE: Option<WrapperFn> = None;

macro_rules! special {
    ($($name:ident $slot:expr, $wrap:expr, $signature:literal, $doc:expr;)*) => {
        &[$(Special {
            name: |names| &names.$name,
            text: stringify!($name),
            signature: $signature,
            doc: $doc,
            slot: $slot,
            wrap: $wrap,
        },)*]
    };
}

use BinaryOp::*;
use SlotId::{
    AIter, ANext, Abs, Await, Binary, Bool, Call, Compare, Concat, Contains, DescrGet, DescrSet, Finalize,
    Float, GetAttr, GetItem, Hash, Index, Init, Inplace, InplaceConcat, InplaceRepeat, Int, Invert, Iter,
    Len, Neg, New, Next, Pos, Pow as Pow3, Repeat, Repr, SetAttr, SetItem, Str,
};

/// See the module.
pub static TABLE: &[Special] = special! {
    __getattribute__ GetAttr, Some(w::get_attr), "($self, name, /)", "Return getattr(self, name).";
    __getattr__ GetAttr, NONE, "", "";
    __setattr__ SetAttr, Some(w::set_attr), "($self, name, value, /)", "Implement setattr(self, name, value).";
    __delattr__ SetAttr, Some(w::del_attr), "($self, name, /)", "Implement delattr(self, name).";
    __repr__ Repr, Some(w::repr), "($self, /)", "Return repr(self).";
    __hash__ Hash, Some(w::hash), "($self, /)", "Return hash(self).";
    __call__ Call, Some(w::call), "($self, /, *args, **kwargs)", "Call self as a function.";
    __str__ Str, Some(w::str), "($self, /)", "Return str(self).";
    __lt__ Compare, Some(w::lt), "($self, value, /)", "Return self<value.";
    __le__ Compare, Some(w::le), "($self, value, /)", "Return self<=value.";
    __eq__ Compare, Some(w::eq), "($self, value, /)", "Return self==value.";
    __ne__ Compare, Some(w::ne), "($self, value, /)", "Return self!=value.";
    __gt__ Compare, Some(w::gt), "($self, value, /)", "Return self>value.";
    __ge__ Compare, Some(w::ge), "($self, value, /)", "Return self>=value.";
    __iter__ Iter, Some(w::unary), "($self, /)", "Implement iter(self).";
    __next__ Next, Some(w::next), "($self, /)", "Implement next(self).";
    __get__ DescrGet, Some(w::descr_get), "($self, instance, owner=None, /)",
        "Return an attribute of instance, which is of type owner.";
    __set__ DescrSet, Some(w::descr_set), "($self, instance, value, /)", "Set an attribute of instance to value.";
    __delete__ DescrSet, Some(w::descr_delete), "($self, instance, /)", "Delete an attribute of instance.";
    __init__ Init, Some(w::init), "($self, /, *args, **kwargs)",
        "Initialize self.  See help(type(self)) for accurate signature.";
    __new__ New, NONE, "($type, *args, **kwargs)", "";
    __del__ Finalize, Some(w::finalize), "($self, /)", "Called when the instance is about to be destroyed.";
    __await__ Await, Some(w::unary), "($self, /)", "Return an iterator to be used in await expression.";
    __aiter__ AIter, Some(w::unary), "($self, /)", "Return an awaitable, that resolves in asynchronous iterator.";
    __anext__ ANext, Some(w::unary), "($self, /)", "Return a value or raise StopAsyncIteration.";

    __add__ Binary(Add), Some(w::binary), "($self, value, /)", "Return self+value.";
    __radd__ Binary(Add), Some(w::reflected), "($self, value, /)", "Return value+self.";
    __sub__ Binary(Sub), Some(w::binary), "($self, value, /)", "Return self-value.";
    __rsub__ Binary(Sub), Some(w::reflected), "($self, value, /)", "Return value-self.";
    __mul__ Binary(Mul), Some(w::binary), "($self, value, /)", "Return self*value.";
    __rmul__ Binary(Mul), Some(w::reflected), "($self, value, /)", "Return value*self.";
    __mod__ Binary(Mod), Some(w::binary), "($self, value, /)", "Return self%value.";
    __rmod__ Binary(Mod), Some(w::reflected), "($self, value, /)", "Return value%self.";
    __divmod__ Binary(DivMod), Some(w::binary), "($self, value, /)", "Return divmod(self, value).";
    __rdivmod__ Binary(DivMod), Some(w::reflected), "($self, value, /)", "Return divmod(value, self).";
    __pow__ Binary(Pow), Some(w::power), "($self, value, mod=None, /)", "Return pow(self, value, mod).";
    __rpow__ Binary(Pow), Some(w::reflected_power), "($self, value, mod=None, /)", "Return pow(value, self, mod).";
    // Three-argument pow follows the same two methods.
    __pow__ Pow3, NONE, "", "";
    __rpow__ Pow3, NONE, "", "";
    __neg__ Neg, Some(w::unary), "($self, /)", "-self";
    __pos__ Pos, Some(w::unary), "($self, /)", "+self";
    __abs__ Abs, Some(w::unary), "($self, /)", "abs(self)";
    __bool__ Bool, Some(w::bool), "($self, /)", "True if self else False";
    __invert__ Invert, Some(w::unary), "($self, /)", "~self";
    __lshift__ Binary(LShift), Some(w::binary), "($self, value, /)", "Return self<<value.";
    __rlshift__ Binary(LShift), Some(w::reflected), "($self, value, /)", "Return value<<self.";
    __rshift__ Binary(RShift), Some(w::binary), "($self, value, /)", "Return self>>value.";
    __rrshift__ Binary(RShift), Some(w::reflected), "($self, value, /)", "Return value>>self.";
    __and__ Binary(And), Some(w::binary), "($self, value, /)", "Return self&value.";
    __rand__ Binary(And), Some(w::reflected), "($self, value, /)", "Return value&self.";
    __xor__ Binary(Xor), Some(w::binary), "($self, value, /)", "Return self^value.";
    __rxor__ Binary(Xor), Some(w::reflected), "($self, value, /)", "Return value^self.";
    __or__ Binary(Or), Some(w::binary), "($self, value, /)", "Return self|value.";
    __ror__ Binary(Or), Some(w::reflected), "($self, value, /)", "Return value|self.";
    __int__ Int, Some(w::unary), "($self, /)", "int(self)";
    __float__ Float, Some(w::unary), "($self, /)", "float(self)";
    __iadd__ Inplace(Add), Some(w::binary), "($self, value, /)", "Return self+=value.";
    __isub__ Inplace(Sub), Some(w::binary), "($self, value, /)", "Return self-=value.";
    __imul__ Inplace(Mul), Some(w::binary), "($self, value, /)", "Return self*=value.";
    __imod__ Inplace(Mod), Some(w::binary), "($self, value, /)", "Return self%=value.";
    __ipow__ Inplace(Pow), Some(w::binary), "($self, value, /)", "Return self**=value.";
    __ilshift__ Inplace(LShift), Some(w::binary), "($self, value, /)", "Return self<<=value.";
    __irshift__ Inplace(RShift), Some(w::binary), "($self, value, /)", "Return self>>=value.";
    __iand__ Inplace(And), Some(w::binary), "($self, value, /)", "Return self&=value.";
    __ixor__ Inplace(Xor), Some(w::binary), "($self, value, /)", "Return self^=value.";
    __ior__ Inplace(Or), Some(w::binary), "($self, value, /)", "Return self|=value.";
    __floordiv__ Binary(FloorDiv), Some(w::binary), "($self, value, /)", "Return self//value.";
    __rfloordiv__ Binary(FloorDiv), Some(w::reflected), "($self, value, /)", "Return value//self.";
    __truediv__ Binary(TrueDiv), Some(w::binary), "($self, value, /)", "Return self/value.";
    __rtruediv__ Binary(TrueDiv), Some(w::reflected), "($self, value, /)", "Return value/self.";
    __ifloordiv__ Inplace(FloorDiv), Some(w::binary), "($self, value, /)", "Return self//=value.";
    __itruediv__ Inplace(TrueDiv), Some(w::binary), "($self, value, /)", "Return self/=value.";
    __index__ Index, Some(w::unary), "($self, /)",
        "Return self converted to an integer, if self is suitable for use as an index into a list.";
    __matmul__ Binary(MatMul), Some(w::binary), "($self, value, /)", "Return self@value.";
    __rmatmul__ Binary(MatMul), Some(w::reflected), "($self, value, /)", "Return value@self.";
    __imatmul__ Inplace(MatMul), Some(w::binary), "($self, value, /)", "Return self@=value.";

    __len__ Len, Some(w::len), "($self, /)", "Return len(self).";
    __getitem__ GetItem, Some(w::get_item), "($self, key, /)", "Return self[key].";
    __setitem__ SetItem, Some(w::set_item), "($self, key, value, /)", "Set self[key] to value.";
    __delitem__ SetItem, Some(w::del_item), "($self, key, /)", "Delete self[key].";
    __contains__ Contains, Some(w::contains), "($self, key, /)", "Return bool(key in self).";
    __add__ Concat, Some(w::binary), "($self, value, /)", "Return self+value.";
    __mul__ Repeat, Some(w::repeat), "($self, value, /)", "Return self*value.";
    __rmul__ Repeat, Some(w::repeat), "($self, value, /)", "Return value*self.";
    __iadd__ InplaceConcat, Some(w::binary), "($self, value, /)", "Implement self+=value.";
    __imul__ InplaceRepeat, Some(w::repeat), "($self, value, /)", "Implement self*=value.";
};
