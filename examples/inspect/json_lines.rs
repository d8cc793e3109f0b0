//! Events as lines of JSON.

use std::error::Error;
use std::io::Write;

use eventwire::{Decoder, Frame, Unfinished};

use super::display::json_line;
use super::progress::Progress;
use super::source::Source;
use super::timeline::NO_STREAM;

/// Writes each event with `display::json_line`.
pub(crate) struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub(crate) fn new(out: W) -> Self {
        JsonLines { out }
    }

    /// Returns whether every event could be written.
    pub(crate) fn run(
        mut self,
        mut decoder: Decoder,
        mut source: Source,
        mut progress: Progress,
    ) -> Result<bool, Box<dyn Error>> {
        let mut all_written = true;
        let (mut is_stream, mut has_unknown) = (false, false);
        loop {
            let mut is_end = true;
            for piece in source.read()? {
                is_end = false;
                let mut frames = decoder.feed_frames(piece);
                loop {
                    match frames.next_frame() {
                        Ok(Some(Frame::Event(event))) => {
                            is_stream = true;
                            json_line::write(&mut self.out, event)?;
                        }
                        Ok(Some(Frame::Unknown { .. })) => has_unknown = true,
                        // A blank line is in every file.
                        Ok(Some(Frame::BlockWithoutData(block)))
                            if block.id().is_none() && block.event_type() == "message" => {}
                        Ok(Some(_)) => is_stream = true,
                        Ok(None) => break,
                        Err(error) => {
                            all_written = false;
                            eprintln!("inspect: {error}");
                        }
                    }
                }
            }
            // Flushed, so that a reader of a live stream sees each event immediately.
            self.out.flush()?;
            if is_end {
                break;
            }
            progress.show(decoder.bytes_consumed());
        }
        decoder.finish();
        let is_pending = matches!(decoder.take_unfinished(Unfinished::BlockAndLine).next_ref(), Ok(Some(_)));
        if has_unknown && !is_stream && !is_pending && all_written {
            return Err(NO_STREAM.into());
        }
        Ok(all_written)
    }
}
