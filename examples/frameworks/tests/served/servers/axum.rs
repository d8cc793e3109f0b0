//! axum.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use axum::routing::any;
use axum::Router;
use eventwire::server::LastEventId;
use tower_http::compression::CompressionLayer;

use super::{block_on, grace, listener, Notices, Server};
use crate::probe::Probe;

pub const SERVER: Server = Server {
    name: "axum",
    serve,
    other_headers: &[],
    notices: Notices::AtOnce,
    drops_what_is_not_utf8: false,
};

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    block_on(async {
        let (end, grace) = (probe.end(), grace(probe.end()));
        let is_compressed = probe.is_compressed;
        let mut router = Router::new()
            .route("/events", any(move || async move { probe.events() }))
            .route("/failing", any(|| async { Probe::failing() }))
            .route("/failing/untimed", any(|| async { Probe::failing_untimed() }))
            .route("/seen", any(|seen: Option<LastEventId>| async { Probe::seen(seen) }));
        if is_compressed {
            router = router.layer(CompressionLayer::new());
        }
        tokio::select! {
            ended = axum::serve(listener(says_where).await, router).with_graceful_shutdown(end) => ended.unwrap(),
            () = grace => {}
        }
    });
}
