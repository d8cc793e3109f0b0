//! Properties of all streams, with any chunking: the decoder against its slow twins.

mod support;

use eventwire::Unfinished;
use proptest::collection::vec;
use proptest::prelude::*;
use support::cuts::{decode_everywhere, decode_in, reconnect_everywhere};
use support::drive::read_pieces;
use support::naive::Naive;
use support::standard::Client;
use support::streams::stream;
use support::{Chunking, Item, Settings, Way};

fn settings() -> impl Strategy<Value = Settings> {
    let limit = prop_oneof![3 => Just(16 * 1024 * 1024), 2 => 0..20_usize, 1 => 20..200_usize];
    let block = prop_oneof![3 => Just(usize::MAX), 2 => 0..30_usize, 1 => 30..200_usize];
    (limit, block, any::<bool>(), unfinished()).prop_map(|(limit, block, strict, unfinished)| Settings {
        limit,
        block,
        strict,
        unfinished,
        ..Settings::default()
    })
}

fn unfinished() -> impl Strategy<Value = Unfinished> {
    prop_oneof![
        2 => Just(Unfinished::Discard),
        1 => Just(Unfinished::Block),
        1 => Just(Unfinished::BlockAndLine),
    ]
}

/// Ways to read that may be mixed in one stream.
fn any_way() -> impl Strategy<Value = Way> {
    const WAYS: [Way; 10] = [
        Way::Borrowed,
        Way::BorrowedFromBytes,
        Way::Owned,
        Way::OwnedOfBytes,
        Way::Steps,
        Way::DroppedEarly,
        Way::Hoarded,
        Way::Frames,
        Way::FramesOfBytes,
        Way::FramesDroppedEarly,
    ];
    proptest::sample::select(&WAYS[..])
}

fn config(cases: u32) -> ProptestConfig {
    // Inputs that failed once are named tests.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(250))]

    #[test]
    fn the_decoder_agrees_with_its_slow_twin_at_every_cut_in_every_way(
        settings in settings(),
        input in stream(),
    ) {
        decode_everywhere(&settings, input);
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_decoder_agrees_with_its_slow_twin_cut_at_many_places(
        settings in settings(),
        input in stream(),
        mut places in vec(0..200_usize, 0..20),
    ) {
        places.retain(|at| *at <= input.len());
        places.sort_unstable();
        decode_in(&settings, &[&input], vec![Chunking::At(places)]);
    }

    #[test]
    fn connections_of_one_client_follow_each_other(
        settings in settings(),
        connections in vec(stream(), 1..4),
        at in 0..100_usize,
        size in 1..9_usize,
    ) {
        let connections: Vec<_> = connections.iter().map(|input| &input[..]).collect();
        decode_in(&settings, &connections, vec![Chunking::Whole, Chunking::CutAt(at), Chunking::Every(size)]);
    }

    #[test]
    fn each_chunk_may_be_read_by_a_different_method(
        strict in any::<bool>(),
        block in prop_oneof![Just(usize::MAX), 0..100_usize],
        unfinished in unfinished(),
        pieces in vec((stream(), any_way()), 0..6),
        last in stream(),
    ) {
        let settings = Settings { strict, block, unfinished, ..Settings::default() };
        let mut pieces: Vec<_> = pieces.iter().map(|(piece, way)| (&piece[..], *way)).collect();
        pieces.push((&last, Way::Borrowed));
        let whole = pieces.iter().map(|(piece, _)| *piece).collect::<Vec<_>>().concat();
        let mut found = read_pieces(&settings, &pieces).without_frames();
        let mut expected = Naive::new(&settings, false).read(&whole);
        found.due.clear();
        expected.due.clear();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_slow_twin_agrees_with_the_text_of_the_standard(connections in vec(stream(), 1..4)) {
        let mut naive = Naive::new(&Settings::default(), false);
        let mut client = Client::default();
        for input in &connections {
            let outcome = naive.read(input);
            let got = |item: &Item| match item {
                Item::Event(got) => (got.event_type.clone(), got.data.clone(), got.last_event_id.clone()),
                other => panic!("{other:?}"),
            };
            let events: Vec<_> = outcome.items.iter().map(got).collect();
            prop_assert_eq!(events, client.read(input));
            prop_assert_eq!(outcome.last_event_id, &*client.last_event_id);
            prop_assert_eq!(outcome.reconnection_time, client.reconnection_time);
        }
    }

    #[test]
    fn frames_never_change_which_events_there_are(strict in any::<bool>(), input in stream()) {
        let settings = Settings { strict, ..Settings::default() };
        let plain = Naive::new(&settings, false).read(&input);
        prop_assert_eq!(Naive::new(&settings, true).read(&input).without_frames(), plain);
    }
}

proptest! {
    #![proptest_config(config(60))]

    /// Long enough for each step of the search for line ends, on both sides of its blocks.
    #[test]
    fn long_streams_are_read_like_short_ones(
        limit in prop_oneof![Just(usize::MAX), 100..2_000_usize],
        block in prop_oneof![Just(usize::MAX), 100..2_000_usize],
        pieces in vec((0..300_usize, stream()), 1..6),
    ) {
        let long = |(len, piece): &(usize, Vec<u8>)| [&"0123456789".repeat(30).as_bytes()[..*len], piece].concat();
        let input = pieces.iter().map(long).collect::<Vec<_>>().concat();
        let sizes = [1, 16, 63, 64, 65, 129].map(Chunking::Every);
        let settings = Settings { block, ..Settings::limit(limit) };
        decode_in(&settings, &[&input], [&[Chunking::Whole], &sizes[..]].concat());
    }

    #[test]
    fn seeded_values_work_like_an_earlier_connection(id in "[^\r\n\0]{0,5}", millis in any::<u32>(), input in stream()) {
        let seeded = Settings {
            last_event_id: id.clone(),
            reconnection_time: Some(std::time::Duration::from_millis(millis.into())),
            ..Settings::default()
        };
        let earlier = format!("id: {id}\nretry: {millis}\n\n");
        let by_seed = decode_everywhere(&seeded, &input);
        let by_connection = reconnect_everywhere(&Settings::default(), &[earlier.as_bytes(), &input]).remove(1);
        prop_assert_eq!(by_seed, by_connection);
    }
}
