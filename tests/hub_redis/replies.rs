//! Replies of a server that is in trouble, or that is no Redis: what each says about an event.

use eventwire::hub::{Log, LogErrorKind, Once};
use eventwire::Event;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::Server;
use crate::{hub, log_at};

/// Gives each `EVAL` this reply and closes the connection; `+OK` to anything else.
async fn answer(mut socket: TcpStream, reply: &'static str) {
    let mut received = Vec::new();
    while socket.read_buf(&mut received).await.is_ok_and(|len| len > 0) {
        while let Some((command, len)) = command(&received) {
            received.drain(..len);
            if command == "EVAL" {
                let _ = socket.write_all(reply.as_bytes()).await;
                return;
            }
            let _ = socket.write_all(b"+OK\r\n").await;
        }
    }
}

/// The name of the first command, and its length in bytes, if it is there as a whole.
fn command(received: &[u8]) -> Option<(String, usize)> {
    let (mut at, mut name) = (0, None);
    let line = |at: &mut usize| {
        let len = received[*at..].windows(2).position(|end| end == b"\r\n")?;
        let number = std::str::from_utf8(&received[*at + 1..*at + len]).unwrap().parse::<usize>().unwrap();
        *at += len + 2;
        Some(number)
    };
    for _ in 0..line(&mut at)? {
        let len = line(&mut at)?;
        let text = received.get(at..at + len)?;
        name.get_or_insert_with(|| String::from_utf8_lossy(text).to_ascii_uppercase());
        at += len + 2;
    }
    (at <= received.len()).then_some((name?, at))
}

#[tokio::test]
async fn a_reply_says_whether_an_event_was_added_and_whether_to_try_again() {
    use LogErrorKind::{Refused, Unavailable, Uncertain};
    let replies = [
        ("-LOADING Redis is loading the dataset in memory\r\n", Unavailable),
        ("-READONLY You can't write against a read only replica.\r\n", Unavailable),
        ("-MASTERDOWN Link with MASTER is down\r\n", Unavailable),
        ("-CLUSTERDOWN The cluster is down\r\n", Unavailable),
        ("-TRYAGAIN Multiple keys request during rehashing of slot\r\n", Unavailable),
        ("-OOM command not allowed when used memory > 'maxmemory'.\r\n", Unavailable),
        ("-MISCONF Redis is configured to save RDB snapshots\r\n", Unavailable),
        ("-NOREPLICAS Not enough good replicas to write.\r\n", Unavailable),
        ("-BUSY Redis is busy running a script.\r\n", Unavailable),
        ("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", Refused),
        ("-NOPERM this user has no permissions\r\n", Refused),
        ("-NOAUTH Authentication required.\r\n", Refused),
        ("-FORGOTTEN the number is older than all that are remembered\r\n", Refused),
        // Cut, not a reply, or a reply to something else.
        ("", Uncertain),
        ("$5\r\n1-", Uncertain),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", Uncertain),
        (":5\r\n", Uncertain),
        ("$-1\r\n", Uncertain),
        ("*1\r\n$3\r\n1-1\r\n", Uncertain),
        ("$4\r\n05-1\r\n", Uncertain),
    ];
    for (reply, kind) in replies {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let log = log_at(&format!("redis://{}", listener.local_addr().unwrap()));
        let answering = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket, reply));
            }
        });
        let error = log.append(Once::new("a", 1), None, &Event::new("a")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{reply:?}: {error:?}");
        answering.abort();
    }
}

#[tokio::test]
async fn a_server_without_memory_adds_nothing_and_followers_stay() {
    let Some(server) = Server::start(&[]) else { return };
    let hub = hub(&server).await;
    let first = hub.prepare(Event::new("first"));
    hub.append(&first).await.unwrap();
    let () = server.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    let second = hub.prepare(Event::new("second"));
    let error = hub.append(&second).await.unwrap_err();
    assert!(error.was_not_added(), "{error:?}");
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 1);
    assert!(!hub.is_closed());
    let () = server.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    hub.append(&second).await.unwrap();
    assert_eq!(server.ask::<u64>(&["XLEN", "news"]), 2);
}

#[tokio::test]
async fn an_append_that_is_refused_after_a_lost_connection_may_have_been_added() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let log = log_at(&format!("redis://{}", listener.local_addr().unwrap()));
    let answering = tokio::spawn(async move {
        let mut replies = ["", "-NOPERM this user has no permissions\r\n"].into_iter();
        while let (Some(reply), Ok((socket, _))) = (replies.next(), listener.accept().await) {
            tokio::spawn(answer(socket, reply));
        }
    });
    let error = log.append(Once::new("a", 1), None, &Event::new("a")).await.unwrap_err();
    assert_eq!(error.kind(), LogErrorKind::Uncertain, "{error:?}");
    answering.abort();
}
