//! `Tap` and `Rewrite` between real sockets: a scripted server, hyper's client and server, a client that reads bytes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use eventwire::gateway::{Input, Outcome, Output, Rewrite, Summary, Tap, Tapped, Unseen};
use eventwire::Event;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{client, server, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

type Fault = Box<dyn std::error::Error + Send + Sync>;
type Passed = Response<UnsyncBoxBody<Bytes, Fault>>;

/// Starts a server that accepts one connection, reads the request, and passes the connection to `serve`.
fn upstream(serve: impl FnOnce(StdStream) + Send + 'static) -> SocketAddr {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        read_until(&mut connection, "\r\n\r\n");
        serve(connection);
    });
    address
}

/// Starts a proxy for one connection and returns its address.
fn proxy(upstream: SocketAddr, pass: impl Fn(Response<Incoming>) -> Passed + Send + 'static) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let (connection, _) = listener.accept().await.unwrap();
            let service = service_fn(|_| async { Ok::<_, Fault>(pass(ask(upstream).await?)) });
            // An error means that the body failed or the client disconnected.
            let _ =
                server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
        });
    });
    told.recv().unwrap()
}

async fn ask(upstream: SocketAddr) -> Result<Response<Incoming>, Fault> {
    let connection = TcpStream::connect(upstream).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(connection)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(Request::get("/").header("host", "upstream").body(Empty::<Bytes>::new())?).await?)
}

/// Sends a request that accepts trailers.
fn client(proxy: SocketAddr) -> StdStream {
    let mut connection = StdStream::connect(proxy).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection
        .write_all(b"GET / HTTP/1.1\r\nHost: proxy\r\nTE: trailers\r\nConnection: close\r\n\r\n")
        .unwrap();
    connection
}

fn read_until(connection: &mut StdStream, end: &str) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(end.as_bytes()) {
        assert_eq!(connection.read(&mut byte).unwrap(), 1, "{}", text.escape_ascii());
        text.push(byte[0]);
    }
    String::from_utf8(text).unwrap()
}

