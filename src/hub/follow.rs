//! `Follow`: a follower's cursor into the history, as a stream.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;

use super::log::{Below, Item};
use super::ring::{At, Found};
use super::shared::Shared;
use super::topic::{Interest, Topic, Wants};
use super::waiters::{Call, Seat};
use super::{Gap, GapPolicy, LogId, Outcome, Seen};
use crate::encode::Encoded;
use crate::event::{Event, EventId};

/// A follower of a [`Hub`](super::Hub): a [`Stream`] of [`Encoded`] events, for an
/// [`EventBody`](crate::server::EventBody).
///
/// It is a cursor into the shared history, not a queue: it holds no events, delays no one, and costs at most 128 bytes,
/// however slow it is. Dropping it frees its entry in the hub.
///
/// Besides the events of its topics, it yields
///
/// - an event of type `gap` where events may be missing ([`Gap`]), with the ID after which it continues;
/// - an event of type `checkpoint` with an ID and empty data: first, so that a client that is disconnected before its
///   first event resumes rather than starts afresh, and occasionally while no event is for it, so that its ID does not
///   fall out of the history. No `onmessage` handler of a browser sees it;
/// - the farewell of the hub at the end.
///
/// ```
/// use eventwire::hub::{Hub, Outcome, Start};
/// use eventwire::server::{EventBody, LastEventId};
/// use eventwire::Event;
///
/// let hub = Hub::new();
/// let id = hub.publish_to("cats", Event::new("Miso"));
/// hub.publish_to("dogs", Event::new("Biscuit"));
///
/// let seen = LastEventId::from_bytes(id.as_bytes());                // the request's `Last-Event-ID`
/// let follow = hub.follow(seen.as_ref()).with_topics(["cats"]);
/// assert_eq!(follow.outcome(), Outcome::Resumed { missed: Some(1) });
/// let body = EventBody::new(follow);
/// ```
#[must_use = "a follower does nothing unless polled"]
pub struct Follow {
    shared: Arc<Shared>,
    /// The place of the next slot to read.
    place: u64,
    /// The place where a client would resume with the last ID it was sent; [`NEVER`] before the first ID.
    sent: u64,
    /// The ID of the last slot read.
    cursor: LogId,
    missed: u64,
    seat: Seat,
    wants: Option<Box<Wants>>,
    extra: Option<Box<Extra>>,
    kind: Kind,
    policy: GapPolicy,
    /// It has waited, and its seat records the first event for it since.
    watches: bool,
    is_over: bool,
}

/// State that few followers need, boxed to keep the others small.
#[derive(Default)]
struct Extra {
    /// The gap of [`Outcome::Gap`].
    outcome: Option<Gap>,
    /// That gap is still to be reported.
    has_gap: bool,
    /// The count of [`Start::Last`](super::Start::Last).
    last: Option<usize>,
    /// The only places still to be read after a gap, under [`GapPolicy::NewestPerTopic`].
    newest: VecDeque<u64>,
    /// The reader of the log, until the follower reaches the ring.
    below: Option<Below>,
    /// The last ID read from the log: the ring's entries up to it are skipped.
    passed: Option<LogId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Fresh,
    Resumed,
    ResumedBelow,
    Gap,
    Ended,
}

/// Where a follower begins.
pub(super) struct Beginning {
    pub(super) kind: Kind,
    pub(super) place: u64,
    pub(super) cursor: LogId,
    pub(super) missed: u64,
    pub(super) gap: Option<Gap>,
    pub(super) last: Option<usize>,
    pub(super) below: Option<Below>,
    pub(super) passed: Option<LogId>,
}

impl Beginning {
    pub(super) fn at(kind: Kind, place: u64, cursor: LogId) -> Self {
        Beginning { kind, place, cursor, missed: 0, gap: None, last: None, below: None, passed: None }
    }
}

/// The next step of a follower, found under the lock of the ring and taken after it is released.
enum Step {
    Send(Encoded),
    /// An event to send if the user's filter accepts its topic.
    Ask(Option<Arc<str>>, Encoded),
    Gap(Gap),
    /// The ring has dropped events, and a publisher has not yet recorded whether one was for this follower.
    Settle,
    /// The next entry is no longer in the ring, only in the log.
    Below,
    Wait,
    End,
}

impl Follow {
    pub(super) fn new(shared: Arc<Shared>, beginning: Beginning) -> Self {
        let Beginning { kind, place, cursor, missed, gap, last, below, passed } = beginning;
        let needs_more = gap.is_some() || last.is_some() || below.is_some() || passed.is_some();
        let extra = needs_more.then(|| {
            Box::new(Extra { outcome: gap, has_gap: gap.is_some(), last, below, passed, ..Extra::default() })
        });
        let sent = if kind == Kind::Resumed || kind == Kind::ResumedBelow { place } else { NEVER };
        let seat = shared.waiters.sit_down(Interest::Any, place);
        let follow = Follow {
            shared,
            place,
            sent,
            cursor,
            missed,
            seat,
            wants: None,
            extra,
            kind,
            policy: GapPolicy::Continue,
            watches: false,
            is_over: false,
        };
        follow.shared.settings().observe(&Seen::Followed(follow.outcome()));
        follow
    }

