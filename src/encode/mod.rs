//! Encoding: events become bytes.
//!
//! A [`block::Block`] knows how the fields of an event are laid out, and [`pieces::Pieces`] does the same for data
//! that is not complete yet; the public types are built on these two.

mod block;
mod characters;
mod data;
#[cfg(feature = "std")]
mod data_io;
#[cfg(feature = "std")]
mod data_writer;
mod encoded;
mod event;
#[cfg(feature = "std")]
mod event_writer;
mod frame;
mod line;
#[cfg(feature = "gateway")]
mod lines;
mod pieces;

pub use data::{DataEncoder, Rewind};
#[cfg(feature = "std")]
pub use data_writer::DataWriter;
pub use encoded::Encoded;
#[cfg(feature = "std")]
pub use event_writer::EventWriter;
