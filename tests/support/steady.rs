//! `one_by_one`: checks that events arrive one by one.

use std::time::{Duration, Instant};

use eventwire::Event;

use crate::http::number;

/// Reads a stream of twenty events a second, asserts that none is held back, and returns the last one.
pub(crate) fn one_by_one(mut next: impl FnMut() -> Event) -> Event {
    next();
    let mut pauses = Vec::new();
    let mut last = next();
    for _ in 0..20 {
        let began = Instant::now();
        let event = next();
        pauses.push(began.elapsed());
        assert_eq!(number(&event), number(&last) + 1);
        last = event;
    }
    // If events were held back, most would arrive together with the previous one.
    let waited = pauses.iter().filter(|pause| **pause > Duration::from_millis(20)).count();
    assert!(waited > 15, "{pauses:?}");
    last
}
