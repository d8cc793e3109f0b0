//! The position from which a client resumes.

use std::collections::HashMap;

use eventwire::hub::Start;
use eventwire::server::LastEventId;

/// The query parameters of a request.
pub(crate) type Parameters = HashMap<String, String>;

/// Returns the last event ID, from the header or else from the parameter `lastEventId`.
///
/// A browser sends the header only when it reconnects by itself. A page that creates a new `EventSource` can send the
/// parameter instead. If both are there, the header is newer.
pub(crate) fn last_seen(header: Option<LastEventId>, parameters: &Parameters) -> Option<String> {
    match header {
        Some(id) => Some(id.as_str().to_owned()),
        None => parameters.get("lastEventId").filter(|id| !id.is_empty()).cloned(),
    }
}

/// Converts it to the position of a follower; without an ID, from now on.
pub(crate) fn start(seen: Option<&str>) -> Start<'_> {
    seen.map_or(Start::Now, Start::After)
}
