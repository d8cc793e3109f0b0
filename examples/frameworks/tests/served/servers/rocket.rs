//! rocket.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::Arc;

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::Stream;
use rocket::config::{LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::{get, routes, Config, State};

use super::{Notices, Server};
use crate::probe::{Failing, Probe, Source};

pub const SERVER: Server = Server {
    name: "rocket",
    serve,
    other_headers: &["permissions-policy", "server", "x-content-type-options", "x-frame-options"],
    notices: Notices::ByHeartbeat,
    drops_what_is_not_utf8: true,
};

#[get("/events")]
fn events(probe: &State<Arc<Probe>>) -> EventBody<Source> {
    probe.events()
}

#[get("/seen")]
fn seen(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    Probe::seen(seen)
}

#[get("/failing")]
fn failing() -> EventBody<Failing> {
    Probe::failing()
}

#[get("/failing/untimed")]
fn failing_untimed() -> EventBody<Failing> {
    Probe::failing_untimed()
}

fn serve(probe: Arc<Probe>, says_where: &Sender<SocketAddr>) {
    let says_where = says_where.clone();
    rocket::execute(async move {
        let end = probe.end();
        let shutdown = Shutdown { grace: 1, mercy: 1, ..Shutdown::default() };
        let config = Config { shutdown, port: 0, workers: 2, log_level: LogLevel::Off, ..Config::default() };
        let say_where = AdHoc::on_liftoff("address", move |rocket| {
            let address = SocketAddr::new(rocket.config().address, rocket.config().port);
            says_where.send(address).unwrap();
            Box::pin(async {})
        });
        let routes = routes![events, seen, failing, failing_untimed];
        let rocket = rocket::custom(config).manage(probe).mount("/", routes).attach(say_where);
        let rocket = rocket.ignite().await.unwrap();
        let shutdown = rocket.shutdown();
        tokio::spawn(async {
            end.await;
            shutdown.notify();
        });
        rocket.launch().await.unwrap();
    });
}
