//! An MCP client (Streamable HTTP, up to revision 2025-11-25) that calls each tool of a server once, and resumes the
//! answer when its stream is closed.
//!
//! ```sh
//! cargo run --example mcp_client -- http://127.0.0.1:3000/mcp
//! ```
//!
//! `tests/mcp/conformance.sh` drives it through MCP's public conformance suite.

#[allow(dead_code)]
#[path = "resume/cursors.rs"]
mod cursors;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::EventSource;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{json, Value};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: mcp_client URL");
        return ExitCode::from(2);
    };
    match run(url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mcp_client: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(url: String) -> Result<(), Failure> {
    // A call is left at its result, which closes the connection, and an idle one may be closing when it is reused.
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let mut session = Session { client, url, id: None, calls: 0 };
    let about = json!({"name": "eventwire", "version": env!("CARGO_PKG_VERSION")});
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": about});
    session.call("initialize", hello).await?;
    session.notify("notifications/initialized").await?;
    let tools = session.call("tools/list", json!({})).await?;
    for tool in tools["tools"].as_array().into_iter().flatten() {
        let result = session.call("tools/call", json!({"name": tool["name"], "arguments": {}})).await?;
        println!("{}: {result}", tool["name"]);
    }
    Ok(())
}

struct Session {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    id: Option<String>,
    calls: u32,
}

impl Session {
    async fn notify(&self, method: &str) -> Result<(), Failure> {
        let request = self.request(&json!({"jsonrpc": "2.0", "method": method}))?;
        self.client.request(request.map(Full::new)).await?;
        Ok(())
    }

    /// Calls a method and reads its result, from JSON or from a stream, reconnecting as needed.
    async fn call(&mut self, method: &str, params: Value) -> Result<Value, Failure> {
        self.calls += 1;
        let call = json!({"jsonrpc": "2.0", "id": self.calls, "method": method, "params": params});
        let request = self.request(&call)?;
        let response = self.client.request(request.clone().map(Full::new)).await?;
        if let Some(id) = response.headers().get("mcp-session-id") {
            self.id = Some(id.to_str()?.to_owned());
        }
        let content_type = response.headers().get("content-type").map(|value| value.as_bytes());
        if content_type.is_some_and(|value| value.starts_with(b"application/json")) {
            let answer: Value = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
            return result_of(answer);
        }
        self.read(request, response).await
    }

    async fn read(&self, request: Request<Bytes>, first: Response<Incoming>) -> Result<Value, Failure> {
        let client = self.client.clone();
        let mut first = Some(first);
        let send = move |request: Request<Bytes>| {
            // The request has been sent already.
            let (first, client) = (first.take(), client.clone());
            async move {
                match first {
                    Some(response) => Ok(response),
                    None => client.request(request.map(Full::new)).await,
                }
            }
        };
        let source = EventSource::new(request, send, tokio::time::sleep)
            .with_observer(|change| eprintln!("{change}"))
            .with_idle_timeout(Duration::from_secs(60));
        let mut source = cursors::mcp(source);
        while let Some(event) = source.next_event().await? {
            // The first event of a stream may have an ID but no message.
            if event.data().is_empty() {
                continue;
            }
            let message: Value = serde_json::from_str(event.data())?;
            if message["id"] == self.calls {
                return result_of(message);
            }
        }
        Err("the stream ended before the result".into())
    }

    fn request(&self, message: &Value) -> Result<Request<Bytes>, Failure> {
        let mut request = Request::post(&self.url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25");
        if let Some(id) = &self.id {
            request = request.header("mcp-session-id", id);
        }
        Ok(request.body(message.to_string().into())?)
    }
}

fn result_of(mut answer: Value) -> Result<Value, Failure> {
    match answer.get("error") {
        Some(error) => Err(error.to_string().into()),
        None => Ok(answer["result"].take()),
    }
}
