//! Response heads: what they say about the body.

mod content_encoding;
mod event_stream;
mod media_type;

pub(crate) use content_encoding::content_encoding;
pub use event_stream::is_event_stream;
pub(crate) use media_type::has_media_type;
