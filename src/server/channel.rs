//! `EventBody::channel`: a body fed by another task.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{ready, Context, Poll};
use std::error::Error;

use futures_core::Stream;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::Semaphore;

use super::EventBody;
use crate::encode::Encoded;

/// The sending half of [`EventBody::channel`].
///
/// Each body has exactly one sender; tasks share it by reference, or in an `Arc`, whose `Arc::into_inner` returns it. To
/// end the stream normally, call [`finish`](Self::finish). If the sender is dropped first, by an early `?` or a panic,
/// the stream ends with an error, so that no client takes a partial answer for a complete one.
#[derive(Debug)]
#[must_use = "dropping it without `finish` ends the stream with an error"]
pub struct EventSender {
    sender: mpsc::Sender<Encoded>,
    is_finished: Arc<AtomicBool>,
}

/// The stream of events in the body that [`EventBody::channel`] creates.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct EventReceiver {
    receiver: mpsc::Receiver<Encoded>,
    is_finished: Arc<AtomicBool>,
    has_failed: bool,
}

impl EventBody<EventReceiver> {
    /// Creates a body whose events are sent by another task, and the sender for it.
    ///
    /// The channel buffers up to `capacity` events for a client that reads slowly; when it is full,
    /// [`EventSender::send`] waits. A capacity of 0 counts as 1. Events are encoded by the sending task.
    ///
    /// ```
    /// use eventwire::server::EventBody;
    /// use eventwire::Event;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let (sender, body) = EventBody::channel(16);
    /// tokio::spawn(async move {
    ///     for word in ["Hel", "lo"] {
    ///         // An error means that the client is gone: there is no one left to send to.
    ///         sender.send(Event::new(word)).await?;
    ///     }
    ///     sender.finish();
    ///     Ok::<_, eventwire::server::SendError>(())
    /// });
    /// let body = body.with_last_event(Event::new("[DONE]"));
    /// # use http_body_util::BodyExt;
    /// # let text = body.collect().await.unwrap().to_bytes();
    /// # assert_eq!(text, ":\ndata: Hel\n\ndata: lo\n\ndata: [DONE]\n\n");
    /// # });
    /// ```
    pub fn channel(capacity: usize) -> (EventSender, Self) {
        let (sender, receiver) = mpsc::channel(capacity.clamp(1, Semaphore::MAX_PERMITS));
        let is_finished = Arc::new(AtomicBool::new(false));
        let events = EventReceiver { receiver, is_finished: Arc::clone(&is_finished), has_failed: false };
        (EventSender { sender, is_finished }, EventBody::new(events))
    }
}

impl EventSender {
    /// Sends an event, waiting for free capacity.
    ///
    /// Cancel-safe: if the future is dropped before it completes, nothing was sent.
    ///
    /// # Errors
    ///
    /// Returns an error if the body was dropped: the client is gone, or the body has ended.
    pub async fn send(&self, event: impl Into<Encoded>) -> Result<(), SendError> {
        self.sender.send(event.into()).await.map_err(|_| SendError(Kind::Closed))
    }

    /// Sends an event if the channel has free capacity, without waiting.
    ///
    /// ```
    /// use eventwire::server::EventBody;
    /// use eventwire::Event;
    ///
    /// let (sender, body) = EventBody::channel(1);
    /// sender.try_send(Event::new("a"))?;
    /// assert!(sender.try_send(Event::new("b")).unwrap_err().is_full());
    /// drop(body);
    /// assert!(sender.try_send(Event::new("c")).unwrap_err().is_closed());
    /// # sender.finish();
    /// # Ok::<_, eventwire::server::SendError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the client reads too slowly and the channel is full, or if the body was dropped.
    pub fn try_send(&self, event: impl Into<Encoded>) -> Result<(), SendError> {
        self.sender.try_send(event.into()).map_err(|error| match error {
            TrySendError::Full(_) => SendError(Kind::Full),
            TrySendError::Closed(_) => SendError(Kind::Closed),
        })
    }

    /// Waits until the body is dropped: the client is gone, or the body has ended.
    ///
    /// How soon a disconnect is noticed depends on the server: see [`KeepAlive`](super::KeepAlive).
    ///
    /// ```
    /// use eventwire::server::EventBody;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let (sender, body) = EventBody::channel(16);
    /// drop(body);
    /// sender.closed().await;
    /// assert!(sender.is_closed());
    /// # });
    /// ```
    pub async fn closed(&self) {
        self.sender.closed().await;
    }

    /// Returns whether the body was dropped.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Ends the stream normally, after the events already sent and the event of
    /// [`with_last_event`](EventBody::with_last_event).
    pub fn finish(self) {
        // The receiver loads the flag after it has seen that the sender is gone.
        self.is_finished.store(true, Ordering::Release);
    }
}

impl Stream for EventReceiver {
    type Item = Result<Encoded, SenderDropped>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(event) = ready!(self.receiver.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(event)));
        }
        if self.has_failed || self.is_finished.load(Ordering::Acquire) {
            return Poll::Ready(None);
        }
        self.has_failed = true;
        Poll::Ready(Some(Err(SenderDropped(()))))
    }
}

/// An error returned when an [`EventSender`] could not send.
#[derive(Debug)]
pub struct SendError(Kind);

#[derive(Debug)]
enum Kind {
    Closed,
    Full,
    Value(Box<dyn Error + Send + Sync>),
}

impl SendError {
    // Used only with the feature `json`.
    #[allow(dead_code)]
    pub(super) fn value(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        SendError(Kind::Value(error.into()))
    }

    /// Returns whether the body was dropped: the client is gone, or the body has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.0, Kind::Closed)
    }

    /// Returns whether the channel is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.0, Kind::Full)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Closed => "the client is gone",
            Kind::Full => "the client reads too slowly: the channel is full",
            Kind::Value(_) => "the value cannot be serialized as JSON",
        })
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Kind::Closed | Kind::Full => None,
            Kind::Value(error) => Some(&**error),
        }
    }
}

/// The error of a body whose [`EventSender`] was dropped before [`finish`](EventSender::finish) was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderDropped(());

impl fmt::Display for SenderDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender was dropped before it finished the stream")
    }
}

impl Error for SenderDropped {}
