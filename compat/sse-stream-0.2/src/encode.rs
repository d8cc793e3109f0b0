//! Encodes blocks.

use bytes::Bytes;
use eventwire::{EventId, EventType};

use crate::{wire, KeepAlive, Sse};

impl From<Sse> for Bytes {
    /// Encodes the block. Data is split into lines at CR LF, LF and CR. A type that contains CR or LF, or an ID that
    /// contains CR, LF or NUL, is omitted, because it cannot be written.
    fn from(mut block: Sse) -> Self {
        block.event = block.event.filter(|event| EventType::try_from(&**event).is_ok());
        block.id = block.id.filter(|id| EventId::try_from(&**id).is_ok());
        wire::write(&block)
    }
}

impl KeepAlive {
    /// Sets the event to send.
    pub fn event(mut self, event: Sse) -> Self {
        self.event = event.into();
        self
    }
}
