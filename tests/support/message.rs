//! HTTP messages, read from a plain socket.

use std::collections::HashMap;
use std::io::{self, BufRead};
use std::time::Duration;

/// A request, or a response with its length.
#[derive(Debug)]
pub(crate) struct Message {
    /// `GET / HTTP/1.1`, or `HTTP/1.1 200 OK`.
    pub(crate) first: String,
    /// Keyed by name, in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn read(connection: &mut impl BufRead) -> io::Result<Self> {
        let first = line(connection)?;
        let mut headers = HashMap::new();
        while let Some((name, value)) = line(connection)?.split_once(':') {
            let twice = headers.insert(name.to_lowercase(), value.trim().to_owned());
            assert_eq!(twice, None, "the header {name} came twice");
        }
        let len = headers.get("content-length").map_or(0, |len| len.parse().unwrap());
        let mut body = vec![0; len];
        connection.read_exact(&mut body)?;
        Ok(Message { first, headers, body })
    }

    pub(crate) fn method(&self) -> &str {
        self.first.split(' ').next().unwrap()
    }

    pub(crate) fn path(&self) -> &str {
        self.first.split(' ').nth(1).unwrap()
    }

    pub(crate) fn status(&self) -> u16 {
        self.path().parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn line(connection: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    match connection.read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

/// 30 s: far more than anything here takes, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
