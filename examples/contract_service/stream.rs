//! A stream under test: it connects, and reports what it receives.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use eventwire::client::reconnect::Policy;
use eventwire::client::{EventSource, EventSourceError, StateChange};
use eventwire::Frame;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::Request;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::parameters::{Command, Parameters};
use crate::reports::{HttpClient, Report, Reports};

/// A stream that is followed until the handle is dropped.
pub(crate) struct Stream {
    commands: Arc<Commands>,
    client: AbortHandle,
}

/// The commands of the harness for a stream.
#[derive(Default)]
struct Commands {
    /// The event types to report besides the default.
    types: Mutex<HashSet<String>>,
    restart: Notify,
}

impl Stream {
    pub(crate) fn open(parameters: Parameters, client: HttpClient) -> Self {
        let commands = Arc::new(Commands::default());
        let client = tokio::spawn(follow(parameters, client, Arc::clone(&commands))).abort_handle();
        Stream { commands, client }
    }

    /// Reports events of this type from now on.
    pub(crate) fn tell(&self, command: Command) {
        match command {
            Command::Listen(event_type) => drop(self.commands.types.lock().unwrap().insert(event_type)),
            // A client that has stopped ignores it.
            Command::Restart => self.commands.restart.notify_one(),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.client.abort();
    }
}

async fn follow(parameters: Parameters, client: HttpClient, commands: Arc<Commands>) {
    let mut reports = Reports::new(client.clone(), &parameters.callback, &parameters.tag);
    // The items of one poll of the source, which are reported before the next poll.
    let (lose, mut losses) = mpsc::unbounded_channel();
    let mut source = source(parameters, client, lose);
    loop {
        tokio::select! {
            biased;
            () = commands.restart.notified() => source.restart(),
            seen = next(&mut source, &commands.types) => {
                while let Ok(loss) = losses.try_recv() {
                    reports.send(loss).await;
                }
                match seen {
                    Ok(Some(report)) => reports.send(report).await,
                    // The server has ended the stream.
                    Ok(None) => return,
                    Err(error) => return reports.send(Report::error(&error)).await,
                }
            }
            Some(loss) = losses.recv() => reports.send(loss).await,
        }
    }
}

fn source(parameters: Parameters, client: HttpClient, lose: UnboundedSender<Report>) -> EventSource {
    let send = move |request: Request<Bytes>| client.request(request.map(Full::new));
    // Set explicitly, so that a POST is repeated too.
    let mut reconnect = Policy::new();
    if let Some(delay) = parameters.initial_delay {
        reconnect = reconnect.with_delay(delay);
    }
    let mut source = EventSource::new(parameters.request, send, tokio::time::sleep)
        .with_reconnect(reconnect)
        .with_observer(move |change| {
            if let StateChange::Waiting { why: Some(error), .. } = change {
                // The receiver is gone if the stream was closed.
                let _ = lose.send(Report::error(error));
            }
        });
    if let Some(timeout) = parameters.read_timeout {
        source = source.with_idle_timeout(timeout);
    }
    source
}

/// The next item to report.
async fn next(
    source: &mut EventSource,
    types: &Mutex<HashSet<String>>,
) -> Result<Option<Report>, EventSourceError> {
    let is_asked_for = |name: &str| name == "message" || types.lock().unwrap().contains(name);
    while let Some(frame) = source.next_frame().await? {
        match frame {
            Frame::Event(event) if is_asked_for(event.event_type()) => return Ok(Some(Report::event(event))),
            Frame::Comment(text) => return Ok(Some(Report::comment(text))),
            _ => {}
        }
    }
    Ok(None)
}
