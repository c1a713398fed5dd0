//! `_interpreters`: more interpreters in the same process, each on a thread of its own. `concurrent.interpreters` makes requests and
//! answers of objects; here they are bytes.

mod code;
mod isolate;
pub mod queues;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use isolate::{Answer, Family, Inheritance, Isolate, Reply};
use ouro_runtime::class::Type;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::int64;
use crate::errors;

pub static MODULE: NativeModule = NativeModule {
    name: "_interpreters",
    doc: "More interpreters in this process.",
    functions: &[
        NativeFn::new("create()", create).doc("Create an interpreter and return its ID."),
        NativeFn::new("destroy(id, /)", destroy).doc("Finalize the interpreter, which must not be running."),
        NativeFn::new("list_all()", |vm, _| {
            let ids = membership(vm)
                .family()
                .isolates()
                .iter()
                .map(|isolate| isolate.id.into())
                .collect::<Vec<_>>();
            Ok(vm.list([vec![Value::small(MAIN)], ids].concat()))
        })
        .doc("Return the IDs of all interpreters."),
        NativeFn::new("get_current()", |vm, _| Ok(membership(vm).id().into()))
            .doc("Return the ID of the calling interpreter."),
        NativeFn::new("is_running(id, /)", |vm, args| {
            let id = id_argument(vm, args)?;
            Ok((id == MAIN || isolate_of(vm, id)?.is_busy()).into())
        })
        .doc("Return whether the interpreter runs something."),
        NativeFn::new("incref(id, /)", |vm, args| {
            isolate_of(vm, id_argument(vm, args)?)?.n_owners.fetch_add(1, Ordering::AcqRel);
            Ok(Value::NONE)
        })
        .doc("Take a reference to the interpreter."),
        NativeFn::new("decref(id, /)", |vm, args| {
            let isolate = isolate_of(vm, id_argument(vm, args)?)?;
            if isolate.n_owners.fetch_sub(1, Ordering::AcqRel) == 1 {
                // One that still runs is left to the end of the program.
                end(vm, &isolate)?;
            }
            Ok(Value::NONE)
        })
        .doc("Give a reference back. With the last one the interpreter ends."),
        NativeFn::new("request(id, request, purpose, /)", request).doc(
            "Let the interpreter serve a request of bytes, and return its answer; purpose is for the errors.",
        ),
        NativeFn::new("code_to_bytes(code, /)", code::to_bytes).doc("Return a code object as bytes."),
        NativeFn::new("code_from_bytes(data, /)", code::from_bytes)
            .doc("Return the code object that code_to_bytes() made bytes of."),
        NativeFn::new("code_globals(code, /)", code::globals)
            .doc("Return the names of the globals that a code object, or one within it, uses."),
        NativeFn::new("code_returns_value(code, /)", code::returns_value)
            .doc("Return whether a call of the code could give something other than None."),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

/// The ID of the interpreter that the program began in.
const MAIN: i64 = 0;

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let shown = "concurrent.interpreters";
    errors::define(vm, module, shown, "InterpreterError", vm.types.exception(Exc::Exception))?;
    errors::define(vm, module, shown, "NotShareableError", vm.types.exception(Exc::TypeError))?;
    let base = module.get(vm, "InterpreterError").and_then(|base| base.into_gc::<Type>().ok());
    match base {
        Some(base) => errors::define(vm, module, shown, "InterpreterNotFoundError", &base),
        None => Ok(()),
    }
}

/// Which program's interpreters the calling one is among, and which of them it is.
#[derive(Default)]
pub struct Membership {
    family: RefCell<Arc<Family>>,
    id: Cell<i64>,
}

impl Membership {
    fn join(&self, family: Arc<Family>, id: i64) {
        *self.family.borrow_mut() = family;
        self.id.set(id);
    }

    fn family(&self) -> Arc<Family> {
        self.family.borrow().clone()
    }

    fn id(&self) -> i64 {
        self.id.get()
    }
}

fn membership(vm: &Vm) -> Rc<Membership> {
    vm.state::<Membership>()
}

/// Whether the program began in this interpreter.
pub fn is_main(vm: &Vm) -> bool {
    membership(vm).id() == MAIN
}

/// RuntimeError in all interpreters but the main one.
pub fn check_main(vm: &Vm, what: &str) -> PyResult<()> {
    if is_main(vm) {
        return Ok(());
    }
    vm.raise(Exc::RuntimeError, format!("{what} not supported for isolated subinterpreters"))
}

/// Ends all other interpreters; a running one is interrupted and left. Called when the program ends.
pub fn end_all(vm: &Vm) {
    let membership = membership(vm);
    let isolates = membership.family().isolates();
    if membership.id() != MAIN || isolates.is_empty() {
        return;
    }
    let warned =
        vm.warn(Exc::RuntimeWarning, "remaining subinterpreters; close them with Interpreter.close()", 1);
    let ended = isolates.iter().try_for_each(|isolate| {
        if !end(vm, isolate)? {
            isolate.interrupt();
        }
        Ok(())
    });
    for result in [warned, ended] {
        vm.report_unraisable(result.map(|()| Value::NONE), &Value::NONE);
    }
}

fn bytes_argument<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a [u8]> {
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.as_slice()),
        None => vm.raise_type_of("a bytes object is required, not '{}'", value),
    }
}

