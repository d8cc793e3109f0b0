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
    // The wakers of these polls are of the test: a number and two counts each.
    let wakers = 10_000 * 24;
    let each = size_of::<Follow>() as i64 + (seats - wakers) / 10_000;
    eprintln!("{} B a follower, {} of them in the hub", each, (seats - wakers) / 10_000);
    assert!(each <= 128, "{each}");
}

#[test]
fn the_history_holds_no_more_memory_than_it_may() {
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
        // 4 KiB for the hub itself.
        assert!(held as usize <= history + 4096, "{held} B for events of {len} B in {history} B");
        // And the count is not wildly above what there is.
        assert!(stats.history_bytes <= 3 * held as usize, "{} of {held}", stats.history_bytes);
    }
}

fn count_held<T>(run: impl FnOnce() -> T) -> (T, i64) {
    let (counts, value) = count(run);
    (value, counts.held)
}
