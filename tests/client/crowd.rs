//! Clients that lost their server together do not return together.

use std::time::Duration;

use eventwire::client::reconnect::{Action, Machine, Policy};

const CLIENTS: usize = 1_000;

/// A random number generator (splitmix) with the same sequence in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// Returns when each client is back, in milliseconds, if all lost their server at 0 and it answers from `up` on.
fn returns(policy: &Policy, retry: Option<Duration>, up: u128) -> Vec<u128> {
    let mut random = Random(7);
    let mut back: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let mut machine = Machine::new(policy.clone());
            machine.set_retry(retry);
            machine.on_event();
            let mut now = 0;
            loop {
                let Action::Wait(time) = machine.on_lost(random.next()) else { panic!() };
                machine.on_waited();
                now += time.as_millis();
                if now >= up {
                    return now;
                }
            }
        })
        .collect();
    back.sort_unstable();
    back
}

/// Returns the largest number of clients that return within 100 ms.
fn crowd(back: &[u128]) -> usize {
    let within = |from: &u128| back.iter().filter(|at| (*from..*from + 100).contains(*at)).count();
    back.iter().map(within).max().unwrap()
}

#[test]
fn clients_of_a_server_that_is_back_immediately_return_spread_over_a_second() {
    let back = returns(&Policy::new(), None, 0);
    assert!(back.iter().all(|at| (3_000..=3_900).contains(at)));
    assert!(crowd(&back) < CLIENTS / 5, "{}", crowd(&back));
}

#[test]
fn clients_of_a_server_that_was_away_return_spread_over_the_time_they_waited() {
    for (up, share) in [(10_000, 20), (60_000, 50), (600_000, 100)] {
        let back = returns(&Policy::new(), None, up);
        assert!(crowd(&back) < CLIENTS / share, "{up}: {}", crowd(&back));
    }
}

#[test]
fn a_client_returns_within_a_third_more_than_the_server_s_delay() {
    let back = returns(&Policy::new(), Some(Duration::from_millis(500)), 0);
    // MCP's public conformance suite warns above 700 ms.
    assert!(back.iter().all(|at| (500..=650).contains(at)));
}

#[test]
fn without_jitter_all_clients_return_together() {
    let back = returns(&Policy::new().with_jitter_percent(0), None, 600_000);
    assert_eq!(crowd(&back), CLIENTS);
}
