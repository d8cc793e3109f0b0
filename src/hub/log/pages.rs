//! Pages of a log that followers share: each is read once, and few at a time.
//!
//! A thousand clients that reconnect together need a handful of pages, mostly the same ones. A follower that asks for a
//! page while it is being read, or held by another follower, shares it. Its events are encoded once.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::task::Wake;
use alloc::vec::Vec;
use core::future::{poll_fn, Future};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::thread;

use super::{Entry, GapReason, Log, LogError, LogId, Page};
use crate::hub::shared::Addition;
use crate::hub::sync::{lock, Mutex};
use crate::hub::waiters::wake_all;
use crate::hub::Topic;
use crate::timer::Timer;

/// The source of pages for all followers of a hub.
pub(in crate::hub) struct Backlog {
    log: Arc<dyn Log>,
    pub(super) timer: Timer,
    turns: Arc<Turns>,
    readings: Arc<Readings>,
}

/// The pages being read or held, by the ID they follow.
type Readings = Mutex<BTreeMap<LogId, Weak<Shared>>>;

/// A page that followers share.
pub(in crate::hub) struct SharedPage {
    pub(super) gap: Option<GapReason>,
    pub(super) lost: Option<u64>,
    /// The last ID seen by a client that continues with the page.
    pub(super) resumes_after: LogId,
    pub(super) entries: Vec<Addition>,
    pub(super) next: LogId,
    /// The generation of the ring before the page was read.
    pub(super) generation: u64,
}

/// One follower's wait for a page. Keeping it lets others share the page.
pub(in crate::hub) struct Reading {
    shared: Arc<Shared>,
    /// The index of its waker.
    seat: Option<usize>,
}

struct Shared {
    after: LogId,
    generation: u64,
    readings: Weak<Readings>,
    state: Mutex<State>,
    waiting: Waiting,
}

type PageFuture = Pin<Box<dyn Future<Output = Result<Page, LogError>> + Send>>;

type Done = Result<Arc<SharedPage>, LogError>;

enum State {
    Reading(PageFuture),
    /// A follower polls the read; it `is_due` if it was woken meanwhile.
    Polled {
        is_due: bool,
    },
    Done(Done),
}

/// A read that a follower polls. Its drop puts it back.
struct Polling<'s> {
    shared: &'s Arc<Shared>,
    page: Option<PageFuture>,
}

/// The waker of a read.
struct Alert(Weak<Shared>);

/// The wakers of the followers that wait for a page. All are woken, and the first to be polled drives the read, so no
/// follower depends on another being polled.
struct Waiting(Mutex<Vec<Option<Waker>>>);

impl Backlog {
    pub(in crate::hub) fn new(log: Arc<dyn Log>, timer: Timer) -> Self {
        let turns = TurnsState { free: AT_ONCE, next: 0, waiting: BTreeMap::new() };
        Backlog { log, timer, turns: Arc::new(Turns(Mutex::new(turns))), readings: Arc::default() }
    }

    /// Reads the page after an ID; `generation` is that of the ring now.
    pub(in crate::hub) fn read(&self, after: LogId, generation: u64) -> Reading {
        let mut readings = lock(&self.readings);
        let found = readings.get(&after).and_then(Weak::upgrade);
        let shared = found.unwrap_or_else(|| {
            let (log, turns) = (Arc::clone(&self.log), Arc::clone(&self.turns));
            let page = async move {
                let _turn = turns.wait().await;
                log.read(after, PAGE).await
            };
            let shared = Arc::new(Shared {
                after,
                generation,
                readings: Arc::downgrade(&self.readings),
                state: Mutex::new(State::Reading(Box::pin(page))),
                waiting: Waiting(Mutex::new(Vec::new())),
            });
            readings.insert(after, Arc::downgrade(&shared));
            shared
        });
        Reading { shared, seat: None }
    }
}

impl Future for Reading {
    type Output = Result<Arc<SharedPage>, LogError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let shared = &this.shared;
        // Registered before the state is checked, so that no later change is missed.
        shared.waiting.sit_down(&mut this.seat, cx.waker());
        match shared.take() {
            Ok(polled) => polled,
            Err(page) => Polling { shared, page: Some(page) }.poll(),
        }
    }
}

impl Shared {
    /// Takes the read out of its place, so that no lock is held while the engine is polled; otherwise, returns what
    /// there is.
    fn take(&self) -> Result<Poll<Done>, PageFuture> {
        let mut state = lock(&self.state);
        match mem::replace(&mut *state, State::Polled { is_due: false }) {
            State::Reading(page) => return Err(page),
            // Another follower polls it now.
            was => *state = was,
        }
        match &*state {
            State::Done(page) => Ok(Poll::Ready(page.clone())),
            _ => Ok(Poll::Pending),
        }
    }

