//! Starting an interpreter.

use std::cell::{Cell, RefCell};

use super::frame::Frame;
use super::import::FrozenModule;
use super::options::Options;
use super::stack::RegisterStack;
use super::{Late, Vm};
use crate::heap::Heap;
use crate::host::Host;
use crate::names::Interner;
use crate::native::NativeModule;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::types::Types;
use crate::value::Value;

/// What an interpreter is made of.
pub struct Config {
    pub native_modules: &'static [&'static NativeModule],
    /// Sorted by name.
    pub frozen_modules: &'static [FrozenModule],
    /// Stack of the thread that will run it.
    pub stack_size_bytes: usize,
    pub host: Host,
    pub options: Options,
}

/// CPython's default.
const RECURSION_LIMIT: u32 = 1000;

impl Vm {
    /// A new interpreter, current on the calling thread until another is entered.
    pub fn start(config: Config) -> Box<Vm> {
        let mut host = config.host;
        if config.options.virtual_time {
            host.make_time_virtual();
        }
        let vm = Box::new(Vm {
            heap: Heap::new(),
            types: Types::new(),
            interner: Interner::default(),
            names: Late::new(),
            raised: Cell::new(None),
            handled: RefCell::new(None),
            latin1_chars: Late::new(),
            empty_str: Late::new(),
            empty_tuple: Late::new(),
            builtins: Late::new(),
            modules: Late::new(),
            classes: RefCell::default(),
            lookups: Default::default(),
            attributes: Default::default(),
            last_version: Cell::new(0),
            int_max_str_digits: Cell::new(config.options.int_max_str_digits),
            stack: RegisterStack::reserve().expect("address space for the register stack"),
            frame: Cell::new(Frame::NONE),
            ip: Cell::new(std::ptr::null_mut()),
            heap_frame_top: Cell::new(std::ptr::null_mut()),
            root: Cell::new(std::ptr::null()),
            drain: Cell::new(None),
            depth: Cell::new(0),
            recursion_limit: Cell::new(RECURSION_LIMIT),
            attending: Cell::new(0),
            reraising: Cell::new(false),
            stop_value: Cell::new(Value::NONE),
            origin_tracking_depth: Cell::new(0),
            frame_objects: RefCell::default(),
            native_modules: config.native_modules,
            frozen_modules: config.frozen_modules,
            initializing: RefCell::default(),
            import_locks: Default::default(),
            imports_machinery: Cell::new(false),
            no_default: std::cell::OnceCell::new(),
            threads: std::mem::ManuallyDrop::new(super::threads::Threads::new(&host)),
            interrupts: super::interrupt::Interrupts::default(),
            handles_signals: Cell::new(false),
            host,
            options: config.options,
            tasks: Default::default(),
            states: Default::default(),
            stack_limit: Cell::new(0),
        });
        vm.heap_frame_top.set(vm.stack.start());
        // SAFETY: boxed: it stays where it is until the caller drops it, which ends its being current.
        unsafe { vm.enter() };
        vm.set_stack_size(config.stack_size_bytes);
        if let Some(interval) = std::env::var_os("OURO_GC_STRESS") {
            let interval = interval.to_str().and_then(|text| text.parse().ok());
            vm.heap.collector.set_stress(interval.unwrap_or(1));
        }
        if std::env::var_os("OURO_SWITCH_STRESS").is_some() {
            vm.always_switch();
        }
        vm.make_core();
        vm.make_builtins();
        vm
    }

    /// The `builtins` module.
    fn make_builtins(&self) {
        let module = Module::new(self, "builtins");
        let old = module.dict.replace(Some(self.builtins.to_value()));
        if let Some(dict) = old.as_ref().and_then(|dict| dict.downcast::<Dict>()) {
            for (key, value) in dict.snapshot() {
                if let Some(key) = key.downcast::<Str>() {
                    drop(self.builtins.insert_str(key, value));
                }
            }
        }
        drop(self.modules.insert_str(&self.intern("builtins"), module.to_value()));
        crate::builtins::install(self, &module);
    }
}
