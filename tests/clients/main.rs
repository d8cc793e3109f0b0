//! Whether programs of others see what was sent: a browser, curl, clients in JavaScript and Python, behind nginx too.
//!
//! `.ci/run clients` brings them along and names them in variables; what is not named is not run, and that is said.

// Not all of it is needed here.
#[allow(dead_code)]
#[path = "../support/http.rs"]
mod http;
#[path = "../support/programs.rs"]
mod programs;

mod browser;
mod nginx;
mod others;
mod page;
mod random;
mod replay;
mod seen;

/// A program or folder that a variable names.
fn tool(variable: &str) -> Option<String> {
    let named = std::env::var(variable).ok().filter(|value| !value.is_empty());
    if named.is_none() {
        println!("NOT RUN: {variable} is not set");
    }
    named
}
