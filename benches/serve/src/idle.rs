//! Idle connections: the memory of each, and the cost of a heartbeat.

use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use axum::response::sse::{Event as AxumEvent, KeepAlive as AxumKeepAlive, Sse};
use axum::routing::get;
use axum::Router;
use eventwire::server::{EventBody, KeepAlive};
use eventwire::Event;
use futures_util::stream;

use crate::{alloc, client, server, Who, BOTH};

/// Short, so that there are many of them; 15 s is the usual interval.
const BEAT: Duration = Duration::from_millis(500);

pub fn run(is_quick: bool) {
    let count = if is_quick { 200 } else { 5_000 };
    let watched = Duration::from_secs(if is_quick { 2 } else { 10 });
    println!("\n## {count} idle connections\n");
    println!("Bytes allocated per connection by the server, with a heartbeat every 15 s; and the server's processor time");
    println!("per heartbeat, from {} s with one every {} ms.\n", watched.as_secs(), BEAT.as_millis());
    println!("| | bytes per connection | time per heartbeat |");
    println!("|---|--:|--:|");
    for who in BOTH {
        let bytes = bytes_for_each(who, count);
        let beat = time_for_a_beat(who, count, watched);
        println!("| {} | {bytes} | {:.2} us |", who.name(), beat.as_nanos() as f64 / 1_000.0);
    }
}

fn bytes_for_each(who: Who, count: usize) -> usize {
    let (address, _) = server::start(router(who, Duration::from_secs(15)));
    // What is allocated once, for the first connections, is not counted.
    let first = open(address, count / 10);
    settle();
    let before = alloc::live();
    let sockets = open(address, count);
    settle();
    let bytes = alloc::live().saturating_sub(before + sockets.capacity() * size_of::<TcpStream>());
    drop((first, sockets));
    bytes / count
}

fn time_for_a_beat(who: Who, count: usize, watched: Duration) -> Duration {
    let (address, thread) = server::start(router(who, BEAT));
    let sockets = open(address, count);
    settle();
    let before = processor_time(thread);
    thread::sleep(watched);
    let took = processor_time(thread) - before;
    let beats = watched.as_nanos() / BEAT.as_nanos() * count as u128;
    drop(sockets);
    took / beats as u32
}

fn open(server: std::net::SocketAddr, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| client::ask(server, "/")).collect()
}

/// Waits until the last connection is idle.
fn settle() {
    thread::sleep(Duration::from_millis(700));
}

fn router(who: Who, interval: Duration) -> Router {
    let ours = move || async move {
        let keep_alive = KeepAlive::default().with_interval(interval);
        let body = EventBody::new(stream::pending::<Event>()).with_keep_alive(keep_alive);
        eventwire::server::response(axum::body::Body::new(body))
    };
    let theirs = move || async move {
        Sse::new(stream::pending::<Result<AxumEvent, std::convert::Infallible>>())
            .keep_alive(AxumKeepAlive::default().interval(interval))
    };
    match who {
        Who::Ours => Router::new().route("/", get(ours)),
        Who::Axum => Router::new().route("/", get(theirs)),
    }
}

/// The processor time of a thread of this process, in ticks of the system (10 ms).
fn processor_time(thread: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).expect("a Linux system");
    let behind_name = stat.rsplit(") ").next().expect("a name in brackets");
    let ticks: u64 =
        behind_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
    Duration::from_millis(ticks * 10)
}
