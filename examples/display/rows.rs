//! The rows of the timeline.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use eventwire::{EventRef, HeadRef};

use super::layout::{self, Step};
use super::paint::{Bytes, Colour, Paint, Shown, Thousands};

/// Writes rows: a place or time on the left, then a rail, then the frame.
pub(crate) struct Rows<W> {
    pub(crate) out: W,
    paint: Paint,
    /// The length in characters to which a line, or a string in JSON, is shortened.
    room: usize,
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(out: W, paint: Paint, full: bool) -> Self {
        Rows { out, paint, room: if full { usize::MAX } else { LONGEST } }
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub(crate) fn title(&mut self, name: &str, aside: Option<impl Display>) -> io::Result<()> {
        let name = self.paint.with(Colour::Bold, Shown { text: name, room: self.room });
        write!(self.out, "\n{GUTTER}  {name}")?;
        match aside {
            Some(aside) => writeln!(self.out, "  {}\n", self.paint.with(Colour::Faint, aside)),
            None => writeln!(self.out, "\n"),
        }
    }

    pub(crate) fn event(&mut self, at: impl Display, number: u64, event: EventRef<'_>) -> io::Result<()> {
        let colour = Paint::of_type(event.event_type());
        self.head(at, "●", Thousands(number), colour, event.event_type())?;
        write!(self.out, "{:>11}", Bytes(event.data().len() as u64))?;
        self.id(event.head())?;
        writeln!(self.out)?;
        self.data(event.data())
    }

    pub(crate) fn without_data(&mut self, at: impl Display, block: HeadRef<'_>) -> io::Result<()> {
        self.small(at, "◌", "no data")?;
        self.type_unless_default(block)?;
        self.id(block)?;
        writeln!(self.out)
    }

    pub(crate) fn comment(&mut self, at: impl Display, text: &str) -> io::Result<()> {
        self.small(at, "○", "comment")?;
        // The customary space after the colon is part of the text, and would look like a mistake.
        match text.strip_prefix(' ').unwrap_or(text) {
            "" => writeln!(self.out),
            text => writeln!(self.out, "  {}", Shown { text, room: self.room }),
        }
    }

    pub(crate) fn retry(&mut self, at: impl Display, time: Duration) -> io::Result<()> {
        self.small(at, "○", "retry")?;
        writeln!(self.out, "  {time:?}")
    }

    pub(crate) fn unknown(&mut self, at: impl Display, name: &str, value: &str) -> io::Result<()> {
        self.small(at, "○", "unknown")?;
        let name = Shown { text: name, room: LONGEST_NAME };
        let value = Shown { text: value, room: self.room };
        writeln!(self.out, "  {}: {value}", self.paint.with(Colour::Yellow, name))
    }

    /// A row that is no frame: a note about an error or the connection.
    pub(crate) fn note(
        &mut self,
        at: impl Display,
        mark: &str,
        colour: Colour,
        name: &str,
        text: impl Display,
    ) -> io::Result<()> {
        self.head(at, mark, "", colour, name)?;
        let text = text.to_string();
        writeln!(self.out, "  {}", Shown { text: &text, room: self.room })
    }

    pub(crate) fn end(&mut self, at: impl Display) -> io::Result<()> {
        self.place(at)?;
        writeln!(self.out, "{}\n", self.paint.with(Colour::Faint, "╵"))
    }

    /// A line of the summary: a name on the left, facts on the right.
    pub(crate) fn fact(&mut self, name: &str, fact: impl Display) -> io::Result<()> {
        writeln!(self.out, "{}  {fact}", self.paint.with(Colour::Faint, format_args!("{name:>10}")))
    }

    /// A line of the summary with a count, unless it is 0.
    pub(crate) fn count(&mut self, name: &str, count: u64) -> io::Result<()> {
        match count {
            0 => Ok(()),
            count => self.fact(name, format_args!("{:>7}", Thousands(count))),
        }
    }

    /// A line of the table of types.
    pub(crate) fn of_type(&mut self, name: &str, count: u64, bytes: u64) -> io::Result<()> {
        let colour = Paint::of_type(name);
        let name = Shown { text: name, room: LONGEST_NAME }.to_string();
        writeln!(
            self.out,
            "{GUTTER}  {:>7}  {}  {:>13}",
            Thousands(count),
            self.paint.with(colour, format_args!("{name:<24}")),
            Bytes(bytes)
        )
    }

    fn place(&mut self, at: impl Display) -> io::Result<()> {
        let at = at.to_string();
        write!(self.out, "{}  ", self.paint.with(Colour::Faint, format_args!("{at:>10}")))
    }

    fn rail(&mut self) -> io::Result<()> {
        write!(self.out, "{GUTTER}  {}        ", self.paint.with(Colour::Faint, "│"))
    }

    /// The start of a row: its mark and name.
    pub(crate) fn head(
        &mut self,
        at: impl Display,
        mark: &str,
        number: impl Display,
        colour: Colour,
        name: &str,
    ) -> io::Result<()> {
        self.place(at)?;
        let name = Shown { text: name, room: LONGEST_NAME }.to_string();
        let name = self.paint.with(colour, format_args!("{name:<20}")).to_string();
        write!(self.out, "{} {number:<6} {name}", self.paint.with(colour, mark))
    }

    /// The start of a row that is no event.
    fn small(&mut self, at: impl Display, mark: &str, name: &str) -> io::Result<()> {
        self.place(at)?;
        let mark = self.paint.with(Colour::Faint, mark);
        write!(self.out, "{mark}        {}", self.paint.with(Colour::Faint, name))
    }

    pub(crate) fn type_unless_default(&mut self, head: HeadRef<'_>) -> io::Result<()> {
        match head.event_type() {
            "message" => Ok(()),
            name => {
                let name = Shown { text: name, room: LONGEST_NAME };
                write!(self.out, "  {} {name}", self.paint.with(Colour::Faint, "event"))
            }
        }
    }

    pub(crate) fn id(&mut self, head: HeadRef<'_>) -> io::Result<()> {
        match head.id() {
            None => Ok(()),
            Some("") => write!(self.out, "  {}", self.paint.with(Colour::Faint, "id forgotten")),
            Some(id) => {
                let id = Shown { text: id, room: LONGEST_NAME };
                write!(self.out, "  {} {id}", self.paint.with(Colour::Faint, "id"))
            }
        }
    }

    /// The data below a row, laid out if it is JSON.
    pub(crate) fn data(&mut self, data: &str) -> io::Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        self.rail()?;
        match self.json(data)? {
            true => writeln!(self.out),
            false => self.text(data),
        }
    }

