//! rocket 0.5: a route returns an [`EventBody`] and takes an `Option<LastEventId>`.
//!
//! ```
//! # #[macro_use] extern crate rocket;
//! use eventwire::Event;
//! use eventwire::server::{EventBody, LastEventId};
//! use futures_util::{stream, Stream, StreamExt};
//!
//! #[get("/ticks")]
//! fn ticks(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
//!     let first = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     EventBody::new(stream::iter(first..).map(|n| Event::new("21.5").with_id(n)))
//! }
//!
//! # fn main() {
//! let server = rocket::build().mount("/", routes![ticks]);
//! # }
//! ```
//!
//! The stream of a disconnected client lives until its next heartbeat; see [what each framework does](super). Pass
//! `rocket::Shutdown` to [`with_shutdown`](EventBody::with_shutdown). Rocket itself drops headers that are not UTF-8.

use core::pin::Pin;
use core::task::{ready, Context, Poll};
use std::error::Error;
use std::io;

use alloc::boxed::Box;
use bytes::{Buf, Bytes};
use futures_core::Stream;
use pin_project_lite::pin_project;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use tokio::io::{AsyncRead, ReadBuf};

use crate::names::LAST_EVENT_ID;
use crate::server::{EventBody, EventItem, LastEventId, RESPONSE_HEADERS};

impl<'r, S> Responder<'r, 'r> for EventBody<S>
where
    S: Stream + Send + 'r,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<Box<dyn Error + Send + Sync>> + Send,
{
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'r> {
        let mut response = Response::build();
        for &(name, value) in RESPONSE_HEADERS {
            response.raw_header(name, value);
        }
        response
            .streamed_body(Reader { body: self.or_default_keep_alive().into_stream(), rest: Bytes::new() })
            .ok()
    }
}

/// Extract it as `Option<LastEventId>`; a bare `LastEventId` forwards a request without one to the next route.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEventId {
    type Error = core::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let value = request.headers().get_one(LAST_EVENT_ID);
        match value.and_then(|value| LastEventId::from_bytes(value.as_bytes())) {
            Some(id) => Outcome::Success(id),
            None => Outcome::Forward(Status::BadRequest),
        }
    }
}

pin_project! {
    /// The only kind of body that rocket streams.
    struct Reader<B> {
        #[pin]
        body: B,
        // Bytes of the last chunk that are left.
        rest: Bytes,
    }
}

impl<B, E> AsyncRead for Reader<B>
where
    B: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        if this.rest.is_empty() {
            match ready!(this.body.poll_next(cx)) {
                None => return Poll::Ready(Ok(())),
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                Some(Ok(chunk)) => *this.rest = chunk,
            }
        }
        let fits = this.rest.len().min(to.remaining());
        to.put_slice(&this.rest[..fits]);
        this.rest.advance(fits);
        Poll::Ready(Ok(()))
    }
}
