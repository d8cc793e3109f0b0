//! Bounds: traits and types that appear in the signatures of this crate.
//!
//! They are sealed, so there is nothing to implement. You name them only in bounds of your own:
//!
//! ```
//! use eventwire::{traits::IntoEventId, Event};
//!
//! /// Takes what `Event::with_id` takes: literals, integers, and IDs that were checked.
//! fn tick(id: impl IntoEventId) -> Event {
//!     Event::new("tick").with_id(id)
//! }
//! # assert_eq!(tick(7), tick("7"));
//! ```

pub use crate::decode::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
pub use crate::encode::Rewind;
pub use crate::event::{IntoEventId, IntoEventType};
pub use crate::text::Chunk;
