//! Failover: a replica replaces its primary, with all entries or without the newest ones.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventwire::hub::{Hub, Logged, Outcome};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::hub_and_feeder;
use crate::judge::{numbered, Client, Got};
use crate::publish::insist;
use crate::server::{url_of, Server};

/// A relay whose address always leads to the primary, like a proxy or a DNS name.
struct Address {
    primary: Arc<Mutex<SocketAddr>>,
    /// Changes whenever the connections are to be cut.
    cuts: watch::Sender<u64>,
    url: String,
}

impl Address {
    async fn of(primary: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = url_of(listener.local_addr().unwrap());
        let primary = Arc::new(Mutex::new(primary.address()));
        let (cuts, cut) = watch::channel(0);
        let leads_to = Arc::clone(&primary);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (address, mut cut) = (*leads_to.lock().unwrap(), cut.clone());
                cut.mark_unchanged();
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(address).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Address { primary, cuts, url }
    }

    fn lead_to(&self, primary: &Server) {
        *self.primary.lock().unwrap() = primary.address();
    }

    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

/// A primary, its replica, a relay to the current primary, and a hub that knows only the relay.
struct Pair {
    primary: Server,
    replica: Server,
    address: Address,
    hub: Hub<Logged>,
}

impl Pair {
    /// `None` if `redis-server` is not installed.
    async fn start() -> Option<Self> {
        // Replication starts at once; the default is a delay of 5 s.
        let primary = Server::start(&["--repl-diskless-sync-delay", "0"])?;
        let replica = Server::start(&["--replicaof", "127.0.0.1", primary.port()])?;
        let address = Address::of(&primary).await;
        let (hub, feeder) = hub_and_feeder(&address.url).await;
        tokio::spawn(feeder);
        Some(Pair { primary, replica, address, hub })
    }

    /// Waits until the replica has as many entries as the primary.
    async fn settle(&self) {
        let settled = async {
            while self.replica.ask::<i64>(&["XLEN", "news"]) != self.primary.ask::<i64>(&["XLEN", "news"]) {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(20), settled).await.expect("the replica catches up within 20 s");
    }

    /// Disconnects the replica from its primary.
    fn part(&self) {
        // Nothing listens on this address.
        let () = self.replica.ask(&["REPLICAOF", "127.0.0.1", "1"]);
    }

    /// Kills the primary and promotes the replica.
    fn fail_over(&mut self) {
        self.primary.kill();
        let () = self.replica.ask(&["REPLICAOF", "NO", "ONE"]);
        self.address.lead_to(&self.replica);
        self.address.cut();
    }
}

#[tokio::test]
async fn a_promoted_replica_with_all_entries_continues_without_a_gap() {
    let Some(mut pair) = Pair::start().await else { return };
    let mut client = Client::new(&pair.hub).await;
    for number in 1..=5 {
        insist(&pair.hub, numbered("a", number)).await;
    }
    let last = pair.hub.prepare(numbered("a", 6));
    let id = pair.hub.append(&last).await.unwrap();
    pair.settle().await;
    pair.fail_over();
    // The replica also knows the publishers: repeating the last event does not add it again.
    let again = loop {
        match pair.hub.append(&last).await {
            Ok(id) => break id,
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    };
    assert_eq!(again, id);
    insist(&pair.hub, numbered("a", 7)).await;
    client.read_until(|got| got.iter().any(|got| got.number() == Some(7))).await;
    client.judge();
    assert_eq!((client.gaps(), client.numbers()), (0, (1..=7).collect()));
}

#[tokio::test]
async fn a_promoted_replica_without_the_newest_entries_is_a_gap_for_all() {
    let Some(mut pair) = Pair::start().await else { return };
    let mut client = Client::new(&pair.hub).await;
    let mut ids = Vec::new();
    for number in 1..=5 {
        ids.push(insist(&pair.hub, numbered("a", number)).await);
    }
    pair.settle().await;
    pair.part();
    for number in 6..=8 {
        ids.push(insist(&pair.hub, numbered("a", number)).await);
    }
    client.read_until(|got| got.len() == 8).await;
    pair.fail_over();
    insist(&pair.hub, numbered("a", 9)).await;
    client.read_until(|got| got.iter().any(|got| got.number() == Some(9))).await;
    client.judge();
    // Nothing that the client has seen is repeated, whether or not Redis has lost it.
    assert_eq!((client.gaps(), client.numbers()), (1, (1..=9).collect()));
    assert!(matches!(&client.got[8], Got::Gap { id, .. } if *id == ids[4]), "{:?}", client.got);
    // Reconnecting clients get the gap too, whether or not their last event is among the lost ones.
    for id in [&ids[7], &ids[4]] {
        let mut back = Client::after(&pair.hub, id).await;
        assert!(matches!(back.outcome(), Outcome::Gap(_)), "{id}: {:?}", back.outcome());
        back.read_until(|got| got.iter().any(|got| got.number() == Some(9))).await;
        back.judge();
    }
}

#[tokio::test]
async fn a_switchover_to_the_replica_loses_nothing() {
    let Some(pair) = Pair::start().await else { return };
    let mut client = Client::new(&pair.hub).await;
    for number in 1..=5 {
        insist(&pair.hub, numbered("a", number)).await;
    }
    pair.settle().await;
    let () = pair.replica.ask(&["REPLICAOF", "NO", "ONE"]);
    let () = pair.primary.ask(&["REPLICAOF", "127.0.0.1", pair.replica.port()]);
    // The hub's connections stay open, but now lead to a replica.
    pair.address.lead_to(&pair.replica);
    for number in 6..=10 {
        insist(&pair.hub, numbered("a", number)).await;
    }
    client.read_until(|got| got.iter().any(|got| got.number() == Some(10))).await;
    client.judge();
    assert_eq!((client.gaps(), client.numbers()), (0, (1..=10).collect()));
}
