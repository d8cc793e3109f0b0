//! The time every second, with rocket. Listens on the given address, or on 127.0.0.1:3000.
//!
//! ```text
//! cargo add futures-util rocket
//! cargo add eventwire --features rocket
//! cargo add tokio --features time
//! ```

use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::{get, launch, routes, Build, Config, Rocket, Shutdown};

#[get("/time")]
fn time(seen: Option<LastEventId>, end: Shutdown) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(end)
}

/// A shutdown waits 2 s for clients, then 3 s more, unless `Config::shutdown` is set: a client that does not read cannot hold it up.
#[launch]
fn rocket() -> Rocket<Build> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".to_owned());
    let address: SocketAddr = address.parse().expect("an address and a port");
    let config =
        Config { address: address.ip(), port: address.port(), log_level: LogLevel::Off, ..Config::default() };
    let announce = AdHoc::on_liftoff("address", |rocket| {
        Box::pin(async { println!("http://{}:{}/time", rocket.config().address, rocket.config().port) })
    });
    rocket::custom(config).mount("/", routes![time]).attach(announce)
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
