//! The display of events, shared by `inspect` and `tail`.

pub(crate) mod counts;
pub(crate) mod frames;
pub(crate) mod json_line;
mod layout;
pub(crate) mod paint;
pub(crate) mod rows;
