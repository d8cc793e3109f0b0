//! What a framework adds to [`EventBody`](crate::server::EventBody) and [`LastEventId`](crate::server::LastEventId): a module each,
//! which begins with its example.
//!
//! Each is a feature named after its framework. A handler returns an `EventBody`; the adapter adds status and headers
//! of [`response`](crate::server::response), and the default [`KeepAlive`](crate::server::KeepAlive) unless the body has one, or
//! [`without_keep_alive`](crate::server::EventBody::without_keep_alive) was called. Handlers of hyper and tower need no
//! feature: `EventBody` is an [`http_body::Body`].
//!
//! # When is a stream dropped whose client has gone?
//!
//! Within a millisecond where the framework tells us, else with a heartbeat that cannot be sent. Measured over loopback
//! with two cores, from the close of the connection to the drop of the stream, nine times each:
//!
//! | | a connection is closed | `HEAD` |
//! |---|---|---|
//! | axum, hyper | after 0.1 ms; a stream of HTTP/2 is reset: after 0.2 ms | no stream; hyper's service answers `HEAD` itself with HTTP/2 |
//! | salvo, warp | after 0.1 ms | no stream |
//! | actix-web | after 0.1 ms with `HttpServer::h1_allow_half_closed(false)`, else at the second heartbeat | no stream |
//! | rocket | at the next heartbeat | no stream |
//! | poem | at the second heartbeat | no stream |
//!
//! With the second heartbeat, because the system takes the first one before it hears that nobody wants it. What is lost
//! on the way without a close is noticed by none: the system gives up on unacknowledged heartbeats, after minutes.
//!
//! # What else is the server's business
//!
//! - A graceful shutdown waits for open streams, for ever or up to a limit: end them with
//!   [`until`](crate::server::EventBody::with_shutdown). A hundred streams end within 10 ms, with each framework.
//! - `TCP_NODELAY` keeps a small event from waiting until the last one was acknowledged, 40 ms on many systems. rocket
//!   sets it, the others leave it to you.
//! - The compression of tower-http and of actix-web leaves event streams alone, as tests show. Put others around other
//!   routes.

// Each framework needs a newer Rust than the crate does.
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
