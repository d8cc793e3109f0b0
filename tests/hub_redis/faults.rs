//! Faults of Redis: followers see each event once, or a gap.

use std::time::Duration;

use eventwire::hub::{Hub, LogErrorKind, LogId, Logged, Outcome};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::judge::{numbered, Client, Got};
use crate::publish::{insist, Publisher};
use crate::server::{Server, DURABLE};
use crate::{hub, hub_and_feeder};

/// Causes a fault while two publishers feed two hubs. The first ten clients stay connected, the others hop between hubs.
async fn through(
    server: &mut Server,
    fault: impl AsyncFnOnce(&mut Server, &[Hub<Logged>; 2]),
) -> Vec<Client> {
    let hubs = [hub(server).await, hub(server).await];
    let (end, ended) = watch::channel(None::<[u64; 2]>);
    let mut clients = Vec::new();
    for number in 0..20 {
        let mut client = Client::new(&hubs[number % 2]).await;
        let (hubs, ended) = (hubs.clone(), ended.clone());
        clients.push(tokio::spawn(async move {
            for round in 0..2000 {
                let reading = async { while client.read().await {} };
                let _ = timeout(Duration::from_millis(40 + 3 * number as u64), reading).await;
                let end = *ended.borrow();
                if end.is_some_and(|[a, b]| has(&client, "a", a) && has(&client, "b", b)) {
                    return client;
                }
                if number >= 10 {
                    client.hop(&hubs[round % 2]).await;
                }
            }
            panic!("expected the last events {:?}, got as far as {:?}", *ended.borrow(), client.got.last());
        }));
    }
    let publishers = [Publisher::start(&hubs[0], "a"), Publisher::start(&hubs[1], "b")];
    sleep(Duration::from_millis(300)).await;
    fault(server, &hubs).await;
    sleep(Duration::from_millis(500)).await;
    let mut last = [0; 2];
    for (publisher, last) in publishers.into_iter().zip(&mut last) {
        *last = publisher.stop().await;
    }
    end.send_replace(Some(last));
    let mut judged = Vec::new();
    for client in clients {
        let client = client.await.unwrap();
        client.judge();
        judged.push(client);
    }
    judged
}

fn has(client: &Client, name: &str, last: u64) -> bool {
    client.got.iter().rev().take(200).any(
        |got| matches!(got, Got::Event { publisher, number, .. } if publisher == name && *number == last),
    )
}

#[tokio::test]
async fn killing_a_durable_server_loses_nothing() {
    let Some(mut server) = Server::start(&DURABLE) else { return };
    let clients = through(&mut server, async |server, _| {
        for _ in 0..3 {
            server.kill();
            sleep(Duration::from_millis(300)).await;
            server.restart();
            sleep(Duration::from_millis(300)).await;
        }
    })
    .await;
    assert_eq!(clients.iter().map(Client::gaps).sum::<usize>(), 0);
}

#[tokio::test]
async fn freezing_the_server_loses_nothing() {
    let Some(mut server) = Server::start(&[]) else { return };
    let clients = through(&mut server, async |server, _| {
        for _ in 0..2 {
            server.freeze();
            sleep(Duration::from_millis(1200)).await;
            server.thaw();
            sleep(Duration::from_millis(300)).await;
        }
    })
    .await;
    assert_eq!(clients.iter().map(Client::gaps).sum::<usize>(), 0);
}

#[tokio::test]
async fn a_server_that_lost_its_data_is_a_gap_for_every_client() {
    let Some(mut server) = Server::start(&[]) else { return };
    let clients = through(&mut server, async |server, _| {
        server.kill();
        server.restart_empty();
    })
    .await;
    assert!(clients.iter().all(|client| client.gaps() >= 1));
    // A client that stayed connected gets exactly one gap.
    assert!(clients[..10].iter().all(|client| client.gaps() == 1));
}

