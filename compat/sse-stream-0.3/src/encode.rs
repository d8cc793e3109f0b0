//! Encodes blocks.

use bytes::Bytes;
use eventwire::{EventId, EventType};

use crate::{wire, EncodeError, KeepAlive, Sse};

impl Sse {
    /// Encodes the block. Data is split into lines at CR LF, LF and CR.
    ///
    /// ```
    /// use sse_stream::{EncodeError, Sse};
    ///
    /// assert_eq!(Sse::default().event("price").data("1\n2").encode()?, "event: price\ndata: 1\ndata: 2\n\n");
    /// assert_eq!(Sse::default().id("7\ndata: forged").encode(), Err(EncodeError::InvalidId));
    /// # Ok::<(), EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the type contains CR or LF, or the ID contains CR, LF or NUL.
    pub fn encode(self) -> Result<Bytes, EncodeError> {
        let has_type = self.event.as_deref().map(EventType::try_from).transpose();
        has_type.map_err(|_| EncodeError::InvalidEvent)?;
        let has_id = self.id.as_deref().map(EventId::try_from).transpose();
        has_id.map_err(|_| EncodeError::InvalidId)?;
        Ok(wire::write(&self))
    }
}

impl TryFrom<Sse> for Bytes {
    type Error = EncodeError;

    fn try_from(block: Sse) -> Result<Self, EncodeError> {
        block.encode()
    }
}

impl KeepAlive {
    /// Sets the event to send.
    ///
    /// # Errors
    ///
    /// If it cannot be encoded.
    pub fn event(mut self, event: Sse) -> Result<Self, EncodeError> {
        self.event = event.encode()?;
        Ok(self)
    }
}
