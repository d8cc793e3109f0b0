//! Prints the answer of a language model as it arrives, and distinguishes one that was cut off from one that failed.
//!
//! ```sh
//! cargo run --release --example petstore --features axum,hub
//! cargo run --release --example llm_tokens --features reqwest,json -- http://127.0.0.1:3000/v1/chat/completions 'A cat?'
//! ```
//!
//! `--help` lists the options. For https URLs, build it with `--features reqwest,json,reqwest/rustls`.

#[path = "../http_client/mod.rs"]
mod http_client;

mod answer;
mod arguments;
mod dialect;
mod failure;

use std::io::{self, Write};
use std::process::ExitCode;

use self::arguments::Asked;
use self::failure::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Asked::Answer(arguments)) => arguments,
        Ok(Asked::Help) => {
            // If standard output is closed, there is no one to tell.
            let _ = io::stdout().write_all(arguments::HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("llm_tokens: {wrong}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match answer::print(&arguments, &mut io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code: 0, .. }) => ExitCode::SUCCESS,
        Err(Failure { code, words }) => {
            eprintln!("llm_tokens: {words}");
            ExitCode::from(code)
        }
    }
}
