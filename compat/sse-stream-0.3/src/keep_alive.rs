//! Keep-alive comments for idle connections.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use pin_project_lite::pin_project;

use crate::wire::comment;

/// A timer of any runtime.
pub trait Timer: Future<Output = ()> {
    /// Sets when it is ready next, even if it was ready before.
    fn reset(self: Pin<&mut Self>, instant: Instant);

    /// Creates a timer that is ready after this time.
    fn from_duration(duration: Duration) -> Self;
}

/// A timer that is never ready.
pub struct NeverTimer;

impl Future for NeverTimer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}

impl Timer for NeverTimer {
    fn from_duration(_: Duration) -> Self {
        NeverTimer
    }

    fn reset(self: Pin<&mut Self>, _: Instant) {}
}

/// What keeps an idle connection open: by default an empty comment after 15 s of silence.
#[derive(Clone, Debug)]
pub struct KeepAlive {
    pub(crate) event: Bytes,
    max_interval: Duration,
}

impl KeepAlive {
    /// Creates the default.
    pub fn new() -> Self {
        KeepAlive { event: Bytes::from_static(b":\n\n"), max_interval: INTERVAL }
    }

    /// Sets the time of silence. Default: 15 s.
    pub fn interval(mut self, time: Duration) -> Self {
        self.max_interval = time;
        self
    }

    /// Sets the comment to send, one for each line of the text.
    pub fn comment(mut self, text: &str) -> Self {
        self.event = comment(text);
        self
    }
}

impl Default for KeepAlive {
    fn default() -> Self {
        KeepAlive::new()
    }
}

/// 15 s: below the usual 30 to 60 s after which a proxy closes a silent connection.
const INTERVAL: Duration = Duration::from_secs(15);

pin_project! {
    /// A keep-alive and its timer.
    pub struct KeepAliveStream<T> {
        keep_alive: KeepAlive,
        #[pin]
        timer: T,
    }
}

impl<T: Timer> KeepAliveStream<T> {
    pub(crate) fn new(keep_alive: KeepAlive) -> Self {
        KeepAliveStream { timer: T::from_duration(keep_alive.max_interval), keep_alive }
    }

    /// Starts the time again, because something was sent.
    pub(crate) fn reset(self: Pin<&mut Self>) {
        let this = self.project();
        // A time beyond the clock's range is as good as a year.
        let now = Instant::now();
        this.timer.reset(now.checked_add(this.keep_alive.max_interval).unwrap_or(now + FAR));
    }

    pub(crate) fn poll_event(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Bytes> {
        ready!(self.as_mut().project().timer.poll(cx));
        self.as_mut().reset();
        Poll::Ready(self.keep_alive.event.clone())
    }
}

/// A year.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
