//! Where a client wants to go on.

use std::collections::HashMap;

use eventwire::hub::Start;
use eventwire::server::LastEventId;

/// The parameters of a request.
pub(crate) type Parameters = HashMap<String, String>;

/// The last event that it has seen, as the header says, or the parameter `lastEventId`.
///
/// A browser sends the header only when it reconnects by itself; a page that makes a new `EventSource` can send a
/// parameter. When there are both, the header is the younger one.
pub(crate) fn last_seen(header: Option<LastEventId>, parameters: &Parameters) -> Option<String> {
    match header {
        Some(id) => Some(id.as_str().to_owned()),
        None => parameters.get("lastEventId").filter(|id| !id.is_empty()).cloned(),
    }
}

/// After that event; without one, from now on.
pub(crate) fn start(seen: Option<&str>) -> Start<'_> {
    seen.map_or(Start::Now, Start::After)
}
