//! The same service with each framework.
//!
//! `/events` is a stream that the test holds, `/seen` says what `Last-Event-ID` was, `/failing` and `/failing/untimed` send
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

/// A framework, and what is its own business.
pub struct Server {
    pub name: &'static str,
    /// Says where it listens, and returns when [`Probe::end`] came and all connections are closed.
    pub serve: fn(Arc<Probe>, &Sender<SocketAddr>),
    /// What it adds to a response, sorted, without `Date` and `Transfer-Encoding`.
    pub other_headers: &'static [&'static str],
    pub notices: Notices,
    pub drops_what_is_not_utf8: bool,
}

/// When it knows that a client has gone, and drops its stream.
#[derive(Debug)]
pub enum Notices {
    AtOnce,
    ByHeartbeat,
    /// The first one finds no fault with the connection.
    BySecondHeartbeat,
}

/// How long a shutdown waits for clients: 1 s. One that does not read would hold it for ever.
pub const GRACE: Duration = Duration::from_secs(1);

/// Ends when the grace period after the end does.
async fn grace(end: impl Future<Output = ()>) {
    end.await;
    tokio::time::sleep(GRACE).await;
}

/// The runtime of those that bring none.
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
    // Inherited by each connection.
    socket.set_nodelay(true).unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener = socket.listen(1024).unwrap();
    says_where.send(listener.local_addr().unwrap()).unwrap();
    listener
}
