//! The time every second, with actix-web.

use actix_web::{web, App, HttpServer};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use eventwire_frameworks::{address, announce, ctrl_c, times};
use futures_util::Stream;

async fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let server = HttpServer::new(|| App::new().route("/time", web::get().to(time)))
        // A client that has closed its connection is gone at once.
        .h1_allow_half_closed(false)
        // An event does not wait until the last one was acknowledged.
        .tcp_nodelay(true)
        .bind(address())?;
    server.addrs().into_iter().for_each(announce);
    server.shutdown_signal(ctrl_c()).run().await
}
