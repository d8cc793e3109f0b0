//! The time every second, with axum.

use axum::{routing::get, Router};
use eventwire::{Event, EventBody, LastEventId};
use eventwire_frameworks::{ctrl_c, listen, times};
use futures_util::Stream;

async fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).until(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let router = Router::new().route("/time", get(time));
    axum::serve(listen().await?, router).with_graceful_shutdown(ctrl_c()).await
}
