//! The routes of the service.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::Router;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::sync::watch;

use crate::parameters::{Command, Parameters};
use crate::reports::HttpClient;
use crate::stream::Stream;

pub(crate) struct Service {
    client: HttpClient,
    streams: Mutex<HashMap<u64, Stream>>,
    opened: AtomicU64,
    closing: watch::Sender<bool>,
}

pub(crate) fn routes(service: Arc<Service>) -> Router {
    Router::new()
        .route("/", get(about).post(open).delete(quit))
        .route("/streams/{number}", post(command).delete(close))
        .with_state(service)
}

async fn about() -> impl IntoResponse {
    let about = json!({ "name": "eventwire", "capabilities": CAPABILITIES }).to_string();
    ([(CONTENT_TYPE, "application/json")], about)
}

async fn open(State(service): State<Arc<Service>>, body: Bytes) -> Result<impl IntoResponse, Refused> {
    let parameters = Parameters::parse(&body).map_err(refused)?;
    let number = service.opened.fetch_add(1, Ordering::Relaxed) + 1;
    let stream = Stream::open(parameters, service.client.clone());
    service.streams.lock().unwrap().insert(number, stream);
    Ok((StatusCode::CREATED, [(LOCATION, format!("/streams/{number}"))]))
}

async fn command(
    State(service): State<Arc<Service>>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let streams = service.streams.lock().unwrap();
    let stream = number.parse().ok().and_then(|number: u64| streams.get(&number)).ok_or_else(absent)?;
    stream.tell(Command::parse(&body).map_err(refused)?);
    Ok(StatusCode::ACCEPTED)
}

async fn close(
    State(service): State<Arc<Service>>,
    Path(number): Path<String>,
) -> Result<StatusCode, Refused> {
    let mut streams = service.streams.lock().unwrap();
    number.parse().ok().and_then(|number: u64| streams.remove(&number)).ok_or_else(absent)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn quit(State(service): State<Arc<Service>>) -> StatusCode {
    service.streams.lock().unwrap().clear();
    service.closing.send_replace(true);
    StatusCode::NO_CONTENT
}

impl Service {
    /// Waits until the harness ends the service.
    pub(crate) async fn closed(&self) {
        // It fails only without a sender, which `self` holds.
        let _ = self.closing.subscribe().wait_for(|is_closing| *is_closing).await;
    }
}

impl Default for Service {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        // A new connection for each request: a pooled one may be closed just as it is reused.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Service {
            client,
            streams: Mutex::default(),
            opened: AtomicU64::default(),
            closing: watch::Sender::new(false),
        }
    }
}

/// Makes a response with a status and the reason.
type Refused = (StatusCode, String);

fn refused(why: String) -> Refused {
    (StatusCode::BAD_REQUEST, format!("{why}\n"))
}

fn absent() -> Refused {
    (StatusCode::NOT_FOUND, "no such stream\n".to_owned())
}

/// The capabilities, by which the harness selects its tests.
const CAPABILITIES: [&str; 10] = [
    "bom",
    "comments",
    "event-type-listeners",
    "headers",
    "last-event-id",
    "post",
    "read-timeout",
    "report",
    "restart",
    "server-directed-shutdown-request",
];
