//! The Mersenne Twister behind `random`: the same sequences as CPython's from the same seeds.

const WORDS: usize = 624;
const SHIFT: usize = 397;

/// The generator.
#[derive(Clone, Debug)]
pub struct MersenneTwister {
    state: [u32; WORDS],
    /// The next word to hand out; `WORDS` means that new ones must be made.
    index: usize,
}

impl MersenneTwister {
    /// Seeds with one word.
    fn from_word(seed: u32) -> Self {
        let mut state = [0; WORDS];
        state[0] = seed;
        for i in 1..WORDS {
            let previous = state[i - 1] ^ state[i - 1] >> 30;
            state[i] = previous.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        MersenneTwister { state, index: WORDS }
    }

    /// Seeds with the words of a number's absolute value, lowest first; zero is one word.
    pub fn from_key(key: &[u32]) -> Self {
        let key = if key.is_empty() { &[0] } else { key };
        let mut twister = Self::from_word(19_650_218);
        let state = &mut twister.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..WORDS.max(key.len()) {
            let mixed = (state[i - 1] ^ state[i - 1] >> 30).wrapping_mul(1_664_525);
            state[i] = (state[i] ^ mixed).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..WORDS - 1 {
            let mixed = (state[i - 1] ^ state[i - 1] >> 30).wrapping_mul(1_566_083_941);
            state[i] = (state[i] ^ mixed).wrapping_sub(i as u32);
            i += 1;
            if i >= WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        twister
    }

    /// The state as `getstate` shows it: 624 words and the index.
    pub fn state(&self) -> impl Iterator<Item = u32> {
        self.state.iter().copied().chain(std::iter::once(self.index as u32))
    }

    /// Restores a state; `None` unless it has 625 words and a valid index.
    pub fn from_state(words: &[u32]) -> Option<Self> {
        let (&index, words) = words.split_last()?;
        let state = words.try_into().ok()?;
        (index as usize <= WORDS).then_some(MersenneTwister { state, index: index as usize })
    }

    /// The next 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= WORDS {
            for i in 0..WORDS {
                let y = self.state[i] & 0x8000_0000 | self.state[(i + 1) % WORDS] & 0x7fff_ffff;
                let odd = if y & 1 != 0 { 0x9908_b0df } else { 0 };
                self.state[i] = self.state[(i + SHIFT) % WORDS] ^ y >> 1 ^ odd;
            }
            self.index = 0;
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// A float in [0, 1) with 53 random bits.
    pub fn next_f64(&mut self) -> f64 {
        let high = f64::from(self.next_u32() >> 5);
        let low = f64::from(self.next_u32() >> 6);
        (high * 67_108_864.0 + low) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `bits` random bits as words, lowest first.
    pub fn bits(&mut self, bits: usize) -> Vec<u32> {
        let mut left = bits;
        let mut words = Vec::with_capacity(bits.div_ceil(32));
        while left > 0 {
            let word = self.next_u32();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left -= left.min(32);
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_match_cpython() {
        let mut twister = MersenneTwister::from_key(&[42]);
        assert_eq!(twister.next_f64(), 0.639_426_798_457_883_7);
        assert_eq!(twister.next_f64(), 0.025_010_755_222_666_936);
        let bits = twister.bits(40);
        assert_eq!(u64::from(bits[1]) << 32 | u64::from(bits[0]), 267_469_214_295);
        assert_eq!(twister.bits(7), [28]);
        assert_eq!(MersenneTwister::from_key(&[7, 0, 0, 16]).next_f64(), 0.416_041_613_239_135_13);
        assert_eq!(MersenneTwister::from_key(&[]).next_f64(), 0.844_421_851_525_048_1);
        let again = MersenneTwister::from_state(&twister.state().collect::<Vec<_>>()).expect("a valid state");
        assert_eq!(again.clone().next_u32(), twister.next_u32());
    }
}
