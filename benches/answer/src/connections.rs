//! Ten questions in a row: the number of connections and the wall time.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{mpsc, Arc};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventsource_stream::Eventsource;
use eventwire::client::{EndMark, EventStream};
use futures_util::StreamExt;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::median;

type HyperClient = Client<HttpConnector, Empty<Bytes>>;

/// A program that asks so many questions in a row, in one way.
#[derive(Clone, Copy)]
enum Way {
    Ours,
    Theirs,
}

pub fn run(is_quick: bool) {
    let rounds = if is_quick { 3 } else { 9 };
    let server = Server::start();
    let near = [Way::Theirs, Way::Ours].map(|way| {
        let before = server.connections.load(Relaxed);
        ask(way, server.address);
        server.connections.load(Relaxed) - before
    });
    let relay = relay(server.address, ONE_WAY);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (way, times) in [Way::Theirs, Way::Ours].into_iter().zip(&mut times) {
            times.push(ask(way, relay));
        }
    }
    let [theirs, ours] = times.map(median);
    println!("\n## {QUESTIONS} questions in a row\n");
    println!(
        "By hyper-util's client over HTTP/1.1, to a server that ends the body in a write of its own, 1 ms after\n\
         `data: [DONE]`; the time through a relay that adds {} ms each way, medians of {rounds} rounds in turns.\n",
        ONE_WAY.as_millis()
    );
    println!("| | eventsource-stream, left at `[DONE]` | **eventwire `EventStream`** | ratio |");
    println!("|---|--:|--:|--:|");
    println!("| TCP connections | {} | {} | |", near[0], near[1]);
    println!(
        "| through the relay | {} ms | {} ms | {:.2} |",
        theirs.as_millis(),
        ours.as_millis(),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
    println!("\nconnections: {} for {QUESTIONS} questions", near[1]);
}

/// The time that all questions take, the runtime and the client included.
fn ask(way: Way, server: SocketAddr) -> Duration {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client: HyperClient = Client::builder(TokioExecutor::new()).build_http();
        for _ in 0..QUESTIONS {
            let events = match way {
                Way::Ours => ours(&client, server).await,
                Way::Theirs => theirs(&client, server).await,
            };
            assert_eq!(events, EVENTS);
        }
    });
    began.elapsed()
}

async fn get(client: &HyperClient, server: SocketAddr) -> hyper::Response<hyper::body::Incoming> {
    let request = Request::get(format!("http://{server}/")).body(Empty::new()).expect("a request");
    client.request(request).await.expect("a response")
}

async fn ours(client: &HyperClient, server: SocketAddr) -> usize {
    let mut events = EventStream::from_response(get(client, server).await)
        .expect("an event stream")
        .with_end_mark(EndMark::data("[DONE]"))
        .with_drain(Duration::from_millis(50), tokio::time::sleep);
    let mut count = 0;
    while events.next_ref().await.expect("a whole answer").is_some() {
        count += 1;
    }
    count
}

async fn theirs(client: &HyperClient, server: SocketAddr) -> usize {
    let mut events = get(client, server).await.into_body().into_data_stream().eventsource();
    let mut count = 0;
    while let Some(event) = events.next().await {
        if event.expect("a whole answer").data == "[DONE]" {
            break;
        }
        count += 1;
    }
    count
}

struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                counted.fetch_add(1, Relaxed);
                thread::spawn(|| answer(connection.expect("a connection")));
            }
        });
        Server { address, connections }
    }
}

/// Answers each question of a connection, until the client leaves.
fn answer(mut connection: TcpStream) {
    connection.set_nodelay(true).expect("a socket");
    let events = "data: {\"delta\":\"word \"}\n\n".repeat(EVENTS) + "data: [DONE]\n\n";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = format!("{head}{:x}\r\n{events}\r\n", events.len());
    loop {
        let (mut question, mut byte) = (Vec::new(), [0]);
        while !question.ends_with(b"\r\n\r\n") {
            match connection.read(&mut byte) {
                Ok(1) => question.push(byte[0]),
                _ => return,
            }
        }
        if connection.write_all(answer.as_bytes()).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
        if connection.write_all(b"0\r\n\r\n").is_err() {
            return;
        }
    }
}

/// Passes on what comes after this time, both ways, and so does it with connecting.
fn relay(server: SocketAddr, after: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.expect("a connection");
            let server = TcpStream::connect(server).expect("the server listens");
            let other = |connection: &TcpStream| connection.try_clone().expect("a socket");
            // The kernel has accepted at once: the handshake is made up for, a way there and back.
            pass(other(&client), other(&server), after, after * 2);
            pass(server, client, after, Duration::ZERO);
        }
    });
    address
}

fn pass(mut from: TcpStream, mut to: TcpStream, after: Duration, at_first: Duration) {
    to.set_nodelay(true).expect("a socket");
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    let ready = Instant::now() + at_first;
    thread::spawn(move || {
        let mut room = [0; 16 << 10];
        while let Ok(len @ 1..) = from.read(&mut room) {
            let due = Instant::now().max(ready) + after;
            if sender.send((due, room[..len].to_vec())).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        // Either side has gone: so has the other then. An error means that it knows.
        let _ = to.shutdown(Shutdown::Write);
    });
}

const QUESTIONS: usize = 10;

/// Of an answer, its last one not counted.
const EVENTS: usize = 20;

/// 20 ms: to another town.
const ONE_WAY: Duration = Duration::from_millis(20);
