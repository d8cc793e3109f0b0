//! The timeline of a connection.

use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use eventwire::client::{EventSourceError, StateChange};
use eventwire::Frame;

use super::display::frames::Frames;
use super::display::paint::{Colour, Shown};
use super::display::rows::Rows;
use super::ended::Ended;
use super::http_client::words::words;
use super::view::{Look, Tally};

/// Shows a row for each frame and each change of the connection, and a summary at the end.
pub(crate) struct Timeline<W> {
    shown: Frames<W>,
    began: Instant,
}

impl<W: Write> Timeline<W> {
    pub(crate) fn new(mut rows: Rows<W>, url: &str, method: &str) -> io::Result<Self> {
        rows.title(url, Some(method))?;
        Ok(Timeline { shown: Frames::new(rows), began: Instant::now() })
    }

    fn note(&mut self, mark: &str, colour: Colour, name: &str, text: impl fmt::Display) -> io::Result<()> {
        self.shown.rows.note(Since(self.began.elapsed()), mark, colour, name, text)
    }
}

impl<W: Write + Send> Look for Timeline<W> {
    fn change(&mut self, change: &StateChange<'_>) -> io::Result<()> {
        match change {
            StateChange::Connecting { uri, last_event_id: "", .. } => {
                self.note(
                    "◇",
                    Colour::Faint,
                    "connecting",
                    format!("to {}", uri.authority().map_or("?", |authority| authority.as_str())),
                )?;
            }
            StateChange::Connecting { uri, last_event_id, .. } => {
                let text = format_args!(
                    "to {}, behind id {last_event_id}",
                    uri.authority().map_or("?", |authority| authority.as_str())
                );
                self.note("◇", Colour::Faint, "connecting", text)?;
            }
            StateChange::IdLeftOut { last_event_id, .. } => {
                let text = format_args!("HTTP cannot carry the id {last_event_id}");
                self.note("◇", Colour::Yellow, "id left out", text)?;
            }
            StateChange::Redirected { status, uri, .. } => {
                self.note("◇", Colour::Faint, "redirected", format_args!("{status}, to {uri}"))?;
            }
            StateChange::Open { response, .. } => {
                let text = format!("{:?} {}", response.version, response.status);
                self.note("◆", Colour::Green, "open", text)?;
            }
            StateChange::Waiting { why, delay, failures, .. } => {
                let (name, why) = match *why {
                    None => ("closed", "by the server".to_owned()),
                    Some(error @ EventSourceError::Stream(_)) => ("lost", words(error)),
                    Some(error) => ("failed", words(error)),
                };
                self.note("◇", Colour::Yellow, name, why)?;
                let delay = format!("{delay:.1?}");
                match failures {
                    0 | 1 => self.note("◇", Colour::Faint, "waiting", delay)?,
                    _ => self.note("◇", Colour::Faint, "waiting", format!("{delay}, attempt {failures}"))?,
                }
            }
            // The summary gives the reason.
            StateChange::Closed { .. } => {}
            // Changes added by a later version of the crate.
            _ => {}
        }
        self.shown.rows.flush()
    }

    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        self.shown.show(Since(self.began.elapsed()), frame)?;
        // Flushed, so that a reader sees each event immediately.
        self.shown.rows.flush()
    }

    fn end(&mut self, ended: &Ended, tally: &Tally, last_event_id: &str) -> io::Result<()> {
        if let Ended::GiveUp(given_up) = ended {
            self.note("✗", Colour::Red, given_up.name, &given_up.why)?;
            self.shown.rows.data(&given_up.says)?;
        }
        let Frames { rows, counts } = &mut self.shown;
        rows.end(Since(self.began.elapsed()))?;
        counts.write(rows, tally.bytes())?;
        rows.count("connected", tally.connections)?;
        if !last_event_id.is_empty() {
            rows.fact("last id", Shown { text: last_event_id, room: LONGEST_ID })?;
        }
        let ended = match ended {
            Ended::Interrupted => "by Ctrl-C",
            Ended::Counted => "after as many events as were asked for",
            Ended::Last => "with the event that was waited for",
            Ended::Closed => "by the server",
            Ended::Over => "by the server, with status 204",
            Ended::GiveUp(given_up) => given_up.name,
        };
        rows.fact("ended", ended)?;
        rows.flush()
    }
}

/// An elapsed time: `12.345 s`, `1:02:03`, `3 d 04:05`.
struct Since(Duration);

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        match hours {
            0 => write!(f, "{seconds}.{:03} s", self.0.subsec_millis()),
            1..24 => write!(f, "{hours}:{minutes:02}:{:02}", seconds % 60),
            _ => write!(f, "{} d {:02}:{minutes:02}", hours / 24, hours % 24),
        }
    }
}

/// The length to which the last event ID is shortened.
const LONGEST_ID: usize = 200;
