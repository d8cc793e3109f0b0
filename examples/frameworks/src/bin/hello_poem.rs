//! The time every second, with poem. Listens on the given address, or on 127.0.0.1:3000.
//!
//! ```text
//! cargo add futures-util poem
//! cargo add eventwire --features poem
//! cargo add tokio --features macros,net,rt-multi-thread,signal,time
//! ```

use std::time::{Duration, UNIX_EPOCH};

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use poem::listener::TcpAcceptor;
use poem::{get, handler, Route, Server};
use tokio::net::TcpSocket;

#[handler]
fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".to_owned());
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    // Connections inherit it: an event need not wait for the acknowledgement of the last one.
    socket.set_nodelay(true)?;
    socket.bind(address.parse().expect("an address of IPv4 and a port"))?;
    let listener = socket.listen(1024)?;
    println!("http://{}/time", listener.local_addr()?);
    let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
    let app = Route::new().at("/time", get(time));
    server.run_with_graceful_shutdown(app, ctrl_c(), Some(GRACE)).await
}

/// One event a second, and first those of the last minute that the client has missed.
fn times(seen: Option<LastEventId>) -> impl Stream<Item = Event> {
    let now = since_epoch().as_secs();
    let first = match seen.and_then(|id| id.parse::<u64>().ok()) {
        Some(seen) => seen.saturating_add(1).clamp(now - 60, now + 1),
        None => now,
    };
    stream::unfold(first, |second| async move {
        tokio::time::sleep(Duration::from_secs(second).saturating_sub(since_epoch())).await;
        let event = Event::new(format!("{second} s since 1970")).with_id(second);
        Some((event, second + 1))
    })
}

fn since_epoch() -> Duration {
    UNIX_EPOCH.elapsed().unwrap_or_default()
}

async fn ctrl_c() {
    tokio::signal::ctrl_c().await.expect("no signals on this machine");
}

/// 10 s: more than a client that reads needs. One that does not read would hold up a shutdown for ever.
const GRACE: Duration = Duration::from_secs(10);
