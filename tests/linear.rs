//! The cost of an attack, counted: linear in the size of an event, with bounded memory.

#[path = "support/counting.rs"]
mod counting;

use counting::{count, Counts};
use eventwire::{Decoder, EventPiece, EventReader, Unfinished};

/// Returns the allocated bytes per byte of one event that arrives in chunks of this size.
fn cost(head: &str, size: usize, chunk: usize) -> f64 {
    // Line after line, or one long line.
    let mut body = match head.ends_with('\n') {
        true => head.as_bytes().repeat(size / head.len()),
        false => [head.as_bytes(), &vec![b'x'; size], b"\n"].concat(),
    };
    body.extend(b"data\n\n");
    let mut decoder = Decoder::new();
    let (counts, events) = count(|| {
        let mut events = 0;
        for chunk in body.chunks(chunk) {
            let mut feed = decoder.feed(chunk);
            while feed.next_ref().unwrap().is_some() {
                events += 1;
            }
        }
        events
    });
    assert_eq!(events, 1);
    counts.bytes as f64 / size as f64
}

#[test]
fn one_event_of_256_kib_and_of_8_mib_cost_the_same_per_byte() {
    let heads =
        ["data: ", "data: 0123456789\n", "data: \n", "event: ", "id: ", "event: 0123\n", "id: 012345\n"];
    for (number, head) in heads.into_iter().enumerate() {
        for chunk in [16, 1_400] {
            if chunk == 16 && number > 1 {
                continue;
            }
            let (small, large) = (cost(head, 256 * 1024, chunk), cost(head, 8 * 1024 * 1024, chunk));
            eprintln!(
                "{head:?} in chunks of {chunk}: {small:.2} and {large:.2} bytes allocated for each byte"
            );
            // Buffers double, so the total depends on the last step: up to 4.5 times the event.
            // A copy of the buffer per chunk, or per line, would cost 32 times as much.
            assert!(large <= 4.5 && large <= small * 2.0 + 0.01, "{head:?} in chunks of {chunk}");
        }
    }
}

#[test]
fn skipped_lines_cost_nothing_however_long_they_are() {
    for head in [":", ": ping\n", "x", "database: ", "x: y\n", "retry: ", "retry: 123\n"] {
        assert!(cost(head, 1024 * 1024, 16) < 0.001, "{head:?}");
    }
}

#[test]
fn an_event_of_any_size_is_read_in_pieces_within_a_few_kib() {
    const SIZE: usize = 500 << 20;
    for head in ["data: ", "data: 0123456789\n"] {
        let (counts, length) = count(|| {
            let mut decoder = Decoder::new().with_max_event_size(usize::MAX).with_piece_size(4 * 1024);
            // One long line, or line after line.
            let (first, chunk) = match head.ends_with('\n') {
                true => (b"".to_vec(), head.as_bytes().repeat(1024)),
                false => (head.as_bytes().to_vec(), vec![b'x'; 4 * 1024]),
            };
            let mut length = 0;
            let mut feed = |chunk: &[u8]| {
                let mut pieces = decoder.feed_pieces(chunk);
                while let Some(piece) = pieces.next_piece().unwrap() {
                    length += match piece {
                        EventPiece::Event(event) => event.data().len(),
                        EventPiece::End { data, .. } => data.len(),
                        EventPiece::Data(text) => text.len(),
                        other => panic!("a piece that the tests do not know: {other:?}"),
                    };
                }
            };
            feed(&first);
            for _ in 0..SIZE / chunk.len() {
                feed(&chunk);
            }
            feed(b"\n\n");
            length
        });
        assert!(length >= SIZE / 2, "{length}");
        // This includes the chunk.
        assert!(counts.peak < 64 * 1024, "{head:?}: {} B held", counts.peak);
    }
}

const LIMIT: usize = 256 * 1024;

/// Returns the maximum that a decoder with the limit holds, in multiples of the limit.
fn peak(stream: &[Vec<u8>], chunk: usize, frames: bool) -> (Counts, f64) {
    let (counts, _decoder) = count(|| {
        let mut decoder = Decoder::new().with_max_event_size(LIMIT);
        for part in stream {
            for chunk in part.chunks(chunk) {
                if frames {
                    let mut feed = decoder.feed_frames(chunk);
                    while !matches!(feed.next_frame(), Ok(None)) {}
                } else {
                    let mut feed = decoder.feed(chunk);
                    while !matches!(feed.next_ref(), Ok(None)) {}
                }
            }
        }
        decoder
    });
    (counts, counts.peak as f64 / LIMIT as f64)
}

/// Returns a field with a value of this many bytes.
fn field(name: &str, byte: u8, len: usize) -> Vec<u8> {
    [name.as_bytes(), b": ", &vec![byte; len], b"\n"].concat()
}

