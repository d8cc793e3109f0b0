//! `Hub`: where events are published and followed.

use alloc::sync::Arc;
use core::fmt;
use core::ops::RangeInclusive;
use core::time::Duration;

use super::follow::{Beginning, Kind};
use super::log::Backlog;
use super::random::epoch;
use super::ring::{Found, Limits, Ring};
use super::settings::Settings;
use super::shared::Shared;
use super::waiters::Waiters;
use super::{Follow, Gap, GapReason, LogId, Seen, Start, Stats, Topic};
use crate::event::{Event, EventId};

/// Where events are published once, for any number of followers. Clones share it.
///
/// Each event is encoded once; a follower is a place in the history. No task, no thread, no runtime, no clock.
///
/// ```
/// use eventwire::hub::{Hub, Outcome, Start};
/// use eventwire::server::{EventBody, LastEventId};
/// use eventwire::Event;
///
/// let hub = Hub::new().with_history(4096).with_history_bytes(8 << 20);
/// hub.publish(Event::new("21.5").with_type("tick"));
///
/// // For each request:
/// let news = |seen: Option<LastEventId>| {
///     let follow = hub.follow(seen.as_ref());
///     if let Outcome::Gap(gap) = follow.outcome() {
///         println!("a client comes back too late: {:?}", gap.lost());
///     }
///     eventwire::server::response(EventBody::new(follow))
/// };
/// assert_eq!(news(None).status(), 200);
/// ```
///
/// # What to rely on
///
/// - A follower gets each event that it takes once, in order, or a report that some are missing. Nothing is dropped in
///   silence: [`GapPolicy`](super::GapPolicy).
/// - Publishing takes as long as waking who waits, however slow a follower is. None delays another, and a waker that
///   panics harms nobody.
/// - Several events that come before a follower is run again wake it once.
/// - Events have IDs `epoch-number`. The epoch is random, or given with [`with_epoch`](Self::with_epoch), so that an ID of
///   an earlier process is known as such.
/// - Whatever a client sends as its last event ID, the answer is a known outcome: never a panic, never a wait for
///   ever.
/// - The memory is bounded: the history by [`with_history_bytes`](Self::with_history_bytes), 128 bytes a follower, and
///   4 KiB for the hub. What slow sockets hold of events that the history has forgotten is not counted: it is the
///   server's.
/// - Now and then a follower sends a checkpoint: an event of type `checkpoint` with an ID and empty data, so that a quiet
///   client comes back to its place. A client that parses every event skips that type, or the server turns them off with
///   [`without_checkpoints`](Self::without_checkpoints).
/// - When the last clone is dropped, the hub is closed, and its followers end.
pub struct Hub<K = Local> {
    pub(super) shared: Arc<Shared>,
    pub(super) kind: K,
}

/// The kind of a [`Hub`] that is all there is: its history is in memory, and it publishes at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local(());

impl Hub {
    /// Makes a hub with an empty history and a random epoch.
    #[must_use]
    pub fn new() -> Self {
        Hub::with_epoch(epoch())
    }

    /// Makes a hub whose IDs begin with this number: one that no other hub with these clients had before, such as a
    /// count of starts that is kept.
    ///
    /// ```
    /// use eventwire::hub::Hub;
    /// use eventwire::Event;
    ///
    /// assert_eq!(Hub::with_epoch(3).publish(Event::new("21.5")), "3-1");
    /// ```
    #[must_use]
    pub fn with_epoch(epoch: u64) -> Self {
        Hub::of(epoch, Waiters::new(SLABS, KEYED_SLABS), Settings::default())
    }

    pub(super) fn of(epoch: u64, waiters: Waiters, settings: Settings) -> Self {
        let ring = Ring::new(LogId::new(epoch, 0), true, LIMITS);
        Hub::sharing(Arc::new(Shared::new(ring, waiters, settings, None)), Local(()))
    }

    /// Publishes an event for all who take everything, and returns its ID.
    ///
    /// The ID takes the place of the event's own. After the hub was closed, the event is dropped, and the ID is that of
    /// the last one before.
    pub fn publish(&self, event: Event) -> EventId {
        self.publish_event(None, event)
    }

    /// Publishes an event about something.
    ///
    /// A [`Topic`] that is kept by the caller is not allocated again.
    ///
    /// ```
    /// use eventwire::hub::{Hub, Start};
    /// use eventwire::Event;
    ///
    /// let hub = Hub::new();
    /// let cats = hub.follow(Start::Now).with_topics(["cats"]);
    /// hub.publish_to("cats", Event::new("Miso"));
    /// ```
    pub fn publish_to(&self, topic: impl Into<Topic>, event: Event) -> EventId {
        self.publish_event(Some(topic.into()), event)
    }

