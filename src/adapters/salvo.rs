//! salvo 1: a handler returns an [`EventBody`], or renders it.
//!
//! ```
//! # extern crate salvo_core as salvo;
//! use eventwire::Event;
//! use eventwire::server::{EventBody, LastEventId};
//! use futures_util::{stream, Stream, StreamExt};
//! use salvo::prelude::*;
//!
//! #[handler]
//! async fn ticks(request: &mut Request) -> EventBody<impl Stream<Item = Event>> {
//!     let seen = LastEventId::from_headers(request.headers());
//!     let first = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     EventBody::new(stream::iter(first..).map(|n| Event::new("21.5").with_id(n)))
//! }
//!
//! let router = Router::with_path("ticks").get(ticks);
//! ```
//!
//! salvo's extractors deserialize, so read the [`LastEventId`](crate::server::LastEventId) from the headers.
//!
//! The stream of a disconnected client is dropped immediately; see [what each framework does](super).

use std::error::Error;

use alloc::boxed::Box;
use futures_core::Stream;
use http_body_util::BodyExt;
use salvo_core::http::{ResBody, Response};
use salvo_core::writing::Scribe;

use crate::server::{response, EventBody, EventItem};

impl<S> Scribe for EventBody<S>
where
    S: Stream + Send + 'static,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<Box<dyn Error + Send + Sync>> + Send,
{
    fn render(self, rendered: &mut Response) {
        let (head, body) = response(self.or_default_keep_alive().map_err(Into::into)).into_parts();
        rendered.status_code(head.status);
        rendered.headers_mut().extend(head.headers);
        rendered.body(ResBody::Boxed(Box::pin(body)));
    }
}
