//! `accepts_event_stream`: whether a client wants an event stream.

use http::{header, HeaderMap, HeaderValue};

use crate::names::{trimmed, MEDIA_TYPE};

/// Returns whether a request accepts `text/event-stream` under RFC 9110, section 12.5.1, for an endpoint that also
/// offers other media types.
///
/// Returns `true` if there is no `Accept` header, or if the most specific match among `text/event-stream`, `text/*` and
/// `*/*` has a nonzero weight. Names are compared case-insensitively, several headers count as one list, and invalid
/// media ranges are skipped. Any nonzero weight counts as acceptance: the function does not decide which of several
/// types the client prefers.
///
/// ```
/// use eventwire::server::accepts_event_stream;
/// use http::{HeaderMap, HeaderValue};
///
/// let mut headers = HeaderMap::new();
/// assert!(accepts_event_stream(&headers));
/// headers.insert("accept", HeaderValue::from_static("application/json, text/*;q=0.5"));
/// assert!(accepts_event_stream(&headers));
/// headers.insert("accept", HeaderValue::from_static("application/json"));
/// assert!(!accepts_event_stream(&headers));
/// ```
#[must_use]
pub fn accepts_event_stream(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::ACCEPT).iter().map(HeaderValue::as_bytes).peekable();
    if values.peek().is_none() {
        return true;
    }
    let answers = values.flat_map(|value| parts(value, b',')).filter_map(answer);
    // Compares specificity first; between equally specific ranges, acceptance wins.
    answers.max().is_some_and(|(_, accepts)| accepts)
}

/// Returns the specificity of a media range and whether it accepts the type.
fn answer(range: &[u8]) -> Option<(usize, bool)> {
    let mut parts = parts(range, b';');
    let name = parts.next()?;
    let specific = RANGES.iter().position(|range| range.eq_ignore_ascii_case(name))?;
    // Only the first weight counts; parameters after it are extensions from older standards.
    let weight = parts.find_map(|parameter| match parameter {
        [b'q' | b'Q', b'=', weight @ ..] => Some(weight),
        _ => None,
    });
    Some((specific, !weight.is_some_and(is_zero)))
}

/// Returns whether a weight is 0, 0. or 0.000.
fn is_zero(weight: &[u8]) -> bool {
    match weight {
        [b'0'] => true,
        [b'0', b'.', digits @ ..] => digits.iter().all(|digit| *digit == b'0'),
        _ => false,
    }
}

/// Splits a list outside quoted strings and trims its parts.
fn parts(list: &[u8], at: u8) -> impl Iterator<Item = &[u8]> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let separates = move |byte: &u8| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ => return *byte == at && !is_quoted,
        }
        false
    };
    list.split(separates).map(trimmed)
}

/// Media ranges that match an event stream, from least to most specific.
const RANGES: [&[u8]; 3] = [b"*/*", b"text/*", MEDIA_TYPE.as_bytes()];
