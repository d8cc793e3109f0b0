//! Hands event streams on, frame by frame, and keeps them open when the server behind is silent.
//!
//! ```sh
//! cargo run --release --example proxy -- http://127.0.0.1:3000 --listen 127.0.0.1:3001
//! ```
//!
//! Whatever is no event stream is handed on as it is. `Last-Event-ID` goes up with the other headers of the request.
//! When the server ends or breaks a stream, so does the proxy; when the client goes, the server's connection ends too.

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
        // Connections break, so that clients come back.
        _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
    }
}

async fn serve(arguments: Arguments) -> io::Result<()> {
    let listener = TcpListener::bind(&arguments.listen).await?;
    let line = format!("proxy listens on http://{}, Ctrl-C ends it\n", listener.local_addr()?);
    // Nobody may be there to read it.
    let _ = io::stdout().write_all(line.as_bytes());
    let arguments = Arc::new(arguments);
    loop {
        let Ok((connection, _)) = listener.accept().await else { continue };
        // Without the option it is only slower.
        let _ = connection.set_nodelay(true);
        let arguments = Arc::clone(&arguments);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&arguments, request));
            // An error is a client that has gone, or a stream that broke above: both are told by the end.
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
    // Nothing is changed. Each item is whole lines, so that a heartbeat fits between any two.
    let mut response = match Rewrite::response(response, |_, _| {}) {
        Ok(response) => response,
        Err(response) => return Ok(response.map(|body| body.map_err(RewriteError::Body).boxed_unsync())),
    };
    // The head as it came; what the stream needs on its way is added.
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
