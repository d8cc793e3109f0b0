//! Splitting a text into lines.

use super::line::{first_line_end, next_line};
use super::scan::{LineEnds, Scan};

/// Calls `each` with every line of a text, as a decoder will see it: one line more than there are line ends.
// Always inline: see `Block::encode`.
#[inline(always)]
pub(crate) fn each_line(text: &[u8], mut each: impl FnMut(&[u8])) {
    match first_line_end(text) {
        None => each(text),
        Some(first) => each_of_several(text, first, each),
    }
}

/// Out of line, so that text of one line, the usual case, costs no more than the search.
#[inline(never)]
fn each_of_several(text: &[u8], first: usize, mut each: impl FnMut(&[u8])) {
    each(&text[..first]);
    let text = &text[next_line(text, first)..];
    let (mut scan, mut ends) = (Scan::default(), LineEnds::default());
    let mut at = 0;
    while let Some(end) = scan.line_end(&mut ends, text, at) {
        each(&text[at..end]);
        at = next_line(text, end);
    }
    each(&text[at..]);
}
