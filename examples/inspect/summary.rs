//! What the stream was.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::Duration;

use eventwire::{Ending, EventRef};

use super::paint::{Bytes, Shown, Thousands};
use super::rows::Rows;

#[derive(Default)]
pub(crate) struct Summary {
    types: HashMap<String, Total>,
    /// Events whose types are too many or too long to be told apart.
    others: Total,
    events: u64,
    pub(crate) comments: u64,
    pub(crate) retries: u64,
    pub(crate) unknown: u64,
    pub(crate) without_data: u64,
    pub(crate) given_up: u64,
}

#[derive(Clone, Copy, Default)]
struct Total {
    count: u64,
    bytes: u64,
}

impl Total {
    fn add(&mut self, other: Total) {
        self.count += other.count;
        self.bytes += other.bytes;
    }
}

impl Summary {
    /// Counts an event and gives its number, from 1.
    pub(crate) fn count(&mut self, event: EventRef<'_>) -> u64 {
        self.events += 1;
        let one = Total { count: 1, bytes: event.data().len() as u64 };
        let name = event.event_type();
        let has_room = self.types.len() < MOST_TYPES && name.len() <= LONGEST_TYPE;
        match self.types.get_mut(name) {
            Some(total) => total.add(one),
            None if has_room => {
                self.types.insert(name.to_owned(), one);
            }
            None => self.others.add(one),
        }
        self.events
    }

    pub(crate) fn write<W: Write>(
        &self,
        rows: &mut Rows<W>,
        bytes: u64,
        last_event_id: &str,
        reconnection_time: Option<Duration>,
        ending: Ending,
    ) -> io::Result<()> {
        rows.fact("events", format_args!("{:>7}  in {}", Thousands(self.events), Bytes(bytes)))?;
        self.write_types(rows)?;
        let besides = [
            ("comments", self.comments),
            ("retries", self.retries),
            ("unknown", self.unknown),
            ("no data", self.without_data),
            ("given up", self.given_up),
        ];
        for (name, count) in besides {
            if count > 0 {
                rows.fact(name, format_args!("{:>7}", Thousands(count)))?;
            }
        }
        if !last_event_id.is_empty() {
            rows.fact("last id", Shown { text: last_event_id, room: LONGEST_TYPE })?;
        }
        if let Some(time) = reconnection_time {
            rows.fact("reconnect", format_args!("after {time:?}"))?;
        }
        rows.fact("ended", words(ending))
    }

    fn write_types<W: Write>(&self, rows: &mut Rows<W>) -> io::Result<()> {
        let mut types: Vec<(&String, &Total)> = self.types.iter().collect();
        types.sort_by(|(a_name, a), (b_name, b)| b.count.cmp(&a.count).then(a_name.cmp(b_name)));
        let mut others = self.others;
        for (at, (name, total)) in types.into_iter().enumerate() {
            match at < SHOWN_TYPES {
                true => rows.of_type(name, total.count, total.bytes)?,
                false => others.add(*total),
            }
        }
        match others.count {
            0 => Ok(()),
            count => rows.of_type("(other types)", count, others.bytes),
        }
    }
}

fn words(ending: Ending) -> &'static str {
    match ending {
        Ending::Clean => "clean, after a blank line",
        Ending::InsideLine => "inside a line: it has no end, its event is not dispatched",
        Ending::InsideEvent => "inside an event: no blank line came, it is not dispatched",
        _ => "in a way this tool does not know",
    }
}

/// Types that are told apart; a stream that makes up new ones must not fill the memory.
const MOST_TYPES: usize = 1_000;
/// Bytes of a type that is told apart.
const LONGEST_TYPE: usize = 200;
/// Types that have a line of their own.
const SHOWN_TYPES: usize = 20;
