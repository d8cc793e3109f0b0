//! Our hub: over axum, over hyper alone (the example `lean`), and over Redis.

use std::future::ready;

use axum::extract::State;
use axum::routing::get;
use axum::Router;
use eventwire::hub::{Follow, Hub, RedisLog};
use eventwire::server::{EventBody, KeepAlive, LastEventId};
use eventwire::Event;
use futures_util::future::join_all;

use super::{data, listen, orders};

#[path = "../../../../examples/lean/server.rs"]
mod lean;

/// The history for slow clients, the same in each server.
const HISTORY: usize = 256;

fn hub() -> Hub {
    let hub = Hub::new().with_history(HISTORY);
    let publishing = hub.clone();
    tokio::spawn(async move {
        let (mut orders, mut number) = (orders(), 0);
        while let Some(order) = orders.recv().await {
            let events = (number..).take(order.count).map(|number| Event::new(data(number, order.bytes)));
            publishing.publish_all(events);
            number += order.count as u64;
        }
        std::process::exit(0);
    });
    hub
}

pub(super) async fn over_axum() {
    async fn follow(State(hub): State<Hub>, seen: Option<LastEventId>) -> EventBody<Follow> {
        EventBody::new(hub.follow(seen.as_ref())).with_keep_alive(KeepAlive::default())
    }
    let listener = axum::serve::ListenerExt::tap_io(listen().await, |socket| {
        let _ = socket.set_nodelay(true);
    });
    let router = Router::new().route("/events", get(follow)).with_state(hub());
    axum::serve(listener, router).await.expect("serves");
}

pub(super) async fn over_hyper() {
    let hub = hub();
    lean::serve(listen().await, move |seen| ready(Some(hub.follow(seen.as_ref())))).await;
}

/// One of two processes: this one has the clients.
pub(super) async fn over_redis(url: String, history: usize) {
    let log = RedisLog::new(&url, "bench").expect("a URL");
    let (hub, feeder) = Hub::from_log(log, tokio::time::sleep).await.expect("Redis is there");
    let hub = hub.with_history(history);
    tokio::spawn(feeder);
    tokio::spawn(async {
        while orders().recv().await.is_some() {}
        std::process::exit(0);
    });
    lean::serve(listen().await, move |seen| {
        let hub = hub.clone();
        async move { hub.follow(seen.as_ref()).await.ok() }
    })
    .await;
}

/// The other process publishes. Events of one command are appended concurrently, in any order. It prints their IDs.
pub(super) async fn publish_over_redis(url: String) {
    let log = RedisLog::new(&url, "bench").expect("a URL");
    let (hub, _feeder) = Hub::from_log(log, tokio::time::sleep).await.expect("Redis is there");
    println!("0");
    let (mut orders, mut number) = (orders(), 0);
    while let Some(order) = orders.recv().await {
        let publications: Vec<_> = (0..order.count)
            .map(|_| {
                number += 1;
                hub.prepare(Event::new(data(number - 1, order.bytes)))
            })
            .collect();
        for some in publications.chunks(100) {
            for id in join_all(some.iter().map(|publication| hub.append(publication))).await {
                println!("{}", id.expect("appended"));
            }
        }
    }
}
