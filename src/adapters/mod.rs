//! What a framework adds to [`EventBody`](crate::EventBody) and [`LastEventId`](crate::LastEventId): a module each,
//! which begins with its example.
//!
//! Each is a feature named after its framework. A handler returns an `EventBody`; the adapter adds status and headers
//! of [`response`](crate::response), and the default [`KeepAlive`](crate::KeepAlive) unless the body has one, or
//! [`without_keep_alive`](crate::EventBody::without_keep_alive) was called. Handlers of hyper and tower need no
//! feature: `EventBody` is an [`http_body::Body`].

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
