//! The time every second, with poem.

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use eventwire_frameworks::{ctrl_c, listen, times};
use futures_util::Stream;
use poem::listener::TcpAcceptor;
use poem::{get, handler, Route, Server};

#[handler]
fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listen().await?)?);
    server.run_with_graceful_shutdown(Route::new().at("/time", get(time)), ctrl_c(), None).await
}
