//! A pet shop that streams its updates.
//!
//! ```sh
//! cargo run --release --example petstore --features axum,hub
//! ```
//!
//! Then open <http://127.0.0.1:3000>. `--help` lists the options. With the feature `redis` and
//! `--redis redis://127.0.0.1`, several processes share their feeds, and a client can reconnect to any of them.

mod arguments;
mod chance;
mod chat;
mod door;
mod echo;
mod feed;
mod inventory;
mod news;
mod orders;
mod pace;
mod page;
mod problem;
mod recommendations;
mod resume;
mod shop;
mod time;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;

use self::arguments::{Arguments, Asked};
use self::shop::Shop;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args().skip(1)) {
        Ok(Asked::Serve(arguments)) => arguments,
        Ok(Asked::Help) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("petstore: {wrong}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    match serve(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("petstore: {}: {error}", arguments.listen);
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &Arguments) -> io::Result<()> {
    let listener = TcpListener::bind(&arguments.listen).await?;
    let address = listener.local_addr()?;
    // Without Nagle's algorithm, an event need not wait for the acknowledgement of the last one.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));

    let (close, closing) = watch::channel(false);
    let shop = Arc::new(Shop::open(arguments, closing.clone()).await?);
    say(&format!("petstore listens on http://{address}, Ctrl-C ends it\n"));
    tokio::spawn(inventory::run(Arc::clone(&shop), arguments.pace));
    tokio::spawn(news::run(Arc::clone(&shop), arguments.pace / 3.0));
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            close.send_replace(true);
        }
    });
    let served = axum::serve(listener, shop::routes(shop)).with_graceful_shutdown(closed(closing.clone()));
    tokio::select! {
        served = served => served,
        // A client that has stopped reading must not keep the shop open.
        () = async { closed(closing).await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

async fn closed(mut closing: watch::Receiver<bool>) {
    // If the sender is gone, the shop never closes.
    if closing.wait_for(|is_closing| *is_closing).await.is_err() {
        std::future::pending().await
    }
}

/// Prints a line, even if standard output is closed.
fn say(text: &str) {
    let mut out = io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// 1 s: a client that reads receives the farewell within milliseconds.
const GRACE: Duration = Duration::from_secs(1);
