//! Checks that a contestant reads the events correctly, before anything is timed.

use std::cell::Cell;
use std::fmt;
use std::panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::rivals::{Chunk, Id, Reads, Sink};
use crate::shapes::{Expected, Stream};

/// The reason why a contestant has no figure in a cell.
#[derive(Clone, Debug)]
pub enum LeftOut {
    /// It returned other events than the standard requires.
    Differs(String),
    Fails(String),
    Panics,
    OverCap,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LeftOut::Differs(_) => "differs",
            LeftOut::Fails(_) => "fails",
            LeftOut::Panics => "panics",
            LeftOut::OverCap => "over cap",
        })
    }
}

/// Reads the pieces once, for at most `cap`, and compares every event.
pub fn check<R: Reads>(stream: &Stream, pieces: &[&'static [u8]], cap: Duration) -> Result<(), LeftOut> {
    let is_late = Cell::new(false);
    let began = Instant::now();
    let in_time = |_: &&'static [u8]| {
        is_late.set(began.elapsed() > cap);
        !is_late.get()
    };
    let mut compare = Compare { expected: &stream.events, id: R::ID, ..Compare::default() };
    let ended = quietly(|| {
        let chunks = pieces.iter().copied().take_while(in_time).map(R::Chunk::received);
        R::read(chunks, &mut compare)
    });
    match ended {
        // Whatever it made of a stream that was cut short, it was too slow.
        _ if is_late.get() || began.elapsed() > cap => Err(LeftOut::OverCap),
        None => Err(LeftOut::Panics),
        Some(Err(error)) => Err(LeftOut::Fails(error)),
        Some(Ok(())) => compare.verdict(),
    }
}

/// Catches a panic without printing its message.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let ended = catch_unwind(AssertUnwindSafe(work));
    set_hook(hook);
    ended.ok()
}

/// Compares events with the expected ones; assembles events for contestants that return lines.
struct Compare<'a> {
    expected: &'a [Expected],
    id: Id,
    seen: usize,
    first_difference: Option<String>,
    event_type: Vec<u8>,
    data: Option<Vec<u8>>,
    last_event_id: Vec<u8>,
}

impl Default for Compare<'_> {
    fn default() -> Self {
        Compare {
            expected: &[],
            id: Id::InForce,
            seen: 0,
            first_difference: None,
            event_type: Vec::new(),
            data: None,
            last_event_id: Vec::new(),
        }
    }
}

impl Compare<'_> {
    fn verdict(self) -> Result<(), LeftOut> {
        match self.first_difference {
            Some(difference) => Err(LeftOut::Differs(difference)),
            None if self.seen < self.expected.len() => {
                Err(LeftOut::Differs(format!("{} of {} events", self.seen, self.expected.len())))
            }
            None => Ok(()),
        }
    }

    fn compare(&mut self, event_type: &[u8], data: &[u8], id: &[u8]) {
        let at = self.seen;
        self.seen += 1;
        if self.first_difference.is_some() {
            return;
        }
        let Some(expected) = self.expected.get(at) else {
            self.first_difference = Some(format!("an event too many: number {at}"));
            return;
        };
        let expected_id = match self.id {
            Id::InForce => &expected.last_event_id,
            Id::OfBlock => expected.id.as_deref().unwrap_or_default(),
        };
        let parts = [
            ("type", expected.event_type.as_str(), event_type),
            ("data", &expected.data, data),
            ("ID", expected_id, id),
        ];
        let differs = parts.iter().find(|(_, expected, got)| expected.as_bytes() != *got);
        self.first_difference = differs.map(|(what, expected, got)| {
            let got = String::from_utf8_lossy(got);
            format!("{what} of event {at}: expected {:.40?}, got {:.40?}", expected, got)
        });
    }
}

impl Sink for Compare<'_> {
    fn event(&mut self, event_type: &str, data: impl AsRef<[u8]>, id: &str) {
        self.compare(event_type.as_bytes(), data.as_ref(), id.as_bytes());
    }

    fn field(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b"event" => self.event_type = value.to_vec(),
            b"id" => self.last_event_id = value.to_vec(),
            b"data" => match &mut self.data {
                None => self.data = Some(value.to_vec()),
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
            },
            _ => {}
        }
    }

    fn blank_line(&mut self) {
        let mut event_type = std::mem::take(&mut self.event_type);
        if event_type.is_empty() {
            event_type = b"message".to_vec();
        }
        if let Some(data) = self.data.take() {
            let id = self.last_event_id.clone();
            self.compare(&event_type, &data, &id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rivals::{Gives, SseParse, SseerLines};
    use crate::shapes::{Chunking, SHAPES};

    /// Forwards what sse-parse reads, with one error.
    struct Wrong<const WHAT: char>;

    impl<const WHAT: char> Reads for Wrong<WHAT> {
        const NAME: &'static str = "wrong";
        const GIVES: Gives = Gives::Owned;
        const ID: Id = Id::InForce;
        type Chunk = &'static [u8];

        fn read(
            chunks: impl Iterator<Item = Self::Chunk> + Unpin,
            sink: &mut impl Sink,
        ) -> Result<(), String> {
            let body: Vec<u8> = chunks.flatten().copied().collect();
            let mut events = SseParse::events(&body);
            let last = events.len() - 1;
            match WHAT {
                't' => events[last].event.push('x'),
                'd' => events[last].data.push('x'),
                'i' => events[last].id.push('x'),
                '-' => drop(events.pop()),
                '+' => events.push(events[last].clone()),
                'e' => return Err("gave up".to_owned()),
                'p' => panic!("never seen"),
                _ => {}
            }
            events.iter().for_each(|event| sink.event(&event.event, &event.data, &event.id));
            Ok(())
        }
    }

    fn verdict<R: Reads>(cap: Duration) -> Result<(), LeftOut> {
        let ticks = SHAPES.iter().find(|shape| shape.name == "ticks").expect("a shape");
        let stream: &'static Stream = Box::leak(Box::new(ticks.stream(4096)));
        check::<R>(stream, &stream.cut(Chunking::Every(16)), cap)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn who_reads_what_stands_there_stays_in() {
        assert!(verdict::<Wrong<' '>>(LONG).is_ok());
        assert!(verdict::<SseerLines>(LONG).is_ok());
    }

    #[test]
    fn one_wrong_part_of_the_last_event_is_seen() {
        assert!(matches!(verdict::<Wrong<'t'>>(LONG), Err(LeftOut::Differs(why)) if why.starts_with("type")));
        assert!(matches!(verdict::<Wrong<'d'>>(LONG), Err(LeftOut::Differs(why)) if why.starts_with("data")));
        assert!(matches!(verdict::<Wrong<'i'>>(LONG), Err(LeftOut::Differs(why)) if why.starts_with("ID")));
    }

    #[test]
    fn an_event_too_few_or_too_many_is_seen() {
        assert!(matches!(verdict::<Wrong<'-'>>(LONG), Err(LeftOut::Differs(_))));
        assert!(matches!(verdict::<Wrong<'+'>>(LONG), Err(LeftOut::Differs(_))));
    }

    #[test]
    fn errors_panics_and_lateness_are_told_apart() {
        assert!(matches!(verdict::<Wrong<'e'>>(LONG), Err(LeftOut::Fails(_))));
        assert!(matches!(verdict::<Wrong<'p'>>(LONG), Err(LeftOut::Panics)));
        assert!(matches!(verdict::<Wrong<' '>>(Duration::ZERO), Err(LeftOut::OverCap)));
    }
}
