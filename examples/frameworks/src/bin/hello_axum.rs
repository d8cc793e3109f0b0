//! The time every second, with axum. Listens on the given address, or on 127.0.0.1:3000.
//!
//! ```text
//! cargo add axum futures-util
//! cargo add eventwire --features axum
//! cargo add tokio --features macros,net,rt-multi-thread,signal,time
//! ```

use std::time::{Duration, UNIX_EPOCH};

use axum::serve::ListenerExt;
use axum::{routing::get, Router};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use tokio::net::TcpListener;

async fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/time", listener.local_addr()?);
    // An event need not wait for the acknowledgement of the last one.
    let listener = listener.tap_io(|socket| _ = socket.set_nodelay(true));
    let router = Router::new().route("/time", get(time));
    let grace = async {
        ctrl_c().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = axum::serve(listener, router).with_graceful_shutdown(ctrl_c()) => ended,
        () = grace => Ok(()),
    }
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
