//! `Machine::write_headers`: the headers of a request for an event stream.

use http::header::{HeaderMap, HeaderName, HeaderValue, ACCEPT, CACHE_CONTROL};

use super::machine::Machine;
use crate::names::{self, MEDIA_TYPE};

impl Machine {
    /// Writes the headers of a request: `Accept: text/event-stream` and `Cache-Control: no-cache` unless they are
    /// already set, and the last event ID unless it is empty ([connection 16](crate::_rules#connection-16)).
    ///
    /// `Last-Event-ID` carries the UTF-8 bytes of the ID unchanged. Returns `false` if the ID had to be omitted,
    /// because it contains control characters, which HTTP cannot carry ([connection 21](crate::_rules#connection-21)),
    /// or is longer than 8,000 bytes, which servers refuse; the server then starts where it does for new clients. HTTP
    /// trims spaces at both ends of an ID.
    ///
    /// ```
    /// use eventwire::client::reconnect::Machine;
    ///
    /// let mut headers = http::HeaderMap::new();
    /// assert!(Machine::write_headers(&mut headers, "注文7"));
    /// assert_eq!(headers["accept"], "text/event-stream");
    /// assert_eq!(headers["cache-control"], "no-cache");
    /// assert_eq!(headers["last-event-id"].as_bytes(), "注文7".as_bytes());
    ///
    /// assert!(!Machine::write_headers(&mut headers, "\u{1}"));
    /// assert!(!headers.contains_key("last-event-id"));
    /// ```
    #[must_use = "the result says whether the ID could be sent"]
    pub fn write_headers(headers: &mut HeaderMap, last_event_id: &str) -> bool {
        for (name, value) in [(ACCEPT, MEDIA_TYPE), (CACHE_CONTROL, "no-cache")] {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        headers.remove(LAST_EVENT_ID);
        if last_event_id.is_empty() {
            return true;
        }
        if last_event_id.len() > MOST_ID_BYTES {
            return false;
        }
        match HeaderValue::from_bytes(last_event_id.as_bytes()) {
            Ok(id) => {
                headers.insert(LAST_EVENT_ID, id);
                true
            }
            Err(_) => false,
        }
    }
}

pub(in super::super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static(names::LAST_EVENT_ID);

/// 8,000: nginx, Apache, Varnish and lighttpd refuse 9,000 bytes over HTTP/1.1; they and three others take 8,000.
pub(in super::super) const MOST_ID_BYTES: usize = 8_000;
