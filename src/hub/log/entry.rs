//! `Entry`, `Page`: what is read from a log.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::LogId;
use crate::event::Event;

/// One event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Where it is in the log.
    pub id: LogId,
    /// What it is about; `None` for an event that was published without a topic.
    pub topic: Option<Arc<str>>,
    /// The event: its data and type. The hub gives it the ID of the entry.
    pub event: Event,
}

impl Entry {
    /// Makes an entry.
    ///
    /// ```
    /// use eventwire::hub::{Entry, LogId};
    /// use eventwire::Event;
    ///
    /// let entry = Entry::new(LogId::new(7, 1), Some("cats".into()), Event::new("Miso"));
    /// assert_eq!(entry.topic.as_deref(), Some("cats"));
    /// ```
    #[must_use]
    pub fn new(id: LogId, topic: Option<Arc<str>>, event: Event) -> Self {
        Entry { id, topic, event }
    }
}

/// What comes after an ID: entries without a hole between, or a gap and then the oldest that are left.
///
/// Made by an engine with [`following`](Self::following) or [`after_gap`](Self::after_gap).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Why something may be missing before the first entry; `None` when it is proved that nothing is.
    pub gap: Option<GapReason>,
    /// How many are missing, when that is known; `None` without a gap.
    pub lost: Option<u64>,
    /// The entries, oldest first.
    pub entries: Vec<Entry>,
    /// The ID after which the next page is read.
    pub next: LogId,
}

impl Page {
    /// Makes a page of what comes right after an ID; without entries, there is nothing yet.
    ///
    /// ```
    /// use eventwire::hub::{LogId, Page};
    ///
    /// assert_eq!(Page::following(LogId::new(7, 1), vec![]).next, LogId::new(7, 1));
    /// ```
    #[must_use]
    pub fn following(after: LogId, entries: Vec<Entry>) -> Self {
        let next = entries.last().map_or(after, |entry| entry.id);
        Page { gap: None, lost: None, entries, next }
    }

    /// Makes a page of the oldest entries that are left. Where none is left, reading goes on after `tail`.
    ///
    /// ```
    /// use eventwire::hub::{GapReason, LogId, Page};
    ///
    /// let page = Page::after_gap(GapReason::Forgotten, Some(3), vec![], LogId::new(7, 4));
    /// assert_eq!(page.next, LogId::new(7, 4));
    /// ```
    #[must_use]
    pub fn after_gap(reason: GapReason, lost: Option<u64>, entries: Vec<Entry>, tail: LogId) -> Self {
        Page { gap: Some(reason), lost, ..Page::following(tail, entries) }
    }
}

/// Why something may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The ID was of this log, and what came after it is no longer kept.
    Forgotten,
    /// The ID is not of this log: of another numbering, from the future, or no ID at all.
    Unknown,
    /// The log was lost, deleted or made again; IDs may have begun again.
    Reset,
}

impl GapReason {
    /// Returns the word for it: `forgotten`, `unknown` or `reset`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            GapReason::Forgotten => "forgotten",
            GapReason::Unknown => "unknown",
            GapReason::Reset => "reset",
        }
    }
}
