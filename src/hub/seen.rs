//! `Seen`, `Stats`: the metrics of a hub.

use super::{Gap, LogId, Outcome};

/// The current counts of a hub, from [`Hub::stats`](super::Hub::stats).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The number of followers.
    pub followers: usize,
    /// The ID of the newest event; before the first event, the ID that precedes it.
    pub newest: LogId,
    /// The number of events in the history.
    pub history_events: usize,
    /// The size of the history in bytes, as [`Hub::with_history_bytes`](super::Hub::with_history_bytes) counts it.
    pub history_bytes: usize,
    /// The number of events the slowest follower has yet to read, give or take 64; 0 if all are waiting.
    pub slowest: u64,
}

/// An occurrence that a hub reports to its observer, for metrics: [`Hub::with_observer`](super::Hub::with_observer).
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
    /// Events were published.
    Published {
        /// The number of events.
        events: usize,
        /// Their size on the wire in bytes, for one client.
        bytes: usize,
        /// The number of followers that were woken.
        woken: usize,
    },
    /// A follower began.
    Followed(Outcome),
    /// A follower reported a gap, at its beginning or later.
    Gap(Gap),
    /// A follower was dropped.
    Left,
    /// The hub was closed: by [`Hub::close`](super::Hub::close), or because its last clone was dropped.
    Closed,
}
