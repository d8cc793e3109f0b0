//! Serves the followers of a hub with hyper alone: a stream costs little more than what hyper needs for a connection.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::time::Duration;

use eventwire::hub::Follow;
use eventwire::server::{response, EventBody, KeepAlive, LastEventId};
use http_body_util::{Either, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Serves `GET /events` for ever: `follow` returns the position of a client, or `None` if it cannot now (503).
pub(crate) async fn serve<F, R>(listener: TcpListener, follow: F) -> Infallible
where
    F: Fn(Option<LastEventId>) -> R + Clone + Send + 'static,
    R: Future<Output = Option<Follow>> + Send + 'static,
{
    let mut http = http1::Builder::new();
    // The minimum that hyper allows, and more than the head of a request needs.
    http.max_buf_size(8192);
    // An event and the size of its chunk are a few hundred bytes: copying them together costs less than a vectored write.
    http.writev(false);
    loop {
        let socket = match accept(&listener).await {
            Ok(socket) => socket,
            Err(_) => {
                // Usually no file descriptor is left; wait until a client leaves.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let follow = follow.clone();
        let connection = http.serve_connection(
            TokioIo::new(socket),
            service_fn(move |request| answer(request, follow.clone())),
        );
        tokio::spawn(connection);
    }
}

async fn accept(listener: &TcpListener) -> io::Result<tokio::net::TcpStream> {
    let (socket, _) = listener.accept().await?;
    // Without Nagle's algorithm, an event need not wait for the acknowledgement of the last one.
    socket.set_nodelay(true)?;
    Ok(socket)
}

async fn answer<F, R>(
    request: Request<Incoming>,
    follow: F,
) -> Result<Response<impl Body<Data = Bytes, Error = BoxError>>, Infallible>
where
    F: Fn(Option<LastEventId>) -> R,
    R: Future<Output = Option<Follow>>,
{
    if (request.method(), request.uri().path()) != (&Method::GET, "/events") {
        return Ok(empty(StatusCode::NOT_FOUND));
    }
    let seen = LastEventId::from_headers(request.headers());
    // The head of the request takes 8 KiB as long as anything refers to it.
    drop(request);
    match follow(seen).await {
        Some(follow) => {
            let body = EventBody::new(follow).with_keep_alive(KeepAlive::default());
            Ok(response(Either::Left(body)))
        }
        None => Ok(empty(StatusCode::SERVICE_UNAVAILABLE)),
    }
}

fn empty<B>(status: StatusCode) -> Response<Either<B, Empty<Bytes>>> {
    let mut response = Response::new(Either::Right(Empty::new()));
    *response.status_mut() = status;
    response
}
