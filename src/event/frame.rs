//! Everything that stands on the wire, for those who need more than events.

use core::time::Duration;

use super::EventRef;

/// One thing on the wire, in wire order: what proxies, loggers and watchdogs ask for.
///
/// Made by [`Decoder::feed_frames`](crate::Decoder::feed_frames). A line that stands for itself (a comment,
/// a reconnection time, an unknown field) comes as soon as it is read, an event at its blank line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// An event: the same one that [`Decoder::feed`](crate::Decoder::feed) gives.
    Event(EventRef<'a>),
    /// A comment: the text after the colon, nothing removed.
    Comment(&'a str),
    /// A reconnection time that a `retry` line has put in force.
    Retry(Duration),
    /// A field that the standard tells to ignore.
    Unknown(UnknownField<'a>),
    /// A block that ended without data and so is no event: its type is forgotten, its ID counts [parse 12].
    ///
    /// A blank line that ends nothing, as behind a comment, is a block without data too: with it, a proxy can
    /// write the stream again as it was.
    BlockWithoutData(EventRef<'a>),
}

/// A field whose name the standard does not know.
///
/// Only a decoder makes it: on the wire, a made-up name could forge another field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownField<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
}

impl<'a> UnknownField<'a> {
    /// The name, as it stood there.
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
