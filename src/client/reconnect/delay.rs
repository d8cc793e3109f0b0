//! How long to wait before an attempt.

use core::time::Duration;

use super::settings::Policy;

impl Policy {
    /// The wait before an attempt, after so many in a row that brought nothing. [connection 19, 20]
    pub(super) fn wait(
        &self,
        failures: u32,
        retry: Option<Duration>,
        retry_after: Option<Duration>,
        random: u64,
    ) -> Duration {
        let base = retry.map_or(self.delay, |retry| self.clamp(retry));
        let scaled = self.scaled(base, failures);
        // Jitter only adds, after scaling.
        let jitter = part_of(scaled, random).saturating_mul(self.jitter_percent.into()) / 100;
        let asked = retry_after.map_or(Duration::ZERO, |time| self.clamp(time));
        scaled.max(asked).saturating_add(jitter)
    }

    fn scaled(&self, base: Duration, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1);
        if doublings == 0 {
            return base;
        }
        // Nothing doubled is nothing.
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        base.max(LEAST_STEP).saturating_mul(factor).min(self.max_backoff.max(base))
    }

    fn clamp(&self, asked: Duration) -> Duration {
        asked.min(*self.server_delays.end()).max(*self.server_delays.start())
    }
}

/// As much of a time as a random number says.
fn part_of(time: Duration, random: u64) -> Duration {
    let nanos = (time.as_nanos().min(MOST_NANOS) * u128::from(random >> 32)) >> 32;
    Duration::new((nanos / NANOS) as u64, (nanos % NANOS) as u32)
}

/// 100 ms: where the delay begins to double for those who ask for none.
const LEAST_STEP: Duration = Duration::from_millis(100);

const NANOS: u128 = 1_000_000_000;

/// 2^94: no product with 32 bits overflows, and no wait is that long.
const MOST_NANOS: u128 = 1 << 94;

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
    fn the_server_s_retry_is_the_base_between_two_bounds() {
        for (retry, wait) in
            [(0, 500), (499, 500), (700, 700), (7_000, 7_000), (3_600_001, 3_600_000), (u64::MAX, 3_600_000)]
        {
            let wait_for = plain().wait(1, Some(Duration::from_millis(retry)), None, 0);
            assert_eq!(wait_for, MILLI * wait, "{retry}");
        }
        assert_eq!(plain().wait(2, Some(SECOND), None, 0), SECOND * 2);
        // Longer than the bound for doubling: as the server says.
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
    fn jitter_only_adds() {
        for failures in 1..10 {
            let least = plain().wait(failures, None, None, 0);
            assert_eq!(Policy::new().wait(failures, None, None, 0), least);
            let most = Policy::new().wait(failures, None, None, u64::MAX);
            assert!(most > least * 2 - MILLI && most < least * 2, "{most:?}");
            assert_eq!(Policy::new().wait(failures, None, None, 1 << 63), least * 3 / 2);
        }
        assert_eq!(Policy::new().with_delay(Duration::MAX).wait(1, None, None, u64::MAX), Duration::MAX);
    }

    #[test]
    fn retry_after_is_waited_for_and_jitter_comes_on_top() {
        assert_eq!(plain().wait(1, None, Some(SECOND * 20), 0), SECOND * 20);
        assert_eq!(plain().wait(3, None, Some(SECOND), 0), SECOND * 12);
        assert_eq!(plain().wait(1, None, Some(SECOND * 999_999), 0), SECOND * 3600);
        assert_eq!(Policy::new().wait(1, None, Some(SECOND * 20), 1 << 63), MILLI * 21_500);
    }
}
