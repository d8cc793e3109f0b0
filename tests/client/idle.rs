//! How long a stream waits. The clock is paused and advances only while every task waits.

use std::convert::Infallible;
use std::time::Duration;

use eventwire::client::{Drained, EndMark, EventStream, Phase, StreamError, TimeoutLimit};
use eventwire::Frame;
use futures_util::{stream, Stream, StreamExt};
use tokio::time::{sleep, timeout, Instant};

const SECOND: Duration = Duration::from_secs(1);

type Chunk = Result<&'static str, Infallible>;

/// A stream with each chunk the given number of seconds after the previous one, then silence.
fn after(chunks: &'static [(u64, &'static str)]) -> impl Stream<Item = Chunk> + Unpin {
    let chunks = stream::iter(chunks).then(|(seconds, chunk)| async move {
        sleep(SECOND * *seconds as u32).await;
        Ok(*chunk)
    });
    Box::pin(chunks.chain(stream::pending()))
}

/// Returns when the stream times out, in seconds, and its error message.
async fn gives_up(
    events: &mut EventStream<impl Stream<Item = Chunk> + Unpin>,
) -> (u64, StreamError<Infallible>) {
    let began = Instant::now();
    let all = async {
        loop {
            match events.next_event().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the end"),
                Err(error) => return error,
            }
        }
    };
    let error = timeout(SECOND * 1000, all).await.expect("expected a timeout, but the stream waits forever");
    (began.elapsed().as_secs(), error)
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_times_out() {
    let mut events = EventStream::new(after(&[])).with_idle_timeout(SECOND * 60, sleep);
    let (seconds, error) = gives_up(&mut events).await;
    assert_eq!(seconds, 60);
    assert_eq!(error.to_string(), "no data for 60s (after 0 bytes and 0 events)");
    assert!(matches!(error, StreamError::Timeout(timeout) if timeout.after() == SECOND * 60));
    assert!(events.next_event().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn any_byte_postpones_the_idle_timeout_comments_included() {
    let chunks = after(&[(50, ":\n"), (50, "data: a\n\n"), (50, "d"), (50, ":"), (59, "\n")]);
    let mut events = EventStream::new(chunks).with_idle_timeout(SECOND * 60, sleep);
    let (seconds, error) = gives_up(&mut events).await;
    assert_eq!((seconds, error.bytes()), (259 + 60, 14));
}

#[tokio::test(start_paused = true)]
async fn a_chunk_without_bytes_does_not_postpone_the_idle_timeout() {
    let chunks = after(&[(50, "")]);
    let mut events = EventStream::new(chunks).with_idle_timeout(SECOND * 60, sleep);
    assert_eq!(gives_up(&mut events).await.0, 60);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_not_a_silent_server() {
    let chunks = after(&[(0, "data: a\n\n"), (5, "data: b\n\n")]);
    let mut events = EventStream::new(chunks).with_idle_timeout(SECOND * 10, sleep);
    events.next_event().await.unwrap().unwrap();
    sleep(SECOND * 100).await;
    events.next_event().await.unwrap().unwrap();
    sleep(SECOND * 100).await;
    let (seconds, error) = gives_up(&mut events).await;
    assert_eq!(seconds, 10);
    assert!(matches!(error, StreamError::Timeout(_)));
}

#[tokio::test(start_paused = true)]
async fn polling_again_does_not_restart_the_timeout() {
    let mut events = EventStream::new(after(&[])).with_idle_timeout(SECOND * 60, sleep);
    for _ in 0..5 {
        assert!(timeout(SECOND * 10, events.next_event()).await.is_err());
    }
    assert_eq!(gives_up(&mut events).await.0, 10);
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_the_stream_waits_forever() {
    let events =
        [EventStream::new(after(&[])), EventStream::new(after(&[])).with_idle_timeout(Duration::MAX, sleep)];
    for mut events in events {
        assert!(timeout(SECOND * 1_000_000, events.next_event()).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn comments_do_not_postpone_the_event_timeout() {
    let comments = [(10, ":\n"); 20].to_vec().leak();
    let mut events = EventStream::new(after(comments))
        .with_event_timeout(SECOND * 60, sleep)
        .with_idle_timeout(SECOND * 60, sleep);
    let (seconds, error) = gives_up(&mut events).await;
    let StreamError::Timeout(timeout) = error else { panic!("{error}") };
    assert_eq!(
        (seconds, timeout.limit(), timeout.phase()),
        (60, TimeoutLimit::Event, Phase::BeforeFirstEvent)
    );
    assert_eq!(timeout.to_string(), "no event for 60s (after 12 bytes and 0 events)");
}

#[tokio::test(start_paused = true)]
async fn the_first_event_has_a_limit_of_its_own() {
    let chunks = after(&[(100, "data: a\n\n"), (40, "data: b\n\n"), (10, ":\n"), (100, ":\n")]);
    let mut events = EventStream::new(chunks)
        .with_first_event_timeout(SECOND * 120, sleep)
        .with_event_timeout(SECOND * 50, sleep);
    let (seconds, error) = gives_up(&mut events).await;
    let StreamError::Timeout(timeout) = error else { panic!("{error}") };
    assert_eq!((seconds, timeout.limit(), timeout.phase()), (190, TimeoutLimit::Event, Phase::BetweenEvents));
    assert_eq!((timeout.after(), timeout.events()), (SECOND * 50, 2));

    let mut events =
        EventStream::new(after(&[(200, "data: a\n\n")])).with_first_event_timeout(SECOND * 120, sleep);
    let (seconds, error) = gives_up(&mut events).await;
    let StreamError::Timeout(timeout) = error else { panic!("{error}") };
    assert_eq!((seconds, timeout.limit()), (120, TimeoutLimit::FirstEvent));
}

#[tokio::test(start_paused = true)]
async fn events_that_are_not_progress_do_not_postpone_the_event_timeout() {
    let pings = [(10, "event: ping\ndata\n\n"); 20].to_vec().leak();
    let mut events = EventStream::new(after(pings))
        .with_event_timeout(SECOND * 45, sleep)
        .with_progress_when(|event| event.event_type() != "ping");
    let (seconds, error) = gives_up(&mut events).await;
    let StreamError::Timeout(timeout) = error else { panic!("{error}") };
    assert_eq!((seconds, timeout.events()), (45, 4));
}

#[tokio::test(start_paused = true)]
async fn only_the_drain_limit_runs_after_the_end_mark() {
    let chunks = after(&[(1, "data: [DONE]\n\n"), (3600, "late")]);
    let mut events = EventStream::new(chunks)
        .with_end_mark(EndMark::data("[DONE]"))
        .with_idle_timeout(SECOND * 10, sleep)
        .with_event_timeout(SECOND * 10, sleep)
        .with_drain(SECOND * 30, sleep);
    let began = Instant::now();
    assert!(events.next_event().await.unwrap().is_none());
    assert_eq!((began.elapsed().as_secs(), events.drained()), (31, Some(Drained::GaveUp)));
}

#[tokio::test(start_paused = true)]
async fn chunks_that_are_always_ready_do_not_postpone_the_event_timeout() {
    let comments = stream::repeat(Chunk::Ok(": busy\n"));
    let mut events = EventStream::new(comments).with_event_timeout(SECOND * 60, sleep);
    // The clock does not advance while a task is ready.
    let clock = tokio::spawn(async {
        for _ in 0..61 {
            tokio::time::advance(SECOND).await;
        }
    });
    let StreamError::Timeout(timeout) = events.next_event().await.unwrap_err() else { panic!("no timeout") };
    assert_eq!((timeout.limit(), timeout.events()), (TimeoutLimit::Event, 0));
    clock.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_pings_or_comments_does_not_postpone_the_event_timeout() {
    for (flood, is_event) in
        [("event: ping\ndata\n\n", true), (": ping\n", false), ("event: ping\n\n", false)]
    {
        let mut events = EventStream::new(stream::repeat(Chunk::Ok(flood)))
            .with_event_timeout(SECOND * 60, sleep)
            .with_progress_when(|event| event.event_type() != "ping");
        let mut seen = 0;
        let error = loop {
            seen += 1;
            assert!(seen < 1_000_000, "no timeout");
            if seen % 100 == 0 {
                tokio::time::advance(SECOND).await;
            }
            match events.next_frame().await {
                Ok(frame) => assert_eq!(matches!(frame.unwrap(), Frame::Event(_)), is_event),
                Err(error) => break error,
            }
        };
        let StreamError::Timeout(timeout) = error else { panic!("{error}") };
        // All of them were returned first.
        let expected = if is_event { seen - 1 } else { 0 };
        assert_eq!((timeout.limit(), timeout.events()), (TimeoutLimit::Event, expected));
        assert_eq!(timeout.bytes(), (seen - 1) * flood.len() as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn what_arrived_while_the_thread_was_busy_is_not_silence() {
    // Two tasks pass the bytes on, as those of a connection do. They run when the time has passed.
    let (socket, mut connection) = tokio::sync::mpsc::unbounded_channel();
    let (body, mut chunks) = tokio::sync::mpsc::unbounded_channel();
    let chunks = stream::poll_fn(move |cx| chunks.poll_recv(cx));
    let mut events = EventStream::new(chunks)
        .with_idle_timeout(SECOND * 60, sleep)
        .with_event_timeout(SECOND * 60, sleep)
        .with_end_mark(EndMark::data("[DONE]"))
        .with_drain(SECOND * 60, sleep);
    tokio::spawn(async move {
        while let Some(chunk) = connection.recv().await {
            body.send(Chunk::Ok(chunk)).unwrap();
        }
    });
    for said in ["data: a\n\n", "data: b\n\ndata: [DONE]\n\n"] {
        // The timeout runs already.
        assert!(timeout(SECOND, events.next_event()).await.is_err());
        let socket = socket.clone();
        tokio::spawn(async move {
            sleep(SECOND * 59).await;
            socket.send(said).unwrap();
        });
        tokio::task::yield_now().await;
        tokio::time::advance(SECOND * 100).await;
        assert!(events.next_event().await.unwrap().is_some());
    }
    let drain = async {
        assert!(timeout(SECOND, events.next_event()).await.is_err());
        tokio::spawn(async move {
            sleep(SECOND * 59).await;
            drop(socket);
        });
        tokio::task::yield_now().await;
        tokio::time::advance(SECOND * 100).await;
        assert!(events.next_event().await.unwrap().is_none());
    };
    drain.await;
    assert_eq!(events.drained(), Some(Drained::Complete));
}

#[tokio::test(start_paused = true)]
async fn pieces_count_as_events_for_the_timeout() {
    let chunks = after(&[(1, "data: small\n\nevent: no data\n\n"), (1, "data: large"), (1, " as it is\n\n")]);
    let decoder = eventwire::Decoder::new().with_piece_size(4);
    let mut events = EventStream::new(chunks)
        .with_decoder(decoder)
        .with_end_mark(EndMark::event_type("done"))
        .with_idle_timeout(SECOND * 60, sleep);
    let error = loop {
        match events.next_piece().await {
            Ok(piece) => assert!(piece.is_some(), "the end"),
            Err(error) => break error,
        }
    };
    let StreamError::Timeout(timeout) = error else { panic!("{error:?}") };
    assert_eq!((timeout.events(), timeout.phase()), (2, Phase::BetweenEvents));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_of_a_chunk_with_many_comments_is_not_taken_for_a_silent_server() {
    let chunk = ": a\n".repeat(10_000) + "data: a\n\n";
    let chunks = stream::iter([Ok::<_, Infallible>(chunk)]).chain(stream::pending());
    let mut events =
        EventStream::new(chunks).with_idle_timeout(SECOND, sleep).with_event_timeout(SECOND * 1000, sleep);
    for _ in 0..10_000 {
        assert!(matches!(events.next_frame().await.unwrap(), Some(Frame::Comment(_))));
        tokio::time::advance(SECOND / 100).await;
    }
    assert!(matches!(events.next_frame().await.unwrap(), Some(Frame::Event(_))));
    // From here on, the server is silent.
    let StreamError::Timeout(timeout) = events.next_frame().await.unwrap_err() else { panic!("no timeout") };
    assert_eq!(timeout.limit(), TimeoutLimit::Idle);
}
