//! Sources of chunks by feature: the readers of Tokio and of the futures crates, and framed readers.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};

use eventwire::client::{Drained, EndMark, EventStream, StreamError};
use eventwire::codec::EventCodec;
use eventwire::{Decoder, Ending, ReadError, Unfinished};
use futures_util::{FutureExt, StreamExt};
use tokio::io::{AsyncWriteExt, ReadBuf};
use tokio::time::Instant;
use tokio_util::codec::FramedRead;

/// A reader that follows a script step by step, then ends.
struct Told(VecDeque<Result<&'static [u8], ErrorKind>>);

impl Told {
    fn read(&mut self, cx: &mut Context<'_>, room: usize) -> Poll<io::Result<&'static [u8]>> {
        match self.0.pop_front() {
            None => Poll::Ready(Ok(&[])),
            Some(Err(ErrorKind::WouldBlock)) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Err(kind)) => Poll::Ready(Err(kind.into())),
            Some(Ok(bytes)) => {
                let (now, later) = bytes.split_at(bytes.len().min(room));
                if !later.is_empty() {
                    self.0.push_front(Ok(later));
                }
                Poll::Ready(Ok(now))
            }
        }
    }
}

impl tokio::io::AsyncRead for Told {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = to.remaining();
        self.read(cx, room).map_ok(|bytes| to.put_slice(bytes))
    }
}

impl futures_io::AsyncRead for Told {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut [u8]) -> Poll<io::Result<usize>> {
        self.read(cx, to.len()).map_ok(|bytes| {
            to[..bytes.len()].copy_from_slice(bytes);
            bytes.len()
        })
    }
}

fn told(steps: &[Result<&'static [u8], ErrorKind>]) -> Told {
    Told(steps.iter().copied().collect())
}

fn cut() -> Told {
    told(&[
        Ok(b"data: a\n\nid: 7\nda"),
        Err(ErrorKind::WouldBlock),
        Err(ErrorKind::Interrupted),
        Ok(b"ta: \xC3"),
        Ok(b"\xA4\n\ndata: cut"),
    ])
}

fn broken() -> Told {
    told(&[Ok(b"data: a\n\ndata: b"), Err(ErrorKind::ConnectionReset), Ok(b"never read")])
}

fn large() -> Told {
    let body = format!("data: {}\n\n", "x".repeat(100_000)).leak();
    told(&[Ok(body.as_bytes())])
}

/// Runs each test as a stream over Tokio's readers and over those of the futures crates.
macro_rules! both {
    ($told:ident, $check:expr) => {
        $check(EventStream::from_tokio_read($told())).await;
        $check(EventStream::from_futures_read($told())).await;
    };
}

#[tokio::test]
async fn the_bytes_of_a_reader_become_events() {
    async fn check<S>(mut events: EventStream<S>)
    where
        S: futures_util::Stream<Item = io::Result<bytes::Bytes>> + Unpin,
    {
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        assert_eq!(events.next_ref().await.unwrap().unwrap().data(), "ä");
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!((events.ending(), events.last_event_id()), (Some(Ending::InsideLine), "7"));
    }
    both!(cut, check);
}

#[tokio::test]
async fn an_error_of_a_reader_ends_the_stream() {
    async fn check<S>(mut events: EventStream<S>)
    where
        S: futures_util::Stream<Item = io::Result<bytes::Bytes>> + Unpin,
    {
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        match events.next_event().await {
            Err(StreamError::Transport { error, bytes: 16, .. }) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
            }
            other => panic!("{other:?}"),
        }
        assert!(events.next_event().await.unwrap().is_none());
    }
    both!(broken, check);
}

#[tokio::test]
async fn an_event_may_be_larger_than_a_single_read() {
    async fn check<S>(mut events: EventStream<S>)
    where
        S: futures_util::Stream<Item = io::Result<bytes::Bytes>> + Unpin,
    {
        assert_eq!(events.next_event().await.unwrap().unwrap().data().len(), 100_000);
        assert!(events.next_event().await.unwrap().is_none());
    }
    both!(large, check);
}

#[tokio::test]
async fn a_framed_reader_returns_the_same_events() {
    let mut events = FramedRead::new(&b"data: a\n\nid: 7\ndata: b\n\ndata: cut\n"[..], EventCodec::default());
    for expected in ["a", "b"] {
        assert_eq!(events.next().await.unwrap().unwrap().data(), expected);
    }
    assert!(events.next().await.is_none());
    assert_eq!(events.decoder().last_event_id(), "7");
}

#[tokio::test]
async fn a_framed_reader_reads_in_pieces_and_large_events() {
    let events: Vec<_> = FramedRead::new(large(), EventCodec::default()).collect().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].as_ref().unwrap().data().len(), 100_000);
    let steps: Vec<_> = b"data: a\n\ndata: b\n\n".iter().map(|byte| Ok(std::slice::from_ref(byte))).collect();
    let events: Vec<_> = FramedRead::new(told(&steps), EventCodec::default()).collect().await;
    assert_eq!(events.iter().map(|event| event.as_ref().unwrap().data()).collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn a_framed_reader_returns_the_unfinished_event_on_request() {
    let codec = EventCodec::new().with_decoder(Decoder::new().with_unfinished(Unfinished::Block));
    let events: Vec<_> = FramedRead::new(&b"data: a\n\ndata: b\n"[..], codec).collect().await;
    assert_eq!(events.iter().map(|event| event.as_ref().unwrap().data()).collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn a_framed_reader_continues_after_a_rejected_block() {
    let codec = EventCodec::new().with_decoder(Decoder::new().with_max_event_size(4));
    let mut events = FramedRead::new(&b"data: too long\n\ndata: b\n\n"[..], codec);
    assert!(matches!(events.next().await, Some(Err(ReadError::Decode(_)))));
    assert!(events.next().await.is_none());
    assert_eq!(events.next().await.unwrap().unwrap().data(), "b");
    assert!(events.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_reader_of_tokio_waits_50_ms_for_the_end_and_one_without_a_timer_does_not() {
    const ANSWER: &[u8] = b"data: a\n\ndata: [DONE]\n\ndata: late\n\n";
    let began = Instant::now();
    let mut without = EventStream::from_futures_read(Told([Ok(ANSWER), Err(ErrorKind::WouldBlock)].into()))
        .with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(without.next_event().await.unwrap().unwrap().data(), "a");
    assert!(without.next_event().now_or_never().unwrap().unwrap().is_none());
    assert_eq!(without.drained(), Some(Drained::GaveUp));

    let (reader, mut writer) = tokio::io::duplex(100);
    writer.write_all(ANSWER).await.unwrap();
    let mut with = EventStream::from_tokio_read(reader).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(with.next_event().await.unwrap().unwrap().data(), "a");
    assert!(began.elapsed().is_zero());
    assert!(with.next_event().await.unwrap().is_none());
    assert_eq!((began.elapsed().as_millis(), with.drained()), (50, Some(Drained::GaveUp)));
}
