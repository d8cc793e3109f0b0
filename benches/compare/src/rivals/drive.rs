//! Drives the async contestants: streams that are always ready, polled by hand without a runtime.

use std::convert::Infallible;
use std::io;
use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use futures_io::{AsyncBufRead, AsyncRead};
use http_body::Body;

/// Chunks as a stream that never waits and never fails.
pub struct Ready<I>(pub I);

impl<I: Iterator + Unpin> Stream for Ready<I> {
    type Item = Result<I::Item, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

/// Chunks as a buffered reader: its buffer holds one chunk.
pub struct Buffered<I> {
    chunks: I,
    rest: &'static [u8],
}

impl<I> Buffered<I> {
    pub fn new(chunks: I) -> Self {
        Buffered { chunks, rest: &[] }
    }
}

impl<I: Iterator<Item = &'static [u8]> + Unpin> AsyncBufRead for Buffered<I> {
    fn poll_fill_buf(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        if self.rest.is_empty() {
            self.rest = self.chunks.next().unwrap_or_default();
        }
        Poll::Ready(Ok(self.rest))
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        self.rest = &self.rest[amount..];
    }
}

impl<I: Iterator<Item = &'static [u8]> + Unpin> AsyncRead for Buffered<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut [u8]) -> Poll<io::Result<usize>> {
        let Poll::Ready(from) = self.as_mut().poll_fill_buf(cx)? else { return Poll::Pending };
        let amount = from.len().min(to.len());
        to[..amount].copy_from_slice(&from[..amount]);
        self.consume(amount);
        Poll::Ready(Ok(amount))
    }
}

/// Polls a stream to its end. Events come by value: dropping them is part of the cost of owning.
pub fn drain<S, T, E>(stream: S, mut each: impl FnMut(T)) -> Result<(), String>
where
    S: Stream<Item = Result<T, E>>,
    E: std::fmt::Debug,
{
    let mut stream = pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match stream.as_mut().poll_next(&mut cx) {
            Poll::Ready(Some(Ok(item))) => each(item),
            Poll::Ready(Some(Err(error))) => return Err(format!("{error:?}")),
            Poll::Ready(None) => return Ok(()),
            Poll::Pending => return Err("waits although everything is there".to_owned()),
        }
    }
}

/// Polls a body to its end.
pub fn drain_body<B: Body>(body: B, each: &mut impl FnMut(&[u8]))
where
    B::Data: AsRef<[u8]>,
    B::Error: std::fmt::Debug,
{
    let mut body = pin!(body);
    let mut cx = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut cx) {
        each(frame.expect("a body that does not fail").data_ref().expect("data only").as_ref());
    }
}
