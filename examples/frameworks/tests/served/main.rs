//! Every adapter, and hyper without one, over real sockets.
//!
//! `checks` has the requirements, `servers` builds the same service with each framework, `probe` is the end of a stream
//! that a test controls, `client` only reads bytes.

mod checks;
mod client;
mod default_keep_alive;
mod failing;
mod frames;
mod http2;
mod leaving;
mod probe;
mod requests;
mod servers;

/// A module for each server, a test for each check.
macro_rules! tests {
    ($($server:ident)*) => {
        $(mod $server {
            use crate::servers::$server::SERVER;
            use crate::{checks, failing, leaving, requests};

            #[test]
            fn the_opening_arrives_before_the_first_event() {
                checks::the_opening_arrives_before_the_first_event(&SERVER);
            }

            #[test]
            fn events_arrive_one_by_one() {
                checks::events_arrive_one_by_one(&SERVER);
            }

            #[test]
            fn compression_does_not_hold_events_back() {
                checks::compression_does_not_hold_events_back(&SERVER);
            }

            #[test]
            fn headers_are_ours_and_the_frameworks() {
                checks::headers_are_ours_and_the_frameworks(&SERVER);
            }

            #[test]
            fn heartbeats_come_when_nothing_else_does() {
                checks::heartbeats_come_when_nothing_else_does(&SERVER);
            }

            #[test]
            fn head_starts_no_stream() {
                requests::head_starts_no_stream(&SERVER);
            }

            #[test]
            fn a_client_that_leaves_drops_the_stream() {
                leaving::a_client_that_leaves_drops_the_stream(&SERVER);
            }

            #[test]
            fn shutdown_ends_a_hundred_streams_at_once() {
                leaving::shutdown_ends_a_hundred_streams_at_once(&SERVER);
            }

            #[test]
            fn a_client_that_does_not_read_holds_no_shutdown() {
                leaving::a_client_that_does_not_read_holds_no_shutdown(&SERVER);
            }

            #[test]
            fn an_id_of_any_script_reaches_the_handler() {
                requests::an_id_of_any_script_reaches_the_handler(&SERVER);
            }

            #[test]
            fn an_event_before_an_error_arrives() {
                failing::an_event_before_an_error_arrives(&SERVER);
            }

            #[test]
            fn no_text_from_a_request_breaks_the_server() {
                requests::no_text_from_a_request_breaks_the_server(&SERVER);
            }
        })*
    };
}

tests! {
    actix_web
    axum
    hyper
    poem
    rocket
    salvo
    warp
}
