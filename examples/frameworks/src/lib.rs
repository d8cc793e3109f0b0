//! What every server here has in common: what it sends, where it listens, when it ends.
//!
//! `GET /time` sends the time every second. A client that comes back gets the seconds that it missed, those of the last
//! minute at most. `--listen ADDR` says where; port 0 takes a free one. Ctrl-C ends it, and all streams with it.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eventwire::server::LastEventId;
use eventwire::Event;
use futures_util::{stream, Stream};
use tokio::net::{TcpListener, TcpSocket};

/// The seconds behind the one that a client has seen, or from now on.
pub fn times(seen: Option<LastEventId>) -> impl Stream<Item = Event> + Send {
    let now = since_epoch().as_secs();
    let first = match seen.and_then(|id| id.parse::<u64>().ok()) {
        Some(seen) => seen.saturating_add(1).clamp(now.saturating_sub(60), now + 1),
        None => now,
    };
    stream::unfold(first, |second| async move {
        let wait = Duration::from_secs(second).saturating_sub(since_epoch());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let time = format!("{:02}:{:02}:{:02} UTC", second / 3600 % 24, second / 60 % 60, second % 60);
        Some((Event::new(time).with_id(second), second + 1))
    })
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Listens where it was told to, and says where that is.
///
/// # Errors
///
/// When the address is not free.
pub async fn listen() -> io::Result<TcpListener> {
    let address = address();
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Connections inherit it: an event does not wait until the last one was acknowledged.
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    let listener = socket.listen(1024)?;
    announce(listener.local_addr()?);
    Ok(listener)
}

/// What stands behind `--listen`, or 127.0.0.1:3000. Ends the program when it is no address.
pub fn address() -> SocketAddr {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let given = match &arguments[..] {
        [] => "127.0.0.1:3000",
        [listen, address] if listen == "--listen" => address,
        _ => "",
    };
    given.parse().unwrap_or_else(|_| {
        eprintln!("usage: --listen ADDRESS:PORT");
        std::process::exit(2)
    })
}

/// Says where the server listens.
pub fn announce(address: SocketAddr) {
    println!("http://{address}/time");
}

/// Ends when somebody presses Ctrl-C.
pub async fn ctrl_c() {
    tokio::signal::ctrl_c().await.expect("no signals on this machine");
}
