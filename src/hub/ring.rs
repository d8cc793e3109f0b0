//! `Ring`: the bounded history of a hub.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use super::{GapReason, LogId};
use crate::encode::Encoded;

/// The most recent events. Each occupies a place; places count up from 0 and are never reused.
#[derive(Debug)]
pub(super) struct Ring {
    slots: VecDeque<Slot>,
    /// The place of the oldest slot.
    first: u64,
    /// The ID before the oldest slot.
    floor: LogId,
    /// The ID before the first event ever: the oldest that a client can resume from.
    origin: LogId,
    /// IDs are in ascending order from this place on.
    rising: u64,
    /// The place and reason of the newest gap that has been dropped.
    old_gap: Option<(u64, GapReason)>,
    /// The IDs of one epoch are consecutive, so missing events can be counted.
    is_counted: bool,
    bytes: usize,
    limits: Limits,
    /// No more events will be added.
    has_ended: bool,
    /// The stream ended with its last event, rather than because the hub was closed.
    is_complete: bool,
}

/// The bounds of the history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

#[derive(Debug)]
struct Slot {
    id: LogId,
    /// When it was added.
    at: Duration,
    what: What,
}

#[derive(Debug)]
enum What {
    Event { topic: Option<Arc<str>>, encoded: Encoded },
    Gap { lost: Option<u64>, reason: GapReason },
}

/// The content of a place.
#[derive(Debug)]
pub(super) enum At<'r> {
    Event {
        id: LogId,
        topic: Option<&'r Arc<str>>,
        encoded: &'r Encoded,
    },
    /// Events may be missing between this place and `next`; a follower that continues at `next` has seen `id`.
    Gap {
        id: LogId,
        lost: Option<u64>,
        reason: GapReason,
        next: u64,
        is_trimmed: bool,
    },
    Later,
    End,
}

/// The result of looking up an ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The event after it is at this place.
    Place(u64),
    /// It belongs to this numbering, but is older than the history.
    Forgotten {
        lost: u64,
    },
    /// It dates from before the numbering restarted; the gap is at this place.
    Reset {
        place: u64,
    },
    Unknown,
}

impl Ring {
    /// Creates an empty ring whose first event comes after an ID.
    pub(super) fn new(after: LogId, is_counted: bool, limits: Limits) -> Self {
        Ring {
            slots: VecDeque::new(),
            first: 0,
            floor: after,
            origin: after,
            rising: 0,
            old_gap: None,
            is_counted,
            bytes: 0,
            limits,
            has_ended: false,
            is_complete: false,
        }
    }

    /// The ID before the first event ever.
    pub(super) fn origin(&self) -> LogId {
        self.origin
    }

