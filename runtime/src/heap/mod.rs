//! The heap: reference-counted objects, their headers, allocation and release.
//!
//! An object is a [`Header`] followed by its payload (a Rust struct that implements [`Payload`]). Instances of Python classes that
//! derive from a builtin have the payload, then an [`Extra`] (attribute dict and slots).
//! Counts are not atomic: a heap belongs to one interpreter, whose lock a thread holds while it touches values.
//! A count that reaches zero releases the object at once, without recursion beyond a fixed depth; what must run
//! Python code (`__del__`, generator clean-up, weak-reference callbacks) is queued, see [`Pending`].

#![allow(unsafe_code)]

pub mod allocator;
pub mod collector;
mod free_lists;
mod gc;
pub mod inspect;
mod teardown;
pub mod weak;

use std::alloc::Layout;
use std::any::TypeId;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

pub use gc::Gc;

use crate::class::{Type, type_flags};
use crate::value::Value;

/// The layouts the VM tells apart by one byte. Everything else, modules' own types included, is `Foreign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Foreign,
    /// Released, but still in the collector's buffer of candidates.
    Dead,
    Instance,
    Type,
    Str,
    BigInt,
    Float,
    Complex,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    Range,
    RangeIter,
    ListIter,
    TupleIter,
    DictIter,
    Slice,
    Function,
    NativeFunction,
    BoundMethod,
    Generator,
    Cell,
    Code,
    Module,
    Exception,
    Property,
    Member,
    StaticMethod,
    ClassMethod,
    Super,
    Future,
    Task,
    Gathering,
    NativeCoroutine,
    EventLoop,
    Handle,
}

/// What the collector is told about: visits every value an object owns.
pub type Visitor<'a> = &'a mut dyn FnMut(&Value);

/// A Rust struct that can be the body of a heap object.
pub trait Payload: Sized + 'static {
    const KIND: Kind = Kind::Foreign;
    /// True if no value can be reached from this payload, so that it never takes part in a cycle.
    const ACYCLIC: bool = false;

    /// Visits every owned value exactly once (a missed one would make the collector free a live object's neighbour too late,
    /// a doubled one too early). Use [`trace_fields!`](crate::trace_fields) so that a field cannot be forgotten.
    fn trace(&self, visit: Visitor<'_>);

    /// Drops what could close a cycle. Immutable payloads keep the default.
    fn clear(&self) {}

    /// Bytes of trailing data that follow the struct (inline arrays).
    fn trailing_layout(&self) -> Layout {
        Layout::new::<Self>()
    }
}

/// What release and collector must know of a payload type.
pub struct PayloadVtable {
    pub kind: Kind,
    pub type_id: TypeId,
    pub acyclic: bool,
    drop_body: unsafe fn(NonNull<Header>),
    trace_body: unsafe fn(NonNull<Header>, Visitor<'_>),
    clear_body: unsafe fn(NonNull<Header>),
    /// Layout of header, payload and trailing data; an Extra lies after it, 8-aligned.
    layout: unsafe fn(NonNull<Header>) -> Layout,
}

impl PayloadVtable {
    /// The table of `T`.
    pub const fn of<T: Payload>() -> &'static PayloadVtable {
        struct Table<T>(T);
        impl<T: Payload> Table<T> {
            const TABLE: PayloadVtable = PayloadVtable {
                kind: T::KIND,
                type_id: TypeId::of::<T>(),
                acyclic: T::ACYCLIC,
                drop_body: |object| {
                    // SAFETY: the caller passes an object whose body is a T, as in all four.
                    unsafe { std::ptr::drop_in_place(&raw mut (*object.cast::<Object<T>>().as_ptr()).body) }
                },
                trace_body: |object, visit| {
                    // SAFETY: as above.
                    unsafe { object.cast::<Object<T>>().as_ref() }.body.trace(visit)
                },
                clear_body: |object| {
                    // SAFETY: as above.
                    unsafe { object.cast::<Object<T>>().as_ref() }.body.clear()
                },
                layout: |object| {
                    // SAFETY: as above.
                    object_layout::<T>(&unsafe { object.cast::<Object<T>>().as_ref() }.body)
                },
            };
        }
        &Table::<T>::TABLE
    }
}

