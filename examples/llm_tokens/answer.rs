//! The request for an answer, and reading it.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use eventwire::client::EventStream;
use futures_util::TryStreamExt;
use reqwest::{Client, Response};

use super::arguments::Arguments;
use super::failure::Failure;
use super::http_client::tls;

/// Prints each token as it arrives, until the answer is complete.
pub(crate) async fn print(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let events = match EventStream::from_reqwest(ask(arguments).await?) {
        Ok(events) => events,
        Err(rejected) => return Err(Failure::rejected(rejected).await),
    };
    let mut chunks = events
        .with_end_mark(arguments.dialect.last())
        .with_json_errors()
        .with_event_timeout(SILENCE, tokio::time::sleep)
        .with_progress_when(|event| event.event_type() != "ping")
        .json();
    let mut is_begun = false;
    let read = async {
        while let Some(chunk) = chunks.try_next().await? {
            let token = arguments.dialect.token(&chunk);
            is_begun |= !token.is_empty();
            out.write_all(token.as_bytes())?;
            out.flush()?;
        }
        Ok(())
    };
    let read = read.await;
    if is_begun {
        writeln!(out)?;
    }
    read
}

/// Sends the question, once: a second time would be billed again.
async fn ask(arguments: &Arguments) -> Result<Response, Box<dyn Error>> {
    tls::check(&arguments.url).await?;
    let request = Client::new()
        .post(arguments.url.clone())
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        // Required by one of the APIs; the other ignores it.
        .header("anthropic-version", "2023-06-01")
        // Headers of the command line replace these.
        .headers(arguments.headers.clone())
        .body(arguments.body.clone());
    Ok(request.send().await?)
}

/// 2 min: a thinking model may be silent for a while.
const SILENCE: Duration = Duration::from_secs(120);