    /// The place of the next slot to be added.
    pub(super) fn next(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    /// The place where a follower waits. The end takes a place too.
    pub(super) fn head(&self) -> u64 {
        self.next() + u64::from(self.has_ended)
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The ID of the newest slot, or of the one before the ring.
    pub(super) fn newest(&self) -> LogId {
        self.slots.back().map_or(self.floor, |slot| slot.id)
    }

    /// The last ID seen by a client that continues at a place.
    pub(super) fn id_before(&self, place: u64) -> LogId {
        match place.checked_sub(self.first) {
            None | Some(0) => self.floor,
            Some(index) => self.slots.get(index as usize - 1).map_or(self.newest(), |slot| slot.id),
        }
    }

    /// A client whose last ID is from before this place may soon be unable to resume.
    pub(super) fn middle(&self) -> u64 {
        let Limits { events, bytes, age } = self.limits;
        let len = self.slots.len();
        if len < events / 2 && self.bytes < bytes / 2 && age == Duration::MAX {
            // The history is far from its limits.
            return self.first;
        }
        self.first + len as u64 / 2
    }

    pub(super) fn limits_mut(&mut self) -> &mut Limits {
        &mut self.limits
    }

    pub(super) fn push(&mut self, id: LogId, topic: Option<Arc<str>>, encoded: Encoded, now: Duration) {
        self.put(Slot { id, at: now, what: What::Event { topic, encoded } }, now);
    }

    /// Adds a gap; `id` is the ID after which followers continue.
    pub(super) fn push_gap(&mut self, id: LogId, lost: Option<u64>, reason: GapReason, now: Duration) {
        if id < self.newest() || reason != GapReason::Forgotten {
            self.rising = self.next();
        }
        self.put(Slot { id, at: now, what: What::Gap { lost, reason } }, now);
    }

    /// Changes whenever the numbering restarts, which voids all that was proved about the log before.
    pub(super) fn generation(&self) -> u64 {
        self.rising
    }

    /// The IDs of the events since the numbering restarted, oldest first.
    pub(super) fn rising_ids(&self) -> Vec<LogId> {
        let start = self.rising.saturating_sub(self.first) as usize;
        let events = self.slots.iter().skip(start).filter(|slot| matches!(slot.what, What::Event { .. }));
        events.map(|slot| slot.id).collect()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    pub(super) fn end(&mut self, is_complete: bool) {
        self.has_ended = true;
        self.is_complete = is_complete;
    }

    fn put(&mut self, slot: Slot, now: Duration) {
        self.bytes += slot.cost();
        self.slots.push_back(slot);
        self.trim(now);
    }

    /// Drops the oldest slots until the limits are met, but never the newest one.
    pub(super) fn trim(&mut self, now: Duration) {
        let Limits { events, bytes, age } = self.limits;
        while self.slots.len() > 1 {
            let oldest = &self.slots[0];
            let is_old = now.saturating_sub(oldest.at) > age;
            if self.slots.len() <= events && self.bytes <= bytes && !is_old {
                break;
            }
            self.forget_oldest();
        }
    }

    /// Drops every slot that exceeds the age, even the newest.
    pub(super) fn forget_old(&mut self, now: Duration) {
        let age = self.limits.age;
        while self.slots.front().is_some_and(|oldest| now.saturating_sub(oldest.at) > age) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(slot) = self.slots.pop_front() else { return };
        self.bytes -= slot.cost();
        if let What::Gap { reason, .. } = slot.what {
            self.old_gap = Some((self.first, reason));
        }
        self.floor = slot.id;
        self.first += 1;
    }

    pub(super) fn at(&self, place: u64) -> At<'_> {
        let Some(index) = place.checked_sub(self.first) else { return self.trimmed(place) };
        match self.slots.get(index as usize) {
            None if self.has_ended && place == self.next() => At::End,
            None => At::Later,
            Some(slot) => match &slot.what {
                What::Event { topic, encoded } => At::Event { id: slot.id, topic: topic.as_ref(), encoded },
                What::Gap { lost, reason } => {
                    At::Gap { id: slot.id, lost: *lost, reason: *reason, next: place + 1, is_trimmed: false }
                }
            },
        }
    }

    /// The gap between a place that has been dropped and the oldest slot.
    fn trimmed(&self, place: u64) -> At<'_> {
        let (lost, reason) = match self.old_gap {
            Some((at, reason)) if place <= at => (None, reason),
            _ => (Some(self.first - place), GapReason::Forgotten),
        };
        At::Gap { id: self.floor, lost, reason, next: self.first, is_trimmed: true }
    }

    /// Finds where a client continues whose last ID is `id`.
    pub(super) fn find(&self, id: LogId) -> Found {
        let mut index = self.rising.saturating_sub(self.first) as usize;
        let mut end = self.slots.len();
        while index < end {
            let middle = index + (end - index) / 2;
            if self.slots[middle].id < id {
                index = middle + 1;
            } else {
                end = middle;
            }
        }
        let exact = self.slots.get(index).filter(|slot| slot.id == id);
        let neighbour = self.slots.get(index).filter(|slot| slot.id.previous() == Some(id));
        let is_rollback = |slot: &&Slot| matches!(slot.what, What::Gap { .. }) && self.was_before_reset(id);
        if exact.filter(is_rollback).is_some() {
            // The log was rolled back to this event. A client with its ID may have seen events that were lost then.
            Found::Reset { place: self.first + index as u64 }
        } else if exact.is_some() {
            Found::Place(self.first + index as u64 + 1)
        } else if neighbour.is_some() || self.rising <= self.first && id == self.floor {
            Found::Place(self.first + index as u64)
        } else if self.is_counted && id.first() == self.floor.first() && self.origin <= id && id < self.floor
        {
            Found::Forgotten { lost: self.floor.second() - id.second() }
        } else if self.was_before_reset(id) {
            Found::Reset { place: self.rising }
        } else {
            Found::Unknown
        }
    }

    /// Searches the slots before the last restart, where IDs are in no order. Restarts are rare.
    fn was_before_reset(&self, id: LogId) -> bool {
        let count = self.rising.saturating_sub(self.first) as usize;
        self.slots.iter().take(count).any(|slot| slot.id == id)
    }
}

impl Slot {
    fn cost(&self) -> usize {
        SLOT + match &self.what {
            What::Event { topic, encoded } => {
                encoded.as_bytes().len() + topic.as_ref().map_or(0, |topic| topic.len() + SHARED)
            }
            What::Gap { .. } => 0,
        }
    }
}

/// The cost of a slot besides its bytes: twice its size, since the ring grows by doubling, and the header of its
/// buffer.
pub(super) const SLOT: usize = 2 * mem::size_of::<Slot>() + SHARED;

/// Reference counts and lengths of a shared buffer, and the overhead of its allocation.
const SHARED: usize = 48;
