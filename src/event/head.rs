//! `Head` and `HeadRef`: the type, ID and reconnection time of an event.

use core::fmt;
use core::time::Duration;

use super::event_type::MESSAGE;
use super::{EventId, EventType, IntoEventId, IntoEventType};
use crate::error::InvalidValue;
use crate::text::Utf8Bytes;
use crate::wire::Field;

/// Everything of an event but its data: type, ID and reconnection time.
///
/// [`DataEncoder`](crate::DataEncoder) and `EventWriter::begin_data` begin an event with it. Encoded alone, it is
/// a block without data: it is no event for a reader, but its ID and reconnection time take effect.
///
/// The standard says so, and Chromium and undici follow it. Firefox 153 drops the ID of such a block, and WebKitGTK
/// 2.50 keeps it only for a later event of the same connection. For a checkpoint that every browser keeps, send an
/// event with empty data and a type that has no listeners.
///
/// ```
/// use eventwire::{Event, Head};
///
/// let head = Head::new().with_type("tick").with_id(7);
/// assert_eq!(head.to_encoded().as_bytes(), b"event: tick\nid: 7\n\n");
///
/// // Empty data is something else: it makes an event.
/// assert_eq!(Event::new("").with_head(head).to_bytes(), "event: tick\nid: 7\ndata:\n\n");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Head {
    event_type: EventType,
    id: EventId,
    /// In milliseconds, as on the wire.
    retry: u64,
    /// Bit flags for the fields that are present; an absent one is empty, or 0. With `Option`s, or with `bool`s whose
    /// spare values an outer `Option` would use, each move of an event would be in odd parts, and slow.
    has: u64,
}

/// One bit per field, numbered as the grammar numbers its fields, so that a decoder's own flags fit.
const TYPE: u64 = 1 << Field::Event as u64;
const ID: u64 = 1 << Field::Id as u64;
const RETRY: u64 = 1 << Field::Retry as u64;

impl Head {
    /// Creates the head of an event of the default type, `message`, without an ID or a reconnection time.
    #[must_use]
    pub fn new() -> Self {
        Head::default()
    }

    /// Sets the type: an [`EventType`] or a literal.
    ///
    /// # Panics
    ///
    /// If a literal contains CR or LF. Other text goes through [`try_with_type`](Self::try_with_type).
    #[must_use]
    pub fn with_type(mut self, event_type: impl IntoEventType) -> Self {
        self.event_type = event_type.into_event_type();
        self
    }

    /// Sets the type from any text.
    ///
    /// # Errors
    ///
    /// If the text contains CR or LF ([encoding 27](crate::_rules#encoding-27)).
    pub fn try_with_type(self, event_type: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(self.with_type(EventType::try_from(event_type.as_ref())?))
    }

    /// Sets the ID: an integer, an [`EventId`] or a literal.
    ///
    /// # Panics
    ///
    /// If a literal contains CR, LF or NUL. Other text goes through [`try_with_id`](Self::try_with_id).
    #[must_use]
    pub fn with_id(mut self, id: impl IntoEventId) -> Self {
        self.id = id.into_event_id();
        self.has |= ID;
        self
    }

    /// Sets the ID from any text.
    ///
    /// # Errors
    ///
    /// If the text contains CR, LF or NUL ([encoding 27](crate::_rules#encoding-27)).
    pub fn try_with_id(self, id: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(self.with_id(EventId::try_from(id.as_ref())?))
    }

    /// Sets how long a client waits before it reconnects.
    ///
    /// The wire carries whole milliseconds: rounded up, at most `u64::MAX` of them
    /// ([encoding 27](crate::_rules#encoding-27)).
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = wire_millis(retry);
        self.has |= RETRY;
        self
    }

    /// Returns the type; `message` if none was set.
    #[must_use]
    #[inline]
    pub fn event_type(&self) -> &str {
        self.event_type.as_str()
    }

    /// Returns the ID, if there is one.
    #[must_use]
    #[inline]
    pub fn id(&self) -> Option<&str> {
        (self.has & ID != 0).then(|| self.id.as_str())
    }

    /// Returns the reconnection time, if there is one.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry_millis().map(Duration::from_millis)
    }

    #[inline]
    pub(crate) fn type_on_wire(&self) -> &str {
        self.event_type.as_wire()
    }

    #[inline]
    pub(crate) fn retry_millis(&self) -> Option<u64> {
        (self.has & RETRY != 0).then_some(self.retry)
    }

    /// Copies all text, so that it no longer shares the chunk from which it was read.
    pub(super) fn detach(&self) -> Self {
        Head {
            event_type: EventType::from_wire(self.event_type.as_wire()),
            id: EventId::from_wire(Utf8Bytes::copy(&self.id)),
            ..*self
        }
    }
}

