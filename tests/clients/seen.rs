//! The events that a client should have received.

use eventwire::Event;
use serde_json::{json, Value};

use crate::random::END;

/// The type, the data, and the last event ID of each event before the end.
pub(crate) fn expected(events: &[Event]) -> Value {
    let mut last_event_id = String::new();
    let mut seen = Vec::new();
    for event in events.iter().filter(|event| event.event_type() != END) {
        if let Some(id) = event.id() {
            last_event_id = id.to_string();
        }
        let data = event.data().replace("\r\n", "\n").replace('\r', "\n");
        seen.push(json!([event.event_type(), data, last_event_id]));
    }
    seen.into()
}

/// Reports only the first difference: all of them would be too much to read.
pub(crate) fn assert_same(seen: &Value, expected: &Value) {
    let (seen, expected) = (seen.as_array().unwrap(), expected.as_array().unwrap());
    for (number, (seen, expected)) in seen.iter().zip(expected).enumerate() {
        assert_eq!(seen, expected, "event {number}");
    }
    assert_eq!(seen.len(), expected.len());
}
