//! What stands in the stream, in its order.

use std::error::Error;
use std::io::{self, Write};

use eventwire::{DecodeError, Decoder, Ending, Frame, Unfinished};

use super::place::Place;
use super::progress::Progress;
use super::rows::Rows;
use super::source::Source;
use super::summary::Summary;

/// A row for everything on the wire, and at the end what it was in all.
pub(crate) struct Timeline<W> {
    rows: Rows<W>,
    summary: Summary,
}

impl<W: Write> Timeline<W> {
    pub(crate) fn new(rows: Rows<W>) -> Self {
        Timeline { rows, summary: Summary::default() }
    }

    /// Tells whether every event could be shown.
    pub(crate) fn run(
        mut self,
        mut decoder: Decoder,
        mut source: Source,
        mut progress: Progress,
    ) -> Result<bool, Box<dyn Error>> {
        self.rows.title(source.name(), source.len())?;
        let mut place = Place::new();
        loop {
            let mut is_end = true;
            for piece in source.read()? {
                is_end = false;
                self.piece(&mut decoder, &mut place, piece)?;
            }
            if is_end {
                break;
            }
            // Whoever follows a live stream sees each event when it came.
            self.rows.flush()?;
            progress.show(decoder.bytes_consumed());
        }
        drop(progress);
        self.end(decoder, place.at())?;
        Ok(self.summary.given_up == 0)
    }

    fn piece(&mut self, decoder: &mut Decoder, place: &mut Place, piece: &[u8]) -> io::Result<()> {
        place.enter(piece);
        let mut frames = decoder.feed_frames(piece);
        loop {
            match frames.next() {
                Ok(Some(frame)) => {
                    self.frame(place.at(), frame)?;
                    place.pass(piece, frames.bytes_consumed());
                }
                Ok(None) => break,
                Err(error) => {
                    self.given_up(error)?;
                    place.pass_line(piece, error.at());
                }
            }
        }
        place.leave(piece);
        Ok(())
    }

    fn frame(&mut self, at: u64, frame: Frame<'_>) -> io::Result<()> {
        match frame {
            Frame::Event(event) => {
                let number = self.summary.count(event);
                self.rows.event(at, number, event)
            }
            // A blank line behind a comment: nothing that anybody would look for.
            Frame::BlockWithoutData(block) if block.id().is_none() && block.event_type() == "message" => {
                Ok(())
            }
            Frame::BlockWithoutData(block) => {
                self.summary.without_data += 1;
                self.rows.without_data(at, block)
            }
            Frame::Comment(text) => {
                self.summary.comments += 1;
                self.rows.comment(at, text)
            }
            Frame::Retry(time) => {
                self.summary.retries += 1;
                self.rows.retry(at, time)
            }
            Frame::Unknown(field) => {
                self.summary.unknown += 1;
                self.rows.unknown(at, field)
            }
            // What a later version of the crate knows besides.
            _ => Ok(()),
        }
    }

    fn given_up(&mut self, error: DecodeError) -> io::Result<()> {
        self.summary.given_up += 1;
        self.rows.given_up(error)
    }

    fn end(&mut self, mut decoder: Decoder, at: u64) -> Result<(), Box<dyn Error>> {
        let bytes = decoder.bytes_consumed();
        let last_event_id = decoder.last_event_id().to_owned();
        let time = decoder.reconnection_time();
        let ending = decoder.finish();
        if ending != Ending::Clean {
            match decoder.take_unfinished(Unfinished::BlockAndLine).next() {
                Ok(Some(event)) => self.rows.pending(at, event)?,
                Ok(None) => self.rows.nothing_pending(at, bytes - at)?,
                Err(error) => self.given_up(error)?,
            }
        }
        self.rows.end(bytes)?;
        self.summary.write(&mut self.rows, bytes, &last_event_id, time, ending)?;
        self.rows.flush()?;
        Ok(())
    }
}
