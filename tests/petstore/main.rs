//! The examples `petstore` and `proxy`, over real connections.

#[path = "../support/http.rs"]
mod http;
#[path = "../support/programs.rs"]
mod programs;

mod closing;
mod machines;
mod proxy;
mod resume;
mod routes;
#[cfg(feature = "redis")]
#[path = "../support/redis_server.rs"]
mod server;
mod slow;
