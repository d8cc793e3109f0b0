//! The end of a stream.

use std::time::Duration;

use eventwire::client::{EventSourceError, ResponseBody, StreamError};
use http_body_util::BodyExt;
use reqwest::StatusCode;
use serde_json::value::RawValue;

use super::http_client::words::words;

pub(crate) enum Ended {
    /// By Ctrl-C.
    Interrupted,
    /// After the number of events given by `--max-events`.
    Counted,
    /// With the event given by `--until`.
    Last,
    /// The server closed the only connection.
    Closed,
    /// The server answered that there is no more: status 204.
    Over,
    GiveUp(GiveUp),
}

/// Why there was no use in going on.
pub(crate) struct GiveUp {
    /// Describes the end in a few words.
    pub(crate) name: &'static str,
    pub(crate) why: String,
    /// The body of a response that is no event stream.
    pub(crate) says: String,
}

impl GiveUp {
    /// Reads the body of a rejected response, if there is one.
    pub(crate) async fn because_of(error: EventSourceError, full: bool) -> Self {
        let name = match &error {
            EventSourceError::Rejected(rejected) if rejected.status() == StatusCode::OK => "no event stream",
            EventSourceError::Rejected(_) | EventSourceError::Redirect(_) => "refused",
            EventSourceError::Stream(StreamError::Decode(_)) => "given up",
            EventSourceError::Stream(_) => "lost",
            _ => "given up",
        };
        let why = words(&error);
        let mut says = match error {
            EventSourceError::Rejected(rejected) => text(rejected.into_response().into_body()).await,
            EventSourceError::Redirect(response) => text(response.into_body()).await,
            _ => String::new(),
        };
        if !full {
            shorten(&mut says);
        }
        GiveUp { name, why, says }
    }
}

/// Reads a body up to a time limit, as it may never end.
async fn text(mut body: ResponseBody) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
            if bytes.len() > MOST {
                break;
            }
        }
    };
    // Whatever arrived in time is shown.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
    let is_whole = bytes.len() <= MOST;
    bytes.truncate(MOST);
    let text = String::from_utf8_lossy(&bytes);
    if is_whole {
        text.trim().to_owned()
    } else {
        format!("{}\n…", text.trim())
    }
}

/// Keeps the first lines of a text, so that a long page does not bury the error. JSON stays whole.
fn shorten(says: &mut String) {
    if serde_json::from_str::<&RawValue>(says).is_ok() {
        return;
    }
    if let Some((at, _)) = says.match_indices('\n').nth(LINES - 1) {
        says.truncate(at);
        says.push_str("\n…");
    }
}

/// 2 lines: an error in words is rarely longer.
const LINES: usize = 2;

/// 8 KiB: larger than the errors of APIs, smaller than many HTML pages.
const MOST: usize = 8 * 1024;

/// 5 s: an error arrives in one piece.
const PATIENCE: Duration = Duration::from_secs(5);