    /// Puts the read back, or its result. Returns whether the followers are to be woken.
    fn put(&self, new: State) -> bool {
        let is_done = matches!(new, State::Done(_));
        let was = mem::replace(&mut *lock(&self.state), new);
        is_done || matches!(was, State::Polled { is_due: true })
    }
}

impl Polling<'_> {
    fn poll(mut self) -> Poll<Done> {
        let waker = Waker::from(Arc::new(Alert(Arc::downgrade(self.shared))));
        let Some(page) = &mut self.page else { return Poll::Pending };
        let Poll::Ready(page) = page.as_mut().poll(&mut Context::from_waker(&waker)) else {
            return Poll::Pending;
        };
        self.page = None;
        let page = page.map(|page| Arc::new(SharedPage::new(page, self.shared.generation)));
        if self.shared.put(State::Done(page.clone())) {
            self.shared.waiting.wake();
        }
        Poll::Ready(page)
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        let Some(page) = self.page.take() else { return };
        let state = if thread::panicking() {
            // Whoever polls it again would panic too.
            State::Done(Err(LogError::unavailable("the engine panicked")))
        } else {
            State::Reading(page)
        };
        if self.shared.put(state) {
            self.shared.waiting.wake();
        }
    }
}

impl Wake for Alert {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let Some(shared) = self.0.upgrade() else { return };
        {
            let mut state = lock(&shared.state);
            if let State::Polled { is_due } = &mut *state {
                // Nobody else can poll it now: whoever does wakes all afterwards.
                *is_due = true;
                return;
            }
        }
        shared.waiting.wake();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(readings) = self.readings.upgrade() else { return };
        let mut readings = lock(&readings);
        // A newer read of the page may have replaced it.
        if readings.get(&self.after).is_some_and(|shared| shared.strong_count() == 0) {
            readings.remove(&self.after);
        }
    }
}

impl Waiting {
    fn sit_down(&self, seat: &mut Option<usize>, waker: &Waker) {
        let waker = Some(waker.clone());
        let mut wakers = lock(&self.0);
        let was = match *seat {
            Some(seat) => mem::replace(&mut wakers[seat], waker),
            None => {
                *seat = Some(wakers.len());
                wakers.push(waker);
                None
            }
        };
        drop(wakers);
        drop(was);
    }

    fn wake(&self) {
        let wakers = lock(&self.0).iter_mut().filter_map(Option::take).collect();
        wake_all(wakers);
    }
}

impl SharedPage {
    fn new(page: Page, generation: u64) -> Self {
        SharedPage {
            gap: page.gap,
            lost: page.lost,
            resumes_after: page.resumes_after(),
            next: page.next,
            generation,
            entries: page.entries.into_iter().map(Addition::from).collect(),
        }
    }
}

impl From<Entry> for Addition {
    fn from(entry: Entry) -> Self {
        Addition::new(entry.id, entry.topic.map(Topic::from), entry.event)
    }
}

/// A semaphore: a few pages are read concurrently, the other reads wait in order.
struct Turns(Mutex<TurnsState>);

struct TurnsState {
    free: usize,
    /// The number of the next read to wait.
    next: u64,
    waiting: BTreeMap<u64, Waker>,
}

/// A permit to read.
struct Turn(Arc<Turns>);

/// A position in the queue for a permit.
struct Place {
    turns: Arc<Turns>,
    number: Option<u64>,
}

impl Turns {
    async fn wait(self: Arc<Self>) -> Turn {
        let mut place = Place { turns: Arc::clone(&self), number: None };
        poll_fn(|cx| place.poll(cx)).await;
        Turn(self)
    }

    /// Wakes the first in the queue, if a permit is free.
    fn call(&self) {
        let first = {
            let mut state = lock(&self.0);
            let first = state.waiting.keys().next().copied().filter(|_| state.free > 0);
            first.and_then(|first| state.waiting.remove(&first))
        };
        if let Some(waker) = first {
            waker.wake();
        }
    }
}

impl Place {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        let mut state = lock(&self.turns.0);
        let number = self.number.unwrap_or(state.next);
        state.next = state.next.max(number + 1);
        let was = if state.free > 0 {
            state.free -= 1;
            self.number = None;
            state.waiting.remove(&number)
        } else {
            self.number = Some(number);
            state.waiting.insert(number, waker)
        };
        drop(state);
        drop(was);
        if self.number.is_none() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let was = lock(&self.turns.0).waiting.remove(&number);
        if was.is_none() {
            // It was woken for a permit that it will not take: wake the next.
            self.turns.call();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.0 .0).free += 1;
        self.0.call();
    }
}

/// Entries per page. A slow follower holds one page in memory.
const PAGE: usize = 256;

/// Concurrent reads: more would delay appends on the same connection.
const AT_ONCE: usize = 8;
