//! axum 0.8: a handler returns an [`EventBody`] and takes an `Option<LastEventId>`.
//!
//! ```
//! use axum::{routing::get, Router};
//! use eventwire::Event;
//! use eventwire::server::{EventBody, LastEventId};
//! use futures_util::{stream, Stream, StreamExt};
//!
//! async fn ticks(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
//!     let first = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     EventBody::new(stream::iter(first..).map(|n| Event::new("21.5").with_id(n)))
//! }
//!
//! let router = Router::<()>::new().route("/ticks", get(ticks));
//! ```
//!
//! axum leaves `TCP_NODELAY` off, so that small events may arrive 40 ms late. Set it at the listener:
//!
//! ```
//! use axum::serve::ListenerExt;
//!
//! # async fn run(listener: tokio::net::TcpListener, router: axum::Router) -> std::io::Result<()> {
//! axum::serve(listener.tap_io(|connection| _ = connection.set_nodelay(true)), router).await
//! # }
//! ```
//!
//! To set further headers, return them in a tuple: `([("x-request-id", "7")], body)`.
//!
//! The stream of a disconnected client is dropped immediately; see [what each framework does](super).

use core::convert::Infallible;

use axum_core::body::Body;
use axum_core::extract::OptionalFromRequestParts;
use axum_core::response::{IntoResponse, Response};
use axum_core::BoxError;
use futures_core::Stream;
use http::request::Parts;

use crate::server::{response, EventBody, EventItem, LastEventId};

impl<S> IntoResponse for EventBody<S>
where
    S: Stream + Send + 'static,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<BoxError> + Send,
{
    fn into_response(self) -> Response {
        response(Body::new(self.or_default_keep_alive()))
    }
}

/// A first request has no ID, so there is no extractor that requires one.
impl<S> OptionalFromRequestParts<S> for LastEventId
where
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(LastEventId::from_headers(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use axum_core::extract::FromRequestParts;
    use futures_util::{stream, FutureExt};
    use http::Request;

    use super::*;
    use crate::event::Event;
    use crate::server::RESPONSE_HEADERS;

    #[test]
    fn a_handler_may_return_a_body() {
        let response = EventBody::new(stream::pending::<Event>()).into_response();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers().len(), RESPONSE_HEADERS.len());
        for &(name, value) in RESPONSE_HEADERS {
            assert_eq!(response.headers()[name], value);
        }
    }

    #[test]
    fn a_handler_may_ask_where_to_go_on() {
        let ask = |request: http::request::Builder| {
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            Option::<LastEventId>::from_request_parts(&mut parts, &()).now_or_never().unwrap().unwrap()
        };
        assert_eq!(ask(Request::builder()), None);
        assert_eq!(ask(Request::builder().header("Last-Event-ID", "注文7".as_bytes())).unwrap(), "注文7");
    }
}
