//! Follows an event stream with ureq, a blocking client, and reconnects as needed. It prints each event as a line.
//!
//! ```sh
//! cargo run --example blocking_ureq -- http://127.0.0.1:3000/v1/inventory/stream
//! ```

use std::error::Error;
use std::process::ExitCode;

use eventwire::client::reconnect::{Action, Machine, Policy};
use eventwire::{Decoder, EventReader, ReadError};
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{response, Request, Response};
use ureq::{Agent, Body};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: blocking_ureq URL");
        return ExitCode::from(2);
    };
    match follow(&url) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blocking_ureq: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Sends requests as the reconnect machine decides.
fn follow(url: &str) -> Result<(), Box<dyn Error>> {
    // The machine judges statuses and follows redirects.
    let agent: Agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let mut reconnector = Machine::new(Policy::new());
    let mut decoder = Decoder::new();
    let template = Request::get(url).body(()).map_err(|error| format!("{url}: {error}"))?;
    let mut request = template.clone();
    loop {
        let next = match ask(&agent, &request, decoder.last_event_id()) {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                let random = Machine::random();
                match reconnector.on_response(parts.status, &parts.headers, request.uri(), random) {
                    Action::Read => read(body, &mut decoder, &mut reconnector)?,
                    Action::GiveUp(_) => return Err(no_stream(&parts).into()),
                    next => next,
                }
            }
            Err(error) => {
                eprintln!("{error}");
                reconnector.on_lost(Machine::random())
            }
        };
        match next {
            Action::Redirect(redirect) => redirect.follow(&mut request),
            Action::Wait(delay) => {
                eprintln!("the connection is lost, the next one comes in {delay:?}");
                std::thread::sleep(delay);
                reconnector.on_waited();
                request = template.clone();
            }
            // The server has ended the stream: status 204.
            _ => return Ok(()),
        }
    }
}

fn ask(agent: &Agent, request: &Request<()>, last_event_id: &str) -> Result<Response<Body>, ureq::Error> {
    let mut request = request.clone();
    if !Machine::write_headers(request.headers_mut(), last_event_id) {
        eprintln!("the last event ID cannot be sent, the server begins anew");
    }
    agent.run(request)
}

/// Reads one connection to its end. A rejected event is an error: after a reconnect it would be sent again.
fn read(body: Body, decoder: &mut Decoder, reconnector: &mut Machine) -> Result<Action, Box<dyn Error>> {
    let mut events = EventReader::new(body.into_reader()).with_decoder(std::mem::take(decoder));
    let is_lost = loop {
        match events.next_ref() {
            Ok(Some(event)) => {
                reconnector.on_event();
                println!("{}: {}", event.event_type(), event.data());
            }
            Ok(None) => break false,
            Err(ReadError::Io(_)) => break true,
            Err(error) => return Err(error.into()),
        }
    };
    reconnector.set_retry(events.reconnection_time());
    *decoder = events.into_decoder();
    Ok(match is_lost {
        true => reconnector.on_lost(Machine::random()),
        false => reconnector.on_end(Machine::random()),
    })
}

fn no_stream(response: &response::Parts) -> String {
    let status = response.status;
    match response.headers.get(CONTENT_TYPE) {
        Some(found) => format!("expected an event stream, got status {status} with content type {found:?}"),
        None => format!("expected an event stream, got status {status}"),
    }
}
