//! `decode_everywhere`: reads an input with every reader, cut everywhere, and compares the results with the naive
//! reader.

use super::drive::{Chunking, Settings, Way};
use super::naive::Naive;
use super::outcome::{Item, Outcome};

/// Reads one connection with the default settings. See [`decode_everywhere`].
#[track_caller]
pub fn check(input: impl AsRef<[u8]>) -> Outcome {
    decode_everywhere(&Settings::default(), input)
}

/// Reads one connection with every reader: whole, cut at every byte, byte by byte, with empty chunks and in small
/// pieces. Returns the outcome, which must be the same for all.
#[track_caller]
pub fn decode_everywhere(settings: &Settings, input: impl AsRef<[u8]>) -> Outcome {
    reconnect_everywhere(settings, &[input.as_ref()]).remove(0)
}

/// Like [`decode_everywhere`], with the readers of frames.
#[track_caller]
pub fn frames_everywhere(settings: &Settings, input: impl AsRef<[u8]>) -> Outcome {
    decode_everywhere(settings, input.as_ref());
    Naive::new(settings, true).read(input.as_ref())
}

/// Like [`decode_everywhere`], for the connections of one client.
#[track_caller]
pub fn reconnect_everywhere(settings: &Settings, connections: &[&[u8]]) -> Vec<Outcome> {
    decode_in(settings, connections, chunkings(connections))
}

/// Reads connections with these cuts only.
#[track_caller]
pub fn decode_in(settings: &Settings, connections: &[&[u8]], chunkings: Vec<Chunking>) -> Vec<Outcome> {
    let mut naive = Naive::new(settings, false);
    let expected: Vec<_> = connections.iter().map(|input| naive.read(input)).collect();
    let mut naive = Naive::new(settings, true);
    let expected_frames: Vec<_> = connections.iter().map(|input| naive.read(input)).collect();
    for chunking in chunkings {
        for way in Way::EVENTS {
            compare(&expected, way, settings, &chunking, connections);
        }
        for way in Way::PIECES.into_iter().filter(|way| way.can(settings)) {
            compare(&expected, way, settings, &chunking, connections);
        }
        for way in Way::FRAMES.into_iter().filter(|way| way.can(settings)) {
            compare(&expected_frames, way, settings, &chunking, connections);
        }
    }
    expected
}

#[track_caller]
fn compare(expected: &[Outcome], way: Way, settings: &Settings, chunking: &Chunking, connections: &[&[u8]]) {
    if way == Way::Events && *chunking != Chunking::Whole {
        return;
    }
    let found = way.read(settings, chunking, connections);
    for ((expected, mut found), input) in expected.iter().zip(found).zip(connections) {
        let mut expected = expected.clone();
        let len = input.len() as u64;
        // A reader may also cut large pieces at the end of its buffer.
        let over_reader =
            matches!(way, Way::Reader | Way::ReaderBorrowed | Way::ReaderFrames | Way::ReaderPieces);
        if !way.is_prompt() || over_reader && input.len() > 600 {
            found.due.clear();
            expected.due.clear();
        }
        if way == Way::Events {
            expected.items.iter_mut().for_each(Item::forget_last_event_id);
        }
        expected.due.iter_mut().for_each(|due| *due = chunking.boundary(*due, len));
        assert!(
            found == expected,
            "read {way:?} in {chunking:?} with {settings:?}\n   input {}\n   found {found:?}\nexpected {expected:?}",
            shown(input),
        );
    }
}

/// Every cut of a small input, and a selection for a large one.
fn chunkings(connections: &[&[u8]]) -> Vec<Chunking> {
    let longest = connections.iter().map(|input| input.len()).max().unwrap_or(0);
    let mut chunkings = vec![Chunking::Whole];
    let some = longest / 40;
    chunkings.extend((1..longest).filter(|at| longest <= 600 || at % some == 7).map(Chunking::CutAt));
    let sizes = [1, 2, 3, 7, 64].into_iter().filter(|size| longest / size < 20_000);
    chunkings.extend(sizes.map(Chunking::Every));
    if longest < 5_000 {
        chunkings.push(Chunking::Bytes);
    }
    chunkings
}

fn shown(input: &[u8]) -> String {
    match input.len() {
        0..=2_000 => format!("b\"{}\"", input.escape_ascii()),
        len => format!("of {len} bytes"),
    }
}
