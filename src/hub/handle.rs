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

/// Publishes each event to any number of followers, and keeps a history of recent events. Clones share one hub.
///
/// An event is encoded once. A follower is a cursor into the history, not a queue. The hub has no task, thread, runtime
/// or clock of its own.
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
///         println!("a client reconnected too late: {:?} events lost", gap.lost());
///     }
///     eventwire::server::response(EventBody::new(follow))
/// };
/// assert_eq!(news(None).status(), 200);
/// ```
///
/// # Guarantees
///
/// - A follower yields each event it subscribed to once and in order, or reports a gap. No event is dropped silently:
///   [`GapPolicy`](super::GapPolicy).
/// - Publishing costs one wake-up for each waiting follower. A slow follower delays neither the publisher nor another
///   follower, and a waker that panics does not stop the others from being woken.
/// - Events published before a woken follower is polled cost no further wake-ups, and those of one
///   [`publish_all`](Self::publish_all) never cost more than one.
/// - Event IDs have the form `epoch-number`. The epoch is random, or set with [`with_epoch`](Self::with_epoch), so the
///   hub recognizes IDs of an earlier process.
/// - Any last event ID from a client leads to one of the [`Outcome`](super::Outcome)s, never to a panic or an endless
///   wait.
/// - Memory is bounded: the history by [`with_history_bytes`](Self::with_history_bytes), each follower by 128 bytes,
///   the hub itself by 4 KiB. Events that a slow socket still holds after the history has dropped them count as memory
///   of the server, not of the hub.
/// - A follower occasionally sends a checkpoint, an event of type `checkpoint` with an ID and empty data, so that a
///   client that receives few events still resumes from a recent position. Clients that handle every event type can
///   ignore it, or the server can turn checkpoints off with [`without_checkpoints`](Self::without_checkpoints).
/// - Dropping the last clone closes the hub and ends its followers.
pub struct Hub<K = Local> {
    pub(super) shared: Arc<Shared>,
    pub(super) kind: K,
}

/// The kind of a [`Hub`] within one process: its history is in memory, and publishing is immediate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local(());

impl Hub {
    /// Creates a hub with an empty history and a random epoch.
    #[must_use]
    pub fn new() -> Self {
        Hub::with_epoch(epoch())
    }

    /// Creates a hub whose event IDs start with `epoch`: a number that no earlier hub with the same clients used, such
    /// as a persistent count of restarts.
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

    /// Publishes an event without a topic and returns its ID. Followers of [topics](Follow::with_topics) do not get it.
    ///
    /// The ID replaces the event's own. A closed hub drops the event and returns the ID of its last one.
    pub fn publish(&self, event: Event) -> EventId {
        self.id_or_newest(self.shared.publish(None, event))
    }

