//! The standard, rule by rule: each test is a sentence of it, cited as docs/rules.md lists them ([parse 3]).
//!
//! All decoding goes through `check`, which also cuts the input at every byte, reads it in every way
//! the crate offers, and compares all of that with the naive reader.

#[path = "../support/mod.rs"]
mod support;

mod dispatch;
mod encoding;
mod ending;
mod frames;
mod limits;
mod parse;
mod pieces;
mod reading;
mod utf8;
