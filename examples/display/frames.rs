//! Which row each thing on the wire gets, and what is counted of it.

use std::fmt::Display;
use std::io::{self, Write};

use eventwire::Frame;

use super::counts::Counts;
use super::rows::Rows;

/// Shows and counts what stands on the wire, in its order.
pub(crate) struct Frames<W> {
    pub(crate) rows: Rows<W>,
    pub(crate) counts: Counts,
}

impl<W: Write> Frames<W> {
    pub(crate) fn new(rows: Rows<W>) -> Self {
        Frames { rows, counts: Counts::default() }
    }

    /// Shows one, `at` where or when it came.
    pub(crate) fn show(&mut self, at: impl Display, frame: Frame<'_>) -> io::Result<()> {
        match frame {
            Frame::Event(event) => {
                let number = self.counts.count(event);
                self.rows.event(at, number, event)
            }
            // A blank line behind a comment: nothing that anybody would look for.
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
            Frame::Unknown(field) => {
                self.counts.unknown += 1;
                self.rows.unknown(at, field)
            }
            // What a later version of the crate knows besides.
            _ => Ok(()),
        }
    }
}
