//! Whether a response is an event stream.

use http::header::{HeaderMap, CONTENT_TYPE};

/// [connection 18] Without case, with parameters or without.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return false };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    trimmed(essence).eq_ignore_ascii_case(b"text/event-stream")
}

/// Without the white space of HTTP.
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn takes(value: &'static [u8]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_bytes(value).unwrap());
        is_event_stream(&headers)
    }

    #[test]
    fn case_and_parameters_do_not_matter() {
        for value in [
            "text/event-stream",
            "Text/Event-Stream",
            "text/event-stream;",
            "text/event-stream; charset=utf-8",
            "text/event-stream ;charset=\"latin1\"",
            " text/event-stream\t",
        ] {
            assert!(takes(value.as_bytes()), "{value}");
        }
        assert!(takes(b"text/event-stream;\xFF"));
    }

    #[test]
    fn other_types_are_refused() {
        for value in [
            "",
            "text/event-streamx",
            "text/event",
            "application/json",
            "x;text/event-stream",
            "text /event-stream",
        ] {
            assert!(!takes(value.as_bytes()), "{value}");
        }
        assert!(!is_event_stream(&HeaderMap::new()));
    }
}
