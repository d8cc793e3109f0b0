//! Adapters: a framework's handler returns an [`EventBody`](crate::server::EventBody) and reads a
//! [`LastEventId`](crate::server::LastEventId). Each framework has a module, which begins with an example.
//!
//! Each adapter is a feature named after its framework. A handler returns an `EventBody`; the adapter adds the status
//! and headers of [`response`](crate::server::response), and the default [`KeepAlive`](crate::server::KeepAlive) unless
//! the body has one or [`without_keep_alive`](crate::server::EventBody::without_keep_alive) was called. Handlers of
//! hyper and tower need no feature: `EventBody` is an [`http_body::Body`]. Complete programs, one file per framework,
//! are in `examples/frameworks/src/bin`.
//!
//! The following was measured on 2026-11-28 with axum 0.8.9, hyper 1.12, actix-web 4.18, poem 3.1.12, rocket 0.5.2,
//! salvo 1.1 and warp 0.4.3; the tests in `examples/frameworks/tests` repeat it.
//!
//! # When is the stream of a disconnected client dropped?
//!
//! If the framework watches the connection, within a millisecond; otherwise, at a heartbeat that cannot be sent. The
//! table shows the time from the close of the connection to the drop of the stream, over loopback with two cores,
//! measured nine times each:
//!
//! | | a connection is closed | `HEAD` |
//! |---|---|---|
//! | axum, hyper | after 0.1 ms; a stream of HTTP/2 is reset: after 0.2 ms | no stream; hyper's service answers `HEAD` itself with HTTP/2 |
//! | salvo, warp | after 0.1 ms | no stream |
//! | actix-web | after 0.1 ms with `HttpServer::h1_allow_half_closed(false)`, else at the second heartbeat | no stream |
//! | rocket | at the next heartbeat | no stream |
//! | poem | at the second heartbeat | no stream |
//!
//! It takes a second heartbeat because the system accepts the first one before it learns that the peer is gone. Every
//! framework needs the second heartbeat if bytes are left to read after the request: a pipelined request, a stray line
//! end, or a request body that the handler has not read to its end. Of the proxies between client and server, nginx,
//! Caddy and Squid report a disconnected client immediately; HAProxy, Apache and Varnish report it only at the second
//! heartbeat ([`_proxies`](crate::_proxies)).
//!
//! A client that vanishes without closing its connection is noticed by no framework: the system gives up on
//! unacknowledged bytes after minutes or, with `TCP_USER_TIMEOUT` on the listener, after the time that you set. Without
//! heartbeats, it never does.
//!
//! # What does a client see when the stream fails?
//!
//! An error of the stream is passed to the server, which aborts the response. The table shows 1,000 responses that sent
//! an event and failed immediately afterwards:
//!
//! | | events lost, HTTP/1.1 | HTTP/2 | HTTP/2, without a timer | looks like |
//! |---|--:|--:|--:|---|
//! | axum, hyper | 0 | 0 | 53 to 413 | an error |
//! | salvo, warp | 0 | 0 | 226 to 381 | an error |
//! | poem | 0 | 0 | 249 to 411 | a **whole** response over HTTP/1.1, an error over HTTP/2 |
//! | actix-web | 0 | 0 | 0 | an error |
//! | rocket | 0 | 0 | 0 | a **whole** response, over both; after a panic too |
//!
//! Without a timer (`without_keep_alive`), only HTTP/2 loses events: the reset overtakes them. If a client must learn
//! of an error, send an event for it ([`with_error_event`](crate::server::EventBody::with_error_event)), and if a
//! stream has an end, mark it ([`with_last_event`](crate::server::EventBody::with_last_event)).
//!
//! # What else the server must handle
//!
//! - A graceful shutdown waits for open streams. End them with
//!   [`with_shutdown`](crate::server::EventBody::with_shutdown): a hundred streams end within 10 ms in every framework.
//!   A client that does not read keeps its stream from ending, so limit the shutdown too. axum, hyper and warp have no
//!   limit of their own: wrap the server in `tokio::select!` or `tokio::time::timeout`. poem and salvo take a limit as
//!   an argument, actix-web has `shutdown_timeout` (default: 30 s), rocket `shutdown.grace` and `shutdown.mercy`
//!   (default: 2 s and 3 s). With clients that never read, the hello programs in `examples/frameworks` end 10.0 s
//!   after the signal, their grace period; actix-web after 10.3 s, rocket after 2 to 5 s.
//! - `TCP_NODELAY` keeps a small event from waiting for the acknowledgement of the previous one, which takes 40 ms on
//!   many systems. rocket sets it; the others leave it to you, and their hello programs set it.
//! - The compression of tower-http and actix-web leaves event streams alone, as tests show. Other crates compress them,
//!   and send each event immediately since async-compression 0.4.31.
//!
//! # When it does not compile
//!
//! "The trait `Handler<_, _>` is not implemented", "`IntoResponse` is not satisfied" and similar errors have four
//! causes:
//!
//! - The feature is not enabled: `cargo add eventwire --features axum`.
//! - The stream has another item type. It must be an [`Event`](crate::Event), an [`Encoded`](crate::Encoded), or a
//!   `Result` of one of them. Convert text to events with `stream.map(Event::new)`.
//! - The error type of the stream's results does not convert into a boxed error. It must be `Into<Box<dyn Error + Send
//!   + Sync>>`: a type that implements `Error`, a `String`, a `&'static str`, or `anyhow::Error`. `()` and enums
//!   without `Error` are not.
//! - The handler takes a bare `LastEventId`. A first request has none: take an `Option<LastEventId>`.
//!
//! Other errors:
//!
//! - "`Receiver<Event>` is not a `Stream`": Tokio's receivers are not streams. Use
//!   [`EventBody::channel`](crate::server::EventBody::channel), or `ReceiverStream` and `BroadcastStream` from the
//!   crate `tokio-stream`.
//! - "Type annotations needed" (E0283) for a stream that uses `?`, such as one made by `try_stream!`: its error type is
//!   not specified. Move the stream into a function that returns `impl Stream<Item = Result<Event, io::Error>>`.
//! - "Borrowed data escapes" (E0521) at `with_type(kind)` or `with_id(id)` with a `&str`: these take literals, and
//!   panic on invalid ones. Use [`try_with_type`](crate::Event::try_with_type) and
//!   [`try_with_id`](crate::Event::try_with_id) for text from outside.
//! - The type of a body must be named, in a struct or in an `if` with two kinds of stream: box the stream, as in
//!   `EventBody<Pin<Box<dyn Stream<Item = Event> + Send>>>`.
//!
//! # Testing a handler without a socket
//!
//! Call the handler, or the router with `tower::ServiceExt::oneshot`, and read the body of its response. With
//! `#[tokio::test(start_paused = true)]`, heartbeats arrive without delay:
//!
//! ```
//! use eventwire::server::{EventBody, KeepAlive};
//! use eventwire::Event;
//! use futures_util::{stream, StreamExt};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! let silent = stream::pending::<Event>();
//! let body = EventBody::new(silent).with_keep_alive(KeepAlive::default());
//! let mut chunks = body.into_stream();
//! assert_eq!(chunks.next().await.unwrap().unwrap(), ":\n");      // the opening
//! assert_eq!(chunks.next().await.unwrap().unwrap(), ":\n");      // 15 s later
//! # });
//! ```
//!
//! # OpenAPI
//!
//! utoipa needs no feature: it reads an attribute and ignores the return type of the handler. The response's
//! `content_type` is `text/event-stream`, its `body` is the type of an event's data, and `Last-Event-ID` is a
//! parameter. There is a [recipe](crate::_recipes#openapi).

// Each framework requires a newer Rust version than this crate does.
#![allow(clippy::incompatible_msrv)]

#[cfg(feature = "actix-web")]
pub mod actix_web;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "poem")]
pub mod poem;
#[cfg(feature = "rocket")]
pub mod rocket;
#[cfg(feature = "salvo")]
pub mod salvo;
#[cfg(feature = "warp")]
pub mod warp;
