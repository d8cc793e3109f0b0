//! Server-Sent Events on the wire.
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod decode;
mod encode;
mod error;
mod event;
mod text;
mod wire;

pub use decode::{events, BytesDecoder, Decoder, Ending, Events, Feed, Frames, Unfinished};
pub use encode::{DataEncoder, Encoded, NotUtf8, Rewind};
pub use error::{DecodeError, DecodeErrorKind, InvalidField};
pub use event::{Event, EventId, EventRef, EventType, Frame, IntoEventId, IntoEventType, UnknownField};
pub use text::Text;

#[cfg(feature = "std")]
pub use decode::EventReader;
#[cfg(feature = "std")]
pub use encode::{DataWriter, EventWriter};
#[cfg(feature = "std")]
pub use error::ReadError;
