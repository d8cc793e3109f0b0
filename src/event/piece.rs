//! Events whose data may be too large to be held.

use super::EventRef;

/// An event, or a part of one whose data is large: for those who read data as it comes.
///
/// Made by [`Decoder::feed_pieces`](crate::Decoder::feed_pieces).
#[derive(Clone, Copy, Debug)]
pub enum EventPiece<'a> {
    /// A whole event: the same one that [`Decoder::feed`](crate::Decoder::feed) gives.
    Event(EventRef<'a>),
    /// A piece of the data of an event that is not whole yet. The pieces of an event follow each other.
    Data(&'a str),
    /// The end of the event that came in pieces: the last piece of its data, its type and its ID.
    ///
    /// An event whose end does not come is none [parse 14]: its block was given up with an error, or cut off.
    End(EventRef<'a>),
}
