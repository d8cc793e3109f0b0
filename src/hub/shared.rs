//! `Shared`: the state of all clones and followers of a hub.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use super::log::Backlog;
use super::ring::{Limits, Ring};
use super::settings::Settings;
use super::sync::{lock, AtomicU64, Mutex, MutexGuard, Ordering};
use super::topic::Topic;
use super::waiters::{Called, Waiters};
use super::{GapReason, LogId, Seen};
use crate::encode::Encoded;
use crate::event::{Event, EventId};

/// The history, the wakers of waiting followers, and the settings.
///
/// Publishers take turns. Each adds to the ring, then advances the head, then takes the wakers. A follower that finds
/// nothing to read registers its waker and checks the head once more, both under the lock of its slab. A publisher
/// takes the waker under that same lock, so the follower either sees the new head or is woken.
pub(super) struct Shared {
    publishing: Mutex<()>,
    ring: Mutex<Ring>,
    /// A copy of [`Ring::head`], to learn without a lock whether there is something to read.
    head: AtomicU64,
    /// Every follower concerned by an event before this place has been called.
    called: AtomicU64,
    pub(super) waiters: Waiters,
    settings: Mutex<Arc<Settings>>,
    /// The number of hubs that share this; the last one to be dropped closes it.
    handles: AtomicU64,
    /// The source of entries that the ring no longer holds.
    pub(super) backlog: Option<Backlog>,
}

/// An entry of a log, encoded for the ring.
pub(super) struct Addition {
    pub(super) id: LogId,
    pub(super) topic: Option<Topic>,
    pub(super) encoded: Encoded,
}

/// A publisher's turn, and the time at which it began.
struct Turn<'s> {
    settings: Arc<Settings>,
    now: Duration,
    publishing: MutexGuard<'s, ()>,
}

impl Addition {
    pub(super) fn new(id: LogId, topic: Option<Topic>, event: Event) -> Self {
        Addition { id, topic, encoded: event.with_id(EventId::from(id)).into() }
    }
}

impl Shared {
    pub(super) fn new(ring: Ring, waiters: Waiters, settings: Settings, backlog: Option<Backlog>) -> Self {
        Shared {
            publishing: Mutex::new(()),
            head: AtomicU64::new(ring.head()),
            called: AtomicU64::new(ring.head()),
            ring: Mutex::new(ring),
            waiters,
            settings: Mutex::new(Arc::new(settings)),
            handles: AtomicU64::new(0),
            backlog,
        }
    }

