//! The class `code`: attributes of code objects, under CPython's names.

use std::rc::Rc;

use ouro_lang::code::{CodeObject, Constant, flags};

use crate::class::descriptors::{equality, read_only};
use crate::class::{CompareOp, Slots, TypeSpec, type_flags};
use crate::heap::Gc;
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::code::Code;
use crate::objects::int::as_i64;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

fn this(value: &Value) -> &Gc<Code> {
    value.downcast().expect("slots see instances of their class")
}

macro_rules! attributes {
    ($($name:literal $get:expr;)*) => {
        &[$(GetSet::new($name, |vm, value| {
            let get: fn(&Vm, &Gc<Code>) -> PyResult = $get;
            get(vm, this(value))
        }, read_only)),*]
    };
}

fn number(n: impl Into<i64>) -> PyResult {
    Ok(Value::int(n.into()))
}

fn names<'a>(vm: &Vm, names: impl IntoIterator<Item = &'a Rc<str>>) -> PyResult {
    let names: Vec<Value> = names.into_iter().map(|name| vm.intern(name).into()).collect();
    Ok(vm.tuple(&names))
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "code",
    doc: "A compiled function, class body or module.",
    flags: type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("code", |vm, args| {
        let given = args.len() - 1;
        if given < 16 {
            return vm.raise(Exc::TypeError, format!("code expected at least 16 arguments, got {given}"));
        }
        vm.raise(Exc::NotImplementedError, "code() from bytes: bytecode is not CPython's")
    })),
    methods: &[
        NativeFn::new("replace", replace)
            .doc("Return a copy of the code object with new values for the specified fields."),
        NativeFn::new("__replace__", replace).doc("The same as replace()."),
        NativeFn::new("co_lines($self, /)", |vm, args| lines(vm, args.this())),
        NativeFn::new("co_positions($self, /)", |vm, args| positions(vm, args.this())),
        NativeFn::new("co_branches($self, /)", |vm, _| vm.iter(List::new(Vec::new()).as_value())),
        NativeFn::new("_varname_from_oparg($self, oparg)", |vm, args| {
            let index = vm.to_i64(args.value(1))?;
            let object = &args.this::<Code>().object;
            match usize::try_from(index).ok().and_then(|index| object.locals.get(index)) {
                Some(name) => Ok(vm.intern(name).into()),
                None => vm.raise(Exc::IndexError, "tuple index out of range"),
            }
        })
        .doc("(internal-only) Return the local variable name for the given oparg."),
        NativeFn::new("__sizeof__($self, /)", |_, args| {
            let this = args.this::<Code>();
            let size = this.header().size_bytes() + this.object.instructions.len() * 8;
            Ok((size + this.object.line_table.0.len()).into())
        })
        .doc("Size of object in memory, in bytes."),
    ],
    getset: attributes! {
        "co_argcount" |_, code| number(code.object.n_positional);
        "co_posonlyargcount" |_, code| number(code.object.n_positional_only);
        "co_kwonlyargcount" |_, code| number(code.object.n_keyword_only);
        "co_nlocals" |_, code| number(variables(&code.object).count() as i64);
        "co_stacksize" |_, code| number(code.object.n_registers);
        "co_flags" |_, code| number(code.object.flags);
        "co_consts" |_, code| Ok(Tuple::new(code.constants().iter().cloned()).into());
        "co_names" |vm, code| names(vm, &code.object.names);
        "co_varnames" |vm, code| names(vm, variables(&code.object));
        "co_freevars" |vm, code| names(vm, &code.object.free_names);
        "co_cellvars" |vm, code| names(vm, cells(&code.object));
        "co_filename" |_, code| Ok(code.filename.clone());
        "co_name" |vm, code| Ok(vm.intern(&code.object.name).into());
        "co_qualname" |vm, code| Ok(vm.intern(&code.object.qualname).into());
        "co_firstlineno" |_, code| number(code.object.first_line);
        "co_code" |_, code| {
            let bytes: Vec<u8> = code.object.instructions.iter().flat_map(|word| word.0.to_le_bytes()).collect();
            Ok(crate::objects::bytes::Bytes::new(&bytes).into())
        };
        "_co_code_adaptive" |_, code| {
            let bytes: Vec<u8> = code.object.instructions.iter().flat_map(|word| word.0.to_le_bytes()).collect();
            Ok(crate::objects::bytes::Bytes::new(&bytes).into())
        };
        "co_linetable" |_, code| Ok(crate::objects::bytes::Bytes::new(&code.object.line_table.0).into());
        "co_exceptiontable" |_, code| {
            let mut bytes = Vec::new();
            for entry in &code.object.exception_table {
                for word in [entry.start, entry.end, entry.handler, entry.floor.into(), entry.exception.into()] {
                    bytes.extend(word.to_le_bytes());
                }
            }
            Ok(crate::objects::bytes::Bytes::new(&bytes).into())
        };
    },
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(hash), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Number of parameters, `*args` and `**kwargs` included.
fn n_parameters(object: &CodeObject) -> usize {
    object.n_positional as usize
        + object.n_keyword_only as usize
        + (object.flags & flags::VARARGS != 0) as usize
        + (object.flags & flags::VARKEYWORDS != 0) as usize
}

