//! What arrives of a stream that fails immediately after an event.
//!
//! `EVENTWIRE_REQUESTS=1000 cargo test --test served failing -- --nocapture` prints how many of 1,000 requests lost
//! their event, for each server and both versions of HTTP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::client::PATIENCE;
use crate::frames::Frames;
use crate::probe::Run;
use crate::servers::Server;

pub fn an_event_before_an_error_arrives(server: &Server) {
    let run = Run::new(server);
    let (http1, http2) = (over_http1(run.address, "/failing"), over_http2(run.address, "/failing"));
    println!("{}: with a timer: HTTP/1.1 {http1:?}, HTTP/2 {http2:?}", server.name);
    assert_eq!((http1.lost, http2.lost), (0, 0), "{http1:?} {http2:?}");
    let untimed = over_http1(run.address, "/failing/untimed");
    println!("{}: without a timer: HTTP/1.1 {untimed:?}", server.name);
    assert_eq!(untimed.lost, 0);
    let untimed = over_http2(run.address, "/failing/untimed");
    println!("{}: without a timer: HTTP/2 {untimed:?}", server.name);
}

#[derive(Debug, Default)]
struct Seen {
    /// Responses without the event.
    lost: usize,
    /// Responses that ended as if they were complete.
    whole: usize,
}

impl Seen {
    fn count(&mut self, body: &[u8], is_whole: bool) {
        let text = String::from_utf8_lossy(body);
        self.lost += usize::from(!text.contains("data: a\n\n"));
        self.whole += usize::from(is_whole);
    }
}

fn over_http2(address: SocketAddr, path: &str) -> Seen {
    let mut seen = Seen::default();
    let mut frames = Frames::connect(address);
    for n in 0..requests() {
        if n % 10 == 0 {
            frames = Frames::connect(address);
        }
        let answer = frames.get(path);
        seen.count(&answer.body, answer.reset.is_none());
    }
    seen
}

fn over_http1(address: SocketAddr, path: &str) -> Seen {
    let mut seen = Seen::default();
    for _ in 0..requests() {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
        let mut body = Vec::new();
        // A reset is also an end.
        let _ = socket.read_to_end(&mut body);
        seen.count(&body, body.ends_with(b"\r\n0\r\n\r\n"));
    }
    seen
}

fn requests() -> usize {
    std::env::var("EVENTWIRE_REQUESTS").map_or(20, |count| count.parse().unwrap())
}
