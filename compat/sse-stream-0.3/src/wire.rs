//! Writes blocks whose type and ID are known to contain no line end.

use std::fmt::Write;

use bytes::Bytes;

use crate::Sse;

/// Data is split into lines at CR LF, LF and CR.
pub(crate) fn write(block: &Sse) -> Bytes {
    let mut text = String::new();
    if let Some(event) = &block.event {
        line(&mut text, "event: ", event);
    }
    if let Some(data) = &block.data {
        lines(&mut text, "data: ", data);
    }
    if let Some(id) = &block.id {
        line(&mut text, "id: ", id);
    }
    if let Some(retry) = block.retry {
        line(&mut text, "retry: ", retry);
    }
    text.push('\n');
    text.into()
}

/// Writes a comment, which may contain any text.
pub(crate) fn comment(text: &str) -> Bytes {
    let mut comment = String::new();
    lines(&mut comment, ": ", text);
    comment.push('\n');
    comment.into()
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    // Writing to a `String` cannot fail.
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
