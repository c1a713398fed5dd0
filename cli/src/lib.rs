//! The library face of Ouro.
#![forbid(unsafe_code)]