/// First 16 bytes of every heap object.
#[repr(C)]
pub struct Header {
    count: Cell<u32>,
    kind: Cell<Kind>,
    /// Collector state, see the `GC_` constants.
    gc: Cell<u8>,
    /// See the `FLAG_` constants.
    flags: Cell<u8>,
    /// Free for the payload (str: ASCII, interned).
    pub aux: Cell<u8>,
    ty: Cell<NonNull<Object<Type>>>,
}

/// No cycle can pass through this object.
const GC_ACYCLIC: u8 = 1;
/// In the buffer of candidates.
const GC_BUFFERED: u8 = 2;

/// A weak reference to it exists.
const FLAG_WEAK: u8 = 1;
/// Its finaliser has run (or need not).
const FLAG_FINALIZED: u8 = 2;
/// An [`Extra`] follows the payload.
const FLAG_EXTRA: u8 = 4;
/// Direct instance of the builtin class that defines the payload.
const FLAG_EXACT: u8 = 8;
/// Its class has a finaliser, or its payload wants [`Pending::Finalize`].
const FLAG_FINALIZER: u8 = 16;
/// It is part of the interpreter: [`Heap::n_finalizable`] leaves it out.
const FLAG_STANDING: u8 = 64;
/// The class is a heap type: its count includes this object.
const FLAG_OWNS_TYPE: u8 = 32;

#[repr(C)]
pub struct Object<T> {
    header: Header,
    body: T,
}

/// Layout of an object with this payload, trailing data included, padded to the header's alignment.
#[inline(always)]
fn object_layout<T: Payload>(body: &T) -> Layout {
    let body = body.trailing_layout();
    let align = body.align().max(align_of::<Header>());
    let size = (std::mem::offset_of!(Object<T>, body) + body.size()).next_multiple_of(8);
    Layout::from_size_align(size, align).expect("sizes were checked when the payload was made")
}

/// Attributes of an instance of a Python subclass of a builtin class.
#[derive(Default)]
pub struct Extra {
    /// `__dict__`, made on demand.
    pub dict: RefCell<Option<Value>>,
    /// Values of `__slots__` members.
    pub slots: RefCell<Vec<Value>>,
}

