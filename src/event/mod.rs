//! Events and their parts: what decoders return and encoders take.

mod checked;
mod event_id;
mod event_ref;
mod event_type;
mod frame;
mod head;
#[cfg(feature = "json")]
mod json;
mod owned;
mod piece;

#[cfg(feature = "server")]
pub(crate) use checked::from_text;
pub use event_id::{EventId, IntoEventId};
pub use event_ref::EventRef;
pub use event_type::{EventType, IntoEventType};
pub use frame::{Frame, OwnedFrame};
pub(crate) use head::wire_millis;
pub use head::{Head, HeadRef};
pub use owned::Event;
pub use piece::EventPiece;
