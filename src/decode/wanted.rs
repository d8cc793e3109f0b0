//! What the caller wants to see of a stream.

/// Decided where the code is compiled, so that nobody pays for what others want.
pub(crate) trait Wanted {
    /// Comments, reconnection times, unknown fields and blocks without data.
    const FRAMES: bool = false;
    /// Large data, before its event is whole.
    const PIECES: bool = false;
}

pub(crate) struct OnlyEvents;

impl Wanted for OnlyEvents {}

pub(crate) struct AllFrames;

impl Wanted for AllFrames {
    const FRAMES: bool = true;
}

pub(crate) struct InPieces;

impl Wanted for InPieces {
    const PIECES: bool = true;
}
