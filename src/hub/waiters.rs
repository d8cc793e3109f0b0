//! `Waiters`: the wakers of followers that wait for the next event.
//!
//! Wakers are spread over slabs, each with its own lock, to keep contention between followers low. Followers of a
//! single topic have slabs of their own, chosen by the hash of the topic: an event of that topic visits only one of
//! these.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::task::Waker;
use std::panic::{catch_unwind, AssertUnwindSafe};

use super::sync::{lock, AtomicU64, Mutex, Ordering};
use super::topic::Interest;

/// The seats of all followers of a hub.
pub(super) struct Waiters {
    any: Box<[Mutex<Slab>]>,
    keyed: Box<[Mutex<Slab>]>,
    /// The number of followers ever seated in `any`, to spread them evenly.
    dealt: AtomicU64,
}

/// The slot of a follower, from its creation to its drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    slab: u16,
    is_keyed: bool,
    index: u32,
}

impl Seat {
    /// Whether the follower is called for a single topic only.
    pub(super) fn is_keyed(self) -> bool {
        self.is_keyed
    }
}

/// The state of a seat since its follower began to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// No event for the follower was published.
    Nothing,
    /// The first event that may be for the follower is at this place.
    Go(u64),
}

#[derive(Default)]
struct Slab {
    // In pieces of a fixed size, so that growing moves no slot.
    pieces: Vec<Box<[Slot]>>,
    free: Vec<u32>,
    /// The number of slots that watch.
    watching: usize,
}

struct Slot {
    waker: Option<Waker>,
    /// The hash of the topic of a follower of one topic.
    key: u64,
    /// While it watches, marked by [`WATCHES`]: the place of the last ID sent. Otherwise: the place to continue at.
    place: u64,
}

impl Waiters {
    pub(super) fn new(any: usize, keyed: usize) -> Self {
        let slabs = |count: usize| (0..count.max(1)).map(|_| Mutex::default()).collect();
        Waiters { any: slabs(any), keyed: slabs(keyed), dealt: AtomicU64::new(0) }
    }

    fn slab(&self, seat: Seat) -> &Mutex<Slab> {
        let slabs = if seat.is_keyed { &self.keyed } else { &self.any };
        &slabs[usize::from(seat.slab)]
    }

    pub(super) fn sit_down(&self, interest: Interest, place: u64) -> Seat {
        let (slabs, number, key) = match interest {
            Interest::Any => (&self.any, self.dealt.fetch_add(1, Ordering::Relaxed), 0),
            Interest::Key(key) => (&self.keyed, key, key),
        };
        let slab = (number % slabs.len() as u64) as usize;
        let index = lock(&slabs[slab]).take(key, place);
        Seat { slab: slab as u16, is_keyed: interest != Interest::Any, index }
    }

    pub(super) fn leave(&self, seat: Seat) {
        // Dropped after the lock is released: a waker is foreign code.
        let _waker = lock(self.slab(seat)).free(seat.index);
    }

    /// Registers the waker, unless `is_late`, called under the lock, finds something to read. `sent` is the place of
    /// the last ID sent. Returns whether the follower waits.
    pub(super) fn wait(&self, seat: Seat, waker: &Waker, sent: u64, is_late: impl FnOnce() -> bool) -> bool {
        let mut waker = Some(waker.clone());
        let mut slab = lock(self.slab(seat));
        let waits = !is_late();
        if waits {
            let slot = slab.slot(seat.index);
            let did_watch = slot.watches();
            slot.place = sent | WATCHES;
            core::mem::swap(&mut slot.waker, &mut waker);
            slab.watching += usize::from(!did_watch);
        }
        drop(slab);
        waits
    }

    /// Returns the state of a seat since its follower began to wait.
    pub(super) fn call(&self, seat: Seat) -> Call {
        let mut slab = lock(self.slab(seat));
        let slot = slab.slot(seat.index);
        if slot.watches() {
            Call::Nothing
        } else {
            Call::Go(slot.place)
        }
    }

    /// Records the place of a follower that does not wait.
    pub(super) fn note(&self, seat: Seat, place: u64) {
        let mut slab = lock(self.slab(seat));
        let slot = slab.slot(seat.index);
        if !slot.watches() {
            slot.place = place;
        }
    }

    /// Takes the wakers of the followers not bound to a single topic, and has them continue at `place`.
    pub(super) fn call_any(&self, place: u64, called: &mut Called) {
        for slab in self.any.iter() {
            lock(slab).call(|_| true, place, called);
        }
    }

