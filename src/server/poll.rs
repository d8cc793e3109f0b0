//! How a chunk comes about.

use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use sync_wrapper::SyncWrapper;

use super::chunk::Chunk;
use super::item::sealed::IntoPart;
use super::item::Part;
use super::{EventBody, EventItem};

type ErrorOf<S> = <<S as Stream>::Item as EventItem>::Error;

impl<S> Stream for EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    type Item = Result<Bytes, ErrorOf<S>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_guarded(cx)
    }
}

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
    fn poll_guarded(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<<Self as Stream>::Item>> {
        if self.is_over {
            // It is still there after a panic.
            self.project().stream.set(None);
            return Poll::Ready(None);
        }
        // Stays when something panics: what was left in the middle is not asked again.
        *self.as_mut().project().is_over = true;
        let polled = self.as_mut().poll_chunk(cx);
        let this = self.project();
        *this.is_over = this.stream.is_none() && this.held.is_none();
        *this.is_unsent = polled.is_ready();
        if let (Poll::Ready(_), Some(clock)) = (&polled, this.clock.clock()) {
            clock.traffic();
        }
        polled
    }

    fn poll_chunk(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<<Self as Stream>::Item>> {
        let is_due = self.as_mut().poll_due(cx);
        let mut chunk = Chunk::new(self.chunk_size);
        let this = self.as_mut().project();
        if let Some(opening) = this.opening.take() {
            chunk.put(Part::Encoded(opening), 0);
        }
        let mut held = this.held.take().map(SyncWrapper::into_inner);
        while !chunk.is_full() {
            let item = match held.take() {
                Some(item) => item,
                None => match self.as_mut().poll_stream(cx) {
                    Poll::Ready(Some(item)) => item,
                    Poll::Ready(None) => {
                        self.as_mut().project().stream.set(None);
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
        if is_due && self.held.is_none() {
            self.as_mut().say_goodbye(&mut chunk);
        }
        Poll::Ready(chunk.finish().map(|(bytes, room)| {
            *self.project().room = room;
            Ok(bytes)
        }))
    }

    /// Whether the body has to end although the stream has not.
    fn poll_due(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        if this.ending.is_due(cx) {
            return true;
        }
        let is_old = this.clock.clock().is_some_and(|clock| clock.is_old(cx));
        if is_old {
            this.ending.come();
        }
        is_old
    }

    fn poll_stream(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Part, ErrorOf<S>>>> {
        match self.project().stream.as_pin_mut() {
            Some(stream) => stream.get_pin_mut().poll_next(cx).map(|item| item.map(|item| item.into_part())),
            None => Poll::Ready(None),
        }
    }

    fn poll_beat(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<<Self as Stream>::Item>> {
        match self.project().clock.clock() {
            Some(clock) => clock.poll_beat(cx).map(|beat| Some(Ok(beat.into()))),
            None => Poll::Pending,
        }
    }

    /// Fails, but not right behind a chunk: a server drops what it has not flushed when a body fails, and flushes when
    /// a body is pending.
    fn poll_fail(
        mut self: Pin<&mut Self>,
        error: ErrorOf<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<<Self as Stream>::Item>> {
        if self.is_unsent && self.to_event.is_none() {
            *self.as_mut().project().held = Some(SyncWrapper::new(Err(error)));
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(self.fail(error)))
    }

    /// Ends with the error, or with the event that is made of it.
    fn fail(self: Pin<&mut Self>, error: ErrorOf<S>) -> <Self as Stream>::Item {
        let mut this = self.project();
        this.stream.set(None);
        match this.to_event.take() {
            Some(to_event) => Ok(to_event.into_inner()(error).to_bytes()),
            None => Err(error),
        }
    }

    /// Ends with the farewell.
    fn say_goodbye(self: Pin<&mut Self>, chunk: &mut Chunk) {
        let mut this = self.project();
        this.stream.set(None);
        match this.ending.farewell.take().map(Part::Encoded) {
            Some(farewell) if chunk.takes(&farewell) => chunk.put(farewell, 0),
            farewell => *this.held = farewell.map(|part| SyncWrapper::new(Ok(part))),
        }
    }
}
