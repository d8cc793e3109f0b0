//! `Ending` and `Unfinished`: where a connection ended, and what happens to its unfinished block.

use bytes::Bytes;

use super::state::{Part, Place, State};
use crate::text::Chunk;
use crate::wire::{last_line_end, Field, CR};

/// Says where in the stream a connection ended. Returned by [`Decoder::finish`](crate::Decoder::finish).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// At the end of a block, or after lines that belong to no event, such as comments.
    Clean,
    /// Inside a line: the server or the network cut the stream off.
    InsideLine,
    /// After a complete line, before the blank line that dispatches the event.
    InsideEvent,
    /// Before events that were not read: a guard was dropped before it returned `None`.
    Unread,
}

/// Says what happens to a block that the end of the stream cuts off ([parse 14](crate::_rules#parse-14)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfinished {
    /// Discards it, as the standard requires.
    #[default]
    Discard,
    /// Dispatches it as if a blank line followed its last complete line, for services that omit the last blank line.
    Block,
    /// Does the same as [`Block`](Self::Block), and treats an unterminated last line as complete. Its data may be half
    /// a JSON text.
    BlockAndLine,
}

impl State {
    /// Ends the connection.
    pub(super) fn finish(&mut self) -> Ending {
        self.forget_leaked();
        if self.place == Place::Gathering {
            // The open line belongs to an event, or its field is not decided yet.
            self.stop_gathering(self.base, false);
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

    /// Returns the line ends that the server left out of the finished connection, preceded by its unread bytes.
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
            // If no line is open, the first CR is the blank line.
            Unfinished::BlockAndLine => &[CR, CR],
        };
        let chunk = self.after_rest(line_ends);
        self.cut(chunk.into(), line_ends.len())
    }

    fn drop_open_line(&mut self) {
        match self.place {
            // A part of the line was already returned.
            Place::Value(Field::Data) if !self.block.given_up && self.open_data_is_cut => self.give_up(),
            Place::Value(Field::Data) if !self.block.given_up => {
                let joint = usize::from(self.block.data == Part::Buffer);
                self.data.truncate(self.open_data_from - joint);
            }
            _ => self.open.clear(),
        }
        self.prefix.clear();
        self.place = Place::Line;
        self.rest = Bytes::new();
    }
}
