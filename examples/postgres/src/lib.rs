//! A log for hubs in a table of PostgreSQL.
//!
//! The table holds the entries; `NOTIFY` only wakes readers. Transactions may commit in another order than they take
//! numbers, so an append locks the row with the last number: entries become visible in the order of their IDs.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use eventwire::hub::{BoxFuture, Entry, GapReason, Log, LogError, LogId, Once, Page};
use eventwire::{Event, EventType};
use tokio::sync::{watch, Mutex};
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Error, NoTls, Row};

/// A log in a table, which is created if missing. It keeps a limited number of entries.
pub struct PostgresLog {
    config: Config,
    table: &'static str,
    keep: i64,
    client: Mutex<Option<Arc<Client>>>,
    news: Arc<watch::Sender<()>>,
}

impl PostgresLog {
    pub fn new(config: Config, table: &'static str, keep: i64) -> Self {
        PostgresLog { config, table, keep, client: Mutex::default(), news: Arc::default() }
    }

    async fn client(&self) -> Result<Arc<Client>, LogError> {
        let mut kept = self.client.lock().await;
        if let Some(client) = kept.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let (client, mut connection) = self.config.connect(NoTls).await.map_err(LogError::unavailable)?;
        let news = Arc::clone(&self.news);
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notification(_) = message {
                    news.send_replace(());
                }
            }
            // The reader that waits will notice.
            news.send_replace(());
        });
        client.batch_execute(&SETUP.replace("log", self.table)).await.map_err(failed)?;
        Ok(Arc::clone(kept.insert(Arc::new(client))))
    }

    async fn query(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, LogError> {
        let client = self.client().await?;
        // A frozen server counts as unreachable.
        let rows =
            timeout(Duration::from_secs(2), client.query(&sql.replace("log", self.table), values)).await;
        rows.map_err(LogError::uncertain)?.map_err(failed)
    }
}

impl Log for PostgresLog {
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>> {
        let (publisher, number) = (once.publisher(), once.number() as i64);
        Box::pin(async move {
            let (kind, data) = (event.event_type(), event.data());
            let values: [&(dyn ToSql + Sync); 6] = [&publisher, &number, &topic, &kind, &data, &self.keep];
            let rows =
                self.query("SELECT epoch, id FROM log_append($1, $2, $3, $4, $5, $6)", &values).await?;
            Ok(id(&rows[0], 0, 1))
        })
    }

    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>> {
        Box::pin(async { Ok(id(&self.query("SELECT epoch, last FROM log_head", &[]).await?[0], 0, 1)) })
    }

    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        Box::pin(async move {
            let (epoch, place) = (after.first() as i64, after.second() as i64);
            let rows = self.query(READ, &[&epoch, &place, &(limit.max(1) as i64)]).await?;
            let (tail, oldest) = (id(&rows[0], 0, 1), rows[0].get::<_, i64>(2));
            let entries =
                rows.iter().filter(|row| row.get::<_, Option<i64>>(3).is_some()).map(entry).collect();
            let is_ours = after == LogId::ZERO || (after.first() == tail.first() && after <= tail);
            Ok(match oldest - 1 - place {
                _ if !is_ours => Page::after_gap(GapReason::Unknown, None, entries, tail),
                lost @ 1.. => Page::after_gap(GapReason::Forgotten, Some(lost as u64), entries, tail),
                _ => Page::following(after, entries),
            })
        })
    }

    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(async move {
            // The order matters: an append after this check wakes the listener.
            let mut news = self.news.subscribe();
            if self.tail().await? == after {
                let _ = timeout(Duration::from_secs(1), news.changed()).await;
            }
            Ok(())
        })
    }
}

fn id(row: &Row, epoch: usize, number: usize) -> LogId {
    match row.get::<_, i64>(number) {
        0 => LogId::ZERO,
        number => LogId::new(row.get::<_, i64>(epoch) as u64, number as u64),
    }
}

fn entry(row: &Row) -> Entry {
    let kind = EventType::try_from(row.get::<_, &str>(5)).unwrap_or_default();
    let event = Event::new(row.get::<_, &str>(6)).with_type(kind);
    Entry::new(id(row, 0, 3), row.get::<_, Option<&str>>(4).map(Into::into), event)
}

fn failed(error: Error) -> LogError {
    match error.as_db_error() {
        // Shutting down, or not started yet.
        Some(error) if error.code().code().starts_with("57P") => LogError::unavailable(error.clone()),
        Some(_) => LogError::refused(error),
        None => LogError::uncertain(error),
    }
}

const SETUP: &str = include_str!("setup.sql");

const READ: &str = "SELECT h.epoch, h.last, o.oldest, l.id, l.topic, l.type, l.data
    FROM log_head h
    CROSS JOIN LATERAL (SELECT coalesce(min(id), h.last + 1) AS oldest FROM log) o
    LEFT JOIN LATERAL (
        SELECT * FROM log WHERE id > CASE WHEN h.epoch = $1 AND $2::bigint BETWEEN 0 AND h.last THEN $2 ELSE 0 END
        ORDER BY id LIMIT $3
    ) l ON true
    ORDER BY l.id";
