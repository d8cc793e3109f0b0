//! `Silence`: the three timeouts of a silent connection.

use alloc::boxed::Box;
use core::fmt;
use core::task::{Context, Poll};
use core::time::Duration;

use sync_wrapper::SyncWrapper;

use super::threads::Judges;
use crate::event::EventRef;
use crate::timer::{Alarm, Timer};

/// A timeout of a silent connection: which limit, when, and how much had arrived by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    limit: TimeoutLimit,
    phase: Phase,
    after: Duration,
    bytes: u64,
    events: u64,
}

/// The limit that caused a [`Timeout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeoutLimit {
    /// No response arrived: `with_response_timeout`.
    Response,
    /// No byte arrived, not even of a comment: `with_idle_timeout`.
    Idle,
    /// No event arrived that counts as progress: `with_event_timeout`.
    Event,
    /// The first event that counts as progress did not arrive: `with_first_event_timeout`.
    FirstEvent,
}

/// The progress of a connection at a [`Timeout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The request was sent, but no response had arrived. Reported only by an [`EventSource`](super::EventSource).
    BeforeResponse,
    /// The response had arrived, but no event.
    BeforeFirstEvent,
    /// At least one event had arrived.
    BetweenEvents,
}

impl Timeout {
    /// Returns the limit that was reached.
    #[must_use]
    pub fn limit(&self) -> TimeoutLimit {
        self.limit
    }

    /// Returns the progress of the connection. Before the first event, a repeated request cannot repeat events already
    /// seen.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns the duration of the limit.
    #[must_use]
    pub fn after(&self) -> Duration {
        self.after
    }

    /// Returns the number of bytes of the connection that had arrived.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the number of events of the connection that had arrived.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Timeout { limit, phase, after, bytes, events } = self;
        let missing = match (phase, limit) {
            (Phase::BeforeResponse, _) | (_, TimeoutLimit::Response) => {
                return write!(f, "no response for {after:?}")
            }
            (_, TimeoutLimit::Idle) => "data",
            (_, TimeoutLimit::Event) => "event",
            (_, TimeoutLimit::FirstEvent) => "first event",
        };
        write!(f, "no {missing} for {after:?} (after {bytes} bytes and {events} events)")
    }
}

/// The limits and their alarms. Alarms run only while a caller waits for the connection, so that a slow reader is not
/// taken for a silent server.
pub(super) struct Silence<K: Judges> {
    /// `None` if the idle limit applies to the response too.
    response: Option<Limit>,
    idle: Limit,
    event: Limit,
    first_event: Limit,
    is_progress: Option<SyncWrapper<Box<K::Judge>>>,
    idle_alarm: Alarm,
    event_alarm: Alarm,
    /// The number of events on this connection that count as progress.
    progress: u64,
    /// The number of events and other frames in a row that do not.
    stalled: u32,
}

impl<K: Judges> Silence<K> {
    pub(super) fn unlimited() -> Self {
        Silence {
            response: None,
            idle: None,
            event: None,
            first_event: None,
            is_progress: None,
            idle_alarm: Alarm::default(),
            event_alarm: Alarm::default(),
            progress: 0,
            stalled: 0,
        }
    }

    pub(super) fn limit_response(&mut self, after: Duration, timer: Timer) {
        self.response = Some(limit(after, timer));
    }

    pub(super) fn limit_idle(&mut self, after: Duration, timer: Timer) {
        self.idle = limit(after, timer);
    }

    pub(super) fn limit_events(&mut self, after: Duration, timer: Timer) {
        self.event = limit(after, timer);
    }

    pub(super) fn limit_first_event(&mut self, after: Duration, timer: Timer) {
        self.first_event = limit(after, timer);
    }

    pub(super) fn count_events_if(&mut self, is_progress: Box<K::Judge>) {
        self.is_progress = Some(SyncWrapper::new(is_progress));
    }

    /// Returns whether events must be reported.
    pub(super) fn watches_events(&self) -> bool {
        self.event.is_some() || self.first_event.is_some()
    }

    /// Resets the alarms for a new connection.
    pub(super) fn begin(&mut self) {
        self.idle_alarm.unset();
        self.event_alarm.unset();
        self.progress = 0;
        self.stalled = 0;
    }

    /// Records that bytes arrived.
    #[inline]
    pub(super) fn on_bytes(&mut self) {
        self.idle_alarm.unset();
    }

    /// Records that an event, or a piece of one, arrived.
    #[inline]
    pub(super) fn on_event(&mut self, event: Option<EventRef<'_>>) {
        let is_progress = match (&mut self.is_progress, event) {
            (Some(is_progress), Some(event)) => is_progress.get_mut()(event),
            _ => true,
        };
        if is_progress {
            self.progress += 1;
            self.stalled = 0;
            self.event_alarm.unset();
        } else {
            self.on_other_frame();
        }
    }

    /// Records that something arrived that is not progress and is returned too, such as a comment.
    pub(super) fn on_other_frame(&mut self) {
        self.stalled = self.stalled.saturating_add(1);
    }

    /// Returns whether the limits must be polled although there is something to read: what is not progress may come so
    /// fast that nobody ever waits.
    pub(super) fn is_flooded(&mut self) -> bool {
        let is_flooded = self.stalled >= MOST_STALLED;
        if is_flooded {
            self.stalled = 0;
        }
        is_flooded
    }

    /// Returns the limit that has been reached, if any. Called when there is nothing to read.
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
        let (idle, idle_limit) = match (phase, &self.response) {
            (Phase::BeforeResponse, Some(response)) => (response, TimeoutLimit::Response),
            _ => (&self.idle, TimeoutLimit::Idle),
        };
        let reached = |limit, after| Poll::Ready(Timeout { limit, phase, after, bytes, events });
        if let Some(after) = poll_limit(idle.as_ref(), &mut self.idle_alarm, cx) {
            return reached(idle_limit, after);
        }
        if let Some(after) = poll_limit(event, &mut self.event_alarm, cx) {
            return reached(event_limit, after);
        }
        Poll::Pending
    }
}

/// A time and what measures it; `None` for no limit.
type Limit = Option<(Duration, Timer)>;

fn limit(after: Duration, timer: Timer) -> Limit {
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
    alarm.poll_after_others(cx).is_ready().then_some(*after)
}

/// 256: many more than are read at once from a server that sends them in between.
const MOST_STALLED: u32 = 256;

impl<K: Judges> fmt::Debug for Silence<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |limit: &Limit| limit.as_ref().map(|(after, _)| *after);
        f.debug_struct("Silence")
            .field("response", &self.response.as_ref().map(time))
            .field("idle", &time(&self.idle))
            .field("event", &time(&self.event))
            .field("first_event", &time(&self.first_event))
            .finish_non_exhaustive()
    }
}
