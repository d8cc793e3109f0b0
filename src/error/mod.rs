//! Every error, and its words.

mod decode;
mod invalid_field;
#[cfg(feature = "json")]
mod json;
mod not_utf8;
#[cfg(feature = "std")]
mod read;

pub use decode::{DecodeError, DecodeErrorKind};
pub use invalid_field::InvalidValue;
#[cfg(feature = "json")]
pub use json::JsonError;
pub use not_utf8::InvalidUtf8;
#[cfg(feature = "std")]
pub use read::ReadError;

#[cfg(feature = "std")]
impl std::error::Error for DecodeError {}

#[cfg(feature = "std")]
impl std::error::Error for InvalidValue {}

#[cfg(feature = "std")]
impl std::error::Error for InvalidUtf8 {}

// Without a source: what the JSON reader says is an error of `std` only where that one has `std` too.
#[cfg(all(feature = "json", feature = "std"))]
impl std::error::Error for JsonError {}
