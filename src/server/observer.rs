//! `BodySummary`: what an `EventBody` sent, and why it ended.

use core::ops::Sub;
use core::time::Duration;

/// What an [`EventBody`](crate::server::EventBody) sent, and why it ended: what
/// [`with_observer`](crate::server::EventBody::with_observer) reports.
///
/// Sent means: given to the server. What the client has received, only the client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodySummary {
    /// Why it ended.
    pub end: BodyEnd,
    /// From the call of `with_observer` to the end.
    pub duration: Duration,
    /// From the call of `with_observer` to the first chunk; None when the server took none.
    pub first_byte: Option<Duration>,
    /// From the call of `with_observer` to the chunk with the first event; None when there was none.
    pub first_event: Option<Duration>,
    /// Items that were sent: those of the stream, the last event, the farewell, the error event. Heartbeats are not
    /// among them.
    pub events: u64,
    /// Bytes that were sent, heartbeats included.
    pub bytes: u64,
    /// Heartbeats that were sent.
    pub heartbeats: u64,
}

/// Why an [`EventBody`](crate::server::EventBody) ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyEnd {
    /// The stream ended.
    Complete,
    /// The stream gave an error, whether the client was sent an event for it or not.
    Error,
    /// The future of [`with_shutdown`](crate::server::EventBody::with_shutdown) ended.
    Shutdown,
    /// The body reached its [`with_max_age`](crate::server::KeepAlive::with_max_age).
    MaxAge,
    /// The server dropped the body before its end: the client has gone, the server aborts, or a panic came out of the
    /// body.
    Dropped,
}

/// What a body tells its observer.
pub(super) trait Observe: Send {
    /// A chunk goes out, with so many events in it.
    fn sent(&mut self, bytes: usize, events: usize);

    /// A heartbeat goes out.
    fn beat(&mut self, bytes: usize);

    /// The body has ended, and drops the observer next.
    fn end(&mut self, why: BodyEnd);
}

/// Counts, and reports when it is dropped.
pub(super) struct Observed<N, I, F>
where
    N: Fn() -> I,
    I: Copy + Sub<Output = Duration>,
    F: FnOnce(BodySummary),
{
    now: N,
    began: I,
    summary: BodySummary,
    observer: Option<F>,
}

impl<N, I, F> Observed<N, I, F>
where
    N: Fn() -> I,
    I: Copy + Sub<Output = Duration>,
    F: FnOnce(BodySummary),
{
    pub(super) fn new(now: N, observer: F) -> Self {
        let summary = BodySummary {
            end: BodyEnd::Dropped,
            duration: Duration::ZERO,
            first_byte: None,
            first_event: None,
            events: 0,
            bytes: 0,
            heartbeats: 0,
        };
        Observed { began: now(), now, summary, observer: Some(observer) }
    }
}

impl<N, I, F> Observe for Observed<N, I, F>
where
    N: Fn() -> I + Send,
    I: Copy + Sub<Output = Duration> + Send,
    F: FnOnce(BodySummary) + Send,
{
    fn sent(&mut self, bytes: usize, events: usize) {
        self.summary.bytes += bytes as u64;
        self.summary.events += events as u64;
        let is_first_event = events > 0 && self.summary.first_event.is_none();
        // The clock is read for the first ones only.
        if self.summary.first_byte.is_none() || is_first_event {
            let elapsed = (self.now)() - self.began;
            self.summary.first_byte.get_or_insert(elapsed);
            if is_first_event {
                self.summary.first_event = Some(elapsed);
            }
        }
    }

    fn beat(&mut self, bytes: usize) {
        self.summary.bytes += bytes as u64;
        self.summary.heartbeats += 1;
    }

    fn end(&mut self, why: BodyEnd) {
        self.summary.end = why;
    }
}

impl<N, I, F> Drop for Observed<N, I, F>
where
    N: Fn() -> I,
    I: Copy + Sub<Output = Duration>,
    F: FnOnce(BodySummary),
{
    fn drop(&mut self) {
        let Some(observer) = self.observer.take() else { return };
        let duration = (self.now)() - self.began;
        observer(BodySummary { duration, ..self.summary });
    }
}
