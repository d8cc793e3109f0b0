//! `Rejected`: a response that is not an event stream.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use std::error::Error;

use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};
use sync_wrapper::SyncWrapper;

use crate::http_head::{content_encoding, has_media_type};

/// A complete response that was rejected, with its body: its status is not 200, its media type is not
/// `text/event-stream`, or it has a content encoding that has not been decoded. APIs describe their errors in such
/// bodies. No limit on silence applies to the body: read it inside a `tokio::time::timeout`.
///
/// The error is `Sync` even if the body is not, so that `?` works with `anyhow` and similar crates.
pub struct Rejected<B> {
    head: Box<Parts>,
    body: SyncWrapper<B>,
}

impl<B> Rejected<B> {
    pub(super) fn new(response: Response<B>) -> Self {
        let (head, body) = response.into_parts();
        Rejected { head: Box::new(head), body: SyncWrapper::new(body) }
    }

    /// Returns the status; 200 if the media type or the content encoding was the reason.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the status, headers and extensions.
    #[must_use]
    pub fn head(&self) -> &Parts {
        &self.head
    }

    /// Returns the unread body.
    #[must_use]
    pub fn into_body(self) -> B {
        self.body.into_inner()
    }

    /// Returns the response with its unread body.
    #[must_use]
    pub fn into_response(self) -> Response<B> {
        Response::from_parts(*self.head, self.body.into_inner())
    }
}

impl<B> fmt::Display for Rejected<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { status, headers, .. } = &*self.head;
        let is_typed = has_media_type(headers);
        let may_be_stream = *status == StatusCode::OK || status.is_success() && is_typed;
        if let (true, Some(found)) = (may_be_stream, content_encoding(headers)) {
            return write!(f, "expected a body without content encoding, got {found:?}");
        }
        match (*status, headers.get_all(CONTENT_TYPE).iter().next_back()) {
            (StatusCode::OK, _) if is_typed => f.write_str("the response was not accepted"),
            (StatusCode::OK, Some(found)) => {
                write!(f, "expected content type text/event-stream, got {found:?}")
            }
            (StatusCode::OK, None) => f.write_str("expected content type text/event-stream, got none"),
            // Another success may be accepted, so that only the media type was wrong.
            (status, Some(found)) if status.is_success() && !is_typed => {
                write!(f, "expected an event stream, got {status} with content type {found:?}")
            }
            (status, _) => write!(f, "expected status 200, got {status}"),
        }
    }
}

/// Prints the names of the headers, without their values, which may be secrets.
impl<B> fmt::Debug for Rejected<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.head.headers.keys().collect();
        f.debug_struct("Rejected")
            .field("status", &self.head.status)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

impl<B> Error for Rejected<B> {}
