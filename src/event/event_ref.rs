//! An event that is lent.

use core::fmt;

use bytes::Bytes;

use super::event_type::MESSAGE;
use super::owned::Short;
use super::{Event, EventId, EventType};
use crate::text::{Utf8Bytes, WORTH_SHARING};

/// An event whose text lies in the chunk it came in, or in the decoder.
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
    /// Empty for the default.
    pub(crate) event_type: &'a str,
    pub(crate) data: Option<&'a str>,
    pub(crate) last_event_id: &'a str,
    /// Whether the last event ID comes from this block.
    pub(crate) has_id: bool,
    /// The chunk, when it can be shared.
    pub(crate) chunk: Option<&'a Bytes>,
}

impl<'a> EventRef<'a> {
    /// The type, `message` when the block named none [parse 13].
    #[must_use]
    #[inline]
    #[doc(alias = "event")]
    pub fn event_type(&self) -> &'a str {
        match self.event_type {
            "" => MESSAGE,
            name => name,
        }
    }

    /// The type as it is written: the default has no name.
    #[inline]
    pub(crate) fn type_as_wire(&self) -> &'a str {
        match self.event_type {
            MESSAGE => "",
            name => name,
        }
    }

    /// The data: its lines joined with LF [parse 8].
    #[must_use]
    #[inline]
    pub fn data(&self) -> &'a str {
        self.data.unwrap_or_default()
    }

    /// The ID that stood in this block, which may be empty.
    #[must_use]
    #[inline]
    pub fn id(&self) -> Option<&'a str> {
        self.has_id.then_some(self.last_event_id)
    }

    /// The last event ID in force: of this block or of an earlier one, empty when there was none.
    #[must_use]
    #[inline]
    pub fn last_event_id(&self) -> &'a str {
        self.last_event_id
    }

    /// Makes an event that owns its text.
    ///
    /// Large data is shared with the chunk when that came as [`Bytes`] and the data fills a good part of
    /// it; all else is copied, so that a small event never keeps a large chunk alive.
    #[must_use]
    #[inline(always)]
    pub fn to_owned_event(&self) -> Event {
        self.with_data(self.data.map(|data| match self.chunk {
            Some(chunk) if data.len() >= WORTH_SHARING && data.len() >= chunk.len() / 4 => share(chunk, data),
            _ => Utf8Bytes::copy(data),
        }))
    }

    /// As [`to_owned_event`](Self::to_owned_event), with data that the caller already owns.
    #[inline(always)]
    pub(crate) fn with_data(&self, data: Option<Utf8Bytes>) -> Event {
        let event_type = match self.event_type {
            "" => EventType::default(),
            name => EventType::from_wire(Utf8Bytes::copy(name)),
        };
        let id = self.id().map(|id| EventId::from_wire(Utf8Bytes::copy(id)));
        Event::from_wire(data, event_type, id)
    }
}

/// Shares `data` with `chunk` if it lies there: joined lines and repaired text do not.
fn share(chunk: &Bytes, data: &str) -> Utf8Bytes {
    match chunk.as_ptr_range().contains(&data.as_ptr()) {
        true => Utf8Bytes::slice_of(chunk, data),
        false => Utf8Bytes::copy(data),
    }
}

impl fmt::Debug for EventRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventRef")
            .field("event_type", &self.event_type())
            .field("data", &self.data.map(Short))
            .field("id", &self.id())
            .field("last_event_id", &self.last_event_id)
            .finish()
    }
}
