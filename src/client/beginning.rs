//! `Beginning`: the start of a body without events so far, to report what it is if none ever arrives.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::stream_error::{FirstLine, MOST_OF_A_LINE};
use crate::decode::{ends_line, last_line_end, Decoder};
use crate::event::Frame;

/// What may hold the first line of a body that is not part of an event stream: at first all of it, later only what does
/// not consist of comments and the like.
#[derive(Default)]
pub(super) struct Beginning {
    /// The first chunk, shared rather than copied, since nearly every body contains an event.
    first: Bytes,
    /// The first bytes of the chunks after it.
    more: Vec<u8>,
    /// Whether the rest of the last line is left out.
    skips_line: bool,
    /// The line, once it was found.
    line: Option<FirstLine>,
    /// Whether anything has arrived.
    has_begun: bool,
}

impl Beginning {
    #[inline]
    pub(super) fn push(&mut self, chunk: &Bytes) {
        if !self.has_begun {
            self.has_begun = true;
            self.first = chunk.clone();
        } else if self.line.is_none() {
            self.push_more(chunk);
        }
    }

    fn push_more(&mut self, mut chunk: &[u8]) {
        if self.skips_line {
            let Some(end) = chunk.iter().position(|byte| ends_line(*byte)) else { return };
            self.skips_line = false;
            chunk = &chunk[end..];
        }
        self.more.extend_from_slice(chunk);
        if self.first.len() + self.more.len() > MOST_BYTES {
            self.forget_known_lines();
        }
    }

    /// Keeps the line if it is there, or else only the last, unfinished line.
    fn forget_known_lines(&mut self) {
        self.line = unknown_line(&[&self.first, &self.more]);
        let (first, more) = match last_line_end(&self.more) {
            Some(end) => (&[][..], &self.more[end + 1..]),
            None => (&self.first[last_line_end(&self.first).map_or(0, |end| end + 1)..], &self.more[..]),
        };
        self.skips_line = first.len() + more.len() > MOST_KEPT;
        self.more = first.iter().chain(more).take(MOST_KEPT).copied().collect();
        self.first = Bytes::new();
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        if self.has_begun {
            *self = Beginning::default();
        }
    }

    /// Returns the first line that is not part of an event stream.
    pub(super) fn first_line(&self) -> Option<FirstLine> {
        // The added line end completes an unfinished line.
        self.line.clone().or_else(|| unknown_line(&[&self.first, &self.more, b"\n"]))
    }
}

/// Returns the first complete line that is not part of an event stream.
fn unknown_line(pieces: &[&[u8]]) -> Option<FirstLine> {
    let mut decoder = Decoder::new();
    for piece in pieces {
        let mut frames = decoder.feed_frames(piece);
        while let Ok(Some(frame)) = frames.next_frame() {
            if let Frame::Unknown { name, value } = frame {
                return Some(FirstLine::of(name, value));
            }
        }
    }
    None
}

impl fmt::Debug for Beginning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.first.len() + self.more.len())
    }
}

/// 4 KiB: of the chunks after the first, no more is kept, and more is looked through at once.
const MOST_BYTES: usize = 4 * 1024;

/// Of a line: a character that is cut here is not shown.
const MOST_KEPT: usize = MOST_OF_A_LINE + 8;
