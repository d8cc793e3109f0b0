//! Runs `tail`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::programs::example;

/// A running `tail`, killed when it is dropped.
pub(crate) struct Tail {
    child: Child,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
    until: Instant,
}

/// The exit code and remaining output of `tail`.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    /// The lines that the test had not read yet.
    pub(crate) lines: Vec<String>,
    pub(crate) errors: String,
}

/// Runs `tail` until it exits.
pub(crate) fn tail(arguments: &[&str]) -> Said {
    Tail::start(arguments).end()
}

impl Tail {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(example("tail"))
            .args(arguments)
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut err = child.stderr.take().unwrap();
        let (say, lines) = channel();
        // It ends with the program, or when nobody listens any more.
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        let errors = thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).unwrap();
            text
        });
        Tail { child, lines, errors: Some(errors), until: Instant::now() + PATIENCE }
    }

    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<String> {
        match self.lines.recv_timeout(self.until.saturating_duration_since(Instant::now())) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("tail does not come to an end in {PATIENCE:?}"),
        }
    }

    /// The next line, parsed as an event.
    pub(crate) fn event(&mut self) -> Value {
        match self.next() {
            Some(line) => serde_json::from_str(&line).unwrap(),
            None => panic!("tail has ended: {}", self.rest().errors),
        }
    }

    /// Waits for a line that contains `text`.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !self.next().unwrap_or_else(|| panic!("tail has ended without {text:?}")).contains(text) {}
    }

    /// Sends SIGINT, as Ctrl-C does, and waits for the exit.
    pub(crate) fn interrupt(self) -> Said {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        self.end()
    }

    /// Stops reading, and waits for the exit.
    pub(crate) fn unheard(mut self) -> Said {
        self.lines = channel().1;
        self.rest()
    }

    /// Waits for the exit.
    pub(crate) fn end(mut self) -> Said {
        self.rest()
    }

    fn rest(&mut self) -> Said {
        let lines = std::iter::from_fn(|| self.next()).collect();
        let code = self.child.wait().unwrap().code();
        let errors = self.errors.take().map_or(String::new(), |errors| errors.join().unwrap());
        Said { code, lines, errors }
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// 90 s: far more than anything here takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(90);
