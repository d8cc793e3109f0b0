//! `DecodeError`: a block that was rejected.

use core::fmt;

/// A block of the stream that was rejected. The decoder continues with the next one.
///
/// Any byte string is an event stream, so there are only two reasons: a block larger than a limit and, with
/// [`with_strict_utf8`](crate::Decoder::with_strict_utf8), text that is not valid UTF-8. Neither depends on where the
/// chunks were cut.
///
/// ```
/// use eventwire::{Decoder, DecodeErrorKind};
///
/// let mut decoder = Decoder::new().with_max_event_size(8);
/// let mut feed = decoder.feed(b"data: far too long\n\ndata: next\n\n");
/// let error = feed.advance().unwrap_err();
/// assert!(matches!(error.kind(), DecodeErrorKind::TooLarge { limit: 8, .. }));
/// assert_eq!((error.event_offset(), error.offset()), (0, 14));
/// assert_eq!(error.to_string(), "event exceeds the limit of 8 bytes at byte 14, in the event starting at byte 0");
/// assert_eq!(feed.next_ref().unwrap().unwrap().data(), "next");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    event_offset: u64,
    offset: u64,
}

/// Why a block was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The block holds more than [`with_max_event_size`](crate::Decoder::with_max_event_size) allows.
    #[non_exhaustive]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The block has more bytes, as received, than [`with_max_block_size`](crate::Decoder::with_max_block_size) allows.
    #[non_exhaustive]
    BlockTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The block holds text that is not UTF-8.
    InvalidUtf8,
}

impl DecodeError {
    pub(crate) fn new(kind: DecodeErrorKind, event_offset: u64, offset: u64) -> Self {
        DecodeError { kind, event_offset, offset }
    }

    /// Why the block was rejected.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The offset in the connection of the byte that decided it, from 0, byte order mark included: the first one over
    /// the limit, or the first one that is not valid UTF-8.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The offset at which the block begins, counted as [`offset`](Self::offset) is.
    #[must_use]
    pub fn event_offset(&self) -> u64 {
        self.event_offset
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DecodeErrorKind::TooLarge { limit } => write!(f, "event exceeds the limit of {limit} bytes")?,
            DecodeErrorKind::BlockTooLarge { limit } => {
                write!(f, "block exceeds the limit of {limit} bytes")?
            }
            DecodeErrorKind::InvalidUtf8 => f.write_str("invalid UTF-8")?,
        }
        write!(f, " at byte {}, in the event starting at byte {}", self.offset, self.event_offset)
    }
}
