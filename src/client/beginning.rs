//! `Beginning`: the start of a body without events so far, to report what it is if none ever arrives.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::stream_error::FirstLine;
use crate::decode::Decoder;
use crate::event::Frame;

/// The first bytes of a body.
#[derive(Default)]
pub(super) struct Beginning {
    /// The first chunk, shared rather than copied, since nearly every body contains an event.
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

    #[inline]
    pub(super) fn clear(&mut self) {
        if !self.first.is_empty() {
            *self = Beginning::default();
        }
    }

    /// Returns the first line that is not part of an event stream.
    pub(super) fn first_line(&self) -> Option<FirstLine> {
        let mut decoder = Decoder::new();
        let first = &self.first[..self.first.len().min(MOST_BYTES)];
        // The added line end completes an unfinished line.
        for piece in [first, &self.more, b"\n"] {
            let mut frames = decoder.feed_frames(piece);
            while let Ok(Some(frame)) = frames.next_frame() {
                if let Frame::Unknown { name, value } = frame {
                    return Some(FirstLine::of(name, value));
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

/// 1 KiB: enough for the message of an error page or of a line of JSON.
const MOST_BYTES: usize = 1024;
