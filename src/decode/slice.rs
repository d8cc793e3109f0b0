//! The events of a complete body.

use core::iter::FusedIterator;

use super::cursor::Cursor;
use super::{Decoder, Ending};
use crate::error::DecodeError;
use crate::event::Event;

/// Reads a complete body: for tests, files and tools.
///
/// A last block without its blank line is discarded [parse 14]; [`Events::with_decoder`] takes a decoder that
/// was told otherwise by [`Decoder::with_unfinished`].
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
    Events::with_decoder(Decoder::new(), body)
}

/// The events of a complete body, made by [`events`].
///
/// An `Err` is a block that was given up; the next item is the event behind it.
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct Events<'a> {
    decoder: Decoder,
    cursor: Cursor<'a>,
    ending: Option<Ending>,
}

impl<'a> Events<'a> {
    /// Reads a complete body with the settings and the state of a decoder.
    pub fn with_decoder(mut decoder: Decoder, body: &'a [u8]) -> Self {
        let chunk = decoder.chunk_of_slice(body);
        let cursor = Cursor::new(&decoder, chunk);
        Events { decoder, cursor, ending: None }
    }

    /// How the body ended, once the iterator has said `None`.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The decoder, with the last event ID and the reconnection time as of the last event.
    #[must_use]
    pub fn into_decoder(mut self) -> Decoder {
        self.cursor.close(&mut self.decoder);
        self.decoder
    }

    fn finish(&mut self) {
        self.cursor.close(&mut self.decoder);
        self.ending = Some(self.decoder.finish());
        let left = self.decoder.unfinished_chunk(self.decoder.unfinished());
        self.cursor = Cursor::new(&self.decoder, left);
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Event, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.cursor.next_owned(&mut self.decoder).transpose() {
                None if self.ending.is_none() => self.finish(),
                event => return event,
            }
        }
    }
}

impl FusedIterator for Events<'_> {}
