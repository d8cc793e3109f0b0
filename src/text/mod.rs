//! Text that is known to be UTF-8.
//!
//! This is one of the two places in the crate that may use `unsafe`. Each type here keeps a fact ("these bytes are
//! UTF-8") together with the bytes that it describes, so that the two cannot be mismatched.

#[macro_use]
mod str_like;

mod buffer;
mod chunk;
mod held;
mod piece;
mod repair;
mod short;
mod traits;

pub(crate) use self::buffer::TextBuffer;
pub use self::chunk::Chunk;
pub(crate) use self::chunk::Scanned;
pub use self::held::Utf8Bytes;
pub(crate) use self::held::WORTH_SHARING;
pub(crate) use self::piece::Piece;
