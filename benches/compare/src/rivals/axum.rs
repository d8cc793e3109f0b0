//! axum: it writes an event while building it, so only both together can be compared.

use ::axum::response::sse::{Event, Sse};
use ::axum::response::IntoResponse;

use super::drive::{drain_body, Ready};
use super::{named, Serves};
use crate::shapes::Expected;

pub struct Axum;

impl Axum {
    pub fn build(event: &'static Expected) -> Event {
        let mut built = Event::default();
        if let Some(event_type) = named(event) {
            built = built.event(event_type);
        }
        if let Some(id) = &event.id {
            built = built.id(id);
        }
        built.data(&event.data)
    }
}

impl Serves for Axum {
    const NAME: &'static str = "axum `Sse`";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        let response = Sse::new(Ready(events.iter().map(Axum::build))).into_response();
        drain_body(response.into_body(), each);
    }
}