impl Header {
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        self.kind.get()
    }

    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.count.get()
    }

    #[inline(always)]
    pub fn increment(&self) {
        self.count.set(self.count.get().wrapping_add(1));
    }

    /// Takes one reference away; releases the object at zero, else notes it as a possible root of a garbage cycle.
    ///
    /// # Safety
    /// The caller owned a reference and does not use it afterwards.
    #[inline(always)]
    pub unsafe fn decrement(&self) {
        let count = self.count.get().wrapping_sub(1);
        self.count.set(count);
        if count == 0 {
            // SAFETY: the last reference is gone.
            unsafe { release(NonNull::from(self)) }
        } else if self.gc.get() & (GC_ACYCLIC | GC_BUFFERED) == 0 {
            collector::buffer(self);
        }
    }

    /// Takes one reference away if that neither releases the object nor has to be noted; whether it did.
    #[inline(always)]
    pub(crate) fn drop_shared(&self) -> bool {
        let count = self.count.get();
        let shared = count > 1 && self.gc.get() & (GC_ACYCLIC | GC_BUFFERED) != 0;
        if shared {
            self.count.set(count - 1);
        }
        shared
    }

    /// As [`Header::decrement`], for a reference that was counted a moment ago and only lent: it leaves no garbage cycle behind that
    /// another decrement has not noted, so it notes none.
    ///
    /// # Safety
    /// As [`Header::decrement`].
    #[inline(always)]
    pub unsafe fn decrement_lent(&self) {
        let count = self.count.get().wrapping_sub(1);
        self.count.set(count);
        if count == 0 {
            // SAFETY: the last reference is gone.
            unsafe { release(NonNull::from(self)) }
        }
    }

    /// The class. Builtin classes live as long as the interpreter, heap types as long as an instance.
    #[inline(always)]
    pub fn ty(&self) -> &Gc<Type> {
        // SAFETY: `ty` points to a live type object: builtin, or counted by FLAG_OWNS_TYPE. Gc<Type> is that pointer.
        unsafe { &*(self.ty.as_ptr() as *const Gc<Type>) }
    }

    /// Makes the object an instance of another class (`__class__` assignment; the layouts are known to agree).
    pub fn set_ty(&self, ty: &Gc<Type>) {
        let owns = ty.is_heap_type();
        let old = self.ty.replace(ty.as_raw());
        if owns {
            std::mem::forget(ty.clone());
        }
        let flags = self.flags.get();
        if flags & FLAG_OWNS_TYPE != 0 {
            // SAFETY: FLAG_OWNS_TYPE says that this object owned a reference to its old class.
            drop(unsafe { Gc::from_raw(old) });
        }
        let mut flags = flags & !(FLAG_OWNS_TYPE | FLAG_EXACT);
        if owns {
            flags |= FLAG_OWNS_TYPE;
        } else if !ty.has_flag(type_flags::DERIVED) {
            flags |= FLAG_EXACT;
        }
        self.flags.set(flags);
        self.set_finalizable(ty.has_finalizer());
    }

    #[inline(always)]
    pub fn holds<T: Payload>(&self) -> bool {
        if matches!(T::KIND, Kind::Foreign) {
            self.kind() == Kind::Foreign && self.ty().vtable().type_id == TypeId::of::<T>()
        } else {
            self.kind() == T::KIND
        }
    }

    /// Whether this is a direct instance of the builtin class, not of a subclass.
    #[inline(always)]
    pub fn is_exact(&self) -> bool {
        self.flags.get() & FLAG_EXACT != 0
    }

    pub fn is_finalized(&self) -> bool {
        self.flags.get() & FLAG_FINALIZED != 0
    }

    pub fn set_finalized(&self) {
        self.flags.set(self.flags.get() | FLAG_FINALIZED);
    }

    /// Asks for [`Pending::Finalize`] before release (generators that are suspended, never-awaited coroutines, open files).
    #[inline]
    pub fn set_wants_finalizer(&self, wants: bool) {
        self.flags.set(self.flags.get() & !FLAG_FINALIZED);
        self.set_finalizable(wants);
    }

    #[inline(always)]
    fn set_finalizable(&self, wants: bool) {
        let flags = self.flags.get();
        if (flags & FLAG_FINALIZER != 0) != wants {
            self.flags.set(flags ^ FLAG_FINALIZER);
            if flags & FLAG_STANDING == 0 {
                Heap::current().count_finalizable(wants);
            }
        }
    }

    /// The object is part of the interpreter, which finalises it in its own way when it ends.
    pub fn set_standing(&self) {
        let flags = self.flags.replace(self.flags.get() | FLAG_STANDING);
        if flags & (FLAG_FINALIZER | FLAG_STANDING) == FLAG_FINALIZER {
            Heap::current().count_finalizable(false);
        }
    }

    /// Of the object with all that lies behind it.
    #[inline(always)]
    fn whole_layout(&self) -> Layout {
        // SAFETY: the payload is whole, as that of every object one has a header of.
        let layout = unsafe { (self.ty().vtable().layout)(NonNull::from(self)) };
        let extra = if self.flags.get() & FLAG_EXTRA == 0 { 0 } else { size_of::<Extra>() };
        // SAFETY: memory of this layout has been allocated.
        unsafe { Layout::from_size_align_unchecked(layout.size() + extra, layout.align()) }
    }

    /// Attribute storage of an instance of a Python subclass of a builtin.
    #[inline]
    pub fn extra(&self) -> Option<&Extra> {
        if self.flags.get() & FLAG_EXTRA == 0 {
            return None;
        }
        // SAFETY: FLAG_EXTRA says that an Extra lies right after the object as its vtable lays it out.
        unsafe {
            let offset = (self.ty().vtable().layout)(NonNull::from(self)).size();
            Some(&*(self as *const Header).cast::<u8>().add(offset).cast::<Extra>())
        }
    }

    /// Bytes the object takes, without what its payload keeps elsewhere.
    pub fn size_bytes(&self) -> usize {
        // SAFETY: `self` is a live object of its class's layout.
        let size = unsafe { (self.ty().vtable().layout)(NonNull::from(self)).size() };
        if self.flags.get() & FLAG_EXTRA != 0 { size + size_of::<Extra>() } else { size }
    }

    /// The payload of an object that is known to hold a `T`.
    ///
    /// # Panics
    /// If it does not.
    pub fn payload<T: Payload>(&self) -> &T {
        assert!(self.holds::<T>(), "the object has another payload");
        // SAFETY: the body of an object that holds a `T` is one, and lies where `Object<T>` has it.
        unsafe { &(*(self as *const Header).cast::<Object<T>>()).body }
    }

    /// This object as a value: one more reference.
    pub fn to_value(&self) -> Value {
        self.increment();
        // SAFETY: a header is at the start of its object, whose count was just raised.
        unsafe { Value::from_bits(self as *const Header as u64) }
    }
}

