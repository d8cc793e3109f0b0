//! `Link`: the connections to Redis, one for commands and one for blocking reads.
//!
//! A blocking read delays all later commands on its connection, so it has a connection of its own, whose timeout is
//! longer than the time Redis blocks. A connection that failed is not used again. A new one is opened on demand, with
//! pauses of 100 ms to 2 s between attempts; during a pause, calls fail immediately.

use alloc::string::String;
use core::mem;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, Cmd, ConnectionAddr, RedisError, Value};
use tokio::time::Instant;

use super::failure::{unconnected, Failure};
use crate::hub::LogError;

pub(super) struct Link {
    client: Client,
    /// The node of a cluster that the first one redirected to. All keys are in one slot, so one node has them.
    node: Mutex<Option<Client>>,
    timeout: Duration,
    // Locked while connecting, so that concurrent commands wait for the same connection.
    commands: tokio::sync::Mutex<Option<Shared>>,
    waiting: Mutex<Option<MultiplexedConnection>>,
    pause: Mutex<Pause>,
}

#[derive(Clone)]
struct Shared {
    connection: MultiplexedConnection,
    /// Distinguishes it from earlier connections.
    number: u64,
}

/// The pause between attempts to connect.
struct Pause {
    until: Option<Instant>,
    length: Duration,
    /// The number of connections opened so far.
    made: u64,
}

impl Link {
    pub(super) fn new(url: &str) -> Result<Self, LogError> {
        Ok(Link {
            client: Client::open(url).map_err(LogError::refused)?,
            node: Mutex::new(None),
            timeout: Duration::from_secs(2),
            commands: tokio::sync::Mutex::new(None),
            waiting: Mutex::new(None),
            pause: Mutex::new(Pause { until: None, length: SHORTEST, made: 0 }),
        })
    }

    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Sends a command, and sends it again over a new connection if this one turns out to be lost. Redis may carry it
    /// out twice, so it must be idempotent.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Value, LogError> {
        let mut shared = self.shared().await?;
        match self.send(command, &mut shared).await {
            Err((_, error)) if error.redirect_node().is_some() => {
                // The node replied that it did nothing.
                let mut shared = self.shared().await?;
                let again = self.send(command, &mut shared).await;
                again.map_err(|(failure, error)| failure.into_error(error))
            }
            Err((_, error)) if error.is_connection_dropped() => {
                // The first attempt may have been carried out, even if the second one is refused.
                let mut shared = self.shared().await.map_err(LogError::uncertain)?;
                self.send(command, &mut shared).await.map_err(|(_, error)| LogError::uncertain(error))
            }
            Err((failure, error)) => Err(failure.into_error(error)),
            Ok(reply) => Ok(reply),
        }
    }

    async fn send(&self, command: &Cmd, shared: &mut Shared) -> Result<Value, (Failure, RedisError)> {
        match command.query_async(&mut shared.connection).await {
            Ok(reply) => Ok(reply),
            Err(error) => {
                let failure = Failure::of(&error);
                self.redirect(&error);
                if matches!(failure, Failure::Lost | Failure::Elsewhere) {
                    self.forget(shared.number).await;
                }
                Err((failure, error))
            }
        }
    }

    /// Sends a command that blocks for up to `block`. Dropping the future drops the connection.
    pub(super) async fn block(&self, command: &Cmd, block: Duration) -> Result<Value, LogError> {
        let kept = mem::take(&mut *lock(&self.waiting));
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.connect(self.timeout.saturating_add(block)).await?,
        };
        match command.query_async(&mut connection).await {
            Ok(reply) => {
                *lock(&self.waiting) = Some(connection);
                Ok(reply)
            }
            Err(error) => {
                self.redirect(&error);
                Err(Failure::of(&error).into_error(error))
            }
        }
    }

    /// Follows a redirection of a cluster to the node of the slot.
    fn redirect(&self, error: &RedisError) {
        let Some((host, port)) = error.redirect_node().and_then(|(address, _)| address.rsplit_once(':'))
        else {
            return;
        };
        let Ok(port) = port.parse() else { return };
        let mut info = self.client.get_connection_info().clone();
        let address = match info.addr() {
            // An empty host means the node that was asked.
            ConnectionAddr::Tcp(own, _) => ConnectionAddr::Tcp(host_or(host, own), port),
            ConnectionAddr::TcpTls { host: own, insecure, tls_params, .. } => ConnectionAddr::TcpTls {
                host: host_or(host, own),
                port,
                insecure: *insecure,
                tls_params: tls_params.clone(),
            },
            _ => return,
        };
        info = info.set_addr(address);
        *lock(&self.node) = Client::open(info).ok();
    }

    async fn shared(&self) -> Result<Shared, LogError> {
        let mut shared = self.commands.lock().await;
        if let Some(shared) = &*shared {
            return Ok(shared.clone());
        }
        let connection = self.connect(self.timeout).await?;
        let number = lock(&self.pause).made;
        Ok(shared.insert(Shared { connection, number }).clone())
    }

    /// Drops a failed connection, unless another has replaced it already.
    async fn forget(&self, number: u64) {
        let mut shared = self.commands.lock().await;
        if shared.as_ref().is_some_and(|shared| shared.number == number) {
            *shared = None;
        }
    }

    async fn connect(&self, reply_within: Duration) -> Result<MultiplexedConnection, LogError> {
        if lock(&self.pause).until.is_some_and(|until| Instant::now() < until) {
            return Err(LogError::unavailable("the last attempt to connect failed a moment ago"));
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(reply_within));
        let node = lock(&self.node).clone();
        let client = node.as_ref().unwrap_or(&self.client);
        match client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                let mut pause = lock(&self.pause);
                *pause = Pause { until: None, length: SHORTEST, made: pause.made + 1 };
                Ok(connection)
            }
            Err(error) => {
                // Ask the configured node again: it may know where the slot is now.
                *lock(&self.node) = None;
                let mut pause = lock(&self.pause);
                pause.until = Some(Instant::now() + pause.length);
                pause.length = (pause.length * 2).min(LONGEST);
                Err(unconnected(error))
            }
        }
    }
}

fn host_or(host: &str, own: &str) -> String {
    let host = if host.is_empty() { own } else { host };
    // An IPv6 address may be in brackets, as in a URL.
    host.trim_matches(['[', ']']).into()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The pauses between attempts to connect.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
