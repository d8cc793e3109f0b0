//! A server with its whole answer ready, and a client that reads it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Answers every request with a stream, in HTTP chunks that end where these pieces end.
pub fn start<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> SocketAddr {
    let mut answer =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for piece in pieces {
        answer.extend(format!("{:x}\r\n", piece.len()).bytes());
        answer.extend(piece);
        answer.extend(b"\r\n");
    }
    answer.extend(b"0\r\n\r\n");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            read_head(&mut connection);
            connection.write_all(&answer).expect("somebody reads");
        }
    });
    address
}

/// Sends a request, and reads the response to its end. Returns the number of bytes after the head, framing included.
pub fn ask(server: SocketAddr) -> usize {
    let mut connection = TcpStream::connect(server).expect("the server listens");
    let request = b"GET / HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n";
    connection.write_all(request).expect("the server reads");
    read_head(&mut connection);
    let (mut buffer, mut bytes) = (vec![0; 1 << 18], 0);
    let mut end = Vec::new();
    loop {
        match connection.read(&mut buffer).expect("the server sends") {
            0 => break,
            len => {
                bytes += len;
                end.extend_from_slice(&buffer[len.saturating_sub(END.len())..len]);
                end.drain(..end.len().saturating_sub(END.len()));
            }
        }
    }
    assert_eq!(end, END, "the body was cut off");
    bytes
}

const END: &[u8] = b"0\r\n\r\n";

fn read_head(connection: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(connection.read(&mut byte).expect("a head"), 1);
        head.push(byte[0]);
    }
}
