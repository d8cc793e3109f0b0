//! Last event IDs from clients, compared to a parser of IDs that takes no shortcut.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use eventwire::hub::{GapReason, Hub, LogId, Outcome};
use eventwire::server::LastEventId;
use eventwire::Event;
use futures_core::Stream;

/// The first byte is how many events were published, the second how many are kept, the rest is the ID.
pub fn ids(input: &[u8]) {
    let [published, kept, id @ ..] = input else { return };
    let (published, kept) = (u64::from(published % 16), usize::from(kept % 8).max(1));
    let hub = Hub::with_epoch(7).with_history(kept);
    (1..=published).for_each(|_| drop(hub.publish(Event::new(""))));
    let oldest = (published + 1).saturating_sub(kept as u64).max(1);

    let seen = LastEventId::from_bytes(id);
    let read = seen.as_ref().and_then(|id| naive(id));
    assert_eq!(seen.as_ref().and_then(|id| LogId::parse(id)), read.map(|(a, b)| LogId::new(a, b)));

    let mut follow = hub.follow(seen.as_ref());
    let (outcome, next) = match (&seen, read) {
        (None, _) => (Outcome::Fresh, published + 1),
        (_, Some((7, n))) if n <= published && n + 1 >= oldest => {
            (Outcome::Resumed { missed: Some(published - n) }, n + 1)
        }
        (_, read) => {
            let Outcome::Gap(gap) = follow.outcome() else { panic!("{:?}", follow.outcome()) };
            let is_ours = matches!(read, Some((7, n)) if n <= published);
            assert_eq!(gap.reason() == GapReason::Forgotten, is_ours);
            assert_eq!(gap.lost(), read.filter(|_| is_ours).map(|(_, n)| oldest - 1 - n));
            assert_eq!(gap.resumes_after(), LogId::new(7, oldest - 1));
            (Outcome::Gap(gap), oldest)
        }
    };
    assert_eq!(follow.outcome(), outcome);

    // It gets what there is and no more, after the gap or, with a valid ID, from the start.
    let mut events = 0;
    while let Poll::Ready(Some(_)) = poll(&mut follow) {
        events += 1;
        assert!(events <= 17, "again and again");
    }
    let others = match outcome {
        Outcome::Gap(_) => 1,
        Outcome::Fresh => 1,
        _ => 0,
    };
    assert_eq!(events, published + 1 - next + others);
}

fn naive(id: &str) -> Option<(u64, u64)> {
    let parts: Vec<&str> = id.split('-').collect();
    let [first, second] = parts[..] else { return None };
    let pair = (first.parse().ok()?, second.parse().ok()?);
    (format!("{}-{}", pair.0, pair.1) == id).then_some(pair)
}

fn poll(follow: &mut eventwire::hub::Follow) -> Poll<Option<eventwire::Encoded>> {
    struct Nobody;
    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }
    Pin::new(follow).poll_next(&mut Context::from_waker(&Waker::from(Arc::new(Nobody))))
}