    /// Takes the wakers of the followers of the one topic with this hash.
    pub(super) fn call_key(&self, key: u64, place: u64, called: &mut Called) {
        let slab = &self.keyed[(key % self.keyed.len() as u64) as usize];
        lock(slab).call(|slot| slot.key == key, place, called);
    }

    /// Takes the wakers of all followers.
    pub(super) fn call_all(&self, place: u64, called: &mut Called) {
        for slab in self.any.iter().chain(self.keyed.iter()) {
            lock(slab).call(|_| true, place, called);
        }
    }

    /// Takes the wakers of quiet followers, whose last ID is from before `oldest`, so that they send a checkpoint. They
    /// keep watching, as no event was for them.
    ///
    /// Each call visits a few slabs, chosen by `place`; all are visited while a quarter of the `history` is published.
    pub(super) fn call_quiet(&self, oldest: u64, place: u64, history: usize, called: &mut Called) {
        let slabs = self.keyed.len();
        let few = (4 * slabs / history.max(1) + 1).min(slabs);
        let first = (place % slabs as u64) as usize * few;
        for number in first..first + few {
            lock(&self.keyed[number % slabs]).wake_quiet(oldest, called);
        }
    }

    /// Returns the number of followers, and the lowest place of those that do not wait.
    pub(super) fn survey(&self) -> (usize, Option<u64>) {
        let (mut followers, mut last) = (0, None);
        for slab in self.any.iter().chain(self.keyed.iter()) {
            let slab = lock(slab);
            for slot in slab.pieces.iter().flat_map(|piece| piece.iter()).filter(|slot| slot.place != NOBODY)
            {
                followers += 1;
                if !slot.watches() {
                    last = Some(last.map_or(slot.place, |last: u64| last.min(slot.place)));
                }
            }
        }
        (followers, last)
    }
}

impl Slab {
    fn slot(&mut self, index: u32) -> &mut Slot {
        &mut self.pieces[index as usize / PIECE][index as usize % PIECE]
    }

    fn take(&mut self, key: u64, place: u64) -> u32 {
        if self.free.is_empty() {
            let first = (self.pieces.len() * PIECE) as u32;
            self.pieces.push((0..PIECE).map(|_| Slot::empty()).collect());
            self.free.extend((first..first + PIECE as u32).rev());
        }
        // Never empty here.
        let index = self.free.pop().unwrap_or_default();
        *self.slot(index) = Slot { waker: None, key, place };
        index
    }

    fn free(&mut self, index: u32) -> Option<Waker> {
        let slot = core::mem::replace(self.slot(index), Slot::empty());
        self.watching -= usize::from(slot.watches());
        self.free.push(index);
        if self.free.len() == self.pieces.len() * PIECE {
            // The last follower left: release the memory that a burst of clients took.
            *self = Slab::default();
        }
        slot.waker
    }

    fn call(&mut self, whom: impl Fn(&Slot) -> bool, place: u64, called: &mut Called) {
        if self.watching == 0 {
            return;
        }
        called.0.reserve(self.watching);
        for slot in self.pieces.iter_mut().flat_map(|piece| piece.iter_mut()) {
            if slot.watches() && whom(slot) {
                called.0.extend(slot.waker.take());
                slot.place = place;
                self.watching -= 1;
            }
        }
    }

    fn wake_quiet(&mut self, oldest: u64, called: &mut Called) {
        if self.watching == 0 {
            return;
        }
        for slot in self.pieces.iter_mut().flat_map(|piece| piece.iter_mut()) {
            if slot.watches() && slot.place & !WATCHES < oldest {
                called.0.extend(slot.waker.take());
            }
        }
    }
}

impl Slot {
    fn empty() -> Self {
        Slot { waker: None, key: 0, place: NOBODY }
    }

    fn watches(&self) -> bool {
        self.place & WATCHES != 0 && self.place != NOBODY
    }
}

/// Wakers taken from their slots, to be woken once no lock is held.
#[derive(Default)]
#[must_use = "a follower that is not woken sleeps for ever"]
pub(super) struct Called(Vec<Waker>);

impl Called {
    /// Wakes all and returns their number, even if one panics.
    pub(super) fn wake(self) -> usize {
        let count = self.0.len();
        wake_all(self.0);
        count
    }
}

/// Wakes all, even if one panics. Wakers are foreign code, so no lock may be held.
pub(super) fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        // The panic hook has reported it, and the caller is not at fault.
        let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    }
}

/// The place of a slot that is free.
const NOBODY: u64 = u64::MAX;

/// The bit that marks a watching slot. Places are always smaller.
const WATCHES: u64 = 1 << 63;

/// Slots per allocation: a small cost next to the tasks of as many followers.
const PIECE: usize = 32;
