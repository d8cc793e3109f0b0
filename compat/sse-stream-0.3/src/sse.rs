//! A block of an event stream.

use std::time::Duration;

/// A block as it is in the stream: it takes nothing from an earlier block, and need not have data.
///
/// ```
/// use sse_stream::Sse;
///
/// let block = Sse::default().event("price").data("21.5").id("7");
/// assert!(block.is_event());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sse {
    /// The type that the block names.
    pub event: Option<String>,
    /// The data, its lines joined with LF.
    pub data: Option<String>,
    /// The ID that the block sets.
    pub id: Option<String>,
    /// The reconnection time that the block sets, in milliseconds.
    pub retry: Option<u64>,
}

impl Sse {
    /// Whether the block names a type.
    pub fn is_event(&self) -> bool {
        self.event.is_some()
    }

    /// Whether the block names no type.
    pub fn is_message(&self) -> bool {
        self.event.is_none()
    }

    /// Sets the type.
    pub fn event(mut self, event: impl Into<String>) -> Self {
        self.event = Some(event.into());
        self
    }

    /// Sets the data.
    pub fn data(mut self, data: impl Into<String>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// Sets the ID.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the reconnection time, in milliseconds.
    pub fn retry(mut self, retry: u64) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sets the reconnection time, truncated to whole milliseconds.
    pub fn retry_duration(mut self, retry: Duration) -> Self {
        self.retry = Some(u64::try_from(retry.as_millis()).unwrap_or(u64::MAX));
        self
    }
}
