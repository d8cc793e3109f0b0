//! The body of a response, whatever client brought it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::error::Error;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::super::chunks::BodyChunks;

/// Any error.
pub(super) type BoxError = Box<dyn Error + Send + Sync>;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// The body of a response that an [`EventSource`](crate::client::EventSource) has got, in a box.
///
/// A [`Body`], and for those who only want to know what the server says, [`text`](Self::text).
pub struct ResponseBody(Option<SyncWrapper<Chunks>>);

impl ResponseBody {
    pub(super) fn new<B>(body: B) -> Self
    where
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        ResponseBody(Some(SyncWrapper::new(Box::pin(Erased { chunks: BodyChunks::new(body) }))))
    }

    pub(super) fn empty() -> Self {
        ResponseBody(None)
    }

    /// Reads what the server says, at most so many bytes of it. What is not UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    ///
    /// When the connection is lost before.
    pub async fn text(&mut self, at_most: usize) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut bytes = Vec::new();
        while bytes.len() < at_most {
            let Some(chunk) = poll_fn(|cx| self.poll_chunk(cx)).await else { break };
            let chunk = chunk?;
            bytes.extend_from_slice(&chunk[..chunk.len().min(at_most - bytes.len())]);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let Some(chunks) = &mut self.0 else { return Poll::Ready(None) };
        let polled = chunks.get_mut().as_mut().poll_next(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.poll_chunk(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("has_ended", &self.0.is_none()).finish()
    }
}

pin_project! {
    /// A body whose error can be anything.
    struct Erased<B> {
        #[pin]
        chunks: BodyChunks<B>,
    }
}

impl<B> Stream for Erased<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Item = Result<Bytes, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.project().chunks.poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map_err(Into::into)))
    }
}
