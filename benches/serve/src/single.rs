//! A single event: the time from its arrival until the client has it.

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::sse::{Event as AxumEvent, KeepAlive as AxumKeepAlive, Sse};
use axum::routing::get;
use axum::Router;
use eventwire::server::{EventBody, KeepAlive};
use eventwire::Event;
use futures_util::{Stream, StreamExt};
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::{client, median, ratio, server, Who, BOTH};

pub fn run(is_quick: bool) {
    let count = if is_quick { 500 } else { 20_000 };
    let (sender, _) = broadcast::channel(16);
    let router =
        Router::new().route("/ours", get(ours)).route("/axum", get(theirs)).with_state(sender.clone());
    let (address, _) = server::start(router);
    println!("\n## A single event\n");
    println!(
        "From the moment it is sent to the stream until the client has read it, {count} events in turns.\n"
    );
    println!("| | median | 99th percentile |");
    println!("|---|--:|--:|");
    let mut sockets = BOTH.map(|who| client::ask(address, who.path()));
    // Both streams get every event; one of them is timed, in turns.
    let mut times = BOTH.map(|_| Vec::new());
    for at in 0..count {
        let order = if at % 2 == 0 { [0, 1] } else { [1, 0] };
        let began = Instant::now();
        sender.send(at as u64).expect("two streams");
        for who in order {
            wait_for(&mut sockets[who], at as u64);
            if who == order[0] {
                times[who].push(began.elapsed());
            }
        }
    }
    let medians = times.each_ref().map(|times| median(times.clone()));
    for (at, who) in BOTH.iter().enumerate() {
        let mut sorted = times[at].clone();
        sorted.sort();
        let late: Duration = sorted[sorted.len() * 99 / 100];
        let beside = if *who == Who::Axum {
            format!(" ({:.2})", ratio(medians[0], medians[1]))
        } else {
            String::new()
        };
        println!("| {} | {:.1} us{beside} | {:.1} us |", who.name(), micros(medians[at]), micros(late));
    }
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1_000.0
}

fn wait_for(socket: &mut TcpStream, number: u64) {
    let wanted = format!("data: {number}\n\n");
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while !seen.windows(wanted.len()).any(|part| part == wanted.as_bytes()) {
        let len = socket.read(&mut buffer).expect("the event comes");
        assert!(len > 0, "the body was cut off");
        seen.extend_from_slice(&buffer[..len]);
    }
}

fn numbers(receiver: Receiver<u64>) -> impl Stream<Item = u64> + Send {
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        let number = receiver.recv().await.ok()?;
        Some((number, receiver))
    })
}

async fn ours(State(sender): State<Sender<u64>>) -> axum::response::Response {
    let events = numbers(sender.subscribe()).map(|number| Event::new(number.to_string()));
    let body = EventBody::new(events).with_keep_alive(KeepAlive::default());
    eventwire::server::response(axum::body::Body::new(body))
}

async fn theirs(
    State(sender): State<Sender<u64>>,
) -> Sse<impl Stream<Item = Result<AxumEvent, std::convert::Infallible>>> {
    let events = numbers(sender.subscribe()).map(|number| Ok(AxumEvent::default().data(number.to_string())));
    Sse::new(events).keep_alive(AxumKeepAlive::default())
}
