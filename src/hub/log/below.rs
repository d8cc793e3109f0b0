//! `Below`: reads what the ring no longer holds, page by page from the log, until the follower has caught up.

use alloc::sync::Arc;
use core::future::Future;
use core::pin::Pin;
use core::task::{ready, Context, Poll};
use core::time::Duration;

use super::{Backlog, GapReason, LogErrorKind, LogId, Page, Reading, SharedPage};
use crate::encode::Encoded;
use crate::hub::Topic;
use crate::timer::Alarm;

/// The way of one follower through pages.
pub(in crate::hub) struct Below {
    /// What comes next is after this ID.
    after: LogId,
    page: Option<Arc<SharedPage>>,
    /// How many entries of it were read.
    read: usize,
    has_gap: bool,
    /// Held as long as the page is: others share it.
    reading: Option<Reading>,
    pause: Alarm,
    /// Of the ring, before the page was read.
    generation: Option<u64>,
}

/// What a follower finds there.
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
    /// Another page is there.
    Page,
    /// There will never be another.
    Refused,
}

impl Below {
    /// Begins with the page after an ID.
    pub(in crate::hub) fn after(after: LogId) -> Self {
        let pause = Alarm::default();
        Below { after, page: None, read: 0, has_gap: false, reading: None, pause, generation: None }
    }

    /// Begins with a page that was read. A gap before it is reported otherwise.
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

    /// Whether nothing is left of the page.
    pub(in crate::hub) fn is_read(&self) -> bool {
        self.page.as_ref().map_or(true, |page| self.read == page.entries.len() && !self.has_gap)
    }

    /// The ID after which the next page comes.
    pub(in crate::hub) fn last(&self) -> LogId {
        self.after
    }

    /// The generation of the ring in which [`last`](Self::last) was in the log for sure; `None` before the first page.
    pub(in crate::hub) fn generation(&self) -> Option<u64> {
        self.generation
    }

    /// Asks for the next page, and returns what there is of it.
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
                        // Should the ring not hold it either, the feeder is about to notice something.
                        self.pause.set(&backlog.timer, SHORT_PAUSE);
                    }
                    self.take(page);
                    return Poll::Ready(Item::Page);
                }
                Err(error) if error.kind() == LogErrorKind::Refused => return Poll::Ready(Item::Refused),
                // The follower stays: its heartbeats go on, and nothing is lost by waiting.
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
    /// The ID that a client has which goes on with this page.
    pub(in crate::hub) fn resumes_after(&self) -> LogId {
        self.entries.first().and_then(|entry| entry.id.previous()).unwrap_or(self.next)
    }
}

/// 100 ms: at the end of the log, where the ring should be.
const SHORT_PAUSE: Duration = Duration::from_millis(100);

/// 1 s: as often as a lost engine is asked for a page, by each follower that needs one.
const PAUSE: Duration = Duration::from_secs(1);
