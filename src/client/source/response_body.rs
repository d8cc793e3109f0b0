//! `ResponseBody`: the boxed body of a response from any HTTP client.

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
use sync_wrapper::SyncWrapper;

use super::super::chunks::{BodyChunks, Erased};
use super::super::threads::{AnyThread, OneThread};
use super::bodies::{Bodies, BoxError};

/// The boxed body of a response received by an [`EventSource`](crate::client::EventSource).
///
/// Implements [`Body`]; [`text`](Self::text) reads it as a string, for example to get the server's message.
pub struct ResponseBody<K: Bodies = AnyThread>(Option<SyncWrapper<K::Chunks>>);

impl ResponseBody {
    pub(super) fn new<B>(body: B) -> Self
    where
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let chunks: <AnyThread as Bodies>::Chunks = Box::pin(Erased { source: BodyChunks::new(body) });
        ResponseBody(Some(SyncWrapper::new(chunks)))
    }
}

impl ResponseBody<OneThread> {
    pub(super) fn new_local<B>(body: B) -> Self
    where
        B: Body + 'static,
        B::Error: Into<BoxError>,
    {
        let chunks: <OneThread as Bodies>::Chunks = Box::pin(Erased { source: BodyChunks::new(body) });
        ResponseBody(Some(SyncWrapper::new(chunks)))
    }
}

impl<K: Bodies> ResponseBody<K> {
    pub(super) fn empty() -> Self {
        ResponseBody(None)
    }

    /// Reads the body as text, up to this many bytes. Bytes that are not valid UTF-8 become U+FFFD.
    ///
    /// There is no time limit: the limits of the source do not apply to this body. Set one for servers that may stall:
    /// `tokio::time::timeout(Duration::from_secs(5), body.text(4096)).await`.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection is lost first.
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
        let polled = Pin::new(chunks.get_mut()).poll_next(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl<K: Bodies> Body for ResponseBody<K> {
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

impl<K: Bodies> fmt::Debug for ResponseBody<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("has_ended", &self.0.is_none()).finish()
    }
}
