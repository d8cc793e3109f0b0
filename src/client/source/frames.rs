//! The frames of an `EventSource` as a stream.

use core::pin::Pin;

use futures_core::Stream;

use super::{EventSource, EventSourceError, Threads};
use crate::client::frames::Frames;
use crate::event::OwnedFrame;

impl<K: Threads> EventSource<K> {
    /// Converts the source into a [`Stream`] of owned frames. Errors are those of [`next_frame`](Self::next_frame). See
    /// [`EventStream::into_frames`](crate::client::EventStream::into_frames).
    pub fn into_frames(self) -> impl Stream<Item = Result<OwnedFrame, EventSourceError<K>>> {
        Frames::new(self, |mut source: Pin<&mut Self>, cx| {
            source.poll_advance_frame(cx).map_ok(|_| source.current_frame().map(OwnedFrame::from))
        })
    }
}
