//! The `Body` implementation of `EventBody`: how a chunk is made.

use core::pin::Pin;
use core::task::{ready, Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use sync_wrapper::SyncWrapper;

use super::chunk::Chunk;
use super::item::sealed::IntoPart;
use super::item::Part;
use super::{BodyEnd, EventBody, EventItem};

type ErrorOf<S> = <<S as Stream>::Item as EventItem>::Error;
type ChunkOf<S> = Result<Bytes, ErrorOf<S>>;

impl<S> Body for EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    type Data = Bytes;
    type Error = ErrorOf<S>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.poll_guarded(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }
}

impl<S> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    pub(crate) fn poll_guarded(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ChunkOf<S>>> {
        if self.is_over {
            // After a panic, the stream and the observer are still present.
            let mut this = self.project();
            this.stream.set(None);
            *this.observer = None;
            return Poll::Ready(None);
        }
        // Stays `true` if something panics: whatever was interrupted is not polled again.
        *self.as_mut().project().is_over = true;
        let polled = self.as_mut().poll_chunk(cx);
        let this = self.project();
        *this.is_over = this.stream.is_none() && this.held.is_none();
        *this.is_unsent = polled.is_ready();
        if let (Poll::Ready(_), Some(clock)) = (&polled, this.clock.clock()) {
            clock.traffic();
        }
        if *this.is_over {
            if let Some(mut observer) = this.observer.take() {
                // The observer reports when it is dropped.
                observer.get_mut().end(this.ending.why());
            }
        }
        polled
    }

    fn poll_chunk(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ChunkOf<S>>> {
        let is_due = self.as_mut().poll_due(cx);
        let mut chunk = Chunk::new(self.chunk_size);
        let this = self.as_mut().project();
        let opening = this.opening.take();
        let uncounted = usize::from(opening.is_some());
        if let Some(opening) = opening {
            chunk.put(Part::Encoded(opening), 0);
        }
        let mut held = this.held.take().map(SyncWrapper::into_inner);
        while !chunk.is_full() {
            let item = match held.take() {
                Some(item) => item,
                None => match self.as_mut().poll_stream(cx) {
                    Poll::Ready(Some(item)) => item,
                    Poll::Ready(None) => {
                        self.as_mut().complete();
                        break;
                    }
                    Poll::Pending if chunk.is_empty() && !is_due => return self.poll_beat(cx),
                    Poll::Pending => break,
                },
            };
            match item {
                Ok(part) if chunk.takes(&part) => chunk.put(part, self.room),
                Err(error) if chunk.is_empty() => return self.poll_fail(error, cx),
                later => {
                    *self.as_mut().project().held = Some(SyncWrapper::new(later));
                    break;
                }
            }
        }
        if self.held.is_none() && (is_due || self.stream.is_none()) {
            self.as_mut().put_last_words(&mut chunk);
        }
        let events = chunk.count - uncounted;
        let this = self.project();
        let chunk = chunk.finish().map(|(bytes, room)| {
            *this.room = room;
            bytes
        });
        if let Some(observer) = this.observer {
            if let Some(chunk) = &chunk {
                observer.get_mut().sent(chunk.len(), events);
            }
        }
        Poll::Ready(chunk.map(Ok))
    }

    /// Returns whether the body must end although the stream has not.
    fn poll_due(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        if this.ending.is_due(cx) {
            return true;
        }
        let is_old = this.clock.clock().is_some_and(|clock| clock.is_old(cx));
        if is_old {
            this.ending.come(BodyEnd::MaxAge);
        }
        is_old
    }

    fn poll_stream(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Part, ErrorOf<S>>>> {
        match self.project().stream.as_pin_mut() {
            Some(stream) => stream.get_pin_mut().poll_next(cx).map(|item| item.map(|item| item.into_part())),
            None => Poll::Ready(None),
        }
    }

    fn poll_beat(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ChunkOf<S>>> {
        let this = self.project();
        let Some(clock) = this.clock.clock() else { return Poll::Pending };
        let beat = Bytes::from(ready!(clock.poll_beat(cx)));
        if let Some(observer) = this.observer {
            observer.get_mut().beat(beat.len());
        }
        Poll::Ready(Some(Ok(beat)))
    }

    /// Yields the error, but gives the server time to send the last chunk: on an error, servers discard what they have
    /// queued.
    fn poll_fail(
        mut self: Pin<&mut Self>,
        error: ErrorOf<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<ChunkOf<S>>> {
        if self.to_event.is_none() && self.as_mut().poll_flush(cx).is_pending() {
            let mut this = self.project();
            this.stream.set(None);
            *this.held = Some(SyncWrapper::new(Err(error)));
            return Poll::Pending;
        }
        Poll::Ready(Some(self.fail(error)))
    }

    /// Waits a moment if there is a timer. Without one, waits for a single poll, which is enough for a server that
    /// flushes before it polls again.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if let Some(clock) = this.clock.clock() {
            if !*this.is_flushing {
                clock.begin_flush();
                *this.is_flushing = true;
            }
            return clock.poll_flush(cx);
        }
        if *this.is_unsent {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// Ends with the error, or with the event made from it.
    fn fail(self: Pin<&mut Self>, error: ErrorOf<S>) -> ChunkOf<S> {
        let mut this = self.project();
        this.stream.set(None);
        this.ending.fail();
        let chunk = match this.to_event.take() {
            Some(to_event) => Ok(to_event.into_inner()(error).to_bytes()),
            None => Err(error),
        };
        if let (Some(observer), Ok(bytes)) = (this.observer, &chunk) {
            observer.get_mut().sent(bytes.len(), 1);
        }
        chunk
    }

    /// Records that the stream itself has ended.
    fn complete(self: Pin<&mut Self>) {
        let mut this = self.project();
        if this.stream.is_some() {
            this.stream.set(None);
            this.ending.complete();
        }
    }

    /// Ends with the last event, the farewell, or both, in this chunk if they fit.
    fn put_last_words(self: Pin<&mut Self>, chunk: &mut Chunk) {
        let mut this = self.project();
        this.stream.set(None);
        while let Some(word) = this.ending.next_word().map(Part::Encoded) {
            if chunk.takes(&word) {
                chunk.put(word, 0);
            } else {
                *this.held = Some(SyncWrapper::new(Ok(word)));
                break;
            }
        }
    }
}
