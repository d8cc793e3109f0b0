//! `InvalidUtf8`: bytes that cannot be data.

use core::fmt;

/// Bytes that are not valid UTF-8 and so cannot be the data of an event: a reader would replace them
/// ([parse 1](crate::_rules#parse-1)).
///
/// ```
/// use eventwire::{DataEncoder, Head};
///
/// let mut buffer = Vec::new();
/// let mut data = DataEncoder::new(&mut buffer, &Head::new());
/// let error = data.write_bytes(b"caf\xE9!").unwrap_err();
/// assert_eq!(error.to_string(), "data is not valid UTF-8 at byte 3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8 {
    pub(crate) offset: u64,
}

impl InvalidUtf8 {
    /// The offset in the data of the first byte that is not valid UTF-8.
    ///
    /// ```
    /// # use eventwire::{DataEncoder, Head};
    /// # let mut buffer = Vec::new();
    /// # let mut data = DataEncoder::new(&mut buffer, &Head::new());
    /// data.write_bytes(b"ab")?;
    /// assert_eq!(data.write_bytes(b"c\xFF").unwrap_err().offset(), 3);
    /// # Ok::<(), eventwire::InvalidUtf8>(())
    /// ```
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data is not valid UTF-8 at byte {}", self.offset)
    }
}
