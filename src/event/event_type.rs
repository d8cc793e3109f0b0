//! What an event is called.

use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use crate::error::InvalidValue;
use crate::text::Utf8Bytes;
use crate::wire::ends_line;

/// The type of an event: any text without CR and LF, `message` when nothing else is said.
///
/// A value that would break the wire cannot be made. Empty and `message` are the same type, the default,
/// which is not written on the wire.
///
/// ```
/// use eventwire::EventType;
///
/// const PRICE: EventType = EventType::from_static("price-change");
/// assert_eq!(PRICE, "price-change");
/// assert_eq!(EventType::default(), "message");
/// assert!(EventType::try_from("price\ndata: forged").is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType(
    /// Empty for the default.
    Utf8Bytes,
);

/// The type of an event that names none.
pub(super) const MESSAGE: &str = "message";

impl EventType {
    /// Makes a type of a literal, at compile time in a `const`.
    ///
    /// # Panics
    ///
    /// When the literal holds CR or LF.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(!ends_line(bytes[at]), "expected an event type without CR and LF");
            at += 1;
        }
        match bytes {
            b"message" => EventType(Utf8Bytes::from_static("")),
            _ => EventType(Utf8Bytes::from_static(name)),
        }
    }

    /// Lends the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self.0.as_str() {
            "" => MESSAGE,
            name => name,
        }
    }

    /// The name as it is written: the default has none.
    #[inline]
    pub(crate) fn as_wire(&self) -> &str {
        self.0.as_str()
    }

    /// Whether this is `message`, the type of an event that names none.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes text over that came from one line of the wire.
    #[inline]
    pub(crate) fn from_wire(name: Utf8Bytes) -> Self {
        match name.as_str() {
            MESSAGE => EventType::default(),
            _ => EventType(name),
        }
    }

    fn checked(name: &str) -> Result<(), InvalidValue> {
        match name.bytes().position(ends_line) {
            None => Ok(()),
            Some(at) => {
                Err(InvalidValue { field: "an event type without CR and LF", byte: name.as_bytes()[at], at })
            }
        }
    }
}

impl TryFrom<&str> for EventType {
    type Error = InvalidValue;

    fn try_from(name: &str) -> Result<Self, InvalidValue> {
        EventType::checked(name)?;
        Ok(EventType::from_wire(Utf8Bytes::copy(name)))
    }
}

impl TryFrom<String> for EventType {
    type Error = InvalidValue;

    fn try_from(name: String) -> Result<Self, InvalidValue> {
        EventType::checked(&name)?;
        Ok(EventType::from_wire(Utf8Bytes::from(name)))
    }
}

impl Deref for EventType {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for EventType {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq<str> for EventType {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for EventType {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

/// What [`Event::with_type`](crate::Event::with_type) takes: an [`EventType`] or a literal.
///
/// Text from outside goes through [`Event::try_with_type`](crate::Event::try_with_type).
#[cfg_attr(
    eventwire_diagnostic,
    diagnostic::on_unimplemented(
        message = "`{Self}` is no event type",
        label = "expected an `EventType` or a literal",
        note = "text from outside is checked: `event.try_with_type(text)?`, or `EventType::try_from(text)?`"
    )
)]
pub trait IntoEventType: sealed::Sealed {
    /// Makes the type.
    ///
    /// # Panics
    ///
    /// When a literal holds CR or LF.
    fn into_event_type(self) -> EventType;
}

impl IntoEventType for EventType {
    fn into_event_type(self) -> EventType {
        self
    }
}

impl IntoEventType for &'static str {
    fn into_event_type(self) -> EventType {
        EventType::from_static(self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::EventType {}
    impl Sealed for &'static str {}
}
