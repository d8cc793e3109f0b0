//! Publishers: each event is added once, whatever happens meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::hub::{Hub, Log, LogErrorKind, Logged, Once};
use eventwire::{Event, EventId};
use futures_util::future::join_all;
use futures_util::FutureExt;
use tokio::task::JoinHandle;

use crate::judge::{numbered, Client};
use crate::server::{Server, DURABLE};
use crate::{hub, log};

/// Repeats the append until it is acknowledged.
pub(crate) async fn insist(hub: &Hub<Logged>, event: Event) -> EventId {
    let publication = hub.prepare(event);
    loop {
        match hub.append(&publication).await {
            Ok(id) => return id,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// A publisher whose events are numbered from 1, until it is stopped.
pub(crate) struct Publisher {
    stop: Arc<AtomicBool>,
    task: JoinHandle<u64>,
}

impl Publisher {
    pub(crate) fn start(hub: &Hub<Logged>, name: &'static str) -> Self {
        let (hub, stop) = (hub.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let task = tokio::spawn(async move {
            let mut number = 0;
            while !stopped.load(Ordering::Relaxed) {
                number += 1;
                insist(&hub, numbered(name, number)).await;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            number
        });
        Publisher { stop, task }
    }

    /// Stops, and returns the last acknowledged number.
    pub(crate) async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap()
    }
}

#[tokio::test]
async fn events_in_flight_during_a_kill_are_added_once() {
    let Some(mut server) = Server::start(&DURABLE) else { return };
    let hub = hub(&server).await;
    let mut client = Client::new(&hub).await;
    for round in 0..5 {
        let hub = hub.clone();
        let appends = tokio::spawn(async move {
            join_all((0..100).map(|number| insist(&hub, numbered("a", round * 100 + number)))).await
        });
        tokio::time::sleep(Duration::from_millis(round)).await;
        server.kill();
        server.restart();
        appends.await.unwrap();
    }
    client.read_until(|got| got.len() >= 500).await;
    let mut numbers = client.numbers();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
    assert_eq!(client.gaps(), 0);
}

#[tokio::test]
async fn an_append_after_a_dropped_future_adds_the_event_once() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    for number in 0..50 {
        let publication = hub.prepare(numbered("a", number));
        // The command may have been sent, but nothing awaits its reply.
        let _ = hub.append(&publication).now_or_never();
        let id = hub.append(&publication).await.unwrap();
        assert_eq!(hub.append(&publication).await.unwrap(), id);
    }
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 50);
}

#[tokio::test]
async fn a_callers_key_deduplicates_across_processes() {
    let Some(server) = Server::start(&[]) else { return };
    let once = Once::key("order-7-paid");
    let mut ids = Vec::new();
    for _ in 0..3 {
        let process = hub(&server).await;
        let paid = process.prepare(Event::new("paid")).with_once(once);
        ids.push(process.append(&paid).await.unwrap());
    }
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 1);
    // The same number from another publisher is a different event.
    log(&server).append(Once::key("order-8-paid"), None, &Event::new("paid")).await.unwrap();
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 2);
}

#[tokio::test]
async fn publishers_take_bounded_memory_and_expire() {
    let Some(server) = Server::start(&[]) else { return };
    let log = log(&server).with_publisher_expiry(Duration::from_secs(60)).with_max_len(100);
    for number in 0..3000 {
        log.append(Once::new("a", number), None, &Event::new("a")).await.unwrap();
    }
    assert_eq!(server.ask::<u64>(&["HLEN", "{news}:publisher:a"]), Once::WINDOW);
    let left: i64 = server.ask(&["PTTL", "{news}:publisher:a"]);
    assert!((1..=60_000).contains(&left), "{left}");
    assert!(server.ask::<u64>(&["XLEN", "news"]) < 300);
    // An event older than the window may have been added already, so it is refused.
    let old = log.append(Once::new("a", 3000 - 1 - Once::WINDOW), None, &Event::new("a")).await;
    assert_eq!(old.unwrap_err().kind(), LogErrorKind::Refused);
    assert!(log.append(Once::new("a", 3000 - Once::WINDOW), None, &Event::new("a")).await.is_ok());
    assert_eq!(server.ask::<u64>(&["DBSIZE"]), 2);
}

#[tokio::test]
async fn an_error_says_whether_the_event_may_have_been_added() {
    let Some(mut server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let publication = hub.prepare(numbered("a", 1));
    server.freeze();
    let error = hub.append(&publication).await.unwrap_err();
    assert!(!error.was_not_added(), "{error:?}");
    server.thaw();
    // Redis has read the first append by now, or will read it before the second.
    hub.append(&publication).await.unwrap();
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 1);
    server.kill();
    // At first there is a connection, so the event may have been sent. Later there is none.
    let mut errors = Vec::new();
    for _ in 0..5 {
        errors.push(hub.append(&hub.prepare(numbered("a", 2))).await.unwrap_err().was_not_added());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(errors.last(), Some(&true), "{errors:?}");
    server.restart();
    insist(&hub, numbered("a", 3)).await;
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 2);
}

#[tokio::test]
async fn in_a_cluster_the_hub_follows_the_redirect_to_the_node_of_the_stream() {
    let port =
        || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let start = || Server::start(&["--cluster-enabled", "yes", "--cluster-port", &port()]);
    let (Some(one), Some(other)) = (start(), start()) else { return };
    // One node has the first half of the slots, the other the second. `near` has the slot of the key "news".
    let slot: u16 = one.ask(&["CLUSTER", "KEYSLOT", "news"]);
    let (near, far) = if slot < 8192 { (&one, &other) } else { (&other, &one) };
    let () = one.ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "8191"]);
    let () = other.ask(&["CLUSTER", "ADDSLOTSRANGE", "8192", "16383"]);
    let () = one.ask(&["CLUSTER", "MEET", "127.0.0.1", other.port(), other.bus()]);
    for server in [&one, &other] {
        let mut tries = 0;
        while !server.ask::<String>(&["CLUSTER", "INFO"]).contains("cluster_state:ok") {
            tries += 1;
            assert!(tries < 600, "the cluster did not come up within 30 s");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let hub = hub(far).await;
    let mut client = Client::new(&hub).await;
    for number in 1..=10 {
        insist(&hub, numbered("a", number)).await;
    }
    client.read_until(|got| got.len() == 10).await;
    client.judge();
    assert_eq!(near.ask::<u64>(&["XLEN", "news"]), 10);
}
