//! What passes a gateway: watched, or rewritten.

mod rewrite;
mod script;
mod sockets;
mod tap;
