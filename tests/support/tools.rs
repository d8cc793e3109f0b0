//! External programs, which `.ci/run` installs.

/// The program or folder that an environment variable names.
pub(crate) fn tool(variable: &str) -> Option<String> {
    let named = std::env::var(variable).ok().filter(|value| !value.is_empty());
    if named.is_none() {
        println!("NOT RUN: {variable} is not set");
    }
    named
}
