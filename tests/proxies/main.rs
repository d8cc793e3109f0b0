//! Streams through reverse proxies: events arrive immediately, streams stay open, and a cut stream is recognized as cut.
//!
//! `.ci/run proxies` brings nginx, HAProxy, Caddy, Apache and Varnish along and names them in variables; what is not
//! named is not run, and that is said. Their configurations are those of `docs/proxies.md`, with shorter limits.

// Not all of it is needed here.
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
