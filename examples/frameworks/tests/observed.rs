//! Reports the observations of a body through `tracing` and `metrics`.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::response::IntoResponse;
use eventwire::server::{EventBody, EventItem};
use eventwire::Event;
use futures_util::{stream, Stream};
use http_body_util::BodyExt;
use metrics::{
    counter, gauge, histogram, Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// Logs a line for each stream, at its end.
fn traced<S>(body: EventBody<S>) -> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    // The line at the end belongs to the span of the request.
    let span = tracing::Span::current();
    body.with_observer(Instant::now, move |summary| {
        let _entered = span.enter();
        tracing::info!(
            end = ?summary.end,
            events = summary.events,
            bytes = summary.bytes,
            first_event = ?summary.first_event,
            duration = ?summary.duration,
            "event stream ended"
        );
    })
}

/// Records the open streams, the events sent, and the time to the first event.
fn measured<S>(body: EventBody<S>) -> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    gauge!("sse_open_streams").increment(1);
    body.with_observer(Instant::now, |summary| {
        gauge!("sse_open_streams").decrement(1);
        counter!("sse_events_total").increment(summary.events);
        if let Some(time) = summary.first_event {
            histogram!("sse_first_event_seconds").record(time);
        }
    })
}

fn two_events() -> EventBody<impl Stream<Item = Event> + Send> {
    EventBody::new(stream::iter(["a", "b"].map(Event::new)))
}

#[tokio::test]
async fn a_stream_ends_with_a_line_in_the_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    traced(two_events()).into_response().into_body().collect().await.unwrap();
    drop(traced(two_events()));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("event stream ended end=Complete events=2 bytes=20"), "{log}");
    assert!(lines[1].contains("end=Dropped events=0 bytes=0 first_event=None"), "{log}");
}

#[test]
fn open_streams_go_up_and_down_however_they_end() {
    let recorder = Recorded::default();
    metrics::with_local_recorder(&recorder, || {
        let (first, second) = (measured(two_events()), measured(two_events()));
        assert_eq!(f64::from_bits(recorder.open.load(Ordering::SeqCst)), 2.0);
        drop(first);
        futures_util::FutureExt::now_or_never(second.collect()).unwrap().unwrap();
    });
    assert_eq!(f64::from_bits(recorder.open.load(Ordering::SeqCst)), 0.0);
    assert_eq!(recorder.events.load(Ordering::SeqCst), 2);
    assert_eq!(recorder.firsts.0.load(Ordering::SeqCst), 1);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Recorded {
    open: Arc<AtomicU64>,
    events: Arc<AtomicU64>,
    firsts: Arc<Firsts>,
}

#[derive(Default)]
struct Firsts(AtomicU64);

impl HistogramFn for Firsts {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::clone(&self.events))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::clone(&self.open))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::clone(&self.firsts))
    }
}