#[tokio::test]
async fn a_rolled_back_server_is_a_gap_for_every_client() {
    let Some(mut server) = Server::start(&DURABLE) else { return };
    let clients = through(&mut server, async |server, hubs| {
        // As after promoting an old replica: acknowledged events are lost, and so is the memory of what publishers sent.
        server.kill();
        let kept = server.save_aside();
        server.restart();
        // Waits until both hubs have read events that will be lost. Nobody would miss events that no hub has read.
        let tail = server.ask::<Vec<(String, Vec<String>)>>(&["XREVRANGE", "news", "+", "-", "COUNT", "1"]);
        let tail = LogId::parse(&tail[0].0).unwrap();
        while hubs.iter().any(|hub| hub.stats().newest <= tail) {
            sleep(Duration::from_millis(20)).await;
        }
        server.kill();
        server.restore(&kept);
        server.restart();
    })
    .await;
    assert!(clients[..10].iter().all(|client| client.gaps() == 1), "{:?}", clients[0].gaps());
}

#[tokio::test]
async fn a_deleted_stream_is_a_gap_and_continues_from_its_new_start() {
    let Some(mut server) = Server::start(&[]) else { return };
    let clients = through(&mut server, async |server, _| {
        let _: i64 = server.ask(&["DEL", "news"]);
    })
    .await;
    assert!(clients[..10].iter().all(|client| client.gaps() == 1));
}

/// Replaces a stream with IDs 100-1 to 100-5 by one with these IDs, and returns the IDs that a client then gets.
async fn made_again(ids: &[&str]) -> Vec<String> {
    let Some(server) = Server::start(&[]) else { return ids.iter().map(|id| (*id).into()).collect() };
    let hub = hub(&server).await;
    let mut client = Client::new(&hub).await;
    let add = |id: &str, number: usize| {
        let data = format!("a {number}");
        ["XADD", "news", id, "data", &data].iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    server.at_once(&(1..=5).map(|number| add(&format!("100-{number}"), number)).collect::<Vec<_>>());
    client.read_until(|got| got.len() == 5).await;
    let mut commands = vec![vec!["DEL".to_owned(), "news".to_owned()]];
    commands.extend(ids.iter().enumerate().map(|(index, id)| add(id, index + 10)));
    server.at_once(&commands);
    client.read_until(|got| got.len() == 6 + ids.len()).await;
    client.judge();
    assert_eq!(client.gaps(), 1);
    assert!(matches!(&client.got[5], Got::Gap { .. }), "{:?}", client.got);
    // A client that is cut off right after the gap gets the rest.
    let mut other = Client::after(&hub, client.got[5].id()).await;
    other.read_until(|got| got.len() == ids.len()).await;
    assert_eq!(other.got, client.got[6..]);
    client.got[6..].iter().map(|got| got.id().to_owned()).collect()
}

#[tokio::test]
async fn a_stream_recreated_with_smaller_ids_is_read_from_its_start() {
    let ids = ["7-1", "7-2", "9-0"];
    assert_eq!(made_again(&ids).await, ids);
}

#[tokio::test]
async fn a_stream_recreated_with_greater_ids_is_read_from_its_start() {
    let ids = ["200-1", "200-2", "300-0"];
    assert_eq!(made_again(&ids).await, ids);
}

#[tokio::test]
async fn a_stream_recreated_with_ids_around_the_clients_place_is_read_from_its_start() {
    let ids = ["50-1", "100-0", "100-7", "300-0"];
    assert_eq!(made_again(&ids).await, ids);
}

#[tokio::test]
async fn a_stream_that_was_rolled_back_repeats_nothing_and_reports_a_gap_to_clients_ahead_of_it() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let mut client = Client::new(&hub).await;
    let add = |id: &str, number: u64| {
        let data = format!("a {number}");
        ["XADD", "news", id, "data", &data].map(str::to_owned).to_vec()
    };
    let kept = [add("100-1", 1), add("100-2", 2)];
    server.at_once(&[&kept[..], &[add("100-3", 3)]].concat());
    client.read_until(|got| got.len() == 3).await;
    let delete = vec!["DEL".to_owned(), "news".to_owned()];
    server.at_once(&[&[delete][..], &kept, &[add("200-0", 4)]].concat());
    client.read_until(|got| got.len() == 5).await;
    assert!(matches!(&client.got[3], Got::Gap { id, .. } if id == "100-2"), "{:?}", client.got);
    assert_eq!(client.numbers(), [1, 2, 3, 4]);
    // The first client has seen the lost event, the second has not. Neither has seen the gap.
    for id in ["100-3", "100-2"] {
        let mut back = Client::after(&hub, id).await;
        assert!(matches!(back.outcome(), Outcome::Gap(_)), "{id}: {:?}", back.outcome());
        back.read_until(|got| got.len() == 2).await;
        assert_eq!((back.gaps(), back.numbers()), (1, vec![4]));
    }
    let mut back = Client::after(&hub, "100-1").await;
    back.read_until(|got| got.iter().any(|got| got.number() == Some(4))).await;
    assert_eq!(back.gaps(), 1);
}

