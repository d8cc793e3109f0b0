//! Where in the stream the next thing begins.

/// The offset of the first byte behind the last thing shown, empty lines passed over.
///
/// A decoder tells where a thing ended. What follows may begin some line ends later, perhaps in a later
/// piece, and the offset must not depend on where the pieces were cut.
pub(crate) struct Place {
    at: u64,
    search: Search,
    /// The bytes before the piece at hand.
    before: u64,
}

/// What is passed over.
#[derive(Clone, Copy, PartialEq)]
enum Search {
    /// The rest of a line, and then as below.
    Line,
    LineEnds,
    Over,
}

impl Place {
    pub(crate) fn new() -> Self {
        Place { at: 0, search: Search::LineEnds, before: 0 }
    }

    /// Where the next thing begins, or the end of the last piece when nothing came yet.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Looks at the next piece of the stream.
    pub(crate) fn enter(&mut self, piece: &[u8]) {
        self.search_in(piece);
    }

    /// Goes on behind a thing of this piece that ended at offset `end`.
    pub(crate) fn pass(&mut self, piece: &[u8], end: u64) {
        self.at = end;
        self.search = Search::LineEnds;
        self.search_in(piece);
    }

    /// Goes on behind the line that holds the byte at offset `at`, which may lie in an earlier piece.
    ///
    /// More lines of an event that was given up count as the beginning of what follows.
    pub(crate) fn pass_line(&mut self, piece: &[u8], at: u64) {
        self.at = at.max(self.before);
        self.search = Search::Line;
        self.search_in(piece);
    }

    /// Takes leave of a piece that has been read.
    pub(crate) fn leave(&mut self, piece: &[u8]) {
        self.before += piece.len() as u64;
    }

    fn search_in(&mut self, piece: &[u8]) {
        if self.search == Search::Over {
            return;
        }
        // While it is searched for, it lies in the piece at hand or at its end.
        let rest = &piece[(self.at - self.before) as usize..];
        let mut passed = 0;
        if self.search == Search::Line {
            passed = rest.iter().take_while(|&&byte| !is_line_end(byte)).count();
            if passed < rest.len() {
                self.search = Search::LineEnds;
            }
        }
        if self.search == Search::LineEnds {
            passed += rest[passed..].iter().take_while(|&&byte| is_line_end(byte)).count();
            if passed < rest.len() {
                self.search = Search::Over;
            }
        }
        self.at += passed as u64;
    }
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}
