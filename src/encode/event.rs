//! The encoding methods of `Event`, `EventRef` and `Head`.

use bytes::{BufMut, Bytes};

use super::block::Block;
use super::Encoded;
use crate::event::{Event, EventRef, Head};

/// The methods of everything that is encoded as a block; only their documentation differs.
macro_rules! encodes {
    (
        impl $type:ty;
        $(#[$encode:meta])* encode,
        $(#[$encoded_len:meta])* encoded_len,
        $(#[$to_bytes:meta])* to_bytes,
        $(#[$to_encoded:meta])* to_encoded,
    ) => {
        impl $type {
            $(#[$encode])*
            #[inline]
            pub fn encode(&self, buffer: &mut impl BufMut) {
                Block::from(self).encode(buffer);
            }

            $(#[$encoded_len])*
            #[must_use]
            pub fn encoded_len(&self) -> usize {
                Block::from(self).len()
            }

            $(#[$to_bytes])*
            #[must_use]
            pub fn to_bytes(&self) -> Bytes {
                Block::from(self).to_bytes()
            }

            $(#[$to_encoded])*
            #[must_use]
            pub fn to_encoded(&self) -> Encoded {
                Encoded(self.to_bytes())
            }
        }
    };
}

encodes! {
    impl Event;
    /// Writes the event: `retry`, `event`, `id`, the `data` lines and the blank line that ends it.
    ///
    /// Nothing is allocated if the buffer has room. Data is split into lines at CR LF, LF and CR, as a
    /// reader does; the default type is not written.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// let mut buffer = Vec::new();
    /// Event::new("a").with_id(1).encode(&mut buffer);
    /// Event::new("b\r\nc").encode(&mut buffer);
    /// assert_eq!(buffer, b"id: 1\ndata: a\n\ndata: b\ndata: c\n\n");
    /// ```
    ///
    /// # Panics
    ///
    /// If the buffer can neither hold the event nor grow: see [`BufMut::put_slice`]. `Vec<u8>` and
    /// `BytesMut` grow; for a slice, use [`encode_to_slice`](Self::encode_to_slice).
    encode,
    /// Counts the bytes that [`encode`](Self::encode) will write.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// assert_eq!(Event::new("a").encoded_len(), "data: a\n\n".len());
    /// ```
    encoded_len,
    /// Writes the event into new bytes of exactly its size.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// assert_eq!(Event::new("").with_type("ping").to_bytes(), "event: ping\ndata:\n\n");
    /// ```
    to_bytes,
    /// Encodes the event once, for many clients.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// let tick = Event::new("21.5").to_encoded();
    /// let for_another_client = tick.clone();
    /// assert_eq!(for_another_client.as_bytes(), b"data: 21.5\n\n");
    /// ```
    to_encoded,
}

encodes! {
    impl EventRef<'_>;
    /// Writes the event, as [`Event::encode`] does.
    ///
    /// The ID of this block is written; the last event ID of an earlier one is not.
    ///
    /// ```
    /// use eventwire::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// let mut feed = decoder.feed(b"data:a\nid:7\r\n\r\ndata: b\n\n");
    /// let mut buffer = Vec::new();
    /// while let Some(event) = feed.next_ref()? {
    ///     event.encode(&mut buffer);
    /// }
    /// assert_eq!(buffer, b"id: 7\ndata: a\n\ndata: b\n\n");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the buffer can neither hold the event nor grow: see [`BufMut::put_slice`].
    encode,
    /// Counts the bytes that [`encode`](Self::encode) will write.
    ///
    /// ```
    /// use eventwire::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// let mut feed = decoder.feed(b"data:a\n\n");
    /// assert_eq!(feed.next_ref()?.unwrap().encoded_len(), "data: a\n\n".len());
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    encoded_len,
    /// Writes the event into new bytes of exactly its size, as [`encode`](Self::encode) does.
    to_bytes,
    /// Encodes the event once, for many clients.
    to_encoded,
}

encodes! {
    impl Head;
    /// Writes a block without data: it is no event for a reader, but its ID and reconnection time take effect.
    ///
    /// # Panics
    ///
    /// If the buffer can neither hold the block nor grow: see [`BufMut::put_slice`].
    encode,
    /// Counts the bytes that [`encode`](Self::encode) will write.
    encoded_len,
    /// Writes the block without data into new bytes of exactly its size.
    to_bytes,
    /// Encodes the block without data once, for many clients.
    ///
    /// ```
    /// use eventwire::Head;
    ///
    /// assert_eq!(Head::new().with_id(7).to_encoded().as_bytes(), b"id: 7\n\n");
    /// ```
    to_encoded,
}

impl Event {
    /// Writes the event to the beginning of a slice and returns its length. If it does not fit, returns `None`, and
    /// writes nothing.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// let mut slice = [0; 16];
    /// assert_eq!(Event::new("a").encode_to_slice(&mut slice), Some(9));
    /// assert_eq!(&slice[..9], b"data: a\n\n");
    /// assert_eq!(Event::new("far too much").encode_to_slice(&mut slice), None);
    /// ```
    #[must_use]
    pub fn encode_to_slice(&self, slice: &mut [u8]) -> Option<usize> {
        let block = Block::from(self);
        let mut room = slice.get_mut(..block.len())?;
        let len = room.len();
        block.encode(&mut room);
        Some(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_that_is_too_short_is_left_alone() {
        let event = Event::new("a\r\nb").with_id(7);
        let whole = event.to_bytes();
        for len in 0..whole.len() {
            let mut slice = [b'-'; 32];
            assert_eq!(event.encode_to_slice(&mut slice[..len]), None);
            assert_eq!(slice, [b'-'; 32]);
        }
        let mut slice = [b'-'; 32];
        assert_eq!(event.encode_to_slice(&mut slice), Some(whole.len()));
        assert_eq!(slice[..whole.len()], whole);
        assert_eq!(slice[whole.len()..], [b'-'; 32][whole.len()..]);
    }
}
