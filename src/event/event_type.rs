//! `EventType`: the type of an event, checked once.

use alloc::string::String;

use super::checked::{argument, from_text};
use crate::error::InvalidValue;
use crate::text::Utf8Bytes;
use crate::wire::ends_line;

/// The type of an event: any text without CR and LF; `message` is the default.
///
/// A value that would break the wire cannot be constructed. The empty name and `message` are the same type, the default,
/// which is not written to the wire. Equality, order and hash are those of the name, so a map whose keys are event types
/// can be queried with a `&str`.
///
/// ```
/// use eventwire::EventType;
///
/// const PRICE: EventType = EventType::from_static("price-change");
/// assert_eq!(PRICE, "price-change");
/// assert_eq!(EventType::default(), "message");
/// assert!(EventType::try_from("price\ndata: forged").is_err());
///
/// let handlers = std::collections::HashMap::from([(PRICE, "update the chart")]);
/// assert_eq!(handlers.get("price-change"), Some(&"update the chart"));
/// ```
#[derive(Clone, Default)]
pub struct EventType(
    /// Empty for the default.
    Utf8Bytes,
);

/// The type of an event without a type.
pub(super) const MESSAGE: &str = "message";

impl EventType {
    /// Creates a type from a literal, at compile time in a `const`.
    ///
    /// # Panics
    ///
    /// If the literal contains CR or LF.
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

    /// Borrows the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self.0.as_str() {
            "" => MESSAGE,
            name => name,
        }
    }

    /// Returns the name as it is written: the default has none.
    #[inline]
    pub(super) fn as_wire(&self) -> &str {
        self.0.as_str()
    }

    /// Returns whether this is `message`, the type of an event without a type.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0.is_empty()
    }

    /// Copies a name from the wire, where it contains no line end.
    #[inline(always)]
    pub(super) fn from_wire(name: &str) -> Self {
        match name {
            "" | MESSAGE => EventType::default(),
            name => EventType(Utf8Bytes::copy(name)),
        }
    }

    fn checked(name: impl AsRef<str> + Into<Utf8Bytes>) -> Result<Self, InvalidValue> {
        InvalidValue::check("event type", name.as_ref(), ends_line)?;
        Ok(if name.as_ref() == MESSAGE { EventType::default() } else { EventType(name.into()) })
    }
}

from_text!(EventType, name => EventType::checked(name));

impl From<EventType> for Utf8Bytes {
    fn from(event_type: EventType) -> Utf8Bytes {
        if event_type.is_default() {
            Utf8Bytes::from_static(MESSAGE)
        } else {
            event_type.0
        }
    }
}

impl From<EventType> for String {
    fn from(event_type: EventType) -> String {
        Utf8Bytes::from(event_type).into()
    }
}

str_like!(EventType);

/// An argument of [`Event::with_type`](crate::Event::with_type): an [`EventType`] or a literal.
///
/// Text from outside goes through [`Event::try_with_type`](crate::Event::try_with_type), which returns an error
/// where a literal would panic.
#[cfg_attr(
    eventwire_diagnostic,
    diagnostic::on_unimplemented(
        message = "`{Self}` is no event type",
        label = "expected an `EventType` or a literal",
        note = "text from outside is checked: `event.try_with_type(text)?`, or `EventType::try_from(text)?`"
    )
)]
pub trait IntoEventType: sealed::Sealed {
    /// Creates the type.
    ///
    /// # Panics
    ///
    /// If a literal contains CR or LF.
    fn into_event_type(self) -> EventType;
}

argument!(EventType, IntoEventType::into_event_type);
