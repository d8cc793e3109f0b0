//! The rounds of a stream, its counts, and its chunkings.

use super::Shape;

/// One stream of a shape, and what a reader must find in it.
#[derive(Default)]
pub(crate) struct Stream {
    pub(crate) body: Vec<u8>,
    pub(crate) events: Vec<Expected>,
    /// Where each block ends: after its blank line.
    ends: Vec<usize>,
    last_event_id: String,
}

/// An event that a reader must find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) event_type: String,
    pub(crate) data: String,
    /// The ID in the block itself.
    pub(crate) id: Option<String>,
    /// The ID in force.
    pub(crate) last_event_id: String,
}

/// How a body is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunking {
    /// Pieces of this many bytes.
    Every(usize),
    /// One block per piece, as from a server that flushes each event.
    Block,
}

/// What can be counted in a body.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) events: usize,
    /// Mean bytes of body per event.
    pub(crate) event_size: f64,
    /// Share of bytes that are ASCII.
    pub(crate) ascii: f64,
    /// Means per event.
    pub(crate) data_lines: f64,
    pub(crate) comments: f64,
    pub(crate) types: f64,
    pub(crate) ids: f64,
    /// The longest line, without its end.
    pub(crate) longest_line: usize,
    /// Share of lines that end with CR LF.
    pub(crate) crlf: f64,
}

/// A block to write.
#[derive(Default)]
pub(super) struct Block<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) event_type: Option<&'a str>,
    pub(super) data: &'a str,
}

impl Stream {
    pub(super) fn write(&mut self, line_end: &str, block: &Block) {
        let mut line = |name: &str, value: &str| {
            for part in [name, ": ", value, line_end] {
                self.body.extend_from_slice(part.as_bytes());
            }
        };
        if let Some(id) = block.id {
            line("id", id);
            self.last_event_id = id.to_owned();
        }
        if let Some(event_type) = block.event_type {
            line("event", event_type);
        }
        for value in block.data.split('\n') {
            line("data", value);
        }
        self.end_block(line_end);
        self.events.push(Expected {
            event_type: block.event_type.unwrap_or("message").to_owned(),
            data: block.data.to_owned(),
            id: block.id.map(str::to_owned),
            last_event_id: self.last_event_id.clone(),
        });
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.body.push(b':');
        self.body.extend_from_slice(text.as_bytes());
        self.body.extend_from_slice(LF.as_bytes());
        self.end_block(LF);
    }

    fn end_block(&mut self, line_end: &str) {
        self.body.extend_from_slice(line_end.as_bytes());
        self.ends.push(self.body.len());
    }

    /// Counts what a shape asserts.
    pub(crate) fn facts(&self) -> Facts {
        let events = self.events.len();
        let mean = |count: usize| count as f64 / events as f64;
        let lines = || self.body.split_inclusive(|&byte| byte == b'\n');
        let named = |name: &[u8]| lines().filter(|line| line.starts_with(name)).count();
        let share = |count: usize, of: usize| count as f64 / of as f64;
        let without_end = |line: &[u8]| line.iter().take_while(|byte| !b"\r\n".contains(byte)).count();
        let is_crlf = |line: &&[u8]| line.ends_with(b"\r\n");
        Facts {
            events,
            event_size: mean(self.body.len()),
            ascii: share(self.body.iter().filter(|byte| byte.is_ascii()).count(), self.body.len()),
            data_lines: mean(named(b"data:")),
            comments: mean(named(b":")),
            types: mean(named(b"event:")),
            ids: mean(named(b"id:")),
            longest_line: lines().map(without_end).max().unwrap_or(0),
            crlf: share(lines().filter(is_crlf).count(), lines().count()),
        }
    }

    /// Cuts the body.
    pub(crate) fn cut(&self, chunking: Chunking) -> Vec<&[u8]> {
        match chunking {
            Chunking::Every(size) => self.body.chunks(size).collect(),
            Chunking::Block => {
                let starts = core::iter::once(0).chain(self.ends.iter().copied());
                starts.zip(&self.ends).map(|(start, &end)| &self.body[start..end]).collect()
            }
        }
    }
}

impl Chunking {
    pub(crate) fn name(self) -> String {
        match self {
            Chunking::Every(size) if size % 1024 == 0 => format!("{}k", size / 1024),
            Chunking::Every(size) => size.to_string(),
            Chunking::Block => "event".to_owned(),
        }
    }

    /// The number of bytes of body to read: fewer if chunks are small, so that runs take about the same time.
    pub(crate) fn body_size(self) -> usize {
        match self {
            Chunking::Every(1) => 128 << 10,
            Chunking::Every(16) => 512 << 10,
            _ => 2 << 20,
        }
    }

    /// Whether the cell is worth its time: 8 million chunks for one event are not.
    pub(crate) fn suits(self, shape: &Shape) -> bool {
        !(self == Chunking::Every(1) && shape.name == "huge-8m")
    }
}

pub(super) const LF: &str = "\n";
pub(super) const CR_LF: &str = "\r\n";
