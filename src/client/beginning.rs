//! `Beginning`: the start of a body that has had no event yet, to tell what it is if none ever comes.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::stream_error::FirstLine;
use crate::decode::Decoder;
use crate::event::Frame;

/// The first bytes of a body.
#[derive(Default)]
pub(super) struct Beginning {
    /// The first chunk. It is shared, as nearly every body has an event in it.
    first: Bytes,
    /// The first bytes of the chunks after it.
    more: Vec<u8>,
}

impl Beginning {
    #[inline]
    pub(super) fn push(&mut self, chunk: &Bytes) {
        if self.first.is_empty() {
            self.first = chunk.clone();
        } else {
            let room = MOST_BYTES.saturating_sub(self.first.len() + self.more.len());
            self.more.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
    }

    /// The first line that is no part of an event stream.
    pub(super) fn first_line(&self) -> Option<FirstLine> {
        let mut decoder = Decoder::new();
        let first = &self.first[..self.first.len().min(MOST_BYTES)];
        // The line end completes a line that has none.
        for piece in [first, &self.more, b"\n"] {
            let mut frames = decoder.feed_frames(piece);
            while let Ok(Some(frame)) = frames.next_frame() {
                if let Frame::Unknown(field) = frame {
                    return Some(FirstLine::of(field.name(), field.value()));
                }
            }
        }
        None
    }
}

impl fmt::Debug for Beginning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.first.len() + self.more.len())
    }
}

/// 1 KiB: the message of an error page or of a line of JSON is in there.
const MOST_BYTES: usize = 1024;
