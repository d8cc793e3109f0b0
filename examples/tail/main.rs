//! Follows an event stream: shows a timeline of events and changes of the connection, or a line of JSON for each
//! event.
//!
//! ```sh
//! cargo run --release --example tail --features reqwest -- http://127.0.0.1:3000/v1/inventory/stream
//! ```
//!
//! `--help` lists the options. For https URLs:
//!
//! ```sh
//! cargo run --release --example tail --features reqwest,json,reqwest/rustls -- https://example.com/stream
//! ```

#[path = "../display/mod.rs"]
mod display;
#[path = "../http_client/mod.rs"]
mod http_client;

mod arguments;
mod ended;
mod follow;
mod json_lines;
mod request;
mod timeline;
mod view;

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use eventwire::client::StateChange;

use self::arguments::{Arguments, Asked};
use self::display::paint::Paint;
use self::display::rows::Rows;
use self::ended::Ended;
use self::json_lines::JsonLines;
use self::timeline::Timeline;
use self::view::{lock, View};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Asked::Follow(arguments)) => arguments,
        Ok(Asked::Help) => {
            // If standard output is closed, there is no one to tell.
            let _ = io::stdout().write_all(arguments::HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("tail: {wrong}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match tail(&arguments).await {
        Ok(Ended::GiveUp(_)) => ExitCode::FAILURE,
        // The event of `--until` did not arrive.
        Ok(Ended::Closed | Ended::Over) if arguments.until.is_some() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tail: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn tail(arguments: &Arguments) -> Result<Ended, Box<dyn Error>> {
    let was_open = Arc::new(AtomicBool::new(false));
    let source = request::source(arguments, Arc::clone(&was_open)).await?;
    let view = Arc::new(Mutex::new(view(arguments)?));
    let observing = Arc::clone(&view);
    let mut source = source.with_observer(move |change| {
        if let StateChange::Open { .. } = change {
            was_open.store(true, Ordering::Relaxed);
        }
        lock(&observing).change(change);
    });
    let ended = follow::follow(&mut source, arguments, &view).await?;
    lock(&view).end(&ended, source.last_event_id())?;
    Ok(ended)
}

fn view(arguments: &Arguments) -> io::Result<View> {
    let out = BufWriter::new(io::stdout());
    if arguments.flags.json {
        return Ok(View::new(JsonLines::new(out)));
    }
    let rows = Rows::new(out, Paint::of_standard_output(), arguments.flags.full);
    Ok(View::new(Timeline::new(rows, arguments.url.as_str(), arguments.method.as_str())?))
}

/// Recognizes the end of `tail .. | head`, which is no failure.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
