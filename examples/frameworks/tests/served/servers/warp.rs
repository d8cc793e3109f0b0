//! warp.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use eventwire::adapters::warp::last_event_id;
use warp::Filter;

use super::{block_on, grace, listener, Notices, Server};
use crate::probe::Probe;

pub const SERVER: Server = Server {
    name: "warp",
    serve,
    other_headers: &[],
    notices: Notices::AtOnce,
    drops_what_is_not_utf8: false,
};

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    block_on(async {
        let (end, grace) = (probe.end(), grace(probe.end()));
        let events = warp::path!("events").map(move || probe.events());
        let failing = warp::path!("failing").map(Probe::failing);
        let untimed = warp::path!("failing" / "untimed").map(Probe::failing_untimed);
        let seen = warp::path!("seen").and(last_event_id()).map(Probe::seen);
        let routes = events.or(seen).or(failing).or(untimed);
        tokio::select! {
            () = warp::serve(routes).incoming(listener(says_where).await).graceful(end).run() => {}
            () = grace => {}
        }
    });
}
