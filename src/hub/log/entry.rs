//! `Entry`, `Page`: the results of reading a log.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::LogId;
use crate::event::Event;

/// One event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its ID in the log.
    pub id: LogId,
    /// Its topic; `None` for an event that was published without one.
    pub topic: Option<Arc<str>>,
    /// The data and type of the event. The hub sets its ID to that of the entry.
    pub event: Event,
}

impl Entry {
    /// Creates an entry.
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

/// The entries right after an ID, or a gap and the oldest entries in the log.
///
/// Engines make it with [`following`](Self::following) or [`after_gap`](Self::after_gap).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Why entries may be missing before the first one; `None` if it is proved that none is.
    pub gap: Option<GapReason>,
    /// The number of missing entries; `None` if it is unknown, or without a gap.
    pub lost: Option<u64>,
    /// The entries, oldest first.
    pub entries: Vec<Entry>,
    /// The ID after which the next page is read.
    pub next: LogId,
}

impl Page {
    /// Creates a page of the entries right after an ID, empty at the end of the log.
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

    /// Creates a page of the oldest entries in the log, after a gap. If the log has none, reading continues after
    /// `tail`.
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

/// Why events may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The ID belongs to this log, but entries after it have been dropped.
    Forgotten,
    /// The ID does not belong to this log: it is of another numbering, lies in the future, or is no ID at all.
    Unknown,
    /// The log was lost, deleted or recreated. Its numbering may have restarted.
    Reset,
}

impl GapReason {
    /// Returns its name: `forgotten`, `unknown` or `reset`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            GapReason::Forgotten => "forgotten",
            GapReason::Unknown => "unknown",
            GapReason::Reset => "reset",
        }
    }
}
