//! What can go wrong while bytes become events.

use core::fmt;

/// A block of the stream that was given up. The decoder goes on with the next one.
///
/// Any byte string is an event stream, so there are two reasons only: a block larger than the limit,
/// and, where [`with_strict_utf8`](crate::Decoder::with_strict_utf8) asked for it, text that is not
/// UTF-8. Neither depends on where the chunks were cut.
///
/// ```
/// use eventwire::{Decoder, DecodeErrorKind};
///
/// let mut decoder = Decoder::new().with_max_event_size(8);
/// let mut feed = decoder.feed(b"data: far too long\n\ndata: next\n\n");
/// let error = feed.advance().unwrap_err();
/// assert!(matches!(error.kind(), DecodeErrorKind::TooLarge { limit: 8, .. }));
/// assert_eq!((error.offset(), error.at()), (0, 14));
/// assert_eq!(error.to_string(), "event larger than the limit of 8 bytes: it begins at byte 0, byte 14 is one too many");
/// assert_eq!(feed.next_ref().unwrap().unwrap().data(), "next");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: u64,
    at: u64,
}

/// Why a block was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The block holds more than [`with_max_event_size`](crate::Decoder::with_max_event_size) allows.
    #[non_exhaustive]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The block holds text that is not UTF-8.
    InvalidUtf8,
}

impl DecodeError {
    pub(crate) fn new(kind: DecodeErrorKind, offset: u64, at: u64) -> Self {
        DecodeError { kind, offset, at }
    }

    /// Why the block was given up.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Where the block begins: the bytes of this connection that lie before it, byte order mark counted.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The byte that decided it, counted like [`offset`](Self::offset): the first one over the limit, or
    /// the first one that is not UTF-8.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DecodeError { kind, offset, at } = self;
        match kind {
            DecodeErrorKind::TooLarge { limit } => write!(
                f,
                "event larger than the limit of {limit} bytes: it begins at byte {offset}, byte {at} is one too many"
            ),
            DecodeErrorKind::InvalidUtf8 => {
                write!(f, "expected UTF-8, found something else at byte {at} in the event that begins at byte {offset}")
            }
        }
    }
}
