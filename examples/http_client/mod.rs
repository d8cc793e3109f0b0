//! What examples that ask an HTTP server have in common.

pub(crate) mod arguments;
pub(crate) mod tls;
pub(crate) mod words;
