//! The fuzz target `ids`, run with its saved seeds and with generated inputs.

#![cfg(feature = "hub")]

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../fuzz/bodies/ids.rs"]
#[allow(unreachable_pub)]
mod body;

#[test]
fn the_saved_seeds_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/ids");
    let seeds: Vec<_> = fs::read_dir(folder).unwrap().map(|seed| seed.unwrap().path()).collect();
    assert!(!seeds.is_empty());
    for seed in seeds {
        println!("{}", seed.display());
        body::ids(&fs::read(seed).unwrap());
    }
}

/// IDs of the hub, IDs that are similar, and others.
fn id() -> impl Strategy<Value = Vec<u8>> {
    let number = || {
        let edges = [0, 1, u64::MAX - 1, u64::MAX];
        prop_oneof![Just(7), 0..20_u64, proptest::sample::select(edges.to_vec()), any::<u64>()]
    };
    let sloppy =
        || prop_oneof![8 => Just(""), 1 => Just("0"), 1 => Just("+"), 1 => Just(" "), 1 => Just("-")];
    prop_oneof![
        6 => (sloppy(), number(), sloppy(), number(), sloppy())
            .prop_map(|(a, first, b, second, c)| format!("{a}{first}-{b}{second}{c}").into_bytes()),
        1 => vec(any::<u8>(), 0..60),
        1 => "[0-9-]{0,50}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_last_event_id_has_the_expected_outcome(published: u8, kept: u8, id in id()) {
        body::ids(&[&[published, kept], &id[..]].concat());
    }
}
