//! The `Stream` implementation of `EventStream`.

use core::pin::Pin;
use core::task::{ready, Context, Poll};

use bytes::Bytes;
use futures_core::stream::FusedStream;
use futures_core::Stream;

use super::reader::{Reader, Step};
use super::threads::Judges;
use super::{EventStream, StreamError};
use crate::decode::wanted::{OnlyEvents, Wanted};
use crate::event::Event;

impl<S, B, E> EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    #[inline]
    pub(super) fn poll_step<W: Wanted>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, StreamError<E>>> {
        if self.as_mut().project().reader.step_to_plain_event::<W>() {
            return Poll::Ready(Ok(true));
        }
        self.poll_step_otherwise::<W>(cx)
    }

    fn poll_step_otherwise<W: Wanted>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, StreamError<E>>> {
        let mut this = self.project();
        let polled = poll_reader::<_, E, W, _>(this.reader, cx, |cx| {
            let Some(stream) = this.stream.as_mut().as_pin_mut() else { return Poll::Ready(None) };
            stream.get_pin_mut().poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Into::into)))
        });
        if this.reader.needs_no_source() {
            this.stream.set(None);
        }
        polled
    }
}

/// Advances to the next event, polling for chunks as needed.
#[inline]
pub(super) fn poll_reader<F, E, W: Wanted, K: Judges>(
    reader: &mut Reader<K>,
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
            Step::Flooded => match reader.poll_silence(cx) {
                Poll::Ready(timeout) => return Poll::Ready(Err(timeout.into())),
                Poll::Pending => {
                    // Bytes are here: a slow reader of them is not taken for a silent server.
                    reader.silence.on_bytes();
                    continue;
                }
            },
            Step::Drain => {
                let mut draining = core::mem::take(&mut reader.draining);
                let polled = reader.guarded(|| draining.poll(cx, &mut poll_chunk));
                reader.draining = draining;
                ready!(polled);
                reader.finish();
                return Poll::Ready(Ok(false));
            }
        }
        match reader.guarded(|| poll_chunk(cx)) {
            Poll::Ready(Some(Ok(chunk))) => reader.push(chunk),
            Poll::Ready(Some(Err(error))) => {
                return Poll::Ready(Err(reader.fail(error)));
            }
            Poll::Ready(None) => reader.end(),
            Poll::Pending => {
                return reader.poll_silence(cx).map(|timeout| Err(timeout.into()));
            }
        }
    }
    // Chunks without events must not keep the event timeouts from being polled.
    let timeout = reader.poll_silence(cx);
    if timeout.is_pending() {
        cx.waker().wake_by_ref();
    }
    timeout.map(|timeout| Err(timeout.into()))
}

impl<S, B, E> Stream for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    type Item = Result<Event, StreamError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match ready!(self.as_mut().poll_step::<OnlyEvents>(cx)) {
            Ok(_) => self.project().reader.take_current(|event| Poll::Ready(event.map(Ok))),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
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

/// After this many chunks without an event, the task yields: a few milliseconds if the chunks are large, and rare if
/// they are small.
const MOST_CHUNKS: usize = 256;
