//! Error responses.

use axum::body::Body;
use axum::http::{header, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{json, Value};

/// Reports a problem: a code for programs, a sentence for people.
pub(crate) fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    json_response(status, &json!({ "error": { "code": code, "message": message } }))
}

/// Reports that the feed is unavailable.
pub(crate) fn no_feed(_: eventwire::hub::LogError) -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, "no_feed", "the feed is unavailable, try again in a moment")
}

pub(crate) fn json_response(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
