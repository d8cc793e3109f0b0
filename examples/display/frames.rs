//! The row of each frame, and its counts.

use std::fmt::Display;
use std::io::{self, Write};

use eventwire::Frame;

use super::counts::Counts;
use super::rows::Rows;

/// Shows and counts frames in wire order.
pub(crate) struct Frames<W> {
    pub(crate) rows: Rows<W>,
    pub(crate) counts: Counts,
}

impl<W: Write> Frames<W> {
    pub(crate) fn new(rows: Rows<W>) -> Self {
        Frames { rows, counts: Counts::default() }
    }

    /// Shows one frame; `at` is its place or time.
    pub(crate) fn show(&mut self, at: impl Display, frame: Frame<'_>) -> io::Result<()> {
        match frame {
            Frame::Event(event) => {
                let number = self.counts.count(event);
                self.rows.event(at, number, event)
            }
            // A blank line after a comment, which is of no interest.
            Frame::BlockWithoutData(block) if block.id().is_none() && block.event_type() == "message" => {
                Ok(())
            }
            Frame::BlockWithoutData(block) => {
                self.counts.without_data += 1;
                self.rows.without_data(at, block)
            }
            Frame::Comment(text) => {
                self.counts.comments += 1;
                self.rows.comment(at, text)
            }
            Frame::Retry(time) => {
                self.counts.retries += 1;
                self.rows.retry(at, time)
            }
            Frame::Unknown { name, value, .. } => {
                self.counts.unknown += 1;
                self.rows.unknown(at, name, value)
            }
            // Kinds added by a later version of the crate.
            _ => Ok(()),
        }
    }
}
