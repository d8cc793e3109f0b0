//! A server that sends the same known events repeatedly, and cuts connections on request.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::Html;
use axum::routing::get;
use axum::Router;
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::net::TcpListener;

use crate::random::{END, TYPES};

/// Serves these events at `/events` until the process ends. With `?cut=N`, each connection ends after N of them, and
/// the client has to reconnect.
pub(crate) fn serve(events: Vec<Event>) -> SocketAddr {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route("/", get(|| async { Html("<!doctype html><script src=\"/collect.js\"></script>") }))
        .route(
            "/collect.js",
            get(|| async { ([("content-type", "text/javascript")], include_str!("collect.js")) }),
        )
        .route("/types", get(|| async { serde_json::json!(all_types()).to_string() }))
        .route("/events", get(send))
        .with_state(Arc::new(events));
    thread::spawn(move || runtime.block_on(async { axum::serve(listener, routes).await.unwrap() }));
    address
}

fn all_types() -> Vec<&'static str> {
    TYPES.into_iter().chain([END, UNKNOWN]).collect()
}

async fn send(
    State(events): State<Arc<Vec<Event>>>,
    Query(parameters): Query<HashMap<String, String>>,
    seen: Option<LastEventId>,
) -> EventBody<impl Stream<Item = Result<Event, Cut>>> {
    let cut: usize = parameters.get("cut").map_or(usize::MAX, |cut| cut.parse().unwrap());
    let first = match seen {
        None => Some(0),
        Some(seen) => events.iter().position(|event| event.id() == Some(&*seen)).map(|at| at + 1),
    };
    let Some(first) = first else {
        // The client sent an ID that it never received.
        return body(vec![Ok(Event::new("").with_type(UNKNOWN)), Ok(Event::new("").with_type(END))]);
    };
    let mut part: Vec<_> = events.iter().skip(first).take(cut).cloned().map(Ok).collect();
    // Every second connection breaks; the others end normally.
    if first + part.len() < events.len() && first % 2 == 0 {
        part.push(Err(Cut));
    }
    body(part)
}

/// In chunks of any size: events that are ready together are not always sent together.
fn body(part: Vec<Result<Event, Cut>>) -> EventBody<impl Stream<Item = Result<Event, Cut>>> {
    let events = stream::iter(part.into_iter().enumerate()).then(|(number, item)| async move {
        if number % 5 == 0 {
            tokio::task::yield_now().await;
        }
        item
    });
    EventBody::new(events).with_retry(Duration::from_millis(10)).with_chunk_size(200)
}

#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut on request")
    }
}

impl std::error::Error for Cut {}

const UNKNOWN: &str = "unknown id";
