//! Source text of code that is in no file but is shown in tracebacks: `-c`, and what was typed at a prompt.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use ouro_lang::code::{CodeObject, Constant};
use ouro_lang::source::{Origin, SourceText};

use super::Vm;

/// File name, qualified name and first line: what tells the functions of one program apart, as in CPython's `linecache`.
type Key = (Rc<str>, Rc<str>, u32);

/// The lines by the code they hold; one table per interpreter.
#[derive(Default)]
struct KnownSources(RefCell<HashMap<Key, Rc<[String]>>>);

impl Vm {
    /// From now on tracebacks through this code show its source.
    pub fn remember_source(&self, code: &CodeObject, source: &[u8]) {
        let Ok(text) = SourceText::decode(source, Origin::Str) else { return };
        let lines: Rc<[String]> = text.as_str().split('\n').map(str::to_string).collect();
        let mut codes = vec![code];
        let known = self.state::<KnownSources>();
        while let Some(code) = codes.pop() {
            let key = (code.filename.clone(), code.qualname.clone(), code.first_line);
            known.0.borrow_mut().insert(key, lines.clone());
            codes.extend(code.constants.iter().filter_map(|constant| match constant {
                Constant::Code(code) => Some(&**code),
                _ => None,
            }));
        }
    }

    /// The lines of source that was remembered for code of this file name, qualified name and first line.
    pub fn remembered_lines(&self, filename: &str, qualname: &str, first_line: u32) -> Option<Rc<[String]>> {
        let key = (Rc::from(filename), Rc::from(qualname), first_line);
        self.state::<KnownSources>().0.borrow().get(&key).cloned()
    }
}
