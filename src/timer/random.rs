//! Random durations, so that clients that disconnected together do not reconnect together.

use core::time::Duration;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Returns a random number from the keys of a hash map, to avoid a dependency.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Returns the part of a duration that a random number selects: from zero to almost all of it.
pub(crate) fn part_of(time: Duration, random: u64) -> Duration {
    let nanos = (time.as_nanos().min(MOST_NANOS) * u128::from(random >> 32)) >> 32;
    Duration::new((nanos / NANOS) as u64, (nanos % NANOS) as u32)
}

const NANOS: u128 = 1_000_000_000;

/// 2^94, twice `Duration::MAX`: the product with 32 bits does not overflow.
const MOST_NANOS: u128 = 1 << 94;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_lies_between_nothing_and_all() {
        for time in [Duration::ZERO, Duration::from_nanos(7), Duration::from_secs(3600), Duration::MAX] {
            assert_eq!(part_of(time, 0), Duration::ZERO);
            assert!(part_of(time, u64::MAX) <= time);
        }
        assert_eq!(part_of(Duration::from_secs(3600), 1 << 63), Duration::from_secs(1800));
        assert!(part_of(Duration::from_secs(3600), u64::MAX) > Duration::from_millis(3_599_999));
    }
}