    fn publish_event(&self, topic: Option<Topic>, event: Event) -> EventId {
        match self.shared.publish(topic, event) {
            Some(id) => id.into(),
            None => self.shared.ring().newest().into(),
        }
    }

    /// Follows from a [`Start`]: now, the oldest event, the last so many, or the last event ID of a client.
    ///
    /// What the client may have missed is known at once: [`Follow::outcome`].
    ///
    /// ```
    /// use eventwire::hub::{GapReason, Hub, Outcome, Start};
    /// use eventwire::Event;
    ///
    /// let hub = Hub::new();
    /// let id = hub.publish(Event::new("a"));
    /// assert_eq!(hub.follow(Start::After(&id)).outcome(), Outcome::Resumed { missed: Some(0) });
    /// let Outcome::Gap(gap) = hub.follow(Start::After("no ID of this hub")).outcome() else { unreachable!() };
    /// assert_eq!(gap.reason(), GapReason::Unknown);
    /// ```
    pub fn follow<'a>(&self, start: impl Into<Start<'a>>) -> Follow {
        self.shared.forget_old();
        let beginning = self.shared.begin(start.into());
        Follow::new(Arc::clone(&self.shared), beginning)
    }
}

impl<K> Hub<K> {
    pub(super) fn sharing(shared: Arc<Shared>, kind: K) -> Self {
        shared.add_handle();
        Hub { shared, kind }
    }

    /// Keeps at most so many events for those who come back or are slow; default: 4,096, at least one.
    #[must_use]
    pub fn with_history(self, events: usize) -> Self {
        self.shared.limit(|limits| limits.events = events);
        self
    }

    /// Keeps at most so many bytes; default: 8 MiB. The newest event is kept, however large it is.
    ///
    /// What counts of an event are its bytes on the wire, those of its topic, and 256 for its place. With the oldest
    /// events above this or [`with_history`](Self::with_history), whichever is met first, the history forgets. An
    /// event that is forgotten while it is written to a socket lives until it is written.
    #[must_use]
    pub fn with_history_bytes(self, bytes: usize) -> Self {
        self.shared.limit(|limits| limits.bytes = bytes);
        self
    }

    /// Forgets events that are older than this; default: never. The clock is a function that returns the time since any
    /// moment.
    ///
    /// Nothing wakes up for it: old events go when another is published, when a follower begins, and at
    /// [`forget_old`](Self::forget_old).
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use eventwire::hub::Hub;
    ///
    /// let start = Instant::now();
    /// let hub = Hub::new().with_max_age(Duration::from_secs(3600), move || start.elapsed());
    /// ```
    #[must_use]
    pub fn with_max_age(self, age: Duration, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.shared.change(|settings| settings.clock = Some(Arc::new(clock)));
        self.shared.limit(|limits| limits.age = age);
        self
    }

    /// Sets the event that reports a gap; default: the type `gap`, and data like `{"reason":"forgotten","lost":12}`.
    ///
    /// It gets the ID after which following goes on, or every reconnect would meet the same gap.
    ///
    /// ```
    /// use eventwire::hub::Hub;
    /// use eventwire::Event;
    ///
    /// let hub = Hub::new().with_gap_event(|gap| Event::new(gap.reason().as_str()).with_type("reload"));
    /// ```
    #[must_use]
    pub fn with_gap_event(self, to_event: impl Fn(&Gap) -> Event + Send + Sync + 'static) -> Self {
        self.shared.change(|settings| settings.gap_event = Some(Arc::new(to_event)));
        self
    }

    /// Sends no checkpoints, for clients that cannot ignore an event of a type that they do not know.
    ///
    /// Then a client that takes little may find its last ID forgotten, and gets a gap; one that was cut off
    /// before its first event begins as a new one.
    #[must_use]
    pub fn without_checkpoints(self) -> Self {
        self.shared.change(|settings| settings.has_checkpoints = false);
        self
    }

    /// Sets the last event before the hub is closed; default: none.
    #[must_use]
    pub fn with_farewell(self, event: Event) -> Self {
        self.shared.change(|settings| settings.farewell = Some(event));
        self
    }

    /// Sets when clients come back after the hub was closed; default: within 1 to 5 s.
    ///
    /// Each is sent a reconnection time of its own from this range, so that they do not come back at the same
    /// moment.
    #[must_use]
    pub fn with_reconnection_times(self, range: RangeInclusive<Duration>) -> Self {
        self.shared.change(|settings| settings.spread = Some(range));
        self
    }