    /// Publishes an event under a topic and returns its ID.
    ///
    /// Passing a clone of a [`Topic`] avoids allocating it for each event.
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
        self.id_or_newest(self.shared.publish(Some(topic.into()), event))
    }

    /// Publishes events without a topic in one step, and returns the ID of the last one.
    ///
    /// No follower sees only some of them: they cost one wake-up, and an [`EventBody`](crate::server::EventBody) sends
    /// them in one chunk, up to its size. The iterator is read to its end first. Without an event, nothing happens, and
    /// the ID is that of the hub's last event.
    ///
    /// ```
    /// use eventwire::hub::Hub;
    /// use eventwire::Event;
    ///
    /// let hub = Hub::with_epoch(3);
    /// assert_eq!(hub.publish_all(["ordered", "paid"].map(Event::new)), "3-2");
    /// ```
    pub fn publish_all(&self, events: impl IntoIterator<Item = Event>) -> EventId {
        self.id_or_newest(self.shared.publish_all(None, events.into_iter().collect()))
    }

    /// Publishes events under a topic in one step, as [`publish_all`](Self::publish_all) does, and returns the ID of the
    /// last one.
    ///
    /// ```
    /// use eventwire::hub::Hub;
    /// use eventwire::Event;
    ///
    /// let hub = Hub::with_epoch(3);
    /// let status = ["ordered", "paid"].map(|status| Event::new(status).with_type("status"));
    /// assert_eq!(hub.publish_all_to("order-7", status), "3-2");
    /// ```
    pub fn publish_all_to(
        &self,
        topic: impl Into<Topic>,
        events: impl IntoIterator<Item = Event>,
    ) -> EventId {
        self.id_or_newest(self.shared.publish_all(Some(&topic.into()), events.into_iter().collect()))
    }

    fn id_or_newest(&self, id: Option<LogId>) -> EventId {
        id.unwrap_or_else(|| self.shared.ring().newest()).into()
    }

    /// Returns a new follower that begins at a [`Start`]: now, the oldest event, the last *n* events, or after the last
    /// event ID of a client.
    ///
    /// [`Follow::outcome`] tells immediately whether the client has missed events.
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

    /// Limits the number of events in the history; default: 4,096, minimum: 1.
    #[must_use]
    pub fn with_history(self, events: usize) -> Self {
        self.shared.limit(|limits| limits.events = events);
        self
    }

    /// Limits the size of the history in bytes; default: 8 MiB. The newest event always stays.
    ///
    /// An event counts with its bytes on the wire, those of its topic, and 256 for its slot. The history drops its
    /// oldest events when it exceeds this limit or that of [`with_history`](Self::with_history). A dropped event that
    /// is being written to a socket stays in memory until it is written.
    #[must_use]
    pub fn with_history_bytes(self, bytes: usize) -> Self {
        self.shared.limit(|limits| limits.bytes = bytes);
        self
    }

    /// Limits the age of events in the history; default: unlimited. `clock` returns the time elapsed since a fixed
    /// moment of your choice.
    ///
    /// The hub has no timer: old events are dropped when another is published, when a follower begins, and by
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

    /// Sets the event that reports a gap; default: type `gap` and data such as `{"reason":"forgotten","lost":12}`.
    ///
    /// The hub replaces its ID by the one after which the follower continues, so that a reconnect does not meet the
    /// same gap again.
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

    /// Turns checkpoints off, for clients that cannot ignore an unknown event type.
    ///
    /// Without them, a client that receives few events may reconnect with an ID the history has dropped, and meets a
    /// gap; a client that is disconnected before its first event starts afresh.
    #[must_use]
    pub fn without_checkpoints(self) -> Self {
        self.shared.change(|settings| settings.has_checkpoints = false);
        self
    }

    /// Sets an event that every follower sends last when the hub is closed; default: none.
    #[must_use]
    pub fn with_farewell(self, event: Event) -> Self {
        self.shared.change(|settings| settings.farewell = Some(event));
        self
    }

    /// Sets the range of reconnection times for clients of a closed hub; default: 1 to 5 s.
    ///
    /// Each follower ends with a random `retry` from this range, which keeps the clients from reconnecting all
    /// together.
    #[must_use]
    pub fn with_reconnection_times(self, range: RangeInclusive<Duration>) -> Self {
        self.shared.change(|settings| settings.spread = Some(range));
        self
    }

    /// Sets a function to be called with each [`Seen`], for metrics. It runs on the thread that publishes or polls, and
    /// holds no lock of the hub. A panic in it is caught, and delivery goes on.
    #[must_use]
    pub fn with_observer(self, observer: impl Fn(&Seen) + Send + Sync + 'static) -> Self {
        self.shared.change(|settings| settings.observer = Some(Arc::new(observer)));
        self
    }

    /// Drops events older than [`with_max_age`](Self::with_max_age) allows; call it from a timer of your own.
    pub fn forget_old(&self) {
        self.shared.forget_old();
    }

    /// Closes the hub. Every follower, present or future, yields the rest of the history and the farewell with its
    /// reconnection time, and ends. A follower that waits for a log ends without the rest: its client resumes elsewhere.
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

    /// Returns current counts. The call visits every follower, so make it every few seconds, not for every event.
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
    /// The shared state of a hub over a log, which shows the entries after `tail`.
    pub(super) fn after(tail: LogId, backlog: Backlog) -> Self {
        let ring = Ring::new(tail, false, LIMITS);
        Shared::new(ring, Waiters::new(SLABS, KEYED_SLABS), Settings::default(), Some(backlog))
    }

    /// Finds where a follower begins, as far as the ring alone can tell.
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

/// 4,096 events and 8 MiB: some minutes of a busy hub, and little memory for a server.
const LIMITS: Limits = Limits { events: 4096, bytes: 8 << 20, age: Duration::MAX };

/// Locks for the followers of all events: 16 are enough to make contention between threads rare.
const SLABS: usize = 16;

/// Locks for the followers of a single topic: an event visits a 64th of them.
const KEYED_SLABS: usize = 64;
