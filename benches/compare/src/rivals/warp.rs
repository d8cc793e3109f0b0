//! warp: it writes an event with `Display`; its reply makes a new `String` for each.

use std::fmt::Write;

use ::warp::sse::{reply, Event};
use ::warp::Reply;

use super::drive::{drain_body, Ready};
use super::{named, Serves, Writes};
use crate::shapes::Expected;

pub struct Warp;

impl Writes for Warp {
    const NAME: &'static str = "warp `Display`";
    type Event = Event;
    type Buffer = String;

    fn build(event: &'static Expected) -> Event {
        let mut built = Event::default();
        if let Some(event_type) = named(event) {
            built = built.event(event_type);
        }
        if let Some(id) = &event.id {
            built = built.id(id);
        }
        built.data(&*event.data)
    }

    fn write(event: &mut Option<Event>, buffer: &mut String, each: &mut impl FnMut(&[u8])) {
        let event = event.as_ref().expect("an event");
        buffer.clear();
        write!(buffer, "{event}").expect("a string grows");
        each(buffer.as_bytes());
    }
}

impl Serves for Warp {
    const NAME: &'static str = "warp `reply`";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        let response = reply(Ready(events.iter().map(Warp::build))).into_response();
        drain_body(response.into_body(), each);
    }
}
