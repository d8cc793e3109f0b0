//! `Policy::wait`: the delay before an attempt.

use core::time::Duration;

use super::policy::Policy;
use crate::timer::part_of;

impl Policy {
    /// Returns the delay before an attempt, after this many failures in a row. [connection 19, 20]
    pub(super) fn wait(
        &self,
        failures: u32,
        retry: Option<Duration>,
        retry_after: Option<Duration>,
        random: u64,
    ) -> Duration {
        let base = retry.map_or(self.delay, |retry| self.clamp(retry));
        let scaled = match &self.backoff {
            Some(backoff) => backoff(failures, base),
            None => self.doubled(base, failures),
        };
        let wait = scaled.max(retry_after.map_or(Duration::ZERO, |time| self.clamp(time)));
        // Jitter is added after scaling, and only lengthens the wait.
        let percent = self.jitter_percent.unwrap_or(if failures <= 1 { FIRST_JITTER } else { LATER_JITTER });
        let jitter = part_of(wait, random).saturating_mul(percent.into()) / 100;
        wait.saturating_add(jitter)
    }

    fn doubled(&self, base: Duration, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1);
        if doublings == 0 {
            return base;
        }
        // A base delay of zero would stay zero.
        let step = if base.is_zero() { LEAST_STEP } else { base };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        step.saturating_mul(factor).min(self.max_backoff.max(base))
    }

    fn clamp(&self, asked: Duration) -> Duration {
        asked.min(*self.server_delays.end()).max(*self.server_delays.start())
    }
}

/// 30 %: a client returns soon after the delay that the server set; with 3 s, clients that were disconnected together
/// return spread over a second.
const FIRST_JITTER: u8 = 30;

/// 100 %: the clients of a server that has been away for longer return spread over a time as long as their wait.
const LATER_JITTER: u8 = 100;

/// 100 ms: the first backoff step for users who set no delay.
const LEAST_STEP: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const MILLI: Duration = Duration::from_millis(1);

    fn plain() -> Policy {
        Policy::new().with_jitter_percent(0)
    }

    #[test]
    fn the_delay_doubles_with_each_failure_up_to_its_bound() {
        let waits = [1, 2, 3, 4, 5, 6, 40, u32::MAX].map(|failures| plain().wait(failures, None, None, 0));
        assert_eq!(waits, [3, 6, 12, 24, 30, 30, 30, 30].map(|seconds| SECOND * seconds));
    }

    #[test]
    fn delays_under_100_ms_double_too() {
        for (base, expected) in [(50, [50, 100, 200, 400]), (1, [1, 2, 4, 8]), (99, [99, 198, 396, 792])] {
            let policy = plain().with_delay(MILLI * base);
            assert_eq!([1, 2, 3, 4].map(|n| policy.wait(n, None, None, 0)), expected.map(|n| MILLI * n));
        }
    }

    #[test]
    fn the_server_s_retry_is_the_base_between_two_bounds() {
        for (retry, wait) in
            [(0, 500), (499, 500), (700, 700), (7_000, 7_000), (3_600_001, 3_600_000), (u64::MAX, 3_600_000)]
        {
            let wait_for = plain().wait(1, Some(Duration::from_millis(retry)), None, 0);
            assert_eq!(wait_for, MILLI * wait, "{retry}");
        }
        assert_eq!(plain().wait(2, Some(SECOND), None, 0), SECOND * 2);
        // Longer than the maximum backoff: the server's delay wins.
        assert_eq!(plain().wait(5, Some(SECOND * 300), None, 0), SECOND * 300);
    }

    #[test]
    fn the_user_s_own_delay_is_honoured_zero_included() {
        let eager = plain().with_delay(Duration::ZERO);
        assert_eq!([1, 2, 3, 4].map(|n| eager.wait(n, None, None, 0)), [0, 200, 400, 800].map(|n| MILLI * n));
        assert_eq!(plain().with_delay(SECOND * 9_999).wait(7, None, None, 0), SECOND * 9_999);
        assert_eq!(plain().with_delay(Duration::MAX).wait(7, None, None, 0), Duration::MAX);
    }

    #[test]
    fn a_backoff_of_the_user_s_own_replaces_doubling() {
        let linear = plain().with_backoff(|failures, base| base * failures);
        assert_eq!([1, 2, 3, 40].map(|n| linear.wait(n, None, None, 0)), [3, 6, 9, 120].map(|n| SECOND * n));
        assert_eq!(linear.wait(2, Some(SECOND), None, 0), SECOND * 2);
        assert_eq!(linear.wait(1, None, Some(SECOND * 20), 0), SECOND * 20);
        let longest = plain().with_backoff(|_, _| Duration::MAX).with_jitter_percent(100);
        assert_eq!(longest.wait(1, None, None, u64::MAX), Duration::MAX);
    }

    #[test]
    fn jitter_only_adds_30_percent_at_first_and_100_later() {
        for failures in 1..10 {
            let percent = if failures == 1 { 30 } else { 100 };
            let least = plain().wait(failures, None, None, 0);
            assert_eq!(Policy::new().wait(failures, None, None, 0), least);
            let most = Policy::new().wait(failures, None, None, u64::MAX);
            let bound = least + least * percent / 100;
            assert!(most > bound - MILLI && most < bound, "{most:?}");
            let of_10 = Policy::new().with_jitter_percent(10).wait(failures, None, None, 1 << 63);
            assert_eq!(of_10, least * 105 / 100);
        }
        assert_eq!(Policy::new().with_delay(Duration::MAX).wait(1, None, None, u64::MAX), Duration::MAX);
    }

    #[test]
    fn retry_after_is_waited_for_and_jitter_is_added_to_it() {
        assert_eq!(plain().wait(1, None, Some(SECOND * 20), 0), SECOND * 20);
        assert_eq!(plain().wait(3, None, Some(SECOND), 0), SECOND * 12);
        assert_eq!(plain().wait(1, None, Some(SECOND * 999_999), 0), SECOND * 3600);
        assert_eq!(Policy::new().wait(1, None, Some(SECOND * 20), 1 << 63), SECOND * 23);
    }
}
