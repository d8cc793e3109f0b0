//! `response` and `RESPONSE_HEADERS`: status and headers of an event stream.

use http::{HeaderName, HeaderValue, Response};

use crate::names::MEDIA_TYPE;

/// Creates the response that carries an event stream: status 200 and [`RESPONSE_HEADERS`].
///
/// Valid for both HTTP/1.1 and HTTP/2: there is no `Connection` header. It suits every framework that takes an
/// [`http::Response`] with an [`http_body::Body`].
///
/// ```
/// use eventwire::Event;
/// use eventwire::server::EventBody;
/// use futures_util::stream;
///
/// let response = eventwire::server::response(EventBody::new(stream::iter([Event::new("21.5")])));
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.headers()["content-type"], eventwire::MEDIA_TYPE);
/// ```
#[must_use]
pub fn response<B>(body: B) -> Response<B> {
    let mut response = Response::new(body);
    for (name, value) in RESPONSE_HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Names, in lower case, and values of the headers of an event stream ([encoding 25](crate::_rules#encoding-25)), for
/// frameworks with their own header types.
///
/// `no-transform` asks intermediaries not to compress the stream, and `X-Accel-Buffering: no` asks them not to buffer
/// it. Of the eight proxies in [`_proxies`](crate::_proxies), only HAProxy respects the first and only nginx the
/// second; the others need settings of their own if they buffer events at all.
///
/// ```
/// assert!(eventwire::server::RESPONSE_HEADERS.contains(&("content-type", "text/event-stream")));
/// ```
pub const RESPONSE_HEADERS: &[(&str, &str)] = &[
    ("content-type", MEDIA_TYPE),
    // No cache on the way may store or compress the stream: some buffer events to do so.
    ("cache-control", "no-cache, no-transform"),
    // nginx then forwards data as soon as it receives it.
    ("x-accel-buffering", "no"),
];
