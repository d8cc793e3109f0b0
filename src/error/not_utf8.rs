//! What can go wrong while bytes become data.

use core::fmt;

/// Bytes that are not UTF-8, and so cannot be the data of an event: a reader would replace them [parse 1].
///
/// ```
/// use eventwire::{DataEncoder, Event};
///
/// let mut buffer = Vec::new();
/// let mut data = DataEncoder::new(&mut buffer, &Event::without_data());
/// let error = data.write_bytes(b"caf\xE9!").unwrap_err();
/// assert_eq!(error.to_string(), "expected data in UTF-8, found none at byte 3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8 {
    pub(crate) at: u64,
}

impl InvalidUtf8 {
    /// The index in the data of the byte from which on it is not UTF-8.
    ///
    /// ```
    /// # use eventwire::{DataEncoder, Event};
    /// # let mut buffer = Vec::new();
    /// # let mut data = DataEncoder::new(&mut buffer, &Event::without_data());
    /// data.write_bytes(b"ab")?;
    /// assert_eq!(data.write_bytes(b"c\xFF").unwrap_err().at(), 3);
    /// # Ok::<(), eventwire::InvalidUtf8>(())
    /// ```
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }
}

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected data in UTF-8, found none at byte {}", self.at)
    }
}
