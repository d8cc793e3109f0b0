//! hyper, without an adapter.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use eventwire::server::{response, LastEventId};
use http_body_util::{combinators::UnsyncBoxBody, BodyExt};
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;

use super::{block_on, listener, Notices, Server, GRACE};
use crate::probe::Probe;

pub const SERVER: Server = Server {
    name: "hyper",
    serve,
    other_headers: &[],
    notices: Notices::AtOnce,
    drops_what_is_not_utf8: false,
};

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    block_on(async {
        let listener = listener(says_where).await;
        let graceful = GracefulShutdown::new();
        let server = auto::Builder::new(TokioExecutor::new());
        let mut end = std::pin::pin!(probe.end());
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let socket = TokioIo::new(accepted.unwrap().0);
                    let probe = probe.clone();
                    let service = service_fn(move |request: Request<Incoming>| {
                        let body = match request.uri().path() {
                            "/events" => boxed(probe.events()),
                            "/failing" => boxed(Probe::failing()),
                            "/failing/untimed" => boxed(Probe::failing_untimed()),
                            _ => boxed(Probe::seen(LastEventId::from_headers(request.headers()))),
                        };
                        std::future::ready(Ok::<_, Infallible>(response(body)))
                    });
                    let connection = server.serve_connection(socket, service).into_owned();
                    tokio::spawn(graceful.watch(connection));
                }
                () = &mut end => break,
            }
        }
        _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    });
}

type BoxError = Box<dyn Error + Send + Sync>;

fn boxed<B>(body: B) -> UnsyncBoxBody<Bytes, BoxError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    UnsyncBoxBody::new(body.map_err(Into::into))
}
