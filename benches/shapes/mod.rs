//! The named streams that every bench reads, and checks that each is what its description says.
//!
//! They are generated from a fixed seed, so that every run on every machine reads the same bytes.

#![allow(dead_code, unused_imports)] // Each of the benches that share this file uses a part of it.

mod stream;
mod text;

pub(crate) use stream::{Chunking, Expected, Facts, Stream};

use stream::{Block, CR_LF, LF};
use text::{anthropic, cjk, image, openai_chat, word, words, Dice};

/// A kind of stream.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    /// No more blocks are written once the body has this many bytes.
    enough: usize,
    /// Writes the next block, or a few that belong together.
    write: fn(&mut Stream, &mut Dice),
    /// Asserts what the name promises.
    meaning: fn(&Facts),
}

impl Shape {
    /// Writes a stream of `size` bytes or a little more, whole events only, and asserts its meaning.
    pub(crate) fn stream(&self, size: usize) -> Stream {
        let mut stream = Stream::default();
        let mut dice = Dice(0x5EED);
        while stream.body.len() < size.min(self.enough) {
            (self.write)(&mut stream, &mut dice);
        }
        (self.meaning)(&stream.facts());
        stream
    }

    /// Whether this is a single large event.
    pub(crate) fn is_huge(&self) -> bool {
        self.enough == 1
    }
}

pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "openai-chat",
        reason: "the commonest stream there is: one JSON text of 250 B on one data line",
        enough: usize::MAX,
        write: |stream, dice| stream.write(LF, &Block { data: &openai_chat(dice), ..Block::default() }),
        meaning: |facts| {
            assert!((250.0..260.0).contains(&facts.event_size), "{facts:?}");
            assert_eq!((facts.ascii, facts.data_lines, facts.types, facts.ids), (1.0, 1.0, 0.0, 0.0));
        },
    },
    Shape {
        name: "anthropic",
        reason: "a third of all events: a type on a line of its own before the data",
        enough: usize::MAX,
        write: |stream, dice| {
            let (event_type, data) = anthropic(dice);
            stream.write(LF, &Block { event_type: Some(event_type), data: &data, ..Block::default() });
        },
        meaning: |facts| {
            assert!((120.0..150.0).contains(&facts.event_size), "{facts:?}");
            assert_eq!((facts.ascii, facts.data_lines, facts.types, facts.ids), (1.0, 1.0, 1.0, 0.0));
        },
    },
    Shape {
        name: "ticks",
        reason: "three short lines an event: what a line costs, whatever it holds",
        enough: usize::MAX,
        write: |stream, dice| {
            let id = (700_000 + stream.events.len()).to_string();
            let data = format!(
                r#"{{"p":1{:02}.{:02},"q":{:03}}}"#,
                dice.below(100),
                dice.below(100),
                dice.below(1000)
            );
            stream.write(LF, &Block { id: Some(&id), event_type: Some("tick"), data: &data });
        },
        meaning: |facts| {
            let lines = "id: 700000\nevent: tick\ndata: \n\n".len() as f64;
            assert_eq!(facts.event_size, lines + 20.0, "20 B of data: {facts:?}");
            assert_eq!((facts.ascii, facts.data_lines, facts.types, facts.ids), (1.0, 1.0, 1.0, 1.0));
        },
    },
    Shape {
        name: "multiline",
        reason: "a text of 40 lines of 80 B: data that a reader must join",
        enough: usize::MAX,
        write: |stream, dice| {
            let lines: Vec<String> = (0..40).map(|_| words(dice, 80)).collect();
            stream.write(LF, &Block { data: &lines.join("\n"), ..Block::default() });
        },
        meaning: |facts| {
            assert_eq!((facts.data_lines, facts.longest_line), (40.0, "data: ".len() + 80), "{facts:?}");
            assert_eq!(facts.ascii, 1.0);
        },
    },
    Shape {
        name: "heartbeats",
        reason: "a quiet stream: many comments, few events",
        enough: usize::MAX,
        write: |stream, dice| {
            for _ in 0..4 + dice.below(11) {
                stream.comment([" keep-alive", " still working on it", ""][dice.below(3)]);
            }
            let data = format!(r#"{{"item":"{}","stock":{}}}"#, word(dice), dice.below(90));
            stream.write(LF, &Block { data: &data, ..Block::default() });
        },
        meaning: |facts| {
            assert!(facts.comments > 5.0 && facts.event_size < 250.0, "{facts:?}");
            assert_eq!((facts.ascii, facts.data_lines), (1.0, 1.0));
        },
    },
    Shape {
        name: "crlf",
        reason: "openai-chat with CR LF, as one stream in eight has it",
        enough: usize::MAX,
        write: |stream, dice| stream.write(CR_LF, &Block { data: &openai_chat(dice), ..Block::default() }),
        meaning: |facts| {
            assert!((252.0..262.0).contains(&facts.event_size), "{facts:?}");
            assert_eq!((facts.crlf, facts.ascii, facts.data_lines), (1.0, 1.0, 1.0));
        },
    },
    Shape {
        name: "cjk",
        reason: "JSON with Chinese, Japanese and emoji text: the UTF-8 check has work to do in every event",
        enough: usize::MAX,
        write: |stream, dice| stream.write(LF, &Block { data: &cjk(dice), ..Block::default() }),
        meaning: |facts| {
            assert!((230.0..280.0).contains(&facts.event_size), "{facts:?}");
            assert!((0.4..0.6).contains(&facts.ascii), "about half of the bytes: {facts:?}");
            assert_eq!(facts.data_lines, 1.0);
        },
    },
    Shape {
        name: "b64",
        reason: "lines of 16 KiB, as images come: the bytes themselves, not the lines, are the work",
        enough: usize::MAX,
        write: |stream, dice| {
            stream.write(LF, &Block { data: &image(dice, 16 << 10), ..Block::default() });
        },
        meaning: |facts| {
            assert_eq!(
                (facts.longest_line, facts.data_lines),
                ("data: ".len() + (16 << 10), 1.0),
                "{facts:?}"
            );
        },
    },
    Shape {
        name: "huge-1m",
        reason: "one event of 1 MiB on one line: what it costs to grow, and how high memory climbs",
        enough: 1,
        write: |stream, dice| stream.write(LF, &Block { data: &image(dice, 1 << 20), ..Block::default() }),
        meaning: |facts| {
            assert_eq!((facts.events, facts.longest_line), (1, "data: ".len() + (1 << 20)), "{facts:?}")
        },
    },
    Shape {
        name: "huge-8m",
        reason: "eight times as much: the cost must be eight times that of huge-1m, no more",
        enough: 1,
        write: |stream, dice| stream.write(LF, &Block { data: &image(dice, 8 << 20), ..Block::default() }),
        meaning: |facts| {
            assert_eq!((facts.events, facts.longest_line), (1, "data: ".len() + (8 << 20)), "{facts:?}")
        },
    },
];

/// Events for writers only, each with all fields.
pub(crate) const NAMED: Shape = Shape {
    name: "named",
    reason: "type, ID and 100 B of JSON: an event with every field that servers set",
    enough: usize::MAX,
    write: |stream, dice| {
        let id = format!("order-{}-{}", 1 + stream.events.len() / 8, stream.events.len() % 8);
        let (event_type, data) = anthropic(dice);
        stream.write(LF, &Block { id: Some(&id), event_type: Some(event_type), data: &data });
    },
    meaning: |facts| {
        assert!((130.0..180.0).contains(&facts.event_size), "{facts:?}");
        assert_eq!((facts.types, facts.ids, facts.data_lines), (1.0, 1.0, 1.0));
    },
};

pub(crate) const CHUNKINGS: &[Chunking] = &[
    Chunking::Every(64 << 10),
    Chunking::Every(1400),
    Chunking::Block,
    Chunking::Every(16),
    Chunking::Every(1),
];
