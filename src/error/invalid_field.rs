//! What can go wrong while text becomes an event type or an event ID.

use core::fmt;

/// Text that would break the wire, and so cannot be an event type or an event ID.
///
/// ```
/// use eventwire::EventId;
///
/// let error = EventId::try_from("7\nretry: 1").unwrap_err();
/// assert_eq!(error.to_string(), "expected an event ID without CR, LF and NUL, found LF at byte 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    pub(crate) field: &'static str,
    pub(crate) byte: u8,
    pub(crate) at: usize,
}

impl InvalidValue {
    /// The index in the text of the byte that cannot stand there.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InvalidValue { field, byte, at } = self;
        let found = match byte {
            b'\n' => "LF",
            b'\r' => "CR",
            _ => "NUL",
        };
        write!(f, "expected {field}, found {found} at byte {at}")
    }
}
