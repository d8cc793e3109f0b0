//! The offset at which the next frame begins.

/// Tracks the offset of the first byte after the last frame, past empty lines.
///
/// A decoder reports where a frame ended. The next may begin some line ends later, perhaps in a later chunk, and the
/// offset must not depend on where the chunks were cut.
pub(crate) struct Place {
    at: u64,
    search: Search,
    /// The number of bytes before the current chunk.
    before: u64,
}

/// What to skip.
#[derive(Clone, Copy, PartialEq)]
enum Search {
    /// The rest of a line, then empty lines.
    Line,
    LineEnds,
    Over,
}

impl Place {
    pub(crate) fn new() -> Self {
        Place { at: 0, search: Search::LineEnds, before: 0 }
    }

    /// Returns the offset of the next frame, or the end of the last chunk if there is none yet.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Begins the next chunk.
    pub(crate) fn enter(&mut self, piece: &[u8]) {
        self.search_in(piece);
    }

    /// Moves past a frame of this chunk that ended at offset `end`.
    pub(crate) fn pass(&mut self, piece: &[u8], end: u64) {
        self.at = end;
        self.search = Search::LineEnds;
        self.search_in(piece);
    }

    /// Moves past the line that contains the byte at offset `at`, which may be in an earlier chunk.
    ///
    /// The remaining lines of a rejected event count as the start of what follows.
    pub(crate) fn pass_line(&mut self, piece: &[u8], at: u64) {
        self.at = at.max(self.before);
        self.search = Search::Line;
        self.search_in(piece);
    }

    /// Ends a chunk that has been read.
    pub(crate) fn leave(&mut self, piece: &[u8]) {
        self.before += piece.len() as u64;
    }

    fn search_in(&mut self, piece: &[u8]) {
        if self.search == Search::Over {
            return;
        }
        // During the search it is in the current chunk or at its end.
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
