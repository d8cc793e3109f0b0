//! Counts of events and bytes, for the summary.

use std::collections::HashMap;
use std::io::{self, Write};

use eventwire::EventRef;

use super::paint::{Bytes, Thousands};
use super::rows::Rows;

#[derive(Default)]
pub(crate) struct Counts {
    types: HashMap<String, Total>,
    /// Events of further types, beyond the limits on the number and length of types.
    others: Total,
    pub(crate) events: u64,
    pub(crate) comments: u64,
    pub(crate) retries: u64,
    pub(crate) unknown: u64,
    pub(crate) without_data: u64,
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

impl Counts {
    /// Counts an event and returns its number, from 1.
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

    /// Writes the first lines of a summary; `bytes` is the total.
    pub(crate) fn write<W: Write>(&self, rows: &mut Rows<W>, bytes: u64) -> io::Result<()> {
        rows.fact("events", format_args!("{:>7}  in {}", Thousands(self.events), Bytes(bytes)))?;
        self.write_types(rows)?;
        rows.count("comments", self.comments)?;
        rows.count("retries", self.retries)?;
        rows.count("unknown", self.unknown)?;
        rows.count("no data", self.without_data)
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

/// The limit of types counted separately, so that a stream of ever new types does not fill the memory.
const MOST_TYPES: usize = 1_000;
/// The longest type, in bytes, that is counted separately.
const LONGEST_TYPE: usize = 200;
/// The limit of types with a line of their own in the summary.
const SHOWN_TYPES: usize = 20;
