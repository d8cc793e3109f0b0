//! Ten questions in a row: the number of connections and the wall time.

use std::future::pending;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
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
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::median;
use crate::tls::Tls;

type HyperClient<C> = Client<C, Empty<Bytes>>;

/// A program that asks this many questions in a row, in one way.
#[derive(Clone, Copy)]
enum Way {
    Ours,
    Theirs,
}

pub fn run(is_quick: bool) {
    let rounds = if is_quick { 3 } else { 9 };
    let near = Server::start(Duration::ZERO);
    let connections = [Way::Theirs, Way::Ours].map(|way| {
        let before = near.connections();
        ask(way, HttpConnector::new(), &near.place());
        near.connections() - before
    });
    let tls = encrypt(near.address);
    let handshakes = [Way::Theirs, Way::Ours].map(|way| {
        let before = tls.handshakes();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls.trusting()).https_only();
        ask(way, connector.enable_http1().build(), &tls.place);
        tls.handshakes() - before
    });
    let far = Server::start(ONE_WAY);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (way, times) in [Way::Theirs, Way::Ours].into_iter().zip(&mut times) {
            times.push(ask(way, HttpConnector::new(), &far.place()));
        }
    }
    let [theirs, ours] = times.map(median);
    println!("\n## {QUESTIONS} questions in a row\n");
    println!(
        "With hyper-util's client over HTTP/1.1, to a server that ends the body in a separate write, 1 ms after\n\
         `data: [DONE]`; the time with a server {} ms away, each way; medians of {rounds} rounds in turns.\n",
        ONE_WAY.as_millis()
    );
    println!("| | eventsource-stream, dropped at `[DONE]` | **eventwire `EventStream`** | ratio |");
    println!("|---|--:|--:|--:|");
    println!("| TCP connections | {} | {} | |", connections[0], connections[1]);
    println!("| TLS handshakes | {} | {} | |", handshakes[0], handshakes[1]);
    println!(
        "| {} ms away | {} ms | {} ms | {:.2} |",
        ONE_WAY.as_millis(),
        theirs.as_millis(),
        ours.as_millis(),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
    println!("\nconnections: {} for {QUESTIONS} questions", connections[1]);
    println!("handshakes: {} for {QUESTIONS} questions", handshakes[1]);
}

/// The time for all questions, including the runtime and the client.
fn ask<C>(way: Way, connector: C, place: &str) -> Duration
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = Client::builder(TokioExecutor::new()).build(connector);
        for _ in 0..QUESTIONS {
            let events = match way {
                Way::Ours => ours(&client, place).await,
                Way::Theirs => theirs(&client, place).await,
            };
            assert_eq!(events, EVENTS);
        }
    });
    began.elapsed()
}

async fn get<C>(client: &HyperClient<C>, place: &str) -> hyper::Response<hyper::body::Incoming>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let request = Request::get(place).body(Empty::new()).expect("a request");
    client.request(request).await.expect("a response")
}

async fn ours<C>(client: &HyperClient<C>, place: &str) -> usize
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let mut events = EventStream::from_response(get(client, place).await)
        .expect("an event stream")
        .with_end_mark(EndMark::data("[DONE]"))
        .with_drain(Duration::from_millis(50), tokio::time::sleep);
    let mut count = 0;
    while events.next_ref().await.expect("a whole answer").is_some() {
        count += 1;
    }
    count
}

async fn theirs<C>(client: &HyperClient<C>, place: &str) -> usize
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let mut events = get(client, place).await.into_body().into_data_stream().eventsource();
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
    /// A server at this distance, each way. It waits itself, because a relay on a busy machine joins the two writes
    /// that must arrive separately, and then no program loses a connection.
    fn start(one_way: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                counted.fetch_add(1, Relaxed);
                thread::spawn(move || answer(connection.expect("a connection"), one_way));
            }
        });
        Server { address, connections }
    }

    fn place(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Relaxed)
    }
}

/// Answers each question of a connection until the client disconnects.
fn answer(mut connection: TcpStream, one_way: Duration) {
    connection.set_nodelay(true).expect("a socket");
    let events = "data: {\"delta\":\"word \"}\n\n".repeat(EVENTS) + "data: [DONE]\n\n";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = format!("{head}{:x}\r\n{events}\r\n", events.len());
    // The kernel has accepted immediately; over the distance, connecting would have taken a round trip.
    let mut connecting = one_way * 2;
    loop {
        let (mut question, mut byte) = (Vec::new(), [0]);
        while !question.ends_with(b"\r\n\r\n") {
            match connection.read(&mut byte) {
                Ok(1) => question.push(byte[0]),
                _ => return,
            }
        }
        // The trip of the question, and that of the answer.
        thread::sleep(std::mem::take(&mut connecting) + one_way * 2);
        if connection.write_all(answer.as_bytes()).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
        if connection.write_all(b"0\r\n\r\n").is_err() {
            return;
        }
    }
}

/// TLS in front of the server, on its own thread.
fn encrypt(server: SocketAddr) -> Tls {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let tls = Tls::before(server.to_string()).await;
            tell.send(tls).ok().expect("somebody listens");
            pending::<()>().await;
        });
    });
    told.recv().expect("the relay starts")
}

const QUESTIONS: usize = 10;

/// Events of an answer, not counting the last one.
const EVENTS: usize = 20;

/// 20 ms: to another city.
const ONE_WAY: Duration = Duration::from_millis(20);
