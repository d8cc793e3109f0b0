//! A stream that the service follows, as the harness sees it: its connections and its reports.

use std::time::Duration;

use serde_json::{json, Value};

use crate::callbacks::{message, Callbacks};
use crate::service::Service;
use crate::streams::Streams;

/// Dropping it closes the stream.
pub(crate) struct Client<'a> {
    service: &'a Service,
    /// The URL for commands to this stream.
    path: String,
    pub(crate) streams: Streams,
    pub(crate) callbacks: Callbacks,
    is_forgotten: bool,
}

impl<'a> Client<'a> {
    pub(crate) fn open(service: &'a Service) -> Self {
        Client::with(service, json!({}))
    }

    /// Opens a stream with parameters beyond the two URLs.
    pub(crate) fn with(service: &'a Service, parameters: Value) -> Self {
        Client::reporting_to(service, parameters, Callbacks::start(Duration::ZERO))
    }

    pub(crate) fn reporting_to(service: &'a Service, mut parameters: Value, callbacks: Callbacks) -> Self {
        let streams = Streams::start();
        parameters["streamUrl"] = json!(streams.url);
        parameters["callbackUrl"] = json!(callbacks.url);
        parameters["tag"] = json!("a test");
        let path = service.open(&parameters);
        Client { service, path, streams, callbacks, is_forgotten: false }
    }

    pub(crate) fn tell(&self, command: &Value) {
        let response = self.service.ask("POST", &self.path, &command.to_string());
        assert_eq!(response.status(), 202, "{}", response.text());
    }

    pub(crate) fn listen(&self, event_type: &str) {
        self.tell(&json!({ "command": "listen", "listen": { "type": event_type } }));
    }

    pub(crate) fn report(&mut self) -> Value {
        self.callbacks.next()
    }

    #[track_caller]
    pub(crate) fn reports(&mut self, expected: &[Value]) {
        for expected in expected {
            assert_eq!(self.report(), *expected);
        }
    }

    /// Takes the next report, which must be an error, and returns its message.
    #[track_caller]
    pub(crate) fn error(&mut self) -> String {
        let report = self.report();
        assert_eq!(report["kind"], "error", "{report}");
        report["comment"].as_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Asserts that this client stays away while another one, whose connections are cut as well, reconnects ten times.
    pub(crate) fn stays_quiet(&self) {
        let mut other = Client::with(self.service, at_once());
        for round in 0..10 {
            let mut connection = other.streams.opened();
            connection.send(format!("data: {round}\n\n"));
            other.reports(&[message(&round.to_string())]);
            connection.finish();
        }
        assert_eq!((self.streams.others(), self.callbacks.others()), (0, 0));
    }

    /// Drops this client without closing its stream, because the service has ended.
    pub(crate) fn forget(mut self) {
        self.is_forgotten = true;
    }

    pub(crate) fn close(&self) -> u16 {
        self.service.ask("DELETE", &self.path, "").status()
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        // In a failing test, the service may have ended already.
        if !self.is_forgotten && !std::thread::panicking() {
            self.close();
        }
    }
}

/// The parameters of a client whose first delay is zero.
pub(crate) fn at_once() -> Value {
    json!({ "initialDelayMs": 0 })
}
