//! `content_encoding`: the content encoding of a body that has not been decoded.

use http::header::{HeaderMap, HeaderValue, CONTENT_ENCODING};

use crate::names::trimmed;

/// Returns the first `Content-Encoding` that changes the bytes. HTTP clients that decode the body remove the header.
pub(crate) fn content_encoding(headers: &HeaderMap) -> Option<&HeaderValue> {
    let is_none = |value: &&[u8]| {
        let name = trimmed(value);
        name.is_empty() || name.eq_ignore_ascii_case(b"identity")
    };
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .find(|value| !value.as_bytes().split(|byte| *byte == b',').all(|name| is_none(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_the_bytes_is_an_encoding() {
        for (values, expected) in [
            (&[][..], None),
            (&[""], None),
            (&["identity"], None),
            (&["Identity, , identity "], None),
            (&["gzip"], Some("gzip")),
            (&["identity", "identity, br"], Some("identity, br")),
            (&["x-new"], Some("x-new")),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            assert_eq!(content_encoding(&headers).map(|value| value.to_str().unwrap()), expected);
        }
    }
}
