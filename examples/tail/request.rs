//! The request, and when it is repeated.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{EndMark, EventSource};
use eventwire::Decoder;
use reqwest::header::{HeaderValue, CONTENT_TYPE};
use reqwest::redirect;
use reqwest::Client;

use super::arguments::Arguments;
use super::http_client::tls;

/// Creates the source for the arguments.
pub(crate) async fn source(
    arguments: &Arguments,
    was_open: Arc<AtomicBool>,
) -> Result<EventSource, Box<dyn Error>> {
    tls::check(&arguments.url).await?;
    let client = Client::builder()
        .user_agent(concat!("eventwire-tail/", env!("CARGO_PKG_VERSION")))
        // The source follows redirects itself, and reports them.
        .redirect(redirect::Policy::none())
        .build()?;
    let mut headers = arguments.headers.clone();
    if arguments.body.is_some() {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    }
    let mut request = client.request(arguments.method.clone(), arguments.url.clone()).headers(headers);
    if let Some(body) = &arguments.body {
        request = request.body(body.clone());
    }

    let mut source = EventSource::from(request).with_reconnect(reconnect(arguments, was_open));
    if let Some(id) = &arguments.last_event_id {
        source = source.with_decoder(Decoder::new().try_with_last_event_id(id)?);
    }
    if let Some(end) = &arguments.until {
        source = source.with_end_mark(EndMark::event_type(end)).with_end_mark(EndMark::data(end).returned());
    }
    if let Some(time) = arguments.idle {
        source = source.with_idle_timeout(time);
    }
    Ok(source)
}

fn reconnect(arguments: &Arguments, was_open: Arc<AtomicBool>) -> Policy {
    if arguments.is_one_shot() {
        return Policy::never();
    }
    let policy = Policy::new().with_retry_on(move |status, _| {
        // After a stream was open, an error of a proxy means that its server is restarting. Before, the URL may be
        // wrong.
        matches!(status.as_u16(), 502..=504) && was_open.load(Ordering::Relaxed)
    });
    let Some(longest) = arguments.max_wait else { return policy };
    // Jitter adds up to 30 %.
    let longest = longest * 10 / 13;
    policy
        .with_delay(longest.min(DELAY))
        .with_server_delays(longest.min(SHORTEST)..=longest)
        .with_max_backoff(longest)
}

/// 3 s: the default without `--max-wait`.
const DELAY: Duration = Duration::from_secs(3);

/// 500 ms: at most two attempts a second, whatever the server asks for.
const SHORTEST: Duration = Duration::from_millis(500);
