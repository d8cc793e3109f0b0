//! salvo.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::Stream;
use salvo::conn::tcp::TcpAcceptor;
use salvo::{handler, Request, Router};

use super::{block_on, listener, Notices, Server, GRACE};
use crate::probe::{Failing, Probe, Source};

pub const SERVER: Server = Server {
    name: "salvo",
    serve,
    other_headers: &[],
    notices: Notices::AtOnce,
    drops_what_is_not_utf8: false,
};

struct Events(Arc<Probe>);

#[handler]
impl Events {
    async fn handle(&self) -> EventBody<Source> {
        self.0.events()
    }
}

#[handler]
async fn seen(request: &mut Request) -> EventBody<impl Stream<Item = Event>> {
    Probe::seen(LastEventId::from_headers(request.headers()))
}

#[handler]
async fn failing() -> EventBody<Failing> {
    Probe::failing()
}

#[handler]
async fn failing_untimed() -> EventBody<Failing> {
    Probe::failing_untimed()
}

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    block_on(async {
        let end = probe.end();
        let router = Router::new()
            .push(Router::with_path("events").goal(Events(probe)))
            .push(Router::with_path("failing").goal(failing))
            .push(Router::with_path("failing/untimed").goal(failing_untimed))
            .push(Router::with_path("seen").goal(seen));
        let acceptor = TcpAcceptor::try_from(listener(says_where).await).unwrap();
        let server = salvo::Server::new(acceptor);
        let handle = server.handle();
        tokio::spawn(async move {
            end.await;
            handle.stop_graceful(GRACE);
        });
        server.try_serve(router).await.unwrap();
    });
}
