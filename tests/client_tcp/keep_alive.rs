//! A server that keeps its connections open, and ends an answer in a separate write.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// What follows the last event of an answer.
#[derive(Clone, Copy)]
pub(crate) enum After {
    /// The end of the body, 1 ms later, or when [`KeepAlive::end`] says so.
    End,
    EndWhenAsked,
    Silence,
    /// A gigabyte of comments.
    Flood,
}

/// The server, and what it has received.
pub(crate) struct KeepAlive {
    pub(crate) place: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// Bytes after a last event.
    flooded: AtomicU64,
    end: Notify,
    left: Notify,
}

impl KeepAlive {
    /// Answers each request with these events.
    pub(crate) async fn answering(events: &'static str, after: After) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(Seen::default());
        let server = KeepAlive { place, seen: seen.clone() };
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                seen.connections.fetch_add(1, Ordering::Relaxed);
                connection.set_nodelay(true).unwrap();
                let seen = seen.clone();
                tokio::spawn(async move {
                    serve(connection, events, after, &seen).await;
                    seen.left.notify_one();
                });
            }
        });
        server
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn flooded(&self) -> u64 {
        self.seen.flooded.load(Ordering::Relaxed)
    }

    /// Ends the body that is waiting for this call.
    pub(crate) fn end(&self) {
        self.seen.end.notify_one();
    }

    /// Waits until a client has closed a connection.
    pub(crate) async fn is_left(&self) {
        timeout(Duration::from_secs(20), self.seen.left.notified()).await.expect("the client leaves in time");
    }
}

/// Waits until the client closes the connection.
async fn serve(mut connection: TcpStream, events: &str, after: After, seen: &Seen) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let answer = format!("{head}{:x}\r\n{events}\r\n", events.len());
    while has_asked(&mut connection).await {
        if connection.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        match after {
            After::End => sleep(Duration::from_millis(1)).await,
            After::EndWhenAsked => seen.end.notified().await,
            After::Silence => continue,
            After::Flood => return flood(connection, seen).await,
        }
        if connection.write_all(b"0\r\n\r\n").await.is_err() {
            return;
        }
    }
}

/// Reads a request without a body; returns `false` if the client has closed the connection.
async fn has_asked(connection: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut room = [0; 1024];
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read(&mut room).await {
            Ok(0) | Err(_) => return false,
            Ok(len) => head.extend_from_slice(&room[..len]),
        }
    }
    true
}

async fn flood(mut connection: TcpStream, seen: &Seen) {
    let comment = format!(":{}\n", ".".repeat((64 << 10) - 2));
    let chunk = format!("{:x}\r\n{comment}\r\n", comment.len());
    while seen.flooded.load(Ordering::Relaxed) < 1 << 30 {
        if connection.write_all(chunk.as_bytes()).await.is_err() {
            return;
        }
        seen.flooded.fetch_add(comment.len() as u64, Ordering::Relaxed);
    }
}
