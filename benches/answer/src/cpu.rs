//! The processor time of a thread.

use std::fs::{read_link, read_to_string};
use std::time::Duration;

/// The calling thread.
pub fn this_thread() -> String {
    let link = read_link("/proc/thread-self").expect("Linux");
    link.to_str().expect("a path of ASCII").to_owned()
}

/// The processor time of a thread, including its time in the kernel.
pub fn time_of(thread: &str) -> Duration {
    let stat = read_to_string(format!("/proc/{thread}/schedstat")).expect("the thread lives");
    let nanos = stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("nanoseconds"))
}
