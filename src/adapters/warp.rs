//! warp 0.4: a handler returns an [`EventBody`]; [`last_event_id`] is a filter for it.
//!
//! ```
//! use eventwire::adapters::warp::last_event_id;
//! use eventwire::Event;
//! use eventwire::server::{EventBody, LastEventId};
//! use futures_util::{stream, Stream, StreamExt};
//! use warp::Filter;
//!
//! fn ticks(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
//!     let first = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     EventBody::new(stream::iter(first..).map(|n| Event::new("21.5").with_id(n)))
//! }
//!
//! let route = warp::path!("ticks").and(warp::get()).and(last_event_id()).map(ticks);
//! # warp::service(route);
//! ```
//!
//! The stream of a disconnected client is dropped immediately; see [what each framework does](super).

use core::convert::Infallible;
use std::error::Error;

use alloc::boxed::Box;
use futures_core::Stream;
use http::HeaderValue;
use warp::reply::{Reply, Response};
use warp::Filter;

use crate::names::LAST_EVENT_ID;
use crate::server::{response, EventBody, EventItem, LastEventId};

impl<S> Reply for EventBody<S>
where
    S: Stream + Send + 'static,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    fn into_response(self) -> Response {
        let body =
            warp::reply::stream(self.or_default_keep_alive().into_stream()).into_response().into_body();
        response(body)
    }
}

/// Extracts an `Option<LastEventId>` from any request.
pub fn last_event_id() -> impl Filter<Extract = (Option<LastEventId>,), Error = Infallible> + Copy {
    warp::header::value(LAST_EVENT_ID)
        .map(|value: HeaderValue| LastEventId::from_bytes(value.as_bytes()))
        .or_else(|_| async { Ok((None,)) })
}
