//! `Resume`: resuming a stream with the user's own cursor.

use alloc::boxed::Box;
use core::fmt;
use std::error::Error;

use bytes::Bytes;
use http::Request;
use sync_wrapper::SyncWrapper;

use crate::event::EventRef;

/// The functions of [`with_resume`](crate::client::EventSource::with_resume) and the current cursor.
pub(super) struct Resume<H: ?Sized>(SyncWrapper<Box<H>>);

pub trait Hook {
    fn on_event(&mut self, event: EventRef<'_>);
    fn request(&mut self, first: Request<Bytes>) -> Option<Request<Bytes>>;
}

/// The cursor, and the two functions about it.
#[allow(missing_debug_implementations)]
pub struct Functions<C, F, G> {
    cursor: Option<C>,
    cursor_of: F,
    request_for: G,
}

impl<C, F, G> Hook for Functions<C, F, G>
where
    F: FnMut(EventRef<'_>) -> Option<C>,
    G: FnMut(Option<&C>, Request<Bytes>) -> Option<Request<Bytes>>,
{
    fn on_event(&mut self, event: EventRef<'_>) {
        if let Some(cursor) = (self.cursor_of)(event) {
            self.cursor = Some(cursor);
        }
    }

    fn request(&mut self, first: Request<Bytes>) -> Option<Request<Bytes>> {
        (self.request_for)(self.cursor.as_ref(), first)
    }
}

impl<C, F, G> Functions<C, F, G> {
    pub(super) fn new(cursor_of: F, request_for: G) -> Self {
        Functions { cursor: None, cursor_of, request_for }
    }
}

impl<H: Hook + ?Sized> Resume<H> {
    pub(super) fn new(hook: Box<H>) -> Self {
        Resume(SyncWrapper::new(hook))
    }

    /// Updates the cursor when an event is returned.
    pub(super) fn on_event(&mut self, event: EventRef<'_>) {
        self.0.get_mut().on_event(event);
    }

    /// Returns the request that resumes the stream, if there is one.
    pub(super) fn request(&mut self, first: Request<Bytes>) -> Option<Request<Bytes>> {
        self.0.get_mut().request(first)
    }
}

/// An error by which the function that sends reports that there is nothing to resume: no request is sent, and the
/// source ends. If the previous connection was lost and its error was not an item, that error is the last item;
/// otherwise the source ends without an error.
///
/// ```
/// use bytes::Bytes;
/// use eventwire::client::{EventSource, NothingToResume};
/// use http::{Request, Response};
/// # use std::error::Error;
/// # async fn sent(_: Request<Bytes>) -> Result<Response<String>, Box<dyn Error + Send + Sync>> {
/// #     Ok(Response::builder().header("content-type", "text/event-stream").body("data: a\n\n".into())?)
/// # }
///
/// # async fn read() -> Result<(), eventwire::client::EventSourceError> {
/// let mut was_sent = false;
/// let send = move |request: Request<Bytes>| {
///     let is_first = !std::mem::replace(&mut was_sent, true);
///     let may_send = is_first || request.headers().contains_key("last-event-id");
///     async move { if may_send { sent(request).await } else { Err(NothingToResume.into()) } }
/// };
/// let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
/// let mut source = EventSource::new(request, send, tokio::time::sleep);
/// # let mut source = source.with_reconnect(eventwire::client::reconnect::Policy::new().with_delay(Default::default()));
/// assert_eq!(source.next_event().await?.unwrap().data(), "a");
/// assert!(source.next_event().await?.is_none());                // it had no ID
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read()).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NothingToResume;

impl fmt::Display for NothingToResume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is nothing to resume")
    }
}

impl Error for NothingToResume {}
