//! `Utf8Bytes`: its conversions.

use alloc::borrow::Cow;
use alloc::string::String;
use core::convert::Infallible;
use core::str::{self, FromStr};

use bytes::Bytes;

use super::Utf8Bytes;

impl Default for Utf8Bytes {
    #[inline]
    fn default() -> Self {
        Utf8Bytes::EMPTY
    }
}

impl From<String> for Utf8Bytes {
    /// Takes ownership of the text. Copies it only if it is short enough to be stored inline.
    fn from(text: String) -> Self {
        Utf8Bytes::from_string(text)
    }
}

impl From<&str> for Utf8Bytes {
    /// Copies the text.
    fn from(text: &str) -> Self {
        Utf8Bytes::copy(text)
    }
}

impl From<&String> for Utf8Bytes {
    /// Copies the text.
    fn from(text: &String) -> Self {
        Utf8Bytes::copy(text)
    }
}

impl From<Cow<'_, str>> for Utf8Bytes {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Utf8Bytes::copy(text),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl TryFrom<Bytes> for Utf8Bytes {
    type Error = str::Utf8Error;

    /// Takes ownership of the bytes and checks them, without a copy.
    ///
    /// # Errors
    ///
    /// If the bytes are not UTF-8.
    fn try_from(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        Utf8Bytes::from_bytes(bytes)
    }
}

impl From<Utf8Bytes> for Bytes {
    /// Shares the bytes. Copies the text only if it is stored inline.
    fn from(text: Utf8Bytes) -> Bytes {
        text.into_bytes()
    }
}

impl From<Utf8Bytes> for String {
    /// Takes over the buffer if it is not shared and the text begins at its start; otherwise copies the text.
    fn from(text: Utf8Bytes) -> String {
        text.into_string()
    }
}

impl FromStr for Utf8Bytes {
    type Err = Infallible;

    /// Copies the text.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Utf8Bytes::copy(text))
    }
}

str_like!(Utf8Bytes);
