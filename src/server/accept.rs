//! `accepts_event_stream`: whether a client wants an event stream.

use http::{header, HeaderMap, HeaderValue};

use crate::names::{trimmed, MEDIA_TYPE};

/// Whether a request accepts `text/event-stream` by the rules of RFC 9110, section 12.5.1, for an endpoint that offers
/// something else too.
///
/// True without an `Accept` header, and when the most specific of `text/event-stream`, `text/*` and `*/*` in it has
/// no weight of zero. Letter case does not matter; several headers are one list; what is no media range is skipped. A
/// weight above zero is a yes, however small: which of several types a client prefers is not decided here.
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
    // How specific, then the answer: of equals, the friendly one counts.
    answers.max().is_some_and(|(_, accepts)| accepts)
}

/// The answer of one media range: how specific it is, and yes or no.
fn answer(range: &[u8]) -> Option<(usize, bool)> {
    let mut parts = parts(range, b';');
    let name = parts.next()?;
    let specific = RANGES.iter().position(|range| range.eq_ignore_ascii_case(name))?;
    // The first weight counts; what follows it are extensions of older standards.
    let weight = parts.find_map(|parameter| match parameter {
        [b'q' | b'Q', b'=', weight @ ..] => Some(weight),
        _ => None,
    });
    Some((specific, !weight.is_some_and(is_zero)))
}

/// Whether a weight is 0, 0. or 0.000.
fn is_zero(weight: &[u8]) -> bool {
    match weight {
        [b'0'] => true,
        [b'0', b'.', digits @ ..] => digits.iter().all(|digit| *digit == b'0'),
        _ => false,
    }
}

/// Splits a list, but not inside of quotes, and trims its parts.
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

/// The ranges that contain an event stream, from the least specific to the most.
const RANGES: [&[u8]; 3] = [b"*/*", b"text/*", MEDIA_TYPE.as_bytes()];
