//! Unpredictable numbers.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Returns a random number; another one at each call.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Returns the epoch of a numbering that begins now: 48 bits, so that an ID is not longer than one with a time.
pub(super) fn epoch() -> u64 {
    // Never 0, which is the epoch of the ID before all others.
    (random() >> 16).max(1)
}
