//! A `LocalEventSource` in a page: it reconnects with headers, which the `EventSource` of browsers cannot send.
//!
//! ```sh
//! cargo build --release --manifest-path examples/wasm_source/Cargo.toml --target wasm32-unknown-unknown
//! ```
//!
//! `source.mjs` wraps it in a class, and `page.html` uses that; `tests/clients/wasm.rs` drives the page in Chromium.
//! One instance of the module is one source. As in `examples/wasm`, no tool generates glue: the page tells the module
//! what happened (`host.rs`: a response, a chunk, a timer), and then asks it what to do until there is nothing left.

#![deny(unsafe_code)]

// `#[no_mangle]` counts as such: nobody checks that no other symbol has these names.
#[allow(unsafe_code)]
mod exports;
mod host;

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::{EventSourceError, LocalEventSource, OneThread, SourceItem};
use http::{Request, Response};
use http_body::{Body, Frame};

use host::{Asked, Command, Host, What};

thread_local! {
    static HOST: Rc<Host> = Rc::default();
    static SOURCE: RefCell<Option<LocalEventSource>> = const { RefCell::new(None) };
}

/// Creates the source: the first line is the URL, the others are headers.
fn open(text: &str, seed: u32) -> Result<(), http::Error> {
    let mut lines = text.lines();
    let mut request = Request::get(lines.next().unwrap_or_default());
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    let host = HOST.with(Rc::clone);
    let (fetching, sleeping, observing) = (Rc::clone(&host), Rc::clone(&host), host);
    let send = move |request: Request<Bytes>| fetch(&fetching, request);
    let sleep = move |after: Duration| {
        let asked = Host::ask(&sleeping, Command::sleep(after));
        async move { asked.end().await }
    };
    let mut random = u64::from(seed) | 1;
    let source = LocalEventSource::new_local(request.body("")?, send, sleep)
        .with_random(move || {
            // xorshift, seeded by the host.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random
        })
        .with_observer(move |change| {
            observing.push(Command::new(What::Change).saying(change.to_string(), ""))
        });
    SOURCE.set(Some(source));
    Ok(())
}

/// Polls until there is a command for the page, or nothing to do.
fn next() -> Option<Command> {
    let host = HOST.with(Rc::clone);
    loop {
        if let Some(command) = host.next() {
            return Some(command);
        }
        SOURCE.with_borrow_mut(|place| {
            let source = place.as_mut()?;
            let again = Arc::new(Again::default());
            let waker = Waker::from(Arc::clone(&again));
            let item = match source.poll_item(&mut Context::from_waker(&waker)) {
                Poll::Ready(item) => item,
                // The source yields now and then although it has more to do.
                Poll::Pending => return again.0.load(Ordering::Relaxed).then_some(()),
            };
            let command = done(item, source.last_event_id());
            if command.as_ref().is_some_and(|command| command.what == What::Closed) {
                *place = None;
            }
            host.extend(command);
            Some(())
        })?;
    }
}

fn done(
    item: Result<Option<SourceItem<OneThread>>, EventSourceError<OneThread>>,
    last_event_id: &str,
) -> Option<Command> {
    match item {
        Ok(Some(SourceItem::Event(event))) => {
            let data = format!("{last_event_id}\n{}", event.data());
            Some(Command::new(What::Event).saying(event.event_type(), &data))
        }
        // The observer has seen it.
        Ok(Some(_)) => None,
        Ok(None) => Some(Command::new(What::Closed)),
        Err(error) => Some(Command::new(What::Closed).saying(error.to_string(), "")),
    }
}

#[derive(Default)]
struct Again(AtomicBool);

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks the page to send a request. Dropping the future, or the body, aborts it.
fn fetch(
    host: &Rc<Host>,
    request: Request<Bytes>,
) -> impl std::future::Future<Output = Result<Response<Fetched>, String>> {
    let mut headers = String::new();
    for (name, value) in request.headers() {
        headers += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
    }
    let asked = Host::ask(host, Command::new(What::Fetch).saying(request.uri().to_string(), &headers));
    async move {
        let (status, headers) = asked.head().await?;
        let mut response = Response::builder().status(status);
        for (name, value) in headers.lines().filter_map(|line| line.split_once(": ")) {
            response = response.header(name, value);
        }
        response.body(Fetched(asked)).map_err(|error| error.to_string())
    }
}

/// The body of a response, as the page passes it on. It is not `Send`.
struct Fetched(Asked);

impl Body for Fetched {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        self.0.poll_chunk().map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
