//! The events of a blocking reader.

use std::io::{self, Read};
use std::iter::FusedIterator;
use std::time::Duration;

use bytes::Bytes;

use super::room::Room;
use super::wanted::{InPieces, OnlyEvents, Wanted};
use super::{BytesDecoder, Decoder, Ending};
use crate::error::ReadError;
use crate::event::{Event, EventPiece, EventRef};

/// Reads events from anything that is [`Read`]: a file, a socket, the body of a blocking HTTP client.
///
/// Each event comes out as soon as the reader has given its last byte; nothing waits for a buffer to fill.
///
/// ```
/// use eventwire::EventReader;
///
/// let body: &[u8] = b"data: a\n\ndata: b\n\n";
/// for event in EventReader::new(body) {
///     println!("{}", event?.data());
/// }
/// # Ok::<(), eventwire::ReadError>(())
/// ```
///
/// An error of the reader ends it: `None` follows for ever. A block that was given up does not: the next
/// item is the event behind it.
#[derive(Debug)]
pub struct EventReader<R> {
    read: R,
    decoder: BytesDecoder,
    room: Room,
    ending: Option<Ending>,
}

impl<R: Read> EventReader<R> {
    /// Reads the first connection of a client.
    pub fn new(read: R) -> Self {
        EventReader::with_decoder(read, Decoder::new())
    }

    /// Reads with the settings and the state of a decoder.
    pub fn with_decoder(read: R, decoder: Decoder) -> Self {
        let mut decoder = BytesDecoder::new(decoder);
        // What an earlier connection left is not of this one.
        decoder.push(Bytes::new());
        EventReader { read, decoder, room: Room::default(), ending: None }
    }

    /// Lends the next event; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the reader fails, or a block was given up.
    pub fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, ReadError> {
        self.advance::<OnlyEvents>()?;
        Ok(self.decoder.current())
    }

    /// Lends the next event or, where its data is large, the next piece of one; `None` at the end. See
    /// [`Decoder::feed_pieces`].
    ///
    /// # Errors
    ///
    /// As [`next_ref`](Self::next_ref).
    pub fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, ReadError> {
        self.advance::<InPieces>()?;
        Ok(self.decoder.current_piece())
    }

    fn advance<W: Wanted>(&mut self) -> Result<bool, ReadError> {
        while !self.decoder.step::<W>()? {
            if self.ending.is_some() {
                return Ok(false);
            }
            self.fill::<W>()?;
        }
        Ok(true)
    }

    fn fill<W: Wanted>(&mut self) -> Result<(), io::Error> {
        let len = loop {
            match self.read.read(self.room.get()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ending = Some(self.decoder.finish());
                    return Err(error);
                }
                Ok(len) => break len,
            }
        };
        match len {
            0 => {
                self.ending = Some(self.decoder.finish());
                self.decoder.take_unfinished(self.decoder.unfinished());
            }
            len => self.decoder.push_for::<W>(self.room.take(len)),
        }
        Ok(())
    }

    /// How the stream ended, once it has.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The last event ID in force. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    /// The reconnection time in force. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// How many bytes of the stream were read, up to the last event.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.decoder.bytes_consumed()
    }

    /// The reader.
    pub fn get_ref(&self) -> &R {
        &self.read
    }

    /// The decoder, to go on with another connection: its last event ID and reconnection time live on.
    #[must_use]
    pub fn into_decoder(self) -> Decoder {
        self.decoder.into_decoder()
    }
}

impl<R: Read> Iterator for EventReader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance::<OnlyEvents>() {
            Ok(_) => self.decoder.take_current().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<R: Read> FusedIterator for EventReader<R> {}
