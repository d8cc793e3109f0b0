//! A client under test: an HTTP service that connects to event streams on request, and reports what it receives.
//!
//! ```sh
//! cargo run --release --example contract_service
//! ```
//!
//! It implements the protocol of the harness [sse-contract-tests], at `http://127.0.0.1:8123`:
//!
//! | request | answer |
//! |---|---|
//! | `GET /` | its capabilities |
//! | `POST /` | opens a stream: `parameters`; its path in `Location` |
//! | `POST` to that path | a command: `listen`, `restart` |
//! | `DELETE` of that path | closes the stream |
//! | `DELETE /` | ends the service |
//!
//! It posts the events of a stream to the harness, one report at a time: `reports`.
//!
//! [sse-contract-tests]: https://github.com/launchdarkly/sse-contract-tests

mod arguments;
mod parameters;
mod reports;
mod routes;
mod stream;

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use self::arguments::Asked;
use self::routes::Service;

#[tokio::main]
async fn main() -> ExitCode {
    let port = match arguments::parse(std::env::args().skip(1)) {
        Ok(Asked::Serve { port }) => port,
        Ok(Asked::Help) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("contract_service: {wrong}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    match serve(port).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contract_service: port {port}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    // Standard output may be closed.
    let _ = writeln!(io::stdout(), "contract_service listens on http://{}", listener.local_addr()?);
    // Without the option the service is only slower.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));

    let service = Arc::new(Service::default());
    let (closing, closed) = (Arc::clone(&service), Arc::clone(&service));
    let served = axum::serve(listener, routes::routes(service))
        .with_graceful_shutdown(async move { closing.closed().await });
    tokio::select! {
        served = served => served,
        // An idle connection must not keep the service running.
        () = async { closed.closed().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// 1 s: a response in progress takes milliseconds.
const GRACE: Duration = Duration::from_secs(1);
