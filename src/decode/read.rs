//! `EventReader`: reads events from a blocking reader.

use std::io::{self, Read};
use std::iter::{self, FusedIterator};

use super::bytes_decoder::BytesDecoder;
use super::decoder::Decoder;
use super::ending::Ending;
use super::looks::looks_at;
use super::room::Room;
use super::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use crate::error::ReadError;
use crate::event::{Event, EventId, EventPiece, EventRef, Frame, OwnedFrame};

/// Reads events from anything that is [`Read`]: a file, a socket, the body of a blocking HTTP client.
///
/// Each event is returned as soon as its last byte has been read; the reader does not wait for a full buffer.
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
/// It decodes any bytes. For the response of a blocking HTTP client, `client::EventStream::from_read_response` also
/// checks the status and the media type, and stops at an end mark.
///
/// After an error of the reader, every further call returns `None`. After a rejected block, the next item is the
/// following event.
#[derive(Debug)]
pub struct EventReader<R> {
    read: R,
    decoder: BytesDecoder,
    room: Room,
    ending: Option<Ending>,
    /// Whether the end was reached, or a read has failed.
    is_over: bool,
}

impl<R: Read> EventReader<R> {
    /// Creates a reader for the first connection of a client.
    pub fn new(read: R) -> Self {
        EventReader {
            read,
            decoder: BytesDecoder::new(),
            room: Room::default(),
            ending: None,
            is_over: false,
        }
    }

    /// Uses the settings and the state of a decoder: its limits, its strictness, the last event ID and the reconnection
    /// time of an earlier connection, and the treatment of an unfinished event. Call this before the first event is
    /// read.
    #[must_use]
    pub fn with_decoder(mut self, decoder: Decoder) -> Self {
        self.decoder = BytesDecoder::from(decoder);
        self
    }

    /// Reads the next event and returns it, owned, or `None` at the end. This is [`Iterator::next`], transposed so that
    /// `?` applies to the error.
    ///
    /// # Errors
    ///
    /// If the reader fails, or a block is rejected.
    pub fn next_event(&mut self) -> Result<Option<Event>, ReadError> {
        self.advance()?;
        Ok(self.take_current())
    }

    /// Reads the next event and returns it, borrowed, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The same as [`next_event`](Self::next_event).
    pub fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, ReadError> {
        self.advance()?;
        Ok(self.current())
    }

    /// Reads the next frame and returns it, borrowed, or `None` at the end. See [`Decoder::feed_frames`].
    ///
    /// To see every frame, use this from the beginning: the other methods skip what lies between events.
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
    /// The same as [`next_event`](Self::next_event) and [`Feed::next_frame`](crate::Feed::next_frame).
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, ReadError> {
        self.advance_frame()?;
        Ok(self.current_frame())
    }

    /// Reads the next event, or the next piece of one with large data, and returns it, borrowed, or `None` at the end.
    /// See [`Decoder::feed_pieces`].
    ///
    /// # Errors
    ///
    /// The same as [`next_event`](Self::next_event).
    pub fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, ReadError> {
        self.advance_piece()?;
        Ok(self.current_piece())
    }

    /// Advances to the next event, or returns `false` at the end.
    ///
    /// # Errors
    ///
    /// The same as [`next_event`](Self::next_event).
    pub fn advance(&mut self) -> Result<bool, ReadError> {
        self.step::<OnlyEvents>()
    }

    /// Takes the event that the last [`advance`](Self::advance) found, owned. Afterwards there is no current event.
    pub fn take_current(&mut self) -> Option<Event> {
        self.decoder.take_current()
    }

    looks_at!(self => self.decoder);

    /// Advances to the next frame, or returns `false` at the end.
    ///
    /// # Errors
    ///
    /// The same as [`next_frame`](Self::next_frame).
    pub fn advance_frame(&mut self) -> Result<bool, ReadError> {
        self.step::<AllFrames>()
    }

    /// Advances to the next event or piece of one, or returns `false` at the end.
    ///
    /// # Errors
    ///
    /// The same as [`next_event`](Self::next_event).
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
            if self.is_over {
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
                    // What failed has no end.
                    self.decoder.finish();
                    self.is_over = true;
                    return Err(error);
                }
                Ok(len) => break len,
            }
        };
        match len {
            0 => {
                self.ending = Some(self.decoder.finish());
                self.is_over = true;
                self.decoder.take_unfinished(self.decoder.unfinished());
            }
            len => self.decoder.push(self.room.take(len)),
        }
        Ok(())
    }

    /// Returns where in the stream it ended, or `None` before the end is reached and after a read error.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Sets the last event ID. See [`BytesDecoder::set_last_event_id`].
    pub fn set_last_event_id(&mut self, id: EventId) {
        self.decoder.set_last_event_id(id);
    }

    /// Borrows the underlying reader.
    pub fn get_ref(&self) -> &R {
        &self.read
    }

    /// Borrows the underlying reader mutably. Bytes read through it are missing from the event stream.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.read
    }

    /// Returns the underlying reader. Bytes that were read but not decoded yet are lost.
    pub fn into_inner(self) -> R {
        self.read
    }

    /// Returns the decoder, for another connection: it keeps the last event ID and the reconnection time.
    #[must_use]
    pub fn into_decoder(self) -> Decoder {
        self.decoder.into_decoder()
    }
}

impl<R: Read> EventReader<R> {
    /// Iterates over owned frames. Errors are as in [`next_frame`](Self::next_frame).
    ///
    /// ```
    /// use eventwire::{EventReader, OwnedFrame};
    ///
    /// let body: &[u8] = b": heartbeat\n\ndata: a\n\n";
    /// let frames: Vec<OwnedFrame> = EventReader::new(body).into_frames().collect::<Result<_, _>>()?;
    /// assert_eq!(frames[0], OwnedFrame::Comment(" heartbeat".into()));
    /// # Ok::<(), eventwire::ReadError>(())
    /// ```
    pub fn into_frames(mut self) -> impl Iterator<Item = Result<OwnedFrame, ReadError>> {
        iter::from_fn(move || self.next_frame().map(|frame| frame.map(OwnedFrame::from)).transpose())
    }
}

impl<R: Read> Iterator for EventReader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_event().transpose()
    }
}

impl<R: Read> FusedIterator for EventReader<R> {}