/// What waits to run Python code.
pub enum Pending {
    /// Call the finaliser of this object, whose last reference was dropped; it lives until that has run.
    Finalize(Value),
    /// Call `close` of what a generator delegated to that was dropped without having been closed itself.
    Close(Value),
    /// A weak reference whose target died, and the callback it had.
    WeakCallback { reference: Value, callback: Value },
}

/// A flag that signal handlers may set as well.
#[derive(Default)]
pub struct Attention(AtomicBool);

impl Attention {
    #[inline(always)]
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub fn set(&self, on: bool) {
        self.0.store(on, Ordering::Relaxed);
    }

    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

impl Drop for Attention {
    fn drop(&mut self) {
        crate::host::unwatch_signals(&self.0);
    }
}

/// Per-interpreter heap state. The current one is found through a thread-local pointer, since dropping a value has no other way.
pub struct Heap {
    release_depth: Cell<u32>,
    deferred: UnsafeCell<Vec<NonNull<Header>>>,
    pending: RefCell<Vec<Pending>>,
    /// Set while `pending` is not empty or a collection is due; the VM looks at it after native code and on back edges.
    pub attention: Attention,
    /// See [`Heap::n_finalizable`].
    n_finalizable: Cell<usize>,
    pub collector: collector::Collector,
    free_lists: free_lists::FreeLists,
    pub weak: weak::WeakTable,
    /// Builtin classes: their instances do not count them.
    standing: RefCell<Vec<NonNull<Header>>>,
}

/// Nested releases before the rest is put on a list.
const MAX_RELEASE_DEPTH: u32 = 64;

thread_local! {
    static CURRENT: Cell<*const Heap> = const { Cell::new(std::ptr::null()) };
}

impl Heap {
    pub fn new() -> Heap {
        Heap {
            release_depth: Cell::new(0),
            deferred: UnsafeCell::new(Vec::new()),
            pending: RefCell::new(Vec::new()),
            attention: Attention::default(),
            n_finalizable: Cell::new(0),
            collector: collector::Collector::new(),
            free_lists: free_lists::FreeLists::new(),
            weak: weak::WeakTable::default(),
            standing: RefCell::default(),
        }
    }

    /// Makes this the heap of the calling thread, which holds the interpreter lock.
    ///
    /// # Safety
    /// `self` stays where it is for as long as it is current.
    pub unsafe fn enter(&self) {
        CURRENT.set(self);
    }

    /// The heap of this thread's interpreter.
    ///
    /// # Panics
    /// If no interpreter was entered on this thread.
    #[inline(always)]
    pub fn current<'a>() -> &'a Heap {
        let heap = CURRENT.get();
        debug_assert!(!heap.is_null(), "no interpreter is current on this thread");
        // SAFETY: `enter` promised that the heap stays in place while it is current, and it never stops being so before the
        // interpreter ends.
        unsafe { &*heap }
    }

    pub fn push_pending(&self, pending: Pending) {
        self.pending.borrow_mut().push(pending);
        self.attention.set(true);
    }

    /// Live objects that have a finaliser, run or not, without those that are part of the interpreter.
    pub fn n_finalizable(&self) -> usize {
        self.n_finalizable.get()
    }

    #[inline(always)]
    fn count_finalizable(&self, more: bool) {
        let n = self.n_finalizable.get();
        self.n_finalizable.set(if more { n + 1 } else { n - 1 });
    }

    /// Whether a finaliser waits to run.
    pub fn has_finalizers(&self) -> bool {
        self.pending.borrow().iter().any(|pending| matches!(pending, Pending::Finalize(_)))
    }

    /// Lets go of what waits for a finaliser that will not run any more, and of what that leaves to wait.
    pub fn forget_pending(&self) {
        loop {
            let pending = self.take_pending();
            if pending.is_empty() {
                return;
            }
            drop(pending);
        }
    }

