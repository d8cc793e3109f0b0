//! `Mode`, `Step` and `Found`: how a cursor goes on, and what it has found.

use super::state::{Part, State};
use crate::wire::{Field, Glance};

/// How the next step goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Between two blocks: the next one may be plain.
    Blocks,
    /// Line by line.
    Lines,
    /// A small chunk.
    Small,
    /// A small chunk that nobody has asked for anything yet.
    Fresh,
    /// The chunk has been read, and what the next one must know has moved to the state.
    Dry,
}

impl Mode {
    #[inline]
    pub(super) fn first(state: &State, len: usize) -> Self {
        match len {
            0..=Glance::MOST => Mode::Small,
            len if state.is_between_blocks() && state.allows_plain_blocks(len) => Mode::Blocks,
            _ => Mode::Lines,
        }
    }
}

impl State {
    /// Whether blocks of a chunk of this size may be read here.
    #[inline(always)]
    pub(super) fn allows_plain_blocks(&self, len: usize) -> bool {
        // A block in one chunk never counts more than that has bytes.
        !self.strict_utf8 && len <= self.max_event_size
    }
}

/// What the last step has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// An event that the fast path has read: the state's plain block.
    Plain,
    /// An event: what the state has gathered.
    Gathered,
    /// An event: the state's block.
    Event,
    /// The state's block, which is no event.
    BlockWithoutData,
    Comment(Part),
    Retry(u64),
    Unknown(Part),
    /// A piece of the data, which has moved to the state's `open`.
    DataPiece,
    /// The state's block, whose first data was found in pieces.
    EndOfPieces,
}

/// What a line has led to.
#[derive(PartialEq, Eq)]
pub(super) enum Step {
    GoOn,
    Found,
    /// The chunk has been read.
    Dry,
}

pub(super) fn line_frame(field: Field, text: Part) -> Found {
    match field {
        Field::Comment => Found::Comment(text),
        _ => Found::Unknown(text),
    }
}