/// Reads to the end of the connection. Returns the head in lower case, and the body with its chunk framing.
fn read_to_end(mut connection: StdStream) -> (String, String) {
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

/// The data of all chunks, and the text after the last chunk; `None` when the last chunk is missing.
fn dechunked(mut body: &str) -> (String, Option<String>) {
    let mut data = String::new();
    while let Some((len, rest)) = body.split_once("\r\n") {
        let len = usize::from_str_radix(len, 16).unwrap();
        if len == 0 {
            return (data, Some(rest.to_owned()));
        }
        data += &rest[..len];
        body = &rest[len + 2..];
    }
    (data, None)
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n";

fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

/// The data of the events that a tap saw, followed by its summary.
type Told = mpsc::Receiver<(Vec<String>, Summary)>;

/// A tap that reports what it saw.
fn tapping() -> (impl Fn(Response<Incoming>) -> Passed, Told) {
    let (tell, told) = mpsc::channel();
    let pass = move |response| {
        let tell = tell.clone();
        let mut events = Vec::new();
        let tapped = Tap::response(response, move |seen: Tapped<'_>| match seen {
            Tapped::Event(event) => events.push(event.data().to_owned()),
            Tapped::End(summary) => tell.send((std::mem::take(&mut events), summary)).unwrap(),
            _ => {}
        });
        tapped.map(|body| body.map_err(Fault::from).boxed_unsync())
    };
    (pass, told)
}

fn told(told: &Told) -> (Vec<String>, Summary) {
    told.recv_timeout(Duration::from_secs(20)).unwrap()
}

#[test]
fn a_tap_sees_a_chunked_stream_and_forwards_its_trailers() {
    let upstream = upstream(|mut connection| {
        let events = [chunk("data: a\n\nda"), chunk("ta: b\n\n")].concat();
        let stream = format!("{CHUNKED}Trailer: x-cost\r\n\r\n{events}0\r\nx-cost: 7\r\n\r\n");
        connection.write_all(stream.as_bytes()).unwrap();
    });
    let (pass, seen) = tapping();
    let (head, body) = read_to_end(client(proxy(upstream, pass)));
    assert!(head.contains("trailer: x-cost"), "{head}");
    let (data, trailers) = dechunked(&body);
    assert_eq!((&*data, &*trailers.unwrap()), ("data: a\n\ndata: b\n\n", "x-cost: 7\r\n\r\n"));
    let (events, end) = told(&seen);
    assert_eq!((events, end.outcome, end.bytes), (vec!["a".into(), "b".into()], Outcome::Whole, 18));
}

#[test]
fn a_tap_keeps_the_content_length_and_sees_the_end() {
    let upstream = upstream(|mut connection| {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\nETag: \"x\"\r\n\r\n";
        connection.write_all([head, "data: a\n\n"].concat().as_bytes()).unwrap();
    });
    let (pass, seen) = tapping();
    let (head, body) = read_to_end(client(proxy(upstream, pass)));
    assert!(head.contains("content-length: 9") && head.contains("etag"), "{head}");
    assert_eq!(body, "data: a\n\n");
    assert_eq!(told(&seen).1.outcome, Outcome::Whole);
}

#[test]
fn a_tap_reports_a_broken_upstream_and_breaks_the_downstream_connection() {
    let upstream = upstream(|mut connection| {
        connection.write_all([CHUNKED, "\r\n", &chunk("data: a\n\ndata: b")].concat().as_bytes()).unwrap();
    });
    let (pass, seen) = tapping();
    let (_, body) = read_to_end(client(proxy(upstream, pass)));
    assert_eq!(dechunked(&body).1, None, "no last chunk");
    let (events, end) = told(&seen);
    assert_eq!((events.len(), end.outcome), (1, Outcome::Failed));
}

#[test]
fn a_tap_reports_a_client_that_leaves() {
    let (stay, gone) = mpsc::channel::<()>();
    let upstream = upstream(move |mut connection| {
        connection.write_all([CHUNKED, "\r\n", &chunk("data: a\n\n")].concat().as_bytes()).unwrap();
        // Silent, but open until the test ends.
        let _ = gone.recv();
    });
    let (pass, seen) = tapping();
    let mut client = client(proxy(upstream, pass));
    read_until(&mut client, "data: a\n\n");
    drop(client);
    let (events, end) = told(&seen);
    assert_eq!((events.len(), end.outcome, end.bytes), (1, Outcome::Dropped, 9));
    drop(stay);
}

#[test]
fn a_tap_reports_an_encoded_body() {
    let upstream = upstream(|mut connection| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n";
        connection.write_all([head, "zzzz"].concat().as_bytes()).unwrap();
    });
    let (pass, seen) = tapping();
    let (head, body) = read_to_end(client(proxy(upstream, pass)));
    assert!(head.contains("content-encoding: gzip") && body == "zzzz", "{head}");
    assert!(matches!(told(&seen).1.unseen, Some(Unseen::Encoded(encoding)) if encoding == "gzip"));
}

/// Turns data into upper case, and adds an event at every end.
fn rewriting(response: Response<Incoming>) -> Passed {
    let shout = |input: Input<'_, hyper::Error>, output: &mut Output<'_>| match input {
        Input::End(_) => output.send(&Event::new("end")),
        Input::Lost(_) => output.send(&Event::new("lost").with_type("error")),
        _ => {
            if let Some(event) = input.event() {
                output.send_data(&event.data().to_uppercase());
            }
        }
    };
    match Rewrite::response(response, shout) {
        Ok(response) => response.map(|body| body.map_err(Fault::from).boxed_unsync()),
        Err(response) => response.map(|body| body.map_err(Fault::from).boxed_unsync()),
    }
}

#[test]
fn a_rewrite_removes_the_content_length_and_keeps_trailers() {
    let with_length = upstream(|mut connection| {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\nETag: \"x\"\r\n\r\n";
        connection.write_all([head, "data: a\n\n"].concat().as_bytes()).unwrap();
    });
    let (head, body) = read_to_end(client(proxy(with_length, rewriting)));
    assert!(!head.contains("content-length") && !head.contains("etag"), "{head}");
    assert_eq!(dechunked(&body), ("data: A\n\ndata: end\n\n".into(), Some("\r\n".into())));

    let with_trailers = upstream(|mut connection| {
        let stream =
            format!("{CHUNKED}Trailer: x-cost\r\n\r\n{}0\r\nx-cost: 7\r\n\r\n", chunk(":x\ndata: b\n\n"));
        connection.write_all(stream.as_bytes()).unwrap();
    });
    let (_, body) = read_to_end(client(proxy(with_trailers, rewriting)));
    assert_eq!(dechunked(&body), (":x\ndata: B\n\ndata: end\n\n".into(), Some("x-cost: 7\r\n\r\n".into())));
}

