//! `Gap`, `GapPolicy`: how a follower reports that events may be missing.

use alloc::format;
use alloc::string::String;

use super::{GapReason, LogId};
use crate::event::Event;

/// A place where a follower may miss events: the reason, the size, and the ID after which it continues.
///
/// Every gap is reported: as [`Outcome::Gap`](super::Outcome::Gap) before the response begins, and as an event of the
/// stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub(super) reason: GapReason,
    pub(super) lost: Option<u64>,
    pub(super) resumes_after: LogId,
}

impl Gap {
    /// Returns why events may be missing.
    #[must_use]
    pub fn reason(&self) -> GapReason {
        self.reason
    }

    /// Returns the number of missing events, of all topics; `None` if it is unknown.
    #[must_use]
    pub fn lost(&self) -> Option<u64> {
        self.lost
    }

    /// Returns the ID after which the follower continues. The event that reports the gap carries it.
    #[must_use]
    pub fn resumes_after(&self) -> LogId {
        self.resumes_after
    }

    /// Makes the default event for a gap. Its data is a line of JSON.
    pub(super) fn to_event(self) -> Event {
        let lost = self.lost.map_or_else(|| String::from("null"), |lost| format!("{lost}"));
        Event::new(format!(r#"{{"reason":"{}","lost":{lost}}}"#, self.reason.as_str())).with_type("gap")
    }
}

/// How a follower treats a gap in mid-stream; default: [`Continue`](Self::Continue).
///
/// At a gap that is known before the stream begins, [`End`](Self::End) acts like [`Continue`](Self::Continue): a stream
/// that ended there would make its client reconnect for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapPolicy {
    /// Reports the gap as an event, and continues with the oldest event in the history.
    #[default]
    Continue,
    /// Ends the stream. The client reconnects with its last ID, and the server learns of the gap before it responds.
    End,
    /// Reports the gap as an event, and continues with only the newest event of each topic in the history.
    NewestPerTopic,
}
