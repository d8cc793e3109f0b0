//! poem.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::Stream;
use poem::listener::TcpAcceptor;
use poem::web::Data;
use poem::{handler, EndpointExt, Route};

use super::{block_on, listener, Notices, Server, GRACE};
use crate::probe::{Failing, Probe, Source};

pub const SERVER: Server = Server {
    name: "poem",
    serve,
    other_headers: &[],
    notices: Notices::BySecondHeartbeat,
    drops_what_is_not_utf8: false,
};

#[handler]
fn events(probe: Data<&Arc<Probe>>) -> EventBody<Source> {
    probe.events()
}

#[handler]
fn seen(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    Probe::seen(seen)
}

#[handler]
fn failing() -> EventBody<Failing> {
    Probe::failing()
}

#[handler]
fn failing_untimed() -> EventBody<Failing> {
    Probe::failing_untimed()
}

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    block_on(async {
        let end = probe.end();
        let app = Route::new()
            .at("/events", events)
            .at("/seen", seen)
            .at("/failing", failing)
            .at("/failing/untimed", failing_untimed)
            .data(probe);
        let acceptor = TcpAcceptor::from_tokio(listener(says_where).await).unwrap();
        let server = poem::Server::new_with_acceptor(acceptor);
        server.run_with_graceful_shutdown(app, end, Some(GRACE)).await.unwrap();
    });
}
