//! The body of a response, made from its stream of chunks: reqwest has that on every platform, and the original reads it,
//! so the errors are the same.

use std::pin::Pin;
use std::task::{Context, Poll};

use eventwire::bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};

pub(crate) struct Chunks<S>(pub(crate) Pin<Box<S>>);

impl<S: Stream<Item = Result<Bytes, reqwest::Error>>> Body for Chunks<S> {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        self.0.as_mut().poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
