//! `RedisLog`: an engine over a Redis stream.
//!
//! An entry of the stream is an event, and its ID is the event's ID. `script` holds the Lua scripts, `link` the
//! connections; `reply` parses replies, `failure` classifies errors. No type of the `redis` crate leaves this folder.

// The `redis` crate needs a newer Rust than this one.
#![allow(clippy::incompatible_msrv)]

mod failure;
mod link;
mod reply;
mod script;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use ::redis::{cmd, Cmd, Value};

use self::link::Link;
use self::reply::Facts;
use super::{BoxFuture, Log, LogError, LogId, Once, Page};
use crate::event::Event;

/// A [`Log`] in a Redis stream: Redis 7.0 or newer, or Valkey. Needs the feature `redis`, and Tokio.
///
/// An entry of the stream has the fields `data`, `type` (unless it is `message`) and `topic` (if there is one), so
/// other programs can read the stream with `XREAD` and append to it with `XADD`. An entry that someone removes with
/// `XDEL` is skipped without a gap.
///
/// Each recent publisher has a key next to the stream, by which [`append`](Log::append) recognizes a repeated event. It
/// is written atomically with the entry. In a cluster, both are in the same slot.
///
/// ```no_run
/// use eventwire::hub::{Log, Once, RedisLog};
/// use eventwire::Event;
///
/// # async fn run() -> Result<(), eventwire::hub::LogError> {
/// let log = RedisLog::new("redis://127.0.0.1", "news")?.with_max_len(10_000);
/// log.append(Once::key("order-7-paid"), Some("orders"), &Event::new("paid")).await?;
/// # Ok(())
/// # }
/// ```
///
/// For `rediss://`, add the crate `redis` with one of its TLS features to your `Cargo.toml`:
/// `redis = { version = "1", default-features = false, features = ["tokio-rustls-comp"] }`.
///
/// # Durability
///
/// The log is as durable as its Redis. A restart without `appendonly` loses everything, `appendfsync everysec` up to
/// two seconds of events at a power cut or a kill on a busy disk, and a failover the events that the replica had not
/// received. Followers that have read further then report a gap. An event lost before any process has read it is
/// missing without a gap.
pub struct RedisLog {
    key: String,
    /// The prefix of the publishers' keys.
    publishers: String,
    link: Link,
    block: Duration,
    max_len: u64,
    remembered: Duration,
}

impl RedisLog {
    /// Creates the log under a key. It connects when it is first used.
    ///
    /// The URL is `redis://user:password@host:port/database`, `rediss://…` with TLS, or `unix:///path`.
    ///
    /// # Errors
    ///
    /// When the URL is none, or asks for TLS that is not compiled in.
    pub fn new(url: &str, key: impl Into<String>) -> Result<Self, LogError> {
        let (key, link) = (key.into(), Link::new(url)?);
        Ok(RedisLog {
            publishers: publishers_of(&key),
            key,
            link,
            block: Duration::from_secs(1),
            max_len: 100_000,
            remembered: Duration::from_secs(24 * 60 * 60),
        })
    }

    /// Sets the number of entries that Redis keeps at least; default: 100,000, minimum: 1.
    ///
    /// Redis trims whole nodes of a hundred entries, so it keeps slightly more. One `append` removes at most 10,000;
    /// shrink a larger stream with `XTRIM` first.
    #[must_use]
    pub fn with_max_len(mut self, entries: u64) -> Self {
        self.max_len = entries.max(1);
        self
    }

    /// Sets how long a read blocks in Redis; default: 1 s.
    ///
    /// It bounds the delay until the hub notices a stream that was deleted, recreated or rolled back. It does not delay
    /// events: an `append` ends the wait.
    #[must_use]
    pub fn with_block(mut self, block: Duration) -> Self {
        // Redis takes 0 to mean for ever.
        self.block = block.max(Duration::from_millis(1));
        self
    }

