//! The errors of decoding and encoding, and their messages. Those of a module of HTTP are in that module.

mod decode;
mod invalid_utf8;
mod invalid_value;
#[cfg(feature = "json")]
mod json;
// Used by the errors of clients and of JSON.
#[cfg_attr(not(feature = "stream"), allow(dead_code))]
mod printable;
#[cfg(feature = "std")]
mod read;

pub use decode::{DecodeError, DecodeErrorKind};
pub use invalid_utf8::InvalidUtf8;
pub use invalid_value::InvalidValue;
#[cfg(feature = "json")]
pub use json::JsonError;
#[cfg(feature = "stream")]
pub(crate) use printable::Printable;
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