/// Returns streams that make a decoder hold as much as possible.
fn attacks(byte: u8) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let field = |name, len| field(name, byte, len);
    let end = || b"\n".to_vec();
    let (half, third, most) = (LIMIT / 2, LIMIT / 3, LIMIT - 1);
    vec![
        ("an open line", vec![[b"data: ", &vec![byte; 2 * LIMIT][..]].concat()]),
        ("an open type", vec![[b"event: ", &vec![byte; 2 * LIMIT][..]].concat()]),
        ("an open id", vec![[b"id: ", &vec![byte; 2 * LIMIT][..]].concat()]),
        ("one data line", vec![field("data", most), end()]),
        ("one type", vec![field("event", most), b"data\n\n".to_vec()]),
        ("small data lines", vec![field("data", 9).repeat(LIMIT / 10), end()]),
        ("two data lines", vec![field("data", half - 1), field("data", half - 1), end()]),
        (
            "a type, an id, data",
            vec![field("event", third), field("id", third), field("data", third - 1), end()],
        ),
        (
            "a type twice, data",
            vec![field("event", third), field("event", third), field("data", third - 1), end()],
        ),
        ("an id twice, data", vec![field("id", third), field("id", third), field("data", third - 1), end()]),
        ("types", vec![field("event", LIMIT / 32).repeat(32), b"data\n\n".to_vec()]),
        ("events", vec![field("data", most), end(), field("data", most), end(), field("data", half)]),
        (
            "too large ones",
            vec![field("data", LIMIT + 1), field("id", LIMIT), end(), field("event", LIMIT + 1), end()],
        ),
        ("comments", vec![field(":", most), field("", 2 * LIMIT), field("data", most), end()]),
        ("unknown fields", vec![field("x", LIMIT - 3), field("y", 2 * LIMIT), field("data", most), end()]),
    ]
}

/// Returns streams in which a long ID outlives its block, and so adds to the next block.
fn attacks_with_a_long_id(byte: u8) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let field = |name, len| field(name, byte, len);
    let end = || b"\n".to_vec();
    vec![
        ("an id", vec![field("id", LIMIT), end()]),
        ("an id, then data", vec![field("id", LIMIT), end(), field("data", LIMIT - 1), end()]),
        ("an id, then another", vec![field("id", LIMIT), end(), field("id", LIMIT), end()]),
    ]
}

const CHUNKS: [usize; 4] = [1024 * 1024, 16 * 1024, 1_400, 16];

/// For everything except the values: the prefix of a line, the rest of a chunk.
const A_FEW_KIB: f64 = 8.0 * 1024.0 / LIMIT as f64;

#[test]
fn valid_text_never_takes_more_than_2_5_times_the_limit() {
    bounded(attacks(b'x'), 2.5);
}

#[test]
fn text_full_of_repairs_never_takes_more_than_4_times_the_limit() {
    bounded(attacks(0xFF), 4.0);
}

#[test]
fn the_current_id_is_held_in_addition_to_the_next_block() {
    bounded(attacks_with_a_long_id(b'x'), 4.0);
    bounded(attacks_with_a_long_id(0xFF), 7.0);
}

#[track_caller]
fn bounded(attacks: Vec<(&str, Vec<Vec<u8>>)>, most: f64) {
    let mut broken = Vec::new();
    for (name, stream) in attacks {
        for chunk in CHUNKS {
            // Only callers that read frames hold comments and unknown fields.
            for frames in [false, name == "comments" || name == "unknown fields"] {
                let (_, times) = peak(&stream, chunk, frames);
                eprintln!("{name} in chunks of {chunk}, frames {frames}: {times:.2} times the limit");
                if times > most + A_FEW_KIB {
                    broken.push(format!("{name} in chunks of {chunk}, frames {frames}: {times:.2}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "more than {most} times the limit: {broken:#?}");
}

#[test]
fn large_buffers_are_freed_after_the_event() {
    for chunk in CHUNKS {
        for part in ["data", "event", "id"] {
            let stream =
                [field(part, b'x', LIMIT - 1), b"data\n\nid\ndata: small\n\ndata: next\n\n".to_vec()];
            let (counts, _) = peak(&stream, chunk, false);
            assert!(counts.held < 4 * 1024, "{part} in chunks of {chunk}: {} bytes are held", counts.held);
        }
        let stream = [field("data", 0xFF, LIMIT + 1), field("data", 0xFF, LIMIT)];
        let (counts, _) = peak(&stream, chunk, false);
        assert!(counts.held < 4 * 1024, "given up in chunks of {chunk}: {} bytes are held", counts.held);
    }
}

#[test]
fn an_owned_event_holds_no_more_than_twice_its_text() {
    // The data and its block; the end of the stream cuts off what follows.
    let half_a_line = [b"data: a\ndata: ".to_vec(), vec![b'x'; LIMIT / 2]].concat();
    let beside_an_id = [field("id", b'x', LIMIT / 2), field("data", b'x', 4 * 1024), b"\n".to_vec()].concat();
    for (len, block) in [(1, half_a_line), (4 * 1024, beside_an_id)] {
        for chunk in CHUNKS {
            let (counts, event) = count(|| {
                let mut decoder = Decoder::new();
                let mut event = None;
                for chunk in block.chunks(chunk) {
                    event = decoder.feed(chunk).next_event().unwrap().or(event);
                }
                decoder.finish();
                event.or_else(|| decoder.take_unfinished(Unfinished::Block).next_event().unwrap()).unwrap()
            });
            assert_eq!(event.data().len(), len);
            let id = event.id().map_or(0, |id| id.len());
            let held = counts.held as usize;
            assert!(held <= 2 * (len + id) + 256, "{len} B in chunks of {chunk}: {held} bytes are held");
        }
    }
}

#[test]
fn a_reader_holds_its_buffer_and_what_the_decoder_holds() {
    let body = [field("data", b'x', LIMIT - 1), b"\n".to_vec()].concat().repeat(3);
    let (counts, events) = count(|| {
        let decoder = Decoder::new().with_max_event_size(LIMIT);
        let mut reader = EventReader::new(&body[..]).with_decoder(decoder);
        let mut events = 0;
        while reader.next_ref().unwrap().is_some() {
            events += 1;
        }
        events
    });
    assert_eq!(events, 3);
    assert!(counts.peak as f64 <= 2.5 * LIMIT as f64 + 128.0 * 1024.0, "{counts:?}");
}
