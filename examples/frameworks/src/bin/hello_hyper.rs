//! The time every second, with hyper and no framework. Listens on the given address, or on 127.0.0.1:3000.
//!
//! ```text
//! cargo add futures-util http-body-util
//! cargo add eventwire --features tokio
//! cargo add hyper --features http1,http2,server
//! cargo add hyper-util --features server-auto,server-graceful,tokio
//! cargo add tokio --features macros,net,rt-multi-thread,signal,time
//! ```

use std::convert::Infallible;
use std::time::{Duration, UNIX_EPOCH};

use eventwire::server::{response, EventBody, KeepAlive, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use http_body_util::{Either, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::{conn::auto, graceful::GracefulShutdown};
use tokio::net::TcpListener;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<impl Body<Data = Bytes, Error = BoxError>>, Infallible> {
    if (request.method(), request.uri().path()) != (&Method::GET, "/time") {
        let mut not_found = Response::new(Either::Right(Empty::new()));
        *not_found.status_mut() = StatusCode::NOT_FOUND;
        return Ok(not_found);
    }
    let seen = LastEventId::from_headers(request.headers());
    let body = EventBody::new(times(seen)).with_keep_alive(KeepAlive::default()).with_shutdown(ctrl_c());
    Ok(response(Either::Left(body)))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/time", listener.local_addr()?);
    let server = auto::Builder::new(TokioExecutor::new());
    let graceful = GracefulShutdown::new();
    let mut end = std::pin::pin!(ctrl_c());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let socket = accepted?.0;
                // An event need not wait for the acknowledgement of the last one.
                socket.set_nodelay(true)?;
                let connection = server.serve_connection(TokioIo::new(socket), service_fn(answer)).into_owned();
                tokio::spawn(graceful.watch(connection));
            }
            () = &mut end => break,
        }
    }
    _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

/// One event a second, and first those of the last minute that the client has missed.
fn times(seen: Option<LastEventId>) -> impl Stream<Item = Event> {
    let now = since_epoch().as_secs();
    let first = match seen.and_then(|id| id.parse::<u64>().ok()) {
        Some(seen) => seen.saturating_add(1).clamp(now - 60, now + 1),
        None => now,
    };
    stream::unfold(first, |second| async move {
        tokio::time::sleep(Duration::from_secs(second).saturating_sub(since_epoch())).await;
        let event = Event::new(format!("{second} s since 1970")).with_id(second);
        Some((event, second + 1))
    })
}

fn since_epoch() -> Duration {
    UNIX_EPOCH.elapsed().unwrap_or_default()
}

async fn ctrl_c() {
    tokio::signal::ctrl_c().await.expect("no signals on this machine");
}

/// 10 s: more than a client that reads needs. One that does not read would hold up a shutdown for ever.
const GRACE: Duration = Duration::from_secs(10);
