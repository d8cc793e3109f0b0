//! `Waiters`: who waits for the next event.
//!
//! Wakers lie in slabs, each with a lock of its own, so that followers who leave or wait on one meet few others. Those
//! who take one topic alone lie apart, sorted by its hash: an event of that topic looks there only.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::task::Waker;
use std::panic::{catch_unwind, AssertUnwindSafe};

use super::sync::{lock, AtomicU64, Mutex, Ordering};
use super::topic::Interest;

/// All followers of a hub.
pub(super) struct Waiters {
    any: Box<[Mutex<Slab>]>,
    keyed: Box<[Mutex<Slab>]>,
    /// Deals those who take several topics out to the slabs.
    dealt: AtomicU64,
}

/// The seat of a follower: it has one as long as it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    slab: u16,
    is_keyed: bool,
    index: u32,
}

impl Seat {
    /// Whether it is called for one topic only.
    pub(super) fn is_keyed(self) -> bool {
        self.is_keyed
    }
}

/// What a follower finds at its seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Nothing for it has come since it began to wait.
    Nothing,
    /// The first that may be for it is at this place.
    Go(u64),
}

#[derive(Default)]
struct Slab {
    // In pieces, which never move and of which at most one is not full.
    pieces: Vec<Box<[Slot]>>,
    free: Vec<u32>,
    /// How many watch, and may have to hear of an event.
    watching: usize,
}

struct Slot {
    waker: Option<Waker>,
    /// The hash of the topic, for those who take one.
    key: u64,
    /// While it watches, with [`WATCHES`]: the place of the last ID that it has sent. Otherwise: where it goes on.
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
        // Dropped when the lock is released: a waker is somebody else's code.
        let _waker = lock(self.slab(seat)).free(seat.index);
    }

    /// Waits, unless `is_late` says, under the lock, that there is something to read. `sent` is the place of the last ID
    /// that was sent.
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

    /// What happened at a seat since it was waited at.
    pub(super) fn call(&self, seat: Seat) -> Call {
        let mut slab = lock(self.slab(seat));
        let slot = slab.slot(seat.index);
        if slot.watches() {
            Call::Nothing
        } else {
            Call::Go(slot.place)
        }
    }

    /// Notes where a follower is that does not wait.
    pub(super) fn note(&self, seat: Seat, place: u64) {
        let mut slab = lock(self.slab(seat));
        let slot = slab.slot(seat.index);
        if !slot.watches() {
            slot.place = place;
        }
    }

    /// Takes the wakers of all who may take an event of any topic. They are to look at `place`.
    pub(super) fn call_any(&self, place: u64, called: &mut Called) {
        for slab in self.any.iter() {
            lock(slab).call(|_| true, place, called);
        }
    }

    /// Takes the wakers of all who take the topic with this hash alone.
    pub(super) fn call_key(&self, key: u64, place: u64, called: &mut Called) {
        let slab = &self.keyed[(key % self.keyed.len() as u64) as usize];
        lock(slab).call(|slot| slot.key == key, place, called);
    }

    /// Takes the wakers of all, whatever they take.
    pub(super) fn call_all(&self, place: u64, called: &mut Called) {
        for slab in self.any.iter().chain(self.keyed.iter()) {
            lock(slab).call(|_| true, place, called);
        }
    }

    /// Takes the wakers of quiet followers, whose last ID is from before `oldest`, so that they send another. They watch
    /// on: nothing was for them.
    ///
    /// Looks at a few of the slabs, others at each `place`: at all of them while a quarter of the `history` goes by.
    pub(super) fn call_quiet(&self, oldest: u64, place: u64, history: usize, called: &mut Called) {
        let slabs = self.keyed.len();
        let few = (4 * slabs / history.max(1) + 1).min(slabs);
        let first = (place % slabs as u64) as usize * few;
        for number in first..first + few {
            lock(&self.keyed[number % slabs]).wake_quiet(oldest, called);
        }
    }

    /// How many followers there are, and the place of the one that is farthest back, of those who do not watch.
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
        // There is one: they were just added.
        let index = self.free.pop().unwrap_or_default();
        *self.slot(index) = Slot { waker: None, key, place };
        index
    }

    fn free(&mut self, index: u32) -> Option<Waker> {
        let slot = core::mem::replace(self.slot(index), Slot::empty());
        self.watching -= usize::from(slot.watches());
        self.free.push(index);
        if self.free.len() == self.pieces.len() * PIECE {
            // Nobody is left: what a storm of clients took is released.
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

/// Wakers that were taken: to be woken when no lock is held.
#[derive(Default)]
#[must_use = "whom nobody wakes sleeps for ever"]
pub(super) struct Called(Vec<Waker>);

impl Called {
    /// Wakes all, and returns how many. One that panics harms none of the others.
    pub(super) fn wake(self) -> usize {
        let count = self.0.len();
        for waker in self.0 {
            // What it says goes to the panic hook; the publisher has no part in it.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
        count
    }
}

/// The place of a slot that is free.
const NOBODY: u64 = u64::MAX;

/// Beside a place, which is always less.
const WATCHES: u64 = 1 << 63;

/// Slots that are allocated at once: little beside the tasks of as many followers.
const PIECE: usize = 32;
