//! Random choices.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A small random number generator, good enough for a demo.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new() -> Self {
        Chance(RandomState::new().build_hasher().finish() | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // xorshift64; the seed must not be 0.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) as usize) % end
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
