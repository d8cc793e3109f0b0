//! An MCP server over Streamable HTTP with one tool: it closes the stream of a call immediately, and the client gets
//! the result when it resumes by GET.
//!
//! ```sh
//! cargo run --example mcp_server --features axum -- 127.0.0.1:3000
//! ```
//!
//! `tests/mcp/conformance.sh` runs MCP's own test suite against it.

use std::error::Error;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::Router;
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::stream;
use serde_json::{json, Value};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address).await?;
    println!("mcp_server listens on http://{}/mcp, Ctrl-C ends it", listener.local_addr()?);
    let app = Router::new().route("/mcp", post(call).get(go_on));
    Ok(axum::serve(listener, app).await?)
}

async fn call(body: Bytes) -> Response {
    let Ok(call) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let id = call["id"].clone();
    match call["method"].as_str() {
        Some("initialize") => {
            let result = json!({
                "protocolVersion": call["params"]["protocolVersion"],
                "capabilities": { "tools": {} },
                "serverInfo": { "name": "eventwire-mcp-server", "version": env!("CARGO_PKG_VERSION") },
            });
            ([("mcp-session-id", "the-only-one")], json_body(&reply(&id, result))).into_response()
        }
        Some("tools/list") => {
            let tool = json!({
                "name": "test_reconnection",
                "description": "Closes the stream of the call, and answers on the next one.",
                "inputSchema": { "type": "object", "properties": {} },
            });
            let list = Event::new(reply(&id, json!({ "tools": [tool] })).to_string());
            EventBody::new(stream::iter([first(&id), list])).into_response()
        }
        Some("tools/call") => {
            EventBody::new(stream::iter([first(&id)])).with_retry(COME_BACK).into_response()
        }
        // A notification has no reply.
        _ if id.is_null() => StatusCode::ACCEPTED.into_response(),
        _ => {
            let error = json!({ "code": -32601, "message": "no such method" });
            json_body(&json!({ "jsonrpc": "2.0", "id": id, "error": error }))
        }
    }
}

/// Returns the result of the call whose first event the client has seen.
async fn go_on(seen: Option<LastEventId>) -> Response {
    let id = seen.and_then(|seen| serde_json::from_str::<Value>(seen.as_str()).ok());
    let Some(id) = id else { return StatusCode::METHOD_NOT_ALLOWED.into_response() };
    let result = json!({ "content": [{ "type": "text", "text": "here it is" }] });
    EventBody::new(stream::iter([Event::new(reply(&id, result).to_string())])).into_response()
}

/// Makes the first event: no data, and an ID to resume after, which is that of the call.
fn first(id: &Value) -> Event {
    // JSON text contains no control characters.
    Event::new("").try_with_id(id.to_string()).unwrap_or_else(|_| Event::new(""))
}

fn json_body(body: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn reply(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

/// 500 ms: how long the client waits before it resumes.
const COME_BACK: Duration = Duration::from_millis(500);