#[cold]
fn raise<T>(vm: &Vm, class: &str, message: impl Into<Value>) -> PyResult<T> {
    errors::raise(vm, "_interpreters", class, message)
}

fn id_argument(vm: &Vm, args: Args<'_>) -> PyResult<i64> {
    int64(vm, args.value(0), "int64_t")
}

fn isolate_of(vm: &Vm, id: i64) -> PyResult<Arc<Isolate>> {
    match membership(vm).family().isolate(id) {
        Some(isolate) => Ok(isolate),
        None => raise(vm, "InterpreterNotFoundError", format!("unrecognized interpreter ID {id}")),
    }
}

/// Text of a list in `sys`; nothing if the program put something else there.
fn texts(vm: &Vm, name: &str) -> PyResult<Vec<Vec<u8>>> {
    let list = vm.sys_attribute(name)?;
    let items = list.downcast::<List>().map(|list| list.snapshot()).unwrap_or_default();
    Ok(items.iter().filter_map(|item| item.downcast::<Str>()).map(|text| text.as_bytes().to_vec()).collect())
}

fn create(vm: &Vm, _: Args<'_>) -> PyResult {
    let lists = ["argv", "orig_argv", "path"];
    let lists = lists.into_iter().map(|name| Ok((name, texts(vm, name)?))).collect::<PyResult<Vec<_>>>()?;
    let family = membership(vm).family();
    vm.host.expect_threads();
    match Isolate::start(Inheritance { options: vm.options.clone(), family, lists }) {
        Ok(isolate) => Ok(isolate.id.into()),
        Err(error) => raise(vm, "InterpreterError", format!("interpreter creation failed: {error}")),
    }
}

/// Waits for an answer; if a signal handler raises, the isolate is interrupted.
fn wait(vm: &Vm, isolate: &Isolate, reply: &Reply) -> PyResult<Answer> {
    loop {
        let _woken = vm.blocking(|host| host.park_for_outside(&reply.parker, None));
        if let Some(answer) = reply.take() {
            return Ok(answer);
        }
        if let Err(raised) = vm.check_signals() {
            isolate.interrupt();
            return Err(raised);
        }
    }
}

/// Ends an isolate; false if it is running.
fn end(vm: &Vm, isolate: &Isolate) -> PyResult<bool> {
    let Some(reply) = isolate.end() else { return Ok(false) };
    let ended = wait(vm, isolate, &reply);
    membership(vm).family().forget(isolate.id);
    ended.map(|_| true)
}

fn destroy(vm: &Vm, args: Args<'_>) -> PyResult {
    let id = id_argument(vm, args)?;
    if id == membership(vm).id() {
        return raise(vm, "InterpreterError", "cannot destroy the current interpreter");
    }
    match end(vm, &*isolate_of(vm, id)?)? {
        true => Ok(Value::NONE),
        false => raise(vm, "InterpreterError", "interpreter running"),
    }
}

fn request(vm: &Vm, args: Args<'_>) -> PyResult {
    let isolate = isolate_of(vm, id_argument(vm, args)?)?;
    let Some(reply) = isolate.serve(bytes_argument(vm, args.value(1))?.to_vec()) else {
        return raise(vm, "InterpreterError", "interpreter already running");
    };
    match wait(vm, &isolate, &reply)? {
        Ok(answer) => Ok(Bytes::from_vec(answer).into()),
        Err(problem) => {
            let purpose = vm.str_text(args.value(2))?;
            raise(vm, "InterpreterError", format!("cannot {purpose}: {problem}"))
        }
    }
}
