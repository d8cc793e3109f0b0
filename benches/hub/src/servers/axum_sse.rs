//! axum's own `Sse` over tokio's `broadcast`, as users write it.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use axum::Router;
use futures_util::{Stream, StreamExt};
use tokio::sync::broadcast::{self, Sender};
use tokio_stream::wrappers::BroadcastStream;

use super::{data, listen, orders};

pub(super) async fn run() {
    let (sender, _) = broadcast::channel::<(u64, String)>(256);
    let publishing = sender.clone();
    tokio::spawn(async move {
        let (mut orders, mut number) = (orders(), 0);
        while let Some(order) = orders.recv().await {
            for _ in 0..order.count {
                // Without receivers, this is not an error.
                let _ = publishing.send((number, data(number, order.bytes)));
                number += 1;
            }
        }
        std::process::exit(0);
    });
    let listener = axum::serve::ListenerExt::tap_io(listen().await, |socket| {
        let _ = socket.set_nodelay(true);
    });
    let router = Router::new().route("/events", get(follow)).with_state(sender);
    axum::serve(listener, router).await.expect("serves");
}

async fn follow(
    State(sender): State<Sender<(u64, String)>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Missed events are an error of this stream, and are skipped.
    let events = BroadcastStream::new(sender.subscribe()).filter_map(|item| {
        let event = item.ok().map(|(number, data)| Ok(Event::default().id(number.to_string()).data(data)));
        std::future::ready(event)
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
