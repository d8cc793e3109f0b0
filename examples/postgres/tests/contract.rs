//! The contract of every log, tested with the log in PostgreSQL against its own server.

mod server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::hub::contract::{examine, Rig};
use eventwire::hub::{BoxFuture, Hub, Log, LogErrorKind, LogId, Once};
use eventwire::Event;
use eventwire_postgres::PostgresLog;
use server::Server;

struct Postgres {
    server: Server,
    made: AtomicUsize,
}

/// A table for each log.
const TABLES: [&str; 20] = [
    "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11", "t12", "t13", "t14", "t15",
    "t16", "t17", "t18", "t19",
];

impl Postgres {
    async fn run(&self, sql: String) {
        let (client, connection) = self.server.config().connect(tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    }

    fn table(&self) -> &'static str {
        TABLES[self.made.load(Ordering::Relaxed) - 1]
    }
}

impl Rig for Postgres {
    type Log = PostgresLog;

    fn fresh(&self) -> BoxFuture<'_, PostgresLog> {
        let table = TABLES[self.made.fetch_add(1, Ordering::Relaxed)];
        Box::pin(async { PostgresLog::new(self.server.config(), table, 1000) })
    }

    fn trim<'a>(&'a self, _: &'a PostgresLog, keep: usize) -> BoxFuture<'a, ()> {
        let table = self.table();
        Box::pin(
            self.run(format!("DELETE FROM {table} WHERE id <= (SELECT last FROM {table}_head) - {keep}")),
        )
    }

    fn reset<'a>(&'a self, _: &'a PostgresLog) -> BoxFuture<'a, ()> {
        let table = self.table();
        Box::pin(self.run(format!("DROP TABLE {table}, {table}_head CASCADE; {}", setup(table))))
    }
}

fn setup(table: &str) -> String {
    include_str!("../src/setup.sql").replace("log", table)
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let Some(server) = Server::start() else { return };
    let rig = Postgres { server, made: AtomicUsize::new(0) };
    let examined = tokio::time::timeout(Duration::from_secs(60), examine(&rig)).await;
    examined.expect("it ends").unwrap_or_else(|broken| panic!("{broken}"));
}

#[tokio::test]
async fn what_many_append_at_once_is_seen_in_order_by_another_process() {
    let Some(server) = Server::start() else { return };
    let reader = PostgresLog::new(server.config(), "news", 100_000);
    let reading = async {
        let (mut seen, mut after) = (Vec::new(), LogId::ZERO);
        while seen.len() < 1000 {
            let page = reader.read(after, 7).await.unwrap();
            assert!(page.gap.is_none());
            seen.extend(page.entries.iter().map(|entry| entry.event.data().to_owned()));
            if page.next == after {
                reader.wait(after).await.unwrap();
            }
            after = page.next;
        }
        seen
    };
    let writers: Vec<_> = (0..10)
        .map(|name| {
            let log = PostgresLog::new(server.config(), "news", 100_000);
            tokio::spawn(async move {
                for number in 0..100 {
                    let (name, event) = (format!("p{name}"), Event::new(format!("{name} {number}")));
                    log.append(Once::new(&name, number), None, &event).await.unwrap();
                }
            })
        })
        .collect();
    let seen = tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    for name in 0..10 {
        let own: Vec<_> = seen.iter().filter_map(|data| data.strip_prefix(&format!("{name} "))).collect();
        assert_eq!(own, (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_hub_over_it_misses_nothing_while_the_server_is_away() {
    let Some(mut server) = Server::start() else { return };
    let log = PostgresLog::new(server.config(), "news", 1000);
    let (hub, feeder) = Hub::from_log(log, tokio::time::sleep).await.unwrap();
    let feeder = tokio::spawn(feeder);
    let first = hub.append(&hub.prepare(Event::new("a"))).await.unwrap();
    server.stop();
    let lost = Arc::new(hub.prepare(Event::new("b")));
    assert_ne!(hub.append(&lost).await.unwrap_err().log_error().kind(), LogErrorKind::Refused);
    server.run();
    let mut tries = 0;
    while hub.append(&lost).await.is_err() {
        tries += 1;
        assert!(tries < 100);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = PostgresLog::new(server.config(), "news", 1000);
    let page = log.read(LogId::parse(&first).unwrap(), 10).await.unwrap();
    assert!(page.gap.is_none());
    assert_eq!(page.entries.iter().map(|entry| entry.event.data()).collect::<Vec<_>>(), ["b"]);
    hub.close();
    tokio::time::timeout(Duration::from_secs(20), feeder).await.unwrap().unwrap().unwrap();
}
