//! `Naive`, the decoder's slow twin: reads a whole connection at once, with one line of code per decision.

use std::str::from_utf8;

use eventwire::{Ending, Unfinished};

use super::drive::Settings;
use super::outcome::{Failed, Got, Item, Outcome, Why};

/// The state of a client, which outlives connections, and that of the current connection.
#[derive(Clone)]
pub struct Naive {
    settings: Settings,
    /// Also return comments, reconnection times, unknown fields and blocks without data.
    frames: bool,
    outcome: Outcome,
    block: Block,
}

#[derive(Clone, Default)]
struct Block {
    offset: usize,
    event_type: Option<String>,
    data: Option<String>,
    id: Option<String>,
    retry: Option<std::time::Duration>,
    /// The bytes that count towards the size limit.
    size: usize,
    rejected: bool,
    /// It has more bytes than its limit: the rest of it is skipped.
    skipped: bool,
}

impl Naive {
    pub fn new(settings: &Settings, frames: bool) -> Self {
        let outcome = Outcome {
            items: Vec::new(),
            due: Vec::new(),
            ending: Ending::Clean,
            last_event_id: settings.last_event_id.clone(),
            reconnection_time: settings.reconnection_time,
            bytes_consumed: 0,
        };
        Naive { settings: settings.clone(), frames, outcome, block: Block::default() }
    }

