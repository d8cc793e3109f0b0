//! A test suite for engines: checks that one keeps the promises of [`Log`].
//!
//! ```
//! use eventwire::hub::contract::{examine, Rig};
//! use eventwire::hub::{BoxFuture, MemoryLog};
//!
//! struct Memory;
//!
//! impl Rig for Memory {
//!     type Log = MemoryLog;
//!
//!     fn fresh(&self) -> BoxFuture<'_, MemoryLog> {
//!         Box::pin(async { MemoryLog::new() })
//!     }
//!
//!     fn trim<'a>(&'a self, log: &'a MemoryLog, keep: usize) -> BoxFuture<'a, ()> {
//!         Box::pin(async move { log.trim(keep) })
//!     }
//!
//!     fn reset<'a>(&'a self, log: &'a MemoryLog) -> BoxFuture<'a, ()> {
//!         Box::pin(async move { log.reset() })
//!     }
//! }
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(async {
//! examine(&Memory).await.expect("an engine that keeps its promises");
//! # });
//! ```

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::future::{poll_fn, Future};
use core::pin::pin;
use core::task::Poll;
use std::error;

use super::{BoxFuture, Entry, Log, LogError, LogId, Once, Page};
use crate::event::Event;

/// The engine under test, with the operations the suite needs besides those of [`Log`].
pub trait Rig: Sync {
    /// The engine.
    type Log: Log;

    /// Creates an empty log that keeps at least a thousand entries and is independent of the others.
    fn fresh(&self) -> BoxFuture<'_, Self::Log>;

    /// Drops the oldest entries of a log, so that exactly `keep` are left.
    fn trim<'a>(&'a self, log: &'a Self::Log, keep: usize) -> BoxFuture<'a, ()>;

    /// Drops everything: entries, numbering, the memory of publishers.
    fn reset<'a>(&'a self, log: &'a Self::Log) -> BoxFuture<'a, ()>;
}

/// A promise that an engine did not keep.
#[derive(Debug)]
pub struct Broken {
    promise: &'static str,
    found: String,
}

impl Broken {
    /// Returns the promise, as a sentence.
    #[must_use]
    pub fn promise(&self) -> &'static str {
        self.promise
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken promise: {}; found {}", self.promise, self.found)
    }
}

impl error::Error for Broken {}

/// Tests all promises, one after the other, each with a log of its own.
///
/// The suite has no clock: wrap it in a timeout if the engine may hang.
///
/// # Errors
///
/// With the first broken promise; an error of the engine counts as one.
pub async fn examine<R: Rig>(rig: &R) -> Result<(), Broken> {
    an_empty_log_has_no_tail_and_no_entries(rig).await?;
    entries_come_back_as_they_were_in_order_on_every_page(rig).await?;
    an_append_with_an_equal_key_adds_nothing(rig).await?;
    appends_under_way_at_once_may_be_tried_again_in_any_order(rig).await?;
    a_dropped_append_is_added_once_when_it_is_tried_again(rig).await?;
    what_was_trimmed_is_a_gap_and_what_is_left_is_not(rig).await?;
    a_log_that_is_trimmed_to_nothing_keeps_its_tail(rig).await?;
    a_trimmed_log_has_a_gap_at_its_beginning(rig).await?;
    an_id_that_never_was_is_a_gap(rig).await?;
    a_log_that_is_lost_is_a_gap_and_goes_on(rig).await?;
    waiting_ends_when_something_is_appended(rig).await?;
    nothing_appears_at_or_below_what_was_seen(rig).await
}

async fn an_empty_log_has_no_tail_and_no_entries<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("an empty log has the tail 0-0 and an empty page after it");
    let log = rig.fresh().await;
    promise.equal(promise.of(log.tail().await)?, LogId::ZERO)?;
    promise.equal(promise.of(log.read(LogId::ZERO, 10).await)?, Page::following(LogId::ZERO, Vec::new()))
}

async fn entries_come_back_as_they_were_in_order_on_every_page<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("entries come back as they were, in order, once each, on pages of any size");
    let log = rig.fresh().await;
    let texts = ["", "a", "two\nlines", "\u{1F600} é", " {\"a\": [1, 2]} "];
    let mut written = Vec::new();
    for (number, text) in (1..).zip(texts.iter().cycle().take(25)) {
        let topic = (number % 2 == 0).then_some("cats/é");
        let mut event = Event::new(*text);
        if number % 3 == 0 {
            event = event.with_type("tick");
        }
        let id = promise.of(log.append(Once::new("a", number), topic, &event).await)?;
        promise.equal(promise.of(log.tail().await)?, id)?;
        written.push(Entry::new(id, topic.map(Into::into), event));
    }
    promise.holds(written.windows(2).all(|pair| pair[0].id < pair[1].id), "IDs that do not rise")?;
    for limit in [1, 2, 7, 25, 1000] {
        promise.equal(promise.all(&log, LogId::ZERO, limit).await?, written.clone())?;
        promise.equal(promise.all(&log, written[11].id, limit).await?, written[12..].to_vec())?;
    }
    Ok(())
}

