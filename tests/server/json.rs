//! Bodies of values.

use std::task::Poll;

use eventwire::server::EventBody;
use eventwire::Event;
use futures_util::stream;

use crate::ask::{ask, chunk, end, idle};

#[test]
fn each_value_is_an_event_and_a_complete_stream_ends_with_the_last_event() {
    let body = EventBody::from_json(stream::iter([Some("a\nb"), None]));
    let mut body = body.with_last_event(Event::new("[DONE]"));
    assert_eq!(chunk(&mut body), ":\ndata: \"a\\nb\"\n\ndata: null\n\ndata: [DONE]\n\n");
    end(&mut body);
}

#[test]
fn a_value_that_cannot_be_serialized_ends_the_body_with_an_error() {
    let no_key = std::collections::HashMap::from([([1], 2)]);
    let mut body = EventBody::from_json(stream::iter([no_key])).with_last_event(Event::new("[DONE]"));
    assert_eq!(chunk(&mut body), ":\n");
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(_)))));
    end(&mut body);
}

#[test]
fn the_first_error_of_a_stream_of_results_ends_the_body() {
    let values = [Ok(1), Err(std::io::Error::other("lost")), Ok(2)];
    let mut body = EventBody::try_from_json(stream::iter(values));
    assert_eq!(chunk(&mut body), ":\ndata: 1\n\n");
    idle(&mut body);
    let Poll::Ready(Some(Err(error))) = ask(&mut body) else { panic!("no error") };
    assert_eq!(error.to_string(), "lost");
    end(&mut body);
}
