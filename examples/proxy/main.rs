//! Forwards event streams frame by frame, and keeps them open while the upstream server is silent.
//!
//! ```sh
//! cargo run --release --example proxy -- http://127.0.0.1:3000 --listen 127.0.0.1:3001
//! ```
//!
//! Everything else is forwarded as it is. `Last-Event-ID` is forwarded with the other headers of the request. When the
//! server ends or breaks a stream, so does the proxy; when the client disconnects, the connection to the server ends too.

mod arguments;
mod headers;
mod upstream;

use std::convert::Infallible;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use eventwire::gateway::{Rewrite, RewriteError};
use eventwire::server::{EventBody, KeepAlive};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderValue, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use self::arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("proxy: {wrong}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    let listen = arguments.listen.clone();
    tokio::select! {
        served = serve(arguments) => match served {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("proxy: {listen}: {error}");
                ExitCode::FAILURE
            }
        },
        // Connections break, so clients reconnect.
        _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
    }
}

async fn serve(arguments: Arguments) -> io::Result<()> {
    let listener = TcpListener::bind(&arguments.listen).await?;
    let line = format!("proxy listens on http://{}, Ctrl-C ends it\n", listener.local_addr()?);
    // Standard output may be closed.
    let _ = io::stdout().write_all(line.as_bytes());
    let arguments = Arc::new(arguments);
    loop {
        let Ok((connection, _)) = listener.accept().await else { continue };
        // Without the option the proxy is only slower.
        let _ = connection.set_nodelay(true);
        let arguments = Arc::clone(&arguments);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&arguments, request));
            // The client has gone, or the upstream connection broke; either way, this connection ends.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
        });
    }
}

type Body = UnsyncBoxBody<Bytes, RewriteError<hyper::Error>>;

async fn answer(arguments: &Arguments, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let mut response = match upstream::ask(&arguments.upstream, request).await {
        Ok(response) => response,
        Err(error) => return Ok(bad_gateway(&error.to_string())),
    };
    headers::remove_hops(response.headers_mut());
    // Nothing is changed. Each item is whole lines, so a heartbeat fits between any two.
    let mut response = match Rewrite::response(response, |_, _| {}) {
        Ok(response) => response,
        Err(response) => return Ok(response.map(|body| body.map_err(RewriteError::Body).boxed_unsync())),
    };
    // The original head, plus the headers that a stream needs.
    for (name, value) in eventwire::server::response(()).headers() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    let keep_alive = KeepAlive::new(tokio::time::sleep).with_interval(arguments.heartbeat);
    Ok(response.map(|body| EventBody::new(body.into_stream()).with_keep_alive(keep_alive).boxed_unsync()))
}

fn bad_gateway(why: &str) -> Response<Body> {
    let text = serde_json::json!({ "error": { "code": "bad_gateway", "message": why } }).to_string();
    let mut response = Response::new(Full::from(text).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
