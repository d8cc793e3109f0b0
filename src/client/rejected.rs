//! `Rejected`: a response that is not an event stream.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use std::error::Error;

use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};
use sync_wrapper::SyncWrapper;

use crate::http_head::content_encoding;

/// A response with another status than 200, another media type than `text/event-stream`, or a content encoding that
/// nobody has decoded: complete, with its body. APIs describe their errors there.
///
/// It is `Sync` whatever the body is, so that `?` works with `anyhow` and its like.
pub struct Rejected<B> {
    head: Box<Parts>,
    body: SyncWrapper<B>,
}

impl<B> Rejected<B> {
    pub(super) fn new(response: Response<B>) -> Self {
        let (head, body) = response.into_parts();
        Rejected { head: Box::new(head), body: SyncWrapper::new(body) }
    }

    /// The status; 200 when it is the media type or the content encoding that was not accepted.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Status, headers and extensions.
    #[must_use]
    pub fn head(&self) -> &Parts {
        &self.head
    }

    /// The body, to be read.
    #[must_use]
    pub fn into_body(self) -> B {
        self.body.into_inner()
    }

    /// The response, with its body to be read.
    #[must_use]
    pub fn into_response(self) -> Response<B> {
        Response::from_parts(*self.head, self.body.into_inner())
    }
}

impl<B> fmt::Display for Rejected<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (StatusCode::OK, Some(found)) = (self.head.status, content_encoding(&self.head.headers)) {
            return write!(f, "expected a body without content encoding, got {found:?}");
        }
        match (self.head.status, self.head.headers.get_all(CONTENT_TYPE).iter().next_back()) {
            (StatusCode::OK, Some(found)) => {
                write!(f, "expected content type text/event-stream, got {found:?}")
            }
            (StatusCode::OK, None) => f.write_str("expected content type text/event-stream, got none"),
            (status, _) => write!(f, "expected status 200, got {status}"),
        }
    }
}

/// The names of the headers, without their values, which may be secrets.
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
