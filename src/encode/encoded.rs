//! `Encoded`: an event in bytes, shared by many clients.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;

use super::line::{put_comment, put_retry, HEARTBEAT};
use crate::event::{wire_millis, Event, EventRef, Frame, Head, OwnedFrame};

/// An event in bytes: encoded once, and cloned for a thousand clients at the cost of a reference count each.
///
/// It holds only whole lines, so nothing sent before or after it can become a part of it.
///
/// ```
/// use eventwire::{Encoded, Event};
///
/// let tick = Encoded::from(Event::new("21.5").with_id(7));
/// let clients = vec![tick.clone(); 1000];
/// assert_eq!(clients[999].as_bytes(), b"id: 7\ndata: 21.5\n\n");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Encoded(pub(super) Bytes);

impl Encoded {
    /// Creates a comment, which no reader takes for an event: one line for each line of the text.
    ///
    /// [encoding 28](crate::_rules#encoding-28) The text follows the colon directly.
    ///
    /// ```
    /// use eventwire::Encoded;
    ///
    /// assert_eq!(Encoded::comment(" warming up").as_bytes(), b": warming up\n");
    /// assert_eq!(Encoded::comment("two\nlines").as_bytes(), b":two\n:lines\n");
    /// ```
    #[must_use]
    pub fn comment(text: &str) -> Self {
        let mut buffer = Vec::with_capacity(HEARTBEAT.len() + text.len());
        put_comment(&mut buffer, text);
        Encoded(buffer.into())
    }

    /// Creates the shortest comment, which keeps idle connections open. Nothing is allocated.
    ///
    /// ```
    /// use eventwire::Encoded;
    ///
    /// assert_eq!(Encoded::heartbeat().as_bytes(), b":\n");
    /// ```
    #[must_use]
    pub const fn heartbeat() -> Self {
        Encoded(Bytes::from_static(&HEARTBEAT))
    }

    /// Creates a separate `retry` line, which takes effect as soon as it is read.
    ///
    /// [encoding 27](crate::_rules#encoding-27) In whole milliseconds: rounded up, at most `u64::MAX` of them.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::Encoded;
    ///
    /// assert_eq!(Encoded::retry(Duration::from_secs(3)).as_bytes(), b"retry: 3000\n");
    /// ```
    #[must_use]
    pub fn retry(retry: Duration) -> Self {
        let mut buffer = Vec::new();
        put_retry(&mut buffer, wire_millis(retry));
        Encoded(buffer.into())
    }

    /// Borrows the bytes.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// assert_eq!(Event::new("a").to_encoded().as_bytes(), b"data: a\n\n");
    /// ```
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

macro_rules! encoded_from_blocks {
    ($($type:ty)*) => {$(
        impl From<$type> for Encoded {
            fn from(block: $type) -> Self {
                block.to_encoded()
            }
        }
    )*};
}

macro_rules! encoded_from_frames {
    ($($type:ty)*) => {$(
        impl From<$type> for Encoded {
            fn from(frame: $type) -> Self {
                let mut buffer = Vec::new();
                frame.encode(&mut buffer);
                Encoded(buffer.into())
            }
        }
    )*};
}

encoded_from_blocks!(Event &Event Head &Head EventRef<'_>);
encoded_from_frames!(Frame<'_> OwnedFrame &OwnedFrame);

impl From<Encoded> for Bytes {
    fn from(encoded: Encoded) -> Bytes {
        encoded.0
    }
}

impl AsRef<[u8]> for Encoded {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.0.len();
        let end = len.min(SHORT);
        let more = if end < len { ".." } else { "" };
        write!(f, "Encoded({len} B: \"{}\"{more})", self.0[..end].escape_ascii())
    }
}

/// Bytes in a `Debug` line: enough to recognise an event.
const SHORT: usize = 80;

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;

    #[test]
    fn clones_share_their_bytes() {
        let encoded = Event::new("a").to_encoded();
        assert_eq!(encoded.clone().as_bytes().as_ptr(), encoded.as_bytes().as_ptr());
    }

    #[test]
    fn a_reconnection_time_of_less_than_a_millisecond_is_not_zero() {
        assert_eq!(Encoded::retry(Duration::from_micros(500)).as_bytes(), b"retry: 1\n");
        assert_eq!(Encoded::retry(Duration::ZERO).as_bytes(), b"retry: 0\n");
        assert_eq!(Encoded::retry(Duration::MAX).as_bytes(), b"retry: 18446744073709551615\n");
    }

    #[test]
    fn an_empty_comment_is_the_heartbeat() {
        assert_eq!(Encoded::comment(""), Encoded::heartbeat());
    }

    #[test]
    fn every_line_end_in_a_comment_begins_another_comment() {
        assert_eq!(Encoded::comment("a\r\nb\rc\n").as_bytes(), b":a\n:b\n:c\n:\n");
    }

    #[test]
    fn debug_shows_the_length_and_the_beginning() {
        assert_eq!(format!("{:?}", Event::new("a").to_encoded()), r#"Encoded(9 B: "data: a\n\n")"#);
        let long = format!("{:?}", Event::new("a".repeat(1000)).to_encoded());
        let expected: String = format!("Encoded(1008 B: \"data: {}\"..)", "a".repeat(74));
        assert_eq!(long, expected);
    }
}
