//! What happened lately, for everybody who listens and for whoever was away.

use eventwire::hub::{Gap, Hub};
use eventwire::Event;
use serde_json::json;

/// Keeps the last events, so many. The page and its tests count every event, so there are no others between.
pub(crate) fn feed(history: usize) -> Hub {
    Hub::new().with_history(history).with_history_bytes(1 << 30).without_checkpoints().with_gap_event(gap)
}

fn gap(gap: &Gap) -> Event {
    let next = gap.resumes_after().second() + 1;
    let data = json!({ "reason": gap.reason().as_str(), "lost": gap.lost(), "next": next });
    Event::new(data.to_string()).with_type("gap")
}
