//! Streams through reverse proxies: events arrive immediately, streams stay open, and a cut stream is recognized as
//! cut.
//!
//! `.ci/run proxies` installs nginx, HAProxy, Caddy, Apache and Varnish and sets a variable for each; a proxy whose
//! variable is not set is reported as not run. The configurations are those of `docs/proxies.md`, with short timeouts.

// These tests use only a part of it.
#[allow(dead_code)]
#[path = "../support/http.rs"]
mod http;
#[allow(dead_code)]
#[path = "../support/programs.rs"]
mod programs;
#[allow(dead_code)]
#[path = "../tail/run.rs"]
mod run;
#[path = "../support/steady.rs"]
mod steady;
#[path = "../support/tools.rs"]
mod tools;

mod cuts;
mod gateway;
mod streams;
