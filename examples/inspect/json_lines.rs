//! Each event as one line of JSON.

use std::error::Error;
use std::io::Write;

use eventwire::Decoder;

use super::display::json_line;
use super::progress::Progress;
use super::source::Source;

/// Writes lines as `display::json_line` says.
pub(crate) struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub(crate) fn new(out: W) -> Self {
        JsonLines { out }
    }

    /// Tells whether every event could be written.
    pub(crate) fn run(
        mut self,
        mut decoder: Decoder,
        mut source: Source,
        mut progress: Progress,
    ) -> Result<bool, Box<dyn Error>> {
        let mut all_written = true;
        loop {
            let mut is_end = true;
            for piece in source.read()? {
                is_end = false;
                let mut feed = decoder.feed(piece);
                loop {
                    match feed.next_ref() {
                        Ok(Some(event)) => json_line::write(&mut self.out, event)?,
                        Ok(None) => break,
                        Err(error) => {
                            all_written = false;
                            eprintln!("inspect: {error}");
                        }
                    }
                }
            }
            // Whoever follows a live stream sees each event when it came.
            self.out.flush()?;
            if is_end {
                return Ok(all_written);
            }
            progress.show(decoder.bytes_consumed());
        }
    }
}
