//! `EventId`: the ID of an event, checked once.

use alloc::string::String;

use super::checked::{argument, from_text};
use crate::error::InvalidValue;
use crate::text::Utf8Bytes;
use crate::wire::ends_line;

/// The ID of an event: any text without CR, LF and NUL. Integers are IDs too.
///
/// A value that would break the wire cannot be constructed. The empty ID is valid: it makes a client forget its last
/// event ID.
///
/// ```
/// use eventwire::EventId;
///
/// assert_eq!(EventId::from(7), "7");
/// assert_eq!(EventId::try_from("order-7/3")?, "order-7/3");
/// assert!(EventId::try_from("7\0").is_err());
/// # Ok::<(), eventwire::InvalidValue>(())
/// ```
#[derive(Clone, Default)]
pub struct EventId(Utf8Bytes);

impl EventId {
    /// Creates an ID from a literal, at compile time in a `const`.
    ///
    /// # Panics
    ///
    /// If the literal contains CR, LF or NUL.
    #[must_use]
    pub const fn from_static(id: &'static str) -> Self {
        let bytes = id.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(!breaks_the_wire(bytes[at]), "expected an event ID without CR, LF and NUL");
            at += 1;
        }
        EventId(Utf8Bytes::from_static(id))
    }

    /// Borrows the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Takes the text of an `id` line, which is always valid.
    #[inline]
    pub(super) fn from_wire(id: Utf8Bytes) -> Self {
        EventId(id)
    }

    fn checked(id: impl AsRef<str> + Into<Utf8Bytes>) -> Result<Self, InvalidValue> {
        InvalidValue::check("event ID", id.as_ref(), breaks_the_wire)?;
        Ok(EventId(id.into()))
    }
}

/// [encoding 27](crate::_rules#encoding-27) CR and LF would end the line, NUL would make every client ignore it.
const fn breaks_the_wire(byte: u8) -> bool {
    byte == 0 || ends_line(byte)
}

from_text!(EventId, id => EventId::checked(id));

impl From<EventId> for Utf8Bytes {
    fn from(id: EventId) -> Utf8Bytes {
        id.0
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> String {
        id.0.into()
    }
}

str_like!(EventId);

/// An argument of [`Event::with_id`](crate::Event::with_id): an [`EventId`], an integer or a literal.
///
/// Text from outside goes through [`Event::try_with_id`](crate::Event::try_with_id), which returns an error where
/// a literal would panic.
#[cfg_attr(
    eventwire_diagnostic,
    diagnostic::on_unimplemented(
        message = "`{Self}` is no event ID",
        label = "expected an `EventId`, an integer or a literal",
        note = "text from outside is checked: `event.try_with_id(text)?`, or `EventId::try_from(text)?`"
    )
)]
pub trait IntoEventId: sealed::Sealed {
    /// Creates the ID.
    ///
    /// # Panics
    ///
    /// If a literal contains CR, LF or NUL.
    fn into_event_id(self) -> EventId;
}

argument!(EventId, IntoEventId::into_event_id);

macro_rules! integers_are_ids {
    ($($integer:ty)*) => {$(
        impl From<$integer> for EventId {
            fn from(id: $integer) -> Self {
                EventId(Utf8Bytes::copy(itoa::Buffer::new().format(id)))
            }
        }

        impl IntoEventId for $integer {
            fn into_event_id(self) -> EventId {
                self.into()
            }
        }

        impl sealed::Sealed for $integer {}
    )*};
}

integers_are_ids!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
