//! The time every second, with axum.

use axum::{routing::get, Router};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use eventwire_frameworks::{ctrl_c, listen, times};
use futures_util::Stream;

async fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let router = Router::new().route("/time", get(time));
    axum::serve(listen().await?, router).with_graceful_shutdown(ctrl_c()).await
}
