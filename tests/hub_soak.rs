//! Followers over real sockets, disconnected at random: each event arrives once, in order, or a gap reports the loss.
//!
//! `EVENTWIRE_SOAK_FOLLOWERS=1000 EVENTWIRE_SOAK_SECONDS=600 cargo test --release --features hub --test hub_soak`

#![cfg(feature = "hub")]

use std::convert::Infallible;
use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::hub::{Hub, LogId};
use eventwire::server::{response, EventBody, LastEventId};
use eventwire::{BytesDecoder, Event};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::Request;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout, Instant};

/// The defaults, which take a few seconds.
const FOLLOWERS: u64 = 100;
const SECONDS: u64 = 3;

/// For all followers together, so that a small machine keeps up.
const DELIVERIES_PER_SECOND: u64 = 20_000;

/// A random number generator (xorshift) with the same sequence in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[derive(Default)]
struct Counts {
    events: AtomicU64,
    connections: AtomicU64,
    gaps: AtomicU64,
    lost: AtomicU64,
    checkpoints: AtomicU64,
}

fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}

async fn serve(listener: TcpListener, hub: Hub) {
    while let Ok((connection, _)) = listener.accept().await {
        let hub = hub.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let seen = LastEventId::from_headers(request.headers());
            let follow = hub.follow(seen.as_ref());
            let follow = match request.uri().path() {
                "/odd" => follow.with_topics(["odd"]),
                _ => follow,
            };
            async move { Ok::<_, Infallible>(response(EventBody::new(follow))) }
        });
        tokio::spawn(async move {
            // Only a disconnected client is an error here.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(connection), service)
                .await;
        });
    }
}

/// A client, over all its connections.
struct Client {
    is_odd: bool,
    random: Random,
    /// The number up to which it knows whether each event was sent.
    at: u64,
    id: Option<String>,
    is_over: bool,
    counts: Arc<Counts>,
}

impl Client {
    async fn run(mut self, address: std::net::SocketAddr) -> u64 {
        while !self.is_over {
            timeout(Duration::from_secs(60), self.connect(address)).await.expect("an event in time");
            // Now and then away for up to 1.2 s, which is longer than the history lasts.
            let away =
                if self.random.below(8) == 0 { self.random.below(1200) } else { self.random.below(20) };
            sleep(Duration::from_millis(away)).await;
        }
        self.at
    }

    /// Reads until it is cut off, possibly inside an event.
    async fn connect(&mut self, address: std::net::SocketAddr) {
        add(&self.counts.connections, 1);
        let mut connection = TcpStream::connect(address).await.unwrap();
        let path = if self.is_odd { "/odd" } else { "/" };
        // In HTTP/1.0, a body is not chunked, and ends with the connection.
        let mut head = format!("GET {path} HTTP/1.0\r\nhost: test\r\n");
        if let Some(id) = &self.id {
            head += &format!("last-event-id: {id}\r\n");
        }
        connection.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();

        let mut left = self.random.below(5_000) as usize;
        let (mut received, mut decoder) = (Vec::new(), None);
        while left > 0 && !self.is_over {
            let mut room = vec![0; left.min(4096)];
            let len = connection.read(&mut room).await.unwrap_or(0);
            if len == 0 {
                break;
            }
            left -= len;
            room.truncate(len);
            match &mut decoder {
                None => {
                    received.extend(room);
                    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
                        continue;
                    };
                    assert!(received.starts_with(b"HTTP/1.0 200 "));
                    let body = received.split_off(end + 4);
                    decoder = Some(BytesDecoder::default());
                    self.read(decoder.as_mut().unwrap(), body);
                }
                Some(decoder) => self.read(decoder, room),
            }
        }
    }

    fn read(&mut self, decoder: &mut BytesDecoder, bytes: Vec<u8>) {
        decoder.push(bytes.into());
        while decoder.advance().unwrap() {
            let event = decoder.take_current().unwrap();
            self.take(&event);
        }
    }

    fn take(&mut self, event: &Event) {
        if event.event_type() == "bye" {
            self.is_over = true;
            return;
        }
        let id = event.id().unwrap().to_string();
        let number = LogId::parse(&id).unwrap().second();
        let is_first = self.id.replace(id).is_none();
        match event.event_type() {
            "gap" => {
                let lost = event.data().split("\"lost\":").nth(1).unwrap().trim_end_matches('}');
                assert!(number > self.at);
                if !self.is_odd {
                    assert_eq!(lost, (number - self.at).to_string());
                }
                add(&self.counts.gaps, 1);
                add(&self.counts.lost, number - self.at);
            }
            "checkpoint" => {
                assert!(is_first || self.is_odd && number > self.at);
                if !is_first {
                    assert!((self.at + 1..=number).all(|n| n % 2 == 0), "{} to {number}", self.at);
                }
                add(&self.counts.checkpoints, 1);
            }
            _ => {
                assert_eq!(event.data(), number.to_string());
                let step = if self.is_odd { 1 + self.at % 2 } else { 1 };
                assert!(is_first || number == self.at + step, "{number} after {}", self.at);
                add(&self.counts.events, 1);
            }
        }
        self.at = number;
    }
}

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_follower_gets_each_event_once_and_in_order_or_learns_how_many_it_missed() {
    let followers = setting("EVENTWIRE_SOAK_FOLLOWERS", FOLLOWERS);
    let seconds = setting("EVENTWIRE_SOAK_SECONDS", SECONDS);
    let per_second = (DELIVERIES_PER_SECOND / followers).max(8);
    // A quarter of a second: a client that sleeps long falls behind.
    let history = per_second as usize / 4;
    let hub = Hub::new().with_history(history).with_farewell(Event::new("").with_type("bye"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve(listener, hub.clone()));

    let counts = Arc::new(Counts::default());
    let clients: Vec<_> = (0..followers)
        .map(|n| {
            let random = Random((n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let counts = Arc::clone(&counts);
            let client = Client { is_odd: n % 4 == 0, random, at: 0, id: None, is_over: false, counts };
            tokio::spawn(client.run(address))
        })
        .collect();

    let began = Instant::now();
    let mut published = 0;
    while began.elapsed() < Duration::from_secs(seconds) {
        let due = began.elapsed().as_millis() as u64 * per_second / 1000;
        while published < due {
            published += 1;
            let topic = if published % 2 == 1 { "odd" } else { "even" };
            hub.publish_to(topic, Event::new(published.to_string()));
        }
        sleep(Duration::from_millis(5)).await;
    }
    // The last one is for all followers.
    published += 1 + published % 2;
    while hub.stats().newest.second() < published {
        let number = hub.stats().newest.second() + 1;
        hub.publish_to(if number % 2 == 1 { "odd" } else { "even" }, Event::new(number.to_string()));
    }
    hub.close();
    for client in clients {
        let at = client.await.unwrap();
        assert_eq!(at, published, "the last event did not arrive");
    }
    server.abort();
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    eprintln!(
        "{published} events to {followers} followers over {} connections: {} received, {} lost in {} gaps, {} checkpoints",
        count(&counts.connections),
        count(&counts.events),
        count(&counts.lost),
        count(&counts.gaps),
        count(&counts.checkpoints),
    );
    assert!(count(&counts.events) > followers * seconds, "hardly anything was read");
}
