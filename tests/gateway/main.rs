//! Bodies that pass through a gateway, tapped or rewritten.

mod http2;
mod rewrite;
mod script;
mod sockets;
mod tap;
