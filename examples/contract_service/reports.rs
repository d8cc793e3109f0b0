//! The reports to the harness.

use std::error::Error;

use eventwire::EventRef;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::Request;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::Client;
use serde_json::{json, Value};

/// The HTTP client that connects to streams and sends reports.
pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// The reports of one stream.
pub(crate) struct Reports {
    client: HttpClient,
    callback: String,
    tag: String,
    sent: u64,
}

impl Reports {
    pub(crate) fn new(client: HttpClient, callback: &str, tag: &str) -> Self {
        let callback = callback.trim_end_matches('/').to_owned();
        Reports { client, callback, tag: tag.to_owned(), sent: 0 }
    }

    /// Sends a report and waits for its response, so that reports arrive in order.
    pub(crate) async fn send(&mut self, report: Report) {
        self.sent += 1;
        let to = format!("{}/{}", self.callback, self.sent);
        if let Err(error) = self.post(&to, report).await {
            // A harness that is done with a test has closed the URL.
            eprintln!("contract_service: {}: report to {to}: {}", self.tag, whole(&*error));
        }
    }

    async fn post(&self, to: &str, report: Report) -> Result<(), Box<dyn Error + Send + Sync>> {
        let body = Full::from(report.0.to_string());
        let request = Request::post(to).header(CONTENT_TYPE, "application/json").body(body)?;
        let status = self.client.request(request).await?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(format!("expected a status of success, got {status}").into()),
        }
    }
}

/// A report.
pub(crate) struct Report(Value);

impl Report {
    /// With the current last event ID, as browsers report it.
    pub(crate) fn event(event: EventRef<'_>) -> Self {
        let (event_type, data, id) = (event.event_type(), event.data(), event.last_event_id());
        Report(json!({ "kind": "event", "event": { "type": event_type, "data": data, "id": id } }))
    }

    pub(crate) fn comment(text: &str) -> Self {
        Report(json!({ "kind": "comment", "comment": text }))
    }

    pub(crate) fn error(error: &dyn Error) -> Self {
        Report(json!({ "kind": "error", "comment": whole(error) }))
    }
}

/// Writes an error and its sources.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        text += &format!(": {error}");
        inner = error.source();
    }
    text
}
