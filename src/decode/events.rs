//! `events` and `Events`: the events of a complete body.

use core::fmt;
use core::iter::FusedIterator;

use super::cursor::Cursor;
use super::decoder::Decoder;
use super::ending::Ending;
use crate::error::DecodeError;
use crate::event::Event;
use crate::text::Chunk;

/// Decodes a complete body, for tests, files and tools.
///
/// A last block without its blank line is discarded ([parse 14](crate::_rules#parse-14)), unless the decoder passed to
/// [`Events::with_decoder`] [keeps it](Decoder::with_unfinished).
///
/// ```
/// let body = b"data: a\n\nevent: bye\ndata: b\n\n";
/// let types: Vec<String> = eventwire::events(body)
///     .map(|event| Ok(event?.event_type().to_string()))
///     .collect::<Result<_, eventwire::DecodeError>>()?;
/// assert_eq!(types, ["message", "bye"]);
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
pub fn events(body: &[u8]) -> Events<'_> {
    let decoder = Decoder::new();
    let cursor = Cursor::new(&decoder.state, Chunk::from(body).into());
    Events { body, decoder, cursor, ending: None }
}

/// Iterates over the events of a complete body. Returned by [`events`].
///
/// An `Err` item is a rejected block; the next item is the following event.
#[must_use = "iterators are lazy"]
pub struct Events<'a> {
    body: &'a [u8],
    decoder: Decoder,
    cursor: Cursor<'a>,
    ending: Option<Ending>,
}

impl<'a> Events<'a> {
    /// Decodes the body from its beginning, with the settings and the state of a decoder.
    ///
    /// ```
    /// use eventwire::{events, Decoder, Unfinished};
    ///
    /// let decoder = Decoder::new().with_unfinished(Unfinished::Block);
    /// let mut events = events(b"data: no blank line\n").with_decoder(decoder);
    /// assert_eq!(events.next().unwrap()?.data(), "no blank line");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    pub fn with_decoder(self, mut decoder: Decoder) -> Self {
        let chunk = decoder.state.following(self.body.into());
        let cursor = Cursor::new(&decoder.state, chunk.into());
        Events { body: self.body, decoder, cursor, ending: None }
    }

    /// Returns where in the stream the body ended, or `None` before the iterator has returned `None`.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Returns the decoder, with the last event ID and the reconnection time as of the last event.
    #[must_use]
    pub fn into_decoder(mut self) -> Decoder {
        self.cursor.close(&mut self.decoder.state);
        self.decoder
    }

    fn finish(&mut self) {
        self.cursor.close(&mut self.decoder.state);
        self.ending = Some(self.decoder.finish());
        let left = self.decoder.state.unfinished_chunk(self.decoder.unfinished());
        self.cursor = Cursor::new(&self.decoder.state, left.into());
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Event, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.cursor.next_owned(&mut self.decoder.state).transpose() {
                None if self.ending.is_none() => self.finish(),
                event => return event,
            }
        }
    }
}

impl FusedIterator for Events<'_> {}

impl fmt::Debug for Events<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("body", &format_args!("{} B", self.body.len()))
            .field("decoder", &self.decoder)
            .field("ending", &self.ending)
            .finish_non_exhaustive()
    }
}
