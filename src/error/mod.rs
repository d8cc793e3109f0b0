//! Every error, and its words.

mod decode;
mod invalid_field;
#[cfg(feature = "std")]
mod read;

pub use decode::{DecodeError, DecodeErrorKind};
pub use invalid_field::InvalidField;
#[cfg(feature = "std")]
pub use read::ReadError;

#[cfg(feature = "std")]
impl std::error::Error for DecodeError {}

#[cfg(feature = "std")]
impl std::error::Error for InvalidField {}
