//! The callback server: receives the reports of a stream.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{json, Value};

use crate::message::{Message, PATIENCE};

pub(crate) struct Callbacks {
    pub(crate) url: String,
    reports: Receiver<Arrived>,
    expected: u64,
}

struct Arrived {
    number: u64,
    report: Value,
    /// The number of reports being handled when this one arrived.
    together: usize,
}

impl Callbacks {
    /// Waits this long before it answers each report.
    pub(crate) fn start(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/callbacks/7", listener.local_addr().unwrap());
        let (arrived, reports) = mpsc::channel();
        let under_way = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (arrived, under_way) = (arrived.clone(), Arc::clone(&under_way));
                thread::spawn(move || take(connection.unwrap(), pause, &arrived, &under_way));
            }
        });
        Callbacks { url, reports, expected: 0 }
    }

    /// Waits for the next report, and asserts that it has the next number and that no other report is in progress.
    pub(crate) fn next(&mut self) -> Value {
        self.expected += 1;
        let arrived = self.reports.recv_timeout(PATIENCE).expect("a report in time");
        assert_eq!(arrived.number, self.expected, "{}", arrived.report);
        assert_eq!(arrived.together, 1, "reports in progress at once");
        arrived.report
    }

    /// The number of reports that the test has not taken yet.
    pub(crate) fn others(&self) -> usize {
        self.reports.try_iter().count()
    }
}

fn take(connection: TcpStream, pause: Duration, arrived: &Sender<Arrived>, under_way: &AtomicUsize) {
    connection.set_nodelay(true).unwrap();
    let mut connection = BufReader::new(connection);
    while let Ok(request) = Message::read(&mut connection) {
        let together = under_way.fetch_add(1, Ordering::SeqCst) + 1;
        assert_eq!(request.method(), "POST");
        assert_eq!(request.header("content-type"), Some("application/json"));
        let number = request.path().strip_prefix("/callbacks/7/").unwrap().parse().unwrap();
        let report = serde_json::from_slice(&request.body).unwrap();
        // The test may have ended already.
        let _ = arrived.send(Arrived { number, report, together });
        thread::sleep(pause);
        under_way.fetch_sub(1, Ordering::SeqCst);
        let answer = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
        if connection.get_mut().write_all(answer).is_err() {
            return;
        }
    }
}

/// The report of an event.
pub(crate) fn event(event_type: &str, id: &str, data: &str) -> Value {
    json!({ "kind": "event", "event": { "type": event_type, "data": data, "id": id } })
}

/// The report of an event that has only data.
pub(crate) fn message(data: &str) -> Value {
    event("message", "", data)
}

pub(crate) fn comment(text: &str) -> Value {
    json!({ "kind": "comment", "comment": text })
}
