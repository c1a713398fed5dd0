//! The code object: what the compiler makes and the runtime runs.
