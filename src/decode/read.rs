//! `EventReader`: the events of a blocking reader.

use std::io::{self, Read};
use std::iter::FusedIterator;
use std::time::Duration;

use super::bytes_decoder::BytesDecoder;
use super::decoder::Decoder;
use super::ending::Ending;
use super::room::Room;
use super::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use crate::error::ReadError;
use crate::event::{Event, EventPiece, EventRef, Frame};

/// Reads events from anything that is [`Read`]: a file, a socket, the body of a blocking HTTP client.
///
/// Each event is returned as soon as the reader has read its last byte; nothing waits for a buffer to fill.
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
/// It reads whatever comes. For the response of an HTTP client that blocks, `client::EventStream::from_read_response`
/// checks status and media type, and reads up to an end mark.
///
/// An error of the reader is the end: `None` follows for ever. A block that is rejected is not: the following event is the
/// next item.
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
        EventReader { read, decoder: BytesDecoder::new(), room: Room::default(), ending: None }
    }

    /// Reads with the settings and the state of a decoder: limits, strictness, the last event ID and the reconnection time
    /// of an earlier connection, and what happens to an unfinished event at the end. Call it before the first event is read.
    #[must_use]
    pub fn with_decoder(mut self, decoder: Decoder) -> Self {
        self.decoder = BytesDecoder::from(decoder);
        self
    }

    /// Reads the next event and returns it, owned; `None` at the end. The same as the [iterator](Iterator::next), for `?`
    /// on the error alone.
    ///
    /// # Errors
    ///
    /// When the reader fails, or a block is rejected.
    pub fn next_event(&mut self) -> Result<Option<Event>, ReadError> {
        self.advance()?;
        Ok(self.take_current())
    }

    /// Reads the next event and returns it, borrowed; `None` at the end.
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, ReadError> {
        self.advance()?;
        Ok(self.current())
    }

    /// Reads the next frame and returns it, borrowed; `None` at the end. See [`Decoder::feed_frames`].
    ///
    /// Use it from the first event on: the other methods skip what is between events.
    ///
    /// ```
    /// use eventwire::{EventReader, Frame};
    ///
    /// let body: &[u8] = b": heartbeat\n\ndata: a\n\n";
    /// let mut reader = EventReader::new(body);
    /// while let Some(frame) = reader.next_frame()? {
    ///     if let Frame::Comment(text) = frame {
    ///         println!("the server is alive:{text}");
    ///     }
    /// }
    /// # Ok::<(), eventwire::ReadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event), and as [`Feed::next_frame`](crate::Feed::next_frame).
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, ReadError> {
        self.advance_frame()?;
        Ok(self.current_frame())
    }

    /// Reads the next event or, when its data is large, the next piece of one, and returns it, borrowed; `None` at the end.
    /// See [`Decoder::feed_pieces`].
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, ReadError> {
        self.advance_piece()?;
        Ok(self.current_piece())
    }

    /// Goes to the next event; `false` at the end.
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub fn advance(&mut self) -> Result<bool, ReadError> {
        self.step::<OnlyEvents>()
    }

    /// Borrows the event that the last [`advance`](Self::advance) found.
    #[must_use]
    pub fn current(&self) -> Option<EventRef<'_>> {
        self.decoder.current()
    }

    /// Takes the event that the last [`advance`](Self::advance) found, owned. After that there is no current event.
    pub fn take_current(&mut self) -> Option<Event> {
        self.decoder.take_current()
    }

    /// Goes to the next frame; `false` at the end.
    ///
    /// # Errors
    ///
    /// As [`next_frame`](Self::next_frame).
    pub fn advance_frame(&mut self) -> Result<bool, ReadError> {
        self.step::<AllFrames>()
    }

    /// Borrows the frame that the last [`advance_frame`](Self::advance_frame) found.
    #[must_use]
    pub fn current_frame(&self) -> Option<Frame<'_>> {
        self.decoder.current_frame()
    }

    /// Goes to the next event or piece of one; `false` at the end.
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub fn advance_piece(&mut self) -> Result<bool, ReadError> {
        self.step::<InPieces>()
    }

    /// Borrows the event or piece that the last [`advance_piece`](Self::advance_piece) found.
    #[must_use]
    pub fn current_piece(&self) -> Option<EventPiece<'_>> {
        self.decoder.current_piece()
    }

    fn step<W: Wanted>(&mut self) -> Result<bool, ReadError> {
        while !self.decoder.step::<W>()? {
            if self.ending.is_some() {
                return Ok(false);
            }
            self.fill()?;
        }
        Ok(true)
    }

    fn fill(&mut self) -> Result<(), io::Error> {
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
            len => self.decoder.push(self.room.take(len)),
        }
        Ok(())
    }

    /// How the stream ended, once it has.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The current last event ID. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    /// The current reconnection time. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// How many bytes of the stream were read, up to the last event.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.decoder.bytes_consumed()
    }

    /// Borrows the underlying reader.
    pub fn get_ref(&self) -> &R {
        &self.read
    }

    /// Borrows the underlying reader. Bytes that are read from it here are missing from the stream of events.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.read
    }

    /// The underlying reader. Bytes that were read from it and not decoded yet are lost.
    pub fn into_inner(self) -> R {
        self.read
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
        self.next_event().transpose()
    }
}

impl<R: Read> FusedIterator for EventReader<R> {}
