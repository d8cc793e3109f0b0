//! An HTTP/1.1 client over a plain socket, which shows every chunk.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use eventwire::{BytesDecoder, Event};
use serde_json::Value;

pub(crate) fn get(address: SocketAddr, path: &str) -> Response {
    ask(address, "GET", path, &[], "")
}

/// Sends this ID as `Last-Event-ID`, like a client that reconnects.
pub(crate) fn resume(address: SocketAddr, path: &str, seen: &str) -> Response {
    ask(address, "GET", path, &[("Last-Event-ID", seen)], "")
}

pub(crate) fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    ask(address, "POST", path, headers, body)
}

pub(crate) fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("\r\n{body}");
    connection.write_all(request.as_bytes()).unwrap();
    Response::read(BufReader::new(connection)).unwrap()
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    connection: BufReader<TcpStream>,
    decoder: BytesDecoder,
}

impl Response {
    fn read(mut connection: BufReader<TcpStream>) -> io::Result<Self> {
        let first = line(&mut connection)?;
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HashMap::new();
        loop {
            let line = line(&mut connection)?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        Ok(Response { status, headers, connection, decoder: BytesDecoder::default() })
    }

    /// The next piece of a chunked body; `None` at its end, an error when the connection breaks earlier.
    pub(crate) fn piece(&mut self) -> io::Result<Option<Bytes>> {
        let size = usize::from_str_radix(&line(&mut self.connection)?, 16);
        let size = size.map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let mut piece = vec![0; size + 2];
        self.connection.read_exact(&mut piece)?;
        piece.truncate(size);
        Ok((size > 0).then(|| piece.into()))
    }

    /// The next event; `None` at the end of the stream.
    pub(crate) fn event(&mut self) -> io::Result<Option<Event>> {
        while !self.decoder.advance().unwrap() {
            match self.piece()? {
                Some(piece) => self.decoder.push(piece),
                None => return Ok(None),
            }
        }
        Ok(self.decoder.take_current())
    }

    pub(crate) fn next(&mut self) -> Event {
        self.event().unwrap().expect("the stream has ended")
    }

    /// All events, and whether the stream ended cleanly.
    pub(crate) fn rest(mut self) -> (Vec<Event>, io::Result<()>) {
        let mut events = Vec::new();
        loop {
            match self.event() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return (events, Ok(())),
                Err(error) => return (events, Err(error)),
            }
        }
    }

    pub(crate) fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// The body of a response that is not a stream.
    pub(crate) fn text(mut self) -> String {
        let len = self.headers["content-length"].parse().unwrap();
        let mut text = vec![0; len];
        self.connection.read_exact(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// The `code` of a JSON error.
    pub(crate) fn error_code(self) -> String {
        assert_eq!(self.headers["content-type"], "application/json");
        let error: Value = serde_json::from_str(&self.text()).unwrap();
        assert!(error["error"]["message"].is_string());
        error["error"]["code"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn json(event: &Event) -> Value {
    serde_json::from_str(event.data()).unwrap_or_else(|_| panic!("expected JSON: {event:?}"))
}

/// The ID of an event, to be sent as `Last-Event-ID`.
pub(crate) fn id(event: &Event) -> String {
    event.id().unwrap_or_else(|| panic!("expected an ID: {event:?}")).to_string()
}

/// Type, data and ID. Leaves out the reconnection time, which only the first event of a response has.
#[allow(dead_code)]
pub(crate) fn content(event: &Event) -> (&str, &str, Option<&str>) {
    (event.event_type(), event.data(), event.id().map(AsRef::as_ref))
}

/// The number of an event: its ID, without the epoch of the shop if it has one.
pub(crate) fn number(event: &Event) -> u64 {
    let id = id(event);
    id.rsplit('-')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("expected a number at the end of the ID, got {id}"))
}

/// The epoch in an event's ID, which names the run of the shop.
pub(crate) fn epoch(event: &Event) -> u64 {
    let id = id(event);
    id.split_once('-')
        .and_then(|(epoch, _)| epoch.parse().ok())
        .unwrap_or_else(|| panic!("expected an epoch in the ID, got {id}"))
}

fn line(connection: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

/// 10 s: far more than anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
