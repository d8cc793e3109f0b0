//! An HTTP/1.1 client that hides nothing: it sees each byte when it arrives.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

pub struct Client {
    socket: TcpStream,
    /// Bytes that were read, but not parsed.
    bytes: Vec<u8>,
    /// Bytes of the body that no check has consumed.
    body: Vec<u8>,
}

#[derive(Debug)]
pub struct Head {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Head {
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.headers.iter().filter(move |header| header.0 == name).map(|header| &*header.1)
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Client { socket, bytes: Vec::new(), body: Vec::new() }
    }

    /// Sends a request with these additional header lines, and reads the head of the response.
    pub fn ask(&mut self, method: &str, path: &str, lines: &[u8]) -> Head {
        let request =
            [format!("{method} {path} HTTP/1.1\r\nHost: test\r\n").as_bytes(), lines, b"\r\n"].concat();
        self.socket.write_all(&request).unwrap();
        self.head()
    }

    /// An opened stream.
    pub fn open(address: SocketAddr) -> Self {
        let mut client = Client::connect(address);
        assert_eq!(client.ask("GET", "/events", b"").status, 200);
        client.expect(":\n");
        client
    }

    fn head(&mut self) -> Head {
        let end = loop {
            match self.bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                Some(end) => break end,
                None => assert!(self.read(), "the connection ended before the head did"),
            }
        };
        let rest = self.bytes.split_off(end + 4);
        let head = String::from_utf8(std::mem::replace(&mut self.bytes, rest)).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Head { status, headers: lines.map(header).collect() }
    }

    /// Reads as many bytes of the body as the text has, and asserts that they are that text.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        while self.body.len() < text.len() {
            match self.chunk() {
                Some(chunk) => self.body.extend(chunk),
                None => break,
            }
        }
        let got = self.body.drain(..text.len().min(self.body.len())).collect::<Vec<_>>();
        assert_eq!(String::from_utf8_lossy(&got), text);
    }

    /// Returns a line of the body, without its end.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        loop {
            match self.byte() {
                b'\n' => return line,
                byte => line.push(char::from(byte)),
            }
        }
    }

    fn byte(&mut self) -> u8 {
        while self.body.is_empty() {
            let chunk = self.chunk().expect("the body ended inside of a line");
            self.body.extend(chunk);
        }
        self.body.remove(0)
    }

    /// Returns the rest of the body, which must end as HTTP requires.
    pub fn rest(&mut self) -> Vec<u8> {
        while let Some(chunk) = self.chunk() {
            self.body.extend(chunk);
        }
        std::mem::take(&mut self.body)
    }

    /// Returns a chunk of `Transfer-Encoding: chunked`; `None` for the last one.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        let (size, start) = loop {
            match self.bytes.windows(2).position(|end| end == b"\r\n") {
                Some(end) => {
                    let size = std::str::from_utf8(&self.bytes[..end]).unwrap();
                    break (usize::from_str_radix(size, 16).unwrap(), end + 2);
                }
                None => assert!(self.read(), "the connection ended inside of the body"),
            }
        };
        while self.bytes.len() < start + size + 2 {
            assert!(self.read(), "the connection ended inside of a chunk");
        }
        let chunk = self.bytes[start..start + size].to_vec();
        self.bytes.drain(..start + size + 2);
        (size > 0).then_some(chunk)
    }

    /// Returns whether nothing arrives for this long.
    pub fn hears_nothing_for(&mut self, time: Duration) -> bool {
        let began = Instant::now();
        self.socket.set_read_timeout(Some(time)).unwrap();
        let is_silent =
            self.bytes.is_empty() && self.socket.peek(&mut [0]).is_err() && began.elapsed() >= time;
        self.socket.set_read_timeout(Some(PATIENCE)).unwrap();
        is_silent
    }

    /// Returns `false` at the end of the connection.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let count = self.socket.read(&mut bytes).expect("nothing arrived");
        self.bytes.extend(&bytes[..count]);
        count > 0
    }
}

/// 10 s: what takes longer never arrives.
pub const PATIENCE: Duration = Duration::from_secs(10);
