//! The unfinished block at the end of a stream.

use std::fmt::Display;
use std::io::{self, Write};

use eventwire::EventRef;

use super::display::paint::{Bytes, Colour};
use super::display::rows::Rows;

impl<W: Write> Rows<W> {
    /// Shows an event without its end.
    pub(crate) fn pending(&mut self, at: impl Display, event: EventRef<'_>) -> io::Result<()> {
        self.head(at, "◌", "", Colour::Yellow, "pending")?;
        write!(self.out, "{:>11}", Bytes(event.data().len() as u64))?;
        self.type_unless_default(event.head())?;
        self.id(event.head())?;
        writeln!(self.out)?;
        self.data(event.data())
    }

    /// Shows an unfinished block without data.
    pub(crate) fn nothing_pending(&mut self, at: impl Display, len: u64) -> io::Result<()> {
        self.note(at, "◌", Colour::Yellow, "pending", format_args!("{:>9}  no data", Bytes(len)))
    }
}
