//! Names for slots, so that tables can speak of them.

use super::slot_functions as f;
use crate::class::{BinaryOp, N_BINARY, Slots};

macro_rules! define_slot_ids {
    ($($id:ident $field:ident $generic:expr,)*) => {
        /// A field of [`Slots`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SlotId {
            $($id,)*
            Binary(BinaryOp),
            Inplace(BinaryOp),
        }

        impl SlotId {
            /// Every slot that special methods fill.
            pub fn all() -> Vec<SlotId> {
                let mut all = vec![$(SlotId::$id),*];
                all.extend(BinaryOp::ALL.map(SlotId::Binary));
                all.extend(BinaryOp::ALL.map(SlotId::Inplace));
                all
            }

            pub fn is_filled(self, slots: &Slots) -> bool {
                match self {
                    $(SlotId::$id => slots.$field.is_some(),)*
                    SlotId::Binary(op) => slots.binary[op as usize].is_some(),
                    SlotId::Inplace(op) => slots.inplace[op as usize].is_some(),
                }
            }

            /// Whether both have the same function in this slot.
            pub fn same(self, a: &Slots, b: &Slots) -> bool {
                match self {
                    $(SlotId::$id => match (a.$field, b.$field) {
                        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
                        (a, b) => a.is_none() && b.is_none(),
                    },)*
                    SlotId::Binary(op) => same(a.binary[op as usize], b.binary[op as usize]),
                    SlotId::Inplace(op) => same(a.inplace[op as usize], b.inplace[op as usize]),
                }
            }

            pub fn copy(self, from: &Slots, to: &mut Slots) {
                match self {
                    $(SlotId::$id => to.$field = from.$field,)*
                    SlotId::Binary(op) => to.binary[op as usize] = from.binary[op as usize],
                    SlotId::Inplace(op) => to.inplace[op as usize] = from.inplace[op as usize],
                }
            }

            pub fn clear(self, to: &mut Slots) {
                self.copy(&Slots::NONE, to);
            }

            /// Puts the function there that looks the Python method up.
            pub fn install_generic(self, to: &mut Slots) {
                match self {
                    $(SlotId::$id => to.$field = $generic,)*
                    SlotId::Binary(op) => to.binary[op as usize] = Some(BINARY[op as usize]),
                    SlotId::Inplace(op) => to.inplace[op as usize] = Some(INPLACE[op as usize]),
                }
            }
        }
    };
}

fn same(a: Option<crate::class::BinaryFn>, b: Option<crate::class::BinaryFn>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

macro_rules! by_operator {
    ($function:path) => {{
        use $function as function;
        [
            function::<0>,
            function::<1>,
            function::<2>,
            function::<3>,
            function::<4>,
            function::<5>,
            function::<6>,
            function::<7>,
            function::<8>,
            function::<9>,
            function::<10>,
            function::<11>,
            function::<12>,
            function::<13>,
        ]
    }};
}

const BINARY: [crate::class::BinaryFn; N_BINARY] = by_operator!(f::binary);
const INPLACE: [crate::class::BinaryFn; N_BINARY] = by_operator!(f::inplace);

define_slot_ids! {
    New new Some(f::new),
    Init init Some(f::init),
    Call call Some(f::call),
    Repr repr Some(f::repr),
    Str str Some(f::str),
    Hash hash Some(f::hash),
    Compare compare Some(f::compare),
    GetAttr get_attr Some(f::get_attr),
    SetAttr set_attr Some(f::set_attr),
    DescrGet descr_get Some(f::descr_get),
    DescrSet descr_set Some(f::descr_set),
    Iter iter Some(f::iter),
    Next next Some(f::next),
    Len len Some(f::len),
    GetItem get_item Some(f::get_item),
    SetItem set_item Some(f::set_item),
    Contains contains Some(f::contains),
    // A Python `__add__` fills the numeric slot; these are left to native sequences.
    Concat concat None,
    InplaceConcat inplace_concat None,
    Repeat repeat None,
    InplaceRepeat inplace_repeat None,
    Pow pow Some(f::pow),
    Neg neg Some(f::neg),
    Pos pos Some(f::pos),
    Abs abs Some(f::abs),
    Invert invert Some(f::invert),
    Bool bool Some(f::bool),
    Int int Some(f::int),
    Float float Some(f::float),
    Index index Some(f::index),
    Await await_ Some(f::await_),
    AIter aiter Some(f::aiter),
    ANext anext Some(f::anext),
    Finalize finalize Some(f::finalize),
}

impl SlotId {
    /// Slots that mean something for `object` though it leaves them empty (the protocol has the default built in).
    pub fn is_default_of_object(self) -> bool {
        matches!(
            self,
            SlotId::Init
                | SlotId::Repr
                | SlotId::Str
                | SlotId::Hash
                | SlotId::Compare
                | SlotId::GetAttr
                | SlotId::SetAttr
        )
    }
}
