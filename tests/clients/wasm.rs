//! `EventSource` as a WebAssembly module in a page: `examples/wasm_source`.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::Router;
use futures_util::{stream, StreamExt};
use tokio::net::TcpListener;

use crate::browser::Browser;
use crate::tools::tool;

/// The last event IDs of the requests that had the right token.
type Seen = Arc<Mutex<Vec<Option<String>>>>;

/// Serves the page, and a stream that is cut inside an event, then ended, then over.
fn serve(module: &str) -> (SocketAddr, Seen) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/wasm_source");
    let file = |path: &Path, media_type: &'static str| {
        let bytes = std::fs::read(path).unwrap();
        get(move || async move { ([("content-type", media_type)], bytes) })
    };
    let routes = Router::new()
        .route("/", file(&example.join("page.html"), "text/html"))
        .route("/source.mjs", file(&example.join("source.mjs"), "text/javascript"))
        .route("/eventwire_wasm_source.wasm", file(module.as_ref(), "application/wasm"))
        .route("/ticks", get(ticks))
        .with_state(seen.clone());
    thread::spawn(move || runtime.block_on(async { axum::serve(listener, routes).await.unwrap() }));
    (address, seen)
}

async fn ticks(State(seen): State<Seen>, headers: HeaderMap) -> Response {
    let value = |name: &str| Some(headers.get(name)?.to_str().unwrap().to_owned());
    if value("authorization").as_deref() != Some("Bearer secret") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let last_event_id = value("last-event-id");
    seen.lock().unwrap().push(last_event_id.clone());
    let (says, is_cut) = match last_event_id.as_deref() {
        None => (
            "id: 1\nevent: tick\ndata: a\n\nid: 2\nevent: tick\ndata: b\n\nid: 3\nevent: tick\ndata: cut",
            true,
        ),
        Some("2") => ("id: 3\nevent: tick\ndata: c\n\n", false),
        _ => return StatusCode::NO_CONTENT.into_response(),
    };
    // Gives the bytes sent so far time to arrive before the connection breaks.
    let cut = stream::once(tokio::time::sleep(Duration::from_millis(100)))
        .map(|()| Err(std::io::ErrorKind::Other.into()));
    let body = stream::iter([Ok::<_, std::io::Error>(says)]).chain(cut.take(usize::from(is_cut)));
    ([("content-type", "text/event-stream")], Body::from_stream(body)).into_response()
}

#[test]
fn a_source_in_a_page_reconnects_with_the_headers_that_browsers_cannot_send() {
    let Some(module) = tool("WASM_SOURCE") else { return };
    let Some(mut browser) = Browser::start() else { return };
    let (address, seen) = serve(&module);
    browser.open(&format!("http://{address}/"));
    browser.wait_for("window.isClosed === true");
    let ids = seen.lock().unwrap().clone();
    assert_eq!(ids, [None, Some("2".to_owned()), Some("3".to_owned())]);
    let log = browser.run("document.getElementById('log').textContent");
    let log = log.as_str().unwrap();
    let ticks: Vec<_> = log.lines().filter(|line| line.starts_with("tick ")).collect();
    assert_eq!(ticks, ["tick 1 a", "tick 2 b", "tick 3 c"]);
    assert!(log.ends_with("closed: the server has no more events (204)\n"), "{log}");
    // The browser's own client cannot send the token, so it is refused.
    let state = browser.run(
        "new Promise((resolve) => { const own = new EventSource('ticks'); own.onerror = () => resolve(own.readyState); })",
    );
    assert_eq!(state, 2);
}
