//! `Seen`, `Stats`: what a hub reports, as events and as counts.

use super::{Gap, LogId, Outcome};

/// How a hub is doing, at the moment of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// How many follow it.
    pub followers: usize,
    /// The ID of the newest event; of the one before the first while there is none.
    pub newest: LogId,
    /// How many events the history holds.
    pub history_events: usize,
    /// How many bytes the history holds, as [`Hub::with_history_bytes`](super::Hub::with_history_bytes) counts them.
    pub history_bytes: usize,
    /// How many events the slowest follower has still to read, give or take 64. Those who wait for the next one have
    /// none.
    pub slowest: u64,
}

/// What a hub reports to its observer, for metrics.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use eventwire::hub::{Hub, Seen};
/// use eventwire::Event;
///
/// static BYTES: AtomicU64 = AtomicU64::new(0);
/// let hub = Hub::new().with_observer(|seen| {
///     if let Seen::Published { bytes, .. } = seen {
///         BYTES.fetch_add(*bytes as u64, Ordering::Relaxed);
///     }
/// });
/// hub.publish(Event::new("21.5"));
/// assert!(BYTES.load(Ordering::Relaxed) > 12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seen {
    /// Events were added.
    Published {
        /// How many.
        events: usize,
        /// Their bytes on the wire, for one client.
        bytes: usize,
        /// How many followers were woken.
        woken: usize,
    },
    /// A follower has begun.
    Followed(Outcome),
    /// A gap was reported to a follower, at its start or later.
    Gap(Gap),
    /// A follower is gone.
    Left,
    /// The hub is closed: by [`Hub::close`](super::Hub::close), or when the last of its clones was dropped.
    Closed,
}
