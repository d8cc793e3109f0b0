//! Status and headers of a response.

use eventwire::server::{response, RESPONSE_HEADERS};

#[test]
fn a_response_has_the_headers_of_an_event_stream_and_no_others() {
    let response = response("the body");
    assert_eq!(response.status(), 200);
    assert_eq!(*response.body(), "the body");
    let mut headers: Vec<_> = response.headers().iter().map(|(name, value)| (name.as_str(), value)).collect();
    headers.sort_unstable_by_key(|(name, _)| *name);
    assert_eq!(
        headers,
        [
            ("cache-control", &http::HeaderValue::from_static("no-cache, no-transform")),
            ("content-type", &http::HeaderValue::from_static("text/event-stream")),
            ("x-accel-buffering", &http::HeaderValue::from_static("no")),
        ]
    );
}

#[test]
fn the_header_list_matches_a_response() {
    let response = response(());
    assert_eq!(response.headers().len(), RESPONSE_HEADERS.len());
    for &(name, value) in RESPONSE_HEADERS {
        assert_eq!(response.headers()[name], value);
        assert_eq!(name, name.to_ascii_lowercase(), "HTTP/2 has no upper case");
    }
}
