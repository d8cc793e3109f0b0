//! The grammar: where a line ends, and which field it is. Only this module knows CR, LF, colon and space.
//!
//! ```text
//! stream  = [ bom ] *event
//! event   = *( comment / field ) end-of-line
//! comment = colon *any-char end-of-line
//! field   = 1*name-char [ colon [ space ] *any-char ] end-of-line
//! ```
//!
//! This is [parse 4](crate::_rules#parse-4). A number in brackets is a rule of the standard, as listed in
//! docs/rules.md.

mod field;
mod line;
mod lines;
mod scan;
mod word;

pub(crate) use field::{
    field_of, is_ignored_id, plain_field, split_field, Digits, Field, Start, COLON, LONGEST_NAME, SPACE,
};
pub(crate) use line::{ends_line, is_line_end, last_line_end, next_line, BOM, CR, LF};
pub(crate) use lines::each_line;
pub(crate) use scan::{Glance, LineEnds, Scan};
pub(crate) use word::{word_at, WORD};
