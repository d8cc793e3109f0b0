//! `response` and `RESPONSE_HEADERS`: status and headers of an event stream.

use http::{HeaderName, HeaderValue, Response};

use crate::names::MEDIA_TYPE;

/// Makes the response that carries an event stream: status 200 and [`RESPONSE_HEADERS`].
///
/// Right for HTTP/1.1 and HTTP/2: there is no `Connection` header. Any framework takes it that takes an
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

/// Names, in lower case, and values of the headers of an event stream [encoding 25](crate::_rules#encoding-25), for frameworks that
/// have header types of their own.
///
/// `no-transform` asks those on the way not to compress the stream, `X-Accel-Buffering: no` not to hold it back. Of nine
/// proxies that were tried, HAProxy alone respects the first and nginx alone the second; the others need a setting of
/// their own where they hold events back at all.
///
/// ```
/// assert!(eventwire::server::RESPONSE_HEADERS.contains(&("content-type", "text/event-stream")));
/// ```
pub const RESPONSE_HEADERS: &[(&str, &str)] = &[
    ("content-type", MEDIA_TYPE),
    // No cache on the way may keep it or compress it: some hold events back for that.
    ("cache-control", "no-cache, no-transform"),
    // nginx forwards what it gets at once.
    ("x-accel-buffering", "no"),
];
