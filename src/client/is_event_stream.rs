//! `is_event_stream`: whether a response is an event stream.

use http::{HeaderMap, StatusCode};

use crate::http_head::{content_encoding, has_media_type};

/// Returns whether a response with this status and these headers is an event stream: status 200
/// ([connection 17](crate::_rules#connection-17)), media type `text/event-stream` in any case and with any parameters
/// ([connection 18](crate::_rules#connection-18)), and no content encoding that has not been decoded.
///
/// [`EventStream`](crate::client::EventStream) and [`EventSource`](crate::client::EventSource) check this themselves.
/// The function is for reading responses of a type other than `http::Response`.
///
/// ```
/// use eventwire::client::is_event_stream;
/// use http::header::{HeaderMap, HeaderValue, CONTENT_TYPE};
/// use http::StatusCode;
///
/// let mut headers = HeaderMap::new();
/// assert!(!is_event_stream(StatusCode::OK, &headers));
/// headers.insert(CONTENT_TYPE, HeaderValue::from_static("Text/Event-Stream; charset=utf-8"));
/// assert!(is_event_stream(StatusCode::OK, &headers));
/// assert!(!is_event_stream(StatusCode::CREATED, &headers));
/// ```
#[must_use]
pub fn is_event_stream(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::OK && has_media_type(headers) && content_encoding(headers).is_none()
}
