//! Reads one of OpenAI's background responses to its end, over as many connections as it takes, retrying the POST only
//! until its first event. `cursors` has MCP, A2A and Durable Streams too.
//!
//! ```sh
//! cargo run --example resume -- http://127.0.0.1:8080/v1/responses '{"model":"m","input":"hi"}'
//! ```

#[allow(dead_code)]
mod cursors;

use std::error::Error;
use std::process::ExitCode;

use bytes::Bytes;
use eventwire::client::reconnect::Policy;
use eventwire::client::EventSource;
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(body), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("usage: resume URL JSON");
        return ExitCode::from(2);
    };
    match read(&url, &body).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("resume: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn read(url: &str, body: &str) -> Result<(), Box<dyn Error>> {
    let mut body: Value = serde_json::from_str(body)?;
    body["stream"] = true.into();
    body["background"] = true.into();
    let mut request = Request::post(url).header("content-type", "application/json");
    if let Ok(key) = std::env::var("OPENAI_API_KEY") {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let request = request.body(body.to_string())?;

    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let send = move |request: Request<Bytes>| client.request(request.map(Full::new));
    let source = EventSource::new(request, send, tokio::time::sleep)
        .with_reconnect(Policy::until_first_event())
        .with_observer(|change| eprintln!("{change}"));
    let mut source = cursors::openai(source);
    while let Some(event) = source.next_event().await? {
        println!("{}: {}", event.event_type(), event.data());
    }
    Ok(())
}
