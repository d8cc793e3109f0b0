//! `/.sse` streams the request back, then the time every second.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{header, HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use eventwire::Event;
use futures_util::stream::{self, StreamExt};
use tokio::time::interval;

use crate::problem::problem;
use crate::shop::Shop;
use crate::time;

pub(crate) async fn get(State(shop): State<Arc<Shop>>, uri: Uri, headers: HeaderMap) -> Response {
    echo(&shop, asked(&Method::GET, &uri, &headers, b""))
}

/// POST needs a bearer token; any will do.
pub(crate) async fn post(
    State(shop): State<Arc<Shop>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !has_token(&headers) {
        let message = "expected the header `Authorization: Bearer TOKEN`, with any token";
        let mut response = problem(StatusCode::UNAUTHORIZED, "unauthorized", message);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        return response;
    }
    echo(&shop, asked(&Method::POST, &uri, &headers, &body))
}

fn echo(shop: &Shop, request: String) -> Response {
    let request = Event::new(request).with_type("request");
    let times = stream::unfold(interval(SECOND), |mut ticks| async {
        ticks.tick().await;
        Some((Event::new(time::now()).with_type("time"), ticks))
    });
    let events = stream::iter([request]).chain(times);
    let numbered = events.zip(stream::iter(1_u64..)).map(|(event, number)| event.with_id(number));
    shop.door.body(numbered).into_response()
}

/// Writes the request as text, without its token.
fn asked(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    let mut text = format!("{method} {uri}\n");
    for (name, value) in headers.iter().filter(|(name, _)| **name != header::AUTHORIZATION) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    if !body.is_empty() {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(body));
    }
    text
}

fn has_token(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    match value.split_first_chunk::<7>() {
        Some((scheme, token)) => {
            scheme.eq_ignore_ascii_case(b"bearer ") && token.iter().any(|byte| *byte != b' ')
        }
        None => false,
    }
}

const SECOND: Duration = Duration::from_secs(1);