    /// Reads one connection. The next call reads the next one of the same client.
    pub fn read(&mut self, input: &[u8]) -> Outcome {
        let mut at = if input.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        self.outcome.items.clear();
        self.outcome.due.clear();
        self.block = Block { offset: at, ..Block::default() };
        while let Some(len) = input[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            let end = at + len;
            let next = if input[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
            self.limit_block(&input[..=end], at);
            match len {
                0 => self.blank_line(end, next),
                _ if self.block.skipped => {}
                _ => {
                    self.line(&input[at..end], at, true);
                    // The LF of a CR LF.
                    self.limit_block(&input[..next], next);
                }
            }
            at = next;
        }
        let open_line = &input[at..];
        if !open_line.is_empty() {
            // It counts towards the limit, and `unfinished` may ask for it.
            let before = self.clone();
            self.limit_block(input, at);
            if !self.block.skipped {
                self.line(open_line, at, false);
            }
            let Block { rejected, skipped, .. } = self.block;
            self.block = Block { rejected, skipped, ..before.block };
        }
        self.outcome.bytes_consumed = input.len() as u64;
        self.outcome.ending = match &self.block {
            _ if !open_line.is_empty() => Ending::InsideLine,
            Block { event_type: None, data: None, id: None, rejected: false, .. } => Ending::Clean,
            _ => Ending::InsideEvent,
        };
        self.unfinished(open_line, at);
        self.outcome.clone()
    }

    /// The incomplete block at the end, if the settings ask for it: as an event or an error, never as frames.
    fn unfinished(&mut self, open_line: &[u8], at: usize) {
        let end = at + open_line.len();
        let frames = std::mem::take(&mut self.frames);
        match self.settings.unfinished {
            Unfinished::BlockAndLine if !open_line.is_empty() && !self.block.skipped => {
                self.line(open_line, at, true)
            }
            Unfinished::BlockAndLine if !open_line.is_empty() => {}
            Unfinished::Block | Unfinished::BlockAndLine => {}
            _ => {
                self.frames = frames;
                return;
            }
        }
        self.blank_line(end, end);
        self.frames = frames;
        // It has no blank line, so it is due with the last byte.
        self.outcome.due.iter_mut().for_each(|due| *due = (*due).min(end as u64));
    }

    /// Rejects the block if the input goes beyond its limit. What the last line, which begins at `at`, has before that
    /// counts for the other limit.
    fn limit_block(&mut self, input: &[u8], at: usize) {
        // A byte order mark is as long.
        let limit = self.settings.block.max(3);
        let over = self.block.offset.saturating_add(limit);
        if self.block.skipped || over >= input.len() {
            return;
        }
        if over > at {
            self.line(&input[at..over], at, false);
        }
        if !self.block.rejected {
            self.reject(Why::BlockTooLarge(limit), over, over);
        }
        self.block.skipped = true;
    }

    fn blank_line(&mut self, end: usize, next: usize) {
        let block = std::mem::replace(&mut self.block, Block { offset: next, ..Block::default() });
        if block.rejected {
            return;
        }
        if let Some(id) = &block.id {
            self.outcome.last_event_id.clone_from(id);
        }
        let has_data = block.data.is_some();
        let got = Got {
            event_type: block.event_type.filter(|name| !name.is_empty()).unwrap_or("message".into()),
            data: block.data.map(|data| data[..data.len() - 1].into()).unwrap_or_default(),
            id: block.id,
            last_event_id: self.outcome.last_event_id.clone(),
            retry: block.retry,
        };
        if has_data {
            self.give(end, Item::Event(got));
        } else {
            self.frame(end, Item::NoData(got));
        }
    }

    /// A line that is not blank. An incomplete one only counts towards the limit.
    fn line(&mut self, line: &[u8], at: usize, whole: bool) {
        let end = at + line.len();
        let colon = line.iter().position(|byte| *byte == b':');
        let name = &line[..colon.unwrap_or(line.len())];
        let value_at = match colon {
            Some(0) => 1,
            Some(colon) if line.get(colon + 1) == Some(&b' ') => colon + 2,
            Some(colon) => colon + 1,
            None => line.len(),
        };
        let value = &line[value_at..];
        let text = String::from_utf8_lossy(value).into_owned();
        match name {
            b"event" | b"data" | b"id" => {
                if !self.block.rejected {
                    self.counted(name, value, at + value_at, whole);
                }
                if whole && !self.block.rejected {
                    self.field(name, text);
                }
            }
            b"retry" => {
                if whole && !value.is_empty() && value.iter().all(u8::is_ascii_digit) {
                    let time = std::time::Duration::from_millis(text.parse().unwrap_or(u64::MAX));
                    self.outcome.reconnection_time = Some(time);
                    self.block.retry = Some(time);
                    self.frame(end, Item::Retry(time));
                }
            }
            // Each comment and unknown field, returned as a frame, has the limit to itself.
            b"" if colon.is_some() => match value.len() > self.settings.limit {
                true => self.frame_too_large(at + 1, at),
                false if whole => self.frame(end, Item::Comment(text)),
                false => {}
            },
            _ => match line.len() > self.settings.limit {
                true => {
                    let decided = at + decided_by(line, at == 0);
                    if whole || decided < end {
                        self.frame_too_large(at, decided);
                    }
                }
                false if whole => {
                    let name = String::from_utf8_lossy(name).into_owned();
                    self.frame(end, Item::Unknown(name, text));
                }
                false => {}
            },
        }
    }

    fn frame_too_large(&mut self, value_at: usize, decided: usize) {
        let at = value_at + self.settings.limit;
        let why = Why::TooLarge(self.settings.limit);
        let error = Failed { why, offset: self.block.offset as u64, at: at as u64 };
        self.frame(at.max(decided), Item::Error(error));
    }

    fn frame(&mut self, at: usize, item: Item) {
        if self.frames {
            self.give(at, item);
        }
    }

    fn field(&mut self, name: &[u8], text: String) {
        match name {
            b"event" => self.block.event_type = Some(text),
            b"data" => *self.block.data.get_or_insert_with(String::new) += &format!("{text}\n"),
            b"id" if text.contains('\0') => {}
            _ => self.block.id = Some(text),
        }
    }

    /// Rejects the block if this value makes it too large or, at the end of the line, is not UTF-8.
    fn counted(&mut self, name: &[u8], value: &[u8], value_at: usize, whole: bool) {
        // The LF that a complete data line adds counts at the end of the line.
        let size = value.len() + usize::from(whole && name == b"data");
        let room = self.settings.limit - self.block.size;
        if size > room {
            let at = value_at + room;
            return self.reject(Why::TooLarge(self.settings.limit), at, at);
        }
        self.block.size += size;
        match from_utf8(value) {
            Err(error) if whole && self.settings.strict => {
                self.reject(Why::InvalidUtf8, value_at + error.valid_up_to(), value_at + value.len());
            }
            _ => {}
        }
    }

    fn reject(&mut self, why: Why, at: usize, known_at: usize) {
        self.block.rejected = true;
        let error = Failed { why, offset: self.block.offset as u64, at: at as u64 };
        self.give(known_at, Item::Error(error));
    }

    fn give(&mut self, at: usize, item: Item) {
        self.outcome.items.push(item);
        self.outcome.due.push(at as u64 + 1);
    }
}

/// The index of the byte that shows that the field is unknown.
fn decided_by(line: &[u8], first: bool) -> usize {
    let known: [&[u8]; 5] = [b"data", b"event", b"id", b"retry", if first { b"\xEF\xBB\xBF" } else { b"" }];
    let alike = |name: &&[u8]| name.iter().zip(line).take_while(|(a, b)| a == b).count();
    known.iter().map(alike).max().unwrap_or(0)
}
