//! `EventCodec`: decodes events in the framed readers of tokio-util.

use bytes::BytesMut;
use tokio_util::codec;

use super::bytes_decoder::BytesDecoder;
use super::decoder::Decoder;
use crate::error::ReadError;
use crate::event::Event;

/// Decodes events from a [`FramedRead`](codec::FramedRead) of `tokio-util`.
///
/// ```
/// use eventwire::codec::EventCodec;
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
/// After each error, a framed reader returns `None` once. If polled again, it continues with the next block.
#[derive(Debug, Default)]
pub struct EventCodec(BytesDecoder);

impl EventCodec {
    /// Creates a codec for the first connection of a client.
    #[must_use]
    pub fn new() -> Self {
        EventCodec::default()
    }

    /// Uses the settings and the state of a decoder.
    #[must_use]
    pub fn with_decoder(self, decoder: Decoder) -> Self {
        EventCodec(self.0.with_decoder(decoder))
    }

    /// Returns the current last event ID. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.0.last_event_id()
    }

    /// Returns the decoder, for another connection.
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
            if let Some(event) = self.0.next_event()? {
                return Ok(Some(event));
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
        Ok(self.0.next_event()?)
    }
}
