//! The time every second, with rocket.

use std::net::SocketAddr;

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use eventwire_frameworks::{address, announce, times};
use futures_util::Stream;
use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::{get, launch, routes, Build, Config, Rocket, Shutdown};

#[get("/time")]
fn time(seen: Option<LastEventId>, end: Shutdown) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(end)
}

#[launch]
fn rocket() -> Rocket<Build> {
    let (ip, port) = (address().ip(), address().port());
    let config = Config { address: ip, port, log_level: LogLevel::Off, ..Config::default() };
    let say_where = AdHoc::on_liftoff("address", |rocket| {
        Box::pin(async { announce(SocketAddr::new(rocket.config().address, rocket.config().port)) })
    });
    rocket::custom(config).mount("/", routes![time]).attach(say_where)
}
