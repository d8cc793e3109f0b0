//! What an event can be resumed by.

use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use crate::error::InvalidValue;
use crate::text::Utf8Bytes;
use crate::wire::ends_line;

/// The ID of an event: any text without CR, LF and NUL. Integers are IDs too.
///
/// A value that would break the wire cannot be made. An empty ID is a value as well: it makes a client
/// forget its last event ID.
///
/// ```
/// use eventwire::EventId;
///
/// assert_eq!(EventId::from(7), "7");
/// assert_eq!(EventId::try_from("order-7/3")?, "order-7/3");
/// assert!(EventId::try_from("7\0").is_err());
/// # Ok::<(), eventwire::InvalidValue>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Utf8Bytes);

impl EventId {
    /// Makes an ID of a literal, at compile time in a `const`.
    ///
    /// # Panics
    ///
    /// When the literal holds CR, LF or NUL.
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

    /// Lends the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Takes text over that came from one `id` line of the wire.
    #[inline]
    pub(crate) fn from_wire(id: Utf8Bytes) -> Self {
        EventId(id)
    }

    fn checked(id: &str) -> Result<(), InvalidValue> {
        match id.bytes().position(breaks_the_wire) {
            None => Ok(()),
            Some(at) => {
                Err(InvalidValue { field: "an event ID without CR, LF and NUL", byte: id.as_bytes()[at], at })
            }
        }
    }
}

/// [encoding 27] CR and LF would end the line, NUL would make every client ignore it.
const fn breaks_the_wire(byte: u8) -> bool {
    byte == 0 || ends_line(byte)
}

impl TryFrom<&str> for EventId {
    type Error = InvalidValue;

    fn try_from(id: &str) -> Result<Self, InvalidValue> {
        EventId::checked(id)?;
        Ok(EventId(Utf8Bytes::copy(id)))
    }
}

impl TryFrom<String> for EventId {
    type Error = InvalidValue;

    fn try_from(id: String) -> Result<Self, InvalidValue> {
        EventId::checked(&id)?;
        Ok(EventId(Utf8Bytes::from(id)))
    }
}

impl Deref for EventId {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for EventId {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq<str> for EventId {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for EventId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

/// What [`Event::with_id`](crate::Event::with_id) takes: an [`EventId`], an integer or a literal.
///
/// Text from outside goes through [`Event::try_with_id`](crate::Event::try_with_id).
#[cfg_attr(
    eventwire_diagnostic,
    diagnostic::on_unimplemented(
        message = "`{Self}` is no event ID",
        label = "expected an `EventId`, an integer or a literal",
        note = "text from outside is checked: `event.try_with_id(text)?`, or `EventId::try_from(text)?`"
    )
)]
pub trait IntoEventId: sealed::Sealed {
    /// Makes the ID.
    ///
    /// # Panics
    ///
    /// When a literal holds CR, LF or NUL.
    fn into_event_id(self) -> EventId;
}

impl IntoEventId for EventId {
    fn into_event_id(self) -> EventId {
        self
    }
}

impl IntoEventId for &'static str {
    fn into_event_id(self) -> EventId {
        EventId::from_static(self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::EventId {}
    impl Sealed for &'static str {}
}

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