    /// Sets the timeout for connecting and for replies; default: 2 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.link.set_timeout(timeout);
        self
    }

    /// Sets how long Redis remembers a publisher after its last event; default: 24 hours.
    ///
    /// An event that is appended again after that is added twice. A publisher takes up to 100 KB in Redis, a single
    /// [`Once::key`] about 150 bytes.
    #[must_use]
    pub fn with_publisher_expiry(mut self, after: Duration) -> Self {
        self.remembered = after.max(Duration::from_secs(1));
        self
    }

    fn append_command(&self, once: Once<'_>, topic: Option<&str>, event: &Event) -> Cmd {
        let mut command = cmd("EVAL");
        command.arg(script::APPEND).arg(2).arg(&self.key);
        command.arg(format!("{}{}", self.publishers, once.publisher()));
        command.arg(once.number() % Once::WINDOW).arg(once.number()).arg(self.max_len);
        command.arg(millis(self.remembered));
        if event.event_type() != "message" {
            command.arg("type").arg(event.event_type());
        }
        if let Some(topic) = topic {
            command.arg("topic").arg(topic);
        }
        command.arg("data").arg(event.data());
        command
    }

    async fn append(&self, command: Cmd) -> Result<LogId, LogError> {
        let reply = self.link.ask(&command).await?;
        reply::id(&reply).ok_or_else(|| LogError::uncertain("expected the ID of an entry"))
    }

    async fn tail(&self) -> Result<LogId, LogError> {
        // One entry suffices: only the facts are used.
        Ok(self.look(LogId::ZERO, 1).await?.tail)
    }

    async fn read(&self, after: LogId, limit: usize) -> Result<Page, LogError> {
        let limit = limit.clamp(1, MOST);
        let mut range = cmd("XRANGE");
        range.arg(&self.key).arg(Text(after)).arg("+").arg("COUNT").arg(limit + 1);
        // If the range starts with the entry itself, none is missing: one command reads and proves.
        let reply = self.link.ask(&range).await?;
        match reply::following(reply, after, limit) {
            Some(page) => Ok(page),
            None => Ok(self.look(after, limit).await?.page(after, limit)),
        }
    }

    /// Reads entries and the facts about the stream in one atomic step.
    async fn look(&self, after: LogId, limit: usize) -> Result<Facts, LogError> {
        let mut look = cmd("EVAL");
        look.arg(script::LOOK).arg(1).arg(&self.key).arg(Text(after)).arg(limit + 1);
        let reply = self.link.ask(&look).await?;
        reply::facts(reply).ok_or_else(|| LogError::refused("expected a stream and what is known of it"))
    }

    async fn wait(&self, after: LogId) -> Result<(), LogError> {
        let mut read = cmd("XREAD");
        read.arg("COUNT").arg(1).arg("BLOCK").arg(millis(self.block));
        read.arg("STREAMS").arg(&self.key).arg(Text(after));
        // The entry is read again, with its proof, so that a burst larger than the stream shows as a gap.
        let _: Value = self.link.block(&read, self.block).await?;
        Ok(())
    }
}

impl Log for RedisLog {
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>> {
        Box::pin(self.append(self.append_command(once, topic, event)))
    }

    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>> {
        Box::pin(self.tail())
    }

    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        Box::pin(self.read(after, limit))
    }

    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(self.wait(after))
    }
}

impl fmt::Debug for RedisLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        f.debug_struct("RedisLog")
            .field("key", &self.key)
            .field("max_len", &self.max_len)
            .finish_non_exhaustive()
    }
}

/// An ID, as an argument of a command.
struct Text(LogId);

impl ::redis::ToRedisArgs for Text {
    fn write_redis_args<W: ?Sized + ::redis::RedisWrite>(&self, out: &mut W) {
        out.write_arg_fmt(self.0);
    }
}

impl ::redis::ToSingleRedisArg for Text {}

fn millis(time: Duration) -> u64 {
    // Rounded up, and within what Redis takes for a time.
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX).min(1 << 52)
}

/// The prefix of the publishers' keys. In a cluster, it puts them in the slot of the stream.
fn publishers_of(key: &str) -> String {
    // The hash tag is the text between the first opening brace and the next closing one, if it is not empty.
    let has_tag = key
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
        .is_some_and(|(tag, _)| !tag.is_empty());
    if has_tag {
        format!("{key}:publisher:")
    } else {
        format!("{{{key}}}:publisher:")
    }
}

/// The most entries per read.
const MOST: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_share_the_hash_tag_of_the_stream() {
        assert_eq!(publishers_of("news"), "{news}:publisher:");
        assert_eq!(publishers_of("a:{news}:b"), "a:{news}:b:publisher:");
        assert_eq!(publishers_of("a{}b"), "{a{}b}:publisher:");
    }

    #[test]
    fn a_password_is_not_shown() {
        let log = RedisLog::new("redis://user:secret@127.0.0.1", "news").unwrap();
        assert!(!format!("{log:?}").contains("secret"));
        let error = RedisLog::new("redis//:secret@127.0.0.1", "news").unwrap_err();
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }

    #[test]
    fn times_are_never_zero() {
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::MAX), 1 << 52);
    }
}
