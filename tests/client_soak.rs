//! A server that keeps killing the connection: each event arrives once and in order, and memory stays flat.
//!
//! `EVENTWIRE_SOAK_CUTS=1000 cargo test --release --test client_soak` kills it a thousand times.

#[path = "support/counting.rs"]
mod counting;

use std::env;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use counting::count;
use eventwire::client::reconnect::Policy;
use eventwire::client::EventSource;
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

/// The default number of times that the connection is killed: a few seconds.
const CUTS: usize = 100;

/// A random number generator (xorshift) with the same sequence in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Returns an event in one of the forms that servers use.
fn event(number: u64, random: &mut Random) -> String {
    let end = ["\n", "\r\n", "\r"][random.below(3)];
    let filler = "é\u{1F600}x".repeat(random.below(40));
    let mut text = String::new();
    match random.below(5) {
        0 => write!(text, "id: {number}{end}data: {number}{end}data: {filler}{end}{end}"),
        1 => write!(text, "data: {number}{end}: {filler}{end}id: {number}{end}{end}"),
        2 => write!(text, "event: tick{end}data:{number}{end}id:{number}{end}retry: 1{end}{end}"),
        // A block without data also sets the ID, so the ID must not precede its event.
        3 => write!(text, "data: {number}{end}id: 0{end}id: {number}{end}{end}:{end}{end}"),
        _ => write!(text, "x: {filler}{end}data: {number}{end}id: {number}{end}{end}"),
    }
    .unwrap();
    text
}

/// Returns the next event after this number, cut at a random place, often right before the blank line.
fn body(after: u64, random: &mut Random) -> Vec<u8> {
    let mut text = String::new();
    for number in after + 1..=after + 1 + random.below(20) as u64 {
        text += &event(number, random);
    }
    let mut body = text.into_bytes();
    match random.below(3) {
        0 => body.pop().map(drop).unwrap_or_default(),
        _ => body.truncate(random.below(body.len() + 1)),
    }
    body
}

fn head(connection: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut room = [0; 1024];
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read(&mut room)? {
            0 => break,
            len => head.extend_from_slice(&room[..len]),
        }
    }
    Ok(String::from_utf8(head).unwrap().to_lowercase())
}

/// Serves this many connections that are cut, then one that ends with the event `bye`, then reports that it is done.
fn serve(listener: TcpListener, cuts: usize) -> std::io::Result<()> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for connection in 0..cuts + 2 {
        let (mut client, _) = listener.accept()?;
        let head = head(&mut client)?;
        let seen = head
            .lines()
            .find_map(|line| line.strip_prefix("last-event-id: "))
            .map_or(0, |id| id.parse().unwrap());
        if connection == cuts + 1 {
            client.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
            break;
        }
        client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")?;
        if connection == cuts {
            client.write_all(format!("event: bye\ndata: {}\nid: {}\n\n", seen + 1, seen + 1).as_bytes())?;
            continue;
        }
        let body = body(seen, &mut random);
        // In pieces, so that the client wakes up inside events.
        for piece in body.chunks(random.below(400) + 1) {
            client.write_all(piece)?;
            client.flush()?;
        }
        if random.below(2) == 0 {
            client.shutdown(Shutdown::Both)?;
        }
    }
    Ok(())
}

/// Reads this many events, which must be the next ones, or fewer if the last one arrives.
fn read(runtime: &Runtime, source: &mut EventSource, next: &mut u64, events: usize) -> bool {
    runtime.block_on(async {
        for _ in 0..events {
            let event = timeout(Duration::from_secs(60), source.next_ref()).await.expect("an event in time");
            let event = event.unwrap().expect("an event before the last one");
            assert_eq!(event.data().lines().next().unwrap(), next.to_string());
            assert_eq!(event.last_event_id(), next.to_string());
            *next += 1;
            if event.event_type() == "bye" {
                return false;
            }
        }
        true
    })
}

#[test]
fn each_event_arrives_once_and_in_order_however_often_the_connection_is_killed() {
    let cuts = env::var("EVENTWIRE_SOAK_CUTS").map_or(CUTS, |cuts| cuts.parse().expect("a number"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || serve(listener, cuts));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let send = move |request: Request<Bytes>| client.request(request.map(Full::new));
    let soon = Duration::from_millis(1);
    let reconnect = Policy::new().with_delay(soon).with_server_delays(soon..=soon).with_max_backoff(soon);
    let request = Request::get(place).body("").unwrap();
    let mut source = EventSource::new(request, send, sleep).with_reconnect(reconnect);

    let mut next = 1;
    let (warm_up, goes_on) = count(|| read(&runtime, &mut source, &mut next, cuts));
    assert!(goes_on, "expected more events over {cuts} cuts, got {next}");
    let (rest, goes_on) = count(|| read(&runtime, &mut source, &mut next, usize::MAX));
    assert!(!goes_on);
    eprintln!("{} events over {cuts} connections; at most {} B more than at first", next - 1, rest.peak);
    assert!(rest.held < 16 * 1024, "{} B more than after {} B", rest.held, warm_up.held);
    assert!(rest.peak < 256 * 1024, "{} B", rest.peak);

    assert!(runtime.block_on(source.next_event()).unwrap().is_none());
    server.join().unwrap().unwrap();
}