    /// Writes `data` if it is JSON, and returns whether it was.
    fn json(&mut self, data: &str) -> io::Result<bool> {
        let mut written = Ok(());
        let is_json = layout::lay_out(data, WIDTH, |step| {
            if written.is_ok() {
                written = self.step(step);
            }
        });
        written.map(|()| is_json)
    }

    fn step(&mut self, step: Step<'_>) -> io::Result<()> {
        let (colour, text) = match step {
            Step::Mark(text) => (Colour::Faint, text),
            Step::Name(text) => (Colour::Plain, text),
            Step::String(text) => (Colour::Green, text),
            Step::Literal(text) => (Colour::Yellow, text),
            Step::Line(levels) => {
                writeln!(self.out)?;
                self.rail()?;
                return write!(self.out, "{:1$}", "", levels * 2);
            }
        };
        write!(self.out, "{}", self.paint.with(colour, Shown { text, room: self.room }))
    }

    fn text(&mut self, data: &str) -> io::Result<()> {
        for (at, line) in data.split('\n').enumerate() {
            if at > 0 {
                self.rail()?;
            }
            writeln!(self.out, "{}", Shown { text: line, room: self.room })?;
        }
        Ok(())
    }
}

/// The width of a place.
const GUTTER: &str = "          ";
/// The width of laid-out JSON: about 100 characters with the columns on its left.
const WIDTH: usize = 80;
/// The length to which a string or line is shortened; images in base64 have millions of characters.
const LONGEST: usize = 1_000;
/// The length to which a type, an ID or the name of a field is shortened.
const LONGEST_NAME: usize = 60;
