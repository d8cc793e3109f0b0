//! `Settings`: the options of a hub.

use alloc::sync::Arc;
use core::ops::RangeInclusive;
use core::time::Duration;
use std::panic::{catch_unwind, AssertUnwindSafe};

use super::random::random;
use super::{Gap, Seen};
use crate::encode::Encoded;
use crate::event::Event;

type Clock = dyn Fn() -> Duration + Send + Sync;
type GapEvent = dyn Fn(&Gap) -> Event + Send + Sync;
type Observer = dyn Fn(&Seen) + Send + Sync;

/// The options that all clones of a hub share, and that can change at any time.
#[derive(Clone)]
pub(super) struct Settings {
    /// Returns the time since a fixed moment; without a clock, time stands at zero.
    pub(super) clock: Option<Arc<Clock>>,
    pub(super) gap_event: Option<Arc<GapEvent>>,
    pub(super) farewell: Option<Event>,
    /// The range of reconnection times after the hub is closed; `None` to send none.
    pub(super) spread: Option<RangeInclusive<Duration>>,
    pub(super) has_checkpoints: bool,
    pub(super) observer: Option<Arc<Observer>>,
}

impl Settings {
    pub(super) fn now(&self) -> Duration {
        self.clock.as_ref().map_or(Duration::ZERO, |clock| clock())
    }

    pub(super) fn observe(&self, seen: &Seen) {
        if let Some(observer) = &self.observer {
            // The panic hook has reported it. A follower that is dropped while its task unwinds calls the observer too,
            // where a second panic would abort the program.
            let _ = catch_unwind(AssertUnwindSafe(|| observer(seen)));
        }
    }

    /// Makes the event that reports a gap, with the ID to continue after.
    pub(super) fn gap_event(&self, gap: &Gap) -> Encoded {
        let event = match &self.gap_event {
            Some(to_event) => to_event(gap),
            None => gap.to_event(),
        };
        event.with_id(crate::event::EventId::from(gap.resumes_after)).into()
    }

    /// Makes the last event of one follower, with a random reconnection time.
    pub(super) fn farewell(&self) -> Option<Encoded> {
        let retry = self.spread.as_ref().map(|spread| between(spread, random()));
        match (&self.farewell, retry) {
            (Some(farewell), Some(retry)) => Some(farewell.clone().with_retry(retry).into()),
            (Some(farewell), None) => Some(farewell.into()),
            (None, Some(retry)) => Some(Encoded::retry(retry)),
            (None, None) => None,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            clock: None,
            gap_event: None,
            farewell: None,
            spread: Some(SPREAD),
            has_checkpoints: true,
            observer: None,
        }
    }
}

/// Maps a random number to a time in the range.
fn between(range: &RangeInclusive<Duration>, random: u64) -> Duration {
    let width = range.end().saturating_sub(*range.start());
    // In milliseconds, the unit of `retry`.
    let width = u64::try_from(width.as_millis()).unwrap_or(u64::MAX);
    let part = (u128::from(width) * u128::from(random)) >> 64;
    *range.start() + Duration::from_millis(part as u64)
}

/// 1 to 5 s: ten thousand clients reconnect at about 2,500 a second.
const SPREAD: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_a_range_is_never_outside_of_it() {
        let range = Duration::from_secs(1)..=Duration::from_secs(5);
        assert_eq!(between(&range, 0), *range.start());
        assert!(between(&range, u64::MAX) <= *range.end());
        assert_eq!(between(&range, 1 << 63), Duration::from_secs(3));
        assert_eq!(between(&(Duration::ZERO..=Duration::MAX), 0), Duration::ZERO);
        let backwards = RangeInclusive::new(Duration::from_secs(5), Duration::from_secs(1));
        assert_eq!(between(&backwards, u64::MAX), Duration::from_secs(5));
    }
}
