//! `Below`: reads entries that the ring no longer holds from the log, page by page, until the follower has caught up.

use alloc::sync::Arc;
use core::future::Future;
use core::pin::Pin;
use core::task::{ready, Context, Poll};
use core::time::Duration;

use super::{Backlog, GapReason, LogErrorKind, LogId, Page, Reading, SharedPage};
use crate::encode::Encoded;
use crate::hub::Topic;
use crate::timer::Alarm;

/// One follower's position in the log.
pub(in crate::hub) struct Below {
    /// The next page is read after this ID.
    after: LogId,
    page: Option<Arc<SharedPage>>,
    /// The number of entries of the page that were read.
    read: usize,
    has_gap: bool,
    /// Kept together with the page, so that other followers can share it.
    reading: Option<Reading>,
    pause: Alarm,
    /// The generation of the ring before the page was read.
    generation: Option<u64>,
}

/// The result of polling the log.
pub(in crate::hub) enum Item {
    Entry {
        id: LogId,
        topic: Option<Topic>,
        encoded: Encoded,
    },
    Gap {
        id: LogId,
        lost: Option<u64>,
        reason: GapReason,
    },
    /// Another page has arrived.
    Page,
    /// The engine refuses to be read.
    Refused,
}

impl Below {
    /// Begins with the page after an ID.
    pub(in crate::hub) fn after(after: LogId) -> Self {
        let pause = Alarm::default();
        Below { after, page: None, read: 0, has_gap: false, reading: None, pause, generation: None }
    }

    /// Begins with a page that was read already. The caller reports the gap before it.
    pub(in crate::hub) fn with_page(reading: Reading, page: Arc<SharedPage>) -> Self {
        let mut below = Below::after(LogId::ZERO);
        below.reading = Some(reading);
        below.take(page);
        below.has_gap = false;
        below
    }

    fn take(&mut self, page: Arc<SharedPage>) {
        self.after = page.next;
        self.generation = Some(page.generation);
        self.has_gap = page.gap.is_some();
        self.read = 0;
        self.page = Some(page);
    }

    /// Whether the page has been read to its end.
    pub(in crate::hub) fn is_read(&self) -> bool {
        self.page.as_ref().map_or(true, |page| self.read == page.entries.len() && !self.has_gap)
    }

    /// The ID after which the next page is read.
    pub(in crate::hub) fn last(&self) -> LogId {
        self.after
    }

    /// The generation of the ring in which [`last`](Self::last) was certainly in the log; `None` before the first page.
    pub(in crate::hub) fn generation(&self) -> Option<u64> {
        self.generation
    }

    /// Returns the next item of the page, or reads the next page.
    pub(in crate::hub) fn poll(
        &mut self,
        backlog: &Backlog,
        generation: u64,
        cx: &mut Context<'_>,
    ) -> Poll<Item> {
        if let Some(item) = self.next_of_page() {
            return Poll::Ready(item);
        }
        loop {
            if self.pause.is_set() {
                ready!(self.pause.poll(cx));
            }
            let after = self.after;
            let reading = self.reading.get_or_insert_with(|| backlog.read(after, generation));
            let page = ready!(Pin::new(reading).poll(cx));
            match page {
                Ok(page) => {
                    if page.entries.is_empty() {
                        self.reading = None;
                        // If the ring does not hold the next entry either, the feeder is about to find out why.
                        self.pause.set(&backlog.timer, SHORT_PAUSE);
                    }
                    self.take(page);
                    return Poll::Ready(Item::Page);
                }
                Err(error) if error.kind() == LogErrorKind::Refused => return Poll::Ready(Item::Refused),
                // The follower stays connected: its heartbeats continue, and waiting loses nothing.
                Err(_) => {
                    self.reading = None;
                    self.pause.set(&backlog.timer, PAUSE);
                }
            }
        }
    }

    fn next_of_page(&mut self) -> Option<Item> {
        let page = self.page.as_ref()?;
        if let Some(reason) = page.gap.filter(|_| core::mem::take(&mut self.has_gap)) {
            return Some(Item::Gap { id: page.resumes_after, lost: page.lost, reason });
        }
        if let Some(entry) = page.entries.get(self.read) {
            self.read += 1;
            return Some(Item::Entry {
                id: entry.id,
                topic: entry.topic.clone(),
                encoded: entry.encoded.clone(),
            });
        }
        self.page = None;
        self.reading = None;
        None
    }
}

impl Page {
    /// The last ID seen by a client that continues with this page.
    pub(in crate::hub) fn resumes_after(&self) -> LogId {
        self.entries.first().and_then(|entry| entry.id.previous()).unwrap_or(self.next)
    }
}

/// 100 ms: the pause at the end of the log, where the ring should take over.
const SHORT_PAUSE: Duration = Duration::from_millis(100);

/// 1 s: the pause before a follower asks an unreachable engine again.
const PAUSE: Duration = Duration::from_secs(1);
