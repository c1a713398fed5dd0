//! Ending an interpreter: modules go one by one, so that what programs left in their globals is finalised while `print` still works.

use super::Vm;
use crate::Gc;
use crate::heap::weak::WeakRef;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::objects::weak_reference::new_reference;
use crate::value::Value;

/// Modules that finalisers need.
const KEPT: [&str; 2] = ["sys", "builtins"];

/// What `sys` keeps of an error that ended the program, with all locals of its frames.
const LAST_ERROR: [&str; 4] = ["last_exc", "last_type", "last_value", "last_traceback"];

/// Collections at the end; finalisers that make ever more garbage are not run for ever.
const MAX_PASSES: usize = 8;

impl Vm {
    /// Takes all modules apart in the order of their import, as CPython does; finalisers run. Afterwards only `sys` and `builtins` are whole.
    ///
    /// Where nothing that lives could run Python code when it dies, nobody would notice, and all is left to the end of the process.
    pub fn shut_down(&self) {
        self.drop_all_thread_data();
        if self.heap.n_finalizable() == 0 && !self.heap.weak.has_callbacks() {
            return;
        }
        if let Some(sys) = self.modules.get_str(&self.names.sys).and_then(|sys| sys.into_gc::<Module>().ok())
        {
            for name in LAST_ERROR {
                drop(sys.namespace().insert_str(&self.intern(name), Value::NONE));
            }
            self.attend();
        }
        let mut remaining = Vec::new();
        self.forget_modules(&mut remaining, false);
        // Finalisers of the program may import, which library functions do where they need something.
        self.collect_all();
        self.forget_modules(&mut remaining, true);
        self.collect_all();
        // What is referred to from elsewhere is emptied, the latest first.
        for reference in remaining.iter().rev() {
            let Some(module) = reference.target() else { continue };
            if let Some(module) = module.downcast::<Module>() {
                self.empty_namespace(&module.namespace());
            }
        }
        self.collect_all();
    }

    /// Takes modules out of `sys.modules`, all or those that are not of the library; notes those that may live on.
    fn forget_modules(&self, remaining: &mut Vec<Gc<WeakRef>>, all: bool) {
        for (key, module) in self.modules.snapshot() {
            let Some(name) = key.downcast::<Str>() else { continue };
            let kept = KEPT.iter().any(|kept| *name == **kept);
            let stays = kept || !all && self.knows_module(&name.to_string_lossy());
            if stays || module.downcast::<Module>().is_none() {
                continue;
            }
            match new_reference(self, &module) {
                Ok(reference) => remaining.push(reference),
                Err(raised) => drop(self.take_raised(raised)),
            }
            drop(self.modules.insert_str(name, Value::NONE));
            drop(module);
            self.attend();
        }
    }

    /// Sets the globals of a module to None: names with one underscore first, then all others but `__builtins__`.
    fn empty_namespace(&self, namespace: &Dict) {
        for private in [true, false] {
            for (key, value) in namespace.snapshot() {
                let Some(name) = key.downcast::<Str>() else { continue };
                let bytes = name.as_bytes();
                let one_underscore = bytes.starts_with(b"_") && bytes.get(1) != Some(&b'_');
                if value.is_none() || one_underscore != private || bytes == b"__builtins__" {
                    continue;
                }
                drop(value);
                drop(namespace.insert_str(name, Value::NONE));
                self.attend();
            }
        }
    }

    /// Collects until nothing more dies: finalisers run after one pass, what they leave is freed by the next.
    fn collect_all(&self) {
        for _ in 0..MAX_PASSES {
            let found = self.heap.collector.collect(&self.heap);
            self.attend();
            if found == 0 {
                break;
            }
        }
    }
}

impl Drop for Vm {
    /// What the fields let go of goes through the heap, which must therefore be the last field and be current.
    fn drop(&mut self) {
        self.interrupts.close();
        // SAFETY: this Vm stays in place until its fields have been dropped, and the heap ends its own being current.
        unsafe { self.enter() };
        self.heap.forget_pending();
        // What fields hold beyond the core, as long as all fields are there for those that die with it. No finaliser runs any more.
        drop(self.states.take());
        self.tasks.forget();
        drop((self.handled.take(), self.no_default.take(), self.frame_objects.take()));
        // Modules and their functions refer to each other.
        for (_, module) in self.modules.snapshot() {
            if let Some(module) = module.downcast::<Module>() {
                module.namespace().clear();
            }
        }
        self.modules.clear();
        // What has a finaliser is found by one pass and freed by the next.
        while self.heap.collector.collect(&self.heap) > 0 {
            self.heap.forget_pending();
        }
    }
}
