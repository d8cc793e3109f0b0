//! `MEDIA_TYPE` and `LAST_EVENT_ID`: the names in headers that client and server share.

/// The media type of an event stream, for the headers `Content-Type` and `Accept`.
///
/// ```
/// assert_eq!(eventwire::MEDIA_TYPE, "text/event-stream");
/// ```
pub const MEDIA_TYPE: &str = "text/event-stream";

/// The name, in lower case, of the header in which a client sends the ID of the last event it has seen.
///
/// ```
/// # let mut headers = http::HeaderMap::new();
/// headers.insert(eventwire::LAST_EVENT_ID, http::HeaderValue::from_static("7"));
/// assert_eq!(headers["Last-Event-ID"], "7");
/// ```
pub const LAST_EVENT_ID: &str = "last-event-id";

/// The value of a header, or a part of one, without the blanks around it.
// For client and server; there may be neither.
#[allow(dead_code)]
pub(crate) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
