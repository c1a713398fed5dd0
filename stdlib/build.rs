//! Embeds the modules written in Python (`py/`): writes `frozen.rs`, the table of them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?).join("py");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    println!("cargo::rerun-if-changed=py");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut table =
        String::from("/// The modules written in Python.\npub static FROZEN: &[FrozenModule] = &[\n");
    for path in files {
        let relative = path.strip_prefix(&root)?.to_str().ok_or("a file name that is not UTF-8")?;
        let (name, is_package) = module_name(relative);
        writeln!(
            table,
            "    FrozenModule {{ name: {name:?}, is_package: {is_package}, code: include_bytes!({path:?}) }},"
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("frozen.rs"), table)?;
    Ok(())
}

/// Every `.py` file below `folder`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    Ok(())
}

/// `json/decoder.py` is the module `json.decoder`, `json/__init__.py` the package `json`.
fn module_name(relative: &str) -> (String, bool) {
    match relative.strip_suffix("/__init__.py") {
        Some(package) => (package.replace('/', "."), true),
        None => (relative.trim_end_matches(".py").replace('/', "."), false),
    }
}
