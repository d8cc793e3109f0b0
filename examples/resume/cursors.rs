//! Four protocols that resume a stream with a request other than the first one.

use bytes::Bytes;
use eventwire::client::{EndMark, EventSource};
use eventwire::EventRef;
use http::{Method, Request, Uri};
use serde_json::{json, Value};

/// OpenAI's background responses: a POST with `background` and `stream`, then a GET of the response, starting after the
/// number of the last event.
///
/// The stream ends with the response; no `[DONE]` follows.
pub(crate) fn openai(source: EventSource) -> EventSource {
    let mut response = None;
    let ends = ["response.completed", "response.failed", "response.incomplete", "response.cancelled"];
    source
        .with_end_mark(EndMark::when(move |event: EventRef<'_>| ends.contains(&event.event_type())))
        .with_resume(
            move |event: EventRef<'_>| {
                let data: Value = serde_json::from_str(event.data()).ok()?;
                // The first event names the response.
                response = data["response"]["id"].as_str().map(str::to_owned).or_else(|| response.take());
                Some((response.clone()?, data["sequence_number"].as_u64()?))
            },
            |cursor, mut request| {
                let (response, number) = cursor?;
                let created = request.uri().clone();
                let place = format!("{}/{response}?stream=true&starting_after={number}", created.path());
                *request.uri_mut() = elsewhere(&created, &place)?;
                Some(into_get(request))
            },
        )
}

/// MCP over Streamable HTTP, up to revision 2025-11-25: a POST, then a GET with the last event ID, once there is one.
///
/// The source itself sends the header.
pub(crate) fn mcp(source: EventSource) -> EventSource {
    source.with_resume(
        |event: EventRef<'_>| (!event.last_event_id().is_empty()).then_some(()),
        |seen, request| {
            seen?;
            Some(into_get(request))
        },
    )
}

/// A2A 0.3 over JSON-RPC: `message/stream`, then `tasks/resubscribe` with the ID of the task.
pub(crate) fn a2a(source: EventSource) -> EventSource {
    source.with_resume(
        |event: EventRef<'_>| {
            let data: Value = serde_json::from_str(event.data()).ok()?;
            let result = &data["result"];
            // A task has an `id`; events about a task have a `taskId`.
            let task = result["taskId"].as_str().or_else(|| result["id"].as_str())?;
            Some(task.to_owned())
        },
        |task, mut request| {
            let call =
                json!({"jsonrpc": "2.0", "id": 2, "method": "tasks/resubscribe", "params": {"id": task?}});
            *request.body_mut() = call.to_string().into();
            Some(request)
        },
    )
}

/// Durable Streams: a GET with the offset from the last control event.
pub(crate) fn durable(source: EventSource) -> EventSource {
    source.with_resume(
        |event: EventRef<'_>| {
            if event.event_type() != "control" {
                return None;
            }
            let data: Value = serde_json::from_str(event.data()).ok()?;
            Some(data["streamNextOffset"].as_str()?.to_owned())
        },
        |offset, mut request| {
            if let Some(offset) = offset {
                let first = request.uri().clone();
                let place = format!("{}?offset={offset}&live=sse", first.path());
                *request.uri_mut() = elsewhere(&first, &place)?;
            }
            // Without an offset, repeat the first request.
            Some(request)
        },
    )
}

/// Returns another path on the same server.
fn elsewhere(uri: &Uri, path_and_query: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Returns a GET with the same headers, except those of the body.
fn into_get(mut request: Request<Bytes>) -> Request<Bytes> {
    *request.method_mut() = Method::GET;
    *request.body_mut() = Bytes::new();
    for name in ["content-type", "content-length"] {
        request.headers_mut().remove(name);
    }
    request
}
