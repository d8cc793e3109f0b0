//! What [`Utf8Bytes`] is made from, compared with and shown as.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::Deref;
use core::{cmp, fmt, hash, str};

use bytes::Bytes;

use super::Utf8Bytes;

impl Default for Utf8Bytes {
    #[inline]
    fn default() -> Self {
        Utf8Bytes::EMPTY
    }
}

impl Deref for Utf8Bytes {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Utf8Bytes {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<String> for Utf8Bytes {
    /// Takes the text over: no copy of more than a few bytes.
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

    /// Takes the bytes over, checked and not copied.
    ///
    /// # Errors
    ///
    /// When they are not UTF-8.
    fn try_from(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        Utf8Bytes::from_bytes(bytes)
    }
}

impl From<Utf8Bytes> for Bytes {
    /// No copy of more than a few bytes.
    fn from(text: Utf8Bytes) -> Bytes {
        text.into_bytes()
    }
}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for Utf8Bytes {
    fn eq(&self, other: &T) -> bool {
        self.as_str() == other.as_ref()
    }
}

impl Eq for Utf8Bytes {}

impl PartialOrd for Utf8Bytes {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Utf8Bytes {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.as_str().cmp(other)
    }
}

impl hash::Hash for Utf8Bytes {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Utf8Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Utf8Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
