//! Random numbers that a seed determines, for `--seed`: the same on every machine and in every version from now on.
//!
//! The generator is SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the constants
//! of Sebastiano Vigna's public domain version (<https://prng.di.unimi.it/splitmix64.c>).

/// Generators made of one seed for different ends, so that what one end takes is no matter to the others.
pub struct Seeds(u64);

impl Seeds {
    /// Orders of loops, by their number.
    pub const ORDER: Seeds = Seeds(1);
    /// States of `random.Random`, by their number.
    pub const RANDOM: Seeds = Seeds(2);

    /// The generator with this number.
    pub fn generator(&self, seed: u64, number: u64) -> Generator {
        let mut mixed = 0;
        for part in [seed, self.0, number] {
            mixed = Generator(mixed ^ part).next();
        }
        Generator(mixed)
    }
}

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Generator(u64);

impl Generator {
    /// From a state.
    pub fn new(state: u64) -> Generator {
        Generator(state)
    }

    /// 64 random bits.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `n`, which is not 0, each as likely as any other.
    pub fn below(&mut self, n: u64) -> u64 {
        // The high half of a product; the few low halves that would favour some numbers are drawn again.
        let unfair = n.wrapping_neg() % n;
        loop {
            let product = u128::from(self.next()) * u128::from(n);
            if product as u64 >= unfair {
                return (product >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        let mut generator = Generator::new(1_234_567);
        let numbers: Vec<u64> = (0..3).map(|_| generator.next()).collect();
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn numbers_below_a_limit_are_evenly_spread() {
        let mut generator = Seeds::ORDER.generator(7, 0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[generator.below(6) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
    }
}
