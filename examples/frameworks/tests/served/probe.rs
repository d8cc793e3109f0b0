//! The ends of streams that a test controls.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use eventwire::server::{EventBody, KeepAlive, LastEventId};
use eventwire::{Event, EventId};
use futures_util::{stream, Stream};
use tokio::sync::{mpsc, watch};

use crate::client::PATIENCE;
use crate::servers::Server;

/// The state of the handlers of a server.
pub struct Probe {
    interval: Duration,
    pub is_compressed: bool,
    opened: Mutex<Sender<Opened>>,
    end: watch::Receiver<bool>,
}

impl Probe {
    /// `/events`
    pub fn events(&self) -> EventBody<Source> {
        let (events, waiting) = mpsc::unbounded_channel();
        let (says_dropped, dropped) = channel();
        let was_polled = Arc::new(AtomicBool::new(false));
        let source =
            Source { events: waiting, was_polled: was_polled.clone(), dropped: Mutex::new(says_dropped) };
        self.opened.lock().unwrap().send(Opened { events, was_polled, dropped }).unwrap();
        EventBody::new(source)
            .with_keep_alive(KeepAlive::default().with_interval(self.interval))
            .with_shutdown(self.end())
            .with_farewell(Event::new("bye"))
    }

    /// `/seen`: returns what the request contained, in every way that an event can carry it.
    pub fn seen(seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event> + Send> {
        let event = match seen {
            None => Event::new("new"),
            Some(id) => {
                Event::new(id.as_str()).try_with_type(id.as_str()).unwrap().with_id(EventId::from(id))
            }
        };
        EventBody::new(stream::iter([event]))
    }

    /// `/failing`: an event, then immediately an error.
    pub fn failing() -> EventBody<Failing> {
        let events = stream::iter([Ok(Event::new("a")), Err("lost the database")]);
        EventBody::new(events).with_keep_alive(KeepAlive::default())
    }

    /// `/failing/untimed`: the same without a timer.
    pub fn failing_untimed() -> EventBody<Failing> {
        Probe::failing().without_keep_alive()
    }

    /// Completes when the server has to end.
    pub fn end(&self) -> impl std::future::Future<Output = ()> + Send + 'static {
        let mut end = self.end.clone();
        async move {
            let _ = end.wait_for(|is_over| *is_over).await;
        }
    }
}

pub type Failing = stream::Iter<std::array::IntoIter<Result<Event, &'static str>, 2>>;

/// A stream made by a handler, as seen by the test.
pub struct Opened {
    pub events: mpsc::UnboundedSender<Event>,
    pub was_polled: Arc<AtomicBool>,
    pub dropped: Receiver<Instant>,
}

pub struct Source {
    events: mpsc::UnboundedReceiver<Event>,
    was_polled: Arc<AtomicBool>,
    dropped: Mutex<Sender<Instant>>,
}

impl Stream for Source {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.was_polled.store(true, Ordering::SeqCst);
        self.events.poll_recv(cx)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = self.dropped.lock().unwrap().send(Instant::now());
    }
}

/// A server that runs until it is dropped.
pub struct Run {
    pub address: SocketAddr,
    opened: Receiver<Opened>,
    end: watch::Sender<bool>,
    finished: Receiver<()>,
}

impl Run {
    /// Without heartbeats.
    pub fn new(server: &Server) -> Self {
        Run::start(server, Duration::MAX, false)
    }

    pub fn with_interval(server: &Server, interval: Duration) -> Self {
        Run::start(server, interval, false)
    }

    /// With the compression of the framework.
    pub fn compressed(server: &Server) -> Self {
        Run::start(server, Duration::MAX, true)
    }

    fn start(server: &Server, interval: Duration, is_compressed: bool) -> Self {
        let (says_opened, opened) = channel();
        let (says_where, place) = channel();
        let (says_finished, finished) = channel();
        let (end, is_over) = watch::channel(false);
        let probe = Probe { interval, is_compressed, opened: Mutex::new(says_opened), end: is_over };
        let serve = server.serve;
        thread::spawn(move || {
            serve(Arc::new(probe), &says_where);
            let _ = says_finished.send(());
        });
        Run { address: place.recv_timeout(PATIENCE).unwrap(), opened, end, finished }
    }

    /// Returns the stream of the next request.
    pub fn opened(&self) -> Opened {
        self.opened.recv_timeout(PATIENCE).unwrap()
    }

    /// Ends streams and server.
    pub fn shut_down(&self) {
        self.end.send_replace(true);
    }

    /// Waits for the server to end.
    pub fn finished(&self) {
        self.finished.recv_timeout(PATIENCE).unwrap();
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.shut_down();
    }
}
