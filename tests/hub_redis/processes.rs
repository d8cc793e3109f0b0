//! Real processes and sockets: one of three servers is killed in turn, and clients reconnect to another one.
//!
//! `EVENTWIRE_SOAK_CLIENTS=1000 EVENTWIRE_SOAK_SECONDS=20 cargo test --release --features redis --test hub_redis
//! killed_in_turn -- --nocapture` makes it some hundred thousand deliveries. Ten minutes that also kill Redis:
//!
//! `EVENTWIRE_SOAK_CLIENTS=40 EVENTWIRE_SOAK_SECONDS=600 cargo test --release --features redis --test hub_redis
//! redis_is_killed_with_its_data -- --nocapture`

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventwire::client::reconnect::Policy;
use eventwire::client::EventSource;
use eventwire::hub::{Hub, Logged};
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

/// A server process, which runs this same program.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(redis: &str, fault: Fault) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::serve", "--nocapture", "--test-threads", "1"])
            .env(SERVE, redis)
            .env(HISTORY, fault.history().to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let address =
            out.lines().find_map(|line| Some(line.ok()?.split_once("listening on ")?.1.parse().unwrap()));
        Process { child, address: address.expect("an address") }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Like kill -9.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The entry of the server process; not a test in itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve() {
    let Ok(redis) = std::env::var(SERVE) else { return };
    let (hub, feeder) = hub_and_feeder(&redis).await;
    let hub = hub.with_history(setting(HISTORY, 0));
    tokio::spawn(feeder);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening on {}", listener.local_addr().unwrap());
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

/// The addresses of the servers. A server that was killed gets a new one.
type Addresses = Arc<Mutex<[SocketAddr; SERVERS]>>;

/// What a client received.
struct Received {
    got: Vec<Got>,
    connections: usize,
}

/// Reads until the last event of both publishers, and is `away` after each disconnection. `began` counts the clients
/// that have begun.
async fn follow(addresses: Addresses, number: usize, away: Duration, began: Arc<AtomicUsize>) -> Received {
    let http: Http<_, Full<Bytes>> =
        Http::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let send = move |request: Request<Bytes>| {
        // Half of the clients go from server to server forwards, half backwards.
        let attempt = counted.fetch_add(1, Ordering::Relaxed);
        let address = addresses.lock().unwrap()[(number + attempt * (1 + number % 2)) % SERVERS];
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("http://{address}/").parse().unwrap();
        http.request(Request::from_parts(parts, body.into()))
    };
    let policy = Policy::new()
        .with_delay(away)
        .with_max_backoff(Duration::from_millis(300))
        .with_retry_on(|status, _| Policy::is_transient(status));
    let request = Request::get("http://127.0.0.1/").body(Bytes::new()).unwrap();
    let mut source = EventSource::new(request, send, tokio::time::sleep).with_reconnect(policy);
    let (mut got, mut left) = (Vec::new(), PUBLISHERS.len());
    let mut is_new = true;
    while left > 0 {
        let event = source.next_event().await.unwrap().expect("an event before the end");
        if std::mem::take(&mut is_new) {
            began.fetch_add(1, Ordering::Relaxed);
        }
        let id = event.id().map(ToString::to_string).unwrap_or_default();
        match event.event_type() {
            "checkpoint" => {}
            "gap" => got.push(Got::Gap { id, data: event.data().to_owned() }),
            event_type => {
                left -= usize::from(event_type == LAST);
                let (publisher, number) = event.data().split_once(' ').unwrap();
                let (publisher, number) = (publisher.to_owned(), number.parse().unwrap());
                got.push(Got::Event { id, publisher, number });
            }
        }
    }
    Received { got, connections: attempts.load(Ordering::Relaxed) }
}

/// Publishes numbered events until it is told to stop, and returns how many.
async fn publish(hub: Hub<Logged>, name: &'static str, stop: Arc<AtomicBool>) -> u64 {
    let mut number = 1;
    while !stop.load(Ordering::Relaxed) {
        insist(&hub, numbered(name, number)).await;
        number += 1;
        sleep(Duration::from_millis(20)).await;
    }
    insist(&hub, numbered(name, number).with_type(LAST)).await;
    number
}

/// What happens besides the kills of servers, after every fourth one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// Redis is killed, and started again with its data.
    Killed,
    /// Redis is killed, and started again without its data.
    Emptied,
    /// Redis drops all but the newest entries, so that clients that are away are below them.
    Trimmed,
}

impl Fault {
    /// The events in the history of a server.
    fn history(self) -> usize {
        // Few, so that a client that returns must read from Redis.
        if self == Fault::Trimmed {
            2
        } else {
            4096
        }
    }

    /// How long a client is away after a disconnection.
    fn away(self) -> Duration {
        Duration::from_millis(if self == Fault::Trimmed { 300 } else { 20 })
    }

    async fn strike(self, redis: &mut Server) {
        match self {
            Fault::Nothing => {}
            Fault::Killed => {
                redis.kill();
                sleep(Duration::from_millis(300)).await;
                redis.restart();
            }
            Fault::Emptied => {
                redis.kill();
                redis.restart_empty();
            }
            Fault::Trimmed => {
                // A server was killed just now: meanwhile more is published, and its clients are still away.
                sleep(self.away() / 2).await;
                let _: i64 = redis.ask(&["XTRIM", "news", "MAXLEN", "=", "2"]);
            }
        }
    }
}

/// The counts of a run.
#[derive(Debug, Default)]
struct Counts {
    published: u64,
    clients: usize,
    deliveries: usize,
    kills: usize,
    faults: usize,
    connections: usize,
    gaps: usize,
    /// Clients with at least one gap.
    with_gap: usize,
    verdict: Verdict,
}

/// Kills one of the servers in turn for a while, under two publishers. `None` without Redis.
async fn run(fault: Fault) -> Option<Counts> {
    // What Redis has acknowledged has to survive, or there would be gaps.
    let arguments: &[&str] = if fault == Fault::Killed { &DURABLE } else { &[] };
    let mut redis = Server::start(arguments)?;
    let clients = setting("EVENTWIRE_SOAK_CLIENTS", 50);
    let time = Duration::from_secs(setting("EVENTWIRE_SOAK_SECONDS", 4) as u64);
    let between = Duration::from_millis(setting("EVENTWIRE_SOAK_MILLIS", 400) as u64);
    let mut processes = [(); SERVERS].map(|()| Process::start(&redis.url(), fault));
    let addresses: Addresses = Arc::new(Mutex::new([0, 1, 2].map(|server| processes[server].address)));
    let began = Arc::new(AtomicUsize::new(0));
    let following: Vec<_> = (0..clients)
        .map(|number| tokio::spawn(follow(Arc::clone(&addresses), number, fault.away(), Arc::clone(&began))))
        .collect();
    // A client is owed the events after its beginning, so all begin before the first one.
    while began.load(Ordering::Relaxed) < clients {
        sleep(Duration::from_millis(50)).await;
    }
    let (publisher, stop) = (hub(&redis).await, Arc::new(AtomicBool::new(false)));
    let publishing = PUBLISHERS.map(|name| tokio::spawn(publish(publisher.clone(), name, Arc::clone(&stop))));
    let mut counts = Counts { clients, ..Counts::default() };
    let start = Instant::now();
    while start.elapsed() < time || counts.kills < 2 * SERVERS {
        let server = counts.kills % SERVERS;
        // The old process is killed once the new one listens.
        processes[server] = Process::start(&redis.url(), fault);
        addresses.lock().unwrap()[server] = processes[server].address;
        counts.kills += 1;
        if fault != Fault::Nothing && counts.kills % 4 == 0 {
            fault.strike(&mut redis).await;
            counts.faults += 1;
        }
        sleep(between).await;
    }
    stop.store(true, Ordering::Relaxed);
    for publishing in publishing {
        counts.published += publishing.await.unwrap();
    }
    for client in following {
        let client = timeout(Duration::from_secs(120), client).await.expect("an end").unwrap();
        let (judged, got) = (judge(&client.got), client.got);
        let gaps = got.iter().filter(|got| got.number().is_none()).count();
        counts.verdict.lost += judged.lost;
        counts.verdict.twice += judged.twice;
        counts.gaps += gaps;
        counts.with_gap += usize::from(gaps > 0);
        counts.deliveries += got.len() - gaps;
        counts.connections += client.connections;
        // The judge checks the events between the first and the last; this is the first.
        for name in PUBLISHERS {
            let mut events = got.iter().filter(|got| got.is_of(name));
            assert!(gaps > 0 || events.next().and_then(Got::number) == Some(1));
        }
    }
    println!("{fault:?}: {counts:?}");
    assert_eq!(counts.verdict, Verdict::default());
    Some(counts)
}

/// Asserts that each client received each event.
fn assert_complete(counts: &Counts) {
    assert_eq!((counts.gaps, counts.deliveries), (0, counts.clients * counts.published as usize));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_three_servers_that_are_killed_in_turn_receive_each_event_once() {
    let Some(counts) = run(Fault::Nothing).await else { return };
    assert_complete(&counts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_killed_servers_receive_each_event_once_although_redis_is_killed_with_its_data_kept() {
    let Some(counts) = run(Fault::Killed).await else { return };
    assert_complete(&counts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_killed_servers_receive_a_gap_when_redis_loses_its_data() {
    let Some(counts) = run(Fault::Emptied).await else { return };
    assert_eq!(counts.with_gap, counts.clients);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_killed_servers_receive_a_gap_when_they_return_below_a_trimmed_stream() {
    let Some(counts) = run(Fault::Trimmed).await else { return };
    assert!(counts.gaps > 0);
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

const SERVE: &str = "EVENTWIRE_TEST_SERVE";

const HISTORY: &str = "EVENTWIRE_TEST_HISTORY";

const SERVERS: usize = 3;

const PUBLISHERS: [&str; 2] = ["a", "b"];

/// The type of the last event of a publisher.
const LAST: &str = "last";
