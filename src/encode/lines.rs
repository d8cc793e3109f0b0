//! `Encoded` from lines that came from the wire and are forwarded unchanged.

use bytes::Bytes;

use super::Encoded;

impl Encoded {
    /// Wraps bytes that are whole lines.
    pub(crate) fn of_lines(bytes: Bytes) -> Self {
        Encoded(bytes)
    }
}
