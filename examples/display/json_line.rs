//! An event as a line of JSON.

use std::io::{self, Write};

use eventwire::EventRef;

/// Writes `{"event": .., "data": .., "id": ..}` and a line end; `id` is the current last event ID.
pub(crate) fn write(out: &mut impl Write, event: EventRef<'_>) -> io::Result<()> {
    out.write_all(b"{\"event\": ")?;
    serde_json::to_writer(&mut *out, event.event_type())?;
    out.write_all(b", \"data\": ")?;
    serde_json::to_writer(&mut *out, event.data())?;
    out.write_all(b", \"id\": ")?;
    serde_json::to_writer(&mut *out, event.last_event_id())?;
    out.write_all(b"}\n")
}
