//! `std::io::Write` for `DataEncoder`.

use std::io;

use super::{DataEncoder, Rewind};
use crate::error::InvalidUtf8;

impl<B: Rewind> io::Write for DataEncoder<'_, B> {
    /// Writes the next bytes of the data, always all of them.
    ///
    /// # Errors
    ///
    /// As in [`write_bytes`](DataEncoder::write_bytes): `InvalidData` if the data is not UTF-8.
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_bytes(piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<InvalidUtf8> for io::Error {
    fn from(error: InvalidUtf8) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use std::io::Write;

    use super::*;
    use crate::event::Head;

    #[test]
    fn bytes_that_are_not_text_are_invalid_data() {
        let mut buffer = Vec::new();
        let mut data = DataEncoder::new(&mut buffer, &Head::new());
        data.write_all(b"ab").unwrap();
        let error = data.write_all(b"c\xFF").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "data is not valid UTF-8 at byte 3");
    }
}
