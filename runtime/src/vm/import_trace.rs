//! What `-v` and `-X importtime` show of imports, on standard error.

use std::cell::Cell;

use super::Vm;
use crate::PyResult;

/// Nanoseconds per microsecond, the unit of the report.
const NS_PER_US: i64 = 1000;

#[derive(Default)]
struct ImportTimes {
    /// Imports under way.
    depth: Cell<usize>,
    /// Time spent in finished imports below the present one.
    nested_ns: Cell<i64>,
    has_header: Cell<bool>,
}

impl Vm {
    /// Runs `load`, which imports the module; times it or names it if that was asked for.
    #[inline]
    pub(super) fn traced_import<T>(&self, name: &str, load: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        if self.options.import_time == 0 && self.options.verbose == 0 {
            return load();
        }
        self.trace_import(name, load)
    }

    #[cold]
    fn trace_import<T>(&self, name: &str, load: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let times = self.state::<ImportTimes>();
        let depth = times.depth.get();
        let outer_ns = times.nested_ns.replace(0);
        times.depth.set(depth + 1);
        let start = self.host.real_monotonic();
        let result = load();
        let total_ns = self.host.real_monotonic() - start;
        let own_ns = total_ns - times.nested_ns.get();
        times.depth.set(depth);
        times.nested_ns.set(outer_ns + total_ns);
        if self.options.import_time > 0 {
            if !times.has_header.replace(true) {
                self.host.write_stderr(b"import time: self [us] | cumulative | imported package\n");
            }
            let (own, total) = (own_ns / NS_PER_US, total_ns / NS_PER_US);
            let line = format!("import time: {own:>9} | {total:>10} | {:1$}{name}\n", "", depth * 2);
            self.host.write_stderr(line.as_bytes());
        }
        if self.options.verbose > 0 && result.is_ok() {
            let kind = match (self.native_module(name), self.frozen_module(name)) {
                (Some(_), _) => "built-in",
                (_, Some(_)) => "frozen",
                _ => "file",
            };
            self.host.write_stderr(format!("import '{name}' # {kind}\n").as_bytes());
        }
        result
    }

    /// `-X importtime=2` also shows imports of what is there already.
    #[inline]
    pub(super) fn note_repeated_import(&self, name: &str) {
        if self.options.import_time > 1 {
            let indent = self.state::<ImportTimes>().depth.get() * 2;
            let line = format!("import time: cached    | cached     | {:indent$}{name}\n", "");
            self.host.write_stderr(line.as_bytes());
        }
    }
}
