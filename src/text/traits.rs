//! What [`Text`] is made from, compared with and shown as.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::Deref;
use core::{cmp, fmt, hash, str};

use bytes::Bytes;

use super::Text;

impl Default for Text {
    #[inline]
    fn default() -> Self {
        Text::EMPTY
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<String> for Text {
    /// Takes the text over: no copy of more than a few bytes.
    fn from(text: String) -> Self {
        Text::from_string(text)
    }
}

impl From<&str> for Text {
    /// Copies the text.
    fn from(text: &str) -> Self {
        Text::copy(text)
    }
}

impl From<&String> for Text {
    /// Copies the text.
    fn from(text: &String) -> Self {
        Text::copy(text)
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Text::copy(text),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl TryFrom<Bytes> for Text {
    type Error = str::Utf8Error;

    /// Takes the bytes over, checked and not copied.
    ///
    /// # Errors
    ///
    /// When they are not UTF-8.
    fn try_from(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        Text::from_bytes(bytes)
    }
}

impl From<Text> for Bytes {
    /// No copy of more than a few bytes.
    fn from(text: Text) -> Bytes {
        text.into_bytes()
    }
}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for Text {
    fn eq(&self, other: &T) -> bool {
        self.as_str() == other.as_ref()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.as_str().cmp(other)
    }
}

impl hash::Hash for Text {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
