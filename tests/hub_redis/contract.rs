//! `RedisLog` passes the contract suite.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventwire::hub::contract::{examine, Rig};
use eventwire::hub::{BoxFuture, Log, LogErrorKind, LogId, Once, RedisLog};
use eventwire::Event;

use crate::server::Server;

struct Redis {
    server: Server,
    made: AtomicU32,
}

impl Redis {
    fn key(&self, log: &RedisLog) -> String {
        // Its Debug names it.
        let shown = format!("{log:?}");
        shown.split('"').nth(1).unwrap().to_owned()
    }
}

impl Rig for Redis {
    type Log = RedisLog;

    fn fresh(&self) -> BoxFuture<'_, RedisLog> {
        let key = format!("log-{}", self.made.fetch_add(1, Ordering::Relaxed));
        let log = RedisLog::new(&self.server.url(), key).unwrap().with_block(Duration::from_millis(200));
        Box::pin(async move { log })
    }

    fn trim<'a>(&'a self, log: &'a RedisLog, keep: usize) -> BoxFuture<'a, ()> {
        let _: i64 = self.server.ask(&["XTRIM", &self.key(log), "MAXLEN", "=", &keep.to_string()]);
        Box::pin(async {})
    }

    fn reset<'a>(&'a self, _: &'a RedisLog) -> BoxFuture<'a, ()> {
        let () = self.server.ask(&["FLUSHALL"]);
        Box::pin(async {})
    }
}

#[tokio::test]
async fn the_redis_log_passes_the_contract_suite() {
    let Some(server) = Server::start(&[]) else { return };
    let rig = Redis { server, made: AtomicU32::new(0) };
    let examined = tokio::time::timeout(Duration::from_secs(60), examine(&rig)).await;
    examined.expect("it ends").unwrap_or_else(|broken| panic!("{broken}"));
}

#[tokio::test]
async fn a_key_of_another_type_is_refused_and_adds_nothing() {
    let Some(server) = Server::start(&[]) else { return };
    let () = server.ask(&["SET", "news", "a string"]);
    let log = RedisLog::new(&server.url(), "news").unwrap();
    let event = Event::new("a");
    assert_eq!(log.tail().await.unwrap_err().kind(), LogErrorKind::Refused);
    assert_eq!(log.read(LogId::ZERO, 10).await.unwrap_err().kind(), LogErrorKind::Refused);
    assert_eq!(log.wait(LogId::ZERO).await.unwrap_err().kind(), LogErrorKind::Refused);
    assert_eq!(log.append(Once::new("a", 1), None, &event).await.unwrap_err().kind(), LogErrorKind::Refused);

    // The same for the publisher's key.
    let log = RedisLog::new(&server.url(), "olds").unwrap();
    let () = server.ask(&["SET", "{olds}:publisher:a", "a string"]);
    assert_eq!(log.append(Once::new("a", 1), None, &event).await.unwrap_err().kind(), LogErrorKind::Refused);
    assert_eq!(log.tail().await.unwrap(), LogId::ZERO);
}
