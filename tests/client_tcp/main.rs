//! A client over real connections, to servers on loopback that misbehave.

mod answers;
mod any_client;
mod attempts;
mod bodies;
mod gateways;
mod ids;
#[cfg(feature = "json")]
mod json;
mod keep_alive;
mod peer;
mod redirects;
mod responses;
mod resume;
mod sender;
