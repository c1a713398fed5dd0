//! `function`: code joined to its globals, defaults and closure; and `method`, a function joined to its receiver.

use std::cell::RefCell;

use crate::PyResult;
use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;

pub struct Function {
    pub code: RefCell<Gc<Code>>,
    pub globals: Gc<Dict>,
    pub builtins: Gc<Dict>,
    pub closure: Option<Gc<Tuple>>,
    pub defaults: RefCell<Option<Gc<Tuple>>>,
    pub kwdefaults: RefCell<Option<Gc<Dict>>>,
    pub name: RefCell<Gc<Str>>,
    pub qualname: RefCell<Gc<Str>>,
    /// `__dict__`, made on demand.
    pub dict: RefCell<Option<Value>>,
    /// What few functions have set.
    pub rare: RefCell<Option<Box<RareAttributes>>>,
}

/// Attributes of a function that are computed unless set.
#[derive(Default)]
pub struct RareAttributes {
    /// `__doc__` when assigned; the code's docstring otherwise.
    pub doc: Option<Value>,
    /// `__module__` when assigned; the globals' `__name__` at creation otherwise.
    pub module: Option<Value>,
    pub annotations: Option<Value>,
    /// The function that makes the annotations (PEP 649).
    pub annotate: Option<Value>,
    pub type_params: Option<Value>,
    /// Former `__code__`s, which frames may still be running.
    pub old_codes: Vec<Gc<Code>>,
}

impl crate::heap::Trace for Box<RareAttributes> {
    fn trace_value(&self, visit: heap::Visitor<'_>) {
        let RareAttributes { doc, module, annotations, annotate, type_params, old_codes } = &**self;
        [doc, module, annotations, annotate, type_params].into_iter().flatten().for_each(&mut *visit);
        old_codes.iter().for_each(|code| visit(code.as_value()));
    }
}

impl Payload for Function {
    const KIND: Kind = Kind::Function;
    crate::trace_fields!(code, globals, builtins, closure, defaults, kwdefaults, name, qualname, dict, rare);

    fn clear(&self) {
        // Its cells may be those of living functions too; those that are garbage are cleared themselves.
        let _dropped = (self.defaults.take(), self.kwdefaults.take(), self.dict.take(), self.rare.take());
    }
}

impl Function {
    /// The code, which lives as long as the function: a replaced one is among `old_codes`.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(crate) fn current_code(&self) -> &Code {
        // SAFETY: the pointer in the cell is only replaced by `__code__` assignment, which keeps the old code alive; it is read here, and
        // no reference into the cell itself is handed out.
        unsafe { &*std::ptr::from_ref::<Code>(&*self.code.as_ptr()) }
    }

    pub fn new(
        vm: &Vm,
        code: Gc<Code>,
        globals: Gc<Dict>,
        builtins: Gc<Dict>,
        closure: Option<Gc<Tuple>>,
    ) -> Gc<Function> {
        let name = vm.intern(&code.object.name);
        let qualname = vm.intern(&code.object.qualname);
        let body = Function {
            code: RefCell::new(code),
            globals,
            builtins,
            closure,
            defaults: RefCell::new(None),
            kwdefaults: RefCell::new(None),
            name: RefCell::new(name),
            qualname: RefCell::new(qualname),
            dict: RefCell::new(None),
            rare: RefCell::new(None),
        };
        heap::alloc(vm.types.function(), body)
    }

    pub fn rare_mut<R>(&self, f: impl FnOnce(&mut RareAttributes) -> R) -> R {
        f(self.rare.borrow_mut().get_or_insert_default())
    }
}

/// `method`: a callable joined to its first argument, made by attribute access.
pub struct BoundMethod {
    pub function: Value,
    pub receiver: Value,
}

impl Payload for BoundMethod {
    const KIND: Kind = Kind::BoundMethod;
    crate::trace_fields!(function, receiver);
}

impl BoundMethod {
    pub fn new(vm: &Vm, function: Value, receiver: Value) -> Gc<BoundMethod> {
        heap::alloc(vm.types.method(), BoundMethod { function, receiver })
    }

    /// `__get__` of what becomes a method of the instance it is reached through.
    ///
    /// # Errors
    /// None.
    pub fn bind(vm: &Vm, function: &Value, instance: Option<&Value>, _owner: &Gc<Type>) -> PyResult {
        Ok(match instance.filter(|instance| !instance.is_none()) {
            Some(instance) => BoundMethod::new(vm, function.clone(), instance.clone()).into(),
            None => function.clone(),
        })
    }
}