    /// All waiting finalisers and callbacks, the oldest first.
    pub fn take_pending(&self) -> Vec<Pending> {
        std::mem::take(&mut *self.pending.borrow_mut())
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        if std::ptr::eq(CURRENT.get(), self) {
            self.forget_pending();
            // SAFETY: the heap goes last of an interpreter.
            unsafe { self.tear_down() };
            CURRENT.set(std::ptr::null());
        }
    }
}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

/// Writes an object's header and body into fresh memory. `ty` is the exact builtin class or a heap type.
#[inline(always)]
fn init_header(ty: &Gc<Type>, kind: Kind, acyclic: bool, extra: bool) -> Header {
    let mut flags = 0;
    if extra {
        flags |= FLAG_EXTRA;
    }
    if ty.is_heap_type() {
        flags |= FLAG_OWNS_TYPE;
        std::mem::forget(ty.clone());
    } else if !ty.has_flag(type_flags::DERIVED) {
        flags |= FLAG_EXACT;
    }
    if ty.has_finalizer() {
        flags |= FLAG_FINALIZER;
        Heap::current().count_finalizable(true);
    }
    Header {
        count: Cell::new(1),
        kind: Cell::new(kind),
        gc: Cell::new(if acyclic && !extra { GC_ACYCLIC } else { 0 }),
        flags: Cell::new(flags),
        aux: Cell::new(0),
        ty: Cell::new(ty.as_raw()),
    }
}

/// Allocates a direct instance of a builtin class.
#[inline]
pub fn alloc<T: Payload>(ty: &Gc<Type>, body: T) -> Gc<T> {
    debug_assert_eq!(
        object_layout(&body),
        Layout::new::<Object<T>>(),
        "payloads with trailing data use alloc_trailing"
    );
    let memory = Heap::current().free_lists.allocate(Layout::new::<Object<T>>()).cast::<Object<T>>();
    // SAFETY: fresh memory for such an object, whose count of 1 the Gc takes over.
    unsafe {
        memory.write(Object { header: init_header(ty, T::KIND, T::ACYCLIC, false), body });
        Gc::from_raw(NonNull::new_unchecked(memory))
    }
}

/// Whether instances of the class have an [`Extra`].
#[inline(always)]
fn keeps_extra(cls: &Gc<Type>) -> bool {
    cls.flags() & (type_flags::HEAP | type_flags::WITH_EXTRA) != 0
}

/// Allocates an instance of `cls`: the builtin class of `T`, or a Python class derived from it (then with attribute storage).
///
/// Payloads with trailing data go through [`alloc_trailing`].
pub fn alloc_for<T: Payload>(cls: &Gc<Type>, body: T) -> Gc<T> {
    if !keeps_extra(cls) {
        return alloc(cls, body);
    }
    // SAFETY: no trailing items to initialise.
    unsafe { alloc_trailing::<T, u8>(cls, body, |_| ()) }
}

/// Allocates an instance of `cls` whose payload ends in trailing items of type `I`. `init` writes them.
///
/// # Safety
/// The payload's `trailing_layout` accounts for the items for as long as the object lives, and `init` initialises all of them.
#[inline]
pub(crate) unsafe fn alloc_trailing<T: Payload, I>(
    cls: &Gc<Type>,
    body: T,
    init: impl FnOnce(*mut I),
) -> Gc<T> {
    // SAFETY: as the caller promised.
    unsafe { alloc_with(cls, body, keeps_extra(cls), init) }
}

/// As [`alloc_trailing`], for payloads that keep attributes themselves: a Python class's instances get no [`Extra`] either.
///
/// # Safety
/// As [`alloc_trailing`].
#[inline]
pub(crate) unsafe fn alloc_plain<T: Payload, I>(cls: &Gc<Type>, body: T, init: impl FnOnce(*mut I)) -> Gc<T> {
    // SAFETY: as the caller promised.
    unsafe { alloc_with(cls, body, false, init) }
}

/// # Safety
/// As [`alloc_trailing`].
#[inline(always)]
unsafe fn alloc_with<T: Payload, I>(
    cls: &Gc<Type>,
    body: T,
    extra: bool,
    init: impl FnOnce(*mut I),
) -> Gc<T> {
    let layout = object_layout(&body);
    let size = if extra { layout.size() + size_of::<Extra>() } else { layout.size() };
    // SAFETY: size is not zero; the pieces are written where their layouts put them.
    unsafe {
        let whole = Layout::from_size_align_unchecked(size, layout.align());
        let memory = Heap::current().free_lists.allocate(whole).cast::<Object<T>>();
        (&raw mut (*memory).header).write(init_header(cls, T::KIND, T::ACYCLIC, extra));
        (&raw mut (*memory).body).write(body);
        init((&raw mut (*memory).body).add(1).cast::<I>());
        if extra {
            let slots = vec![Value::UNBOUND; cls.n_member_slots()];
            let attributes = Extra { dict: RefCell::new(None), slots: RefCell::new(slots) };
            memory.cast::<u8>().add(layout.size()).cast::<Extra>().write(attributes);
        }
        Gc::from_raw(NonNull::new_unchecked(memory))
    }
}

/// Moves an object to memory that fits what `change` makes of its payload.
///
/// # Safety
/// `object` is the only pointer to it; it is a direct instance of an acyclic builtin class. The trailing data that `change` promises is
/// written before anyone looks at it.
pub(crate) unsafe fn grow_trailing<T: Payload>(object: Gc<T>, change: impl FnOnce(&mut T)) -> Gc<T> {
    let memory = object.into_raw().as_ptr();
    // SAFETY: exclusive, as promised, and allocated with the layout its payload gave before the change.
    unsafe {
        let old = object_layout(&(*memory).body);
        change(&mut (*memory).body);
        let new = object_layout(&(*memory).body);
        let (old, new) = (free_lists::whole_layout(old), free_lists::whole_layout(new));
        let moved = std::alloc::realloc(memory.cast(), old, new.size()).cast::<Object<T>>();
        match NonNull::new(moved) {
            Some(moved) => Gc::from_raw(moved),
            None => std::alloc::handle_alloc_error(new),
        }
    }
}

/// The last reference is gone: runs or queues finalisers, then frees.
///
/// # Safety
/// The object's count is zero.
#[cold]
#[inline(never)]
unsafe fn release(object: NonNull<Header>) {
    let heap = Heap::current();
    // SAFETY: the memory is valid until `destroy`.
    let header = unsafe { object.as_ref() };
    let flags = header.flags.get();
    if flags & (FLAG_WEAK | FLAG_FINALIZER) != 0 {
        if flags & FLAG_FINALIZER != 0 && flags & FLAG_FINALIZED == 0 {
            header.set_finalized();
            heap.push_pending(Pending::Finalize(header.to_value()));
            return;
        }
        if flags & FLAG_WEAK != 0 {
            heap.weak.target_died(heap, object);
            header.flags.set(header.flags.get() & !FLAG_WEAK);
        }
    }
    let depth = heap.release_depth.get();
    if depth >= MAX_RELEASE_DEPTH {
        // SAFETY: `deferred` is only touched here and below, never across a call.
        unsafe { (*heap.deferred.get()).push(object) };
        return;
    }
    heap.release_depth.set(depth + 1);
    // SAFETY: the count is zero and nobody else will release it.
    unsafe { destroy(object) };
    if depth == 0 {
        // SAFETY: as above.
        while let Some(next) = unsafe { (*heap.deferred.get()).pop() } {
            // SAFETY: deferred objects have count zero.
            unsafe { destroy(next) };
        }
    }
    heap.release_depth.set(depth);
}

/// Drops the attributes and the payload of an object.
///
/// # Safety
/// The object is whole, `vtable` is that of its class, and the payload is not used again.
#[inline(always)]
unsafe fn drop_content(object: NonNull<Header>, vtable: &'static PayloadVtable) {
    // SAFETY: as promised; an Extra lies behind the payload, whose layout is asked for before it goes.
    unsafe {
        if object.as_ref().flags.get() & FLAG_EXTRA != 0 {
            let offset = (vtable.layout)(object).size();
            std::ptr::drop_in_place(object.as_ptr().cast::<u8>().add(offset).cast::<Extra>());
        }
        (vtable.drop_body)(object);
    }
}

/// Drops the body and frees the memory (or leaves a husk for the collector's buffer to free).
///
/// # Safety
/// The count is zero; called once.
unsafe fn destroy(object: NonNull<Header>) {
    // SAFETY: the object is whole until its body is dropped below.
    unsafe {
        let header = object.as_ref();
        let vtable = header.ty().vtable();
        let flags = header.flags.get();
        let layout = header.whole_layout();
        if flags & (FLAG_FINALIZER | FLAG_STANDING) == FLAG_FINALIZER {
            Heap::current().count_finalizable(false);
        }
        drop_content(object, vtable);
        if flags & FLAG_OWNS_TYPE != 0 {
            drop(Gc::<Type>::from_raw(header.ty.get()));
        }
        if header.gc.get() & GC_BUFFERED != 0 {
            Heap::current().collector.free_candidate(object, layout);
        } else {
            Heap::current().free_lists.free(object.as_ptr().cast(), layout);
        }
    }
}

/// Implements [`Payload::trace`] by naming every field: traced ones first, then `skip` ones that own no value.
#[macro_export]
macro_rules! trace_fields {
    ($($traced:ident),* ; skip $($skipped:ident),* $(,)?) => {
        fn trace(&self, visit: $crate::heap::Visitor<'_>) {
            let Self { $($traced,)* $($skipped: _,)* } = self;
            $($crate::heap::Trace::trace_value($traced, visit);)*
            let _ = visit;
        }
    };
    ($($traced:ident),* $(,)?) => { $crate::trace_fields!($($traced),* ; skip); };
}

/// Containers of values that [`trace_fields!`] can walk.
pub trait Trace {
    fn trace_value(&self, visit: Visitor<'_>);
}

impl Trace for Value {
    fn trace_value(&self, visit: Visitor<'_>) {
        visit(self);
    }
}

impl<T: Payload> Trace for Gc<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        visit(self.as_value());
    }
}