    pub(super) fn ring(&self) -> MutexGuard<'_, Ring> {
        lock(&self.ring)
    }

    pub(super) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&lock(&self.settings))
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = lock(&self.settings);
        // A copy: what it replaces is still owned by the original, so nothing of the user is dropped under the lock.
        let mut changed = Settings::clone(&settings);
        change(&mut changed);
        let was = mem::replace(&mut *settings, Arc::new(changed));
        drop(settings);
        drop(was);
    }

    pub(super) fn limit(&self, change: impl FnOnce(&mut Limits)) {
        let now = self.settings().now();
        let mut ring = self.ring();
        change(ring.limits_mut());
        ring.trim(now);
    }

    /// The place at which a follower has nothing to read.
    pub(super) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// A follower that has not been called by now has nothing to read before this place.
    pub(super) fn called(&self) -> u64 {
        self.called.load(Ordering::Acquire)
    }

    /// Waits until the current publisher has called all followers.
    pub(super) fn settle(&self) {
        drop(lock(&self.publishing));
    }

    /// Gives an event the next ID and adds it; `None` after the end.
    pub(super) fn publish(&self, topic: Option<Topic>, event: Event) -> Option<LogId> {
        let turn = self.turn();
        let id = self.next_id()?;
        self.add_in(turn, None, core::iter::once(Addition::new(id, topic, event)));
        Some(id)
    }

    /// Gives events consecutive IDs, adds them in one step, and returns the last ID; `None` after the end, or if there
    /// are no events.
    pub(super) fn publish_all(&self, topic: Option<&Topic>, events: Vec<Event>) -> Option<LogId> {
        let turn = self.turn();
        let (mut next, mut last) = (self.next_id(), None);
        let mut additions = Vec::with_capacity(events.len());
        for event in events {
            let Some(id) = next else { break };
            additions.push(Addition::new(id, topic.cloned(), event));
            (next, last) = (id.next(), Some(id));
        }
        self.add_in(turn, None, additions);
        last
    }

    /// Adds entries of a log, after a gap if there is one.
    pub(super) fn add(&self, gap: Option<(LogId, Option<u64>, GapReason)>, additions: Vec<Addition>) {
        self.add_in(self.turn(), gap, additions);
    }

    fn turn(&self) -> Turn<'_> {
        let settings = self.settings();
        let now = settings.now();
        // Last: the clock is foreign code.
        let publishing = lock(&self.publishing);
        Turn { settings, now, publishing }
    }

    /// The ID of the next event; `None` after the end. No hub lives for 2^64 events.
    fn next_id(&self) -> Option<LogId> {
        let ring = self.ring();
        if ring.has_ended() {
            None
        } else {
            ring.newest().next()
        }
    }

    /// Adds a gap and events in one step, and wakes each follower at most once.
    fn add_in(
        &self,
        turn: Turn<'_>,
        gap: Option<(LogId, Option<u64>, GapReason)>,
        additions: impl IntoIterator<Item = Addition>,
    ) {
        let Turn { settings, now, publishing } = turn;
        let mut called = Called::default();
        let (mut keys, mut bytes) = (Vec::new(), 0);
        let (place, first, head, middle, len) = {
            let mut ring = self.ring();
            if ring.has_ended() {
                return;
            }
            let place = ring.next();
            if let Some((id, lost, reason)) = gap {
                ring.push_gap(id, lost, reason, now);
            }
            let first = ring.next();
            for Addition { id, topic, encoded } in additions {
                bytes += encoded.as_bytes().len();
                keys.extend(topic.as_ref().map(|topic| (ring.next(), topic.hash())));
                ring.push(id, topic.map(|topic| Arc::clone(topic.shared())), encoded, now);
            }
            if ring.next() == place {
                return;
            }
            self.head.store(ring.head(), Ordering::Release);
            (place, first, ring.head(), ring.middle(), ring.len())
        };
        if gap.is_some() {
            self.waiters.call_all(place, &mut called);
        } else {
            self.waiters.call_any(place, &mut called);
            for (at, key) in keys {
                self.waiters.call_key(key, at, &mut called);
            }
            if settings.has_checkpoints {
                for at in first..head {
                    self.waiters.call_quiet(middle, at, len, &mut called);
                }
            }
        }
        self.called.store(head, Ordering::Release);
        drop(publishing);
        let woken = called.wake();
        settings.observe(&Seen::Published { events: (head - first) as usize, bytes, woken });
    }

    /// Ends all followers, once they have read the rest of the history.
    pub(super) fn end(&self, is_complete: bool) {
        let mut called = Called::default();
        let publishing = lock(&self.publishing);
        let place = {
            let mut ring = self.ring();
            if ring.has_ended() {
                return;
            }
            let place = ring.next();
            ring.end(is_complete);
            self.head.store(ring.head(), Ordering::Release);
            place
        };
        self.waiters.call_all(place, &mut called);
        self.called.store(place + 1, Ordering::Release);
        drop(publishing);
        called.wake();
        self.settings().observe(&Seen::Closed);
    }

    /// Drops events that exceed the age limit.
    pub(super) fn forget_old(&self) {
        let settings = self.settings();
        if settings.clock.is_some() {
            let now = settings.now();
            self.ring().forget_old(now);
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ring().has_ended()
    }

    pub(super) fn add_handle(&self) {
        self.handles.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn drop_handle(&self) {
        if self.handles.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.end(false);
        }
    }
}
