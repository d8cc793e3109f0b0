//! `Outcome`: the result of reading a stream, in one form for all readers.

use std::time::Duration;

use eventwire::{DecodeError, DecodeErrorKind, Ending, EventRef, Frame, HeadRef};

/// Everything decoded from one connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// In wire order.
    pub items: Vec<Item>,
    /// For each item, the number of bytes after which it is complete and must be returned.
    pub due: Vec<u64>,
    pub ending: Ending,
    pub last_event_id: String,
    pub reconnection_time: Option<Duration>,
    pub bytes_consumed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Event(Got),
    Error(Failed),
    Comment(String),
    Retry(Duration),
    Unknown(String, String),
    NoData(Got),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub event_type: String,
    pub data: String,
    /// The `id` field of this block, if it has one.
    pub id: Option<String>,
    /// The last event ID after this block.
    pub last_event_id: String,
    /// The `retry` field of this block, if it has one.
    pub retry: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    pub why: Why,
    pub offset: u64,
    pub at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    TooLarge(usize),
    BlockTooLarge(usize),
    InvalidUtf8,
}

impl Outcome {
    pub fn events(&self) -> Vec<&Got> {
        self.items
            .iter()
            .filter_map(|item| if let Item::Event(got) = item { Some(got) } else { None })
            .collect()
    }

    pub fn data(&self) -> Vec<&str> {
        self.events().into_iter().map(|got| &*got.data).collect()
    }

    pub fn types(&self) -> Vec<&str> {
        self.events().into_iter().map(|got| &*got.event_type).collect()
    }

    /// The `id` field in each event's own block.
    pub fn ids(&self) -> Vec<Option<&str>> {
        self.events().into_iter().map(|got| got.id.as_deref()).collect()
    }

    pub fn last_event_ids(&self) -> Vec<&str> {
        self.events().into_iter().map(|got| &*got.last_event_id).collect()
    }

    pub fn errors(&self) -> Vec<Failed> {
        let error = |item: &Item| if let Item::Error(failed) = item { Some(*failed) } else { None };
        self.items.iter().filter_map(error).collect()
    }

    pub fn comments(&self) -> Vec<&str> {
        self.items
            .iter()
            .filter_map(|item| if let Item::Comment(text) = item { Some(&**text) } else { None })
            .collect()
    }

    pub fn retry_millis(&self) -> Option<u128> {
        self.reconnection_time.map(|time| time.as_millis())
    }

    /// The outcome for a reader that did not ask for frames.
    pub fn without_frames(&self) -> Outcome {
        let mut outcome = self.clone();
        let seen = |item: &Item| matches!(item, Item::Event(_) | Item::Error(_));
        outcome.due =
            self.items.iter().zip(&self.due).filter(|(item, _)| seen(item)).map(|(_, due)| *due).collect();
        outcome.items.retain(seen);
        outcome
    }
}

impl Got {
    pub fn borrowed(event: EventRef<'_>) -> Self {
        Got { data: event.data().into(), ..Got::head(event.head()) }
    }

    pub fn head(head: HeadRef<'_>) -> Self {
        Got {
            event_type: head.event_type().into(),
            data: String::new(),
            id: head.id().map(Into::into),
            last_event_id: head.last_event_id().into(),
            retry: head.retry(),
        }
    }
}

impl Item {
    pub fn frame(frame: Frame<'_>) -> Self {
        match frame {
            Frame::Event(event) => Item::Event(Got::borrowed(event)),
            Frame::Comment(text) => Item::Comment(text.into()),
            Frame::Retry(time) => Item::Retry(time),
            Frame::Unknown { name, value, .. } => Item::Unknown(name.into(), value.into()),
            Frame::BlockWithoutData(block) => Item::NoData(Got::head(block)),
            other => panic!("unknown kind of frame: {other:?}"),
        }
    }
}

impl Item {
    pub fn forget_last_event_id(&mut self) {
        if let Item::Event(got) = self {
            got.last_event_id.clear();
        }
    }
}

impl From<DecodeError> for Item {
    fn from(error: DecodeError) -> Self {
        let why = match error.kind() {
            DecodeErrorKind::TooLarge { limit, .. } => Why::TooLarge(limit),
            DecodeErrorKind::BlockTooLarge { limit, .. } => Why::BlockTooLarge(limit),
            DecodeErrorKind::InvalidUtf8 => Why::InvalidUtf8,
            other => panic!("unknown kind of error: {other:?}"),
        };
        Item::Error(Failed { why, offset: error.event_offset(), at: error.offset() })
    }
}

/// Short constructors for expected items.
pub fn event(data: &str) -> Item {
    Item::Event(Got {
        event_type: "message".into(),
        data: data.into(),
        id: None,
        last_event_id: String::new(),
        retry: None,
    })
}

pub fn comment(text: &str) -> Item {
    Item::Comment(text.into())
}

pub fn retry(millis: u64) -> Item {
    Item::Retry(Duration::from_millis(millis))
}

pub fn unknown(name: &str, value: &str) -> Item {
    Item::Unknown(name.into(), value.into())
}

pub fn too_large(limit: usize, offset: u64, at: u64) -> Failed {
    Failed { why: Why::TooLarge(limit), offset, at }
}

pub fn block_too_large(limit: usize, offset: u64, at: u64) -> Failed {
    Failed { why: Why::BlockTooLarge(limit), offset, at }
}

pub fn not_utf8(offset: u64, at: u64) -> Failed {
    Failed { why: Why::InvalidUtf8, offset, at }
}
