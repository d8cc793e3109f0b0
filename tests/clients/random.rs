//! Random events.

use std::time::{SystemTime, UNIX_EPOCH};

use eventwire::Event;

pub(crate) const COUNT: usize = 400;

/// A type that ends the stream.
pub(crate) const END: &str = "end";

/// The candidates for event types.
pub(crate) const TYPES: [&str; 12] = [
    "message",
    "tick",
    "open",
    "error",
    " in front",
    "behind ",
    "a: b",
    "data",
    "日本語",
    "Katze 🐈",
    "\u{feff}bom",
    "\t\u{1}",
];

/// The form of the events' IDs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ids {
    /// Any ID that an event may have, including none and an empty one.
    Any,
    /// One ID for each event, valid in a header.
    Unique,
    /// The same in ASCII: all that clients can send that treat header values as text.
    UniqueAscii,
}

/// Returns the same events for the same seed. The last one is the end.
pub(crate) fn events(seed: u64, ids: Ids) -> Vec<Event> {
    let mut random = Random(seed | 1);
    let mut events: Vec<_> = (0..COUNT).map(|number| random.event(number, ids)).collect();
    events.push(Event::new(END).with_type(END).with_id(u64::MAX));
    events
}

/// Returns a new seed each time, printed so that a failure can be repeated with `SEED`.
pub(crate) fn seed() -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let seed =
        std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| u64::from(now()));
    println!("SEED={seed}");
    seed
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) as usize) % end
    }

    fn text(&mut self, of: &[&str], longest: usize) -> String {
        (0..self.below(longest + 1)).map(|_| of[self.below(of.len())]).collect()
    }

    fn event(&mut self, number: usize, ids: Ids) -> Event {
        let longest = if self.below(40) == 0 { 5_000 } else { 12 };
        let event = Event::new(self.text(&PIECES, longest));
        let event = event.try_with_type(TYPES[self.below(TYPES.len())]).unwrap();
        match ids {
            Ids::Any if self.below(3) == 0 => event,
            Ids::Any => event.try_with_id(self.text(&IN_LINES, 6)).unwrap(),
            Ids::Unique => event.try_with_id(format!("{number}:{}.", self.text(&IN_HEADERS, 6))).unwrap(),
            Ids::UniqueAscii => event.try_with_id(format!("{number}:{}.", self.text(&ASCII, 6))).unwrap(),
        }
    }
}

/// Pieces of data: everything that has ever been mistaken for a line end, a field or the end of a text.
const PIECES: [&str; 24] = [
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "data: ",
    "id: 1",
    ":",
    " ",
    "\t",
    "\0",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{b}",
    "\u{c}",
    "\u{1b}",
    "a",
    "ß",
    "日本",
    "🐈",
    "\u{fffd}",
    "\u{10ffff}",
    "e\u{301}",
];

const IN_LINES: [&str; 10] = [":", " ", "\t", "\u{feff}", "\u{85}", "\u{2028}", "\u{1}", "a", "日", "🐈"];

const IN_HEADERS: [&str; 9] = [":", " ", "\t", "\u{feff}", "\u{85}", "\u{2028}", "a", "日", "🐈"];

const ASCII: [&str; 8] = [":", " ", "\t", "\"", "a", ",", "%", "\\"];
