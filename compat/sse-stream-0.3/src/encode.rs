//! Encodes blocks.

use std::fmt::Write;

use bytes::Bytes;

use crate::{EncodeError, Sse};

impl Sse {
    /// Encodes the block. Data is split into lines at CR LF, LF and CR.
    ///
    /// ```
    /// use sse_stream::{EncodeError, Sse};
    ///
    /// assert_eq!(Sse::default().event("price").data("1\n2").encode()?, "event: price\ndata: 1\ndata: 2\n\n");
    /// assert_eq!(Sse::default().id("7\ndata: forged").encode(), Err(EncodeError::InvalidId));
    /// # Ok::<(), EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the type holds CR or LF, or the ID holds CR, LF or NUL.
    pub fn encode(self) -> Result<Bytes, EncodeError> {
        let mut text = String::new();
        if let Some(event) = &self.event {
            if event.contains(['\r', '\n']) {
                return Err(EncodeError::InvalidEvent);
            }
            line(&mut text, "event: ", event);
        }
        if let Some(data) = &self.data {
            lines(&mut text, "data: ", data);
        }
        if let Some(id) = &self.id {
            if id.contains(['\r', '\n', '\0']) {
                return Err(EncodeError::InvalidId);
            }
            line(&mut text, "id: ", id);
        }
        if let Some(retry) = self.retry {
            line(&mut text, "retry: ", retry);
        }
        text.push('\n');
        Ok(text.into())
    }
}

impl TryFrom<Sse> for Bytes {
    type Error = EncodeError;

    fn try_from(block: Sse) -> Result<Self, EncodeError> {
        block.encode()
    }
}

/// A comment, for which every text will do.
pub(crate) fn comment(text: &str) -> Bytes {
    let mut comment = String::new();
    lines(&mut comment, ": ", text);
    comment.push('\n');
    comment.into()
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    // A `String` takes all that is written to it.
    let _ = writeln!(out, "{name}{value}");
}

fn lines(out: &mut String, name: &str, mut text: &str) {
    while let Some(end) = text.find(['\r', '\n']) {
        line(out, name, &text[..end]);
        let rest = &text[end..];
        text = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
    }
    line(out, name, text);
}
