//! Pages of the log, which serve clients whose place is older than the history of a process.

use std::time::Duration;

use eventwire::hub::{Outcome, Start};

use crate::judge::{numbered, Client};
use crate::publish::insist;
use crate::server::Server;
use crate::{hub, hub_and_feeder};

#[tokio::test]
async fn an_old_client_reads_the_log_and_then_the_history_without_loss_or_repetition() {
    let Some(server) = Server::start(&[]) else { return };
    let writer = hub(&server).await;
    let mut ids = Vec::new();
    for number in 1..=3000 {
        ids.push(insist(&writer, numbered("a", number)).await);
    }
    // This hub begins at the end and has read no older events.
    let late = hub(&server).await.with_history(10);
    for place in [0, 1, 998, 999, 1000, 1001, 2500, 2999] {
        let follow = late.follow(Start::After(&ids[place])).await.unwrap();
        assert!(matches!(follow.outcome(), Outcome::Resumed { .. }), "{:?}", follow.outcome());
        let mut client = Client::after(&late, &ids[place]).await;
        insist(&writer, numbered("a", 3001 + place as u64)).await;
        let last = 3001 + place as u64;
        client.read_until(|got| got.iter().any(|got| got.number() == Some(last))).await;
        assert_eq!(client.gaps(), 0);
        let expected: Vec<_> = (place as u64 + 2..=3000).collect();
        assert_eq!(client.numbers()[..expected.len()], expected);
    }
}

#[tokio::test]
async fn a_slow_client_falls_back_to_the_log_and_misses_nothing() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await.with_history(10);
    let mut slow = Client::new(&hub).await;
    for number in 1..=2000 {
        insist(&hub, numbered("a", number)).await;
        if number % 500 == 0 {
            // The client reads one event only.
            slow.read().await;
        }
    }
    slow.read_until(|got| got.len() == 2000).await;
    slow.judge();
    assert_eq!(slow.gaps(), 0);
}

#[tokio::test]
async fn a_client_ahead_of_this_process_waits_and_sees_nothing_twice() {
    let Some(server) = Server::start(&[]) else { return };
    let ahead = hub(&server).await;
    let (behind, feeder) = hub_and_feeder(&server.url()).await;
    let mut ids = Vec::new();
    for number in 1..=10 {
        ids.push(insist(&ahead, numbered("a", number)).await);
    }
    let mut client = Client::after(&behind, &ids[6]).await;
    client.read_until(|got| got.len() == 3).await;
    tokio::spawn(feeder);
    insist(&ahead, numbered("a", 11)).await;
    client.read_until(|got| got.len() == 4).await;
    client.judge();
    assert_eq!(client.numbers(), [8, 9, 10, 11]);
    assert_eq!(client.gaps(), 0);
}

#[tokio::test]
async fn a_thousand_clients_below_the_history_share_their_pages() {
    let Some(server) = Server::start(&[]) else { return };
    let writer = hub(&server).await;
    let first = insist(&writer, numbered("a", 1)).await;
    for number in 2..=300 {
        insist(&writer, numbered("a", number)).await;
    }
    let late = hub(&server).await.with_history(10);
    let () = server.ask(&["CONFIG", "RESETSTAT"]);
    let clients = (0..1000).map(|_| async {
        let mut client = Client::after(&late, &first).await;
        client.read_until(|got| got.len() == 299).await;
        client.judge();
        assert_eq!(client.gaps(), 0);
    });
    futures_util::future::join_all(clients).await;
    let stats: String = server.ask(&["INFO", "commandstats"]);
    let ranges = stats.lines().find_map(|line| line.strip_prefix("cmdstat_xrange:calls=")).unwrap();
    let ranges: u64 = ranges.split(',').next().unwrap().parse().unwrap();
    assert!(ranges < 50, "expected fewer than 50 pages to be read, got {ranges}");
}

#[tokio::test]
async fn any_last_event_id_has_an_outcome() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let id = insist(&hub, numbered("a", 1)).await;
    insist(&hub, numbered("a", 2)).await;
    let long = "9".repeat(1 << 20);
    let zero = format!("0{id}");
    let next = format!("{}-{}", u64::MAX, u64::MAX);
    for strange in ["", "-", "1", "no ID", "05-0", "+5-0", "5-00", "5-1", &*zero, &next, "0-0", &long] {
        let follow = hub.follow(Start::After(strange));
        let follow = tokio::time::timeout(Duration::from_secs(5), follow)
            .await
            .expect("an outcome within 5 s")
            .unwrap();
        let is_gap = matches!(follow.outcome(), Outcome::Gap(_));
        // 0-0 is the start of the stream, and nothing has been trimmed since.
        assert_eq!(is_gap, strange != "0-0", "{:.50}: {:?}", strange, follow.outcome());
    }
}

#[tokio::test]
async fn a_client_that_was_away_during_a_reset_gets_a_gap_first_and_sees_nothing_twice() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let mut there = Client::new(&hub).await;
    let id = insist(&hub, numbered("a", 1)).await;
    insist(&hub, numbered("a", 2)).await;
    there.read_until(|got| got.len() == 2).await;
    let _: i64 = server.ask(&["DEL", "news"]);
    there.read_until(|got| got.len() == 3).await;
    insist(&hub, numbered("a", 3)).await;
    there.read_until(|got| got.len() == 4).await;
    let mut back = Client::after(&hub, &id).await;
    assert!(matches!(back.outcome(), Outcome::Gap(_)), "{:?}", back.outcome());
    back.read_until(|got| got.len() == 2).await;
    assert_eq!(back.numbers(), [3]);
}
