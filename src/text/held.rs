//! `Utf8Bytes`: text that is cheap to clone.

use alloc::string::String;
use core::{slice, str};

use bytes::Bytes;

use super::short::Short;

/// UTF-8 text that is cheap to clone: a clone copies at most 23 bytes, or increments a reference count.
///
/// It holds the text of an [`Event`](crate::Event). Text of up to 23 bytes is stored inline. Literals and long texts
/// stay where they are, so [`Utf8Bytes::from_static`] and a long `String` cost no copy.
///
/// ```
/// use eventwire::Utf8Bytes;
///
/// let text = Utf8Bytes::from(String::from("21.5"));
/// assert_eq!(text, "21.5");
/// assert_eq!(text.clone().len(), 4);
/// ```
#[derive(Clone)]
pub struct Utf8Bytes(pub(super) Held);

/// The bytes of the text. They are UTF-8: every constructor takes text or checks its bytes.
#[derive(Clone)]
pub(super) enum Held {
    Here(Short),
    Bytes(Bytes),
}

/// 2 KiB: from this size on, sharing a buffer is cheaper than copying its text. A slice and its release cost 18 ns; a
/// copy of 250 B costs 9 ns.
pub(crate) const WORTH_SHARING: usize = 2 * 1024;

impl Utf8Bytes {
    pub(super) const EMPTY: Utf8Bytes = Utf8Bytes(Held::Here(Short::EMPTY));

    /// Creates text from a literal, without a copy or an allocation.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Utf8Bytes(Held::Bytes(Bytes::from_static(text.as_bytes())))
    }

    /// Borrows the text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        // SAFETY: every constructor takes a `str` or checks its bytes, and nothing changes them.
        unsafe { str::from_utf8_unchecked(self.as_bytes()) }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            // SAFETY: the words are 24 bytes, and `len` is at most 23.
            Held::Here(short) => unsafe { slice::from_raw_parts(short.words().as_ptr().cast(), short.len()) },
            Held::Bytes(bytes) => bytes,
        }
    }

    /// Copies `text`, and allocates if it is not short.
    #[inline(always)]
    pub(crate) fn copy(text: &str) -> Self {
        Utf8Bytes(if text.len() <= Short::MOST {
            Held::Here(Short::copy(text.as_bytes()))
        } else {
            Held::Bytes(Bytes::copy_from_slice(text.as_bytes()))
        })
    }

    /// Shares the bytes of `source` that hold `text`.
    ///
    /// # Panics
    ///
    /// If `text` does not lie in `source`.
    pub(crate) fn slice_of(source: &Bytes, text: &str) -> Self {
        Utf8Bytes(Held::Bytes(source.slice_ref(text.as_bytes())))
    }

    pub(super) fn from_string(text: String) -> Self {
        if text.len() <= Short::MOST {
            Utf8Bytes::copy(&text)
        } else {
            Utf8Bytes(Held::Bytes(text.into()))
        }
    }

    pub(super) fn from_bytes(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        str::from_utf8(&bytes)?;
        Ok(Utf8Bytes(Held::Bytes(bytes)))
    }

    pub(super) fn into_string(self) -> String {
        match self.0 {
            Held::Here(_) => self.as_str().into(),
            // SAFETY: the bytes are UTF-8.
            Held::Bytes(bytes) => unsafe { String::from_utf8_unchecked(bytes.into()) },
        }
    }

    pub(super) fn into_bytes(self) -> Bytes {
        match self.0 {
            Held::Here(_) => Bytes::copy_from_slice(self.as_bytes()),
            Held::Bytes(bytes) => bytes,
        }
    }
}
