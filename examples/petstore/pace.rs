//! The pace of a stream.

use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::time::{interval, sleep, MissedTickBehavior};

/// One item after the other, with a pause between two.
pub(crate) fn with_pauses<I>(items: I, pause: Duration) -> impl Stream<Item = I::Item> + Send
where
    I: IntoIterator,
    I::IntoIter: Send,
    I::Item: Send,
{
    let items = items.into_iter();
    stream::unfold((items, Duration::ZERO), move |(mut items, wait)| async move {
        let item = items.next()?;
        sleep(wait).await;
        Some((item, (items, pause)))
    })
}

/// Calls `act` at a rate of `pace` per second, for ever. At a high rate, it calls it several times per tick.
pub(crate) async fn times_a_second(pace: f64, mut act: impl FnMut()) {
    if pace <= 0.0 {
        return;
    }
    let tick = Duration::from_secs_f64(1.0 / pace).max(SHORTEST);
    let mut ticks = interval(tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut due = 0.0;
    loop {
        ticks.tick().await;
        due += pace * tick.as_secs_f64();
        while due >= 1.0 - SLACK {
            act();
            due -= 1.0;
        }
    }
}

/// 5 ms: timers are not much finer than that.
const SHORTEST: Duration = Duration::from_millis(5);

/// Compensates for durations being truncated to nanoseconds.
const SLACK: f64 = 1e-6;
