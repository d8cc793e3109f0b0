//! The time to send a stream of ready events.

use std::pin::Pin;
use std::time::{Duration, Instant};

use axum::response::sse::{Event as AxumEvent, KeepAlive as AxumKeepAlive, Sse};
use axum::routing::get;
use axum::Router;
use eventwire::server::{EventBody, KeepAlive};
use eventwire::Event;
use futures_util::{stream, Stream};
use tokio::sync::mpsc;

use crate::{client, median, ratio, server, Who, BOTH};

/// 100 B: a token of a language model with a small envelope.
const DATA: &str = "{\"id\":\"chat-00000001\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" token\"},\"finish\":null}],\"n\":\"xx\"}";

/// How the events become ready.
#[derive(Clone, Copy)]
enum Pace {
    AllReady,
    /// Another task makes the next event when the last one has been taken.
    OneForEachWake,
}

pub fn run(is_quick: bool) {
    let count = if is_quick { 20_000 } else { 1_000_000 };
    let rounds = if is_quick { 3 } else { 5 };
    let router = Router::new()
        .route("/ours/ready", get(move || async move { ours(count, Pace::AllReady) }))
        .route("/axum/ready", get(move || async move { theirs(count, Pace::AllReady) }))
        .route("/ours/wakes", get(move || async move { ours(count / 10, Pace::OneForEachWake) }))
        .route("/axum/wakes", get(move || async move { theirs(count / 10, Pace::OneForEachWake) }));
    let (address, _) = server::start(router);
    println!("\n## Events over a connection\n");
    println!(
        "Time per event of {} B, from the request to the end of the body, one client, medians of",
        DATA.len()
    );
    println!("{rounds} rounds in turns. In parentheses: the ratio to ours.\n");
    println!("| | all {count} ready | one per wake-up |");
    println!("|---|--:|--:|");
    let times = ["ready", "wakes"].map(|path| {
        let count = if path == "ready" { count } else { count / 10 };
        let mut times = BOTH.map(|_| Vec::new());
        for _ in 0..rounds {
            for (who, times) in BOTH.iter().zip(&mut times) {
                times.push(time(address, &format!("{}/{path}", who.path()), count));
            }
        }
        times.map(|times| median(times) / count as u32)
    });
    for (at, who) in BOTH.iter().enumerate() {
        let cell = |times: &[Duration; 2]| match who {
            Who::Ours => format!("{} ns", times[0].as_nanos()),
            Who::Axum => format!("{} ns ({:.2})", times[at].as_nanos(), ratio(times[0], times[1])),
        };
        println!("| {} | {} | {} |", who.name(), cell(&times[0]), cell(&times[1]));
    }
}

fn time(server: std::net::SocketAddr, path: &str, count: usize) -> Duration {
    let began = Instant::now();
    let line_ends = client::read_to_end(client::ask(server, path));
    let took = began.elapsed();
    assert!(line_ends >= 2 * count, "{path}: {line_ends} line ends of {count} events");
    took
}

fn ours(count: usize, pace: Pace) -> axum::response::Response {
    let events = paced(count, pace, || Event::new(eventwire::Utf8Bytes::from_static(DATA)));
    let body = EventBody::new(events).with_keep_alive(KeepAlive::default());
    eventwire::server::response(axum::body::Body::new(body))
}

fn theirs(count: usize, pace: Pace) -> Sse<impl Stream<Item = Result<AxumEvent, std::convert::Infallible>>> {
    let events = paced(count, pace, || Ok(AxumEvent::default().data(DATA)));
    Sse::new(events).keep_alive(AxumKeepAlive::default())
}

fn paced<T>(count: usize, pace: Pace, make: fn() -> T) -> Pin<Box<dyn Stream<Item = T> + Send>>
where
    T: Send + 'static,
{
    match pace {
        Pace::AllReady => Box::pin(stream::iter((0..count).map(move |_| make()))),
        Pace::OneForEachWake => {
            let (sender, receiver) = mpsc::channel(1);
            tokio::spawn(async move {
                for _ in 0..count {
                    if sender.send(make()).await.is_err() {
                        break;
                    }
                }
            });
            Box::pin(stream::unfold(receiver, |mut receiver| async move {
                let event = receiver.recv().await?;
                Some((event, receiver))
            }))
        }
    }
}
