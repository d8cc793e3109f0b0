//! What a request for an event stream says.

use http::header::{HeaderMap, HeaderName, HeaderValue, ACCEPT, CACHE_CONTROL};

use super::machine::Machine;

impl Machine {
    /// Writes the headers of a request: `Accept: text/event-stream` and `Cache-Control: no-cache`, where there are none
    /// yet, and the last event ID, where there is one [connection 16].
    ///
    /// `Last-Event-ID` carries the UTF-8 of the ID as it is. Says `false` when it had to be left out, because HTTP cannot
    /// carry its control characters [connection 21]; the server then begins where it begins for new clients. HTTP takes
    /// spaces from both ends of an ID.
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
    #[must_use = "says whether the ID could be sent"]
    pub fn write_headers(headers: &mut HeaderMap, last_event_id: &str) -> bool {
        for (name, value) in [(ACCEPT, "text/event-stream"), (CACHE_CONTROL, "no-cache")] {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        headers.remove(LAST_EVENT_ID);
        if last_event_id.is_empty() {
            return true;
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

pub(in super::super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
