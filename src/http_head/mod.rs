//! Response heads: what they say about the body.

mod content_encoding;
mod media_type;

pub(crate) use content_encoding::content_encoding;
pub use media_type::is_event_stream;
