//! The hub over a real Redis server. Two hubs play the part of two processes.

mod contract;
mod failover;
mod faults;
mod judge;
mod pages;
mod processes;
mod publish;
mod replies;
#[path = "../support/redis_server.rs"]
mod server;

use std::time::Duration;

use eventwire::hub::{Feeder, Hub, LogErrorKind, Logged, RedisLog};

use server::Server;

/// The log of a test, with short timeouts so that faults are noticed soon.
fn log(server: &Server) -> RedisLog {
    log_at(&server.url())
}

fn log_at(url: &str) -> RedisLog {
    let log = RedisLog::new(url, "news").unwrap();
    log.with_block(Duration::from_millis(200)).with_timeout(Duration::from_millis(500))
}

/// The hub of one process.
async fn hub(server: &Server) -> Hub<Logged> {
    let (hub, feeder) = hub_and_feeder(&server.url()).await;
    tokio::spawn(feeder);
    hub
}

async fn hub_and_feeder(url: &str) -> (Hub<Logged>, Feeder) {
    // A busy machine may be slow to answer.
    for _ in 0..200 {
        match Hub::from_log(log_at(url), tokio::time::sleep).await {
            Ok(both) => return both,
            Err(error) => assert_ne!(error.kind(), LogErrorKind::Refused, "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server did not answer in time");
}
