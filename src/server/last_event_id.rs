//! `LastEventId`: the last event that a client has seen.

use alloc::string::String;
use core::ops::Deref;

use http::HeaderMap;

use crate::event::{from_text, EventId};
use crate::names::LAST_EVENT_ID;

/// The ID of the last event that a reconnecting client has seen: the header `Last-Event-ID`.
///
/// Reading it never fails a request. An absent or empty header yields `None`: the client has seen no ID. Bytes that are
/// not UTF-8 become U+FFFD, as in a stream ([parse 1](crate::_rules#parse-1)): the server does not know such an ID and
/// can answer that events may be missing, whereas without an ID it would take the client for a new one.
///
/// For a test, or for an ID from the query, parse a string: `"41".parse::<LastEventId>()`. A parsed ID may be empty.
///
/// ```
/// use eventwire::server::LastEventId;
///
/// # let mut headers = http::HeaderMap::new();
/// # headers.insert("last-event-id", http::HeaderValue::from_static("7"));
/// match LastEventId::from_headers(&headers) {
///     None => { /* a new client */ }
///     Some(id) => match id.parse::<u64>() {
///         Ok(seen) => assert_eq!(seen, 7),            // resume after it
///         Err(_) => { /* not ours: tell the client that something may be missing */ }
///     },
/// }
/// ```
#[derive(Clone)]
pub struct LastEventId(EventId);

impl LastEventId {
    /// Reads the ID from the headers of a request.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        LastEventId::from_bytes(headers.get(LAST_EVENT_ID)?.as_bytes())
    }

    /// Reads the ID from the value of the header, for frameworks with their own header types.
    ///
    /// Returns `None` if the value is empty or contains CR, LF or NUL: no client has seen such an ID, and HTTP cannot
    /// carry it.
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

impl From<EventId> for LastEventId {
    fn from(id: EventId) -> Self {
        LastEventId(id)
    }
}

impl From<LastEventId> for EventId {
    fn from(id: LastEventId) -> EventId {
        id.0
    }
}

from_text!(LastEventId, id => EventId::try_from(id).map(LastEventId));

str_like!(LastEventId, but not Deref);

impl PartialEq<EventId> for LastEventId {
    fn eq(&self, other: &EventId) -> bool {
        self.0 == *other
    }
}