#[test]
fn a_rewrite_can_turn_a_loss_into_an_event_and_a_regular_end() {
    let upstream = upstream(|mut connection| {
        connection.write_all([CHUNKED, "\r\n", &chunk("data: a\n\ndata: b")].concat().as_bytes()).unwrap();
    });
    let (_, body) = read_to_end(client(proxy(upstream, rewriting)));
    let expected = "data: A\n\nevent: error\ndata: lost\n\n";
    assert_eq!(dechunked(&body), (expected.into(), Some("\r\n".into())));
}

#[test]
fn a_rewrite_can_end_at_an_event_although_the_server_does_not() {
    let (tell, left) = mpsc::channel();
    let upstream = upstream(move |mut connection| {
        let done = chunk("data: a\n\ndata: [DONE]\n\n");
        connection.write_all([CHUNKED, "\r\n", &done].concat().as_bytes()).unwrap();
        // The connection stays open until the proxy closes it.
        tell.send(connection.read(&mut [0])).unwrap();
    });
    let until_done = |input: Input<'_, hyper::Error>, output: &mut Output<'_>| {
        assert!(matches!(input, Input::Frame(_)));
        if input.event().is_some_and(|event| event.data() == "[DONE]") {
            output.send(&Event::new("").with_type("message_stop"));
            output.end();
        }
    };
    let proxy = proxy(upstream, move |response| {
        let response = Rewrite::response(response, until_done).map_err(|_| ()).unwrap();
        response.map(|body| body.map_err(Fault::from).boxed_unsync())
    });
    let (_, body) = read_to_end(client(proxy));
    let expected = "data: a\n\nevent: message_stop\ndata:\n\n";
    assert_eq!(dechunked(&body), (expected.into(), Some("\r\n".into())));
    assert_eq!(left.recv_timeout(Duration::from_secs(20)).unwrap().unwrap_or(0), 0);
}

#[test]
fn a_rewrite_forwards_an_event_at_once() {
    let (next, asked) = mpsc::channel::<()>();
    let upstream = upstream(move |mut connection| {
        connection.write_all([CHUNKED, "\r\n"].concat().as_bytes()).unwrap();
        for text in ["data: a\n\n", ":beat\n", "data: b\n\n"] {
            connection.write_all(chunk(text).as_bytes()).unwrap();
            // The server sends nothing more until the client has this event.
            asked.recv().unwrap();
        }
    });
    let mut client = client(proxy(upstream, rewriting));
    for text in ["data: A\n\n", ":beat\n", "data: B\n\n"] {
        read_until(&mut client, text);
        next.send(()).unwrap();
    }
}

#[test]
fn events_that_were_read_at_once_leave_a_rewrite_as_one_chunk() {
    let upstream = upstream(|mut connection| {
        let events: String = (0..20).map(|number| chunk(&format!("data: a{number}\n\n"))).collect();
        connection.write_all(format!("{CHUNKED}\r\n{events}0\r\n\r\n").as_bytes()).unwrap();
    });
    let (_, body) = read_to_end(client(proxy(upstream, rewriting)));
    let (data, end) = dechunked(&body);
    assert_eq!((data.matches("data: A").count(), end.is_some()), (20, true));
    // One, if the connection gives all of it to the first read.
    let chunks = body.split("\r\n").filter(|line| line.starts_with("data: ")).count();
    assert!(chunks <= 3, "{chunks}");
}

#[test]
fn a_server_is_not_read_faster_than_the_client_reads() {
    let (tell, wrote) = mpsc::channel();
    let upstream = upstream(move |mut connection| {
        connection.write_all([CHUNKED, "\r\n"].concat().as_bytes()).unwrap();
        connection.set_nonblocking(true).unwrap();
        let chunk = chunk(&"data: a line that is long enough\n\n".repeat(1_000));
        let (mut bytes, mut waits) = (0, 0);
        // If nothing can be written for half a second, every buffer on the way is full.
        while waits < 100 && bytes < 1 << 30 {
            match connection.write(&chunk.as_bytes()[bytes % chunk.len()..]) {
                Ok(len) => (bytes, waits) = (bytes + len, 0),
                Err(_) => {
                    waits += 1;
                    thread::sleep(Duration::from_millis(5));
                }
            }
        }
        tell.send(bytes).unwrap();
    });
    let client = client(proxy(upstream, rewriting));
    let bytes = wrote.recv_timeout(Duration::from_secs(60)).unwrap();
    drop(client);
    // The buffers of three sockets and two programs. Without backpressure, a gigabyte would have been written.
    assert!(bytes < 64 << 20, "{bytes}");
}
