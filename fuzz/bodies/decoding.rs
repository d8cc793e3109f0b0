//! The decoder and its slow twin yield the same items, wherever the stream is cut.

use eventwire::{Decoder, Ending, Unfinished};

use super::drive::Settings;
use super::naive::Naive;
use super::outcome::{Item, Outcome};
use super::reading::{read, read_pushed, Asked};
use super::steering::Steering;

/// Any stream, any cuts, any way to read its events.
pub fn decoder(input: &[u8]) {
    let Some((steering, stream)) = Steering::of(input) else { return };
    match steering.leaks_guards() {
        true => leaked(steering, stream),
        false => compare_events(steering.settings(), steering, stream),
    }
}

/// The same under a small limit.
pub fn limits(input: &[u8]) {
    let Some((steering, stream)) = Steering::of(input) else { return };
    let (limit, block) = steering.limits();
    let settings = Settings { limit, block, strict: steering.is_strict(), ..steering.settings() };
    match settings.unfinished {
        // An unread open line is discarded without being counted, while the slow twin has counted it.
        Unfinished::Block => compare_events(settings, steering.but_leaves_nothing_unread(), stream),
        _ => compare_events(settings, steering, stream),
    }
}

/// The same in strict mode, without U+FFFD.
pub fn strict(input: &[u8]) {
    let Some((steering, stream)) = Steering::of(input) else { return };
    compare_events(Settings { strict: true, ..steering.settings() }, steering, stream);
}

/// Everything on the wire as frames; the events are the same as without frames.
pub fn frames(input: &[u8]) {
    let Some((steering, stream)) = Steering::of(input) else { return };
    let mut settings = Settings { strict: steering.is_strict(), ..steering.settings() };
    if steering.leaks_guards() {
        (settings.limit, settings.block) = steering.limits();
    }
    let mut slow = Naive::new(&settings, true);
    let mut slow_events = Naive::new(&settings, false);
    let (mut asked_for_frames, mut asked_for_both) = (settings.decoder(), settings.decoder());
    for connection in steering.connections(stream) {
        let expected = slow.read(connection);
        let found = read(&mut asked_for_frames, settings.unfinished, steering, connection, Asked::Frames);
        compare(expected, found, &settings, steering, connection);

        let expected = slow_events.read(connection);
        let found = read(&mut asked_for_both, settings.unfinished, steering, connection, Asked::Both);
        compare(only_events(expected), only_events(found), &settings, steering, connection);
    }
}

fn compare_events(settings: Settings, steering: Steering, stream: &[u8]) {
    let mut slow = Naive::new(&settings, false);
    let mut decoder = settings.decoder();
    for connection in steering.connections(stream) {
        let expected = slow.read(connection);
        let found;
        if steering.uses_bytes_decoder() {
            // Invalid UTF-8 is detected earlier in pieces.
            let in_pieces = steering.reads_in_pieces() && !settings.strict;
            (decoder, found) = read_pushed(decoder, settings.unfinished, steering, connection, in_pieces);
        } else {
            found = read(&mut decoder, settings.unfinished, steering, connection, Asked::Events);
        }
        compare(expected, found, &settings, steering, connection);
    }
}

fn compare(
    mut expected: Outcome,
    mut found: Outcome,
    settings: &Settings,
    steering: Steering,
    connection: &[u8],
) {
    if found.ending == Ending::Unread {
        assert!(steering.drops_early() && steering.leaves_unread());
        assert!(found.bytes_consumed < connection.len() as u64);
        expected.ending = Ending::Unread;
        expected.bytes_consumed = found.bytes_consumed;
    }
    if steering.drops_early() {
        expected.due.clear();
        found.due.clear();
    }
    // An item is returned with the piece that has the byte at which it is due.
    let end = |sum: &mut u64, piece: &[u8]| {
        *sum += piece.len() as u64;
        Some(*sum)
    };
    let ends: Vec<u64> = steering.pieces(connection).scan(0, end).collect();
    for due in &mut expected.due {
        *due = ends[ends.partition_point(|end| *end < *due)];
    }
    assert!(
        expected == found,
        "\n   input {}\n  pieces {:?}\nsettings {settings:?}\n   found {found:?}\nexpected {expected:?}\n",
        connection.escape_ascii(),
        steering.pieces(connection).map(<[u8]>::len).collect::<Vec<_>>(),
    );
}

fn only_events(mut outcome: Outcome) -> Outcome {
    let mut dues = outcome.due.into_iter();
    outcome.due = Vec::new();
    outcome.items.retain(|item| {
        let due = dues.next();
        let is_event = matches!(item, Item::Event(_));
        outcome.due.extend(due.filter(|_| is_event));
        is_event
    });
    outcome
}

/// A leaked guard may lose events. It must not cost more than that, and not beyond the connection.
fn leaked(steering: Steering, stream: &[u8]) {
    let mut decoder = Decoder::new();
    for (number, piece) in steering.pieces(stream).enumerate() {
        let mut feed = decoder.feed(piece);
        let is_leaked = steering.way(number).is_other;
        let most = if is_leaked { steering.takes(number) } else { usize::MAX };
        for _ in 0..most {
            let Ok(Some(event)) = feed.next_ref() else { break };
            let texts = [event.data(), event.event_type(), event.last_event_id()];
            assert!(texts.iter().all(|text| core::str::from_utf8(text.as_bytes()).is_ok()), "{texts:?}");
        }
        if is_leaked {
            core::mem::forget(feed);
        }
    }
    decoder.finish();
    assert!(core::str::from_utf8(decoder.last_event_id().as_bytes()).is_ok());
    let mut feed = decoder.feed(b"data: a new connection\n\n");
    assert_eq!(feed.next_ref().unwrap().unwrap().data(), "a new connection");
}
