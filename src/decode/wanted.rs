//! `Wanted`: what a caller reads from a stream, resolved at compile time.

/// What a [`Feed`](crate::Feed) returns: [`OnlyEvents`], [`AllFrames`] or [`InPieces`].
pub trait Wanted: sealed::Sealed {
    /// Whether comments, reconnection times, unknown fields and blocks without data are returned.
    #[doc(hidden)]
    const FRAMES: bool = false;
    /// Whether large data is returned in pieces, before its event is complete.
    #[doc(hidden)]
    const PIECES: bool = false;
}

/// Events only: see [`Decoder::feed`](crate::Decoder::feed).
#[derive(Debug)]
pub enum OnlyEvents {}

impl Wanted for OnlyEvents {}

/// Everything in the stream: see [`Decoder::feed_frames`](crate::Decoder::feed_frames).
#[derive(Debug)]
pub enum AllFrames {}

impl Wanted for AllFrames {
    const FRAMES: bool = true;
}

/// Events, with large data in pieces: see [`Decoder::feed_pieces`](crate::Decoder::feed_pieces).
#[derive(Debug)]
pub enum InPieces {}

impl Wanted for InPieces {
    const PIECES: bool = true;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::OnlyEvents {}
    impl Sealed for super::AllFrames {}
    impl Sealed for super::InPieces {}
}
