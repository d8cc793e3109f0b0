//! Random numbers, from the seeds of the standard library's hasher.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Returns a random number.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Returns a random epoch of 48 bits: an ID is then no longer than one that starts with a time in milliseconds.
pub(super) fn epoch() -> u64 {
    // Never 0, the epoch of `LogId::ZERO`.
    (random() >> 16).max(1)
}