/// `co_varnames`: parameters, then the other locals that are no cells.
fn variables(object: &CodeObject) -> impl Iterator<Item = &Rc<str>> {
    let n_parameters = n_parameters(object);
    object
        .locals
        .iter()
        .enumerate()
        .filter(move |(at, _)| *at < n_parameters || !object.cell_registers.contains(&(*at as u16)))
        .map(|(_, name)| name)
}

fn cells(object: &CodeObject) -> impl Iterator<Item = &Rc<str>> {
    object.cell_registers.iter().filter_map(|&at| object.locals.get(at as usize))
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let code = this(value);
    let (name, line, address) = (&code.object.name, code.object.first_line, value.id());
    let file = vm.str_text(&code.filename)?;
    Ok(format!("<code object {name} at {address:#x}, file \"{file}\", line {line}>").into())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (a.downcast::<Code>(), b.downcast::<Code>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (x, y) = (&a.object, &b.object);
    let same = Rc::ptr_eq(x, y)
        || x.name == y.name
            && x.qualname == y.qualname
            && x.first_line == y.first_line
            && x.flags == y.flags
            && (x.n_positional, x.n_positional_only, x.n_keyword_only)
                == (y.n_positional, y.n_positional_only, y.n_keyword_only)
            && x.locals == y.locals
            && x.cell_registers == y.cell_registers
            && x.free_names == y.free_names
            && x.names == y.names
            && x.instructions == y.instructions
            && x.exception_table == y.exception_table
            && x.line_table == y.line_table;
    let same = same && {
        let (a, b) = (Tuple::new(a.constants().iter().cloned()), Tuple::new(b.constants().iter().cloned()));
        Rc::ptr_eq(x, y) || vm.eq(a.as_value(), b.as_value())?
    };
    Ok(equality(op, same))
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    use std::hash::{Hash, Hasher};
    let object = &this(value).object;
    let mut hasher = rapidhash::fast::RapidHasher::default();
    (&*object.name, object.first_line, object.flags, object.n_positional, object.instructions.len())
        .hash(&mut hasher);
    object.instructions.iter().for_each(|word| hasher.write(&word.0.to_le_bytes()));
    let hash = hasher.finish() as i64;
    Ok(if hash == -1 { -2 } else { hash })
}

/// Offsets count as CPython's do: two for each instruction word.
const UNITS_PER_WORD: u32 = 2;

/// `co_lines()`: runs of offsets with the same line.
fn lines(vm: &Vm, code: &Gc<Code>) -> PyResult {
    let mut out: Vec<(u32, u32, u32)> = Vec::new();
    let mut at = 0;
    for (words, position) in code.object.line_table.runs() {
        let end = at + words * UNITS_PER_WORD;
        match out.last_mut() {
            Some((_, last, line)) if *line == position.line => *last = end,
            _ => out.push((at, end, position.line)),
        }
        at = end;
    }
    let rows = out.into_iter().map(|(start, end, line)| {
        let line = if line == 0 { Value::NONE } else { Value::int(line.into()) };
        vm.tuple(&[Value::int(start.into()), Value::int(end.into()), line])
    });
    vm.iter(List::new(rows.collect()).as_value())
}

/// `co_positions()`: line, end line, column and end column of every instruction word.
fn positions(vm: &Vm, code: &Gc<Code>) -> PyResult {
    let mut rows = Vec::new();
    for (words, position) in code.object.line_table.runs() {
        let known = position.line != 0;
        let field = |n: u32| if known { Value::int(n.into()) } else { Value::NONE };
        let row = vm.tuple(&[
            field(position.line),
            field(position.end_line),
            field(position.column),
            field(position.end_column),
        ]);
        rows.extend(std::iter::repeat_n(row, words as usize));
    }
    vm.iter(List::new(rows).as_value())
}

/// `code.replace(**fields)`. Fields that describe the bytecode itself can only be replaced by what they are.
fn replace(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.len() > 1 {
        return vm.raise(Exc::TypeError, "replace() takes no positional arguments");
    }
    let this = args.this::<Code>();
    let mut object = CodeObject::clone(&this.object);
    let mut filename = this.filename.clone();
    let mut constants: Option<Gc<Tuple>> = None;
    for (key, value) in args.keywords() {
        let key = key.to_string();
        let text = || match value.downcast::<Str>() {
            Some(text) => Ok(Rc::<str>::from(text.to_string())),
            None => {
                let got = vm.type_name(value);
                vm.raise(Exc::TypeError, format!("replace() argument '{key}' must be str, not {got}"))
            }
        };
        let count = || match as_i64(&vm.index(value)?) {
            Some(n) if n >= 0 => Ok(n),
            _ => vm.raise(Exc::ValueError, format!("{key} must be a positive integer")),
        };
        let strings = || -> PyResult<Vec<Rc<str>>> {
            let Some(items) = value.downcast::<Tuple>() else {
                let got = vm.type_name(value);
                return vm
                    .raise(Exc::TypeError, format!("replace() argument '{key}' must be tuple, not {got}"));
            };
            let item = |item: &Value| match item.downcast::<Str>() {
                Some(text) => Ok(Rc::<str>::from(text.to_string())),
                None => vm.raise_type_of("name tuples must contain only strings, not '{}'", item),
            };
            items.items().iter().map(item).collect()
        };
        match key.as_str() {
            "co_name" => object.name = text()?,
            "co_qualname" => object.qualname = text()?,
            "co_filename" => {
                object.filename = text()?;
                filename = value.clone();
            }
            "co_firstlineno" => object.first_line = count()? as u32,
            "co_flags" => object.flags = count()? as u32,
            "co_consts" => match value.downcast::<Tuple>() {
                Some(items) => constants = Some(items.clone()),
                None => {
                    return vm.raise_type_of("replace() argument 'co_consts' must be tuple, not {}", value);
                }
            },
            "co_varnames" => {
                let new = strings()?;
                let old: Vec<Rc<str>> = variables(&object).cloned().collect();
                if new.len() != old.len() {
                    return vm.raise(Exc::ValueError, "code: varnames is too small");
                }
                for (old, new) in old.iter().zip(new) {
                    if let Some(name) = object.locals.iter_mut().find(|name| *name == old) {
                        *name = new;
                    }
                }
            }
            "co_freevars" => {
                let new = strings()?;
                if new.len() != object.free_names.len() {
                    return vm.raise(Exc::ValueError, "code: free variables differ in number");
                }
                object.free_names = new;
            }
            "co_names" => {
                let new = strings()?;
                if new.len() < object.names.len() {
                    return vm.raise(Exc::ValueError, "code: names is too small");
                }
                object.names = new;
            }
            "co_argcount" | "co_posonlyargcount" | "co_kwonlyargcount" | "co_nlocals" | "co_stacksize" => {
                let new = count()?;
                let same = vm.get_attr_named(this.as_value(), &key)?;
                if as_i64(&same) != Some(new) {
                    return vm.raise(Exc::NotImplementedError, format!("code.replace() with another {key}"));
                }
            }
            "co_code" | "co_linetable" | "co_exceptiontable" | "co_cellvars" => {
                let same = vm.get_attr_named(this.as_value(), &key)?;
                if !vm.eq(&same, value)? {
                    return vm.raise(Exc::NotImplementedError, format!("code.replace() with another {key}"));
                }
            }
            _ => {
                return vm
                    .raise(Exc::TypeError, format!("replace() got an unexpected keyword argument '{key}'"));
            }
        }
    }
    let constants = match constants {
        None => this.constants().into(),
        Some(items) => {
            if items.len() < this.constants().len() {
                return vm.raise(Exc::ValueError, "code: constants is too small");
            }
            object.constants.resize(items.len(), Constant::None);
            items.items().into()
        }
    };
    Ok(Code::with_constants(vm, Rc::new(object), constants, &filename).into())
}
