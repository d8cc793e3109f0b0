//! `Frame`: everything on the wire, for programs that need more than events.

use core::time::Duration;

use super::{Event, EventRef, Head, HeadRef};
use crate::text::Utf8Bytes;

/// One item on the wire, in wire order: for proxies, loggers and watchdogs.
///
/// Returned by [`Decoder::feed_frames`](crate::Decoder::feed_frames). A comment, a reconnection time and an unknown
/// field come as soon as their line has been read, an event at its blank line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// An event: the same one that [`Decoder::feed`](crate::Decoder::feed) returns.
    Event(EventRef<'a>),
    /// A comment: the text after the colon, unchanged.
    Comment(&'a str),
    /// The reconnection time of a `retry` line, which takes effect immediately.
    Retry(Duration),
    /// A field that the standard tells readers to ignore.
    ///
    /// Only a decoder creates one: on the wire, an invented name could forge another field.
    #[non_exhaustive]
    Unknown {
        /// The name, as it was on the wire.
        name: &'a str,
        /// The value, without the one space that may follow the colon.
        value: &'a str,
    },
    /// A block that ended without data, so it is no event: its type is forgotten, its ID takes effect
    /// ([parse 12](crate::_rules#parse-12)).
    ///
    /// A blank line that ends nothing, for example after a comment, is a block without data too, so that a proxy can
    /// write the stream as it was.
    BlockWithoutData(HeadRef<'a>),
}

/// A [`Frame`] that owns its text: an item of [`EventReader::into_frames`](crate::EventReader::into_frames) and of the
/// streams of frames in `client`.
///
/// ```
/// use eventwire::{Decoder, OwnedFrame};
///
/// let mut decoder = Decoder::new();
/// let mut frames = decoder.feed_frames(": hello\nretry: 3000\ndata: a\n\n");
/// let mut kept = Vec::new();
/// while let Some(frame) = frames.next_frame()? {
///     kept.push(OwnedFrame::from(frame));
/// }
/// assert_eq!(kept[0], OwnedFrame::Comment(" hello".into()));
/// assert!(matches!(&kept[2], OwnedFrame::Event(event) if event.data() == "a"));
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OwnedFrame {
    /// An event.
    Event(Event),
    /// A comment: the text after the colon, unchanged.
    Comment(Utf8Bytes),
    /// The reconnection time of a `retry` line.
    Retry(Duration),
    /// A field that the standard tells readers to ignore. Only a decoder creates one.
    #[non_exhaustive]
    Unknown {
        /// The name, as it was on the wire.
        name: Utf8Bytes,
        /// The value, without the one space that may follow the colon.
        value: Utf8Bytes,
    },
    /// A block that ended without data, so it is no event.
    BlockWithoutData(Head),
}

impl From<Frame<'_>> for OwnedFrame {
    /// Copies the text, except for large data of an event: see [`EventRef::to_event`].
    fn from(frame: Frame<'_>) -> Self {
        match frame {
            Frame::Event(event) => OwnedFrame::Event(event.to_event()),
            Frame::Comment(text) => OwnedFrame::Comment(text.into()),
            Frame::Retry(time) => OwnedFrame::Retry(time),
            Frame::Unknown { name, value } => OwnedFrame::Unknown { name: name.into(), value: value.into() },
            Frame::BlockWithoutData(head) => OwnedFrame::BlockWithoutData(head.into()),
        }
    }
}
