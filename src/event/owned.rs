//! An event that owns its text.

use core::fmt;
use core::time::Duration;

use super::{EventId, EventType, IntoEventId, IntoEventType};
use crate::error::InvalidValue;
use crate::text::Utf8Bytes;

/// An event as it stands on the wire: data, type, ID, reconnection time.
///
/// Cheap to clone (reference counts, no copies), `'static`, `Send` and `Sync`. What a decoder hands out
/// when it is asked for owned events, and what an encoder takes.
///
/// ```
/// use eventwire::Event;
///
/// let event = Event::new("21.5\n22.0").with_type("temperature").with_id(7);
/// assert_eq!(event.to_bytes(), "event: temperature\nid: 7\ndata: 21.5\ndata: 22.0\n\n");
/// ```
///
/// Whoever reads it back gets the same event but for what the format cannot carry: CR and CR LF in data come
/// back as LF, the reconnection time comes with the connection, in whole milliseconds, and a block without data
/// is no event.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Event {
    data: Utf8Bytes,
    event_type: EventType,
    id: EventId,
    /// In milliseconds, as on the wire.
    retry: u64,
    /// Which of these it has; the others are empty, or 0. With `Option`s, or with `bool`s that lend their
    /// spare values to an outer `Option`, each move of an event would be in odd pieces, and slow.
    has: u64,
}

const DATA: u64 = 1;
const ID: u64 = 2;
const RETRY: u64 = 4;

impl Event {
    /// Makes an event of the default type, `message`, without an ID.
    ///
    /// Takes a long `String` over and copies a `&str`; [`Utf8Bytes::from_static`] holds a literal without a copy.
    #[must_use]
    pub fn new(data: impl Into<Utf8Bytes>) -> Self {
        Event { data: data.into(), has: DATA, ..Event::default() }
    }

    /// Makes a block without data: no event for the reader, but its ID and reconnection time count.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// assert_eq!(Event::without_data().with_id(7).to_bytes(), "id: 7\n\n");
    /// // Empty data is another thing: it is an event.
    /// assert_eq!(Event::new("").with_id(7).to_bytes(), "id: 7\ndata:\n\n");
    /// ```
    #[must_use]
    pub fn without_data() -> Self {
        Event::default()
    }

    /// Sets the type: an [`EventType`] or a literal.
    ///
    /// # Panics
    ///
    /// When a literal holds CR or LF. Text from outside goes through [`try_with_type`](Self::try_with_type).
    #[must_use]
    pub fn with_type(mut self, event_type: impl IntoEventType) -> Self {
        self.event_type = event_type.into_event_type();
        self
    }

    /// Sets the type from text of any origin.
    ///
    /// # Errors
    ///
    /// When the text holds CR or LF [encoding 27].
    pub fn try_with_type(self, event_type: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(self.with_type(EventType::try_from(event_type.as_ref())?))
    }

    /// Sets the ID: an integer, an [`EventId`] or a literal.
    ///
    /// # Panics
    ///
    /// When a literal holds CR, LF or NUL. Text from outside goes through [`try_with_id`](Self::try_with_id).
    #[must_use]
    pub fn with_id(mut self, id: impl IntoEventId) -> Self {
        self.id = id.into_event_id();
        self.has |= ID;
        self
    }

    /// Sets the ID from text of any origin.
    ///
    /// # Errors
    ///
    /// When the text holds CR, LF or NUL [encoding 27].
    pub fn try_with_id(self, id: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(self.with_id(EventId::try_from(id.as_ref())?))
    }

    /// Sets how long a client waits before it reconnects.
    ///
    /// [encoding 27] The wire carries whole milliseconds: rounded up, at most `u64::MAX` of them.
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        let whole = retry.as_nanos().saturating_add(999_999) / 1_000_000;
        self.retry = u64::try_from(whole).unwrap_or(u64::MAX);
        self.has |= RETRY;
        self
    }

    /// The data; empty when there is none.
    #[must_use]
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Whether there is data, be it empty. Only then a reader sees an event.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.has & DATA != 0
    }

    /// Takes the data out.
    #[must_use]
    pub fn into_data(self) -> Utf8Bytes {
        self.data
    }

    /// The type, `message` when none was set.
    #[must_use]
    #[doc(alias = "event")]
    pub fn event_type(&self) -> &EventType {
        &self.event_type
    }

    /// The ID, when this event has one.
    ///
    /// An event of a decoder has the ID that stood in its own block; the last event ID in force is
    /// [`EventRef::last_event_id`](crate::EventRef::last_event_id) and
    /// [`Decoder::last_event_id`](crate::Decoder::last_event_id).
    #[must_use]
    pub fn id(&self) -> Option<&EventId> {
        (self.has & ID != 0).then_some(&self.id)
    }

    /// The reconnection time, when one was set. Events of a decoder have none: it belongs to the connection.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry_millis().map(Duration::from_millis)
    }

    pub(crate) fn retry_millis(&self) -> Option<u64> {
        (self.has & RETRY != 0).then_some(self.retry)
    }

    /// Copies all text, so that the event no longer shares the chunk it was read from.
    ///
    /// For those who keep a few large events of a long stream.
    #[must_use]
    pub fn detach(&self) -> Self {
        Event {
            data: Utf8Bytes::copy(&self.data),
            event_type: EventType::from_wire(Utf8Bytes::copy(self.event_type.as_wire())),
            id: EventId::from_wire(Utf8Bytes::copy(&self.id)),
            ..*self
        }
    }

    /// The same event with this data.
    pub(crate) fn and_data(self, data: Utf8Bytes) -> Self {
        Event { data, has: self.has | DATA, ..self }
    }

    #[inline]
    pub(super) fn from_wire(data: Option<Utf8Bytes>, event_type: EventType, id: Option<EventId>) -> Self {
        let has = if data.is_some() { DATA } else { 0 } | if id.is_some() { ID } else { 0 };
        Event { data: data.unwrap_or_default(), event_type, id: id.unwrap_or_default(), retry: 0, has }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &self.event_type)
            .field("data", &self.has_data().then(|| Short(&self.data)))
            .field("id", &self.id())
            .field("retry", &self.retry())
            .finish()
    }
}

/// Text for `Debug`: its beginning and its length when it is long.
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
