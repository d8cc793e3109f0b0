//! `EventRef`: an event that borrows its text.

use core::fmt;
use core::time::Duration;

use bytes::Bytes;

use super::owned::Short;
use super::{Event, Head, HeadRef};
use crate::text::{Utf8Bytes, WORTH_SHARING};

/// An event whose text is borrowed from the chunk it came in, or from the decoder.
///
/// ```
/// use eventwire::Decoder;
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"id: 7\ndata: a\n\nevent: bye\ndata: b\n\n");
/// let event = feed.next_ref()?.unwrap();
/// assert_eq!((event.event_type(), event.data()), ("message", "a"));
/// assert_eq!((event.id(), event.last_event_id()), (Some("7"), "7"));
/// let event = feed.next_ref()?.unwrap();
/// assert_eq!((event.event_type(), event.data()), ("bye", "b"));
/// assert_eq!((event.id(), event.last_event_id()), (None, "7"));
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct EventRef<'a> {
    pub(crate) head: HeadRef<'a>,
    pub(crate) data: &'a str,
    /// The chunk, if it can be shared.
    pub(crate) chunk: Option<&'a Bytes>,
}

impl<'a> EventRef<'a> {
    /// Returns the type; `message` if the block has none ([parse 13](crate::_rules#parse-13)).
    #[must_use]
    #[inline]
    #[doc(alias = "event")]
    pub fn event_type(&self) -> &'a str {
        self.head.event_type()
    }

    /// Returns the data: its lines joined with LF ([parse 8](crate::_rules#parse-8)).
    #[must_use]
    #[inline]
    pub fn data(&self) -> &'a str {
        self.data
    }

    /// Returns the ID in this block, if there is one. It may be empty.
    #[must_use]
    #[inline]
    pub fn id(&self) -> Option<&'a str> {
        self.head.id()
    }

    /// Returns the current last event ID: that of this block or of an earlier one; empty if there was none.
    #[must_use]
    #[inline]
    pub fn last_event_id(&self) -> &'a str {
        self.head.last_event_id()
    }

    /// Returns the reconnection time in this block, if there is one.
    #[must_use]
    #[inline]
    pub fn retry(&self) -> Option<Duration> {
        self.head.retry()
    }

    /// Returns the type, ID and reconnection time.
    #[must_use]
    #[inline]
    pub fn head(&self) -> HeadRef<'a> {
        self.head
    }

    /// Creates an event that owns its text.
    ///
    /// Large data is shared with the chunk if the chunk came as [`Bytes`] and the data is a good part of it. Everything
    /// else is copied, so that a small event never keeps a large chunk alive.
    #[must_use]
    #[inline(always)]
    pub fn to_event(&self) -> Event {
        let data = match self.chunk {
            Some(chunk) if self.data.len() >= WORTH_SHARING && self.data.len() >= chunk.len() / 4 => {
                share(chunk, self.data)
            }
            _ => Utf8Bytes::copy(self.data),
        };
        Event::from_parts(Head::from(self.head), data)
    }
}

impl From<EventRef<'_>> for Event {
    /// Does the same as [`EventRef::to_event`].
    #[inline]
    fn from(event: EventRef<'_>) -> Event {
        event.to_event()
    }
}

/// Shares `data` with `chunk` if it lies there: joined lines and repaired text do not.
fn share(chunk: &Bytes, data: &str) -> Utf8Bytes {
    if chunk.as_ptr_range().contains(&data.as_ptr()) {
        Utf8Bytes::slice_of(chunk, data)
    } else {
        Utf8Bytes::copy(data)
    }
}

impl fmt::Debug for EventRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventRef")
            .field("event_type", &self.event_type())
            .field("data", &Short(self.data))
            .field("id", &self.id())
            .field("last_event_id", &self.last_event_id())
            .field("retry", &self.retry())
            .finish()
    }
}
