//! A client over real connections, to servers on loopback that misbehave.

mod attempts;
mod bodies;
mod ids;
mod peer;
mod redirects;
mod responses;
mod resume;
