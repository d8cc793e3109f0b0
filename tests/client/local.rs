//! A source of parts that are not `Send`.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::reconnect::Policy;
use eventwire::client::{Drained, EndMark, EventSourceError, LocalEventSource, StreamError};
use eventwire::EventRef;
use http::{Request, Response};
use http_body::{Body, Frame};
use tokio::time::{sleep, timeout, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// A body that is not `Send`: one chunk, then silence or the end.
struct LocalBody {
    says: Rc<Cell<Option<&'static str>>>,
    is_silent: bool,
}

impl Body for LocalBody {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        match self.says.take() {
            Some(says) => Poll::Ready(Some(Ok(Frame::data(says.into())))),
            None if self.is_silent => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}

/// Answers with these bodies, closed or silent, and counts requests; then hangs.
pub(crate) fn source(answers: Vec<(&'static str, bool)>) -> (LocalEventSource, Rc<Cell<usize>>) {
    let asked = Rc::new(Cell::new(0));
    let counter = Rc::clone(&asked);
    let mut answers = answers.into_iter();
    let send = move |_: Request<Bytes>| {
        counter.set(counter.get() + 1);
        let answer = answers.next();
        async move {
            let Some((says, is_silent)) = answer else { return std::future::pending().await };
            // Held across an await, so that the future is not `Send`.
            let says = Rc::new(Cell::new(Some(says)));
            tokio::task::yield_now().await;
            let response = Response::builder().header("content-type", "text/event-stream");
            Ok::<_, String>(response.body(LocalBody { says, is_silent }).unwrap())
        }
    };
    let local_sleep = |time| async move {
        let here = Rc::new(());
        sleep(time).await;
        drop(here);
    };
    let request = Request::get("http://a.example/").body("").unwrap();
    let source = LocalEventSource::new_local(request, send, local_sleep);
    (source.with_reconnect(Policy::new().with_jitter_percent(0)), asked)
}

async fn data(source: &mut LocalEventSource) -> String {
    source.next_event().await.unwrap().expect("an event before the end").data().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_local_source_reconnects() {
    let began = Instant::now();
    let (mut source, asked) = source(vec![("id: 1\ndata: a\n\n", false), ("data: b\n\n", true)]);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!((asked.get(), began.elapsed().as_secs()), (2, 3));
    assert_eq!(source.last_event_id(), "1");
}

#[tokio::test(start_paused = true)]
async fn the_limits_of_a_local_source_fire() {
    let (source, asked) = source(vec![("data: a\n\n", true), ("data: b\n\n", true)]);
    let policy = Policy::new().with_jitter_percent(0).with_deadline(SECOND * 60);
    let mut source = source.with_reconnect(policy).with_idle_timeout(SECOND * 40);
    let began = Instant::now();
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(began.elapsed().as_secs(), 43);
    // 40 s of silence, 3 s, 40 s without an answer, 3 s: 46 s and 14 s more.
    let error = source.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Deadline { last: Some(_), .. }), "{error}");
    assert_eq!((began.elapsed().as_secs(), asked.get()), (43 + 40 + 60, 4));
}

#[tokio::test(start_paused = true)]
async fn a_single_connection_that_falls_silent_is_an_error() {
    let (source, _) = source(vec![("data: a\n\n", true)]);
    let mut source = source.with_reconnect(Policy::never()).with_idle_timeout(SECOND);
    assert_eq!(data(&mut source).await, "a");
    let error = source.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Stream(StreamError::Timeout(_))), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_local_source_is_cancel_safe() {
    let (mut source, asked) = source(vec![("data: a\n\n", false), ("data: b\n\n", true)]);
    let mut events = Vec::new();
    for _ in 0..100 {
        if let Ok(event) = timeout(SECOND / 10, source.next_event()).await {
            events.push(event.unwrap().unwrap().data().to_owned());
        }
    }
    assert_eq!((events, asked.get()), (vec!["a".to_owned(), "b".to_owned()], 2));
}

#[tokio::test(start_paused = true)]
async fn its_hooks_and_its_observer_need_not_be_send() {
    let (source, asked) = source(vec![("id: 1\ndata: a\n\n", false), ("data: b\n\n", true)]);
    let seen = Rc::new(Cell::new([0; 5]));
    let count = |at: usize| {
        let seen = Rc::clone(&seen);
        move || {
            let mut counts = seen.get();
            counts[at] += 1;
            seen.set(counts);
        }
    };
    let [observed, hooked, retried, random, resumed] = [0, 1, 2, 3, 4].map(count);
    let mut source = source
        .with_observer(move |_| observed())
        .with_request_hook(move |_| hooked())
        .with_retry(move |_, _, wait| {
            retried();
            Some(wait)
        })
        .with_random(move || {
            random();
            4
        })
        .with_resume(
            move |_| {
                resumed();
                Some(Rc::new("a cursor"))
            },
            |cursor, request| cursor.map(|_| request),
        );
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(asked.get(), 2);
    // Connecting, open, waiting, connecting, open; two requests; one loss; two events.
    let [observed, hooked, retried, random, resumed] = seen.get();
    assert_eq!([observed, hooked, retried, resumed], [5, 2, 1, 2]);
    assert!(random > 0);
}

#[tokio::test(start_paused = true)]
async fn its_functions_that_judge_events_need_not_be_send() {
    let seen = Rc::new(RefCell::new(String::new()));
    let judge = |name: char, data: &'static str| {
        let seen = Rc::clone(&seen);
        move |event: EventRef<'_>| {
            seen.borrow_mut().push(name);
            event.data() == data
        }
    };
    let (source, asked) = source(vec![("data: a\n\n", false), ("data: ping\n\ndata: end\n\n", true)]);
    let mut source = source
        .with_end_mark(EndMark::when(judge('m', "end")).optional_after(judge('f', "finish")))
        .with_error_when(judge('e', "error"))
        .with_event_timeout(SECOND * 60)
        .with_progress_when(judge('p', "a"));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "ping");
    assert_eq!(data(&mut source).await, "end");
    assert_eq!(source.next_event().await.unwrap(), None);
    assert_eq!((&**seen.borrow(), asked.get()), ("pefm".repeat(3).as_str(), 2));

    let (source, _) = self::source(vec![("data: error\n\n", true)]);
    let error = source.with_error_when(judge('e', "error")).next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Stream(StreamError::ErrorEvent { .. })), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_local_source_waits_50_ms_for_the_end_of_its_body() {
    let (source, asked) = source(vec![("data: a\n\ndata: [DONE]\n\n", true)]);
    let mut source = source.with_end_mark(EndMark::data("[DONE]"));
    let began = Instant::now();
    assert_eq!(data(&mut source).await, "a");
    assert!(source.next_event().await.unwrap().is_none());
    assert_eq!((began.elapsed().as_millis(), source.drained()), (50, Some(Drained::GaveUp)));
    assert_eq!(asked.get(), 1);
}
