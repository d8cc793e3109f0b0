//! poem 3: a handler returns an [`EventBody`] and takes an `Option<LastEventId>`.
//!
//! ```
//! use eventwire::Event;
//! use eventwire::server::{EventBody, LastEventId};
//! use futures_util::{stream, Stream, StreamExt};
//! use poem::{get, handler, Route};
//!
//! #[handler]
//! fn ticks(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
//!     let first = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     EventBody::new(stream::iter(first..).map(|n| Event::new("21.5").with_id(n)))
//! }
//!
//! let app = Route::new().at("/ticks", get(ticks));
//! ```
//!
//! The stream of a disconnected client lives until its second heartbeat; see [what each framework does](super).

use std::error::Error as StdError;
use std::io;

use alloc::boxed::Box;
use futures_core::Stream;
use http::StatusCode;
use http_body_util::BodyExt;
use poem::{Error, FromRequest, IntoResponse, Request, RequestBody, Response};

use crate::server::{response, EventBody, EventItem, LastEventId};

impl<S> IntoResponse for EventBody<S>
where
    S: Stream + Send + 'static,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<Box<dyn StdError + Send + Sync>> + Send,
{
    fn into_response(self) -> Response {
        response(self.or_default_keep_alive().map_err(io::Error::other)).into()
    }
}

/// Extract it as `Option<LastEventId>`; a bare `LastEventId` rejects a request without one with status 400.
impl<'a> FromRequest<'a> for LastEventId {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self, Error> {
        LastEventId::from_headers(request.headers())
            .ok_or_else(|| Error::from_string("expected a Last-Event-ID", StatusCode::BAD_REQUEST))
    }
}
