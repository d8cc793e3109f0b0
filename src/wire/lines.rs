//! The lines of a text.

use super::line::{first_line_end, next_line};
use super::scan::{LineEnds, Scan};

/// Calls with each line of a text, as a reader of the wire will see them: one more than it has line ends.
#[inline]
pub(crate) fn each_line(text: &[u8], mut each: impl FnMut(&[u8])) {
    let Some(first) = first_line_end(text) else { return each(text) };
    each(&text[..first]);
    let (mut scan, mut ends) = (Scan::default(), LineEnds::default());
    let mut at = next_line(text, first);
    while let Some(end) = scan.line_end(&mut ends, text, at) {
        each(&text[at..end]);
        at = next_line(text, end);
    }
    each(&text[at..]);
}
