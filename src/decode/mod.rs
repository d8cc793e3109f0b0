//! Decoding: turns bytes into events.
//!
//! ```text
//! chunk -> Feed -> Cursor: line by line -> Block: the values so far -> EventRef, borrowed
//!                     |                       |
//!                     +---- end of chunk -----+--> State: kept for the next chunk
//! ```

mod block_limit;
mod bytes_decoder;
#[cfg(feature = "codec")]
mod codec;
mod cursor;
mod decoder;
mod ending;
mod events;
mod feed;
mod found;
mod gather;
#[cfg(any(feature = "std", feature = "stream"))]
pub(crate) mod looks;
mod open_line;
#[cfg(feature = "std")]
mod read;
#[cfg(feature = "std")]
pub(crate) mod room;
mod state;
mod step;
pub(crate) mod wanted;

pub use bytes_decoder::BytesDecoder;
#[cfg(feature = "codec")]
pub use codec::EventCodec;
pub use decoder::Decoder;
pub use ending::{Ending, Unfinished};
pub use events::{events, Events};
pub use feed::Feed;
#[cfg(feature = "std")]
pub use read::EventReader;

/// For clients, which look for a line that is not part of an event stream.
#[cfg(feature = "stream")]
pub(crate) use crate::wire::{ends_line, last_line_end};
