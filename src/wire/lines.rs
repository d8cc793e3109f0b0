//! The lines of a text.

use super::line::{first_line_end, next_line};
use super::scan::{run, Backend, Scan, Search};

/// Calls with each line of a text, as a reader of the wire will see them: one more than it has line ends.
#[inline]
pub(crate) fn each_line(text: &[u8], mut each: impl FnMut(&[u8])) {
    match first_line_end(text) {
        None => each(text),
        Some(first) => run(EachLine { text, first, each }),
    }
}

/// A text of several lines.
struct EachLine<'a, F> {
    text: &'a [u8],
    /// Where the first line ends, which was found before.
    first: usize,
    each: F,
}

impl<F: FnMut(&[u8])> Search for EachLine<'_, F> {
    type Found = ();

    #[inline(always)]
    fn run_with<B: Backend>(self) {
        let EachLine { text, first, mut each } = self;
        each(&text[..first]);
        let mut scan = Scan::default();
        let mut at = next_line(text, first);
        while let Some(end) = scan.line_end_with::<B>(text, at) {
            each(&text[at..end]);
            at = next_line(text, end);
        }
        each(&text[at..]);
    }
}
