//! Response heads: what they say about the body.

mod content_encoding;
mod media_type;

pub(crate) use content_encoding::content_encoding;
pub(crate) use media_type::has_media_type;
