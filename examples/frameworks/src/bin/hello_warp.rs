//! The time every second, with warp.

use eventwire::adapters::warp::last_event_id;
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use eventwire_frameworks::{ctrl_c, listen, times};
use futures_util::Stream;
use warp::Filter;

fn time(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(times(seen)).with_shutdown(ctrl_c())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let route = warp::path!("time").and(warp::get()).and(last_event_id()).map(time);
    warp::serve(route).incoming(listen().await?).graceful(ctrl_c()).run().await;
    Ok(())
}
