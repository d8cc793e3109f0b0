//! Where a connection begins and ends, and how chunks follow each other in it.

use bytes::{Bytes, BytesMut};

use super::block::{Block, Part};
use super::decoder::Decoder;
use super::open_line::Place;
use super::{Feed, Unfinished};
use crate::text::Chunk;
use crate::wire::{last_line_end, Field, CR};

impl Decoder {
    /// As `feed`, when the chunk does not simply follow the last one. (Out of line so that `feed` makes its guard where it
    /// is returned.)
    #[cold]
    pub(super) fn feed_unsettled<'a>(&'a mut self, chunk: Chunk<'a>) -> Feed<'a> {
        let chunk = self.following(chunk);
        Feed::new(self, chunk)
    }

    /// The next chunk of the connection, after what was not read of the last one.
    #[inline]
    pub(super) fn following<'c>(&mut self, chunk: Chunk<'c>) -> Chunk<'c> {
        self.go_on();
        match self.rest.is_empty() {
            true => chunk,
            false => self.behind_rest(chunk.bytes()),
        }
    }

    /// How many bytes were read with so many of the chunk. Line ends that were left out were not.
    pub(super) fn bytes_consumed_to(&self, at: usize) -> u64 {
        self.finished.unwrap_or(self.base + at as u64)
    }

    /// Finds out whether the next byte simply goes on.
    #[inline]
    pub(super) fn settle(&mut self) {
        self.settled = !self.feeding && self.finished.is_none() && self.rest.is_empty();
    }

    /// A finished connection is left for the next one.
    #[inline]
    pub(super) fn go_on(&mut self) {
        if self.feeding || self.finished.is_some() {
            self.begin_anew();
        }
    }

    #[cold]
    fn begin_anew(&mut self) {
        match self.finished.take() {
            Some(_) => self.start_afresh(),
            None => self.forget_leaked(),
        }
        self.settle();
    }

    /// A leaked guard took the chunk away that the block and the open line speak of.
    pub(super) fn forget_leaked(&mut self) {
        if core::mem::take(&mut self.feeding) {
            self.give_up();
            self.prefix.clear();
            self.line_ends.clear();
            self.place = Place::Skipped;
        }
    }

    /// [parse 15] All but the last event ID and the reconnection time starts afresh.
    pub(super) fn start_afresh(&mut self) {
        self.empty_buffers();
        self.gathered.clear();
        self.open.clear();
        self.prefix.clear();
        self.place = Place::Bom;
        self.block = Block::default();
        self.base = 0;
        self.rest = Bytes::new();
        self.feeding = false;
    }

    #[cold]
    fn behind_rest(&mut self, chunk: &[u8]) -> Chunk<'static> {
        let rest = core::mem::take(&mut self.rest);
        let mut bytes = BytesMut::with_capacity(rest.len() + chunk.len());
        bytes.extend_from_slice(&rest);
        bytes.extend_from_slice(chunk);
        Chunk::from(bytes.freeze())
    }

    /// The line ends that a server left out of a finished connection, behind what was not read of it.
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
        self.behind_rest(line_ends)
    }

    fn drop_open_line(&mut self) {
        match self.place {
            Place::Value(Field::Data) if !self.block.given_up => match self.open_data_from {
                Some(from) => self.data.truncate(from - usize::from(self.block.data == Part::Buffer)),
                // Some of it was handed out.
                None => self.give_up(),
            },
            _ => self.open.clear(),
        }
        self.prefix.clear();
        self.place = Place::Line;
        self.rest = Bytes::new();
    }
}
