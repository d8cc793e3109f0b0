//! Progress of reading a large file.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// A line on standard error that is rewritten as the file is read, and cleared at the end.
///
/// It is silent for small files, when standard error is no terminal, and when standard output is one and shows the
/// progress itself.
pub(crate) struct Progress {
    len: Option<u64>,
    began: Instant,
    next: Instant,
    is_shown: bool,
}

impl Progress {
    pub(crate) fn of(len: Option<u64>) -> Self {
        let is_seen = io::stderr().is_terminal() && !io::stdout().is_terminal();
        let began = Instant::now();
        Progress {
            len: len.filter(|&len| is_seen && len >= LARGE),
            began,
            next: began + STEP,
            is_shown: false,
        }
    }

    pub(crate) fn show(&mut self, read: u64) {
        let Some(len) = self.len else { return };
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + STEP;
        self.is_shown = true;
        let percent = read.min(len) * 100 / len.max(1);
        let speed = read as f64 / (now - self.began).as_secs_f64();
        // A failure to show progress is no reason to stop.
        let _ = write!(
            io::stderr(),
            "\r\x1b[K{percent:>3} % of {:.1} MiB, {:.0} MiB/s",
            len as f64 / MIB,
            speed / MIB
        );
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// 8 MiB: smaller files are read before anyone could see the line.
const LARGE: u64 = 8 * 1024 * 1024;
/// 100 ms: smooth and cheap.
const STEP: Duration = Duration::from_millis(100);
const MIB: f64 = 1024.0 * 1024.0;
