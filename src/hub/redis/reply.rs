//! Parses replies of Redis into pages of a log.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::str;

use ::redis::Value;

use crate::event::{Event, EventType};
use crate::hub::{Entry, GapReason, LogId, Page};

/// The state of a stream at one moment.
#[derive(Debug)]
pub(super) struct Facts {
    /// The entries after an ID.
    following: Vec<Entry>,
    /// The stream holds the entry with that ID.
    is_there: bool,
    oldest: Vec<Entry>,
    /// The newest ID ever added.
    pub(super) tail: LogId,
    length: u64,
    /// The number of entries ever added, if the server reports it.
    added: Option<u64>,
    /// The greatest ID that `XDEL` removed.
    deleted: LogId,
}

/// The page after an ID, if the reply begins with that entry itself.
pub(super) fn following(reply: Value, after: LogId, limit: usize) -> Option<Page> {
    let mut entries = entries(reply)?;
    if entries.first().map_or(true, |entry| entry.id != after) {
        return None;
    }
    entries.remove(0);
    entries.truncate(limit);
    Some(Page::following(after, entries))
}

pub(super) fn facts(reply: Value) -> Option<Facts> {
    let Value::Array(parts) = reply else { return None };
    let [following, oldest, tail, length, added, deleted]: [Value; 6] = parts.try_into().ok()?;
    let (Value::Int(length), Value::Int(added)) = (length, added) else { return None };
    Some(Facts {
        following: entries(following)?,
        is_there: false,
        oldest: entries(oldest)?,
        tail: id(&tail)?,
        length: u64::try_from(length).ok()?,
        added: u64::try_from(added).ok(),
        deleted: id(&deleted)?,
    })
}

impl Facts {
    /// Decides whether entries are missing after an ID.
    pub(super) fn page(mut self, after: LogId, limit: usize) -> Page {
        // The entry may have been added since the first read.
        if self.following.first().is_some_and(|entry| entry.id == after) {
            self.following.remove(0);
            self.is_there = true;
        }
        self.following.truncate(limit);
        self.oldest.truncate(limit);
        let neighbour = self.following.first().is_some_and(|entry| after.next() == Some(entry.id));
        let is_beginning = after == LogId::ZERO && self.is_whole();
        if self.is_there || after == self.tail || neighbour || is_beginning {
            return Page::following(after, self.following);
        }
        match self.missing(after) {
            GapReason::Forgotten => {
                let lost = self.trimmed().filter(|_| after == LogId::ZERO);
                Page::after_gap(GapReason::Forgotten, lost, self.following, self.tail)
            }
            reason => Page::after_gap(reason, None, self.oldest, self.tail),
        }
    }

    /// Finds the reason why the stream does not hold an ID.
    fn missing(&self, after: LogId) -> GapReason {
        let older = self.oldest.first().is_some_and(|entry| entry.id < after);
        if after > self.tail {
            GapReason::Unknown
        } else if older && self.deleted < after {
            // Trimming starts at the beginning, and no entry was deleted here: the ID was never in this stream.
            GapReason::Unknown
        } else if after != LogId::ZERO && self.is_whole() {
            GapReason::Unknown
        } else {
            GapReason::Forgotten
        }
    }

    /// Whether no entry was ever trimmed or deleted.
    fn is_whole(&self) -> bool {
        self.trimmed() == Some(0)
    }

    /// The number of entries that were trimmed or deleted.
    fn trimmed(&self) -> Option<u64> {
        self.added?.checked_sub(self.length)
    }
}

fn entries(reply: Value) -> Option<Vec<Entry>> {
    let Value::Array(entries) = reply else { return None };
    entries.into_iter().map(entry).collect()
}

fn entry(reply: Value) -> Option<Entry> {
    let Value::Array(parts) = reply else { return None };
    let [entry, fields]: [Value; 2] = parts.try_into().ok()?;
    let id = id(&entry)?;
    let (mut data, mut event_type, mut topic) = (String::new(), None, None::<Arc<str>>);
    let Value::Array(fields) = fields else { return None };
    let mut fields = fields.into_iter();
    while let (Some(Value::BulkString(name)), Some(Value::BulkString(value))) = (fields.next(), fields.next())
    {
        // Another program may have written the entry: invalid UTF-8 is replaced, an invalid type is dropped.
        match &*name {
            b"data" => data = text(value),
            b"type" => event_type = EventType::try_from(text(value).as_str()).ok(),
            b"topic" => topic = Some(text(value).into()),
            _ => {}
        }
    }
    let event = Event::new(data).with_type(event_type.unwrap_or_default());
    Some(Entry::new(id, topic, event))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

pub(super) fn id(reply: &Value) -> Option<LogId> {
    match reply {
        Value::BulkString(bytes) => LogId::parse(str::from_utf8(bytes).ok()?),
        Value::SimpleString(text) => LogId::parse(text),
        _ => None,
    }
}
