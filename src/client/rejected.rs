//! A response that is no event stream.

use alloc::boxed::Box;
use core::fmt;
use std::error::Error;

use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};

use crate::http_head::content_encoding;

/// A response with another status than 200, another media type than `text/event-stream`, or a content encoding that
/// nobody has decoded: whole, with its body.
///
/// APIs tell their errors there.
pub struct Rejected<B>(Box<Response<B>>);

impl<B> Rejected<B> {
    pub(super) fn new(response: Response<B>) -> Self {
        Rejected(Box::new(response))
    }

    /// The status; 200 when it is the media type that was not accepted.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The response.
    #[must_use]
    pub fn response(&self) -> &Response<B> {
        &self.0
    }

    /// The response, with its body to be read.
    #[must_use]
    pub fn into_response(self) -> Response<B> {
        *self.0
    }
}

impl<B> fmt::Display for Rejected<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (StatusCode::OK, Some(found)) = (self.0.status(), content_encoding(self.0.headers())) {
            return write!(f, "expected a body without content encoding, got {found:?}");
        }
        match (self.0.status(), self.0.headers().get_all(CONTENT_TYPE).iter().last()) {
            (StatusCode::OK, Some(found)) => {
                write!(f, "expected content type text/event-stream, got {found:?}")
            }
            (StatusCode::OK, None) => f.write_str("expected content type text/event-stream, got none"),
            (status, _) => write!(f, "expected status 200, got {status}"),
        }
    }
}

impl<B> fmt::Debug for Rejected<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("status", &self.0.status())
            .field("headers", self.0.headers())
            .finish_non_exhaustive()
    }
}

impl<B> Error for Rejected<B> {}
