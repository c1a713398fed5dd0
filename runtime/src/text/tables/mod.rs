//! Generated tables: Unicode 16.0 data and single-byte code pages, written by `generate.py`.

pub mod casing;
pub mod charmaps;
pub mod database;
pub mod normalization;
pub mod types;
