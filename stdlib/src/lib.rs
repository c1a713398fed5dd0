//! The standard library of Ouro: native modules in Rust, the rest Python embedded in the binary.
#![forbid(unsafe_code)]

pub mod abc;
pub mod accounts;
pub mod array;
pub mod asyncio;
pub mod atexit;
pub mod binascii;
pub mod bisect;
mod buffer;
pub mod codecs;
pub mod collections;
mod convert;
pub mod errno;
mod errors;
pub mod fcntl;
pub mod functools;
pub mod gc;
pub mod hashes;
pub mod heapq;
pub mod imp;
pub mod interpreters;
pub mod io;
pub mod itertools;
pub mod json;
pub mod life;
pub mod math;
pub mod mt19937;
pub mod multiprocessing;
pub mod operator;
mod os_path;
pub mod ouro_helpers;
pub mod pickle;
pub mod posix;
pub mod posixsubprocess;
pub mod queue;
pub mod random;
pub mod re;
pub mod resource;
pub mod select;
pub mod signal;
pub mod socket;
pub mod ssl;
pub mod string_template;
mod struct_sequence;
pub mod structs;
pub mod sys;
pub mod termios;
pub mod thread;
pub mod time;
pub mod typing;
pub mod unicodedata;
pub mod weakref;
pub mod zlib;

use ouro_runtime::NativeModule;
use ouro_runtime::vm::import::FrozenModule;

/// The native modules, the one table of them.
pub static NATIVE_MODULES: &[&NativeModule] = &[
    &abc::MODULE,
    &accounts::GROUPS,
    &accounts::PASSWORDS,
    &asyncio::CONTEXTVARS,
    &asyncio::MODULE,
    &array::MODULE,
    &atexit::MODULE,
    &binascii::binding::MODULE,
    &bisect::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &errno::MODULE,
    &fcntl::MODULE,
    &functools::MODULE,
    &gc::MODULE,
    &hashes::MODULE,
    &heapq::MODULE,
    &imp::MODULE,
    &interpreters::MODULE,
    &interpreters::queues::MODULE,
    &io::MODULE,
    &itertools::MODULE,
    &json::binding::MODULE,
    &math::MODULE,
    &multiprocessing::MODULE,
    &operator::MODULE,
    &operator::PRIVATE_MODULE,
    &ouro_helpers::MODULE,
    &pickle::MODULE,
    &posix::MODULE,
    &posixsubprocess::MODULE,
    &queue::MODULE,
    &random::MODULE,
    &re::binding::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &signal::MODULE,
    &socket::MODULE,
    &ssl::MODULE,
    &string_template::MODULE,
    &structs::binding::MODULE,
    &sys::MODULE,
    &sys::site::MODULE,
    &termios::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &typing::MODULE,
    &weakref::MODULE,
    &unicodedata::MODULE,
    &zlib::MODULE,
];

/// Bytes `start..end`, for the table of modules.
const fn part(bytes: &'static [u8], start: usize, end: usize) -> &'static [u8] {
    bytes.split_at(end).0.split_at(start).1
}

include!(concat!(env!("OUT_DIR"), "/frozen.rs"));