impl From<&Head> for Head {
    fn from(head: &Head) -> Head {
        head.clone()
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("event_type", &self.event_type)
            .field("id", &self.id())
            .field("retry", &self.retry())
            .finish()
    }
}

/// [encoding 27](crate::_rules#encoding-27) Whole milliseconds, rounded up, at most `u64::MAX`: 500 us must not become
/// 0.
pub(crate) fn wire_millis(time: Duration) -> u64 {
    let whole = time.as_nanos().saturating_add(999_999) / 1_000_000;
    u64::try_from(whole).unwrap_or(u64::MAX)
}

/// A [`Head`] whose text is borrowed from the chunk it came in, or from the decoder.
///
/// Decoders return it for a block without data ([`Frame::BlockWithoutData`](crate::Frame::BlockWithoutData)), and for
/// the end of an event whose data came in pieces ([`EventPiece::End`](crate::EventPiece::End)).
#[derive(Clone, Copy)]
pub struct HeadRef<'a> {
    /// Empty for the default.
    event_type: &'a str,
    last_event_id: &'a str,
    /// In milliseconds; 0 if there is none.
    retry: u64,
    /// Bit flags for the fields that this block has: an `Option` of the time would cost eight bytes more.
    has: u8,
}

impl<'a> HeadRef<'a> {
    /// `fields`: a bit for each field that the block has, other bits than those of the type and the ID mean nothing.
    /// `retry`: of its last valid `retry` line, in milliseconds.
    #[inline(always)]
    pub(crate) fn new(event_type: &'a str, last_event_id: &'a str, fields: u8, retry: Option<u64>) -> Self {
        let has = fields | u8::from(retry.is_some()) << Field::Retry as u8;
        HeadRef { event_type, last_event_id, retry: retry.unwrap_or_default(), has }
    }

    /// Returns the type; `message` if the block has none ([parse 13](crate::_rules#parse-13)).
    #[must_use]
    #[inline]
    pub fn event_type(&self) -> &'a str {
        match self.event_type {
            "" => MESSAGE,
            name => name,
        }
    }

    /// Returns the type that the block itself names, even if it is `message` or empty; `None` if it has no `event`
    /// field. For an event, no type and an empty one are both [`message`](Self::event_type).
    ///
    /// ```
    /// use eventwire::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// let mut events = decoder.feed(b"event: message\ndata: a\n\nevent\ndata: b\n\ndata: c\n\n");
    /// assert_eq!(events.next_ref()?.unwrap().head().named_type(), Some("message"));
    /// assert_eq!(events.next_ref()?.unwrap().head().named_type(), Some(""));
    /// assert_eq!(events.next_ref()?.unwrap().head().named_type(), None);
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn named_type(&self) -> Option<&'a str> {
        (self.has & TYPE as u8 != 0).then_some(self.event_type)
    }

    /// Returns the ID in this block, if there is one. It may be empty.
    #[must_use]
    #[inline]
    pub fn id(&self) -> Option<&'a str> {
        (self.has & ID as u8 != 0).then_some(self.last_event_id)
    }

    /// Returns the current last event ID: that of this block or of an earlier one; empty if there was none.
    #[must_use]
    #[inline]
    pub fn last_event_id(&self) -> &'a str {
        self.last_event_id
    }

    /// Returns the reconnection time in this block, if there is one.
    #[must_use]
    #[inline]
    pub fn retry(&self) -> Option<Duration> {
        self.retry_millis().map(Duration::from_millis)
    }

    #[inline]
    pub(crate) fn retry_millis(&self) -> Option<u64> {
        (self.has & RETRY as u8 != 0).then_some(self.retry)
    }

    /// Returns the type as it is written: the default has no name.
    #[inline]
    pub(crate) fn type_on_wire(&self) -> &'a str {
        match self.event_type {
            MESSAGE => "",
            name => name,
        }
    }
}

impl From<HeadRef<'_>> for Head {
    /// Copies the text.
    #[inline(always)]
    fn from(head: HeadRef<'_>) -> Head {
        let event_type = EventType::from_wire(head.event_type);
        let id = head.id().map(|id| EventId::from_wire(Utf8Bytes::copy(id)));
        Head {
            event_type,
            id: id.unwrap_or_default(),
            retry: head.retry,
            has: u64::from(head.has) & (ID | RETRY),
        }
    }
}

impl fmt::Debug for HeadRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadRef")
            .field("event_type", &self.event_type())
            .field("id", &self.id())
            .field("last_event_id", &self.last_event_id)
            .field("retry", &self.retry())
            .finish()
    }
}
