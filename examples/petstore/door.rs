//! The response of every stream: heartbeats, the farewell at shutdown, the count of open streams.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::server::{EventBody, EventItem, KeepAlive};
use eventwire::Event;
use futures_util::stream::{Stream, StreamExt};
use serde_json::json;
use tokio::sync::watch;

pub(crate) struct Door {
    keep_alive: KeepAlive,
    closing: watch::Receiver<bool>,
    open: Arc<AtomicUsize>,
}

impl Door {
    pub(crate) fn new(heartbeat: Duration, closing: watch::Receiver<bool>) -> Self {
        let keep_alive = KeepAlive::default().with_interval(heartbeat);
        Door { keep_alive, closing, open: Arc::default() }
    }

    /// The number of open streams.
    pub(crate) fn open_streams(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Sends a stream until it ends, the client disconnects, or the shop closes.
    pub(crate) fn body<S>(&self, stream: S) -> EventBody<impl Stream<Item = S::Item> + Send>
    where
        S: Stream + Send,
        S::Item: EventItem,
    {
        let counted = Counted::new(&self.open);
        // The closure owns the guard of the count, and is dropped with the stream.
        let stream = stream.map(move |item| {
            let _ = &counted;
            item
        });
        let mut closing = self.closing.clone();
        EventBody::new(stream)
            .with_retry(RETRY)
            .with_keep_alive(self.keep_alive.clone())
            .with_shutdown(async move { closing.wait_for(|is_closing| *is_closing).await.is_ok() })
            .with_farewell(farewell())
    }
}

fn farewell() -> Event {
    Event::new(json!({ "reason": "the shop closes" }).to_string()).with_type("shutdown")
}

/// Counts an open stream until it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// 1 s: how often a browser that lost the shop tries to reconnect.
const RETRY: Duration = Duration::from_secs(1);
