//! The proxy, which forwards every byte and adds only heartbeats.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::thread;
use std::time::Duration;

use crate::http::{ask, get, id, json, number, resume, Response};
use crate::programs::{petstore, proxy};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

/// An upstream server that sends what the test passes it, and the request that it received.
struct Upstream {
    address: SocketAddr,
    connections: Receiver<(String, TcpStream)>,
}

fn upstream() -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, connections) = channel();
    thread::spawn(move || accept(&listener, &accepted));
    Upstream { address, connections }
}

fn accept(listener: &TcpListener, accepted: &Sender<(String, TcpStream)>) {
    for connection in listener.incoming() {
        let connection = connection.unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut request = String::new();
        let mut reader = BufReader::new(&connection);
        while !request.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut request).unwrap() > 0);
        }
        if accepted.send((request, connection)).is_err() {
            return;
        }
    }
}

fn send(connection: &mut TcpStream, bytes: &[u8]) {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend([bytes, b"\r\n"].concat());
    connection.write_all(&chunk).unwrap();
}

/// A client of the proxy, and the upstream connection made for it.
fn through(proxy: SocketAddr, upstream: &Upstream) -> (Response, TcpStream) {
    let client = thread::spawn(move || get(proxy, "/"));
    let (_, mut connection) = upstream.connections.recv().unwrap();
    connection.write_all(HEAD.as_bytes()).unwrap();
    (client.join().unwrap(), connection)
}

/// Reads to the end, and leaves out empty comments.
fn without_heartbeats(mut stream: Response) -> String {
    let mut bytes = Vec::new();
    while let Some(piece) = stream.piece().unwrap() {
        bytes.extend(piece);
    }
    String::from_utf8(bytes).unwrap().split_inclusive('\n').filter(|line| *line != ":\n").collect()
}

const STREAM: &str = ": hello, with its space\nretry: 2500\nid: 8800\n\n:keep-alive\n\nevent: stock-change\nid: 8801\n\
    data: {\"stock\":41}\n\ntrace: 7\ndata: a\ndata:\ndata:  b 🐈\n\nid:\n\n: between\nevent: note\ndata:\n\nretry: 5\n\n\
    event: forgotten\n\n\n\n:two\n:lines\nid: 8803\ndata: last\n\n";

#[test]
fn every_byte_is_forwarded_unchanged_wherever_the_stream_is_cut() {
    let server = upstream();
    let proxy = proxy(server.address, &["--heartbeat", "0.01"]);
    for size in [1, 7, STREAM.len()] {
        let (client, mut connection) = through(proxy.address, &server);
        STREAM.as_bytes().chunks(size).for_each(|chunk| send(&mut connection, chunk));
        connection.write_all(b"0\r\n\r\n").unwrap();
        assert_eq!(without_heartbeats(client), STREAM, "in pieces of {size}");
    }
}

#[test]
fn events_are_forwarded_at_once_and_heartbeats_fill_the_silence() {
    let server = upstream();
    let proxy = proxy(server.address, &["--heartbeat", "0.03"]);
    let (mut client, mut connection) = through(proxy.address, &server);
    for n in 0..3 {
        let event = format!("id: {n}\ndata: tick\n\n");
        send(&mut connection, event.as_bytes());
        loop {
            match &client.piece().unwrap().unwrap() {
                piece if piece == ":\n" => {}
                piece => break assert_eq!(*piece, event),
            }
        }
    }
    // While an event is incomplete, heartbeats are sent before it, never inside.
    send(&mut connection, b"data: be");
    (0..3).for_each(|_| assert_eq!(client.piece().unwrap().unwrap(), ":\n"));
    send(&mut connection, b"gun\n\n");
    assert_eq!(client.next().data(), "begun");
}

#[test]
fn the_request_is_forwarded_with_the_last_event_id_and_without_hop_by_hop_headers() {
    let server = upstream();
    let proxy = proxy(server.address, &[]);
    let address = proxy.address;
    let headers = [
        ("Last-Event-ID", "8801"),
        ("Cookie", "a=b"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "keep-alive, X-Hop"),
        ("X-Hop", "1"),
    ];
    let client = thread::spawn(move || ask(address, "GET", "/v1/inventory/stream?a=b", &headers, "").status);
    let (request, mut connection) = server.connections.recv().unwrap();
    connection.write_all(HEAD.as_bytes()).unwrap();
    assert_eq!(client.join().unwrap(), 200);
    let request = request.to_lowercase();
    assert!(request.starts_with("get /v1/inventory/stream?a=b http/1.1\r\n"), "{request}");
    for kept in ["last-event-id: 8801", "cookie: a=b", &*format!("host: {}", server.address)] {
        assert!(request.contains(kept), "{kept} is not in {request}");
    }
    for gone in ["accept-encoding", "x-hop", "connection"] {
        assert!(!request.contains(gone), "{gone} is in {request}");
    }
}

#[test]
fn a_stream_that_breaks_upstream_breaks_for_the_client() {
    let server = upstream();
    let proxy = proxy(server.address, &[]);
    let (client, mut connection) = through(proxy.address, &server);
    send(&mut connection, b"data: a\n\ndata: unfinished\n");
    drop(connection);
    let (events, ending) = client.rest();
    assert_eq!(events.len(), 1);
    assert!(ending.is_err());
}

#[test]
fn a_client_that_disconnects_is_disconnected_upstream() {
    let server = upstream();
    let proxy = proxy(server.address, &[]);
    let (client, mut connection) = through(proxy.address, &server);
    drop(client);
    // The end of the connection, or its reset.
    match connection.read(&mut [0]) {
        Ok(read) => assert_eq!(read, 0),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

#[test]
fn other_responses_are_forwarded_and_an_unreachable_server_is_reported() {
    let shop = petstore(&[]);
    let between = proxy(shop.address, &[]);
    let missing = get(between.address, "/v1/orders/x/status/stream");
    assert_eq!((missing.status, &*missing.error_code()), (404, "order_not_found"));
    let page = get(between.address, "/");
    assert_eq!(page.text(), get(shop.address, "/").text());

    drop(shop);
    let nobody = get(between.address, "/");
    assert_eq!((nobody.status, &*nobody.error_code()), (502, "bad_gateway"));
}

#[test]
fn no_event_is_lost_when_the_proxy_is_killed() {
    let shop = petstore(&["--pace", "300"]);
    let path = "/v1/inventory/stream";
    let first = get(shop.address, path).next();
    let (mut last, mut seen) = (number(&first), id(&first));
    for _ in 0..5 {
        let between = proxy(shop.address, &[]);
        let mut stream = resume(between.address, path, &seen);
        for _ in 0..10 {
            last += 1;
            let event = stream.next();
            assert_eq!(number(&event), last);
            seen = id(&event);
        }
        drop(between);
        while stream.event().is_ok_and(|event| event.is_some()) {}
    }
    let streams = || json(&eventwire::Event::new(get(shop.address, "/v1/streams").text()))["open"].clone();
    for _ in 0..1000 {
        if streams() == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("{} streams are still open", streams());
}

#[test]
fn a_port_in_use_is_reported_with_its_address() {
    let used = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = used.local_addr().unwrap().to_string();
    let output = std::process::Command::new(crate::programs::example("proxy"))
        .args(["http://127.0.0.1:1", "--listen", &address])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with(&format!("proxy: {address}: ")), "{said}");
}
