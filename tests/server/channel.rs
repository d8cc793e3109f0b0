//! Bodies fed by another task.

use std::task::Poll;
use std::time::Duration;

use eventwire::server::{EventBody, SenderDropped};
use eventwire::{Encoded, Event};
use futures_util::FutureExt;

use crate::ask::{ask, chunk, end, idle};

#[test]
fn sent_events_reach_the_body_and_finish_ends_it_normally() {
    let (sender, body) = EventBody::channel(2);
    let mut body = body.with_last_event(Event::new("[DONE]"));
    chunk(&mut body);
    idle(&mut body);
    sender.try_send(Event::new("a")).unwrap();
    sender.try_send(Encoded::comment("b")).unwrap();
    assert_eq!(chunk(&mut body), "data: a\n\n:b\n");
    idle(&mut body);
    sender.try_send(Event::new("c")).unwrap();
    sender.finish();
    assert_eq!(chunk(&mut body), "data: c\n\ndata: [DONE]\n\n");
    end(&mut body);
}

#[test]
fn a_sender_dropped_without_finish_is_an_error_and_sends_no_last_event() {
    let (sender, body) = EventBody::channel(2);
    let mut body = body.with_last_event(Event::new("[DONE]"));
    sender.try_send(Event::new("a")).unwrap();
    drop(sender);
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    idle(&mut body);
    let Poll::Ready(Some(Err(error))) = ask(&mut body) else { panic!("no error") };
    let error: SenderDropped = error;
    assert_eq!(error.to_string(), "the sender was dropped before it finished the stream");
    end(&mut body);
}

#[test]
fn a_panic_of_the_sending_task_is_an_error() {
    let (sender, mut body) = EventBody::channel(2);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _sender = sender;
        panic!("as planned");
    }));
    assert!(panicked.is_err());
    chunk(&mut body);
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_sender_waits_for_a_slow_client() {
    let (sender, mut body) = EventBody::channel(0);
    sender.send(Event::new("a")).await.unwrap();
    assert!(sender.try_send(Event::new("b")).unwrap_err().is_full());
    assert!(tokio::time::timeout(Duration::from_secs(60), sender.send(Event::new("b"))).await.is_err());
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    sender.send(Event::new("c")).await.unwrap();
    assert_eq!(chunk(&mut body), "data: c\n\n");
    sender.finish();
}

#[tokio::test(start_paused = true)]
async fn a_sender_learns_that_the_client_is_gone() {
    let (sender, body) = EventBody::channel(1);
    assert!(!sender.is_closed() && sender.closed().now_or_never().is_none());
    let waits = async {
        sender.send(Event::new("a")).await.unwrap();
        sender.send(Event::new("b")).await
    };
    let (sent, ()) = tokio::join!(waits, async { drop(body) });
    assert!(sent.unwrap_err().is_closed());
    sender.closed().await;
    assert!(sender.is_closed());
    assert_eq!(sender.try_send(Event::new("c")).unwrap_err().to_string(), "the client is gone");
}

#[cfg(feature = "json")]
#[tokio::test]
async fn json_is_sent_and_a_value_that_cannot_be_serialized_is_not() {
    use std::error::Error;

    let (sender, mut body) = EventBody::channel(4);
    sender.send_json(&[1, 2]).await.unwrap();
    let error = sender.send_json(&std::collections::HashMap::from([([1], 2)])).await.unwrap_err();
    assert!(!error.is_closed() && !error.is_full() && error.source().is_some());
    sender.finish();
    assert_eq!(chunk(&mut body), ":\ndata: [1,2]\n\n");
    end(&mut body);
}

#[test]
fn a_shutdown_closes_the_channel() {
    let (sender, body) = EventBody::channel(4);
    let mut body = body.with_shutdown(std::future::ready(()));
    assert_eq!(chunk(&mut body), ":\n");
    end(&mut body);
    assert!(sender.is_closed());
    sender.finish();
}

#[test]
fn a_channel_may_have_any_capacity() {
    let (sender, _body) = EventBody::channel(usize::MAX);
    assert!(sender.try_send(Event::new("a")).is_ok());
    sender.finish();
}
