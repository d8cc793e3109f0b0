//! `MemoryLog`: an engine in memory.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::future::poll_fn;
use core::task::{Poll, Waker};

use super::{BoxFuture, Entry, GapReason, Log, LogError, LogId, Once, Page};
use crate::event::Event;
use crate::hub::random::epoch;
use crate::hub::sync::{lock, Mutex};
use crate::hub::waiters::wake_all;

/// A [`Log`] in memory: the reference for other engines, and a stand-in for them in tests. Clones share it.
///
/// A [`Hub`](crate::hub::Hub) of one process needs no log. With this one, several hubs in one process behave like
/// several processes over a server.
///
/// ```
/// use eventwire::hub::{Log, MemoryLog, Once};
/// use eventwire::Event;
///
/// # async fn run() -> Result<(), eventwire::hub::LogError> {
/// let log = MemoryLog::new();
/// let start = log.tail().await?;
/// let id = log.append(Once::new("importer", 1), None, &Event::new("21.5")).await?;
/// assert_eq!(log.append(Once::new("importer", 1), None, &Event::new("21.5")).await?, id);
/// assert_eq!(log.read(start, 10).await?.entries.len(), 1);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run()).unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryLog(Arc<Mutex<State>>);

struct State {
    epoch: u64,
    /// The number of entries ever appended in this epoch.
    count: u64,
    entries: VecDeque<Entry>,
    max_len: usize,
    records: BTreeMap<String, BTreeMap<u64, LogId>>,
    waiting: Vec<Waker>,
}

impl MemoryLog {
    /// Creates an empty log that keeps all entries, with a random epoch as the first number of its IDs.
    #[must_use]
    pub fn new() -> Self {
        MemoryLog(Arc::new(Mutex::new(State {
            epoch: epoch(),
            count: 0,
            entries: VecDeque::new(),
            max_len: usize::MAX,
            records: BTreeMap::new(),
            waiting: Vec::new(),
        })))
    }

    /// Limits the number of entries; default: unlimited.
    #[must_use]
    pub fn with_max_len(self, entries: usize) -> Self {
        lock(&self.0).max_len = entries;
        self
    }

    /// Drops the oldest entries, so that `keep` are left.
    pub fn trim(&self, keep: usize) {
        let waiting = lock(&self.0).trim(keep);
        wake_all(waiting);
    }

    /// Drops entries, records and numbering, like a server restarted without its data.
    pub fn reset(&self) {
        let waiting = {
            let mut state = lock(&self.0);
            state.epoch = epoch();
            state.count = 0;
            state.records.clear();
            state.trim(0)
        };
        wake_all(waiting);
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        MemoryLog::new()
    }
}

impl Log for MemoryLog {
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>> {
        Box::pin(async move {
            let (id, waiting) = lock(&self.0).append(once, topic, event)?;
            wake_all(waiting);
            Ok(id)
        })
    }

    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>> {
        Box::pin(async { Ok(lock(&self.0).tail()) })
    }

    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        Box::pin(async move { Ok(lock(&self.0).read(after, limit)) })
    }

    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>> {
        // Every change wakes it, a reset too, so it needs no clock.
        Box::pin(poll_fn(move |cx| {
            let mut state = lock(&self.0);
            if state.tail() == after {
                if !state.waiting.iter().any(|waiting| waiting.will_wake(cx.waker())) {
                    state.waiting.push(cx.waker().clone());
                }
                Poll::Pending
            } else {
                Poll::Ready(Ok(()))
            }
        }))
    }
}

impl State {
    fn tail(&self) -> LogId {
        match self.count {
            0 => LogId::ZERO,
            count => LogId::new(self.epoch, count),
        }
    }

    fn append(
        &mut self,
        once: Once<'_>,
        topic: Option<&str>,
        event: &Event,
    ) -> Result<(LogId, Vec<Waker>), LogError> {
        let record = self.records.entry(once.publisher().into()).or_default();
        if let Some(id) = record.get(&once.number()) {
            return Ok((*id, Vec::new()));
        }
        let newest = record.keys().next_back().copied().unwrap_or(0);
        if once.number().saturating_add(Once::WINDOW) <= newest {
            return Err(LogError::refused("the number is older than all that are remembered"));
        }
        self.count += 1;
        let id = LogId::new(self.epoch, self.count);
        record.insert(once.number(), id);
        let newest = newest.max(once.number());
        record.retain(|number, _| number.saturating_add(Once::WINDOW) > newest);
        self.entries.push_back(Entry::new(id, topic.map(Arc::from), event.clone()));
        let keep = self.max_len;
        Ok((id, self.trim(keep)))
    }

    fn read(&self, after: LogId, limit: usize) -> Page {
        let oldest = self.count - self.entries.len() as u64;
        let (place, reason) = if after == LogId::ZERO {
            (Some(0), GapReason::Forgotten)
        } else if after.first() == self.epoch && after <= self.tail() {
            (Some(after.second()), GapReason::Forgotten)
        } else {
            (None, GapReason::Unknown)
        };
        let skipped = place.and_then(|place| place.checked_sub(oldest));
        let index = skipped.map_or(0, |skipped| skipped as usize);
        let entries = self.entries.iter().skip(index).take(limit.max(1)).cloned().collect();
        match skipped {
            Some(_) => Page::following(after, entries),
            None => Page::after_gap(reason, place.map(|place| oldest - place), entries, self.tail()),
        }
    }

    /// Trims, and returns the wakers to wake.
    fn trim(&mut self, keep: usize) -> Vec<Waker> {
        let excess = self.entries.len().saturating_sub(keep);
        self.entries.drain(..excess);
        core::mem::take(&mut self.waiting)
    }
}

impl fmt::Debug for MemoryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.0);
        f.debug_struct("MemoryLog").field("tail", &state.tail()).field("kept", &state.entries.len()).finish()
    }
}