async fn an_append_with_an_equal_key_adds_nothing<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("an append with an equal key adds nothing and returns the first ID");
    let log = rig.fresh().await;
    let event = Event::new("a");
    let first = promise.of(log.append(Once::new("a", 1), None, &event).await)?;
    let other = promise.of(log.append(Once::new("b", 1), None, &event).await)?;
    let key = promise.of(log.append(Once::key("order-7"), None, &event).await)?;
    for _ in 0..2 {
        promise.equal(promise.of(log.append(Once::new("a", 1), None, &event).await)?, first)?;
        promise.equal(promise.of(log.append(Once::new("b", 1), None, &event).await)?, other)?;
        promise.equal(promise.of(log.append(Once::key("order-7"), None, &event).await)?, key)?;
    }
    promise.equal(promise.ids(&log).await?, [first, other, key].to_vec())
}

async fn appends_under_way_at_once_may_be_tried_again_in_any_order<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("appends of one publisher may be under way at once, and tried again in any order");
    let log = rig.fresh().await;
    let mut first = Vec::new();
    // They arrive out of order.
    for number in (1..=64).rev() {
        let event = Event::new(number.to_string());
        first.push((number, promise.of(log.append(Once::new("a", number), None, &event).await)?));
    }
    for (number, id) in &first {
        let event = Event::new(number.to_string());
        promise.equal(promise.of(log.append(Once::new("a", *number), None, &event).await)?, *id)?;
    }
    promise.equal(promise.ids(&log).await?, first.iter().map(|(_, id)| *id).collect())
}

async fn a_dropped_append_is_added_once_when_it_is_tried_again<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("an append that was dropped under way is added once when it is tried again");
    let log = rig.fresh().await;
    let event = Event::new("a");
    for number in 1..=20 {
        {
            let mut append = pin!(log.append(Once::new("a", number), None, &event));
            poll_fn(|cx| {
                let _under_way = append.as_mut().poll(cx);
                Poll::Ready(())
            })
            .await;
        }
        promise.of(log.append(Once::new("a", number), None, &event).await)?;
    }
    promise.equal(promise.ids(&log).await?.len(), 20)
}

async fn what_was_trimmed_is_a_gap_and_what_is_left_is_not<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("reading after what was trimmed is a gap, then the oldest entries that are left");
    let log = rig.fresh().await;
    let ids = promise.append(&log, 10).await?;
    rig.trim(&log, 4).await;
    for (index, id) in ids.iter().enumerate() {
        let page = promise.of(log.read(*id, 100).await)?;
        let read: Vec<_> = page.entries.iter().map(|entry| entry.id).collect();
        promise.equal(read, ids[(index + 1).max(6)..].to_vec())?;
        promise.holds(index < 6 || page.gap.is_none(), "a gap after an entry that is left")?;
        // Whether nothing is missing after the last that was trimmed, not every engine can know.
        promise.holds(index >= 5 || page.gap.is_some(), "no gap after an entry that was trimmed")?;
        let lost = page.lost.map_or(true, |lost| lost == 5_u64.saturating_sub(index as u64));
        promise.holds(lost, "a wrong number of lost entries")?;
    }
    let before = ids[6].previous().unwrap_or_default();
    promise.holds(promise.of(log.read(before, 100).await)?.gap.is_none(), "a gap between neighbours")
}

async fn a_log_that_is_trimmed_to_nothing_keeps_its_tail<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise =
        Promise("a log that is trimmed to nothing keeps its tail, and goes on after it without a gap");
    let log = rig.fresh().await;
    let ids = promise.append(&log, 3).await?;
    rig.trim(&log, 0).await;
    promise.equal(promise.of(log.tail().await)?, ids[2])?;
    promise.equal(promise.of(log.read(ids[2], 10).await)?, Page::following(ids[2], Vec::new()))?;
    let missed = promise.of(log.read(ids[1], 10).await)?;
    promise.holds(missed.gap.is_some() && missed.entries.is_empty(), "no gap where all is trimmed")?;
    promise.equal(missed.next, ids[2])?;
    let id = promise.of(log.append(Once::key("later"), None, &Event::new("b")).await)?;
    promise.holds(id > ids[2], "an ID that does not rise")
}

async fn a_trimmed_log_has_a_gap_at_its_beginning<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("a log that was made and trimmed since its tail was 0-0 has a gap");
    let log = rig.fresh().await;
    let ids = promise.append(&log, 5).await?;
    promise.holds(
        promise.of(log.read(LogId::ZERO, 1).await)?.gap.is_none(),
        "a gap before anything is trimmed",
    )?;
    rig.trim(&log, 2).await;
    let page = promise.of(log.read(LogId::ZERO, 10).await)?;
    promise.holds(page.gap.is_some(), "no gap")?;
    promise.equal(page.entries.first().map(|entry| entry.id), Some(ids[3]))
}

