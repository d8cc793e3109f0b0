use axum::extract::Query;
use axum::{routing::get, Router};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream, StreamExt};
use std::collections::HashMap;

async fn ticks(
    seen: Option<LastEventId>,
    Query(query): Query<HashMap<String, String>>,
) -> EventBody<impl Stream<Item = Event>> {
    let seen = seen.or_else(|| query.get("after")?.parse().ok());
    let next = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
    EventBody::new(stream::iter(next..next + 3).map(|n| Event::new("21.5").with_id(n)))
}

fn router() -> Router {
    Router::new().route("/ticks", get(ticks))
}
