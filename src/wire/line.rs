//! Line ends: CR LF, LF or CR.

/// The line end that the encoder writes, and that joins the lines of a data field.
pub(crate) const LF: u8 = b'\n';
pub(crate) const CR: u8 = b'\r';

/// [parse 3](crate::_rules#parse-3) Nothing else ends a line: not VT, FF, U+0085, U+2028, U+2029.
#[inline]
pub(crate) const fn ends_line(byte: u8) -> bool {
    byte == LF || byte == CR
}

/// [parse 2](crate::_rules#parse-2) It is removed once, at the very start of a connection.
pub(crate) const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Returns the start of the line after the one that ends at `end`.
///
/// [parse 3](crate::_rules#parse-3) A line ends with CR LF, LF or CR. A CR ends the line at once. If the CR is the last
/// byte, the caller must remember that an LF may still belong to it.
#[inline]
pub(crate) fn next_line(bytes: &[u8], end: usize) -> usize {
    match bytes[end] {
        LF => end + 1,
        _ => after_cr(bytes, end),
    }
}

/// Out of line, so that a line that ends with LF costs one comparison.
#[inline(never)]
fn after_cr(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end + 1) {
        Some(&LF) => end + 2,
        _ => end + 1,
    }
}

/// Whether a line end is at `at`. Right after another line end, this means that the next line is blank.
#[inline]
pub(crate) fn is_line_end(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), Some(&(LF | CR)))
}

/// Returns the end of the first complete line.
#[inline]
pub(super) fn first_line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(LF, CR, bytes)
}

/// Returns the end of the last complete line.
pub(crate) fn last_line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr2(LF, CR, bytes)
}
