//! `InvalidValue`: text that cannot be an event type or an event ID.

use core::fmt;

/// Text that cannot be an event type or an event ID, because it would break the wire.
///
/// ```
/// use eventwire::EventId;
///
/// let error = EventId::try_from("7\nretry: 1").unwrap_err();
/// assert_eq!(error.to_string(), "event ID contains LF at byte 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    /// What the text was to be.
    value: &'static str,
    byte: u8,
    offset: u64,
}

impl InvalidValue {
    /// Fails at the first byte that may not be in the text.
    pub(crate) fn check(
        value: &'static str,
        text: &str,
        is_forbidden: impl Fn(u8) -> bool,
    ) -> Result<(), Self> {
        match text.bytes().position(is_forbidden) {
            None => Ok(()),
            Some(at) => Err(InvalidValue { value, byte: text.as_bytes()[at], offset: at as u64 }),
        }
    }

    /// The offset in the text of the byte that may not be there.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// That byte: CR, LF or NUL.
    #[must_use]
    pub fn byte(&self) -> u8 {
        self.byte
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InvalidValue { value, byte, offset } = self;
        let name = match byte {
            b'\n' => "LF",
            b'\r' => "CR",
            _ => "NUL",
        };
        write!(f, "{value} contains {name} at byte {offset}")
    }
}
