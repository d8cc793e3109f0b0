//! `has_media_type`: whether the media type of a response is that of an event stream.

use http::header::{HeaderMap, CONTENT_TYPE};

use crate::names::{trimmed, MEDIA_TYPE};

/// Returns whether the headers of a response specify `text/event-stream`, in any case and with any parameters
/// [connection 18]. With several types, in one header or in several, the last valid one counts, as when Fetch extracts
/// a MIME type.
pub(crate) fn has_media_type(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONTENT_TYPE).iter().flat_map(|value| Values(value.as_bytes()));
    let last = values.filter_map(essence).filter(|essence| *essence != b"*/*").last();
    last.is_some_and(|essence| essence.eq_ignore_ascii_case(MEDIA_TYPE.as_bytes()))
}

/// The values of a list, split at commas outside quoted strings.
struct Values<'a>(&'a [u8]);

impl<'a> Iterator for Values<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = self.0.iter().position(|byte| {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'"' => is_quoted = !is_quoted,
                b'\\' => is_escaped = is_quoted,
                b',' if !is_quoted => return true,
                _ => {}
            }
            false
        });
        let (value, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        Some(value)
    }
}

/// Returns the type and subtype of a MIME type, or `None` if they are invalid. Invalid parameters are ignored.
fn essence(value: &[u8]) -> Option<&[u8]> {
    let essence = trimmed(value.split(|byte| *byte == b';').next().unwrap_or_default());
    let slash = essence.iter().position(|byte| *byte == b'/')?;
    let is_token = |text: &[u8]| !text.is_empty() && text.iter().all(|byte| is_token_byte(*byte));
    (is_token(&essence[..slash]) && is_token(&essence[slash + 1..])).then_some(essence)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn takes(value: &'static [u8]) -> bool {
        takes_all(&[value])
    }

    fn takes_all(values: &[&'static [u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_TYPE, HeaderValue::from_bytes(value).unwrap());
        }
        has_media_type(&headers)
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
        assert!(!has_media_type(&HeaderMap::new()));
    }

    #[test]
    fn the_last_valid_type_counts_in_one_header_or_in_several() {
        const STREAM: &[u8] = b"text/event-stream";
        for (values, expected) in [
            (&[b"text/plain", STREAM][..], true),
            (&[STREAM, b"text/plain"], false),
            (&[STREAM, b"plain"], true),
            (&[STREAM, b"text /plain"], true),
            (&[STREAM, b"*/*"], true),
            (&[STREAM, b""], true),
            (&[b"text/plain, text/event-stream"], true),
            (&[b"text/event-stream, text/plain"], false),
            (&[b"text/event-stream;charset=utf-8, */*, , x"], true),
            (&[b"text/plain;x=\", text/event-stream\""], false),
            (&[b"text/plain;x=\"\\\", text/event-stream\""], false),
            (&[b"text/plain;x=\"\", text/event-stream"], true),
            (&[b"text/plain;x=\", text/event-stream"], false),
            (&[b"text/plain;x=\\\", text/event-stream"], false),
            (&[b"text/plain", b"text/event-stream, ", b""], true),
        ] {
            assert_eq!(takes_all(values), expected, "{values:?}");
        }
    }
}