impl<T: Trace> Trace for Option<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        if let Some(inner) = self {
            inner.trace_value(visit);
        }
    }
}

impl<T: Trace> Trace for Vec<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.iter().for_each(|item| item.trace_value(visit));
    }
}

impl<T: Trace> Trace for std::collections::VecDeque<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.iter().for_each(|item| item.trace_value(visit));
    }
}

impl<T: Trace> Trace for Box<[T]> {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.iter().for_each(|item| item.trace_value(visit));
    }
}

impl<T: Trace> Trace for RefCell<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        // The collector runs between instructions only, when nothing is mutably borrowed.
        self.borrow().trace_value(visit);
    }
}

impl<T: Trace> Trace for Cell<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        // SAFETY: shared access for the length of `visit`, which does not run code that could set the cell.
        unsafe { (*self.as_ptr()).trace_value(visit) }
    }
}

impl<A: Trace, B: Trace> Trace for (A, B) {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.0.trace_value(visit);
        self.1.trace_value(visit);
    }
}

/// The header of the object that `body` is the payload of.
///
/// # Safety
/// `body` lies inside a heap object.
pub(crate) unsafe fn header_of<T: Payload>(body: &T) -> &Header {
    // SAFETY: as promised; the header lies at the object's start.
    unsafe { &*(body as *const T).cast::<u8>().sub(std::mem::offset_of!(Object<T>, body)).cast::<Header>() }
}

