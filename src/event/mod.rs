//! The vocabulary that both sides speak.

mod event_id;
mod event_ref;
mod event_type;
mod frame;
#[cfg(feature = "json")]
mod json;
mod owned;
mod piece;

pub use event_id::{EventId, IntoEventId};
pub use event_ref::EventRef;
pub use event_type::{EventType, IntoEventType};
pub use frame::{Frame, UnknownField};
pub use owned::Event;
pub use piece::EventPiece;
