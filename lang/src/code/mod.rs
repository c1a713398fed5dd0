//! The code object: what the compiler makes and the runtime runs.

mod body;
mod code_object;
pub mod disasm;
mod line_table;
mod opcode;
pub mod serialize;
pub mod verify;

pub use body::{Body, CodeBody};
pub use code_object::{CodeObject, Constant, ExceptionEntry, flags};
pub use line_table::{LineTable, Position};
pub use opcode::*;

macro_rules! define_intrinsics {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $vdoc:literal])* $variant:ident),* $(,)? })*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub enum $name { $($(#[doc = $vdoc])* $variant),* }
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    )* };
}

define_intrinsics! {
    /// Kinds of `Opcode::Intrinsic1`, by their argument.
    Intrinsic1 {
        /// Interactive mode: passes the value to `sys.displayhook`.
        Print,
        /// `TypeVar(name)` of a type parameter list.
        TypeVar,
        ParamSpec,
        TypeVarTuple,
        /// `Generic[params]` for a class with type parameters: argument is the tuple of parameters.
        SubscriptGeneric,
        /// (name, type params or None, compute function) -> TypeAliasType; the argument is that tuple.
        TypeAlias,
        /// Makes the tuple argument of unpacked `*args: *Ts` annotations: iterates the value, one item.
        UnpackAnnotation,
        /// Turns StopIteration (StopAsyncIteration in async generators) that leaves a generator into RuntimeError: argument is the exception, raised again.
        StopIterationError,
        /// `__static_attributes__`, `__firstlineno__` need no intrinsic; this one makes an empty conditional-annotations set.
        ConditionalAnnotations,
    }
    /// Kinds of `Opcode::Intrinsic2`, by their two arguments.
    Intrinsic2 {
        /// (name, lazily evaluated bound function).
        TypeVarWithBound,
        /// (name, lazily evaluated constraints function).
        TypeVarWithConstraints,
        /// (function or class, tuple of type parameters): sets `__type_params__`, returns the first.
        SetFunctionTypeParams,
        /// (type parameter, lazily evaluated default function): returns the first.
        SetTypeParamDefault,
    }
}
