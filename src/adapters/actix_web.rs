//! actix-web 4: a handler returns an [`EventBody`] and takes an `Option<LastEventId>`.
//!
//! ```
//! use actix_web::{web, App};
//! use eventwire::Event;
//! use eventwire::server::{EventBody, LastEventId};
//! use futures_util::{stream, Stream, StreamExt};
//!
//! async fn ticks(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
//!     let first = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     EventBody::new(stream::iter(first..).map(|n| Event::new("21.5").with_id(n)))
//! }
//!
//! let app = App::new().route("/ticks", web::get().to(ticks));
//! ```
//!
//! Set `HttpServer::h1_allow_half_closed(false)`; otherwise, the stream of a disconnected client lives until its second
//! heartbeat; see [what each framework does](super).
//!
//! `EventBody` also implements `MessageBody`, for responses built by hand.

use core::future::{ready, Ready};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::error::Error as StdError;

use actix_web::body::{BodySize, EitherBody, MessageBody, None as NoBody};
use actix_web::dev::Payload;
use actix_web::error::ErrorBadRequest;
use actix_web::http::header::{HeaderName, HeaderValue, CONTENT_ENCODING};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, Responder};
use alloc::boxed::Box;
use bytes::Bytes;
use futures_core::Stream;

use crate::names::LAST_EVENT_ID;
use crate::server::{EventBody, EventItem, LastEventId, RESPONSE_HEADERS};

impl<S> Responder for EventBody<S>
where
    S: Stream + 'static,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<Box<dyn StdError>>,
{
    type Body = EitherBody<Self, NoBody>;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<Self::Body> {
        // actix-web would poll the body for HEAD too, and discard the chunks.
        let body = match *request.method() {
            Method::HEAD => EitherBody::right(NoBody::new()),
            _ => EitherBody::left(self.or_default_keep_alive()),
        };
        let mut response = HttpResponse::with_body(StatusCode::OK, body);
        for &(name, value) in RESPONSE_HEADERS {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        // actix-web's compression checks only this header; actix-http before 3.18.12 delays events.
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
        response
    }
}

/// For responses built by hand, which need the headers and a keep-alive to be added.
impl<S> MessageBody for EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
    <S::Item as EventItem>::Error: Into<Box<dyn StdError>>,
{
    type Error = <S::Item as EventItem>::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.poll_guarded(cx)
    }
}

/// Extract it as `Option<LastEventId>`; a bare `LastEventId` rejects a request without one with status 400.
impl FromRequest for LastEventId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(LAST_EVENT_ID);
        let id = value.and_then(|value| LastEventId::from_bytes(value.as_bytes()));
        ready(id.ok_or_else(|| ErrorBadRequest("expected a Last-Event-ID")))
    }
}
