//! Whether third-party programs receive what was sent: a browser, curl, and clients in JavaScript and Python, also
//! through nginx.
//!
//! `.ci/run clients` installs the programs and sets a variable for each; a program without a variable is skipped with a
//! message.

// Not all of these helpers are used here.
#[allow(dead_code)]
#[path = "../support/http.rs"]
mod http;
#[path = "../support/programs.rs"]
mod programs;
#[path = "../support/steady.rs"]
mod steady;
#[path = "../support/tools.rs"]
mod tools;

mod browser;
mod nginx;
mod others;
mod page;
mod random;
mod replay;
mod seen;
mod wasm;
