//! How the next event of a connection comes about.

use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use futures_core::stream::FusedStream;
use futures_core::Stream;

use super::reader::{Reader, Step};
use super::{EventStream, StreamError};
use crate::decode::wanted::{OnlyEvents, Wanted};
use crate::event::Event;

impl<S, B, E> EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    pub(super) fn poll_step<W: Wanted>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, StreamError<E>>> {
        let mut this = self.project();
        let polled = poll_reader::<_, E, W>(this.reader, cx, |cx| {
            let Some(stream) = this.stream.as_mut().as_pin_mut() else { return Poll::Ready(None) };
            stream.get_pin_mut().poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Into::into)))
        });
        if this.reader.needs_no_source() {
            this.stream.set(None);
        }
        polled
    }
}

/// Reads on to the next event; gets chunks where there is none.
#[inline]
pub(super) fn poll_reader<F, E, W: Wanted>(
    reader: &mut Reader,
    cx: &mut Context<'_>,
    mut poll_chunk: F,
) -> Poll<Result<bool, StreamError<E>>>
where
    F: FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>,
{
    for _ in 0..MOST_CHUNKS {
        match reader.step::<E, W>()? {
            Step::Found => return Poll::Ready(Ok(true)),
            Step::Over => return Poll::Ready(Ok(false)),
            Step::Dry => {}
        }
        match reader.guarded(|| poll_chunk(cx)) {
            Poll::Ready(Some(Ok(chunk))) => reader.push(chunk),
            Poll::Ready(Some(Err(error))) => {
                return Poll::Ready(Err(StreamError::Transport { error, bytes: reader.finish() }));
            }
            Poll::Ready(None) => reader.end(),
            Poll::Pending => {
                return reader
                    .idle
                    .poll(cx)
                    .map(|after| Err(StreamError::Idle { after, bytes: reader.finish() }));
            }
        }
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

impl<S, B, E> Stream for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    type Item = Result<Event, StreamError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.as_mut().poll_step::<OnlyEvents>(cx).map(|step| match step {
            Ok(_) => self.project().reader.take_current().map(Ok),
            Err(error) => Some(Err(error)),
        })
    }
}

impl<S, B, E> FusedStream for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    fn is_terminated(&self) -> bool {
        self.reader.is_over()
    }
}

/// So many chunks without an event, and other tasks of the thread have their turn. Some milliseconds where the
/// chunks are large, and rare where they are small.
const MOST_CHUNKS: usize = 256;
