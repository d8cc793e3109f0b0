//! `Ending` and `Unfinished`: how a connection ended, and what happens to what it left.

use bytes::Bytes;

use super::state::{Part, Place, State};
use crate::text::Chunk;
use crate::wire::{last_line_end, Field, CR};

/// How a connection ended: what [`Decoder::finish`](crate::Decoder::finish) tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// At the end of a block, or where only lines were left that no event would have shown.
    Clean,
    /// Inside a line: the server or the network cut the stream off.
    InsideLine,
    /// After a whole line, but the blank line that dispatches the event is missing.
    InsideEvent,
    /// Bytes were fed whose events nobody asked for: a guard was dropped before it said `None`.
    Unread,
}

/// What becomes of a block that the end of the stream cut off [parse 14](crate::_rules#parse-14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfinished {
    /// It is discarded: the standard.
    #[default]
    Discard,
    /// It is dispatched as if a blank line followed its last whole line. For services that leave the last
    /// blank line out.
    Block,
    /// As [`Block`](Self::Block), and an unterminated last line counts as a line. Half a JSON text can come
    /// out of this.
    BlockAndLine,
}

impl State {
    /// Ends the connection.
    pub(super) fn finish(&mut self) -> Ending {
        self.forget_leaked();
        if self.place == Place::Gathering {
            self.stop_gathering(self.base);
        }
        self.finished = Some(self.bytes_consumed_to(0));
        self.settle();
        let inside_line = match self.place {
            Place::Line | Place::AfterCr | Place::Gathering => false,
            Place::Bom => !self.prefix.as_bytes().is_empty(),
            Place::Name | Place::Value(_) | Place::Skipped => true,
        };
        if !self.rest.is_empty() {
            Ending::Unread
        } else if inside_line {
            Ending::InsideLine
        } else if self.block.holds_something() {
            Ending::InsideEvent
        } else {
            Ending::Clean
        }
    }

    /// The line ends that a server left out of a finished connection, after what was not read of it.
    pub(super) fn unfinished_chunk(&mut self, unfinished: Unfinished) -> Chunk<'static> {
        if self.finished.is_none() {
            self.finish();
        }
        self.forget_leaked();
        let line_ends: &[u8] = match unfinished {
            Unfinished::Discard => &[],
            Unfinished::Block => {
                match last_line_end(&self.rest) {
                    Some(end) => self.rest.truncate(end + 1),
                    None => self.drop_open_line(),
                }
                &[CR]
            }
            // The first one is the blank line already when no line is open.
            Unfinished::BlockAndLine => &[CR, CR],
        };
        self.after_rest(line_ends)
    }

    fn drop_open_line(&mut self) {
        match self.place {
            Place::Value(Field::Data) if !self.block.given_up => match self.open_data_from {
                Some(from) => self.data.truncate(from - usize::from(self.block.data == Part::Buffer)),
                // Some of it was returned.
                None => self.give_up(),
            },
            _ => self.open.clear(),
        }
        self.prefix.clear();
        self.place = Place::Line;
        self.rest = Bytes::new();
    }
}
