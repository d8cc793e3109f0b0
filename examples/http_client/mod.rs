//! Helpers shared by the examples that are HTTP clients.

pub(crate) mod arguments;
pub(crate) mod tls;
pub(crate) mod words;
