//! The timeline of a stream.

use std::error::Error;
use std::io::{self, Write};

use eventwire::{DecodeError, Decoder, Ending, Unfinished};

use super::display::counts::Counts;
use super::display::frames::Frames;
use super::display::paint::{Bytes, Colour, Shown, Thousands};
use super::display::rows::Rows;
use super::place::Place;
use super::progress::Progress;
use super::source::Source;

/// Shows a row for each frame, and a summary at the end.
pub(crate) struct Timeline<W> {
    shown: Frames<W>,
    given_up: u64,
}

impl<W: Write> Timeline<W> {
    pub(crate) fn new(rows: Rows<W>) -> Self {
        Timeline { shown: Frames::new(rows), given_up: 0 }
    }

    /// Returns whether every event could be shown.
    pub(crate) fn run(
        mut self,
        mut decoder: Decoder,
        mut source: Source,
        mut progress: Progress,
    ) -> Result<bool, Box<dyn Error>> {
        self.shown.rows.title(source.name(), source.len().map(Bytes))?;
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
            // Flushed, so that a reader of a live stream sees each event immediately.
            self.shown.rows.flush()?;
            progress.show(decoder.bytes_consumed());
        }
        drop(progress);
        self.end(decoder, place.at())?;
        Ok(self.given_up == 0)
    }

    fn piece(&mut self, decoder: &mut Decoder, place: &mut Place, piece: &[u8]) -> io::Result<()> {
        place.enter(piece);
        let mut frames = decoder.feed_frames(piece);
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => {
                    self.shown.show(Thousands(place.at()), frame)?;
                    place.pass(piece, frames.bytes_consumed());
                }
                Ok(None) => break,
                Err(error) => {
                    self.given_up(error)?;
                    place.pass_line(piece, error.offset());
                }
            }
        }
        place.leave(piece);
        Ok(())
    }

    fn given_up(&mut self, error: DecodeError) -> io::Result<()> {
        self.given_up += 1;
        self.shown.rows.note(Thousands(error.event_offset()), "✗", Colour::Red, "given up", error)
    }

    fn end(&mut self, mut decoder: Decoder, at: u64) -> Result<(), Box<dyn Error>> {
        let bytes = decoder.bytes_consumed();
        let last_event_id = decoder.last_event_id().to_owned();
        let time = decoder.reconnection_time();
        let ending = decoder.finish();
        let mut is_pending = false;
        if ending != Ending::Clean {
            match decoder.take_unfinished(Unfinished::BlockAndLine).next_ref() {
                Ok(Some(event)) => {
                    is_pending = true;
                    self.shown.rows.pending(Thousands(at), event)?;
                }
                Ok(None) => self.shown.rows.nothing_pending(Thousands(at), bytes - at)?,
                Err(error) => self.given_up(error)?,
            }
        }
        let Frames { rows, counts } = &mut self.shown;
        rows.end(Thousands(bytes))?;
        counts.write(rows, bytes)?;
        rows.count("given up", self.given_up)?;
        if !last_event_id.is_empty() {
            rows.fact("last id", Shown { text: &last_event_id, room: LONGEST_ID })?;
        }
        if let Some(time) = time {
            rows.fact("reconnect", format_args!("after {time:?}"))?;
        }
        rows.fact("ended", words(ending))?;
        rows.flush()?;
        if is_no_stream(counts) && !is_pending {
            return Err(NO_STREAM.into());
        }
        Ok(())
    }
}

/// Returns whether the input contained nothing that belongs in an event stream.
fn is_no_stream(counts: &Counts) -> bool {
    counts.unknown > 0 && counts.events + counts.comments + counts.retries + counts.without_data == 0
}

fn words(ending: Ending) -> &'static str {
    match ending {
        Ending::Clean => "clean, after a blank line",
        Ending::InsideLine => "inside a line: it has no end, its event is not dispatched",
        Ending::InsideEvent => "inside an event: no blank line came, it is not dispatched",
        _ => "in a way this tool does not know",
    }
}

pub(crate) const NO_STREAM: &str = "expected an event stream, found nothing that belongs into one";

/// The length to which the last event ID is shortened.
const LONGEST_ID: usize = 200;
