//! A server whose connections the test controls.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::message::{Message, PATIENCE};

pub(crate) struct Streams {
    pub(crate) url: String,
    connections: Receiver<Connection>,
}

impl Streams {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/stream", listener.local_addr().unwrap());
        let (asked, connections) = mpsc::channel();
        thread::spawn(move || {
            for connection in listener.incoming() {
                // A client that disconnects at once sends no request.
                let Some(connection) = Connection::read(connection.unwrap()) else { continue };
                // The test may have ended already.
                if asked.send(connection).is_err() {
                    return;
                }
            }
        });
        Streams { url, connections }
    }

    /// Waits for the next request.
    pub(crate) fn asked(&self) -> Connection {
        self.connections.recv_timeout(PATIENCE).expect("a request in time")
    }

    /// Waits for the next request, and begins an event stream.
    pub(crate) fn opened(&self) -> Connection {
        let mut connection = self.asked();
        connection.begin();
        connection
    }

    /// The number of requests that the test has not taken yet.
    pub(crate) fn others(&self) -> usize {
        self.connections.try_iter().count()
    }
}

/// A request without a response yet.
pub(crate) struct Connection {
    pub(crate) request: Message,
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn read(connection: TcpStream) -> Option<Self> {
        connection.set_nodelay(true).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut stream = BufReader::new(connection);
        let request = Message::read(&mut stream).ok()?;
        Some(Connection { request, stream })
    }

    /// Begins an event stream.
    pub(crate) fn begin(&mut self) {
        self.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");
    }

    /// Sends one HTTP chunk.
    pub(crate) fn send(&mut self, piece: impl AsRef<[u8]>) {
        let piece = piece.as_ref();
        let size = format!("{:x}\r\n", piece.len());
        self.write(&[size.as_bytes(), piece, b"\r\n"].concat());
    }

    /// Ends the stream cleanly, as a server does after its last event.
    pub(crate) fn finish(mut self) {
        self.write(b"0\r\n\r\n");
    }

    /// Breaks the connection in the middle of the stream.
    pub(crate) fn cut(self) {}

    /// Sends a response that is not a stream.
    pub(crate) fn answer(mut self, head: &str) {
        self.write(format!("HTTP/1.1 {head}content-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
    }

    /// Waits until the client has disconnected.
    pub(crate) fn wait_for_the_end(mut self) {
        match self.stream.read(&mut [0]) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("expected the client to disconnect, got {other:?}"),
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }
}
