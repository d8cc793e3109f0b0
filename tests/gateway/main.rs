//! Bodies that pass through a gateway, tapped or rewritten.

mod rewrite;
mod script;
mod sockets;
mod tap;
