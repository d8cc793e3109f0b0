//! The same service with each framework.
//!
//! `/events` is a stream that the test controls, `/seen` returns the `Last-Event-ID`, `/failing` and `/failing/untimed` send
//! an event and fail. All answer any method.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;
use std::time::Duration;

use crate::probe::Probe;

pub mod actix_web;
pub mod axum;
pub mod hyper;
pub mod poem;
pub mod rocket;
pub mod salvo;
pub mod warp;

/// A framework, and its peculiarities.
pub struct Server {
    pub name: &'static str,
    /// Reports its address, and returns when [`Probe::end`] was called and all connections are closed.
    pub serve: fn(Arc<Probe>, &Sender<SocketAddr>),
    /// The headers it adds to a response, sorted, without `Date` and `Transfer-Encoding`.
    pub other_headers: &'static [&'static str],
    pub notices: Notices,
    pub drops_what_is_not_utf8: bool,
}

/// When it notices that a client has gone, and drops its stream.
#[derive(Debug)]
pub enum Notices {
    AtOnce,
    ByHeartbeat,
    /// At the second heartbeat; the first one succeeds.
    BySecondHeartbeat,
}

/// 1 s: how long a shutdown waits for clients. One that does not read would hold it up for ever.
pub const GRACE: Duration = Duration::from_secs(1);

/// Completes at the end of the grace period.
async fn grace(end: impl Future<Output = ()>) {
    end.await;
    tokio::time::sleep(GRACE).await;
}

/// The runtime of frameworks without their own.
fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn listener(says_where: &Sender<SocketAddr>) -> tokio::net::TcpListener {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    // Each connection inherits it.
    socket.set_nodelay(true).unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener = socket.listen(1024).unwrap();
    says_where.send(listener.local_addr().unwrap()).unwrap();
    listener
}
