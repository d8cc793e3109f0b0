//! The memory of a hub and its followers.

use std::mem::size_of;

use eventwire::hub::{Follow, Hub, Start};
use eventwire::Event;

use crate::counting::count;
use crate::support::{drain, poll, Polled};

#[test]
fn a_follower_costs_at_most_128_bytes() {
    let hub = Hub::new();
    let mut followers = Vec::with_capacity(10_000);
    let ((), seats) = count_held(|| {
        followers.extend((0..10_000).map(|_| hub.follow(Start::Now)));
        for follow in &mut followers {
            drain(follow);
            assert_eq!(poll(follow), Polled::Waits);
        }
    });
    // These polls use the test's own wakers, a number and two reference counts each.
    let wakers = 10_000 * 24;
    let each = size_of::<Follow>() as i64 + (seats - wakers) / 10_000;
    eprintln!("{} B per follower, {} B of it in the hub", each, (seats - wakers) / 10_000);
    assert!(each <= 128, "{each}");
}

#[test]
fn the_history_stays_within_its_limit_in_bytes() {
    for (len, history) in [(1, 1 << 20), (100, 1 << 20), (3000, 1 << 20), (100, 64 << 10)] {
        let text = "x".repeat(len);
        let (hub, held) = count_held(|| {
            let hub = Hub::new().with_history(usize::MAX).with_history_bytes(history);
            for n in 0..20_000_u32 {
                hub.publish_to(["a", "b"][n as usize % 2], Event::new(&*text));
            }
            hub
        });
        let stats = hub.stats();
        eprintln!("{len} B: {} events, counted {}, held {held}", stats.history_events, stats.history_bytes);
        // The hub itself takes up to 4 KiB.
        assert!(
            held as usize <= history + 4096,
            "{held} B held, for events of {len} B and a limit of {history} B"
        );
        // The hub's count must not be far above the real size either.
        assert!(stats.history_bytes <= 3 * held as usize, "{} of {held}", stats.history_bytes);
    }
}

fn count_held<T>(run: impl FnOnce() -> T) -> (T, i64) {
    let (counts, value) = count(run);
    (value, counts.held)
}
