//! Events for tokio-util's framed readers.

use bytes::BytesMut;
use tokio_util::codec;

use super::{BytesDecoder, Decoder};
use crate::error::ReadError;
use crate::event::Event;

/// Decodes events from a [`FramedRead`](codec::FramedRead) of `tokio-util`.
///
/// ```
/// use eventwire::EventCodec;
/// use futures_util::StreamExt;
/// use tokio_util::codec::FramedRead;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), eventwire::ReadError> {
/// let mut events = FramedRead::new(&b"data: a\n\n"[..], EventCodec::default());
/// while let Some(event) = events.next().await {
///     println!("{}", event?.data());
/// }
/// # Ok(())
/// # }
/// ```
///
/// A framed reader says `None` once behind each error; asked again, it goes on with the next block.
#[derive(Debug, Default)]
pub struct EventCodec(BytesDecoder);

impl EventCodec {
    /// Decodes with the settings and the state of a decoder.
    #[must_use]
    pub fn new(decoder: Decoder) -> Self {
        EventCodec(BytesDecoder::new(decoder))
    }

    /// The last event ID in force. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.0.last_event_id()
    }

    /// The decoder, to go on with another connection.
    #[must_use]
    pub fn into_decoder(self) -> Decoder {
        self.0.into_decoder()
    }
}

impl codec::Decoder for EventCodec {
    type Item = Event;
    type Error = ReadError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<Event>, ReadError> {
        loop {
            if self.0.advance()? {
                return Ok(self.0.take_current());
            }
            if source.is_empty() {
                return Ok(None);
            }
            self.0.push(source.split().freeze());
        }
    }

    fn decode_eof(&mut self, source: &mut BytesMut) -> Result<Option<Event>, ReadError> {
        if let Some(event) = self.decode(source)? {
            return Ok(Some(event));
        }
        self.0.finish();
        self.0.take_unfinished(self.0.unfinished());
        Ok(self.0.advance()?.then(|| self.0.take_current()).flatten())
    }
}
