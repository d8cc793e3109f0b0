//! The time every second, with hyper and no framework.

use std::convert::Infallible;
use std::error::Error;

use eventwire::server::{response, EventBody, KeepAlive, LastEventId};
use eventwire_frameworks::{ctrl_c, listen, times};
use http_body_util::{Either, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::{conn::auto, graceful::GracefulShutdown};

type BoxError = Box<dyn Error + Send + Sync>;

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
    let listener = listen().await?;
    let server = auto::Builder::new(TokioExecutor::new());
    let graceful = GracefulShutdown::new();
    let mut end = std::pin::pin!(ctrl_c());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let socket = TokioIo::new(accepted?.0);
                let connection = server.serve_connection(socket, service_fn(answer)).into_owned();
                tokio::spawn(graceful.watch(connection));
            }
            () = &mut end => break,
        }
    }
    graceful.shutdown().await;
    Ok(())
}