#[tokio::test]
async fn a_key_of_another_type_ends_the_feeder_with_an_error() {
    let Some(server) = Server::start(&[]) else { return };
    let (hub, feeder) = hub_and_feeder(&server.url()).await;
    let feeder = tokio::spawn(feeder);
    insist(&hub, numbered("a", 1)).await;
    let mut client = Client::new(&hub).await;
    let () = server.ask(&["SET", "news", "a string"]);
    let ended = timeout(Duration::from_secs(10), feeder).await.expect("an end").unwrap();
    assert_eq!(ended.unwrap_err().kind(), LogErrorKind::Refused);
    assert!(hub.is_closed());
    let reading = async { while client.read().await {} };
    timeout(Duration::from_secs(10), reading).await.expect("followers end within 10 s");
}

#[tokio::test]
async fn a_burst_larger_than_the_stream_is_a_gap() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let mut client = Client::new(&hub).await;
    insist(&hub, numbered("a", 1)).await;
    client.read_until(|got| got.len() == 1).await;
    let add = |number: u64| {
        let data = format!("a {number}");
        ["XADD", "news", "MAXLEN", "=", "10", "*", "data", &data].map(str::to_owned).to_vec()
    };
    // In one transaction, so that no reader sees a state in between.
    server.at_once(&(2..=100).map(add).collect::<Vec<_>>());
    client.read_until(|got| got.iter().any(|got| got.number() == Some(100))).await;
    client.judge();
    assert_eq!(client.gaps(), 1);
    assert_eq!(client.numbers(), [&[1][..], &(91..=100).collect::<Vec<_>>()].concat());
}

#[tokio::test]
async fn a_trim_past_an_absent_process_is_a_gap() {
    let Some(server) = Server::start(&[]) else { return };
    let live = hub(&server).await;
    let (away, feeder) = hub_and_feeder(&server.url()).await;
    let away = away.with_history(10);
    insist(&live, numbered("a", 1)).await;
    let mut client = Client::new(&away).await;
    let mut there = Client::new(&live).await;
    for number in 2..=1000 {
        insist(&live, numbered("a", number)).await;
    }
    let _: i64 = server.ask(&["XTRIM", "news", "MAXLEN", "=", "100"]);
    tokio::spawn(feeder);
    there.read_until(|got| got.len() == 999).await;
    assert_eq!(there.gaps(), 0);
    client.read_until(|got| got.iter().any(|got| got.number() == Some(1000))).await;
    client.judge();
    assert_eq!(client.gaps(), 1);
    assert_eq!(client.numbers(), (901..=1000).collect::<Vec<_>>());
}

#[tokio::test]
async fn followers_stay_connected_while_the_server_is_down() {
    let Some(mut server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let mut client = Client::new(&hub).await;
    let id = insist(&hub, numbered("a", 1)).await;
    client.read_until(|got| got.len() == 1).await;
    server.kill();
    let waiting = timeout(Duration::from_millis(1500), async { while client.read().await {} }).await;
    assert!(waiting.is_err(), "expected the follower to wait, but it ended");
    // A new client is served from the history if that holds its place.
    assert!(timeout(Duration::from_millis(500), Client::after(&hub, &id)).await.is_ok());
    server.restart();
    insist(&hub, numbered("a", 2)).await;
    client.read_until(|got| got.len() == 2).await;
    client.judge();
    assert_eq!(client.gaps(), 0);
}
