//! Where a client wants to go on.

use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use http::HeaderMap;

use crate::event::EventId;

/// The last event ID that a client which comes back has seen: the header `Last-Event-ID`. Never empty.
///
/// Reading it fails no request. There is none when the header is absent or empty, as a client sends it that has
/// seen no ID. Bytes that are not UTF-8 become U+FFFD, as in a stream [parse 1]: the server does not know such
/// an ID, and can say so to a client that has missed something; without an ID it would take it for a new one.
///
/// ```
/// use eventwire::server::LastEventId;
///
/// # let mut headers = http::HeaderMap::new();
/// # headers.insert("last-event-id", http::HeaderValue::from_static("7"));
/// match LastEventId::from_headers(&headers) {
///     None => { /* a new client */ }
///     Some(id) => match id.parse::<u64>() {
///         Ok(seen) => assert_eq!(seen, 7),            // go on behind it
///         Err(_) => { /* not ours: tell the client that something may be missing */ }
///     },
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LastEventId(EventId);

impl LastEventId {
    /// Reads it from the headers of a request.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        LastEventId::from_bytes(headers.get(LAST_EVENT_ID)?.as_bytes())
    }

    /// Reads it from the value of the header, for frameworks that have header types of their own.
    ///
    /// There is none when the value holds CR, LF or NUL: no client has seen such an ID, and HTTP carries none.
    ///
    /// ```
    /// use eventwire::server::LastEventId;
    ///
    /// assert_eq!(LastEventId::from_bytes("注文7".as_bytes()).unwrap(), "注文7");
    /// assert_eq!(LastEventId::from_bytes(b"caf\xE9").unwrap(), "caf\u{FFFD}");
    /// assert_eq!(LastEventId::from_bytes(b""), None);
    /// ```
    #[must_use]
    pub fn from_bytes(value: &[u8]) -> Option<Self> {
        match String::from_utf8_lossy(value) {
            id if id.is_empty() => None,
            id => EventId::try_from(&*id).ok().map(LastEventId),
        }
    }
}

impl Deref for LastEventId {
    type Target = EventId;

    fn deref(&self) -> &EventId {
        &self.0
    }
}

impl From<LastEventId> for EventId {
    fn from(id: LastEventId) -> EventId {
        id.0
    }
}

impl AsRef<str> for LastEventId {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq<str> for LastEventId {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for LastEventId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for LastEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

const LAST_EVENT_ID: &str = "last-event-id";
