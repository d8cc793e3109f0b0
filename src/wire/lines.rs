//! Splitting a text into lines.

use super::line::{first_line_end, next_line};
use super::scan::{LineEnds, Scan};

/// Calls with each line of a text, as a reader of the wire will see them: one more than it has line ends.
#[inline]
pub(crate) fn each_line(text: &[u8], mut each: impl FnMut(&[u8])) {
    match first_line_end(text) {
        None => each(text),
        Some(first) => each_of_several(text, first, each),
    }
}

/// Apart, so that text of one line, as it mostly is, costs no more than the search.
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
