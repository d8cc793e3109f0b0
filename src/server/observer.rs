//! `BodySummary`: the report about a finished `EventBody`.

use core::ops::Sub;
use core::time::Duration;

/// A summary of what an [`EventBody`](crate::server::EventBody) sent and why it ended, reported by
/// [`with_observer`](crate::server::EventBody::with_observer).
///
/// "Sent" means passed to the server. Only the client knows what it has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodySummary {
    /// The reason for the end.
    pub end: BodyEnd,
    /// The time from the call of `with_observer` to the end.
    pub duration: Duration,
    /// The time from the call of `with_observer` to the first chunk; `None` if none was sent.
    pub first_byte: Option<Duration>,
    /// The time from the call of `with_observer` to the chunk with the first event; `None` if there was none.
    pub first_event: Option<Duration>,
    /// The number of items sent: items of the stream, the last event, the farewell and the error event, but no
    /// heartbeats.
    pub events: u64,
    /// The number of bytes sent, heartbeats included.
    pub bytes: u64,
    /// The number of heartbeats sent.
    pub heartbeats: u64,
}

/// The reason why an [`EventBody`](crate::server::EventBody) ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyEnd {
    /// The stream ended.
    Complete,
    /// The stream yielded an error, whether or not the client was sent an event for it.
    Error,
    /// The future of [`with_shutdown`](crate::server::EventBody::with_shutdown) completed.
    Shutdown,
    /// The body reached its [`with_max_age`](crate::server::KeepAlive::with_max_age).
    MaxAge,
    /// The server dropped the body before its end: the client is gone, the server aborted the response, or the body
    /// panicked.
    Dropped,
}

/// The notifications from a body to its observer.
pub(super) trait Observe: Send {
    /// Records a chunk with this number of events.
    fn sent(&mut self, bytes: usize, events: usize);

    /// Records a heartbeat.
    fn beat(&mut self, bytes: usize);

    /// Records why the body ended. The body drops the observer next.
    fn end(&mut self, why: BodyEnd);
}

/// Counts, and reports on drop.
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
        // The clock is read only for the first chunk and the first event.
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
