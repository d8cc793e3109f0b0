//! Events as lines of JSON; everything else on standard error.

use std::io::{self, Write};

use eventwire::client::StateChange;
use eventwire::Frame;

use super::display::json_line;
use super::display::paint::Shown;
use super::ended::Ended;
use super::http_client::words::words;
use super::view::{Look, Tally};

/// Writes each event with `display::json_line`.
pub(crate) struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub(crate) fn new(out: W) -> Self {
        JsonLines { out }
    }
}

impl<W: Write + Send> Look for JsonLines<W> {
    fn change(&mut self, change: &StateChange<'_>) -> io::Result<()> {
        match change {
            StateChange::Waiting { why, delay, .. } => {
                let why = why.map_or("the server closed the connection".to_owned(), |error| words(error));
                tell(&format!("{why}; coming back in {delay:.1?}"))
            }
            StateChange::IdLeftOut { last_event_id, .. } => {
                tell(&format!("HTTP cannot carry the last event ID {last_event_id}, it is left out"))
            }
            _ => Ok(()),
        }
    }

    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let Frame::Event(event) = frame else { return Ok(()) };
        json_line::write(&mut self.out, event)?;
        // Flushed, so that a reader sees each event immediately.
        self.out.flush()
    }

    fn end(&mut self, ended: &Ended, tally: &Tally, last_event_id: &str) -> io::Result<()> {
        if let Ended::GiveUp(given_up) = ended {
            tell(&given_up.why)?;
            for line in given_up.says.lines() {
                tell(line)?;
            }
        }
        let mut summary = format!("events: {}, connections: {}", tally.events, tally.connections);
        if !last_event_id.is_empty() {
            summary += &format!(", last event ID: {last_event_id}");
        }
        tell(&summary)
    }
}

/// Writes a line to standard error, with control characters replaced.
fn tell(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "tail: {}", Shown { text, room: LONGEST })
}

/// The length to which a line is shortened.
const LONGEST: usize = 1_000;
