//! A server that sends raw bytes, and a hyper client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::reconnect::Policy;
use eventwire::client::{EventSource, EventSourceError};
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout, Instant};

/// What happens to a connection once its request has arrived.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) says: Vec<(u64, Vec<u8>)>,
    pub(crate) end: End,
}

#[derive(Clone, Copy)]
pub(crate) enum End {
    Closed,
    /// With RST.
    Reset,
    Silent,
}

pub(crate) const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

/// An event stream whose end is that of the connection.
pub(crate) fn stream(body: impl AsRef<[u8]>, end: End) -> Script {
    raw([STREAM.as_bytes(), body.as_ref()].concat(), end)
}

/// A chunked event stream, whose end the client can tell from a loss.
pub(crate) fn chunked(body: &str, end: End) -> Script {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let last = if matches!(end, End::Closed) { "0\r\n\r\n" } else { "" };
    raw(format!("{head}{:x}\r\n{body}\r\n{last}", body.len()), end)
}

/// A stream without events, to end a test.
pub(crate) fn silence() -> Script {
    stream("", End::Silent)
}

pub(crate) fn raw(response: impl Into<Vec<u8>>, end: End) -> Script {
    Script { says: vec![(0, response.into())], end }
}

/// The requests that a server received: their heads, and when they arrived.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Asked>>>, Arc<Notify>);

/// When a request arrived, and its head.
type Asked = (Instant, Vec<u8>);

impl Log {
    pub(crate) fn heads(&self) -> Vec<String> {
        let heads = self.0.lock().unwrap();
        heads.iter().map(|(_, head)| String::from_utf8_lossy(head).to_lowercase()).collect()
    }

    /// Returns the bytes of this header, as received.
    pub(crate) fn header(&self, request: usize, name: &str) -> Option<Vec<u8>> {
        let heads = self.0.lock().unwrap();
        let head = &heads[request].1;
        head.split(|byte| *byte == b'\n').find_map(|line| {
            let (found, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
            found.eq_ignore_ascii_case(name.as_bytes()).then(|| value[1..].trim_ascii().to_vec())
        })
    }

    /// Waits until the client has closed a silent connection.
    pub(crate) async fn is_left(&self) {
        timeout(Duration::from_secs(20), self.1.notified()).await.expect("the client leaves in time");
    }

    /// Returns the time between two requests.
    pub(crate) fn between(&self, request: usize) -> Duration {
        let heads = self.0.lock().unwrap();
        heads[request + 1].0 - heads[request].0
    }
}

/// Serves the scripts, one connection each, then no more. Returns its URL.
pub(crate) async fn serve(scripts: Vec<Script>) -> (String, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let log = Log::default();
    let asked = log.clone();
    tokio::spawn(async move {
        for script in scripts {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(play(script, connection, asked.clone()));
        }
    });
    (place, log)
}

async fn play(script: Script, mut connection: TcpStream, log: Log) {
    let mut head = Vec::new();
    let mut room = [0; 1024];
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match connection.read(&mut room).await {
            Ok(0) | Err(_) => return,
            Ok(len) => head.extend_from_slice(&room[..len]),
        }
    }
    log.0.lock().unwrap().push((Instant::now(), head));
    for (millis, bytes) in script.says {
        sleep(Duration::from_millis(millis)).await;
        // The client may be gone.
        if connection.write_all(&bytes).await.is_err() {
            return;
        }
    }
    match script.end {
        End::Closed => {}
        End::Reset => {
            // The bytes sent have to arrive first.
            sleep(Duration::from_millis(20)).await;
            #[allow(deprecated)]
            connection.set_linger(Some(Duration::ZERO)).unwrap();
        }
        End::Silent => {
            while !matches!(connection.read(&mut room).await, Ok(0) | Err(_)) {}
            log.1.notify_one();
        }
    }
}

/// Returns a policy with short delays.
pub(crate) fn soon() -> Policy {
    let soon = Duration::from_millis(5);
    Policy::new().with_delay(soon).with_server_delays(soon..=soon * 10).with_max_attempts(5)
}

pub(crate) fn connect(place: &str) -> EventSource {
    connect_with(Request::get(place).body("").unwrap()).with_reconnect(soon())
}

/// Returns a client with the default policy for its request.
pub(crate) fn connect_with(request: Request<&'static str>) -> EventSource {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let send = move |request: Request<Bytes>| client.request(request.map(Full::new));
    EventSource::new(request, send, sleep)
}

pub(crate) async fn data(source: &mut EventSource) -> String {
    let event = timeout(Duration::from_secs(20), source.next_event()).await.expect("an event in time");
    event.unwrap().expect("an event before the end").data().to_owned()
}

pub(crate) async fn silent(source: &mut EventSource) {
    assert!(timeout(Duration::from_millis(200), source.next_event()).await.is_err());
}

pub(crate) async fn error(source: &mut EventSource) -> EventSourceError {
    let error = timeout(Duration::from_secs(20), source.next_event())
        .await
        .expect("an error in time")
        .expect_err("an error");
    end(source).await;
    error
}

pub(crate) async fn end(source: &mut EventSource) {
    let next = timeout(Duration::from_secs(20), source.next_event()).await.expect("the end in time");
    assert!(next.unwrap().is_none());
}
