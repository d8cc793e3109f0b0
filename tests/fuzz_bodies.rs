//! The bodies of the fuzz targets, run with their saved seeds and with generated inputs.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../fuzz/bodies/mod.rs"]
mod bodies;
#[path = "support/streams.rs"]
#[allow(dead_code, unreachable_pub)]
mod streams;

#[test]
fn the_saved_seeds_pass() {
    run_seeds("decoder", bodies::decoder);
    run_seeds("limits", bodies::limits);
    run_seeds("strict", bodies::strict);
    run_seeds("frames", bodies::frames);
    run_seeds("encode", bodies::encode);
    run_seeds("proxy", bodies::proxy);
    run_seeds("pieces", bodies::pieces);
    run_seeds("tap", bodies::tap);
    run_seeds("rewrite", bodies::rewrite);
}

/// The name of a seed is printed when it fails.
fn run_seeds(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(target);
    let mut seeds = 0;
    for seed in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = seed.unwrap().path();
        let input = fs::read(&path).unwrap();
        println!("{}", path.display());
        body(&input);
        seeds += 1;
    }
    assert!(seeds > 0, "no seeds in {}", folder.display());
}

/// A stream after nine bytes that control how it is read.
fn steered_stream() -> impl Strategy<Value = Vec<u8>> {
    let len = prop_oneof![0..8u8, Just(255)];
    let small_or_any = || prop_oneof![Just(0), 0..32u8, any::<u8>()];
    let steering = (any::<[u8; 2]>(), vec(small_or_any(), 2), vec(len, 4), small_or_any());
    (steering, streams::stream()).prop_map(|((settings, takes, lens, limit), stream)| {
        [&settings[..], &takes, &lens, &[limit], &stream].concat()
    })
}

/// Parts that each begin with the number of an operation.
fn actions() -> impl Strategy<Value = Vec<u8>> {
    let action =
        (0..8u8, streams::text()).prop_map(|(what, text)| [&[what], text.as_bytes(), &[0xFF]].concat());
    vec(action, 0..12).prop_map(|actions| actions.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_decoder_and_its_slow_twin_agree(input in steered_stream()) {
        bodies::decoder(&input);
    }

    #[test]
    fn the_decoders_agree_on_limits(input in steered_stream()) {
        bodies::limits(&input);
    }

    #[test]
    fn the_decoders_agree_on_strict_utf8(input in steered_stream()) {
        bodies::strict(&input);
    }

    #[test]
    fn the_decoders_agree_on_frames(input in steered_stream()) {
        bodies::frames(&input);
    }

    #[test]
    fn encoded_events_are_decoded_unchanged(input in actions()) {
        bodies::encode(&input);
    }

    #[test]
    fn frames_pass_a_proxy_unchanged(input in streams::stream()) {
        bodies::proxy(&input);
    }

    #[test]
    fn data_in_pieces_is_the_same_event(input in steered_stream()) {
        bodies::pieces(&input);
    }

    #[test]
    fn a_tap_sees_every_event_and_changes_no_byte(input in steered_stream()) {
        bodies::tap(&input);
    }

    #[test]
    fn a_rewrite_keeps_every_byte_or_writes_what_is_sent(input in steered_stream()) {
        bodies::rewrite(&input);
    }
}