/// Memory for a builtin class: zeroed but for its header and vtable. Direct instances of it can be allocated and released; nothing else
/// may be asked of it before [`fill_type`].
pub(crate) fn reserve_type(vtable: &'static PayloadVtable) -> Gc<Type> {
    let layout = Layout::new::<Object<Type>>();
    // SAFETY: the layout is not empty. A zeroed Type has flags 0 and no finaliser, all that `init_header` reads; its header is
    // written here, the body by `fill_type`. `ty` points to `type` itself, whose memory is the first reserved.
    unsafe {
        let memory = std::alloc::alloc_zeroed(layout).cast::<Object<Type>>();
        let memory = NonNull::new(memory).unwrap_or_else(|| std::alloc::handle_alloc_error(layout));
        let types = &crate::vm::Vm::current().types;
        let meta =
            if types.is_ready(crate::types::BuiltinType::Type) { types.type_().as_raw() } else { memory };
        (&raw mut (*memory.as_ptr()).header).write(Header {
            count: Cell::new(1),
            kind: Cell::new(Kind::Type),
            // It goes last, and so does what it holds: no reason to look behind it.
            gc: Cell::new(GC_ACYCLIC),
            flags: Cell::new(FLAG_EXACT),
            aux: Cell::new(0),
            ty: Cell::new(meta),
        });
        Type::write_vtable(&raw mut (*memory.as_ptr()).body, vtable);
        let class = Gc::from_raw(memory);
        Heap::current().keep_standing(&class);
        class
    }
}

/// Completes a reserved class.
pub(crate) fn fill_type(class: &Gc<Type>, body: Type) {
    // SAFETY: the body was zeroed memory that owns nothing, and nobody holds a reference into it yet.
    unsafe { (&raw mut (*class.as_raw().as_ptr()).body).write(body) }
}
