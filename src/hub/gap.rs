//! `Gap`, `GapPolicy`: what a follower gets if something may be missing.

use alloc::format;
use alloc::string::String;

use super::{GapReason, LogId};
use crate::event::Event;

/// A hole in what a follower gets: why, how large, and where following goes on.
///
/// It never comes without a word: as [`Outcome::Gap`](super::Outcome::Gap) before a response begins, and as an event in
/// the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub(super) reason: GapReason,
    pub(super) lost: Option<u64>,
    pub(super) resumes_after: LogId,
}

impl Gap {
    /// Returns why something may be missing.
    #[must_use]
    pub fn reason(&self) -> GapReason {
        self.reason
    }

    /// Returns how many events are missing, of all topics; `None` when that is not known.
    #[must_use]
    pub fn lost(&self) -> Option<u64> {
        self.lost
    }

    /// Returns the ID after which following goes on; the event that reports the gap has it.
    #[must_use]
    pub fn resumes_after(&self) -> LogId {
        self.resumes_after
    }

    /// Makes the event that reports it where nobody set another: its data is a line of JSON.
    pub(super) fn to_event(self) -> Event {
        let lost = self.lost.map_or_else(|| String::from("null"), |lost| format!("{lost}"));
        Event::new(format!(r#"{{"reason":"{}","lost":{lost}}}"#, self.reason.as_str())).with_type("gap")
    }
}

/// What a follower does at a gap on its way; default: [`Continue`](Self::Continue).
///
/// At a gap that is known before the stream begins, [`End`](Self::End) is [`Continue`](Self::Continue): a stream that
/// ended there would be asked for again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapPolicy {
    /// Reports the gap by an event, and goes on with the oldest event that is left.
    #[default]
    Continue,
    /// Ends the stream: the client comes back with its ID, and the gap is known before the response begins.
    End,
    /// Reports the gap by an event, and of what is left sends the newest of each topic only.
    NewestPerTopic,
}
