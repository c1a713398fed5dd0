//! Tells the linker how to lay the command out.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=startup.ld");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    if variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    // At a fixed address no pointer in the tables of builtin types has to be adjusted at start-up, which would also copy their pages.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    if variable("PROFILE") != "release" {
        return;
    }
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{}/startup.ld", variable("CARGO_MANIFEST_DIR"));
    // AddressSanitizer, which needs that feature, also needs the dynamic libraries.
    let sanitized = env::var_os("CARGO_FEATURE_SYSTEM_ALLOCATOR").is_some();
    if variable("CARGO_CFG_TARGET_ENV") == "gnu" && variable("HOST") == variable("TARGET") && !sanitized {
        link_statically(Path::new(&variable("OUT_DIR"))).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Takes the C library into the binary, where there is one to take: loading the dynamic ones would be a quarter of the start-up.
///
/// The compiler's own way, the target feature `crt-static`, would have to hold for procedural macros too, which cannot be static. So the
/// linker gets scripts in the place of the dynamic libraries that the standard library names, and those lead to the static ones.
fn link_statically(folder: &Path) -> std::io::Result<()> {
    let c_libraries = ["libc.a", "libm.a", "libgcc.a", "libgcc_eh.a"].map(static_library);
    let [Some(c), Some(m), Some(gcc), Some(gcc_eh)] = c_libraries else { return Ok(()) };
    let script = format!("GROUP({} {} {} {})\n", c.display(), m.display(), gcc.display(), gcc_eh.display());
    for name in ["c", "m", "gcc_s", "util", "rt", "pthread", "dl"] {
        fs::write(folder.join(format!("lib{name}.so")), &script)?;
    }
    println!("cargo::rustc-link-arg-bins=-static");
    println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    Ok(())
}

/// Where the system's compiler finds a static library.
fn static_library(name: &str) -> Option<PathBuf> {
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    path.is_absolute().then(|| path.canonicalize().ok()).flatten()
}
