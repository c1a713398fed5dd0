//! `_thread`: locks and the identity of threads.

use ouro_runtime::host::Identity;
use ouro_runtime::{Value, Vm};

/// `get_ident()`.
pub fn identity(vm: &Vm) -> Value {
    Value::int(vm.host.identity(Identity::ThreadHandle))
}
