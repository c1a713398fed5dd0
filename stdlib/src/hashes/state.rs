//! The states of all digests as one, and HMAC over them.

use sha1::Digest;
use sha3::digest::{ExtendableOutput, Update, XofReader};

/// Defines the enum, and what is the same for all but the extendable digests and BLAKE2.
macro_rules! fixed_digests {
    ($($variant:ident($ty:ty), $name:literal, $size:literal, $block:literal;)*) => {
        /// A digest in the making.
        #[derive(Clone)]
        pub enum State {
            $($variant($ty),)*
            Shake128(sha3::Shake128),
            Shake256(sha3::Shake256),
            Blake2b(Box<blake2b_simd::State>, usize),
            Blake2s(Box<blake2s_simd::State>, usize),
        }

        impl State {
            pub fn by_name(name: &str) -> Option<State> {
                Some(match name {
                    $($name => State::$variant(Default::default()),)*
                    "shake_128" => State::Shake128(Default::default()),
                    "shake_256" => State::Shake256(Default::default()),
                    "blake2b" => State::Blake2b(Box::new(blake2b_simd::State::new()), 64),
                    "blake2s" => State::Blake2s(Box::new(blake2s_simd::State::new()), 32),
                    _ => return None,
                })
            }

            pub fn name(&self) -> &'static str {
                match self {
                    $(State::$variant(_) => $name,)*
                    State::Shake128(_) => "shake_128",
                    State::Shake256(_) => "shake_256",
                    State::Blake2b(..) => "blake2b",
                    State::Blake2s(..) => "blake2s",
                }
            }

            /// In bytes; 0 where the caller says how long.
            pub fn digest_size(&self) -> usize {
                match self {
                    $(State::$variant(_) => $size,)*
                    State::Shake128(_) | State::Shake256(_) => 0,
                    State::Blake2b(_, size) | State::Blake2s(_, size) => *size,
                }
            }

            /// In bytes.
            pub fn block_size(&self) -> usize {
                match self {
                    $(State::$variant(_) => $block,)*
                    State::Shake128(_) => 168,
                    State::Shake256(_) => 136,
                    State::Blake2b(..) => 128,
                    State::Blake2s(..) => 64,
                }
            }

            pub fn update(&mut self, data: &[u8]) {
                match self {
                    $(State::$variant(state) => Digest::update(state, data),)*
                    State::Shake128(state) => Update::update(state, data),
                    State::Shake256(state) => Update::update(state, data),
                    State::Blake2b(state, _) => drop(state.update(data)),
                    State::Blake2s(state, _) => drop(state.update(data)),
                }
            }

            /// The digest; `length` bytes where the caller says how long.
            pub fn finish(self, length: usize) -> Vec<u8> {
                match self {
                    $(State::$variant(state) => state.finalize().to_vec(),)*
                    State::Shake128(state) => read(state.finalize_xof(), length),
                    State::Shake256(state) => read(state.finalize_xof(), length),
                    State::Blake2b(state, _) => state.finalize().as_bytes().to_vec(),
                    State::Blake2s(state, _) => state.finalize().as_bytes().to_vec(),
                }
            }
        }
    };
}

fixed_digests! {
    Md5(md5::Md5), "md5", 16, 64;
    Sha1(sha1::Sha1), "sha1", 20, 64;
    Sha224(sha2::Sha224), "sha224", 28, 64;
    Sha256(sha2::Sha256), "sha256", 32, 64;
    Sha384(sha2::Sha384), "sha384", 48, 128;
    Sha512(sha2::Sha512), "sha512", 64, 128;
    Sha512Half(sha2::Sha512_256), "sha512_256", 32, 128;
    Sha512Short(sha2::Sha512_224), "sha512_224", 28, 128;
    Sha3Short(sha3::Sha3_224), "sha3_224", 28, 144;
    Sha3(sha3::Sha3_256), "sha3_256", 32, 136;
    Sha3Long(sha3::Sha3_384), "sha3_384", 48, 104;
    Sha3Longest(sha3::Sha3_512), "sha3_512", 64, 72;
}

fn read(mut reader: impl XofReader, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    reader.read(&mut out);
    out
}

impl State {
    /// Whether the caller says how long the digest is.
    pub fn is_extendable(&self) -> bool {
        matches!(self, State::Shake128(_) | State::Shake256(_))
    }
}

/// What BLAKE2 can be told.
pub struct Blake2 {
    pub digest_size: usize,
    pub key: Vec<u8>,
    pub salt: Vec<u8>,
    pub person: Vec<u8>,
    pub fanout: u8,
    pub depth: u8,
    pub leaf_size: u32,
    pub node_offset: u64,
    pub node_depth: u8,
    pub inner_size: usize,
    pub last_node: bool,
}

impl Blake2 {
    /// `None` for what the digest does not have: the crates would panic.
    pub fn state(&self, is_b: bool) -> Option<State> {
        let (most, most_extra) = if is_b { (64, 16) } else { (32, 8) };
        let fits = (1..=most).contains(&self.digest_size)
            && self.key.len() <= most
            && self.salt.len() <= most_extra
            && self.person.len() <= most_extra
            && self.inner_size <= most
            && self.depth > 0
            && (is_b || self.node_offset < 1 << 48);
        if !fits {
            return None;
        }
        macro_rules! state_of {
            ($params:expr) => {
                Box::new(
                    $params
                        .hash_length(self.digest_size)
                        .key(&self.key)
                        .salt(&self.salt)
                        .personal(&self.person)
                        .fanout(self.fanout)
                        .max_depth(self.depth)
                        .max_leaf_length(self.leaf_size)
                        .node_offset(self.node_offset)
                        .node_depth(self.node_depth)
                        .inner_hash_length(self.inner_size)
                        .last_node(self.last_node)
                        .to_state(),
                )
            };
        }
        Some(if is_b {
            State::Blake2b(state_of!(blake2b_simd::Params::new()), self.digest_size)
        } else {
            State::Blake2s(state_of!(blake2s_simd::Params::new()), self.digest_size)
        })
    }
}

/// HMAC (RFC 2104) with the key taken in already.
pub struct Keyed {
    inner: State,
    outer: State,
}

impl Keyed {
    pub fn new(empty: &State, key: &[u8]) -> Keyed {
        let block_size = empty.block_size();
        let mut block = if key.len() > block_size {
            let mut state = empty.clone();
            state.update(key);
            state.finish(0)
        } else {
            key.to_vec()
        };
        block.resize(block_size, 0);
        let padded = |pad: u8| {
            let mut state = empty.clone();
            state.update(&block.iter().map(|byte| byte ^ pad).collect::<Vec<_>>());
            state
        };
        Keyed { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// Of all `parts` one after another.
    pub fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut inner = self.inner.clone();
        for part in parts {
            inner.update(part);
        }
        let mut outer = self.outer.clone();
        outer.update(&inner.finish(0));
        outer.finish(0)
    }
}
