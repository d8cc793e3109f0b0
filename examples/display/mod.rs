//! How events are shown: what `inspect` and `tail` have in common.

pub(crate) mod counts;
pub(crate) mod frames;
pub(crate) mod json_line;
mod layout;
pub(crate) mod paint;
pub(crate) mod rows;
