//! How a follower reads what the ring no longer holds: pages of the log, until it has caught up.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{ready, Context, Poll, Waker};
use core::time::Duration;

use sync_wrapper::SyncWrapper;

use super::{Entry, GapReason, Log, LogError, LogErrorKind, LogId, Page};
use crate::hub::sync::{lock, Mutex};
use crate::timer::{Alarm, Timer};

/// Where pages come from.
pub(in crate::hub) struct Backlog {
    log: Arc<dyn Log>,
    timer: Timer,
    turns: Arc<Turns>,
}

impl Backlog {
    pub(in crate::hub) fn new(log: Arc<dyn Log>, timer: Timer) -> Self {
        let state = TurnsState { free: AT_ONCE, waiting: Vec::new() };
        Backlog { log, timer, turns: Arc::new(Turns(Mutex::new(state))) }
    }

    /// Reads a page, when it is its turn: a thousand clients that come back at once do not ask for a thousand pages.
    pub(in crate::hub) fn read(
        &self,
        after: LogId,
    ) -> impl Future<Output = Result<Page, LogError>> + Send + 'static {
        let (log, turns) = (Arc::clone(&self.log), Arc::clone(&self.turns));
        async move {
            let _turn = Turns::wait(turns).await;
            log.read(after, PAGE).await
        }
    }
}

/// The way of one follower through pages.
pub(in crate::hub) struct Below {
    after: LogId,
    gap: Option<(LogId, Option<u64>, GapReason)>,
    entries: VecDeque<Entry>,
    reading: Option<SyncWrapper<Pin<Box<dyn Future<Output = Result<Page, LogError>> + Send>>>>,
    pause: Alarm,
}

/// What a follower finds there.
pub(in crate::hub) enum Item {
    Entry(Entry),
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
        Below { after, gap: None, entries: VecDeque::new(), reading: None, pause: Alarm::default() }
    }

    /// Begins with a page.
    pub(in crate::hub) fn with_page(page: Page) -> Self {
        let mut below = Below::after(LogId::ZERO);
        below.take(page);
        below
    }

    fn take(&mut self, page: Page) {
        let id = page.resumes_after();
        self.after = page.next;
        self.gap = page.gap.map(|reason| (id, page.lost, reason));
        self.entries = page.entries.into();
    }

    /// Whether nothing is left of the page.
    pub(in crate::hub) fn is_read(&self) -> bool {
        self.entries.is_empty() && self.gap.is_none()
    }

    /// Forgets a gap that was reported otherwise.
    pub(in crate::hub) fn without_gap(mut self) -> Self {
        self.gap = None;
        self
    }

    pub(in crate::hub) fn last(&self) -> LogId {
        self.after
    }

    /// Asks for the next page, and returns what there is of it.
    pub(in crate::hub) fn poll(&mut self, backlog: &Backlog, cx: &mut Context<'_>) -> Poll<Item> {
        if let Some((id, lost, reason)) = self.gap.take() {
            return Poll::Ready(Item::Gap { id, lost, reason });
        }
        if let Some(entry) = self.entries.pop_front() {
            return Poll::Ready(Item::Entry(entry));
        }
        loop {
            if self.pause.is_set() {
                ready!(self.pause.poll(cx));
            }
            let reading =
                self.reading.get_or_insert_with(|| SyncWrapper::new(Box::pin(backlog.read(self.after))));
            let page = ready!(reading.get_mut().as_mut().poll(cx));
            self.reading = None;
            match page {
                Ok(page) => {
                    if page.entries.is_empty() {
                        // Should the ring not hold it either, the feeder is about to notice something.
                        self.pause.set(&backlog.timer, SHORT_PAUSE);
                    }
                    self.take(page);
                    return Poll::Ready(Item::Page);
                }
                Err(error) if error.kind() == LogErrorKind::Refused => return Poll::Ready(Item::Refused),
                // The follower stays: its heartbeats go on, and nothing is lost by waiting.
                Err(_) => self.pause.set(&backlog.timer, PAUSE),
            }
        }
    }
}

impl Page {
    /// The ID that a client has which goes on with this page.
    pub(in crate::hub) fn resumes_after(&self) -> LogId {
        self.entries.first().and_then(|entry| entry.id.previous()).unwrap_or(self.next)
    }
}

/// Who may read now.
struct Turns(Mutex<TurnsState>);

struct TurnsState {
    free: usize,
    waiting: Vec<Waker>,
}

struct Turn(Arc<Turns>);

impl Turns {
    async fn wait(turns: Arc<Turns>) -> Turn {
        poll_fn(|cx| {
            let waker = cx.waker().clone();
            let mut state = lock(&turns.0);
            if state.free > 0 {
                state.free -= 1;
                Poll::Ready(())
            } else {
                state.waiting.push(waker);
                Poll::Pending
            }
        })
        .await;
        Turn(turns)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let waiting = {
            let mut state = lock(&self.0 .0);
            state.free += 1;
            core::mem::take(&mut state.waiting)
        };
        // All of them: the first may be gone by now.
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// Entries of a page: some hundred kilobytes.
const PAGE: usize = 1000;

/// Pages that are read at once.
const AT_ONCE: usize = 8;

/// 100 ms: at the end of the log, where the ring should be.
const SHORT_PAUSE: Duration = Duration::from_millis(100);

/// 1 s: as often as a lost engine is asked for a page, by each follower that needs one.
const PAUSE: Duration = Duration::from_secs(1);
