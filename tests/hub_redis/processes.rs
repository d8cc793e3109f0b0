//! Real processes and sockets: servers are killed in turn, and clients reconnect to the other one.
//!
//! `EVENTWIRE_SOAK_CLIENTS=1000 EVENTWIRE_SOAK_EVENTS=500 EVENTWIRE_SOAK_MILLIS=3000 cargo test --release
//! --features redis --test hub_redis processes` makes it 500,000 deliveries. With `EVENTWIRE_SOAK_REDIS=5` Redis is
//! killed too, after every fifth server, and started again with its data. Ten minutes of all of it:
//!
//! `EVENTWIRE_SOAK_CLIENTS=40 EVENTWIRE_SOAK_EVENTS=28000 EVENTWIRE_SOAK_MILLIS=3000 EVENTWIRE_SOAK_REDIS=5 cargo test
//! --release --features redis --test hub_redis processes -- --nocapture`

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::reconnect::Policy;
use eventwire::client::EventSource;
use eventwire::server::{EventBody, KeepAlive, LastEventId};
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Empty, Full};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client as Http;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use crate::judge::{judge, numbered, Got, Verdict};
use crate::publish::insist;
use crate::server::{Server, DURABLE};
use crate::{hub, hub_and_feeder};

/// A server process: this program once more.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(redis: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::serve", "--nocapture", "--test-threads", "1"])
            .env(SERVE, redis)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let address =
            out.lines().find_map(|line| Some(line.ok()?.split_once("listens on ")?.1.parse().unwrap()));
        Process { child, address: address.expect("an address") }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // As kill -9 does.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The server process that a test starts; not a test of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve() {
    let Ok(redis) = std::env::var(SERVE) else { return };
    let (hub, feeder) = hub_and_feeder(&redis).await;
    tokio::spawn(feeder);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listens on {}", listener.local_addr().unwrap());
    loop {
        let (connection, _) = listener.accept().await.unwrap();
        let hub = hub.clone();
        let respond = service_fn(move |request: Request<hyper::body::Incoming>| {
            let hub = hub.clone();
            async move {
                let seen = LastEventId::from_headers(request.headers());
                let response = match hub.follow(seen.as_ref()).await {
                    Ok(follow) => {
                        let keep_alive = KeepAlive::new(tokio::time::sleep);
                        eventwire::server::response(EventBody::new(follow).with_keep_alive(keep_alive))
                            .map(Either::Left)
                    }
                    Err(_) => {
                        let body = Either::Right(Empty::<Bytes>::new());
                        Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body(body).unwrap()
                    }
                };
                Ok::<_, Infallible>(response)
            }
        });
        let serving = hyper::server::conn::http1::Builder::new();
        tokio::spawn(async move { drop(serving.serve_connection(TokioIo::new(connection), respond).await) });
    }
}

