//! `Log`: the contract between a hub and the engine that keeps its history.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;

use super::{LogError, LogId, Once, Page};
use crate::event::Event;

/// A future in a box, as a [`Log`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An ordered log of events that many processes share: a Redis stream, a table, memory.
///
/// The hub of each process reads it with one reader, and appends to it. An engine has to keep these promises; the suite
/// in [`contract`](crate::hub::contract) examines them:
///
/// - **Order.** Entries have rising IDs, and become visible in the order of their IDs: once a reader has seen an ID,
///   nothing ever appears at or below it. (Where commit order is not ID order, as in PostgreSQL with a sequence, the
///   engine takes a lock or hides what is not settled.)
/// - **Proof.** [`read`](Self::read) either returns what comes right after an ID, without a hole, or a gap. It
///   never skips an entry silently: trimmed, deleted, made again, rolled back, all of it is a gap.
/// - **Once.** [`append`](Self::append) with an equal [`Once`] adds nothing and returns the ID of the first time, for
///   as long as the entry and its record are kept.
/// - **Truth.** What `append` has returned an ID for is in the log, and nothing is visible that the engine
///   has not acknowledged. An error says whether the event was certainly not added or may have been.
/// - **Cancellation.** Each of the futures can be dropped at any time; the log goes on to work. A dropped `append`
///   may or may not have added its event.
///
/// Futures may need the runtime of the engine (a client of Redis needs Tokio). Nothing here reads a clock.
pub trait Log: Send + Sync + 'static {
    /// Appends an event, unless it is there already, and returns its ID.
    ///
    /// The ID of the event itself is not kept, the entry's ID takes its place; its reconnection time may be dropped.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](super::LogErrorKind::Unavailable) when the event was certainly not added,
    /// [`Uncertain`](super::LogErrorKind::Uncertain) when it may have been,
    /// [`Refused`](super::LogErrorKind::Refused) when it cannot be, however often it is tried.
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>>;

    /// Returns the ID of the newest entry that there ever was, trimmed ones too; [`LogId::ZERO`] before the first.
    ///
    /// A hub asks it once, at its beginning, and shows what comes after.
    ///
    /// # Errors
    ///
    /// When the engine cannot be asked, or will not answer.
    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>>;

    /// Reads up to `limit` entries (at least 1) after an ID, and proves that none is missing between.
    ///
    /// Does not wait for new ones: at the end of the log the page is empty. The page has a gap unless one of
    /// these holds, and then its entries are the oldest that are left:
    ///
    /// - there is an entry with this ID (so a range that includes it reads and proves in one step);
    /// - the ID is [`tail`](Self::tail): all up to it may be trimmed, and nothing has come since;
    /// - the ID is [`LogId::ZERO`] and nothing was ever trimmed;
    /// - the first entry is [`LogId::next`] of the ID: between neighbours nothing can be missing.
    ///
    /// An ID above the tail is a gap, with the reason [`Unknown`](super::GapReason::Unknown): the log was rolled back,
    /// or made again.
    ///
    /// # Errors
    ///
    /// When the engine cannot be asked, or will not answer.
    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>>;

    /// Waits until there may be something to read after an ID; after some seconds it ends all the same.
    ///
    /// It only wakes: what it returns says nothing about the log, and ending too early is allowed. So a blocking read
    /// of one entry will do, or a notification. It ends by itself after a time that the engine chooses (1 s is
    /// usual): then the hub reads, and notices a log that was deleted, made again or rolled back while nothing woke it.
    /// It must not miss what was appended between the last `read` and the call.
    ///
    /// # Errors
    ///
    /// When the connection is lost. The hub tries again later, with pauses of its own.
    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>>;
}
