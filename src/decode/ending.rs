//! How a connection ended, and what becomes of what it left.

/// How a connection ended: what [`Decoder::finish`](crate::Decoder::finish) tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// At the end of a block, or where only lines were left that no event would have shown.
    Clean,
    /// Inside a line: the server or the network cut the stream off.
    InsideLine,
    /// Behind a whole line, but the blank line that dispatches the event is missing.
    InsideEvent,
    /// Bytes were fed whose events nobody asked for: a guard was dropped before it said `None`.
    Unread,
}

/// What becomes of a block that the end of the stream cut off [parse 14].
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
