//! The traits and types of arguments. They are sealed: there is nothing to implement, and rarely a reason to name one.

pub use crate::decode::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
pub use crate::encode::Rewind;
pub use crate::event::{IntoEventId, IntoEventType};
pub use crate::text::Chunk;
