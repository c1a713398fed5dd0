//! The part of a code object that only matters once it runs. Of embedded modules it is read when first looked at: most functions of a
//! library are never called.

use std::cell::OnceCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::code_object::{Constant, ExceptionEntry};
use super::line_table::LineTable;
use super::opcode::Instruction;
use super::serialize::{Texts, read_body};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeBody {
    /// Names of registers `0..locals.len()`: parameters and locals, those that live in cells included. Mangled as in CPython.
    pub locals: Vec<Rc<str>>,
    /// Registers that hold a cell (the code makes it with MakeCell), in `co_cellvars` order.
    pub cell_registers: Vec<u16>,
    /// Names of the closure's cells, in order.
    pub free_names: Vec<Rc<str>>,
    pub instructions: Vec<Instruction>,
    pub constants: Vec<Constant>,
    pub names: Vec<Rc<str>>,
    pub exception_table: Vec<ExceptionEntry>,
    pub line_table: LineTable,
}

/// A [`CodeBody`], or where to read it.
pub struct Body {
    made: OnceCell<CodeBody>,
    source: Option<Source>,
}

struct Source {
    texts: Rc<Texts<'static>>,
    bytes: &'static [u8],
}

impl Body {
    /// The body that `bytes`, which this build of the compiler wrote, hold.
    pub(super) fn later(texts: &Rc<Texts<'static>>, bytes: &'static [u8]) -> Body {
        Body { made: OnceCell::new(), source: Some(Source { texts: texts.clone(), bytes }) }
    }

    fn read(&self) -> CodeBody {
        let source = self.source.as_ref().expect("a body is there or can be read");
        read_body(&source.texts, source.bytes).expect("what the compiler wrote can be read")
    }
}

impl From<CodeBody> for Body {
    fn from(body: CodeBody) -> Body {
        Body { made: body.into(), source: None }
    }
}

impl Deref for Body {
    type Target = CodeBody;

    fn deref(&self) -> &CodeBody {
        self.made.get_or_init(|| self.read())
    }
}

impl DerefMut for Body {
    fn deref_mut(&mut self) -> &mut CodeBody {
        let _ = self.deref();
        self.made.get_mut().expect("it was just read")
    }
}

impl Clone for Body {
    fn clone(&self) -> Body {
        CodeBody::clone(self).into()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
