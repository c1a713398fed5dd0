//! The `ouro` command.
#![forbid(unsafe_code)]

use ouro::{Config, Vm};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let path = std::env::args().nth(1).expect("a script");
    let vm = Vm::start(Config {
        native_modules: ouro_stdlib::NATIVE_MODULES,
        frozen_modules: ouro_stdlib::FROZEN,
        stack_size_bytes: 8 << 20,
        host: ouro_runtime::host::Host::new(),
    });
    let result = vm.compile_file(std::path::Path::new(&path)).and_then(|code| {
        let module = ouro_runtime::objects::module::Module::new(&vm, "__main__");
        let namespace = module.namespace();
        vm.run_code(&code, &namespace, None, None)
    });
    if let Err(raised) = result {
        let exception = vm.take_raised(raised);
        std::process::exit(ouro_runtime::exceptions::report_uncaught(&vm, &exception));
    }
    std::process::exit(0);
}
