//! Bringing an interpreter up: names, shared values, classes.

use super::Vm;
use crate::class::build;
use crate::names::Names;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;

impl Vm {
    /// Fills what everything else relies on. The interpreter has been entered; no value exists yet.
    pub(crate) fn make_core(&self) {
        build::reserve_all(self);
        self.names.fill(Names::new(&self.interner));
        self.empty_str.fill(self.intern(""));
        self.empty_tuple.fill(Tuple::for_class(self.types.tuple(), std::iter::empty()));
        let latin1 = (0..256).map(Str::from_code_point).collect();
        self.latin1_chars.fill(latin1);
        build::make_all(self);
        self.builtins.fill(Dict::new());
        self.modules.fill(Dict::new());
    }
}
