//! `Mode`, `Step` and `Found`: how a cursor continues, and what it has found.

use super::state::{Part, State};
use crate::wire::{Field, Glance};

/// How the next step continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Between two blocks; the next block may be plain.
    Blocks,
    /// Line by line.
    Lines,
    /// A small chunk.
    Small,
    /// A small chunk of which nothing has been read yet.
    Fresh,
    /// A part of a chunk, which was cut where a block reaches its limit.
    Parts,
    /// The chunk has been read, and all that the next chunk needs has moved to the state.
    Dry,
}

impl Mode {
    #[inline]
    pub(super) fn first(state: &State, len: usize) -> Self {
        match len {
            _ if state.has_later() => Mode::Parts,
            0..=Glance::MOST => Mode::Small,
            len if state.is_between_blocks() && state.allows_plain_blocks(len) => Mode::Blocks,
            _ => Mode::Lines,
        }
    }
}

impl State {
    /// Whether plain blocks may be read in a chunk of this size.
    #[inline(always)]
    pub(super) fn allows_plain_blocks(&self, len: usize) -> bool {
        len <= self.most_plain
    }
}

/// What the last step found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// An event read by the fast path: the state's plain block.
    Plain,
    /// An event: the state's gathered block.
    Gathered,
    /// An event: the state's block.
    Event,
    /// The state's block, which is not an event.
    BlockWithoutData,
    Comment(Part),
    Retry(u64),
    Unknown(Part),
    /// A piece of data, which has moved to the state's `open`.
    DataPiece,
    /// The end of an event in pieces: the state's block, with the last piece.
    EndOfPieces,
}

/// The result of a line.
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
