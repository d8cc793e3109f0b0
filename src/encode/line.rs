//! Writing one line: a field or a comment.

use bytes::BufMut;

use crate::wire::{each_line, BOM, COLON, LF, SPACE};

pub(super) const DATA: [u8; 6] = [b'd', b'a', b't', b'a', COLON, SPACE];
/// Ends a data line and begins the next, with one call of the buffer instead of two.
pub(super) const NEXT_DATA: [u8; 7] = [LF, b'd', b'a', b't', b'a', COLON, SPACE];
pub(super) const EVENT: [u8; 7] = [b'e', b'v', b'e', b'n', b't', COLON, SPACE];
pub(super) const ID: [u8; 4] = [b'i', b'd', COLON, SPACE];
const RETRY: [u8; 7] = [b'r', b'e', b't', b'r', b'y', COLON, SPACE];

/// [encoding 29](crate::_rules#encoding-29) A comment without text, not even a space.
pub(super) const HEARTBEAT: [u8; 2] = [COLON, LF];

/// Ends a line and, with the blank line that follows, its block.
pub(super) const END_OF_BLOCK: [u8; 2] = [LF, LF];

#[inline]
pub(super) fn put_field<const N: usize>(buffer: &mut impl BufMut, name: &[u8; N], value: &[u8]) {
    put_open_field(buffer, name, value);
    buffer.put_u8(LF);
}

/// A field whose line has not ended.
///
/// [encoding 28](crate::_rules#encoding-28) A space comes before every value that is not empty, so that a space the
/// value begins with survives. [encoding 26](crate::_rules#encoding-26) Nothing follows the colon when the value is
/// empty.
#[inline]
pub(super) fn put_open_field<const N: usize>(buffer: &mut impl BufMut, name: &[u8; N], value: &[u8]) {
    if value.is_empty() {
        buffer.put_slice(&name[..N - 1])
    } else {
        buffer.put_slice(name);
        buffer.put_slice(value);
    }
}

#[inline]
pub(super) fn field_len<const N: usize>(_name: &[u8; N], value: &[u8]) -> usize {
    if value.is_empty() {
        N
    } else {
        N + value.len() + 1
    }
}

#[inline]
pub(super) fn put_retry(buffer: &mut impl BufMut, millis: u64) {
    put_field(buffer, &RETRY, itoa::Buffer::new().format(millis).as_bytes());
}

pub(super) fn retry_len(millis: u64) -> usize {
    field_len(&RETRY, itoa::Buffer::new().format(millis).as_bytes())
}

/// [encoding 28](crate::_rules#encoding-28) The text directly follows the colon: a reader removes nothing there.
/// [encoding 27](crate::_rules#encoding-27) Text of several lines becomes several comments.
pub(super) fn put_comment(buffer: &mut impl BufMut, text: &str) {
    each_line(text.as_bytes(), |line| {
        buffer.put_u8(COLON);
        buffer.put_slice(line);
        buffer.put_u8(LF);
    });
}

/// A field that the standard does not know. Both parts come from one line of the wire.
pub(super) fn put_unknown(buffer: &mut impl BufMut, name: &str, value: &str) {
    // Were this the first line of the stream, the reader would remove the mark [parse 2] and see a field of
    // another name, perhaps `data`. After any other line it is as harmless as it was.
    if name.as_bytes().starts_with(&BOM) {
        buffer.put_slice(&HEARTBEAT);
    }
    buffer.put_slice(name.as_bytes());
    // A name alone is how text that was never meant to be a field looks (a bare JSON error): left as it was.
    if !value.is_empty() {
        buffer.put_slice(&[COLON, SPACE]);
        buffer.put_slice(value.as_bytes());
    }
    buffer.put_u8(LF);
}
