//! Bytes become events.
//!
//! ```text
//! chunk -> Feed -> Cursor: line by line -> Block: what the lines have said -> EventRef, lent
//!                     |                       |
//!                     +--- the chunk's end ---+--> Decoder: what the next chunk must know
//! ```

mod block;
mod bytes_decoder;
#[cfg(feature = "codec")]
mod codec;
mod connection;
mod cursor;
mod decoder;
mod ending;
mod ends;
mod feed;
mod gather;
mod lend;
mod mode;
mod open_line;
mod pieces;
mod plain;
#[cfg(feature = "std")]
mod read;
#[cfg(feature = "std")]
pub(crate) mod room;
mod slice;
mod small;
pub(crate) mod wanted;

pub use bytes_decoder::BytesDecoder;
#[cfg(feature = "codec")]
pub use codec::EventCodec;
pub use decoder::Decoder;
pub use ending::{Ending, Unfinished};
pub use feed::Feed;
#[cfg(feature = "std")]
pub use read::EventReader;
pub use slice::{events, Events};