    /// Restricts the follower to events of these topics.
    ///
    /// A follower of a single topic is woken by events of that topic only, so ten thousand users with a topic each do
    /// not wake one another. A follower of several topics is woken by every event.
    pub fn with_topics<T: Into<Topic>>(self, topics: impl IntoIterator<Item = T>) -> Self {
        self.taking(Wants::Keys(topics.into_iter().map(Into::into).collect()))
    }

    /// Restricts the follower to events whose topic the filter accepts. The topic is `None` for an event without one.
    ///
    /// The filter is called for every event; [`with_topics`](Self::with_topics) with a single topic is cheaper.
    ///
    /// ```
    /// use eventwire::hub::{Hub, Start};
    ///
    /// let hub = Hub::new();
    /// let prices = hub
    ///     .follow(Start::Now)
    ///     .with_filter(|topic| topic.is_some_and(|topic| topic.starts_with("price/")));
    /// ```
    pub fn with_filter(self, takes: impl Fn(Option<&str>) -> bool + Send + Sync + 'static) -> Self {
        self.taking(Wants::Function(Box::new(takes)))
    }

    /// Sets how the follower treats a gap in mid-stream; default: it reports the gap and continues.
    pub fn with_gap_policy(mut self, policy: GapPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Skips the history if the [`outcome`](Self::outcome) is a gap, and continues with events published from now on.
    /// The gap is still reported, with the newest ID.
    pub fn skipping_history(mut self) -> Self {
        let Some(extra) = self.extra.as_mut().filter(|extra| extra.has_gap) else { return self };
        let ring = self.shared.ring();
        self.place = ring.next();
        self.cursor = ring.newest();
        drop(ring);
        extra.below = None;
        extra.passed = None;
        if let Some(gap) = &mut extra.outcome {
            gap.resumes_after = self.cursor;
        }
        self
    }

    /// Returns how the follower began, known before any byte is sent: fresh, resumed, or with a gap.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.kind {
            Kind::Resumed => Outcome::Resumed { missed: Some(self.missed) },
            Kind::ResumedBelow => Outcome::Resumed { missed: None },
            Kind::Ended => Outcome::Ended,
            Kind::Gap => match self.extra.as_ref().and_then(|extra| extra.outcome) {
                Some(gap) => Outcome::Gap(gap),
                None => Outcome::Fresh,
            },
            Kind::Fresh => Outcome::Fresh,
        }
    }

    /// Returns the number of events still to be read, counting all topics.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.shared.ring().next().saturating_sub(self.place)
    }

    fn taking(mut self, wants: Wants) -> Self {
        let interest = Interest::of(Some(&wants));
        self.shared.waiters.leave(self.seat);
        self.seat = self.shared.waiters.sit_down(interest, self.place);
        self.wants = Some(Box::new(wants));
        if let Some(gap) = self.extra.as_mut().and_then(|extra| extra.outcome.as_mut()) {
            // The count is of all topics: how many were for this follower is unknown.
            gap.lost = None;
        }
        if let Some(last) = self.extra.as_ref().and_then(|extra| extra.last) {
            self.place = self.place_of_last(last);
        }
        self
    }

    /// Finds the place from which exactly `count` events are for this follower.
    fn place_of_last(&self, count: usize) -> u64 {
        let topics: Vec<_> = {
            let ring = self.shared.ring();
            let places = ring.first()..ring.next();
            places
                .filter_map(|place| match ring.at(place) {
                    At::Event { topic, .. } => Some((place, topic.cloned())),
                    _ => None,
                })
                .collect()
        };
        let end = topics.last().map_or(self.place, |(place, _)| place + 1);
        let taken = topics.iter().rev().filter(|(_, topic)| self.takes(topic.as_deref()));
        taken.take(count).last().map_or(end, |(place, _)| *place)
    }

    fn takes(&self, topic: Option<&str>) -> bool {
        self.wants.as_ref().map_or(true, |wants| wants.takes(topic))
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Encoded>> {
        loop {
            if self.is_over {
                return Poll::Ready(None);
            }
            if let Some(gap) = self.take_first_gap() {
                return Poll::Ready(Some(self.report(gap)));
            }
            if self.extra.as_ref().is_some_and(|extra| extra.below.is_some()) {
                match self.poll_below(cx) {
                    Poll::Ready(Some(encoded)) => return Poll::Ready(Some(encoded)),
                    Poll::Ready(None) => continue,
                    Poll::Pending => return Poll::Pending,
                }
            }
            self.skip_what_called_others();
            match self.step() {
                Step::Send(encoded) => return Poll::Ready(Some(encoded)),
                Step::Ask(topic, encoded) => {
                    if self.takes(topic.as_deref()) {
                        self.sent = self.place;
                        return Poll::Ready(Some(encoded));
                    }
                }
                Step::Gap(gap) => match self.policy {
                    GapPolicy::End => self.is_over = true,
                    GapPolicy::Continue => return Poll::Ready(Some(self.report(gap))),
                    GapPolicy::NewestPerTopic => {
                        self.keep_newest();
                        return Poll::Ready(Some(self.report(gap)));
                    }
                },
                Step::Settle => self.shared.settle(),
                Step::Below => {
                    let below = Below::after(self.cursor);
                    let extra = self.extra.get_or_insert_with(Box::default);
                    // The log has them too: to return to their places would repeat them.
                    extra.newest.clear();
                    extra.below = Some(below);
                }
                Step::End => {
                    self.is_over = true;
                    return Poll::Ready(self.shared.settings().farewell());
                }
                Step::Wait => {
                    if let Some(checkpoint) = self.checkpoint() {
                        return Poll::Ready(Some(checkpoint));
                    }
                    let (shared, place) = (&self.shared, self.place);
                    if shared.waiters.wait(self.seat, cx.waker(), self.sent, || shared.head() != place) {
                        self.watches = true;
                        return Poll::Pending;
                    }
                }
            }
        }
    }

    /// Skips events that were published while it waited and were all for other topics.
    fn skip_what_called_others(&mut self) {
        if !self.watches || !self.seat.is_keyed() || self.place == self.shared.head() {
            return;
        }
        // The order matters: an event before `called` that the seat has not recorded was for others.
        let called = self.shared.called();
        let place = match self.shared.waiters.call(self.seat) {
            Call::Nothing => called,
            Call::Go(place) => {
                self.watches = false;
                place
            }
        };
        self.place = self.place.max(place);
    }

    fn step(&mut self) -> Step {
        if let Some(place) = self.extra.as_mut().and_then(|extra| extra.newest.pop_front()) {
            self.place = place;
        } else if self.place == self.shared.head() {
            return Step::Wait;
        }
        let from = self.place;
        let step = self.read();
        if self.place / NOTE != from / NOTE {
            self.shared.waiters.note(self.seat, self.place);
        }
        step
    }

    /// Reads up to the next event for this follower. A filter of the user is not called here, under the lock.
    fn read(&mut self) -> Step {
        let ring = self.shared.ring();
        loop {
            match ring.at(self.place) {
                At::Later => return Step::Wait,
                At::End => return Step::End,
                At::Gap { is_trimmed: true, .. } if self.watches && self.seat.is_keyed() => {
                    return Step::Settle
                }
                At::Gap { is_trimmed: true, .. } if self.shared.backlog.is_some() => return Step::Below,
                At::Gap { id, lost, reason, next, .. } => {
                    self.place = next;
                    self.cursor = id;
                    if let Some(extra) = &mut self.extra {
                        extra.passed = None;
                        extra.newest.clear();
                    }
                    let lost = lost.filter(|_| self.wants.is_none());
                    return Step::Gap(Gap { reason, lost, resumes_after: id });
                }
                At::Event { id, topic, encoded } => {
                    self.place += 1;
                    self.cursor = id;
                    if self.extra.as_ref().and_then(|extra| extra.passed).is_some_and(|passed| id <= passed) {
                        continue;
                    }
                    match self.wants.as_deref() {
                        Some(Wants::Function(_)) => return Step::Ask(topic.cloned(), encoded.clone()),
                        Some(wants) if !wants.takes(topic.map(|topic| &**topic)) => {}
                        _ => {
                            self.sent = self.place;
                            return Step::Send(encoded.clone());
                        }
                    }
                }
            }
        }
    }

    fn take_first_gap(&mut self) -> Option<Gap> {
        let extra = self.extra.as_mut()?;
        if core::mem::take(&mut extra.has_gap) {
            extra.outcome
        } else {
            None
        }
    }

    fn report(&mut self, gap: Gap) -> Encoded {
        self.sent = self.place;
        let settings = self.shared.settings();
        let event = settings.gap_event(&gap);
        settings.observe(&Seen::Gap(gap));
        event
    }

    /// Keeps only the newest event of each topic of those still to be read.
    fn keep_newest(&mut self) {
        let left: Vec<_> = {
            let ring = self.shared.ring();
            let places = self.place..ring.next();
            places
                .filter_map(|place| match ring.at(place) {
                    At::Event { topic, .. } => Some((topic.cloned(), place)),
                    _ => None,
                })
                .collect()
        };
        let Some((_, last)) = left.last() else { return };
        let after = *last + 1;
        let wanted = left.into_iter().filter(|(topic, _)| self.takes(topic.as_deref()));
        let newest: BTreeMap<_, _> = wanted.collect();
        let mut newest: VecDeque<_> = newest.into_values().collect();
        newest.make_contiguous().sort_unstable();
        // Then it continues with events published since.
        if newest.back() != Some(&(after - 1)) {
            newest.push_back(after);
        }
        self.extra.get_or_insert_with(Box::default).newest = newest;
    }

    /// Makes a checkpoint, if the last ID the client was sent is old and newer ones exist.
    fn checkpoint(&mut self) -> Option<Encoded> {
        if self.sent == self.place {
            return None;
        }
        let id = {
            let ring = self.shared.ring();
            if self.sent != NEVER && self.sent >= ring.middle() {
                return None;
            }
            if self.place < ring.first() {
                // The place was dropped just now: the next step reports the gap.
                return None;
            }
            ring.id_before(self.place)
        };
        if !self.shared.settings().has_checkpoints {
            return None;
        }
        self.sent = self.place;
        Some(Event::new("").with_type("checkpoint").with_id(EventId::from(id)).into())
    }

    /// Reads from the log. `None` means that it has entered the ring, or ended.
    fn poll_below(&mut self, cx: &mut Context<'_>) -> Poll<Option<Encoded>> {
        let shared = Arc::clone(&self.shared);
        loop {
            let below = self.extra.as_mut().and_then(|extra| extra.below.as_mut());
            let (Some(below), Some(backlog)) = (below, &shared.backlog) else { return Poll::Ready(None) };
            if below.is_read() {
                let (last, generation) = (below.last(), below.generation());
                if self.enter(last, generation) {
                    return Poll::Ready(None);
                }
                // The ring does not reach down to it: read another page.
            }
            let Some(below) = self.extra.as_mut().and_then(|extra| extra.below.as_mut()) else { continue };
            let generation = shared.ring().generation();
            let Poll::Ready(item) = below.poll(backlog, generation, cx) else {
                // The log may never answer, so that closing the hub has to wake the follower. Registered before the
                // check, so that no close is missed.
                let _ = shared.waiters.wait(self.seat, cx.waker(), self.sent, || false);
                if shared.has_ended() {
                    self.is_over = true;
                    return Poll::Ready(shared.settings().farewell());
                }
                return Poll::Pending;
            };
            match item {
                Item::Page => {}
                Item::Entry { id, topic, encoded } => {
                    self.cursor = id;
                    if self.takes(topic.as_deref()) {
                        self.sent = self.place;
                        return Poll::Ready(Some(encoded));
                    }
                    self.sent = NEVER;
                }
                Item::Gap { id, lost, reason } => {
                    self.cursor = id;
                    if self.policy == GapPolicy::End {
                        self.is_over = true;
                        return Poll::Ready(None);
                    }
                    let lost = lost.filter(|_| self.wants.is_none());
                    return Poll::Ready(Some(self.report(Gap { reason, lost, resumes_after: id })));
                }
                Item::Refused => {
                    self.is_over = true;
                    return Poll::Ready(None);
                }
            }
        }
    }

    /// Enters the ring, if the ring holds the entry after this ID or will hold it.
    ///
    /// An ID above the ring may be waited for only if it was in the log in this generation of IDs. Otherwise every
    /// entry of a numbering that restarted would be skipped as old.
    fn enter(&mut self, after: LogId, generation: Option<u64>) -> bool {
        let ring = self.shared.ring();
        let (place, passed) = match ring.find(after) {
            Found::Place(place) | Found::Reset { place } => (place, None),
            // The client comes from a process whose ring was ahead of this one.
            _ if after > ring.newest() && generation == Some(ring.generation()) => (ring.next(), Some(after)),
            _ => return false,
        };
        drop(ring);
        self.place = place;
        self.cursor = after;
        if self.sent != NEVER {
            self.sent = place;
        }
        if let Some(extra) = &mut self.extra {
            extra.below = None;
            extra.passed = passed;
        }
        true
    }
}

impl Stream for Follow {
    type Item = Encoded;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Encoded>> {
        self.get_mut().poll_event(cx)
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.shared.waiters.leave(self.seat);
        self.shared.settings().observe(&Seen::Left);
    }
}

impl fmt::Debug for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow")
            .field("outcome", &self.outcome())
            .field("place", &self.place)
            .field("policy", &self.policy)
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

/// The place of a client that was sent no ID yet. It leaves the bit that marks a watching seat clear.
const NEVER: u64 = u64::MAX >> 2;

/// A follower records its place at its seat once every so many events.
const NOTE: u64 = 64;
