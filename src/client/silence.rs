//! `Silence`: the three limits on how long a connection may bring nothing.

use alloc::boxed::Box;
use core::fmt;
use core::task::{Context, Poll};
use core::time::Duration;

use sync_wrapper::SyncWrapper;

use super::end_mark::Predicate;
use crate::event::EventRef;
use crate::timer::{Alarm, Timer};

/// A connection brought nothing for too long: which limit, when, and what had come until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    limit: TimeoutLimit,
    phase: Phase,
    after: Duration,
    bytes: u64,
    events: u64,
}

/// The limit that a [`Timeout`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeoutLimit {
    /// No byte came, not even a comment: `with_idle_timeout`.
    Idle,
    /// No event came that counts as progress: `with_event_timeout`.
    Event,
    /// The first event did not come: `with_first_event_timeout`.
    FirstEvent,
}

/// How far a connection was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The request was sent, and no response had come. Only an [`EventSource`](super::EventSource) knows this phase.
    BeforeResponse,
    /// The response had come, and no event.
    BeforeFirstEvent,
    /// At least one event had come.
    BetweenEvents,
}

impl Timeout {
    /// The limit that was reached.
    #[must_use]
    pub fn limit(&self) -> TimeoutLimit {
        self.limit
    }

    /// How far the connection was. Before the first event, asking again repeats nothing that was seen.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The limit in time.
    #[must_use]
    pub fn after(&self) -> Duration {
        self.after
    }

    /// How many bytes of the connection had come.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many events of the connection had come.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Timeout { limit, phase, after, bytes, events } = self;
        let missing = match (phase, limit) {
            (Phase::BeforeResponse, _) => return write!(f, "no response for {after:?}"),
            (_, TimeoutLimit::Idle) => "data",
            (_, TimeoutLimit::Event) => "event",
            (_, TimeoutLimit::FirstEvent) => "first event",
        };
        write!(f, "no {missing} for {after:?} (after {bytes} bytes and {events} events)")
    }
}

/// The limits, and the alarms that watch them. They run only while somebody waits for the connection, so that a slow
/// reader is not taken for a silent server.
#[derive(Default)]
pub(super) struct Silence {
    idle: Option<(Duration, Timer)>,
    event: Option<(Duration, Timer)>,
    first_event: Option<(Duration, Timer)>,
    is_progress: Option<SyncWrapper<Predicate>>,
    idle_alarm: Alarm,
    event_alarm: Alarm,
    /// Of this connection, that count as progress.
    progress: u64,
}

impl Silence {
    pub(super) fn limit_idle(&mut self, after: Duration, timer: Timer) {
        self.idle = limit(after, timer);
    }

    pub(super) fn limit_events(&mut self, after: Duration, timer: Timer) {
        self.event = limit(after, timer);
    }

    pub(super) fn limit_first_event(&mut self, after: Duration, timer: Timer) {
        self.first_event = limit(after, timer);
    }

    pub(super) fn count_events_if(&mut self, is_progress: Predicate) {
        self.is_progress = Some(SyncWrapper::new(is_progress));
    }

    /// Whether events have to be reported.
    pub(super) fn watches_events(&self) -> bool {
        self.event.is_some() || self.first_event.is_some()
    }

    /// A connection begins.
    pub(super) fn begin(&mut self) {
        self.idle_alarm.unset();
        self.event_alarm.unset();
        self.progress = 0;
    }

    /// Bytes came.
    #[inline]
    pub(super) fn on_bytes(&mut self) {
        self.idle_alarm.unset();
    }

    /// An event came, or a piece of one.
    pub(super) fn on_event(&mut self, event: Option<EventRef<'_>>) {
        let is_progress = match (&mut self.is_progress, event) {
            (Some(is_progress), Some(event)) => is_progress.get_mut()(event),
            _ => true,
        };
        if is_progress {
            self.progress += 1;
            self.event_alarm.unset();
        }
    }

    /// Returns the limit that has been reached. Called when there is nothing to read.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        phase: Phase,
        bytes: u64,
        events: u64,
    ) -> Poll<Timeout> {
        let (event, event_limit) = match (&self.first_event, &self.event) {
            (Some(first), _) if self.progress == 0 => (Some(first), TimeoutLimit::FirstEvent),
            (_, event) => (event.as_ref(), TimeoutLimit::Event),
        };
        // Before the response, the limit on bytes is the one on the response.
        let event = if phase == Phase::BeforeResponse { None } else { event };
        let reached = |limit, after| Poll::Ready(Timeout { limit, phase, after, bytes, events });
        if let Some(after) = poll_limit(self.idle.as_ref(), &mut self.idle_alarm, cx) {
            return reached(TimeoutLimit::Idle, after);
        }
        if let Some(after) = poll_limit(event, &mut self.event_alarm, cx) {
            return reached(event_limit, after);
        }
        Poll::Pending
    }
}

fn limit(after: Duration, timer: Timer) -> Option<(Duration, Timer)> {
    (after != Duration::MAX).then_some((after, timer))
}

fn poll_limit(
    limit: Option<&(Duration, Timer)>,
    alarm: &mut Alarm,
    cx: &mut Context<'_>,
) -> Option<Duration> {
    let (after, timer) = limit?;
    if !alarm.is_set() {
        alarm.set(timer, *after);
    }
    alarm.poll(cx).is_ready().then_some(*after)
}

impl fmt::Debug for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |limit: &Option<(Duration, Timer)>| limit.as_ref().map(|(after, _)| *after);
        f.debug_struct("Silence")
            .field("idle", &time(&self.idle))
            .field("event", &time(&self.event))
            .field("first_event", &time(&self.first_event))
            .finish_non_exhaustive()
    }
}

impl<E> From<Timeout> for super::StreamError<E> {
    fn from(timeout: Timeout) -> Self {
        super::StreamError::Timeout(Box::new(timeout))
    }
}
