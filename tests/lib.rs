//! Whole-program tests of Ouro through its public library face.
