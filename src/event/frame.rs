//! `Frame`: everything on the wire, for programs that need more than events.

use core::time::Duration;

use super::{EventRef, HeadRef};

/// One item on the wire, in wire order: for proxies, loggers and watchdogs.
///
/// Made by [`Decoder::feed_frames`](crate::Decoder::feed_frames). A comment, a reconnection time and an unknown field come
/// as soon as their line has been read, an event at its blank line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// An event: the same one that [`Decoder::feed`](crate::Decoder::feed) returns.
    Event(EventRef<'a>),
    /// A comment: the text after the colon, nothing removed.
    Comment(&'a str),
    /// The reconnection time of a `retry` line, which takes effect at once.
    Retry(Duration),
    /// A field that the standard says to ignore.
    Unknown(UnknownField<'a>),
    /// A block that ended without data and so is no event: its type is forgotten, its ID takes effect [parse 12](crate::_rules#parse-12).
    ///
    /// A blank line that ends nothing, after a comment for instance, is a block without data too, so that a proxy can
    /// write the stream as it was.
    BlockWithoutData(HeadRef<'a>),
}

/// A field whose name the standard does not define.
///
/// Only a decoder makes one: on the wire, an invented name could forge another field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownField<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
}

impl<'a> UnknownField<'a> {
    /// The name, as it was on the wire.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value, without the one space that may follow the colon.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.value
    }
}
