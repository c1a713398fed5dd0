//! The compiler over small programs: listings as snapshots, semantic errors as tables, and for all code that is made
//! here the checks of `verify` and `dataflow`.

mod dataflow;
mod errors;
mod limits;

use std::path::Path;
use std::rc::Rc;

use ouro_lang::code::{CodeObject, disasm, serialize, verify};
use ouro_lang::compiler::{CompileOptions, compile};
use ouro_lang::diagnostics::Diagnostic;
use ouro_lang::parser::{Mode, ParseOptions, parse};

type Compiled = (Result<Rc<CodeObject>, Diagnostic>, Vec<Diagnostic>);

/// Compiles as `exec`, and checks what is made.
pub fn compiled(source: &str, options: CompileOptions) -> Compiled {
    compiled_as(source, Mode::Exec, options)
}

fn compiled_as(source: &str, mode: Mode, options: CompileOptions) -> Compiled {
    let (code, warnings) = verified(source, mode, options);
    if let Ok(code) = &code {
        assert_eq!(dataflow::check(code), Vec::<String>::new());
    }
    (code, warnings)
}

/// The same for code so large that running it abstractly would take long.
pub fn verified(source: &str, mode: Mode, options: CompileOptions) -> Compiled {
    let mut warnings = Vec::new();
    let code = parse(source, ParseOptions::new(mode)).and_then(|parsed| {
        warnings.extend(parsed.warnings);
        compile(&parsed.module, &parsed.source, "case.py", options, &mut warnings)
    });
    if let Ok(code) = &code {
        verify::verify(code).unwrap();
        assert_eq!(&serialize::read(&serialize::write(code)).unwrap(), &**code);
    }
    (code, warnings)
}

#[test]
fn listings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compiler/cases");
    let mut paths: Vec<_> = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    assert!(!paths.is_empty());
    insta::with_settings!({
        snapshot_path => root, prepend_module_to_snapshot => false, omit_expression => true,
    }, {
        for path in paths {
            let source = std::fs::read_to_string(&path).unwrap();
            let (code, warnings) = compiled(&source, CompileOptions::default());
            let mut listing = disasm::disassemble(&code.unwrap());
            for warning in warnings {
                listing += &format!("warning in line {}: {}\n", warning.line(), warning.message);
            }
            insta::assert_snapshot!(path.file_stem().unwrap().to_str().unwrap(), listing);
        }
    });
}

#[test]
fn other_modes() {
    let (code, _) = compiled_as("1 + x", Mode::Eval, CompileOptions::default());
    insta::assert_snapshot!("mode_eval", disasm::disassemble(&code.unwrap()));
    let (code, _) = compiled_as("'doc'; x; y = 1", Mode::Single, CompileOptions::default());
    insta::assert_snapshot!("mode_single", disasm::disassemble(&code.unwrap()));
    let options = CompileOptions { top_level_await: true, ..CompileOptions::default() };
    let (code, _) = compiled("await x\nasync for y in z: pass\n[a async for a in b]", options);
    insta::assert_snapshot!("mode_top_level_await", disasm::disassemble(&code.unwrap()));
}

#[test]
fn optimizing_drops_asserts_and_docstrings() {
    let source = "'doc'\ndef f():\n    'doc'\n    assert x\n    if __debug__: y()\n";
    for (optimize, has_doc, has_assert) in [(0, true, true), (1, true, false), (2, false, false)] {
        let options = CompileOptions { optimize, ..CompileOptions::default() };
        let listing = disasm::disassemble(&compiled(source, options).0.unwrap());
        assert_eq!(listing.contains("__doc__"), has_doc, "{listing}");
        assert_eq!(listing.contains("AssertionError"), has_assert, "{listing}");
        assert_eq!(listing.contains("LoadGlobal"), has_assert, "{listing}");
    }
}
