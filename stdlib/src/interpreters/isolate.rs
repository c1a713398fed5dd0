//! An interpreter besides the calling one: its own heap, lock and modules, on a thread of its own that serves requests one at a time. What
//! crosses between the two is bytes.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ouro_runtime::host::{Host, Parker};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::vm::interrupt::Interrupter;
use ouro_runtime::vm::options::Options;
use ouro_runtime::{Gc, PyResult, Value, Vm};

use super::queues::Queues;
use crate::life;

/// The module that serves requests, in the isolate.
const SERVER: &str = "_isolate";

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that can panic runs under these.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a request came to: bytes of the server, or what it failed with.
pub type Answer = Result<Vec<u8>, String>;

/// Where one thread waits for the answer of another.
#[derive(Default)]
pub struct Reply {
    answer: Mutex<Option<Answer>>,
    pub parker: Parker,
}

impl Reply {
    fn give(&self, answer: Answer) {
        *locked(&self.answer) = Some(answer);
        self.parker.unpark();
    }

    pub fn take(&self) -> Option<Answer> {
        locked(&self.answer).take()
    }
}

enum Request {
    Serve(Vec<u8>, Arc<Reply>),
    End(Arc<Reply>),
}

/// The interpreters of one program, and their queues. Each of them holds it.
#[derive(Default)]
pub struct Family {
    last_id: AtomicI64,
    isolates: Mutex<BTreeMap<i64, Arc<Isolate>>>,
    pub queues: Queues,
}

impl Family {
    pub fn isolate(&self, id: i64) -> Option<Arc<Isolate>> {
        locked(&self.isolates).get(&id).cloned()
    }

    /// All but the main one, the oldest first.
    pub fn isolates(&self) -> Vec<Arc<Isolate>> {
        locked(&self.isolates).values().cloned().collect()
    }

    /// Takes one out that has ended.
    pub fn forget(&self, id: i64) {
        locked(&self.isolates).remove(&id);
        self.queues.forget_items_of(id);
    }
}

/// What an isolate takes over from who makes it.
pub struct Inheritance {
    pub options: Options,
    pub family: Arc<Family>,
    /// Lists of text in `sys`, as WTF-8.
    pub lists: Vec<(&'static str, Vec<Vec<u8>>)>,
}

/// One interpreter besides the main one, as others see it.
pub struct Isolate {
    pub id: i64,
    requests: Sender<Request>,
    /// Serves a request, or is about to end.
    is_busy: AtomicBool,
    /// Objects anywhere that keep it.
    pub n_owners: AtomicUsize,
    interrupter: Mutex<Option<Interrupter>>,
}

impl Isolate {
    /// Starts one; it takes requests at once.
    ///
    /// # Errors
    /// If the system refuses the thread.
    pub fn start(inheritance: Inheritance) -> io::Result<Arc<Isolate>> {
        let family = inheritance.family.clone();
        let (sender, requests) = channel();
        let isolate = Arc::new(Isolate {
            id: family.last_id.fetch_add(1, Ordering::Relaxed) + 1,
            requests: sender,
            is_busy: AtomicBool::new(false),
            n_owners: AtomicUsize::new(0),
            interrupter: Mutex::new(None),
        });
        let own = isolate.clone();
        std::thread::Builder::new()
            .name(format!("interpreter-{}", isolate.id))
            .stack_size(life::STACK_SIZE_BYTES)
            .spawn(move || own.live(inheritance, &requests))?;
        locked(&family.isolates).insert(isolate.id, isolate.clone());
        Ok(isolate)
    }

    pub fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Acquire)
    }

    /// Makes it busy with a request: `None` if it is already.
    pub fn serve(&self, request: Vec<u8>) -> Option<Arc<Reply>> {
        self.send(|reply| Request::Serve(request, reply))
    }

    /// Asks it to end, which it answers when it has; it stays busy. `None` if it is busy.
    pub fn end(&self) -> Option<Arc<Reply>> {
        self.send(Request::End)
    }

    fn send(&self, request: impl FnOnce(Arc<Reply>) -> Request) -> Option<Arc<Reply>> {
        if self.is_busy.swap(true, Ordering::AcqRel) {
            return None;
        }
        let reply = Arc::new(Reply::default());
        if self.requests.send(request(reply.clone())).is_err() {
            reply.give(Err("the interpreter's thread has ended".into()));
        }
        Some(reply)
    }

    /// Raises KeyboardInterrupt in it.
    pub fn interrupt(&self) {
        if let Some(interrupter) = &*locked(&self.interrupter) {
            interrupter.interrupt();
        }
    }

    /// Its thread.
    fn live(&self, inheritance: Inheritance, requests: &Receiver<Request>) {
        let started = life::start(inheritance.options, Host::new());
        let (vm, main) = match started {
            Ok(started) => started,
            Err(problem) => return refuse(requests, &problem),
        };
        vm.state::<super::Membership>().join(inheritance.family, self.id);
        if let Err(raised) = prepare(&vm, &main, &inheritance.lists) {
            return refuse(requests, &shown(&vm, vm.take_raised(raised).as_value()));
        }
        *locked(&self.interrupter) = Some(vm.interrupter());
        while let Ok(request) = vm.blocking(|_| requests.recv()) {
            match request {
                Request::Serve(bytes, reply) => {
                    let answer = serve(&vm, bytes);
                    self.is_busy.store(false, Ordering::Release);
                    reply.give(answer);
                }
                Request::End(reply) => {
                    life::end(&vm, main, 0);
                    if vm.threads.count() > 1 {
                        // Threads that block may still use its memory.
                        std::mem::forget(vm);
                    } else {
                        drop(vm);
                    }
                    return reply.give(Ok(Vec::new()));
                }
            }
        }
    }
}

/// Answers all requests alike: there is no interpreter.
fn refuse(requests: &Receiver<Request>, problem: &str) {
    while let Ok(request) = requests.recv() {
        match request {
            Request::Serve(_, reply) => reply.give(Err(problem.into())),
            Request::End(reply) => return reply.give(Ok(Vec::new())),
        }
    }
}

fn shown(vm: &Vm, exception: &Value) -> String {
    vm.repr_text(exception).unwrap_or_else(|raised| {
        drop(vm.take_raised(raised));
        "an exception whose repr() fails".into()
    })
}

fn prepare(vm: &Vm, main: &Gc<Module>, lists: &[(&'static str, Vec<Vec<u8>>)]) -> PyResult<()> {
    let sys = vm.import_module("sys")?;
    for (name, texts) in lists {
        let texts = texts.iter().map(|text| Str::from_wtf8(text).into()).collect();
        vm.set_attr(&sys, &vm.intern(name), Some(&List::new(texts).into()))?;
    }
    for name in ["__loader__", "__spec__", "__package__"] {
        main.set(vm, name, Value::NONE);
    }
    Ok(())
}

fn serve(vm: &Vm, request: Vec<u8>) -> Answer {
    let answer = || -> PyResult<Option<Vec<u8>>> {
        let server = vm.import_module(SERVER)?;
        let answer = vm.call_method_named(&server, "serve", &[Bytes::from_vec(request).into()])?;
        Ok(answer.downcast::<Bytes>().map(|answer| answer.as_slice().to_vec()))
    };
    match answer() {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(format!("{SERVER}.serve() gave no bytes")),
        Err(raised) => Err(shown(vm, vm.take_raised(raised).as_value())),
    }
}
