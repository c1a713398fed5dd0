//! Generates the parser from `src/grammar.lalrpop`.

fn main() {
    println!("cargo::rerun-if-changed=src/grammar.lalrpop");
    lalrpop::Configuration::new()
        .emit_rerun_directives(true)
        .process_dir("src")
        .expect("the grammar has no conflicts");
}
