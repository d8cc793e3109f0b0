//! A minimal client: it sends a request, and reads the response.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Requests a path and reads the head of the response.
pub fn ask(server: SocketAddr, path: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server).expect("the server listens");
    socket.set_nodelay(true).expect("a TCP socket");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a TCP socket");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    socket.write_all(request.as_bytes()).expect("the server reads");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: text/event-stream"), "{head}");
    socket
}

/// Reads to the last chunk of the body; returns how many line feeds the events had.
pub fn read_to_end(mut socket: TcpStream) -> usize {
    let mut buffer = vec![0; 256 * 1024];
    let mut last = Vec::new();
    let mut line_ends = 0;
    loop {
        let len = socket.read(&mut buffer).expect("the server sends");
        assert!(len > 0, "the body was cut off");
        let bytes = &buffer[..len];
        line_ends += bytes.iter().filter(|byte| **byte == b'\n').count();
        last.extend_from_slice(&bytes[len.saturating_sub(END.len())..]);
        last.drain(..last.len().saturating_sub(END.len()));
        if last == END {
            return line_ends;
        }
    }
}

/// No event contains a CR, so this occurs nowhere else.
const END: &[u8] = b"0\r\n\r\n";