/// Returns the events of a client and its number of connections.
async fn follow(
    addresses: Arc<Mutex<[SocketAddr; 2]>>,
    number: usize,
    ends: [u64; 2],
    began: Arc<AtomicUsize>,
) -> (Vec<Got>, usize) {
    let http: Http<_, Full<Bytes>> =
        Http::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let send = move |request: Request<Bytes>| {
        // Alternates between the servers, as a proxy does when one is gone.
        let attempt = counted.fetch_add(1, Ordering::Relaxed);
        let address = addresses.lock().unwrap()[(number + attempt) % 2];
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("http://{address}/").parse().unwrap();
        http.request(Request::from_parts(parts, body.into()))
    };
    let policy = Policy::new()
        .with_delay(Duration::from_millis(20))
        .with_max_backoff(Duration::from_millis(200))
        .with_retry_on(|status, _| Policy::is_transient(status));
    let request = Request::get("http://127.0.0.1/").body(Bytes::new()).unwrap();
    let mut source = EventSource::new(request, send, tokio::time::sleep).with_reconnect(policy);
    let (mut got, mut left) = (Vec::new(), 2);
    let mut is_new = true;
    while left > 0 {
        let event = source.next_event().await.unwrap().expect("no end");
        if std::mem::take(&mut is_new) {
            began.fetch_add(1, Ordering::Relaxed);
        }
        let id = event.id().map(ToString::to_string).unwrap_or_default();
        match event.event_type() {
            "checkpoint" => {}
            "gap" => got.push(Got::Gap { id, data: event.data().to_owned() }),
            _ => {
                let (publisher, number) = event.data().split_once(' ').unwrap();
                let number = number.parse().unwrap();
                left -= usize::from(number == ends[usize::from(publisher == "b")]);
                got.push(Got::Event { id, publisher: publisher.to_owned(), number });
            }
        }
    }
    (got, attempts.load(Ordering::Relaxed))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_server_processes_that_are_killed_in_turn_get_each_event_once() {
    let redis_kills = setting("EVENTWIRE_SOAK_REDIS", 0);
    // What it has acknowledged has to survive, or there would be gaps.
    let arguments: &[&str] = if redis_kills > 0 { &DURABLE } else { &[] };
    let Some(mut redis) = Server::start(arguments) else { return };
    let clients = setting("EVENTWIRE_SOAK_CLIENTS", 100);
    let events = setting("EVENTWIRE_SOAK_EVENTS", 300) as u64;
    let mut processes = [Process::start(&redis.url()), Process::start(&redis.url())];
    let addresses = Arc::new(Mutex::new([processes[0].address, processes[1].address]));
    let ends = [events / 2, events - events / 2];
    let began = Arc::new(AtomicUsize::new(0));
    let following: Vec<_> = (0..clients)
        .map(|number| tokio::spawn(follow(Arc::clone(&addresses), number, ends, Arc::clone(&began))))
        .collect();
    // Each has its place before the first event: what comes before is none of its business.
    let publisher = hub(&redis).await;
    while began.load(Ordering::Relaxed) < clients {
        sleep(Duration::from_millis(50)).await;
    }
    let publishing = ["a", "b"].into_iter().zip(ends).map(|(name, end)| {
        let hub = publisher.clone();
        tokio::spawn(async move {
            for number in 1..=end {
                insist(&hub, numbered(name, number)).await;
                sleep(Duration::from_millis(20)).await;
            }
        })
    });
    let publishing: Vec<_> = publishing.collect();
    let between = Duration::from_millis(setting("EVENTWIRE_SOAK_MILLIS", 700) as u64);
    let mut kills = 0;
    while !publishing.iter().all(tokio::task::JoinHandle::is_finished) {
        let killed = kills % 2;
        processes[killed] = Process::start(&redis.url());
        addresses.lock().unwrap()[killed] = processes[killed].address;
        kills += 1;
        sleep(between).await;
        if redis_kills > 0 && kills % redis_kills == 0 {
            redis.kill();
            sleep(between / 2).await;
            redis.restart();
        }
    }
    let (mut verdict, mut gaps, mut attempts, mut deliveries) = (Verdict::default(), 0, 0, 0);
    for client in following {
        let (got, connected) = timeout(Duration::from_secs(120), client).await.expect("an end").unwrap();
        let judged = judge(&got);
        verdict.lost += judged.lost;
        verdict.twice += judged.twice;
        gaps += got.iter().filter(|got| matches!(got, Got::Gap { .. })).count();
        deliveries += got.iter().filter(|got| got.number().is_some()).count();
        attempts += connected;
        // The judge knows what lies between; here is the beginning.
        assert!(got
            .iter()
            .any(|got| matches!(got, Got::Event { publisher, number: 1, .. } if publisher == "a")));
        assert!(got
            .iter()
            .any(|got| matches!(got, Got::Event { publisher, number: 1, .. } if publisher == "b")));
    }
    println!("{deliveries} deliveries, {kills} kills, {attempts} connections, {gaps} gaps, {verdict:?}");
    assert!(kills >= 2);
    assert_eq!((verdict, gaps, deliveries), (Verdict::default(), 0, clients * events as usize));
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

const SERVE: &str = "EVENTWIRE_TEST_SERVE";
