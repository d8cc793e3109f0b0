//! Whether programs of others see what was sent: a browser, curl, clients in JavaScript and Python, behind nginx too.
//!
//! `.ci/run clients` brings them along and names them in variables; what is not named is not run, and that is said.

// Not all of it is needed here.
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
