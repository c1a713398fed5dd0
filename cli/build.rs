//! Tells the linker how to lay the command out.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=startup.ld");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    // At a fixed address no pointer in the tables of builtin types has to be adjusted at start-up, which would also copy their pages.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!(
            "cargo::rustc-link-arg-bins=-Wl,-T,{}/startup.ld",
            env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")
        );
    }
}
