//! Shows a recorded event stream as a timeline, or as lines of JSON.
//!
//! ```sh
//! cargo run --release --example inspect -- examples/samples/inventory.sse
//! ```

#[path = "../display/mod.rs"]
mod display;

mod arguments;
mod json_lines;
mod pending;
mod place;
mod progress;
mod source;
mod timeline;

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use eventwire::Decoder;

use self::arguments::{Arguments, Show};
use self::display::paint::Paint;
use self::display::rows::Rows;
use self::json_lines::JsonLines;
use self::progress::Progress;
use self::source::Source;
use self::timeline::Timeline;

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Show::Stream(arguments)) => arguments,
        Ok(Show::Help) => {
            // If standard output is closed, there is no one to tell.
            let _ = io::stdout().write_all(arguments::HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("inspect: {wrong}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match inspect(&arguments) {
        Ok(all_shown) if all_shown || !arguments.json => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether every event could be shown.
fn inspect(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let source = Source::open(&arguments.input, arguments.chunk)?;
    let progress = Progress::of(source.len());
    let out = BufWriter::new(io::stdout().lock());
    let decoder = decoder(arguments);
    match arguments.json {
        true => JsonLines::new(out).run(decoder, source, progress),
        false => {
            let paint = Paint::of_standard_output();
            Timeline::new(Rows::new(out, paint, arguments.full)).run(decoder, source, progress)
        }
    }
}

fn decoder(arguments: &Arguments) -> Decoder {
    let mut decoder = Decoder::new();
    if let Some(limit) = arguments.max_event_size {
        decoder = decoder.with_max_event_size(limit);
    }
    if arguments.strict {
        decoder = decoder.with_strict_utf8();
    }
    decoder
}

/// Recognizes the end of `inspect .. | head`, which is no failure.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
