//! actix-web.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use actix_web::middleware::{Compress, Condition};
use actix_web::{rt, web, App, HttpServer};
use eventwire::server::LastEventId;

use super::{Notices, Server, GRACE};
use crate::probe::Probe;

pub const SERVER: Server = Server {
    name: "actix-web",
    serve,
    other_headers: &["content-encoding"],
    notices: Notices::AtOnce,
    drops_what_is_not_utf8: false,
};

/// The default: it treats a client that has closed its connection as one that still reads.
pub const HALF_CLOSED: Server =
    Server { serve: serve_half_closed, notices: Notices::BySecondHeartbeat, ..SERVER };

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    run(probe, says_where, false);
}

fn serve_half_closed(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    run(probe, says_where, true);
}

fn run(probe: Arc<Probe>, says_where: &Sender<SocketAddr>, allows_half_closed: bool) {
    rt::System::new().block_on(async {
        let end = probe.end();
        let app = move || {
            let events = probe.clone();
            App::new()
                .wrap(Condition::new(probe.is_compressed, Compress::default()))
                .route("/events", web::route().to(move || std::future::ready(events.events())))
                .route("/failing", web::route().to(|| async { Probe::failing() }))
                .route("/failing/untimed", web::route().to(|| async { Probe::failing_untimed() }))
                .route("/seen", web::route().to(|seen: Option<LastEventId>| async { Probe::seen(seen) }))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .shutdown_timeout(GRACE.as_secs())
            .h1_allow_half_closed(allows_half_closed)
            .bind_auto_h2c("127.0.0.1:0")
            .unwrap();
        says_where.send(server.addrs()[0]).unwrap();
        server.shutdown_signal(end).run().await.unwrap();
    });
}