    /// Calls a function for what happens, for metrics. It runs where it happens, and no lock is held.
    #[must_use]
    pub fn with_observer(self, observer: impl Fn(&Seen) + Send + Sync + 'static) -> Self {
        self.shared.change(|settings| settings.observer = Some(Arc::new(observer)));
        self
    }

    /// Forgets what is older than [`with_max_age`](Self::with_max_age) allows, for a timer of the user.
    pub fn forget_old(&self) {
        self.shared.forget_old();
    }

    /// Closes the hub: every follower gets what is left of the history, the farewell with its reconnection time,
    /// and ends. So do followers that begin later.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::hub::Hub;
    /// use eventwire::Event;
    ///
    /// let hub = Hub::new()
    ///     .with_farewell(Event::new("back in a minute").with_type("shutdown"))
    ///     .with_reconnection_times(Duration::from_secs(5)..=Duration::from_secs(30));
    /// hub.close();
    /// ```
    pub fn close(&self) {
        self.shared.end(false);
    }

    /// Returns whether the hub is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.has_ended()
    }

    /// Counts followers and history. It looks at every follower: for once in some seconds.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let (followers, last) = self.shared.waiters.survey();
        let ring = self.shared.ring();
        Stats {
            followers,
            newest: ring.newest(),
            history_events: ring.len(),
            history_bytes: ring.bytes(),
            slowest: last.map_or(0, |last| ring.next().saturating_sub(last)),
        }
    }
}

impl Shared {
    /// What a hub shares that shows what comes after an ID of a log.
    pub(super) fn after(tail: LogId, backlog: Backlog) -> Self {
        let ring = Ring::new(tail, false, LIMITS);
        Shared::new(ring, Waiters::new(SLABS, KEYED_SLABS), Settings::default(), Some(backlog))
    }

    /// Where a follower begins, as far as the ring knows.
    pub(super) fn begin(&self, start: Start<'_>) -> Beginning {
        let ring = self.ring();
        let oldest = Beginning::at(Kind::Fresh, ring.first(), ring.id_before(ring.first()));
        match start {
            Start::Now => Beginning::at(Kind::Fresh, ring.next(), ring.newest()),
            Start::Oldest => oldest,
            Start::Last(count) => {
                let count64 = u64::try_from(count).unwrap_or(u64::MAX);
                let place = ring.next().saturating_sub(count64).max(ring.first());
                let last = Some(count);
                Beginning { last, ..Beginning::at(Kind::Fresh, place, ring.id_before(place)) }
            }
            Start::After(id) => {
                let found = LogId::parse(id).map_or(Found::Unknown, |id| ring.find(id));
                let (reason, lost) = match found {
                    Found::Place(place) => {
                        let missed = ring.next() - place;
                        let is_over = missed == 0 && ring.is_complete();
                        let kind = if is_over { Kind::Ended } else { Kind::Resumed };
                        return Beginning { missed, ..Beginning::at(kind, place, ring.id_before(place)) };
                    }
                    Found::Forgotten { lost } => (GapReason::Forgotten, Some(lost)),
                    Found::Reset { place } => {
                        let cursor = ring.id_before(place + 1);
                        let gap = Some(Gap { reason: GapReason::Reset, lost: None, resumes_after: cursor });
                        return Beginning { gap, ..Beginning::at(Kind::Gap, place + 1, cursor) };
                    }
                    Found::Unknown => (GapReason::Unknown, None),
                };
                let gap = Some(Gap { reason, lost, resumes_after: oldest.cursor });
                Beginning { gap, kind: Kind::Gap, ..oldest }
            }
        }
    }
}

impl Default for Hub {
    fn default() -> Self {
        Hub::new()
    }
}

impl<K: Clone> Clone for Hub<K> {
    fn clone(&self) -> Self {
        Hub::sharing(Arc::clone(&self.shared), self.kind.clone())
    }
}

impl<K> Drop for Hub<K> {
    fn drop(&mut self) {
        self.shared.drop_handle();
    }
}

impl<K> fmt::Debug for Hub<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.shared.ring();
        f.debug_struct("Hub")
            .field("newest", &ring.newest())
            .field("history_events", &ring.len())
            .field("is_closed", &ring.has_ended())
            .finish_non_exhaustive()
    }
}

/// 4,096 events and 8 MiB: some minutes of a busy hub, and no burden for a server.
const LIMITS: Limits = Limits { events: 4096, bytes: 8 << 20, age: Duration::MAX };

/// 16 locks for those who take everything: many more than there are processors at one.
const SLABS: usize = 16;

/// 64 for those who take one topic: an event looks at a 64th of them.
const KEYED_SLABS: usize = 64;
