//! Line ends: CR LF, LF or CR.

/// Begins and ends lines: what the encoder writes, and what joins the lines of a data field.
pub(crate) const LF: u8 = b'\n';
pub(crate) const CR: u8 = b'\r';

/// [parse 3](crate::_rules#parse-3) Nothing else ends a line: not VT, FF, U+0085, U+2028, U+2029.
#[inline]
pub(crate) const fn ends_line(byte: u8) -> bool {
    byte == LF || byte == CR
}

/// [parse 2](crate::_rules#parse-2) removed once, at the very start of a connection.
pub(crate) const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Where the line after the one that ends at `end` begins.
///
/// [parse 3](crate::_rules#parse-3) A line ends with CR LF, LF or CR. A CR ends it at once; whether an LF that the bytes do not
/// hold yet belongs to it is for the caller to remember.
#[inline]
pub(crate) fn next_line(bytes: &[u8], end: usize) -> usize {
    match bytes[end] {
        LF => end + 1,
        _ => after_cr(bytes, end),
    }
}

/// Apart, so that a line that ends with LF costs one look.
#[inline(never)]
fn after_cr(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end + 1) {
        Some(&LF) => end + 2,
        _ => end + 1,
    }
}

/// Whether a line ends at `at`: after a line end, whether the next line is blank.
#[inline]
pub(crate) fn is_line_end(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), Some(&(LF | CR)))
}

/// Where the first line that is whole ends.
#[inline]
pub(super) fn first_line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(LF, CR, bytes)
}

/// Where the last line that is whole ends.
pub(crate) fn last_line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr2(LF, CR, bytes)
}
