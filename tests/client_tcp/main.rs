//! A client over real connections, to servers on loopback that misbehave.

mod bodies;
mod peer;
mod responses;
