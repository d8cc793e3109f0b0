//! `Log`: the contract between a hub and the engine that stores its history.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;

use super::{LogError, LogId, Once, Page};
use crate::event::Event;

/// A boxed future, as the methods of [`Log`] return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An ordered log of events that many processes share: a Redis stream, a table, memory.
///
/// The hub of each process appends to it, and reads it through a single reader. An engine must keep these promises; the
/// suite in [`contract`](crate::hub::contract) tests them:
///
/// - **Order.** Entries have ascending IDs, and become visible in the order of their IDs: once a reader has seen an ID,
///   no entry ever appears at or below it. (Where the order of commits is not the order of IDs, as with a sequence in
///   PostgreSQL, the engine takes a lock or hides entries that are not settled.)
/// - **Proof.** [`read`](Self::read) returns either the entries right after an ID, with none missing, or a gap. It
///   never skips an entry silently: a log that was trimmed, deleted, recreated or rolled back yields a gap.
/// - **Once.** [`append`](Self::append) with an equal [`Once`] adds nothing and returns the first ID, for as long as
///   the entry and its record are kept.
/// - **Truth.** An event for which `append` returned an ID is in the log, and no event is visible that the engine has
///   not acknowledged. An error says whether the event was certainly not added or may have been.
/// - **Cancellation.** Each future can be dropped at any time without harm to the log. A dropped `append` may or may
///   not have added its event.
///
/// Futures may need the runtime of the engine (a client of Redis needs Tokio). Nothing here reads a clock.
pub trait Log: Send + Sync + 'static {
    /// Appends an event, unless it has been appended before, and returns the ID of its entry.
    ///
    /// The entry's ID replaces the ID of the event. The event's reconnection time may be dropped.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](super::LogErrorKind::Unavailable) when the event was certainly not added,
    /// [`Uncertain`](super::LogErrorKind::Uncertain) when it may have been,
    /// [`Refused`](super::LogErrorKind::Refused) when retrying is pointless.
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>>;

    /// Returns the ID of the newest entry ever appended, even if it was trimmed; [`LogId::ZERO`] before the first.
    ///
    /// A hub calls it once, when it is created, and shows the entries after it.
    ///
    /// # Errors
    ///
    /// When the engine cannot be reached, or refuses.
    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>>;

    /// Reads up to `limit` entries (at least 1) after an ID, and proves that none is missing in between.
    ///
    /// It does not wait: at the end of the log the page is empty. The page has no gap if one of these holds:
    ///
    /// - there is an entry with this ID (so a range that includes it reads and proves in one step);
    /// - the ID is the [`tail`](Self::tail), whether its entry was trimmed or not;
    /// - the ID is [`LogId::ZERO`] and no entry was ever trimmed;
    /// - the first entry is [`LogId::next`] of the ID: no entry fits between neighbours.
    ///
    /// Otherwise it has a gap, followed by the oldest entries in the log. An ID above the tail is a gap with the reason
    /// [`Unknown`](super::GapReason::Unknown): the log was rolled back or recreated.
    ///
    /// # Errors
    ///
    /// When the engine cannot be reached, or refuses.
    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>>;

    /// Waits until there may be an entry to read after an ID.
    ///
    /// It is only a hint: the hub reads afterwards in any case, so a blocking read of one entry or a notification will
    /// do, and it may return early. It must return after some time even if nothing was appended (1 s is usual), so that
    /// the hub notices a log that was deleted, recreated or rolled back. It must not miss an entry appended between the
    /// last `read` and the call.
    ///
    /// # Errors
    ///
    /// When the connection is lost. The hub retries after a pause.
    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>>;
}
