//! `EventPiece`: a part of an event whose data may be too large to hold.

use super::{EventRef, HeadRef};

/// An event, or a part of one whose data is large: for programs that process data while it arrives.
///
/// Returned by [`Decoder::feed_pieces`](crate::Decoder::feed_pieces).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventPiece<'a> {
    /// A whole event: the same one that [`Decoder::feed`](crate::Decoder::feed) returns.
    Event(EventRef<'a>),
    /// The next piece of the data of an event that is not complete yet. No other event comes between the pieces of one.
    Data(&'a str),
    /// The end of an event in pieces. Without its end, it is no event
    /// ([parse 14](crate::_rules#parse-14)): its block was rejected with an error, or cut off.
    End {
        /// The last piece of the data, which may be empty.
        data: &'a str,
        /// Type, ID and reconnection time.
        head: HeadRef<'a>,
    },
    /// The connection was lost after some pieces of an event: discard them. The event may come again, from its start.
    /// Only an `EventSource`, which reconnects, returns this.
    Cut,
}
