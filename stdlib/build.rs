//! Compiles the modules written in Python (`py/`, and `packages/` with those that give way to installed ones) to bytecode,
//! so that nothing is parsed when the interpreter starts.
//!
//! Writes one file of bytes per module, one of all of them, and `frozen.rs`, the table of them. A module whose bytes are newer than its source
//! and this program (which holds the compiler) is left alone.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs, thread};

use ouro_lang::code::serialize;
use ouro_lang::compiler::{self, CompileOptions};
use ouro_lang::parser::{self, Mode, ParseOptions};
use ouro_lang::source::Origin;

/// The compiler recurses over syntax trees, in a debug build with large frames.
const STACK_SIZE_BYTES: usize = 256 << 20;

/// Where modules are. Those of the second folder stand in for packages that are not part of Python.
const FOLDERS: [&str; 2] = ["py", PACKAGES];
const PACKAGES: &str = "packages";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let worker = thread::Builder::new().stack_size(STACK_SIZE_BYTES);
    let result = worker.spawn(move || freeze_all(&root, &out).map_err(|error| error.to_string()))?;
    match result.join().map_err(|_| "the compiler panicked")? {
        Ok(()) => Ok(()),
        Err(problem) => {
            println!("cargo::error={problem}");
            Err("a module of the standard library does not compile".into())
        }
    }
}

fn freeze_all(root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut files)?;
    }
    let compiler_date = fs::metadata(env::current_exe()?)?.modified()?;
    let mut modules = Vec::new();
    for path in files {
        let relative = path.strip_prefix(root)?.to_str().ok_or("a file name that is not UTF-8")?;
        let (folder, relative) = relative.split_once('/').ok_or("a file outside the folders")?;
        let gives_way = folder == PACKAGES;
        let (name, is_package) = module_name(relative);
        let file = out.join(format!("{name}.code"));
        let source = fs::read(&path)?;
        if !is_current(&file, &path, compiler_date) {
            // What tracebacks show; `frozen_filename` of the runtime says the same.
            let code = compile(&source, &format!("<frozen>/{relative}"))
                .map_err(|problem| format!("{folder}/{relative}: {problem}"))?;
            fs::write(&file, code)?;
        }
        modules.push((name, is_package, gives_way, fs::read(&file)?, source));
    }
    modules.sort();
    if let Some(pair) = modules.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two modules named {}", pair[0].0).into());
    }
    // One block of code and one of source: a program maps the few pages it needs, not what lies between them.
    let (mut all_code, mut all_source) = (Vec::new(), Vec::new());
    let mut table = String::from(
        "/// The modules written in Python, sorted by name.\npub static FROZEN: &[FrozenModule] = &[\n",
    );
    for (name, is_package, gives_way, code, source) in modules {
        let (code_start, source_start) = (all_code.len(), all_source.len());
        all_code.extend(code);
        all_source.extend(source);
        writeln!(
            table,
            "    FrozenModule {{ name: {name:?}, is_package: {is_package}, gives_way: {gives_way}, code: part(CODE, {code_start}, {}), source: part(SOURCE, {source_start}, {}) }},",
            all_code.len(),
            all_source.len(),
        )?;
    }
    table.push_str("];\n");
    for (constant, file, bytes) in
        [("CODE", "modules.code", all_code), ("SOURCE", "modules.source", all_source)]
    {
        let file = out.join(file);
        if fs::read(&file).ok().as_ref() != Some(&bytes) {
            fs::write(&file, bytes)?;
        }
        writeln!(table, "static {constant}: &[u8] = include_bytes!({file:?});")?;
    }
    fs::write(out.join("frozen.rs"), table)?;
    Ok(())
}

/// Whether `file` was made of the present `source` by the present compiler.
fn is_current(file: &Path, source: &Path, compiler_date: SystemTime) -> bool {
    let date = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    match (date(file), date(source)) {
        (Some(made), Some(changed)) => made > changed && made > compiler_date,
        _ => false,
    }
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

fn compile(source: &[u8], filename: &str) -> Result<Vec<u8>, String> {
    let options = ParseOptions { origin: Origin::Bytes, ..ParseOptions::new(Mode::Exec) };
    let parsed = parser::parse(source, options).map_err(|diagnostic| format!("{diagnostic:?}"))?;
    let mut warnings = parsed.warnings;
    let code =
        compiler::compile(&parsed.module, &parsed.source, filename, CompileOptions::default(), &mut warnings)
            .map_err(|diagnostic| format!("{diagnostic:?}"))?;
    Ok(serialize::write(&code))
}
