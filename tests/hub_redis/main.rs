//! The hub over Redis, against a real server: two processes are two hubs here.

mod contract;
mod faults;
mod judge;
mod pages;
mod processes;
mod publish;
mod server;

use std::time::Duration;

use eventwire::hub::{Hub, Logged, RedisLog};

use server::Server;

/// The log of a test: it notices soon what it has to notice.
fn log(server: &Server) -> RedisLog {
    log_at(&server.url())
}

fn log_at(url: &str) -> RedisLog {
    let log = RedisLog::new(url, "news").unwrap();
    log.with_block(Duration::from_millis(200)).with_timeout(Duration::from_millis(500))
}

/// What a process of a service has.
async fn hub(server: &Server) -> Hub<Logged> {
    let (hub, feeder) = Hub::from_log(log(server), tokio::time::sleep).await.unwrap();
    tokio::spawn(feeder);
    hub
}
