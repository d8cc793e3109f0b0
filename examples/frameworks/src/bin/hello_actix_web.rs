//! The time every second, with actix-web. Listens on the given address, or on 127.0.0.1:3000.
//!
//! ```text
//! cargo add actix-web futures-util
//! cargo add eventwire --features actix-web
//! cargo add tokio --features signal,time
//! ```

use std::time::{Duration, UNIX_EPOCH};

use actix_web::{web, App, HttpServer};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};

async fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".to_owned());
    let server = HttpServer::new(|| App::new().route("/time", web::get().to(time)))
        // Notice at once that a client has closed its connection.
        .h1_allow_half_closed(false)
        // An event need not wait for the acknowledgement of the last one.
        .tcp_nodelay(true)
        // More than a client that reads needs. One that does not read would hold up a shutdown for ever.
        .shutdown_timeout(10)
        .bind(address)?;
    println!("http://{}/time", server.addrs()[0]);
    server.shutdown_signal(ctrl_c()).run().await
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