async fn an_id_that_never_was_is_a_gap<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("an ID above the tail is a gap, and no wait");
    let log = rig.fresh().await;
    let ids = promise.append(&log, 3).await?;
    let above = [ids[2].next(), Some(LogId::new(u64::MAX, u64::MAX))];
    for id in above.into_iter().flatten() {
        promise.holds(promise.of(log.read(id, 10).await)?.gap.is_some(), "no gap")?;
        promise.of(log.wait(id).await)?;
    }
    Ok(())
}

async fn a_log_that_is_lost_is_a_gap_and_goes_on<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise =
        Promise("a log that is lost is a gap, and what is appended then is read from its beginning");
    let log = rig.fresh().await;
    let ids = promise.append(&log, 3).await?;
    rig.reset(&log).await;
    promise.of(log.wait(ids[2]).await)?;
    let page = promise.of(log.read(ids[2], 10).await)?;
    promise.holds(page.gap.is_some() && page.entries.is_empty(), "no gap after all was lost")?;
    let later = promise.append(&log, 4).await?;
    let read = promise.all(&log, page.next, 3).await?;
    promise.equal(read.iter().map(|entry| entry.id).collect::<Vec<_>>(), later)
}

async fn waiting_ends_when_something_is_appended<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("waiting ends when something is appended, and at once when it was before");
    let log = rig.fresh().await;
    let mut after = LogId::ZERO;
    for number in 1..=3 {
        let event = Event::new("a");
        let appended = async {
            // By then the wait has begun.
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                cx.waker().wake_by_ref();
                if polls > 3 {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            log.append(Once::new("a", number), None, &event).await
        };
        let (waited, appended) = both(log.wait(after), appended).await;
        promise.of(waited)?;
        promise.of(log.wait(after).await)?;
        after = promise.of(appended)?;
    }
    Ok(())
}

async fn nothing_appears_at_or_below_what_was_seen<R: Rig>(rig: &R) -> Result<(), Broken> {
    let promise = Promise("nothing appears at or below an ID that was seen");
    let log = rig.fresh().await;
    let publish = |name: &'static str| {
        let log = &log;
        async move {
            for number in 1..=50 {
                log.append(Once::new(name, number), None, &Event::new(name)).await?;
            }
            Ok(())
        }
    };
    let read = async {
        let (mut seen, mut after) = (Vec::new(), LogId::ZERO);
        while seen.len() < 100 {
            let page = log.read(after, 3).await?;
            after = page.next;
            seen.extend(page.entries.iter().map(|entry| entry.id));
            if page.gap.is_some() {
                break;
            }
            if page.entries.is_empty() {
                log.wait(after).await?;
            }
        }
        Ok::<_, LogError>(seen)
    };
    let ((first, second), seen) = both(both(publish("a"), publish("b")), read).await;
    promise.of(first)?;
    promise.of(second)?;
    let seen = promise.of(seen)?;
    promise.equal(seen, promise.ids(&log).await?)
}

/// The promise under test, as a sentence.
#[derive(Clone, Copy)]
struct Promise(&'static str);

impl Promise {
    fn of<T>(self, result: Result<T, LogError>) -> Result<T, Broken> {
        result.map_err(|error| {
            let source = error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            Broken { promise: self.0, found: format!("an error: {error}: {source}") }
        })
    }

    fn holds(self, is_kept: bool, found: &str) -> Result<(), Broken> {
        if is_kept {
            Ok(())
        } else {
            Err(Broken { promise: self.0, found: found.into() })
        }
    }

    fn equal<T: PartialEq + fmt::Debug>(self, found: T, expected: T) -> Result<(), Broken> {
        self.holds(found == expected, &format!("{found:?}, not {expected:?}"))
    }

    async fn append(self, log: &impl Log, count: u64) -> Result<Vec<LogId>, Broken> {
        let mut ids = Vec::new();
        for number in 1..=count {
            // A reset has to forget the publisher too.
            let event = Event::new(number.to_string());
            ids.push(self.of(log.append(Once::new("appending", number), None, &event).await)?);
        }
        Ok(ids)
    }

    async fn ids(self, log: &impl Log) -> Result<Vec<LogId>, Broken> {
        Ok(self.all(log, LogId::ZERO, 100).await?.iter().map(|entry| entry.id).collect())
    }

    /// Reads all pages up to the end.
    async fn all(self, log: &impl Log, after: LogId, limit: usize) -> Result<Vec<Entry>, Broken> {
        let (mut entries, mut after) = (Vec::new(), after);
        loop {
            let page = self.of(log.read(after, limit).await)?;
            self.holds(page.gap.is_none(), "a gap where nothing is missing")?;
            self.holds(page.entries.len() <= limit, "a page beyond its limit")?;
            if page.entries.is_empty() {
                return Ok(entries);
            }
            after = page.next;
            entries.extend(page.entries);
        }
    }
}

/// Waits for both.
async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    // Boxed, because the futures of the tests are large.
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    let (mut first, mut second) = (None, None);
    poll_fn(move |cx| {
        if first.is_none() {
            if let Poll::Ready(output) = a.as_mut().poll(cx) {
                first = Some(output);
            }
        }
        if second.is_none() {
            if let Poll::Ready(output) = b.as_mut().poll(cx) {
                second = Some(output);
            }
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
