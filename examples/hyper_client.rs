//! Follows an event stream with hyper, and reconnects as needed. It prints each event as a line.
//!
//! ```sh
//! cargo run --example hyper_client -- http://127.0.0.1:3000/v1/inventory/stream
//! ```

use std::error::Error;
use std::process::ExitCode;

use eventwire::client::{EventSource, StateChange};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: hyper_client URL");
        return ExitCode::from(2);
    };
    match follow(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hyper_client: {error}");
            // The message of the HTTP client.
            let mut cause = error.source();
            while let Some(inner) = cause {
                eprintln!("  because of: {inner}");
                cause = inner.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn follow(url: &str) -> Result<(), Box<dyn Error>> {
    let url: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
    // A feed reconnects for ever, and an idle connection may be closing when it is reused.
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let send = move |request: Request<Bytes>| client.request(request.map(Full::new));
    let request = Request::get(url).body("")?;

    let mut source = EventSource::new(request, send, tokio::time::sleep).with_observer(|change| {
        if let StateChange::Waiting { delay, .. } = change {
            eprintln!("the connection is lost, the next one comes in {delay:?}");
        }
    });
    // The source ends when the server answers 204. An error is final.
    while let Some(event) = source.next_ref().await? {
        println!("{}: {}", event.event_type(), event.data());
    }
    Ok(())
}
