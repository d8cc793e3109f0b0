//! Reads the stream until something ends it.

use std::future::pending;
use std::io;
use std::pin::pin;
use std::sync::Mutex;

use eventwire::client::EventSource;
use eventwire::{EventRef, Frame};
use tokio::signal::ctrl_c;

use super::arguments::Arguments;
use super::ended::{Ended, GiveUp};
use super::view::{lock, View};

/// Shows everything on the wire until something ends it.
pub(crate) async fn follow(
    source: &mut EventSource,
    arguments: &Arguments,
    view: &Mutex<View>,
) -> io::Result<Ended> {
    let mut interrupted = pin!(interrupted());
    let mut left = arguments.max_events;
    loop {
        let frame = tokio::select! {
            frame = source.next_frame() => frame,
            () = &mut interrupted => return Ok(Ended::Interrupted),
        };
        let frame = match frame {
            Ok(Some(frame)) => frame,
            Ok(None) if arguments.is_one_shot() => return Ok(Ended::Closed),
            Ok(None) => return Ok(Ended::Over),
            Err(error) => return Ok(Ended::GiveUp(GiveUp::because_of(error, arguments.flags.full).await)),
        };
        let mut is_last = false;
        if let Frame::Event(event) = frame {
            left = left.map(|left| left - 1);
            is_last = arguments.until.as_ref().is_some_and(|end| is_end(event, end));
        }
        lock(view).frame(frame)?;
        lock(view).tally.on_bytes(source.bytes_consumed());
        if is_last {
            return Ok(Ended::Last);
        }
        if left == Some(0) {
            return Ok(Ended::Counted);
        }
    }
}

fn is_end(event: EventRef<'_>, end: &str) -> bool {
    event.event_type() == end || event.data() == end
}

/// Waits for Ctrl-C; for ever if it cannot be caught.
async fn interrupted() {
    if ctrl_c().await.is_err() {
        pending().await
    }
}
