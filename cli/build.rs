//! Tells the linker how to lay the command out.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // At a fixed address no pointer in the tables of builtin types has to be adjusted at start-up, which would also copy their pages.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
