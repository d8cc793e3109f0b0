//! `Event`: an event that owns its text.

use core::fmt;
use core::time::Duration;

use super::{Head, IntoEventId, IntoEventType};
use crate::error::InvalidValue;
use crate::text::Utf8Bytes;

/// An event: data, type, ID and reconnection time.
///
/// It is cheap to clone (reference counts, no copies), `'static`, `Send` and `Sync`. Readers return it from methods for
/// owned events; encoders take it.
///
/// ```
/// use eventwire::Event;
///
/// let event = Event::new("21.5\n22.0").with_type("temperature").with_id(7);
/// assert_eq!(event.to_bytes(), "event: temperature\nid: 7\ndata: 21.5\ndata: 22.0\n\n");
///
/// match event.event_type() {
///     "temperature" => assert_eq!(event.id(), Some("7")),
///     other => panic!("unexpected event {other}"),
/// }
///
/// // To rewrite an event, replace its data; to answer it, copy its head.
/// let rounded = event.clone().with_data("21\n22");
/// let reply = Event::new("noted").with_head(event.head());
/// assert_eq!((rounded.id(), reply.event_type()), (Some("7"), "temperature"));
/// ```
///
/// A reader gets the same event back, except for what the format cannot carry: CR and CR LF in data arrive as LF, and
/// the reconnection time arrives in whole milliseconds. A block without data is not an event: it is a [`Head`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Event {
    // Before the data: dropped in this order, an event is dropped inline, without a call.
    head: Head,
    data: Utf8Bytes,
}

impl Event {
    /// Creates an event of the default type, `message`, without an ID.
    ///
    /// A `&str` is copied; a `String` of more than 23 bytes is moved; [`Utf8Bytes::from_static`] holds a literal
    /// without a copy.
    #[must_use]
    pub fn new(data: impl Into<Utf8Bytes>) -> Self {
        Event { data: data.into(), head: Head::default() }
    }

    /// Sets the type: an [`EventType`](crate::EventType) or a literal.
    ///
    /// # Panics
    ///
    /// If a literal contains CR or LF. Other text goes through [`try_with_type`](Self::try_with_type).
    #[must_use]
    pub fn with_type(self, event_type: impl IntoEventType) -> Self {
        Event { head: self.head.with_type(event_type), ..self }
    }

    /// Sets the type from any text.
    ///
    /// # Errors
    ///
    /// If the text contains CR or LF ([encoding 27](crate::_rules#encoding-27)).
    pub fn try_with_type(self, event_type: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(Event { head: self.head.try_with_type(event_type)?, ..self })
    }

    /// Sets the ID: an integer, an [`EventId`](crate::EventId) or a literal.
    ///
    /// # Panics
    ///
    /// If a literal contains CR, LF or NUL. Other text goes through [`try_with_id`](Self::try_with_id).
    #[must_use]
    pub fn with_id(self, id: impl IntoEventId) -> Self {
        Event { head: self.head.with_id(id), ..self }
    }

    /// Sets the ID from any text.
    ///
    /// # Errors
    ///
    /// If the text contains CR, LF or NUL ([encoding 27](crate::_rules#encoding-27)).
    pub fn try_with_id(self, id: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(Event { head: self.head.try_with_id(id)?, ..self })
    }

    /// Sets how long a client waits before it reconnects.
    ///
    /// The wire carries whole milliseconds: rounded up, at most `u64::MAX` of them
    /// ([encoding 27](crate::_rules#encoding-27)).
    #[must_use]
    pub fn with_retry(self, retry: Duration) -> Self {
        Event { head: self.head.with_retry(retry), ..self }
    }

    /// Replaces the data.
    #[must_use]
    pub fn with_data(self, data: impl Into<Utf8Bytes>) -> Self {
        Event { data: data.into(), ..self }
    }

    /// Replaces type, ID and reconnection time, for example by those of another event:
    /// `Event::new("noted").with_head(event.head())`.
    #[must_use]
    pub fn with_head(self, head: impl Into<Head>) -> Self {
        Event { head: head.into(), ..self }
    }

    /// Returns the data.
    #[must_use]
    #[inline]
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Takes the data out.
    #[must_use]
    pub fn into_data(self) -> Utf8Bytes {
        self.data
    }

    /// Returns the type; `message` if none was set.
    #[must_use]
    #[inline]
    #[doc(alias = "event")]
    pub fn event_type(&self) -> &str {
        self.head.event_type()
    }

    /// Returns the ID, if this event has one.
    ///
    /// A decoded event has the ID of its own block; the current last event ID, which may come from an earlier one, is
    /// [`EventRef::last_event_id`](crate::EventRef::last_event_id).
    #[must_use]
    #[inline]
    #[doc(alias = "last_event_id")]
    pub fn id(&self) -> Option<&str> {
        self.head.id()
    }

    /// Returns the reconnection time, if this event has one. A decoded event has that of its own block.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.head.retry()
    }

    /// Returns the type, ID and reconnection time.
    #[must_use]
    #[inline]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Copies all text, so that the event no longer shares the chunk from which it was read.
    ///
    /// Useful for programs that keep a few large events of a long stream.
    #[must_use]
    pub fn detach(&self) -> Self {
        Event { data: Utf8Bytes::copy(&self.data), head: self.head.detach() }
    }

    #[inline]
    pub(crate) fn from_parts(head: Head, data: Utf8Bytes) -> Self {
        Event { data, head }
    }
}

// Not in `head.rs`, which knows no events.
impl Head {
    /// Creates an event from this head and its data.
    #[must_use]
    pub fn with_data(self, data: impl Into<Utf8Bytes>) -> Event {
        Event::from_parts(self, data.into())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &self.event_type())
            .field("data", &Short(&self.data))
            .field("id", &self.id())
            .field("retry", &self.retry())
            .finish()
    }
}

/// Text for `Debug`: its beginning, and its length when it is long.
pub(super) struct Short<'a>(pub(super) &'a str);

impl fmt::Debug for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(SHORT).map(|(end, _)| end);
        match end {
            None => fmt::Debug::fmt(self.0, f),
            Some(end) => write!(f, "{:?}.. ({} B)", &self.0[..end], self.0.len()),
        }
    }
}

/// Characters of data in a `Debug` line: enough to recognise an event.
const SHORT: usize = 80;
