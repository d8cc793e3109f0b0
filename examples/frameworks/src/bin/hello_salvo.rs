//! The time every second, with salvo.

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use eventwire_frameworks::{ctrl_c, listen, times};
use futures_util::Stream;
use salvo::conn::tcp::TcpAcceptor;
use salvo::prelude::*;

#[handler]
async fn time(request: &mut Request) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(LastEventId::from_headers(request.headers()))).with_shutdown(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let server = Server::new(TcpAcceptor::try_from(listen().await?)?);
    let handle = server.handle();
    tokio::spawn(async move {
        ctrl_c().await;
        handle.stop_graceful(None);
    });
    server.try_serve(Router::with_path("time").get(time)).await
}
