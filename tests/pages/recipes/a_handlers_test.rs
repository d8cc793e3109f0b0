use std::time::Duration;
use axum::response::IntoResponse;
use eventwire::client::EventStream;
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream, StreamExt};

async fn ticks(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    let next = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
    EventBody::new(stream::iter(next..).then(|n| async move {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Event::new("21.5").with_id(n)
    }))
}

#[tokio::test(start_paused = true)]
async fn continues_after_the_last_event() {
    let response = ticks("41".parse().ok()).await.into_response();
    let mut events = EventStream::from_response(response).unwrap();
    assert_eq!(events.next_ref().await.unwrap().unwrap().last_event_id(), "42");
}
